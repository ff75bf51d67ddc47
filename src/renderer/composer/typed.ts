import type { Member } from '../../shared/events.ts'
import { readTextCommand } from '../../shared/text-command.ts'

/** What the text in the composer means, by the grammar the command line reads too (decision 17). */
export type Typed =
  | { type: 'say'; text: string }
  | { type: 'who' }
  | { type: 'rename'; name: string }
  | { type: 'whisper'; to: string; text: string }
  | { type: 'help' }
  /** A command that lacks what it needs. */
  | { type: 'incomplete'; command: 'rename' | 'to' }
  | { type: 'unknown'; command: string }

/** Reads what was typed. `people` are those in the room; `passUnknown` where the server may have its own commands. */
export const readTyped = (typed: string, people: readonly Member[], passUnknown: boolean): Typed => {
  const names = people.flatMap((member) => [member.name ?? '', member.address ?? '']).filter((name) => name !== '')
  const command = readTextCommand(typed, { passUnknown, names })
  const verb = /^\/(\S*)/u.exec(typed)?.[1] ?? ''
  switch (command.type) {
    case 'say':
    case 'who':
    case 'help':
      return command
    case 'rename':
      return command.name === '' ? { type: 'incomplete', command: 'rename' } : command
    case 'whisper':
      return command.text.trim() === '' ? { type: 'incomplete', command: 'to' } : command
    case 'quit':
      // A window is not left by a line; a server's own /quit is the server's.
      return passUnknown ? { type: 'say', text: typed } : { type: 'unknown', command: verb }
    case 'refused':
      return verb.toLowerCase() === 'to' ? { type: 'incomplete', command: 'to' } : { type: 'unknown', command: verb }
  }
}
