import type { Clock, Timer } from '../../shared/carriers.ts'
import type { SessionEvent } from '../../shared/events.ts'

/** Own commands on their way out, in order; they survive the connection they were meant for. */

/** Shown as waiting from here (decision 12). */
const WAITING_MS = 3000
/** Neither delivered nor lost as far as anybody can know (decision 12). */
export const UNCONFIRMED_MS = 10_000
/** A program that pours more in than any server takes is told so. */
export const MOST_QUEUED = 10_000
/** Unconfirmed lines whose echo may still come, after a frozen room is released (dialects 8.14). */
const MOST_LATE = 200

/** The pieces of one command: notes speak of the command as a whole. */
interface Whole {
  ref: string | null
  unwritten: number
  written: number
  told: Set<string>
}
export interface Item {
  kind: 'say' | 'whisper' | 'rename' | 'who'
  text: string
  /** Whisper: a name or an address. */
  to: string
  ref: string | null
  whole: Whole
}
/** A line that was written and whose echo is awaited. */
export interface Flight {
  item: Item
  /** As others see it. */
  text: string
  bytes: Uint8Array
  writtenAt: number
  unconfirmed: boolean
  timer: Timer | null
}

export interface Outbox {
  /** False: too many are waiting. */
  add(kind: Item['kind'], texts: readonly string[], to: string, ref: string | null): boolean
  take(): Item | null
  /** Puts the pieces of an item in its place. */
  splitInto(item: Item, texts: readonly string[]): void
  /** Tells what could not go at once. */
  noteQueued(): void
  /** Written. `echo` false: nothing more will be known. */
  wrote(item: Item): void
  fly(item: Item, text: string, bytes: Uint8Array): Flight
  /** Lines in the air that still count for the pace. */
  flying(): number
  oldest(): Flight | null
  /** The echo of such a line is awaited. */
  awaits(matches: (text: string) => boolean): boolean
  /** An own line came back: the one with this text, whichever is the oldest. */
  land(matches: (flight: Flight) => boolean): Flight | null
  /** The server never echoes: nothing is in the air any more. */
  landAll(): Flight[]
  /** The connection is gone: what was written and never echoed stays unconfirmed. */
  lose(): void
  withdraw(ref: string): boolean
  /** Commands that are not written yet. */
  waiting(): number
  unwritten(): { ref: string | null; text: string }[]
}

export const makeOutbox = (deps: {
  clock: Clock
  tell: (event: SessionEvent) => void
  overdue: (flight: Flight) => void
}): Outbox => {
  const { clock, tell } = deps
  let queue: Item[] = []
  let flights: Flight[] = []

  const note = (whole: Whole, state: 'queued' | 'written' | 'waiting' | 'unconfirmed'): void => {
    if (whole.ref === null || whole.told.has(state)) return
    whole.told.add(state)
    tell({ type: 'noted', state, ref: whole.ref })
  }
  const expire = (flight: Flight): void => {
    flight.unconfirmed = true
    flight.timer = null
    note(flight.item.whole, 'unconfirmed')
    const late = flights.filter((one) => one.unconfirmed)
    const [oldest] = late
    if (late.length > MOST_LATE) flights = flights.filter((one) => one !== oldest)
    deps.overdue(flight)
  }
  return {
    add: (kind, texts, to, ref) => {
      if (queue.length + texts.length > MOST_QUEUED) return false
      const whole: Whole = { ref, unwritten: texts.length, written: 0, told: new Set() }
      for (const text of texts) queue.push({ kind, text, to, ref, whole })
      return true
    },
    take: () => queue.shift() ?? null,
    splitInto: (item, texts) => {
      item.whole.unwritten += texts.length - 1
      queue.unshift(...texts.map((text) => ({ ...item, text })))
    },
    noteQueued: () => {
      for (let at = queue.length - 1; at >= 0; at -= 1) {
        const item = queue[at]
        // Older ones were told before.
        if (!item || item.whole.told.size > 0) return
        if (item.kind === 'say' || item.kind === 'whisper') note(item.whole, 'queued')
      }
    },
    wrote: (item) => {
      item.whole.unwritten -= 1
      item.whole.written += 1
      if (item.whole.unwritten <= 0) note(item.whole, 'written')
    },
    fly: (item, text, bytes) => {
      const flight: Flight = { item, text, bytes, writtenAt: clock.now(), unconfirmed: false, timer: null }
      flight.timer = clock.after(WAITING_MS, () => {
        note(item.whole, 'waiting')
        flight.timer = clock.after(UNCONFIRMED_MS - WAITING_MS, () => expire(flight))
      })
      flights.push(flight)
      return flight
    },
    flying: () => flights.filter((flight) => !flight.unconfirmed).length,
    oldest: () => flights[0] ?? null,
    awaits: (matches) => flights.some((flight) => matches(flight.text)),
    land: (matches) => {
      const flight = flights.find(matches)
      if (!flight) return null
      flight.timer?.cancel()
      flights = flights.filter((one) => one !== flight)
      return flight
    },
    landAll: () => {
      const all = flights
      flights = []
      for (const flight of all) flight.timer?.cancel()
      return all
    },
    lose: () => {
      for (const flight of flights) {
        flight.timer?.cancel()
        note(flight.item.whole, 'unconfirmed')
      }
      flights = []
    },
    withdraw: (ref) => {
      const mine = queue.filter((item) => item.ref === ref)
      const [first] = mine
      // Part of it is out already: too late to take it back as a whole.
      if (!first || first.whole.written > 0) return false
      queue = queue.filter((item) => item.ref !== ref)
      return true
    },
    waiting: () => queue.length,
    unwritten: () =>
      queue
        .filter((item) => item.kind === 'say' || item.kind === 'whisper')
        .map((item) => ({ ref: item.ref, text: item.text }))
  }
}
