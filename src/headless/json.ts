import { z } from 'zod'
import { chatCommand, MAX_TEXT_CHARACTERS, type ChatCommand } from '../shared/commands.ts'
import type { RefusalCode } from '../shared/events.ts'

/** JSON lines, both ways. */

/** A command object that is none: told like any refusal, under the name and the ref it gave itself. */
export interface CommandRefusal {
  type: 'refused'
  command: string
  code: RefusalCode
  text: string
  ref?: string
}

const LONGEST_SHOWN = 200
/** What can be told of an object that is not a command. */
const claims = z.object({
  type: z.string().max(LONGEST_SHOWN).catch('unknown'),
  ref: z.string().max(LONGEST_SHOWN).optional().catch(undefined),
  text: z.unknown().optional()
})

const refusal = (command: string, code: RefusalCode, text: string, ref: string | undefined): CommandRefusal => ({
  type: 'refused',
  command,
  code,
  text,
  ...(ref === undefined ? {} : { ref })
})

/** Reads a line that begins with `{`. Never throws. */
export const readCommandObject = (line: string): ChatCommand | CommandRefusal => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return refusal('unknown', 'bad-command', 'not a JSON object', undefined)
  }
  const command = chatCommand.safeParse(value)
  if (command.success) return command.data
  const claimed = claims.safeParse(value).data ?? { type: 'unknown', ref: undefined, text: undefined }
  if (typeof claimed.text === 'string' && claimed.text.length > MAX_TEXT_CHARACTERS)
    return refusal(claimed.type, 'too-long', 'the text is longer than any line', claimed.ref)
  const [issue] = command.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
  return refusal(claimed.type, 'bad-command', `${where}${issue?.message ?? 'not a command'}`, claimed.ref)
}
