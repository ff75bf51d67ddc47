import type { ViewMessage } from '../../shared/bridge.ts'
import type { Clock } from '../../shared/carriers.ts'
import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { AppEvent, AppState, Line, Wish } from '../../shared/state.ts'
import { indexOfLine, lineWeight, STRETCH_CHARACTERS } from '../../shared/state.ts'

/** At most 20 messages a second reach a view, however fast the rooms talk: a page draws no more often in use. */
export const BATCH_EVERY_MS = 50
/** Lines in one message: one message must not keep a page busy for longer than a frame or two. */
export const BATCH_LINES = 500
/** Half a second of the fastest feed. Further behind, a new snapshot is cheaper than catching up, and bounded. */
export const BACKLOG_LINES = 5000
/** The same for lines of a megabyte: what a view has not been sent yet may not fill the memory. */
export const BACKLOG_CHARACTERS = 8 * STRETCH_CHARACTERS
/** Wishes waiting for the first view (a link that started the app): the newest ones count. */
const UNHEARD_WISHES = 10

export interface FeedDeps {
  clock: Clock
  /** The whole state as it is now, timelines cut to what a view needs at first. */
  snapshot: () => AppState
  /** Called before anything is sent: lets the owner `tell` what it gathered lazily. */
  gather: () => void
}

/** Feeds attached views with the changes of the state, gathered into batches. */
export interface Feed {
  tell(event: AppEvent): void
  /** There will be something to gather soon. */
  soon(): void
  /** Sends what is there now. */
  flush(): void
  /** Sends a snapshot at once, then events. Returns the way to stop. */
  attach(listener: (message: ViewMessage) => void): () => void
}

type PeopleChanged = Extract<AppEvent, { type: 'peopleChanged' }>

/** Two changes of the people of a room as one: the same result as one after the other, order included. */
const mergePeople = (first: PeopleChanged, second: PeopleChanged): PeopleChanged => {
  if (second.reset) return second
  const present = new Map<string, Member>(first.present.map((member) => [memberKey(member), member]))
  for (const key of second.gone) present.delete(key)
  for (const member of second.present) present.set(memberKey(member), member)
  return {
    ...second,
    reset: first.reset,
    present: [...present.values()],
    gone: [...new Set([...first.gone, ...second.gone])]
  }
}

const replaceLine = (lines: Line[], line: Line): boolean => {
  const at = indexOfLine(lines, line.id)
  if (lines[at]?.id !== line.id) return false
  lines[at] = line
  return true
}

