import type { ViewMessage } from '../../shared/bridge.ts'
import type { AppEvent, ConversationId, Later, Line, LineId, Stretch, Timeline } from '../../shared/state.ts'
import { newestFrom, oldestTo, TIMELINE_CHARACTERS, TIMELINE_SLACK } from '../../shared/state.ts'

/**
 * The stretch of a conversation the person reads in, apart from its live end: it begins as that end, grows upwards and
 * downwards as they read, and may be anywhere after a jump. One at a time; what leaves it is on the disk.
 */

/** Lines of a visit: however far one reads, a view holds no more. Some sixty screens, and several pages of margin. */
export const VISIT_LINES = 3000

/** The line a jump is for. */
export interface Target {
  line: LineId
  /** Where it comes to stand: with what is around it, or with what follows it. */
  at: 'middle' | 'top'
  /** The keyboard goes there, too. */
  focus: boolean
  /** Nobody asked for it: it is not marked, and not read out. */
  unasked?: true
  /** Tells a jump to the same line from the one before. */
  nth: number
}

export interface Visit {
  conversation: ConversationId
  lines: Line[]
  /** Nothing is older. */
  whole: boolean
  /** It reaches the live end: what is added there is added here. */
  joined: boolean
  /** The reader stands at its end: what is new pushes out what is oldest, not the other way round. */
  atEnd: boolean
  target: Target | null
}

/** The live end as it is, held while somebody reads in it. */
export const heldFrom = (conversation: ConversationId, live: Timeline): Visit => ({
  conversation,
  lines: live.lines,
  whole: live.whole,
  joined: true,
  atEnd: false,
  target: null
})

const lastOf = (lines: readonly Line[]): LineId => lines.at(-1)?.id ?? 0
const after = (lines: readonly Line[], last: LineId): Line[] => lines.filter((line) => line.id > last)

/** Behind the last of these lines, everything is in the live end. */
const meets = (lines: readonly Line[], live: Timeline): boolean =>
  live.whole || (live.lines[0]?.id ?? Number.POSITIVE_INFINITY) <= lastOf(lines)

const withoutOldest = (visit: Visit): Visit => {
  const { lines } = visit
  const start = newestFrom(lines, lines.length, VISIT_LINES, TIMELINE_CHARACTERS)
  return start === 0 ? visit : { ...visit, lines: lines.slice(start), whole: false }
}

/** Lines after the last one, of the live end where it has them; null: they have to be asked for. */
export const laterInHand = (visit: Visit, live: Timeline, limit: number): Later | null => {
  if (!meets(visit.lines, live)) return null
  const rest = after(live.lines, lastOf(visit.lines))
  return { lines: rest.slice(0, limit), newest: rest.length <= limit }
}

/** A page of older lines in front. Over the limit, the newest go: what is new is not added any more. */
export const withOlder = (visit: Visit, page: Timeline): Visit => {
  const oldest = visit.lines[0]?.id ?? Number.POSITIVE_INFINITY
  const lines = [...page.lines.filter((line) => line.id < oldest), ...visit.lines]
  const end = oldestTo(lines, 0, VISIT_LINES, TIMELINE_CHARACTERS)
  const all = end === lines.length
  return { ...visit, lines: all ? lines : lines.slice(0, end), whole: page.whole, joined: visit.joined && all }
}

/** A page of later lines behind, until it meets the live end. Over the limit, the oldest go. */
export const withLater = (visit: Visit, later: Later, live: Timeline): Visit => {
  const lines = [...visit.lines, ...after(later.lines, lastOf(visit.lines))]
  const end = live.lines.at(-1)?.id
  const joined = end === undefined ? later.newest : meets(lines, live) && lastOf(lines) >= end
  return withoutOldest({ ...visit, lines, joined })
}

/** A stretch that was jumped into. */
export const arrivedIn = (conversation: ConversationId, stretch: Stretch, live: Timeline, target: Target): Visit =>
  withLater(
    { conversation, lines: [], whole: stretch.whole, joined: false, atEnd: false, target },
    { lines: stretch.lines, newest: stretch.newest },
    live
  )

const withNews = (visit: Visit, fresh: readonly Line[]): Visit => {
  if (!visit.joined || fresh.length === 0) return visit
  const over = visit.lines.length + fresh.length > VISIT_LINES + TIMELINE_SLACK
  // Somebody reads further up: the lines before their eyes stay, and what is new is found at the live end.
  if (over && !visit.atEnd) return { ...visit, joined: false }
  const grown = { ...visit, lines: [...visit.lines, ...fresh] }
  return over ? withoutOldest(grown) : grown
}

const withEvent = (visit: Visit, event: AppEvent): Visit | null => {
  switch (event.type) {
    case 'linesAdded':
      if (event.conversation !== visit.conversation) return visit
      return withNews(visit, after(event.lines, lastOf(visit.lines)))
    case 'linesChanged': {
      if (event.conversation !== visit.conversation) return visit
      const changed = new Map(event.lines.map((line) => [line.id, line]))
      if (!visit.lines.some((line) => changed.has(line.id))) return visit
      return { ...visit, lines: visit.lines.map((line) => changed.get(line.id) ?? line) }
    }
    case 'linesRemoved': {
      if (event.conversation !== visit.conversation) return visit
      const gone = new Set(event.lines)
      if (!visit.lines.some((line) => gone.has(line.id))) return visit
      return { ...visit, lines: visit.lines.filter((line) => !gone.has(line.id)) }
    }
    case 'timelineReset':
    case 'conversationRemoved':
      return event.conversation === visit.conversation ? null : visit
    case 'roomRemoved':
    case 'surroundingsChanged':
    case 'preferencesChanged':
    case 'roomChanged':
    case 'roomsOrdered':
    case 'peopleChanged':
    case 'conversationChanged':
    case 'noticed':
    case 'noticeDismissed':
    case 'exportChanged':
    case 'lookedAt':
    case 'wished':
      return visit
  }
}

/** The view was given everything anew: what it holds is still true where it meets the new live end. */
const withSnapshot = (visit: Visit, live: Timeline): Visit | null => {
  if (live.whole && live.lines.length === 0) return null
  if (!visit.joined) return visit
  // Who stood at the live end is taken along to the new one; who reads further up is not.
  if (!meets(visit.lines, live)) return visit.atEnd ? null : { ...visit, joined: false }
  const first = live.lines[0]?.id ?? Number.POSITIVE_INFINITY
  const older = visit.lines.filter((line) => line.id < first)
  return withNews({ ...visit, lines: older }, live.lines)
}

/** The visit after something happened in the app; null: what was visited is not there any more. */
export const followed = (visit: Visit | null, message: ViewMessage): Visit | null => {
  if (message.type === 'events')
    return message.events.reduce<Visit | null>((now, event) => now && withEvent(now, event), visit)
  const live = visit && message.state.timelines[visit.conversation]
  return visit && live ? withSnapshot(visit, live) : null
}
