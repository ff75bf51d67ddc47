import type { ChatCommand } from '../shared/commands.ts'
import { memberKey, type Member } from '../shared/events.ts'
import { readTextCommand } from '../shared/text-command.ts'
import type { CommandRefusal } from './json.ts'

/** Lines of standard input for people: text, or one of `/who`, `/rename`, `/to`, `/quit`. */

/** What has to be known to read a line. */
export interface Hall {
  /** Those in the room, for names with blanks. */
  people: Iterable<Member>
  /** What kind of server is behind it: `plain` has commands of its own, our marked host passes unknown ones on. */
  server: 'plain' | 'marked' | 'other'
}

const COMMANDS = '/who, /rename NAME, /to NAME TEXT, /quit; //x says /x'

/** Reads one line. Never throws; whether a text or a name is fit is for the session to say. */
export const readTyped = (line: string, hall: Hall): ChatCommand | CommandRefusal | { type: 'help'; text: string } => {
  const names = [...hall.people]
    .flatMap(({ name, address }) => [name ?? '', address ?? ''])
    .filter((name) => name !== '')
  const command = readTextCommand(line, { passUnknown: hall.server !== 'other', names })
  if (command.type === 'refused')
    return { type: 'refused', command: 'say', code: command.code, text: `no such command; there are ${COMMANDS}` }
  if (command.type !== 'help') return command
  // `/help` is none of the command line's own (its contract): a server with commands may know it.
  return hall.server === 'plain' ? { type: 'say', text: line } : { type: 'help', text: COMMANDS }
}

/** Everybody known by the session, as its changes come. */
export const makePeople = (): {
  changed(change: { reset: boolean; present: Member[]; gone: string[] }): void
  all(): Iterable<Member>
} => {
  const people = new Map<string, Member>()
  return {
    changed: ({ reset, present, gone }) => {
      if (reset) people.clear()
      for (const key of gone) people.delete(key)
      for (const member of present) people.set(memberKey(member), member)
    },
    all: () => people.values()
  }
}
