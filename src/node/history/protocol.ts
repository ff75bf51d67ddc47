import type { HistoryOperation, HistorySearch, RestoredConversation } from '../../core/history/contract.ts'
import type { SearchAnswer } from '../../shared/search.ts'
import type { ConversationId, Later, Line, LineId, RoomId, Timeline } from '../../shared/state.ts'
import type { StoreOpening } from './store.ts'

/** What the main thread asks of the one that writes. Answered in the order asked. */
export type HistoryRequest =
  /** `aside`: what is there went bad while it was used, and is not tried again. */
  | { do: 'open'; folder: string; wall: number; aside: boolean }
  | { do: 'write'; operations: HistoryOperation[] }
  | { do: 'page'; conversation: ConversationId; before: LineId; limit: number }
  | { do: 'after'; conversation: ConversationId; after: LineId; before: LineId; limit: number }
  | { do: 'firstSince'; conversation: ConversationId; moment: number }
  | { do: 'line'; conversation: ConversationId; line: LineId }
  | { do: 'unread'; conversation: ConversationId; after: LineId }
  | { do: 'clear'; conversations: readonly ConversationId[] | null }
  | { do: 'forget'; room: RoomId }
  | { do: 'prune'; room: RoomId; before: number }
  /** In a thread of its own, over a connection that only reads. `stop`: 1 as soon as nobody waits for the answer. */
  | { do: 'search'; folder: string; wanted: HistorySearch; stop: Int32Array }
  /** The index was found damaged. */
  | { do: 'renewIndex' }
  | { do: 'close' }

export interface HistoryOpened {
  opening: StoreOpening
  lane: number
  lastLine: LineId
  restored: RestoredConversation[]
  /** The name of what could not be read and stands aside now. */
  setAside: string | null
}

export interface HistoryAnswers {
  open: HistoryOpened
  /** Which of the operations found that another program had taken the line. */
  write: number[]
  page: Timeline
  after: Later
  firstSince: { line: LineId | null }
  line: Line | null
  unread: { unread: number; mentions: number }
  clear: null
  forget: null
  prune: null
  search: SearchAnswer
  renewIndex: null
  close: null
}

export interface HistoryQuestion {
  id: number
  request: HistoryRequest
}
/** `why`: the system's word for what went wrong. */
export type HistoryReply =
  | { id: number; ok: true; value: HistoryAnswers[HistoryRequest['do']] }
  | { id: number; ok: false; why: string }
/** The same for the one who asked: only there it is known what was asked. */
export type HistoryReplyHeard = { id: number; ok: true; value: never } | { id: number; ok: false; why: string }
