import type { AppCommand, Outcome, Question } from './commands.ts'
import type { SearchAnswer } from './search.ts'
import type { AppEvent, AppState, Around, Later, Line, Timeline } from './state.ts'

/**
 * The one contract between a view and the app, whatever carries it (Electron IPC, a WebSocket). Three functions:
 * a new feature adds a member to a union, never a channel. Only values that survive a structured clone cross it.
 */

/** An address of this machine that others may use. */
export interface LocalAddress {
  address: string
  /** The network card's name. */
  card: string
  /** A virtual switch, VPN or container bridge: less likely to be reachable by others. */
  virtual: boolean
}

export interface Answers {
  /** Without lines and not whole: it cannot be read now. */
  page: Timeline
  pageAfter: Later
  around: Around
  search: SearchAnswer
  held: Line[]
  addresses: LocalAddress[]
  freePort: number | null
}
export type AnswerTo<Q extends Question> = Answers[Q['type']]

/**
 * Attach gives one snapshot (already while `attach` runs), then events in order, on one channel: reload and reconnect
 * are the same case. A view that falls far behind a flood gets another snapshot instead of the events in between:
 * a snapshot always replaces everything.
 */
export type ViewMessage = { type: 'snapshot'; state: AppState } | { type: 'events'; events: AppEvent[] }

export interface Bridge {
  /** Performs a command. Resolves with what became of it; rejects only when the carrier is gone or refuses the value. */
  send(command: AppCommand): Promise<Outcome>
  ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>>
  /** Starts the feed; returns the way to stop it. */
  attach(listener: (message: ViewMessage) => void): () => void
}

/** Names of the Electron channels; used by the preload and by the one IPC carrier in main. */
export const CHANNELS = {
  send: 'teahouse:send',
  ask: 'teahouse:ask',
  attach: 'teahouse:attach',
  feed: 'teahouse:feed'
} as const
