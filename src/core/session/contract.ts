import type { ChatCommand } from '../../shared/commands.ts'
import type { Capabilities, Charset, Dialect, DialectChoice } from '../../shared/dialect.ts'
import type { SessionEvent } from '../../shared/events.ts'
import type { Clock, Codec, Dial } from '../../shared/carriers.ts'

/** Our side of one room somebody else (or we ourselves) hosts, through all its connections. */
export interface SessionOptions {
  host: string
  port: number
  dialect: DialectChoice
  /**
   * What was recognised at this address last time: a tie-breaker, and a reason to wait for a greeting; never one to send
   * anything.
   */
  remembered: Dialect | null
  charset: Charset
  /** Renames on arrival, after each connection, where the dialect can. */
  nick: string | null
  /** Comes back by itself after a loss. */
  reconnect: boolean
  /** Addresses that were ours in earlier connections: what comes from there late is no sign of who we are now. */
  formerSelves?: readonly string[]
}

export interface SessionDeps {
  dial: Dial
  clock: Clock
  /** 0 ≤ x < 1, for jitter. */
  random: () => number
  codec: (charset: Charset) => Codec
  /** In order, never re-entrantly from within `perform`. */
  emit: (event: SessionEvent) => void
  /** `takes` may have grown: after the events that made it so. */
  ready?: () => void
}

export interface Session {
  /** Does what it can at once; the rest is told by events that carry the command's `ref`. Never throws. */
  perform(command: ChatCommand): void
  /** How many lines would be written at once now, each handed to `perform` and not queued behind anything. */
  takes(): number
  /** What can be done now, as recognised so far. */
  capabilities(): Capabilities
  /** Takes effect at once where it can; a new address or charset renews the connection. */
  configure(change: Partial<Pick<SessionOptions, 'host' | 'port' | 'dialect' | 'charset' | 'nick' | 'reconnect'>>): void
  /** Connects now: after a wake-up, a change of network, or a press of the button. */
  retryNow(): void
  /** Takes a line that is still queued out again. False: too late, or unknown. */
  withdraw(ref: string): boolean
  /** Somebody looks at this room now: 001's keepalive runs only then (dialects 6.3). */
  attend(attended: boolean): void
  /**
   * Tells, from within this call, all that has come, also what is held back until the server is recognised; nothing is
   * written any more. For who does not listen while it `leave`s.
   */
  hearOut(): void
  /** Leaves: FIN, waits for the other side's at most 1 s, then `disconnected` (`left`). Resolves when the wire is dead. */
  leave(): Promise<void>
  /** Own lines not written yet, by ref: named when a script ends. */
  unwritten(): { ref: string | null; text: string }[]
}
export type MakeSession = (options: SessionOptions, deps: SessionDeps) => Session
