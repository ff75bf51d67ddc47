import type { Clock } from '../../shared/carriers.ts'
import type { Member } from '../../shared/events.ts'
import { memberLabel } from '../../shared/events.ts'
import type {
  AppEvent,
  Around,
  Conversation,
  ConversationId,
  Later,
  Line,
  LineBody,
  LineId,
  RoomId,
  Timeline
} from '../../shared/state.ts'
import {
  isForReading,
  lineWeight,
  SNAPSHOT_CHARACTERS,
  SNAPSHOT_LINES,
  STRETCH_CHARACTERS,
  TIMELINE_LINES
} from '../../shared/state.ts'
import type { History, RestoredConversation } from '../history/contract.ts'
import type { Notification } from './contract.ts'
import type { HeldLines } from './held-lines.ts'
import { makeHolding } from './held-lines.ts'
import { makeLedger } from './ledger.ts'
import type { Unwritten } from './looking.ts'
import { plainText } from './notifications.ts'
import { makeReader, stretchBefore } from './reading.ts'

/** Lines of one conversation in memory where the rest can be read from the disk: what a person scrolls through. */
export const WINDOW_LINES = 5000
/** One line of the list beside the conversation. */
const PREVIEW_CHARACTERS = 120

/** One conversation and everything said in it. Mutable inside; what leaves it is not changed any more. */
interface Talk {
  view: Conversation
  held: HeldLines
  /** The newest message; its one-line form is made when it is told, not for each of a thousand lines a second. */
  newest: Line | null
  /** Lines up to this one were shown; those behind it wait for the disk. */
  told: LineId
  /** Lines up to this one were cleared away. */
  cleared: LineId
  /** What the history knows about it, as handed over last. */
  stored: string
  closed: boolean
}

export interface ConversationsDeps {
  clock: Clock
  tell: (event: AppEvent) => void
  /** Counters changed; they are told when gathered. */
  soon: () => void
  notify: (notification: Notification) => void
  roomTitle: (room: RoomId) => string
  /** Null: nothing is kept beyond this run. */
  history: History | null
  /** What is said there is written down. */
  keeps: (room: RoomId) => boolean
  hosted: (room: RoomId) => boolean
}

/** How a changed line is kept. `released`: it was claimed, and waits again. `refused`: another program has it. */
export interface Change {
  released?: true
  refused?: () => void
}

/** The timelines with their counters: what is new, what was seen, what the person is looking at. */
export interface Conversations {
  /** `restored`: as it was when the program ended last. */
  open(id: ConversationId, room: RoomId, other: Member | null, restored?: RestoredConversation): void
  /** What an earlier run left of an open one, read late. */
  found(restored: RestoredConversation): void
  /** Takes it out of the view; `byHand`: until something new is said. What was said stays in the history. */
  close(id: ConversationId, byHand: boolean): void
  get(id: ConversationId): Conversation | null
  of(room: RoomId): Conversation[]
  update(
    id: ConversationId,
    change: Partial<Pick<Conversation, 'with' | 'present' | 'draft' | 'unverified' | 'unsent'>>
  ): void
  /** Adds a line at the end; counts it, and notifies, where it is for the person. */
  add(id: ConversationId, body: LineBody, at?: number): LineId
  line(id: ConversationId, line: LineId): Line | null
  /** Also one that is on the disk only. */
  recall(id: ConversationId, line: LineId): Promise<Line | null>
  change(id: ConversationId, line: Line, how?: Change): void
  /** Changes what is shown, not what is kept. */
  mark(id: ConversationId, line: Line): void
  /** Whether the disk can say now whose a queued line is. */
  claimable(): boolean
  /**
   * Takes the right to send a queued line. False: nobody else can have it, and `answered` is not called. True: the disk
   * is asked. `inherited`: it came from the disk, whatever is written now.
   */
  claim(id: ConversationId, line: LineId, inherited: boolean, answered: (ours: boolean) => void): boolean
  /** Shows a line as another program left it on the disk. Null: it is not there. */
  reread(id: ConversationId, line: LineId): Promise<Line | null>
  /** Brings the disk up to whether this line is kept now. */
  keepLine(id: ConversationId, line: Line): void
  remove(id: ConversationId, line: LineId): void
  read(id: ConversationId, line: LineId): void
  /** Nothing in these conversations waits to be read any more. */
  settle(room: RoomId): void
  look(id: ConversationId | null, inFront: boolean, atEnd: boolean): void
  /** The person has it before their eyes. */
  inSight(id: ConversationId): boolean
  page(id: ConversationId, before: LineId, limit: number): Promise<Timeline>
  pageAfter(id: ConversationId, after: LineId, limit: number): Promise<Later>
  around(id: ConversationId, where: { line: LineId } | { moment: number }, limit: number): Promise<Around>
  /** What is shown and cannot be found on the disk. */
  unwritten(): Unwritten[]
  /** Nothing was ever said here; null: nowhere. */
  clear(id: ConversationId | null): void
  /** Whether a room's lines are written has changed. */
  keepingChanged(room: RoomId): void
  /** Shows what still waits for the disk. */
  showAll(): void
  /** The newest lines of every conversation. */
  timelines(): Record<ConversationId, Timeline>
  totals(): { unread: number; mentions: number }
  /** Tells the conversations whose counters changed since the last time. */
  gather(): void
}

