import type { ConversationId, LineId, Timeline } from '../../shared/state.ts'
import { appNow, ask, changeVisit, conversationOf, selectVisit, send, viewNow } from '../store.ts'
import { arrivedIn, heldFrom, laterInHand, withLater, withOlder } from './visit.ts'
import type { Target, Visit } from './visit.ts'

/** Lines asked for at once when the person reads on. */
const PAGE_LINES = 500
/** Lines around a place that is jumped to: a few screens to both sides. */
const AROUND_LINES = 200

const NOTHING: Timeline = { lines: [], whole: false }
const liveOf = (conversation: ConversationId): Timeline => appNow()?.timelines[conversation] ?? NOTHING
const visitOf = (conversation: ConversationId, visit: Visit | null): Visit =>
  visit ?? heldFrom(conversation, liveOf(conversation))

/** Tells whether the reader stands at the end of what is shown. */
export const standAtEnd = (conversation: ConversationId, atEnd: boolean): void =>
  changeVisit(conversation, (visit) => {
    // Who leaves the live end holds it as it is: what is new must not take the lines away that they read.
    const held = visitOf(conversation, visit)
    return held.atEnd === atEnd && visit !== null ? visit : { ...held, atEnd }
  })

/** Leaves the visit for the live end. */
export const backToNewest = (conversation: ConversationId): void => changeVisit(conversation, () => null)

/** Puts older lines in front of those shown. False: they cannot be read now. */
export const loadOlder = async (conversation: ConversationId, before: LineId | null): Promise<boolean> => {
  const page = await ask({
    type: 'page',
    conversation,
    before: before ?? Number.MAX_SAFE_INTEGER,
    limit: PAGE_LINES
  })
  changeVisit(conversation, (visit) => {
    const now = visitOf(conversation, visit)
    // Gone elsewhere meanwhile.
    return (now.lines[0]?.id ?? null) === before ? withOlder(now, page) : visit
  })
  return page.lines.length > 0 || page.whole
}

/** Puts later lines behind those shown, until the live end is reached. False: they cannot be read now. */
export const loadLater = async (conversation: ConversationId, visit: Visit): Promise<boolean> => {
  const after = visit.lines.at(-1)?.id ?? 0
  const later =
    laterInHand(visit, liveOf(conversation), PAGE_LINES) ??
    (await ask({ type: 'pageAfter', conversation, after, limit: PAGE_LINES }))
  changeVisit(conversation, (now) =>
    now !== null && (now.lines.at(-1)?.id ?? 0) === after ? withLater(now, later, liveOf(conversation)) : now
  )
  return later.lines.length > 0 || later.newest
}

/**
 * What became of a jump. `gone`: it led to the neighbour of a line that is not there any more. `closed`: the conversation
 * is not here now, such as that of a room one hosted. `overtaken`: another jump is wanted by now.
 */
export type Jump = 'there' | 'gone' | 'nothing' | 'unreadable' | 'closed' | 'overtaken'

/** Where a jump led: the line, and when it was said. */
export interface Arrival {
  jump: Jump
  line: LineId | null
  moment: number | null
}

let jumps = 0

/** How a jump arrives. One that nobody asked for goes there only if the conversation is still the one shown. */
export type Manner = Pick<Target, 'at' | 'focus' | 'unasked'>

/**
 * Shows a line, or the first one since a moment, with what is around it. A conversation that was closed is opened again
 * for it. Never rejects: where the app does not answer, nothing can be read.
 */
export const jumpTo = async (
  conversation: ConversationId,
  where: { line: LineId } | { moment: number },
  manner: Manner
): Promise<Arrival> => {
  const failed = (jump: Jump): Arrival => ({ jump, line: null, moment: null })
  const nth = ++jumps
  try {
    const app = appNow()
    if (app && !conversationOf(app, conversation)) {
      const outcome = await send({ type: 'reopen', conversation })
      if (!outcome.ok) return failed('closed')
    }
    const answer = await ask({ type: 'around', conversation, where, limit: AROUND_LINES })
    // A later jump is what the person wants now.
    if (nth !== jumps || (manner.unasked && viewNow().selected !== conversation)) return failed('overtaken')
    if (!answer.found) return failed(answer.why)
    const { target, stretch } = answer
    selectVisit(arrivedIn(conversation, stretch, liveOf(conversation), { ...manner, line: target, nth }))
    const moment = stretch.lines.find(({ id }) => id === target)?.at ?? null
    return { jump: 'line' in where && where.line !== target ? 'gone' : 'there', line: target, moment }
  } catch (error) {
    console.warn('The place was not found', error)
    return failed('unreadable')
  }
}