export const makeFeed = ({ clock, snapshot, gather }: FeedDeps): Feed => {
  const listeners = new Set<(message: ViewMessage) => void>()
  let queue: AppEvent[] = []
  let queuedLines = 0
  let queuedCharacters = 0
  /** The queued event a later one of the same thing may be merged into. */
  let open = new Map<string, AppEvent>()
  let tooFarBehind = false
  let scheduled = false
  let lastSent = Number.NEGATIVE_INFINITY
  let unheard: Wish[] = []

  const push = (event: AppEvent, key?: string): void => {
    queue.push(event)
    if (key !== undefined) open.set(key, event)
  }

  const weigh = (lines: readonly Line[]): void => {
    queuedLines += lines.length
    for (const line of lines) queuedCharacters += lineWeight(line)
  }
  const empty = (left: AppEvent[] = []): void => {
    queue = left
    queuedLines = 0
    queuedCharacters = 0
    open = new Map()
  }

  /** Later changes of the same thing are merged into the queued ones wherever the order cannot be told apart. */
  const enqueue = (event: AppEvent): void => {
    switch (event.type) {
      case 'linesAdded': {
        const key = `lines ${event.conversation}`
        const last = open.get(key)
        weigh(event.lines)
        if (last?.type === 'linesAdded') last.lines.push(...event.lines)
        else push({ ...event, lines: [...event.lines] }, key)
        return
      }
      case 'linesChanged': {
        const key = `lines ${event.conversation}`
        const last = open.get(key)
        if (last?.type === 'linesAdded') {
          const rest = event.lines.filter((line) => !replaceLine(last.lines, line))
          if (rest.length === 0) return
          weigh(rest)
          push({ ...event, lines: rest }, key)
          return
        }
        weigh(event.lines)
        if (last?.type === 'linesChanged') last.lines.push(...event.lines)
        else push({ ...event, lines: [...event.lines] }, key)
        return
      }
      case 'linesRemoved':
      case 'timelineReset':
        open.delete(`lines ${event.conversation}`)
        push(event)
        return
      case 'conversationChanged': {
        const key = `conversation ${event.conversation.id}`
        const last = open.get(key)
        if (last?.type === 'conversationChanged') last.conversation = event.conversation
        else push({ ...event }, key)
        return
      }
      case 'roomChanged': {
        const key = `room ${event.room.id}`
        const last = open.get(key)
        if (last?.type === 'roomChanged') last.room = event.room
        else push({ ...event }, key)
        return
      }
      case 'peopleChanged': {
        const key = `people ${event.room}`
        const last = open.get(key)
        if (last?.type === 'peopleChanged') Object.assign(last, mergePeople(last, event))
        else push({ ...event }, key)
        return
      }
      case 'exportChanged': {
        const last = open.get('export')
        if (last?.type === 'exportChanged') last.exporting = event.exporting
        else push({ ...event }, 'export')
        return
      }
      case 'conversationRemoved':
      case 'roomRemoved':
        // It may come again under its id: what follows must not be merged into what stands before the removal.
        open = new Map()
        push(event)
        return
      case 'surroundingsChanged':
      case 'preferencesChanged':
      case 'roomsOrdered':
      case 'noticed':
      case 'noticeDismissed':
      case 'lookedAt':
      case 'wished':
        push(event)
    }
  }

  const wishesIn = (events: readonly AppEvent[]): AppEvent[] => events.filter((event) => event.type === 'wished')

  /** How many of these lines still fit into a message that holds `lines` of this weight. */
  const fitting = (candidates: readonly Line[], lines: number, characters: number): number => {
    let fit = 0
    let weight = characters
    for (const line of candidates) {
      weight += lineWeight(line)
      const full = lines + fit >= BATCH_LINES || weight > STRETCH_CHARACTERS
      if (full && lines + fit > 0) break
      fit += 1
    }
    return fit
  }

  /** The next message's worth of the queue. */
  const take = (): AppEvent[] => {
    const taken: AppEvent[] = []
    let lines = 0
    let characters = 0
    let next = 0
    for (const event of queue) {
      if (event.type === 'linesAdded' || event.type === 'linesChanged') {
        const fit = fitting(event.lines, lines, characters)
        const whole = fit === event.lines.length
        const part = whole ? event.lines : event.lines.splice(0, fit)
        lines += part.length
        for (const line of part) characters += lineWeight(line)
        if (part.length > 0) taken.push({ ...event, lines: part })
        if (!whole) break
      } else taken.push(event)
      next += 1
    }
    queue = queue.slice(next)
    queuedLines -= lines
    queuedCharacters -= characters
    open = new Map()
    if (queue.length === 0) empty()
    return taken
  }

  const send = (message: ViewMessage): void => {
    for (const listener of listeners) listener(message)
  }

  const sendNext = (): void => {
    if (tooFarBehind) {
      tooFarBehind = false
      const wishes = wishesIn(queue)
      empty()
      send({ type: 'snapshot', state: snapshot() })
      if (wishes.length > 0) send({ type: 'events', events: wishes })
      return
    }
    const events = take()
    if (events.length > 0) send({ type: 'events', events })
  }

  const run = (): void => {
    scheduled = false
    gather()
    if (queue.length === 0 && !tooFarBehind) return
    lastSent = clock.now()
    sendNext()
    if (queue.length > 0) schedule()
  }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    const wait = lastSent + BATCH_EVERY_MS - clock.now()
    if (wait > 0) clock.after(wait, run)
    else clock.endOfTurn(run)
  }

  const flush = (): void => {
    gather()
    const pending = (): boolean => queue.length > 0 || tooFarBehind
    while (pending()) {
      lastSent = clock.now()
      sendNext()
    }
  }

  return {
    tell: (event) => {
      if (listeners.size === 0) {
        if (event.type === 'wished') unheard = [...unheard, event.wish].slice(-UNHEARD_WISHES)
        // What `gather` holds (the badge, for one) is wanted without a view too.
        schedule()
        return
      }
      if (tooFarBehind && event.type !== 'wished') return
      enqueue(event)
      if (queuedLines > BACKLOG_LINES || queuedCharacters > BACKLOG_CHARACTERS) {
        tooFarBehind = true
        empty(wishesIn(queue))
      }
      schedule()
    },
    soon: schedule,
    flush,
    attach: (listener) => {
      // The others get what is pending first: the newcomer's snapshot holds it already.
      flush()
      listeners.add(listener)
      listener({ type: 'snapshot', state: snapshot() })
      if (unheard.length > 0) {
        listener({ type: 'events', events: unheard.map((wish) => ({ type: 'wished', wish })) })
        unheard = []
      }
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) {
          empty()
          tooFarBehind = false
        }
      }
    }
  }
}