/** A line somebody else wrote for people: what makes a conversation unread. */
const previewOf = (line: Line | null): Conversation['preview'] => {
  if (line?.kind === 'said') return { from: memberLabel(line.from), text: plainText(line.text, PREVIEW_CHARACTERS) }
  if (line?.kind === 'line') return { from: '', text: plainText(line.text, PREVIEW_CHARACTERS) }
  return null
}

const newestIn = (lines: readonly Line[]): Line | null =>
  lines.findLast((line) => line.kind === 'said' || line.kind === 'line') ?? null

export const makeConversations = (deps: ConversationsDeps): Conversations => {
  const { clock, tell, soon, notify, roomTitle, history } = deps
  const talks = new Map<ConversationId, Talk>()
  const changed = new Set<Talk>()
  let lastLine = 0
  const holding = makeHolding()
  const reader = makeReader(history)
  const ledger = history === null ? null : makeLedger(history, clock)
  /** The newest of the versions of a changed line that are on their way to the disk. A line that is new has but one. */
  const onTheWay = new Map<LineId, object>()
  let looked: { id: ConversationId | null; inFront: boolean; atEnd: boolean } = {
    id: null,
    inFront: false,
    atEnd: false
  }

  const inSight = (id: ConversationId): boolean => looked.inFront && looked.id === id

  const patch = (talk: Talk, change: Partial<Conversation>): void => {
    talk.view = { ...talk.view, ...change }
    changed.add(talk)
    soon()
  }

  const isKept = (talk: Talk): boolean => history !== null && deps.keeps(talk.view.room)
  const replace = (talk: Talk, line: Line): void => {
    if (!talk.held.replace(line) || talk.newest?.id !== line.id) return
    talk.newest = line
    patch(talk, {})
  }
  /** Deleted or cleared away, not merely out of the window. */
  const isRemoved = (talk: Talk, id: LineId): boolean => {
    // With nothing in memory, what was shown may be on the disk.
    const from = talk.held.lines[0]?.id ?? (talk.held.whole ? 0 : talk.told + 1)
    return id <= talk.cleared || (id >= from && talk.held.find(id) === null)
  }

  /** Hands the conversation itself over, if the history does not know it so. */
  const store = (talk: Talk): void => {
    const kept = isKept(talk)
    // What was never written stays so; what was once, loses its draft.
    if (history === null || (!kept && talk.stored === '')) return
    const { id, room, with: other, unverified, readUpTo, draft } = talk.view
    const conversation = {
      id,
      room,
      title: roomTitle(room),
      hosted: deps.hosted(room),
      with: other,
      unverified: unverified === true,
      closed: talk.closed,
      readUpTo,
      draft: kept ? draft : ''
    }
    const stored = JSON.stringify(conversation)
    if (stored === talk.stored) return
    talk.stored = stored
    history.append({ op: 'conversation', conversation }, () => undefined)
  }

  /** A line, new or changed, on its way to the disk, and from there into the view: `show` gets it as it is to be shown. */
  const keep = (talk: Talk, line: Line, is: 'new' | 'changed', show: (line: Line) => void, how: Change = {}): void => {
    if (ledger === null || !isKept(talk)) {
      show(line)
      return
    }
    // A new line needs no place in the map: in a flood it would be a map of hundreds of thousands.
    const version = is === 'new' ? null : {}
    const isGone = (): boolean => talks.get(talk.view.id) !== talk || isRemoved(talk, line.id)
    if (version !== null) onTheWay.set(line.id, version)
    const arrived = (): boolean =>
      version === null ? !onTheWay.has(line.id) : onTheWay.get(line.id) === version && onTheWay.delete(line.id)
    const clean = (): Line => {
      const { unsaved: _unsaved, ...now } = talk.held.find(line.id) ?? line
      replace(talk, now)
      return now
    }
    ledger.put(
      { op: 'line', conversation: talk.view.id, line, ...(how.released ? { released: true } : {}) },
      {
        ...(how.refused ? { refused: how.refused } : {}),
        show: (unsaved) => {
          if (isGone()) return
          if (unsaved) {
            const marked: Line = { ...(talk.held.find(line.id) ?? line), unsaved: true }
            replace(talk, marked)
            show(marked)
          } else if (arrived()) show(clean())
          // A newer version follows; a new line takes its place in the order all the same.
          else if (line.id > talk.told) show(line)
        },
        saved: () => {
          if (arrived() && !isGone()) tell({ type: 'linesChanged', conversation: talk.view.id, lines: [clean()] })
        }
      }
    )
  }

  const mark = (id: ConversationId, line: Line): void => {
    const talk = talks.get(id)
    if (!talk || isRemoved(talk, line.id)) return
    replace(talk, line)
    // One that was not shown yet is shown as it is now.
    if (line.id <= talk.told) tell({ type: 'linesChanged', conversation: id, lines: [line] })
  }

  /** Where the disk has the rest, a window is enough. */
  const mostLines = (room: RoomId): number =>
    history !== null && deps.keeps(room) && history.state() === 'writing' ? WINDOW_LINES : TIMELINE_LINES

  const isMention = (talk: Talk, line: LineBody): boolean =>
    isForReading(line) && (talk.view.with !== null || (line.kind === 'said' && line.mention))

  const count = (talk: Talk, line: Line): void => {
    const { view } = talk
    if (line.kind === 'said' || line.kind === 'line') talk.newest = line
    if (line.kind === 'said' && line.own) {
      // Who answers has read what stood before.
      patch(talk, { unread: 0, mentions: 0, readUpTo: line.id })
    } else if (inSight(view.id) && looked.atEnd && view.unread === 0) {
      // Before the disk can be read nobody knows what is to be read in front of it.
      if (isForReading(line) || history?.state() !== 'paused') patch(talk, { readUpTo: line.id })
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

  /** Counts what follows where it is: on the disk. */
  const recount = async (talk: Talk): Promise<void> => {
    const { id, readUpTo } = talk.view
    const counted = await history?.unread(id, readUpTo)
    if (counted && talk.view.readUpTo === readUpTo) patch(talk, counted)
  }

  return {
    open: (id, room, other, restored) => {
      const view: Conversation = {
        id,
        room,
        with: other,
        present: other !== null && restored === undefined,
        unread: restored?.unread ?? 0,
        mentions: restored?.mentions ?? 0,
        readUpTo: restored?.readUpTo ?? 0,
        draft: restored?.draft ?? '',
        ...(restored?.unverified === true ? { unverified: true } : {}),
        preview: null
      }
      const lines = restored?.newest.lines ?? []
      const newest = newestIn(lines)
      view.preview = previewOf(newest)
      const last = lines.at(-1)?.id ?? 0
      const whole = restored?.newest.whole ?? true
      const talk: Talk = {
        view,
        held: holding.open(lines, whole, () => mostLines(room)),
        newest,
        // Where all of it is on the disk, none of that waits to be shown.
        told: last === 0 && !whole && history !== null ? history.nextLine(clock.wall()) : last,
        cleared: 0,
        stored: '',
        closed: false
      }
      lastLine = Math.max(lastLine, last)
      talks.get(id)?.held.close()
      talks.set(id, talk)
      // Its lines find it there.
      store(talk)
      tell({ type: 'conversationChanged', conversation: view })
      // A view that is attached begins a new conversation empty.
      if (restored !== undefined)
        tell({
          type: 'timelineReset',
          conversation: id,
          timeline: stretchBefore(talk, talk.held.lines.length, SNAPSHOT_LINES)
        })
    },
    found: ({ id, newest, readUpTo, unread, mentions, draft }) => {
      const talk = talks.get(id)
      if (!talk) return
      const { view } = talk
      const last = newest.lines.at(-1)?.id ?? 0
      if (last > 0) {
        talk.held.uncover()
        talk.told = Math.max(talk.told, last)
        talk.newest ??= newestIn(newest.lines)
        const end = talk.held.indexOf(talk.told + 1)
        tell({ type: 'timelineReset', conversation: id, timeline: stretchBefore(talk, end, SNAPSHOT_LINES) })
      }
      // Who has read something in this run has that behind them.
      const isNew = view.readUpTo < last
      patch(talk, {
        draft: view.draft === '' ? draft : view.draft,
        readUpTo: Math.max(view.readUpTo, readUpTo),
        unread: view.unread + (isNew ? unread : 0),
        mentions: view.mentions + (isNew ? mentions : 0)
      })
    },
    close: (id, byHand) => {
      const talk = talks.get(id)
      if (!talk) return
      talk.closed = byHand
      store(talk)
      talks.delete(id)
      talk.held.close()
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
      lastLine = history === null ? lastLine + 1 : history.nextLine(clock.wall())
      const talk = talks.get(id)
      if (!talk) return lastLine
      const line: Line = { id: lastLine, at, ...body }
      talk.held.add(line)
      keep(talk, line, 'new', (shown) => {
        talk.told = line.id
        tell({ type: 'linesAdded', conversation: id, lines: [shown] })
        count(talk, shown)
      })
      return line.id
    },
    line: (id, line) => {
      const talk = talks.get(id)
      return talk === undefined ? null : talk.held.find(line)
    },
    recall: async (id, line) => {
      const talk = talks.get(id)
      if (talk === undefined) return null
      return talk.held.find(line) ?? (isRemoved(talk, line) ? null : ((await history?.line(id, line)) ?? null))
    },
    change: (id, line, how) => {
      const talk = talks.get(id)
      if (!talk || isRemoved(talk, line.id)) return
      replace(talk, line)
      keep(talk, line, 'changed', (shown) => tell({ type: 'linesChanged', conversation: id, lines: [shown] }), how)
    },
    mark,
    claimable: () => history?.state() === 'writing',
    claim: (id, line, inherited, answered) => {
      const talk = talks.get(id)
      if (!talk || history?.state() !== 'writing' || !(inherited || isKept(talk))) return false
      history.append({ op: 'claim', conversation: id, line }, answered)
      return true
    },
    reread: async (id, line) => {
      const found = (await history?.line(id, line)) ?? null
      if (found !== null) mark(id, found)
      return found
    },
    keepLine: (id, line) => {
      const talk = talks.get(id)
      if (!talk || isRemoved(talk, line.id)) return
      if (isKept(talk))
        keep(talk, line, 'changed', (shown) => tell({ type: 'linesChanged', conversation: id, lines: [shown] }))
      else history?.append({ op: 'remove', conversation: id, line: line.id }, () => undefined)
    },
    remove: (id, line) => {
      const talk = talks.get(id)
      if (!talk) return
      if (!talk.held.remove(line) && (history === null || isRemoved(talk, line))) return
      onTheWay.delete(line)
      if (isKept(talk)) history?.append({ op: 'remove', conversation: id, line }, () => undefined)
      // One that was never shown has nowhere to go from.
      if (line > talk.told) return
      tell({ type: 'linesRemoved', conversation: id, lines: [line] })
      if (talk.newest?.id !== line) return
      talk.newest = newestIn(talk.held.lines)
      patch(talk, {})
    },
    read: (id, line) => {
      const talk = talks.get(id)
      if (!talk) return
      const readUpTo = Math.max(talk.view.readUpTo, Math.min(line, talk.told))
      if (isKept(talk) && !talk.held.whole && readUpTo < (talk.held.lines[0]?.id ?? talk.told)) {
        // Read far up: what follows is not in memory, and is counted where it is.
        if (readUpTo === talk.view.readUpTo) return
        patch(talk, { readUpTo })
        void recount(talk)
        return
      }
      let unread = 0
      let mentions = 0
      for (const later of talk.held.lines.slice(talk.held.indexOf(readUpTo + 1), talk.held.indexOf(talk.told + 1))) {
        if (isForReading(later)) unread += 1
        if (isMention(talk, later)) mentions += 1
      }
      if (readUpTo !== talk.view.readUpTo || unread !== talk.view.unread) patch(talk, { readUpTo, unread, mentions })
    },
    settle: (room) => {
      for (const talk of talks.values())
        if (talk.view.room === room && talk.view.unread > 0)
          patch(talk, { unread: 0, mentions: 0, readUpTo: Math.max(talk.told, talk.view.readUpTo) })
    },
    look: (id, inFront, atEnd) => {
      looked = { id, inFront, atEnd }
    },
    inSight,
    page: async (id, before, limit) => {
      const talk = talks.get(id)
      return talk === undefined ? { lines: [], whole: true } : reader.page(talk, before, limit)
    },
    pageAfter: async (id, after, limit) => {
      const talk = talks.get(id)
      return talk === undefined ? { lines: [], newest: true } : reader.pageAfter(talk, after, limit)
    },
    around: async (id, where, limit) => {
      const talk = talks.get(id)
      return talk === undefined ? { found: false, why: 'nothing' } : reader.around(talk, where, limit)
    },
    unwritten: () =>
      [...talks.values()].map((talk) => {
        const shown = talk.held.lines.slice(0, talk.held.indexOf(talk.told + 1))
        const written = isKept(talk) && history?.state() !== 'off'
        return { conversation: talk.view, lines: written ? shown.filter((line) => line.unsaved === true) : shown }
      }),
    clear: (id) => {
      for (const talk of talks.values()) {
        if (id !== null && talk.view.id !== id) continue
        talk.cleared = Math.max(talk.cleared, talk.told, talk.held.lines.at(-1)?.id ?? 0)
        talk.held.clear()
        talk.newest = null
        tell({ type: 'timelineReset', conversation: talk.view.id, timeline: { lines: [], whole: true } })
        patch(talk, { unread: 0, mentions: 0 })
      }
    },
    keepingChanged: (room) => {
      ledger?.showAll()
      for (const talk of talks.values()) if (talk.view.room === room) store(talk)
    },
    showAll: () => ledger?.showAll(),
    timelines: () => {
      const each = Math.min(STRETCH_CHARACTERS, SNAPSHOT_CHARACTERS / talks.size)
      const newest = (talk: Talk): Timeline => {
        const stretch = stretchBefore(talk, talk.held.indexOf(talk.told + 1), SNAPSHOT_LINES, each)
        // A single line that is longer is read when somebody opens the conversation.
        return stretch.lines.every((line) => lineWeight(line) <= each) ? stretch : { lines: [], whole: false }
      }
      return Object.fromEntries([...talks].map(([id, talk]) => [id, newest(talk)]))
    },
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
        store(talk)
        tell({ type: 'conversationChanged', conversation: talk.view })
      }
      changed.clear()
    }
  }
}
