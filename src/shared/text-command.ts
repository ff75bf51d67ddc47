import type { ChatCommand } from './commands.ts'

/** What a typed line asks for: one grammar for the composer and for standard input. */
export type TextCommand = ChatCommand | { type: 'help' } | { type: 'refused'; code: 'bad-command' }

export interface TextCommandSituation {
  /** Unknown `/x` is said as it is: on unknown servers and on our own hosts (decision 17). */
  passUnknown: boolean
  /** Names in the roster: the longest that fits is meant by `/to`. */
  names?: readonly string[]
}

const BAD = { type: 'refused', code: 'bad-command' } as const

const unquoted = (text: string): string =>
  text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text

/** `NAME TEXT`, where names may hold blanks: in quotes, else the longest known one, else the first word. */
const readAddressee = (rest: string, names: readonly string[]): { to: string; text: string } | null => {
  if (rest.startsWith('"')) {
    const end = rest.indexOf('"', 1)
    if (end > 1 && (end + 1 === rest.length || rest[end + 1] === ' ')) {
      return { to: rest.slice(1, end), text: rest.slice(end + 2) }
    }
  }
  let longest = ''
  for (const name of names) {
    const ends = rest.length === name.length || rest[name.length] === ' '
    if (name.length > longest.length && ends && rest.startsWith(name)) longest = name
  }
  if (longest !== '') return { to: longest, text: rest.slice(longest.length + 1) }
  const space = rest.indexOf(' ')
  if (rest === '' || space === 0) return null
  return space < 0 ? { to: rest, text: '' } : { to: rest.slice(0, space), text: rest.slice(space + 1) }
}

/**
 * Reads one typed line: `/who`, `/rename NAME`, `/to NAME TEXT`, `/quit`, `/help`, and `//x` for the text `/x`. Anything
 * that does not begin with `/` and a letter is text. Whether a name or a text is fit is the session's business.
 */
export const readTextCommand = (text: string, situation: TextCommandSituation): TextCommand => {
  if (text.startsWith('//')) return { type: 'say', text: text.slice(1) }
  const verb = /^\/([\p{L}][^\s]*)/u.exec(text)?.[1]
  if (verb === undefined) return { type: 'say', text }
  const rest = text.slice(verb.length + 1).replace(/^[ \t]{1,100}/, '')
  switch (verb.toLowerCase()) {
    case 'who':
      return rest.trim() === '' ? { type: 'who' } : BAD
    case 'rename':
      return { type: 'rename', name: unquoted(rest.trim()) }
    case 'to': {
      const addressee = readAddressee(rest, situation.names ?? [])
      return addressee ? { type: 'whisper', ...addressee } : BAD
    }
    case 'quit':
      return rest.trim() === '' ? { type: 'quit' } : BAD
    case 'help':
      return { type: 'help' }
    default:
      return situation.passUnknown ? { type: 'say', text } : BAD
  }
}
