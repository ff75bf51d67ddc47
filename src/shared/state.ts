import type { Capabilities, Charset, Dialect, DialectChoice } from './dialect.ts'
import type {
  CommandName,
  DisconnectDetail,
  DisconnectReason,
  Door,
  KickReason,
  LeaveReason,
  Member,
  RecognisedBy,
  RefusalCode
} from './events.ts'
import { memberKey } from './events.ts'
import type { Export } from './export.ts'
import type { Retention } from './history.ts'
import type { HostedBefore, Language, Place, Preferences } from './settings.ts'

/**
 * What a view shows, in nouns. Rooms and private threads are one thing, a *conversation*: one list, one timeline,
 * one composer. The switchboard keeps this state and sends its changes; the view applies the same `applyEvent`.
 */

/** Our own, stable: survives a change of address. */
export type RoomId = string
/** The room's id for its public conversation; `ROOM/p/N` for a private thread. */
export type ConversationId = string
/** Increasing over all conversations and, where history is kept, over all runs. */
export type LineId = number

export type RoomStatus =
  /** Known, not wanted now: saved, left, or disconnected by hand. `reason` is how it ended last, if it did. */
  | { state: 'away'; reason: DisconnectReason | null; detail?: DisconnectDetail }
  | { state: 'connecting' }
  | { state: 'connected' }
  /** Lost; comes back by itself at `retryAt` (wall clock, ms). */
  | { state: 'reconnecting'; reason: DisconnectReason; detail?: DisconnectDetail; retryAt: number }
  /** Closed by the server's will; `text` is what it said. May be `reconnecting` later. */
  | { state: 'kicked'; reason: KickReason; text: string; retryAt: number | null }
  /**
   * Only what was said is here, to be read: a room we hosted, or one (`hosted` false) that only the command line was in.
   * Nobody can be reached in it; it has no address.
   */
  | { state: 'past'; hosted: boolean }

/** Where a wish to be renamed stands; shown at the field that asked. */
export type Renaming =
  | { state: 'idle' }
  | { state: 'waiting'; name: string }
  | { state: 'accepted'; name: string }
  | { state: 'refused'; name: string; code: RefusalCode; text: string }

export interface HostedRoom {
  name: string
  doors: Door[]
  /** `ip:port` pairs others can use, best first. */
  addresses: string[]
  /** People in the room besides the host himself. */
  guests: number
}

export interface Room {
  id: RoomId
  /** What the person calls it; else the name our host told; else `host:port`. */
  title: string
  host: string
  port: number
  status: RoomStatus
  /** Null: somebody else's room. */
  hosting: HostedRoom | null
  /** In the list of today's rooms (joined or hosted); false: only saved. */
  open: boolean
  dialect: { choice: DialectChoice; recognised: Dialect | null; by: RecognisedBy | null }
  charset: Charset
  reconnect: boolean
  capabilities: Capabilities
  /** The mark of a Teahouse host was seen on this connection. */
  marked: boolean
  self: Member | null
  renaming: Renaming
  /** Keys of people whose lines are hidden. */
  ignored: string[]
  /** What is kept on the disk; absent: everything. */
  history?: Retention
}

export interface People {
  /** By `memberKey`, in order of arrival. */
  members: Member[]
  /** True when the server gave the whole list; false: "seen so far". */
  complete: boolean
}

export interface Conversation {
  id: ConversationId
  room: RoomId
  /** Null: the room itself. Else the other side, with the newest name known. */
  with: Member | null
  /** The other side is in the room now, as far as known. */
  present: boolean
  unread: number
  /** Unread lines that mention me; all of a private thread. */
  mentions: number
  /** The newest line the person has seen; 0: none. The unread marker stands after it. */
  readUpTo: LineId
  draft: string
  /** The other side came back under another address: it is known by its unchanged name alone. */
  unverified?: boolean
  /** Absent or null: nothing waits to be sent. */
  unsent?: Unsent | null
  /** One line for the list: the newest message. */
  preview: { from: string; text: string } | null
}

