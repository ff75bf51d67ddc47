import type { ChatCommand } from '../shared/commands.ts'
import type { Member } from '../shared/events.ts'
import type { CommandRefusal } from './json.ts'

/** Lines of standard input for people: text, or one of `/who`, `/rename`, `/to`, `/quit` (decision 17). */

/** What has to be known to read a line. */
export interface Hall {
  /** Those in the room, for names with blanks. */
  people: Iterable<Member>
  /** A server with commands of its own (`plain`, our marked host): an unknown `/x` is for it. */
  takesCommands: boolean
}

const refused = (command: string, code: 'bad-command' | 'bad-format', text: string): CommandRefusal => ({
  type: 'refused',
  command,
  code,
  text
})

/** `NAME TEXT`: a name in double quotes, the longest name or address of somebody here, or the first word. */
const whisper = (rest: string, people: Iterable<Member>): ChatCommand | CommandRefusal => {
  const quoted = /^"(?<to>[^"]+)"(?:\s(?<text>.*))?$/su.exec(rest)?.groups
  if (quoted !== undefined) return { type: 'whisper', to: quoted['to'] ?? '', text: quoted['text'] ?? '' }
  let to = /^\S*/u.exec(rest)?.[0] ?? ''
  if (to === '') return refused('whisper', 'bad-format', '/to NAME TEXT')
  for (const { name, address } of people) {
    for (const known of [name, address]) {
      if (known !== null && known.length > to.length && rest.startsWith(`${known} `)) to = known
    }
  }
  return { type: 'whisper', to, text: rest.slice(to.length + 1) }
}

/** Reads one line. Never throws; an empty text is for the session to refuse. */
export const readTyped = (line: string, hall: Hall): ChatCommand | CommandRefusal => {
  if (!line.startsWith('/')) return { type: 'say', text: line }
  if (line.startsWith('//')) return { type: 'say', text: line.slice(1) }
  const { word = '', rest = '' } = /^\/(?<word>\S*)(?:\s+(?<rest>.*))?$/su.exec(line)?.groups ?? {}
  switch (word) {
    case 'who':
      return { type: 'who' }
    case 'quit':
      return { type: 'quit' }
    case 'rename':
      return { type: 'rename', name: rest }
    case 'to':
      return whisper(rest, hall.people)
    default:
      return hall.takesCommands
        ? { type: 'say', text: line }
        : refused('say', 'bad-command', `unknown command /${word}; //${word} says it`)
  }
}
