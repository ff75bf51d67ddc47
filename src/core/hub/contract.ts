import type { Clock, Codec, Wire, WireListener } from '../../shared/carriers.ts'
import type { Charset, HostedDialect } from '../../shared/dialect.ts'
import type { HostEvent, Member } from '../../shared/events.ts'
import type { Language } from '../../shared/settings.ts'
import type { Reason } from './voice.ts'

/** One hosted room: members, names, fan-out, limits. It never learns what carries its members. */
export interface HubOptions {
  name: string
  language: Language
  /** No line of our own on any door: pure dialect. */
  bare: boolean
  /** Members silent for so long are told and closed; 0: never. */
  idleMs: number
  limits: HubLimits
}

/** Each has a default with its reason in `shared/limits.ts`. `Infinity` lifts one. */
export interface HubLimits {
  lineBytes: number
  unendedBytes: number
  memberQueueBytes: number
  allQueuesBytes: number
  writeStallMs: number
  rateBurst: number
  ratePerSecond: number
  rateWaiting: number
  perAddress: number
  newPerMinute: number
  members: number
}

/** What may change while the room is open. */
export type HubChanges = Pick<HubOptions, 'name' | 'idleMs' | 'limits'>

/** What happened since the room opened: sums that only grow. For whoever watches the host. */
export interface HubCounts {
  joined: number
  /** Public lines said. */
  said: number
  /** Private lines passed on. */
  whispered: number
  /** Lines handed to members: a public line counts once for each reader, an answer of many lines as one. */
  deliveries: number
  /** Refused lines, closed members and connections turned away, by reason; reasons that did not occur are 0. */
  refusals: ReadonlyMap<Reason, number>
}

export interface HubDeps {
  clock: Clock
  codec: (charset: Charset) => Codec
  emit: (event: HostEvent) => void
  /** Whether an IPv6 address is in a network this machine is in: such neighbours count each by their own address. */
  onLink?: (ip: string) => boolean
}

export interface Hub {
  /**
   * Somebody came in by a door. `address` is `ip:port` as it is to be printed. Feed what arrives to the listener.
   * A refused connection is told why (where a door has a voice) and ended.
   */
  admit(wire: Wire, address: string, dialect: HostedDialect): WireListener
  members(): Member[]
  /** Bytes queued for all members. */
  queuedBytes(): number
  counts(): HubCounts
  /**
   * Takes effect for everybody at once and drops nobody: who is in above a smaller limit stays, and silence counts
   * anew from here.
   */
  change(changes: HubChanges): void
  /** The member who comes, or came, from this address is never closed for his silence: the host's own window. */
  spare(address: string): void
  /** Tells everybody, ends every wire after its last whole line. */
  close(): void
}
export type MakeHub = (options: HubOptions, deps: HubDeps) => Hub

/** A look at an open room, for whoever watches the host. */
export interface RoomWatch extends HubCounts {
  members: number
  queuedBytes: number
  /** Connections closed unheard, because there was no room even to tell them so. */
  dropped: number
}

/** A hub behind listening doors; `src/node` makes it with TCP. */
export interface OpenRoom {
  doors: { address: string; port: number; dialect: HostedDialect }[]
  /** `ip:port` pairs others can use, best first. */
  addresses: string[]
  members(): Member[]
  watch(): RoomWatch
  /** See `Hub.change`. */
  change(changes: HubChanges): void
  /** See `Hub.spare`. */
  spare(address: string): void
  /** Tells the members, closes with FIN; resolves when every door and wire is shut (at most 2 s). */
  close(): Promise<void>
}
export interface OpenRoomOptions extends HubOptions {
  doors: { port: number; dialect: HostedDialect }[]
  /** Null: all interfaces, IPv4 and IPv6. */
  bind: string | null
}
export type OpenRoomResult =
  | { ok: true; room: OpenRoom }
  | { ok: false; code: 'port-in-use' | 'port-forbidden' | 'cannot-listen'; port: number; text: string }
/** All doors or none: nothing half-open is left behind. */
export type OpenRoomAt = (options: OpenRoomOptions, emit: (event: HostEvent) => void) => Promise<OpenRoomResult>