/** Own lines of one conversation that wait to be sent. */
export interface Unsent {
  waiting: number
  /** How many of them are too old to go out by themselves, and ask first. */
  held: number
  /** When the oldest and the newest of those that ask were written (wall clock, ms); 0: none does. */
  since: number
  until: number
  /** Newer ones that do not overtake them. */
  behind: number
}

/** The state of an own line. Nothing is claimed that is not known. */
export type LineState =
  /** Kept by us, away or behind others: it can be changed and taken back, and survives the program. */
  | 'queued'
  /** Written, no echo yet. Becomes `waiting` in the eyes of the person after 3 s. */
  | 'written'
  | 'waiting'
  /** Echoed by the server. */
  | 'delivered'
  /** Written to a server that never echoes. */
  | 'sent'
  /** Written, and neither can be known. Never resent by itself. */
  | 'unconfirmed'
  /** Refused by the server or by our guards; `failure` says why. */
  | 'failed'

/** A gap in a room: since when we did not hear it (wall clock, ms). */
export interface Away {
  since: number
  /** False: the program ended without a word, and `since` is when it heard something last. */
  sure: boolean
}

export type LineBody =
  | {
      kind: 'said'
      from: Member
      text: string
      own: boolean
      state: LineState
      failure: { code: RefusalCode | 'connection-lost'; text: string } | null
      /** My name is in it, and it is not mine. */
      mention: boolean
      /** Queued for so long that it does not go out by itself. */
      held?: true
    }
  | { kind: 'joined'; member: Member; own: boolean }
  | { kind: 'left'; member: Member; reason: LeaveReason }
  | { kind: 'renamed'; member: Member; was: string; own: boolean }
  /** A line of the server that fits no pattern, as it came. */
  | { kind: 'line'; text: string }
  | { kind: 'listed'; members: Member[]; complete: boolean }
  | { kind: 'refused'; command: CommandName; code: RefusalCode; text: string }
  | { kind: 'kicked'; reason: KickReason; text: string }
  /** `away`: what was said in between is not here. */
  | { kind: 'connected'; again: boolean; away?: Away }
  | { kind: 'disconnected'; reason: DisconnectReason }

export type Line = {
  id: LineId
  /** Wall clock, ms since 1970. */
  at: number
  /** Shown although it is not on the disk yet: the disk is slow, full, or not ours to write. */
  unsaved?: true
} & LineBody

/** A stretch of a conversation the holder has in hand. */
export interface Timeline {
  lines: Line[]
  /** True when nothing older exists. */
  whole: boolean
}

/** Lines that follow a line, oldest first. */
export interface Later {
  lines: Line[]
  /** True when nothing newer was there. Without lines and not the newest: it cannot be read now. */
  newest: boolean
}

/** A stretch from anywhere in a conversation. */
export interface Stretch extends Timeline, Later {}

/** What stands around a line or a moment. */
export type Around =
  /** `target`: the line asked for or, where it is gone, its neighbour; of a moment, the first line since. */
  | { found: true; target: LineId; stretch: Stretch }
  /** `nothing`: no line is there, or none since the moment. `unreadable`: the disk cannot be read now. */
  | { found: false; why: 'nothing' | 'unreadable' }

/** Something the person should know that belongs to no room. Shown until dismissed. */
export type Notice = { id: number } & (
  | { kind: 'settings-set-aside'; file: string }
  | { kind: 'settings-not-saved'; reason: string }
  | { kind: 'host-again'; hosted: HostedBefore }
  | { kind: 'runtime-missing'; reason: string }
  /** Nothing can be written now; goes by itself when it can. */
  | { kind: 'history-paused'; reason: string }
  | { kind: 'history-set-aside'; file: string }
  /** The history was made by a newer Teahouse: it is read, and not written. */
  | { kind: 'history-newer' }
)
export type NoticeBody = Notice extends infer N ? (N extends { id: number } ? Omit<N, 'id'> : never) : never

