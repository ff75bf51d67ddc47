import type { Hub, HubLimits, HubOptions } from '../../../src/core/hub/contract.ts'
import { DEFAULT_HUB_LIMITS, makeHub } from '../../../src/core/hub/hub.ts'
import { makeCodec } from '../../../src/node/codec.ts'
import type { Wire, WireListener } from '../../../src/shared/carriers.ts'
import type { HostedDialect } from '../../../src/shared/dialect.ts'
import type { HostEvent } from '../../../src/shared/events.ts'
import { makeHandClock, type HandClock } from '../../support/clock.ts'

/** A guest of a hub without sockets: what he reads, and what he sends. */
export interface FakeGuest {
  readonly address: string
  /** Everything he has read, and forgets it: each look is at what came since. */
  read(): string
  /** The writes he got since the last look, one string each. */
  writes(): string[]
  /** A line, LF added. The turn is over afterwards. */
  say(line: string): void
  /** Bytes as they are. The turn goes on. */
  send(bytes: Uint8Array | string): void
  fin(): void
  vanish(how?: 'ended' | 'reset'): void
  /** Takes nothing from now on: what is written is queued. */
  freeze(): void
  /** Takes what is queued. */
  thaw(): void
  queued(): number
  ended(): boolean
  destroyed(): boolean
}
export interface FakeRoom {
  hub: Hub
  clock: HandClock
  events: HostEvent[]
  /** Events since the last look. */
  news(): HostEvent[]
  enter(dialect: HostedDialect, address?: string): FakeGuest
}

export type RoomChoice = Partial<Omit<HubOptions, 'limits'>> & { limits?: Partial<HubLimits> }

export const makeRoom = (choice: RoomChoice = {}): FakeRoom => {
  const clock = makeHandClock()
  const events: HostEvent[] = []
  const { limits, ...rest } = choice
  const hub = makeHub(
    { name: 'Tea', language: 'en', bare: false, idleMs: 0, ...rest, limits: { ...DEFAULT_HUB_LIMITS, ...limits } },
    { clock, codec: makeCodec, emit: (event) => events.push(event) }
  )
  let port = 50_000
  let seen = 0
  return {
    hub,
    clock,
    events,
    news: () => {
      const news = events.slice(seen)
      seen = events.length
      return news
    },
    enter: (dialect, address = `10.0.0.${(port % 200) + 1}:${++port}`) => {
      let got: Uint8Array[] = []
      let waiting: Uint8Array[] = []
      let frozen = false
      let ended = false
      let destroyed = false
      const queued = (): number => waiting.reduce((sum, bytes) => sum + bytes.length, 0)
      const wire: Wire = {
        write: (bytes) => {
          if (ended || destroyed) return false
          if (!frozen) {
            got.push(bytes)
            return true
          }
          waiting.push(bytes)
          return false
        },
        queued,
        end: () => {
          ended = true
        },
        destroy: () => {
          destroyed = true
        }
      }
      const listener: WireListener = hub.admit(wire, address, dialect)
      clock.turn()
      const writes = (): string[] => {
        const texts = got.map((bytes) => Buffer.from(bytes).toString('utf8'))
        got = []
        return texts
      }
      return {
        address,
        writes,
        read: () => writes().join(''),
        say: (line) => {
          listener.received(Buffer.from(`${line}\n`))
          clock.turn()
        },
        send: (bytes) => listener.received(typeof bytes === 'string' ? Buffer.from(bytes) : bytes),
        fin: () => {
          listener.ended()
          clock.turn()
        },
        vanish: (how = 'reset') => {
          listener.closed(how)
          clock.turn()
        },
        freeze: () => {
          frozen = true
        },
        thaw: () => {
          frozen = false
          got.push(...waiting)
          waiting = []
          listener.drained?.()
          clock.turn()
        },
        queued,
        ended: () => ended,
        destroyed: () => destroyed
      }
    }
  }
}

/** A guest who has read his greeting. */
export const settled = (room: FakeRoom, dialect: HostedDialect, address?: string): FakeGuest => {
  const guest = room.enter(dialect, address)
  guest.read()
  return guest
}
