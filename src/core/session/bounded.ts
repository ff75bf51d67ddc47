import type { Spoken } from '../dialects/dialect.ts'

/** What a line may leave in memory once it is through: people are remembered long after what they said. */

/** Beyond what anybody can read, and beyond what servers with names read in one piece; thousands may have one. */
const LONGEST_NAME = 4096
/** From here on a name is copied: an engine keeps the whole line in memory for the sake of a part of it. */
const LONG_LINE = 1024

const part = (text: string): string => text.split('').join('')
const partOrNull = (text: string | null): string | null => (text === null ? null : part(text))

const namesOf = (spoken: Spoken): (string | null)[] => {
  switch (spoken.kind) {
    case 'welcome':
      return [spoken.address]
    case 'joined':
    case 'left':
    case 'said':
    case 'row':
      return [spoken.address, spoken.name]
    case 'whispered':
    case 'accepted':
      return [spoken.name]
    case 'announced':
      return [spoken.was, spoken.name]
    case 'listing':
    case 'refused':
    case 'confirmed':
    case 'kicked':
    case 'relative':
    case 'line':
      return []
  }
}
const copied = (spoken: Spoken): Spoken => {
  switch (spoken.kind) {
    case 'welcome':
      return { ...spoken, address: part(spoken.address) }
    case 'joined':
    case 'left':
    case 'said':
    case 'row':
      return { ...spoken, address: partOrNull(spoken.address), name: partOrNull(spoken.name) }
    case 'whispered':
      return { ...spoken, name: part(spoken.name) }
    case 'accepted':
      return { ...spoken, name: partOrNull(spoken.name) }
    case 'announced':
      return { ...spoken, was: part(spoken.was), name: part(spoken.name) }
    case 'listing':
    case 'refused':
    case 'confirmed':
    case 'kicked':
    case 'relative':
    case 'line':
      return spoken
  }
}

/** What a long line says, without names that nobody can have, and without holding the line itself. */
export const bounded = (line: string, said: readonly Spoken[]): readonly Spoken[] => {
  if (line.length <= LONG_LINE) return said
  if (said.some((one) => namesOf(one).some((name) => (name?.length ?? 0) > LONGEST_NAME)))
    return [{ kind: 'line', text: line }]
  return said.map(copied)
}
