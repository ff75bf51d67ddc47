import { jsonLine } from '../../../shared/json-line.ts'
import type { Away, ConversationId, Line } from '../../../shared/state.ts'
import type { Format, FormatOptions, KeptConversation } from './format.ts'
import { makeTimes } from './times.ts'

/** Counts up when a field changes its meaning; fields and types may be added at any time. */
const FORMAT_VERSION = 1

/** What is known of a conversation, as an object for one line. */
export const conversationObject = ({ id, room, title, hosted, with: other, unverified, lines }: KeptConversation) => ({
  type: 'conversation',
  conversation: id,
  room,
  title,
  hosted,
  with: other,
  ...(unverified ? { unverified } : {}),
  lines
})

const awayObject = (away: Away | undefined, iso: (at: number) => string): object | undefined =>
  away === undefined ? undefined : { ...away, since: iso(away.since) }

/** A line as an object for one line: `type` is its kind. `iso`: how its time is written. */
export const lineObject = (
  conversation: ConversationId,
  { kind, id, at, unsaved: _unsaved, ...body }: Line,
  iso: (at: number) => string
): { type: string } => {
  const object = { type: kind, conversation, id, at: iso(at), ...body }
  if (!('state' in object)) {
    const connected = 'away' in object ? { ...object, away: awayObject(object.away, iso) } : object
    return connected
  }
  const { state, failure, mention, ...said } = object
  return {
    ...said,
    ...(said.own ? { state } : {}),
    ...(failure === null ? {} : { failure }),
    ...(mention ? { mention } : {})
  }
}

/** For programs: one JSON object a line, UTF-8, `type` first; docs/history.md lists the fields. */
export const makeJsonLines = ({ language, timeZone, program, at }: FormatOptions): Format => {
  const times = makeTimes(language, timeZone)
  let conversation = ''
  const line = (object: { type: string }): string => `${jsonLine(object)}\n`
  return {
    begin: () => {
      const head = { type: 'export', format: FORMAT_VERSION, program, at: times.iso(at) }
      return line(head)
    },
    conversation: (next) => {
      conversation = next.id
      return line(conversationObject(next))
    },
    line: (one) => line(lineObject(conversation, one, (moment) => times.iso(moment))),
    end: (lines) => {
      // Whoever reads it knows by this that nothing is missing.
      const last = { type: 'end', lines }
      return line(last)
    }
  }
}
