import type { Member } from '../../shared/events.ts'
import type { Search, SearchAnswer } from '../../shared/search.ts'
import type { ConversationId, Later, Line, LineId, RoomId, Timeline } from '../../shared/state.ts'

/** What is kept of a conversation besides its lines. */
export interface StoredConversation {
  /** The same as in the view; stable across runs. */
  id: ConversationId
  room: RoomId
  /** What the room was called last: also when the room itself is not known any more. */
  title: string
  /** The room was ours: hosting one of this name again continues it. */
  hosted: boolean
  /** Null: the room itself. */
  with: Member | null
  /** The private thread continued by its person's name alone. */
  unverified: boolean
  /** Closed by hand: not shown until something new is said. */
  closed: boolean
  readUpTo: LineId
  draft: string
}

/** A conversation as it comes back on start. */
export interface RestoredConversation extends StoredConversation {
  /** Lines for reading after `readUpTo`, and those of them that mention the person. */
  unread: number
  mentions: number
  /** The end of it; empty for closed ones, which are read when they are opened. */
  newest: Timeline
  /** All own lines that still wait to be sent, oldest first; also those before `newest`. Absent: none. */
  queued?: Line[]
}

/** What is looked for. */
export interface HistorySearch {
  search: Search
  /** The moments its dates mean, ms since 1970: at or after `since`, before `until`. */
  since: number | null
  until: number | null
  /** Null: in all. */
  conversation: ConversationId | null
  /** Only lines before this one. */
  before: LineId | null
  limit: number
  /** Whoever asks again does not want the answer before any more. */
  asker: string
  /** What rooms are called now. Others are called as they were last. */
  titles: Readonly<Record<RoomId, string>>
}

/** One thing to keep. Operations are committed in the order they were handed over. */
export type HistoryOperation =
  /**
   * `shared`: another program looks after it. If it is known already, only who the other side is now is taken over, and
   * that it is open; what it is called only where it is hosted.
   */
  | { op: 'conversation'; conversation: StoredConversation; shared?: true }
  /**
   * A new line, or a line that changed: the whole of it. One that is `queued` replaces only what is queued too: another
   * program may have sent it meanwhile. `released`: it is ours, and comes back unsent.
   */
  | { op: 'line'; conversation: ConversationId; line: Line; released?: true }
  /** A queued line is about to be sent, by this program and no other. What ends here is unconfirmed afterwards. */
  | { op: 'claim'; conversation: ConversationId; line: LineId }
  | { op: 'remove'; conversation: ConversationId; line: LineId }

/**
 * `writing`: what is handed over is on the disk soon. `paused`: it cannot be written now, is held and tried again.
 * `off`: nothing is written in this run (a history of a newer program).
 */
export type HistoryState = 'writing' | 'paused' | 'off'

export interface HistoryListener {
  /** `reason`: the system's own word, such as ENOSPC; empty when writing again. */
  stateChanged(state: HistoryState, reason: string): void
  /** The disk was not waited for at the start: what it holds, now that it can be read. Once, before `stateChanged`. */
  found?(restored: readonly RestoredConversation[]): void
}

/** What was said, on the disk. Never throws and never blocks: what cannot be done is told by its answer. */
export interface History {
  /** What was there at the start; empty where the disk was not waited for. */
  readonly restored: readonly RestoredConversation[]
  state(): HistoryState
  /** Set once, by the owner. */
  listen(listener: HistoryListener): void
  /** Ids that only grow, across runs and programs of one profile. `wall`: ms since 1970. */
  nextLine(wall: number): LineId
  /**
   * `saved` is called once it is durable: not earlier, and not at all when it never was. `kept` false: what is queued
   * was taken by another program or is gone, and stands as that one left it.
   */
  append(operation: HistoryOperation, saved: (kept: boolean) => void): void
  /** At most `limit` lines before a line, oldest first. Null: cannot be read now. */
  page(conversation: ConversationId, before: LineId, limit: number): Promise<Timeline | null>
  /** At most `limit` lines after a line and before another, oldest first. Null: cannot be read now. */
  after(conversation: ConversationId, after: LineId, before: LineId, limit: number): Promise<Later | null>
  /** The first line that happened at a moment (ms since 1970) or later; `line` null: none. Null: cannot be read now. */
  firstSince(conversation: ConversationId, moment: number): Promise<{ line: LineId | null } | null>
  /** Null: not there, or cannot be read now. */
  line(conversation: ConversationId, line: LineId): Promise<Line | null>
  /** Lines for reading after a line. Null: cannot be read now. */
  unread(conversation: ConversationId, after: LineId): Promise<{ unread: number; mentions: number } | null>
  /** Lines that fit, newest first. Does not keep those waiting who write. */
  search(wanted: HistorySearch): Promise<SearchAnswer>
  /** Removes lines for good, also from the free space of the file. Null: of all. False: could not be done now. */
  clear(conversations: readonly ConversationId[] | null): Promise<boolean>
  /** Removes a room with everything said in it, `conversations` among it, as if it had never been. */
  forgetRoom(room: RoomId, conversations: readonly ConversationId[]): Promise<boolean>
  /** Removes the lines of a room older than `before` (ms since 1970). */
  prune(room: RoomId, before: number): Promise<boolean>
  /** What was handed over so far is durable, or cannot be made so now. */
  settled(): Promise<void>
  /** Writes what is left, waits for it at most as long as a quitting program may take, and lets go of the file. */
  close(): Promise<void>
}
