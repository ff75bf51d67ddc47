import type { Member } from '../../shared/events.ts'
import { COMMANDS } from './completion.ts'

/** What the text in the composer means (decision 17). */
export type Typed =
  | { type: 'say'; text: string }
  | { type: 'who' }
  | { type: 'rename'; name: string }
  | { type: 'whisper'; to: string; text: string }
  | { type: 'help' }
  /** A command that lacks what it needs. */
  | { type: 'incomplete'; command: 'rename' | 'to' }
  | { type: 'unknown'; command: string }

const COMMAND = /^\/(\S*)(?:\s+([\s\S]*))?$/u

const receiver = (rest: string, people: readonly Member[]): Typed => {
  const quoted = /^"([^"]+)"\s+([\s\S]+)$/u.exec(rest)
  if (quoted?.[1] !== undefined && quoted[2] !== undefined) return { type: 'whisper', to: quoted[1], text: quoted[2] }
  const known = people
    .flatMap((member) => [member.name ?? '', member.address ?? ''])
    .filter((name) => name !== '' && rest.startsWith(`${name} `))
    .toSorted((a, b) => b.length - a.length)[0]
  const to = known ?? /^\S+/u.exec(rest)?.[0] ?? ''
  const text = rest.slice(to.length).trim()
  return text === '' ? { type: 'incomplete', command: 'to' } : { type: 'whisper', to, text }
}

/** Reads what was typed. `people` are those in the room, for names with blanks. */
export const readTyped = (typed: string, people: readonly Member[]): Typed => {
  if (typed.startsWith('//')) return { type: 'say', text: typed.slice(1) }
  if (!typed.startsWith('/')) return { type: 'say', text: typed }
  const found = COMMAND.exec(typed)
  const word = (found?.[1] ?? '').toLowerCase()
  const rest = (found?.[2] ?? '').trim()
  const command = COMMANDS.find((known) => known === word)
  switch (command) {
    case 'who':
    case 'help':
      return { type: command }
    case 'rename':
      return rest === '' ? { type: 'incomplete', command } : { type: 'rename', name: rest }
    case 'to':
      return receiver(rest, people)
    case undefined:
      return { type: 'unknown', command: word }
  }
}