/** What does not change while the app runs, or only with its surroundings. */
export interface Surroundings {
  /** What carries the view. In a browser the menu's entries must be reachable in the page. */
  carrier: 'electron' | 'browser'
  platform: 'linux' | 'darwin' | 'win32' | 'other'
  version: string
  /** The name of this computer: what a hosted room is called unless said otherwise. */
  computer: string
  /** The language of the system, for the setting `system`. */
  systemLanguage: Language
  /** Where settings live, for *About*. */
  profile: string
}

export interface AppState {
  surroundings: Surroundings
  preferences: Preferences
  /** In the order shown. */
  rooms: Room[]
  /** By room. */
  people: Record<RoomId, People>
  /** In the order shown: a room, then its private threads. */
  conversations: Conversation[]
  timelines: Record<ConversationId, Timeline>
  notices: Notice[]
  /** The export that runs, or the last one while nobody has put it away. */
  exporting?: Export
  /** Looked at last, in whatever window and in whatever run: where a window begins that has shown nothing yet. */
  lookedAt?: Place
}

/** Wishes that come from outside the page (the menu, a link, a notification) and are fulfilled by the view. */
export type Wish =
  | { wish: 'host' }
  | { wish: 'connect'; host: string | null; port: number | null }
  | { wish: 'settings' }
  | { wish: 'switch' }
  | { wish: 'find' }
  | { wish: 'search' }
  | { wish: 'go-to-date' }
  | { wish: 'next-room' }
  | { wish: 'previous-room' }
  | { wish: 'leave' }
  | { wish: 'disconnect' }
  | { wish: 'stop-hosting' }
  | { wish: 'copy-invitation' }
  | { wish: 'export' }
  | { wish: 'help' }
  | { wish: 'about' }
  | { wish: 'show'; conversation: ConversationId }

/** Changes of the state, in the past tense, and wishes to the view. Sent in batches, in order. */
export type AppEvent =
  | { type: 'surroundingsChanged'; surroundings: Surroundings }
  | { type: 'preferencesChanged'; preferences: Preferences }
  /** Also the first time: rooms are kept in the order given by `order` when it is there. */
  | { type: 'roomChanged'; room: Room }
  | { type: 'roomsOrdered'; order: RoomId[] }
  | { type: 'roomRemoved'; room: RoomId }
  | {
      type: 'peopleChanged'
      room: RoomId
      reset: boolean
      present: Member[]
      /** `memberKey`s. */
      gone: string[]
      complete: boolean
    }
  | { type: 'conversationChanged'; conversation: Conversation }
  | { type: 'conversationRemoved'; conversation: ConversationId }
  | { type: 'linesAdded'; conversation: ConversationId; lines: Line[] }
  | { type: 'linesChanged'; conversation: ConversationId; lines: Line[] }
  | { type: 'linesRemoved'; conversation: ConversationId; lines: LineId[] }
  /** The end of a conversation as a whole: it came back from the history, or its history was cleared. */
  | { type: 'timelineReset'; conversation: ConversationId; timeline: Timeline }
  | { type: 'noticed'; notice: Notice }
  | { type: 'noticeDismissed'; notice: number }
  /** Null: there is none to tell of. */
  | { type: 'exportChanged'; exporting: Export | null }
  | { type: 'lookedAt'; place: Place }
  | { type: 'wished'; wish: Wish }

/**
 * Lines of one conversation kept in the app's memory where the disk has none of them: a week of a busy room, some
 * 30 MiB at worst. The oldest go first, and then the timeline is no longer whole.
 */
