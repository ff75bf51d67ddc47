import type { Clock } from '../../shared/carriers.ts'
import type { Member } from '../../shared/events.ts'
import { memberLabel } from '../../shared/events.ts'
import type {
  AppEvent,
  Conversation,
  ConversationId,
  Line,
  LineBody,
  LineId,
  RoomId,
  Timeline
} from '../../shared/state.ts'
import {
  lineWeight,
  newestFrom,
  SNAPSHOT_LINES,
  STRETCH_CHARACTERS,
  TIMELINE_CHARACTERS,
  TIMELINE_LINES,
  TIMELINE_SLACK
} from '../../shared/state.ts'
import type { Notification } from './contract.ts'
import { plainText } from './notifications.ts'

/** One line of the list beside the conversation. */
const PREVIEW_CHARACTERS = 120

/** One conversation and everything said in it. Mutable inside; what leaves it is not changed any more. */
interface Talk {
  view: Conversation
  lines: Line[]
  /** Characters in all of them. */
  weight: number
  whole: boolean
  /** The newest message; its one-line form is made when it is told, not for each of a thousand lines a second. */
  newest: Line | null
}

export interface ConversationsDeps {
  clock: Clock
  tell: (event: AppEvent) => void
  /** Counters changed; they are told when gathered. */
  soon: () => void
  notify: (notification: Notification) => void
  roomTitle: (room: RoomId) => string
}

/** The timelines with their counters: what is new, what was seen, what the person is looking at. */
export interface Conversations {
  open(id: ConversationId, room: RoomId, other: Member | null): void
  close(id: ConversationId): void
  get(id: ConversationId): Conversation | null
  of(room: RoomId): Conversation[]
  update(id: ConversationId, change: Partial<Pick<Conversation, 'with' | 'present' | 'draft'>>): void
  /** Adds a line at the end; counts it, and notifies, where it is for the person. */
  add(id: ConversationId, body: LineBody, at?: number): LineId
  line(id: ConversationId, line: LineId): Line | null
  change(id: ConversationId, line: Line): void
  remove(id: ConversationId, line: LineId): void
  read(id: ConversationId, line: LineId): void
  /** Nothing in these conversations waits to be read any more. */
  settle(room: RoomId): void
  look(id: ConversationId | null, inFront: boolean): void
  /** The person has it before their eyes. */
  inSight(id: ConversationId): boolean
  page(id: ConversationId, before: LineId, limit: number): Timeline
  /** The newest lines of every conversation. */
  timelines(): Record<ConversationId, Timeline>
  totals(): { unread: number; mentions: number }
  /** Tells the conversations whose counters changed since the last time. */
  gather(): void
}

/** A line somebody else wrote for people: what makes a conversation unread. */
const isForReading = (line: LineBody): boolean => (line.kind === 'said' && !line.own) || line.kind === 'line'

const previewOf = (line: Line | null): Conversation['preview'] => {
  if (line?.kind === 'said') return { from: memberLabel(line.from), text: plainText(line.text, PREVIEW_CHARACTERS) }
  if (line?.kind === 'line') return { from: '', text: plainText(line.text, PREVIEW_CHARACTERS) }
  return null
}

