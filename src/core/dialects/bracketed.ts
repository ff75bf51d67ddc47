import { addressAt } from './address.ts'
import type { Knowledge } from './dialect.ts'

/** Lines of the form `[A]name:text` (dialects 3.3, 3.4, 3.6). */
export interface Bracketed {
  address: string
  /** What stands after the bracket: name, separator, text. */
  rest: string
}

export const readBracketed = (line: string): Bracketed | null => {
  if (line[0] !== '[') return null
  const address = addressAt(line, 1)
  if (address === null || line[address.length + 1] !== ']') return null
  return { address, rest: line.slice(address.length + 2) }
}

/** How the family parts name and text, per fork (dialects 5.1). */
const SEPARATORS = ['说:', '说：', ' : ', ' :', ': ', ':', '：'] as const

/** The separator a text begins with, or null. */
const separatorOf = (text: string): string | null => SEPARATORS.find((mark) => text.startsWith(mark)) ?? null

/** A notice about somebody who has no name yet: the address stands twice, then the words. */
export const aboutUnnamed = (from: Bracketed): { words: string; separator: string } | null => {
  if (!from.rest.startsWith(from.address)) return null
  const after = from.rest.slice(from.address.length)
  const found = separatorOf(after)
  if (found === null) return null
  const words = after.slice(found.length)
  // A fork whose notice stands between blanks (` Sign in `, dialects 5.1) has none after the names of its messages.
  return { words, separator: words.endsWith(' ') ? found.trimEnd() : found }
}

/** The words of a notice in a form that does not care for blanks, case and one closing mark. */
export const plainWords = (words: string): string =>
  // Notices are short: the cut keeps an endless line from being worked through for nothing.
  words.length > 100
    ? ''
    : words
        .trim()
        .replace(/[.!。！]$/, '')
        .toLowerCase()

/** Whether a rest ends in one of the words after a separator: the name before it, else null. */
export const nameBefore = (rest: string, words: ReadonlySet<string>): string | null => {
  const at = Math.max(rest.lastIndexOf(':'), rest.lastIndexOf('：'))
  if (at < 0 || !words.has(plainWords(rest.slice(at + 1)))) return null
  return rest.slice(0, at).trimEnd()
}

/** The name as far as it says something: null when it is the address itself. */
export const ownNameOf = (name: string, address: string): string | null => (name === address ? null : name)

/**
 * Parts `name:text`. The default name has colons, and names may have any: what is known of the address decides
 * first, then an address in the place of the name, then the first separator (dialects 3.6).
 */
export const splitNamed = (from: Bracketed, known: Knowledge): { name: string | null; text: string } | null => {
  const { address, rest } = from
  const parted = (name: string, mark: string): { name: string | null; text: string } | null =>
    rest.startsWith(name) && rest.startsWith(mark, name.length)
      ? { name: ownNameOf(name, address), text: rest.slice(name.length + mark.length) }
      : null
  const shown = addressAt(rest, 0)
  for (const mark of known.separator === ':' ? [':'] : [known.separator, ':']) {
    const name = known.nameOf(address)
    const found = (name === null ? null : parted(name, mark)) ?? (shown === null ? null : parted(shown, mark))
    if (found) return found
    const at = rest.indexOf(mark)
    if (at >= 0) return { name: ownNameOf(rest.slice(0, at), address), text: rest.slice(at + mark.length) }
  }
  return null
}