export const TIMELINE_LINES = 100_000
/** Lines over the limit before the oldest are cut off: cutting at each line would copy the whole list each time. */
export const TIMELINE_SLACK = 1000
/** Newest lines of each conversation that a view holds: some fifty screens. It asks for the others as it needs them. */
export const VIEW_LINES = 2000
/** A hostile server may send lines of a megabyte: all texts of one timeline together, some 32 MiB of memory. */
export const TIMELINE_CHARACTERS = 16 * 1024 * 1024
/** The same of all timelines of a view: with many conversations each has an equal share, and asks for the rest. */
export const VIEW_CHARACTERS = 4 * TIMELINE_CHARACTERS
/** Newest lines of each conversation in a snapshot: a few screens. Older ones are asked for by `page`. */
export const SNAPSHOT_LINES = 500
/** Texts of one conversation that cross the bridge in one piece (a snapshot, a page, a batch), unless one is longer. */
export const STRETCH_CHARACTERS = 1024 * 1024
/** Texts of all conversations in a snapshot: more of one message would stop a page for longer than anybody waits. */
export const SNAPSHOT_CHARACTERS = 8 * STRETCH_CHARACTERS

/** What somebody else said or a server wrote: it counts as unread until it was seen. */
export const isForReading = (line: LineBody): boolean => (line.kind === 'said' && !line.own) || line.kind === 'line'

/** What a line costs to keep and to send, in characters. */
export const lineWeight = (line: Line): number => ('text' in line ? line.text.length : 0)

/** Where a line is, or would be: ids only ever grow along a conversation. */
export const indexOfLine = (lines: readonly Line[], id: LineId): number => {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle]?.id ?? 0) < id) low = middle + 1
    else high = middle
  }
  return low
}

/** Where the newest lines begin that fit both limits; at least one line always does. `end`: exclusive. */
export const newestFrom = (lines: readonly Line[], end: number, most: number, characters: number): number => {
  let start = end
  let weight = 0
  while (start > 0 && end - start < most) {
    const line = lines[start - 1]
    weight += line ? lineWeight(line) : 0
    if (weight > characters && start < end) break
    start -= 1
  }
  return start
}

/** Where the oldest lines from `start` on end that fit both limits (exclusive); at least one line always does. */
export const oldestTo = (lines: readonly Line[], start: number, most: number, characters: number): number => {
  let end = start
  let weight = 0
  while (end < lines.length && end - start < most) {
    const line = lines[end]
    weight += line ? lineWeight(line) : 0
    if (weight > characters && end > start) break
    end += 1
  }
  return end
}

/** What one of so many timelines of a view may hold. */
const viewShare = (conversations: number): number => Math.min(TIMELINE_CHARACTERS, VIEW_CHARACTERS / conversations)

/** The end of a timeline, as much as its share is; itself where all of it is. */
const within = (timeline: Timeline, most: number, characters: number): Timeline => {
  const { lines } = timeline
  const from = newestFrom(lines, lines.length, most, characters)
  return from === 0 ? timeline : { lines: lines.slice(from), whole: false }
}

/** One more takes its share from the others. */
const timelinesWith = (timelines: AppState['timelines'], fresh: ConversationId): AppState['timelines'] => {
  const share = viewShare(Object.keys(timelines).length + 1)
  const before =
    share === TIMELINE_CHARACTERS
      ? timelines
      : Object.fromEntries(Object.entries(timelines).map(([id, one]) => [id, within(one, one.lines.length, share)]))
  return { ...before, [fresh]: { lines: [], whole: true } }
}

const replaceOrAppend = <T extends { id: string }>(list: readonly T[], item: T): T[] => {
  const at = list.findIndex((other) => other.id === item.id)
  return at < 0 ? [...list, item] : list.with(at, item)
}

/** A conversation goes after the last one of its room, a room's own one first. */
const placeConversation = (list: readonly Conversation[], item: Conversation): Conversation[] => {
  const at = list.findIndex((other) => other.id === item.id)
  if (at >= 0) return list.with(at, item)
  const last = list.findLastIndex((other) => other.room === item.room)
  return last < 0 ? [...list, item] : list.toSpliced(last + 1, 0, item)
}

const without = <V>(record: Record<string, V>, gone: (key: string) => boolean): Record<string, V> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !gone(key)))