export const makeConversations = ({ clock, tell, soon, notify, roomTitle }: ConversationsDeps): Conversations => {
  const talks = new Map<ConversationId, Talk>()
  const changed = new Set<Talk>()
  let lastLine = 0
  let looked: { id: ConversationId | null; inFront: boolean } = { id: null, inFront: false }

  const inSight = (id: ConversationId): boolean => looked.inFront && looked.id === id

  const patch = (talk: Talk, change: Partial<Conversation>): void => {
    talk.view = { ...talk.view, ...change }
    changed.add(talk)
    soon()
  }

  /** Line ids only ever grow along a timeline. */
  const indexOf = (talk: Talk, id: LineId): number => {
    let low = 0
    let high = talk.lines.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((talk.lines[middle]?.id ?? 0) < id) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Drops the oldest lines in portions: one at a time would copy the whole list each time. */
  const shorten = (talk: Talk): void => {
    const { lines } = talk
    if (lines.length <= TIMELINE_LINES + TIMELINE_SLACK && talk.weight <= TIMELINE_CHARACTERS) return
    const gone = lines.splice(0, newestFrom(lines, lines.length, TIMELINE_LINES, TIMELINE_CHARACTERS * 0.9))
    for (const line of gone) talk.weight -= lineWeight(line)
    if (gone.length > 0) talk.whole = false
  }

  const isMention = (talk: Talk, line: LineBody): boolean =>
    isForReading(line) && (talk.view.with !== null || (line.kind === 'said' && line.mention))

  const count = (talk: Talk, line: Line): void => {
    const { view } = talk
    if (line.kind === 'said' || line.kind === 'line') talk.newest = line
    if (line.kind === 'said' && line.own) {
      // Who answers has read what stood before.
      patch(talk, { unread: 0, mentions: 0, readUpTo: line.id })
    } else if (inSight(view.id) && view.unread === 0) {
      patch(talk, { readUpTo: line.id })
    } else if (isForReading(line)) {
      const mention = isMention(talk, line)
      patch(talk, { unread: view.unread + 1, mentions: view.mentions + (mention ? 1 : 0) })
    }
    if (line.kind === 'said' && isMention(talk, line) && !inSight(view.id)) {
      const from = memberLabel(line.from)
      notify(
        view.with === null
          ? { title: roomTitle(view.room), body: `${from}: ${line.text}`, conversation: view.id }
          : { title: memberLabel(view.with) || from, body: line.text, conversation: view.id }
      )
    }
  }

  const stretch = (talk: Talk, end: number, limit: number): Timeline => {
    const start = newestFrom(talk.lines, end, limit, STRETCH_CHARACTERS)
    return { lines: talk.lines.slice(start, end), whole: start === 0 && talk.whole }
  }

  return {
    open: (id, room, other) => {
      const view: Conversation = {
        id,
        room,
        with: other,
        present: other !== null,
        unread: 0,
        mentions: 0,
        readUpTo: 0,
        draft: '',
        preview: null
      }
      talks.set(id, { view, lines: [], weight: 0, whole: true, newest: null })
      tell({ type: 'conversationChanged', conversation: view })
    },
    close: (id) => {
      const talk = talks.get(id)
      if (!talk) return
      talks.delete(id)
      changed.delete(talk)
      tell({ type: 'conversationRemoved', conversation: id })
    },
    get: (id) => talks.get(id)?.view ?? null,
    of: (room) => [...talks.values()].filter((talk) => talk.view.room === room).map((talk) => talk.view),
    update: (id, change) => {
      const talk = talks.get(id)
      if (talk) patch(talk, change)
    },
    add: (id, body, at = clock.wall()) => {
      lastLine += 1
      const talk = talks.get(id)
      if (!talk) return lastLine
      const line: Line = { id: lastLine, at, ...body }
      talk.lines.push(line)
      talk.weight += lineWeight(line)
      shorten(talk)
      tell({ type: 'linesAdded', conversation: id, lines: [line] })
      count(talk, line)
      return line.id
    },
    line: (id, line) => {
      const talk = talks.get(id)
      const found = talk?.lines[indexOf(talk, line)]
      return found?.id === line ? found : null
    },
    change: (id, line) => {
      const talk = talks.get(id)
      if (!talk) return
      const at = indexOf(talk, line.id)
      const before = talk.lines[at]
      if (before?.id !== line.id) return
      talk.weight += lineWeight(line) - lineWeight(before)
      talk.lines[at] = line
      tell({ type: 'linesChanged', conversation: id, lines: [line] })
      if (talk.newest?.id !== line.id) return
      talk.newest = line
      patch(talk, {})
    },
    remove: (id, line) => {
      const talk = talks.get(id)
      if (!talk) return
      const at = indexOf(talk, line)
      const before = talk.lines[at]
      if (before?.id !== line) return
      talk.weight -= lineWeight(before)
      talk.lines.splice(at, 1)
      tell({ type: 'linesRemoved', conversation: id, lines: [line] })
      if (talk.newest?.id !== line) return
      talk.newest = talk.lines.findLast((other) => other.kind === 'said' || other.kind === 'line') ?? null
      patch(talk, {})
    },
    read: (id, line) => {
      const talk = talks.get(id)
      if (!talk) return
      const readUpTo = Math.max(talk.view.readUpTo, Math.min(line, talk.lines.at(-1)?.id ?? 0))
      let unread = 0
      let mentions = 0
      for (const later of talk.lines.slice(indexOf(talk, readUpTo + 1))) {
        if (isForReading(later)) unread += 1
        if (isMention(talk, later)) mentions += 1
      }
      if (readUpTo !== talk.view.readUpTo || unread !== talk.view.unread) patch(talk, { readUpTo, unread, mentions })
    },
    settle: (room) => {
      for (const talk of talks.values())
        if (talk.view.room === room && talk.view.unread > 0)
          patch(talk, { unread: 0, mentions: 0, readUpTo: talk.lines.at(-1)?.id ?? talk.view.readUpTo })
    },
    look: (id, inFront) => {
      looked = { id, inFront }
    },
    inSight,
    page: (id, before, limit) => {
      const talk = talks.get(id)
      return talk ? stretch(talk, indexOf(talk, before), limit) : { lines: [], whole: true }
    },
    timelines: () =>
      Object.fromEntries([...talks].map(([id, talk]) => [id, stretch(talk, talk.lines.length, SNAPSHOT_LINES)])),
    totals: () => {
      let unread = 0
      let mentions = 0
      for (const { view } of talks.values()) {
        unread += view.unread
        mentions += view.mentions
      }
      return { unread, mentions }
    },
    gather: () => {
      for (const talk of changed) {
        talk.view = { ...talk.view, preview: previewOf(talk.newest) }
        tell({ type: 'conversationChanged', conversation: talk.view })
      }
      changed.clear()
    }
  }
}
