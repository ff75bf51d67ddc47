import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import { shownLabel } from '../conversation/showable.ts'

/** What can be typed after a slash, in the order offered. */
export const COMMANDS = ['who', 'rename', 'to', 'help'] as const
export type CommandWord = (typeof COMMANDS)[number]
/** These stand alone: nothing is typed after them. */
const ALONE: ReadonlySet<string> = new Set<CommandWord>(['who', 'help'])

export type Suggestion =
  | { kind: 'command'; key: string; command: CommandWord; insert: string }
  | { kind: 'person'; key: string; member: Member; insert: string }

/** Suggestions and the stretch of the text they would replace. */
export interface Completion {
  from: number
  to: number
  items: Suggestion[]
}

/** More than this nobody reads: they type another letter. */
const MAX_SUGGESTIONS = 8

const fold = (text: string): string => text.normalize('NFKC').toLocaleLowerCase()

/** Those whose name begins with what is typed, then those whose name or address has it inside. */
const matching = (people: readonly Member[], typed: string): Member[] => {
  const sought = fold(typed)
  const first: Member[] = []
  const second: Member[] = []
  for (const member of people) {
    const label = fold(shownLabel(member))
    if (label.startsWith(sought)) first.push(member)
    else if (label.includes(sought) || (member.address ?? '').includes(sought)) second.push(member)
  }
  return [...first, ...second].slice(0, MAX_SUGGESTIONS)
}

/** How to name somebody in `/to`: in quotes when it has blanks, by address when the name alone would not tell. */
const addressed = (member: Member, people: readonly Member[]): string => {
  const name = member.name ?? ''
  const alone = people.filter((other) => (other.name ?? '') === name).length === 1
  if (member.address !== null && (!alone || name.trim() === '' || name.includes('"'))) return member.address
  return /\s/u.test(name) ? `"${name}"` : name
}

const commandsFor = (text: string, caret: number): Completion | null => {
  const typed = text.slice(1, caret)
  if (/\s/u.test(typed) || typed.startsWith('/')) return null
  const end = text.search(/\s|$/u)
  const items = COMMANDS.filter((command) => command.startsWith(typed.toLowerCase())).map((command): Suggestion => ({
    kind: 'command',
    key: command,
    command,
    insert: ALONE.has(command) ? `/${command}` : `/${command} `
  }))
  // A finished command is not offered again: Enter means "do it".
  if (items.length === 1 && text.slice(0, end) === items[0]?.insert.trim() && ALONE.has(typed)) return null
  return items.length === 0 ? null : { from: 0, to: Math.max(end, caret), items }
}

const TO = /^\/to\s+/iu

const receiversFor = (text: string, caret: number, people: readonly Member[]): Completion | null => {
  const head = TO.exec(text)?.[0]
  if (head === undefined || caret < head.length) return null
  const typed = text.slice(head.length, caret)
  const quoted = typed.startsWith('"')
  if (quoted ? typed.indexOf('"', 1) >= 0 : /\s/u.test(typed)) return null
  const items = matching(people, quoted ? typed.slice(1) : typed).map((member): Suggestion => ({
    kind: 'person',
    key: memberKey(member),
    member,
    insert: `${addressed(member, people)} `
  }))
  return items.length === 0 ? null : { from: head.length, to: caret, items }
}

const AT = /(?:^|[\s\p{P}])@([^\s@]{0,32})$/u

const mentionsFor = (text: string, caret: number, people: readonly Member[]): Completion | null => {
  const typed = AT.exec(text.slice(0, caret))?.[1]
  if (typed === undefined) return null
  const named = people.filter((member) => shownLabel(member) !== '' && (member.name ?? '') !== '')
  const items = matching(named, typed).map((member): Suggestion => ({
    kind: 'person',
    key: memberKey(member),
    member,
    insert: `@${member.name ?? ''} `
  }))
  const finished = items.length === 1 && items[0]?.insert === `@${typed} `
  return items.length === 0 || finished ? null : { from: caret - typed.length - 1, to: caret, items }
}

/**
 * What could be meant at the caret: a command at the very start, a person after `/to`, a person after `@`.
 * `people` are the others in the room. Null when there is nothing to offer; `//` says the text as it is.
 */
export const completionAt = (text: string, caret: number, people: readonly Member[]): Completion | null => {
  if (text.startsWith('/') && !text.startsWith('//')) {
    return commandsFor(text, caret) ?? receiversFor(text, caret, people) ?? mentionsFor(text, caret, people)
  }
  return mentionsFor(text, caret, people)
}

/** The text with a suggestion taken, and where the caret stands then. */
export const completed = (text: string, at: Completion, choice: Suggestion): { text: string; caret: number } => {
  const rest = text.slice(at.to)
  const insert = choice.insert.endsWith(' ') && rest.startsWith(' ') ? choice.insert.slice(0, -1) : choice.insert
  return { text: text.slice(0, at.from) + insert + rest, caret: at.from + choice.insert.length }
}