/** The same on both sides of the bridge: pure, total, and unchanged parts keep their identity. */
export const applyEvent = (state: AppState, event: AppEvent): AppState => {
  switch (event.type) {
    case 'surroundingsChanged':
      return { ...state, surroundings: event.surroundings }
    case 'preferencesChanged':
      return { ...state, preferences: event.preferences }
    case 'roomChanged':
      return { ...state, rooms: replaceOrAppend(state.rooms, event.room) }
    case 'roomsOrdered': {
      const rank = new Map(event.order.map((id, index) => [id, index]))
      const last = event.order.length
      return { ...state, rooms: state.rooms.toSorted((a, b) => (rank.get(a.id) ?? last) - (rank.get(b.id) ?? last)) }
    }
    case 'roomRemoved': {
      const dropped = new Set(state.conversations.filter((c) => c.room === event.room).map((c) => c.id))
      return {
        ...state,
        rooms: state.rooms.filter((room) => room.id !== event.room),
        people: without(state.people, (key) => key === event.room),
        conversations: state.conversations.filter((c) => c.room !== event.room),
        timelines: without(state.timelines, (key) => dropped.has(key))
      }
    }
    case 'peopleChanged': {
      const before = event.reset ? [] : (state.people[event.room]?.members ?? [])
      const members = new Map(before.map((member) => [memberKey(member), member]))
      for (const key of event.gone) members.delete(key)
      for (const member of event.present) members.set(memberKey(member), member)
      return {
        ...state,
        people: { ...state.people, [event.room]: { members: [...members.values()], complete: event.complete } }
      }
    }
    case 'conversationChanged':
      return {
        ...state,
        conversations: placeConversation(state.conversations, event.conversation),
        timelines:
          event.conversation.id in state.timelines
            ? state.timelines
            : timelinesWith(state.timelines, event.conversation.id)
      }
    case 'conversationRemoved':
      return {
        ...state,
        conversations: state.conversations.filter((c) => c.id !== event.conversation),
        timelines: without(state.timelines, (key) => key === event.conversation)
      }
    case 'linesAdded': {
      const timeline = state.timelines[event.conversation] ?? { lines: [], whole: true }
      const lines = [...timeline.lines, ...event.lines]
      const most = lines.length > VIEW_LINES + TIMELINE_SLACK ? VIEW_LINES : lines.length
      const share = viewShare(state.conversations.length)
      return {
        ...state,
        timelines: { ...state.timelines, [event.conversation]: within({ ...timeline, lines }, most, share) }
      }
    }
    case 'linesChanged': {
      const timeline = state.timelines[event.conversation]
      if (!timeline) return state
      const changed = new Map(event.lines.map((line) => [line.id, line]))
      // A change of a line the view does not hold must not make it draw the timeline again.
      if (!timeline.lines.some((line) => changed.has(line.id))) return state
      return {
        ...state,
        timelines: {
          ...state.timelines,
          [event.conversation]: { ...timeline, lines: timeline.lines.map((line) => changed.get(line.id) ?? line) }
        }
      }
    }
    case 'linesRemoved': {
      const timeline = state.timelines[event.conversation]
      if (!timeline) return state
      const gone = new Set(event.lines)
      if (!timeline.lines.some((line) => gone.has(line.id))) return state
      return {
        ...state,
        timelines: {
          ...state.timelines,
          [event.conversation]: { ...timeline, lines: timeline.lines.filter((line) => !gone.has(line.id)) }
        }
      }
    }
    case 'timelineReset':
      return event.conversation in state.timelines
        ? { ...state, timelines: { ...state.timelines, [event.conversation]: event.timeline } }
        : state
    case 'noticed':
      return { ...state, notices: [...state.notices, event.notice] }
    case 'noticeDismissed':
      return { ...state, notices: state.notices.filter((notice) => notice.id !== event.notice) }
    case 'exportChanged': {
      const { exporting: _before, ...rest } = state
      return event.exporting === null ? rest : { ...rest, exporting: event.exporting }
    }
    case 'lookedAt':
      return { ...state, lookedAt: event.place }
    case 'wished':
      return state
  }
}
