import type { Clock, Timer, Wire } from '../../shared/carriers.ts'
import type { HostedDialect } from '../../shared/dialect.ts'
import { HOSTED_DIALECTS } from '../../shared/dialect.ts'

/**
 * A turn longer than this goes out in parts, so that no single write outgrows a member's queue: at most three bytes
 * for each, and a quarter of a MiB is a fraction of the queue.
 */
const TURN_CHARACTERS = 64 * 1024
/** How often those who are behind are looked at. Ten looks to the shortest sensible deadline. */
const LOOKS_PER_DEADLINE = 10

export interface FanOutLimits {
  /** Bytes queued for one. */
  seatBytes: number
  /** Bytes queued for all. */
  allBytes: number
  /** Milliseconds without any progress while something is queued. */
  stallMs: number
}

interface OwnLine {
  /** How many public lines of the turn come before it. */
  at: number
  text: string
}
/** Somebody's place in the audience. */
export interface Seat {
  readonly wire: Wire
  readonly dialect: HostedDialect
  /** He fell too far behind: take him out. Told once. */
  readonly fellBehind: () => void
}
interface Place extends Seat {
  /** Public lines of the turn that were before his time. */
  from: number
  own: OwnLine[]
  /** The wire took no more: the rest waits here, in whole lines. */
  blocked: boolean
  backlog: Uint8Array[]
  backlogBytes: number
  /** What was queued when it last changed for the better, and when that was. */
  least: number
  progressAt: number
  /** The turn he was last written in. */
  turn: number
  gone: boolean
}
interface Channel {
  readonly dialect: HostedDialect
  readonly places: Set<Place>
  /** Public lines of this turn, whole. */
  lines: string[]
  /** Those who read something else than everybody this turn. */
  odd: Set<Place>
  /** Those who said something this turn: they get their echo first, and go on while the others are served. */
  speakers: Set<Place>
}

/** Lines to people: gathered for a turn, formatted once per dialect, one write per member. */
export interface FanOut {
  /** Takes a place. `greeting` goes out at once and alone; the public lines so far are not for him. */
  seat(wire: Wire, dialect: HostedDialect, greeting: string, fellBehind: () => void): Seat
  /** A line for everybody, each in his dialect. Empty: nothing in that dialect. */
  publish(line: (dialect: HostedDialect) => string, speaker?: Seat): void
  /** A line for one, in order with the public ones. */
  tell(seat: Seat, text: string): void
  /** Gives up the place. He still gets everything up to now, then `farewell`, then FIN. */
  dismiss(seat: Seat, farewell: string): void
  /** Gives up the place of somebody who does not read: what waits is dropped; `farewell` and FIN go if they can. */
  cut(seat: Seat, farewell: string): void
  /** His wire is dead. */
  forget(seat: Seat): void
  /** Queued bytes of his went out. */
  drained(seat: Seat): void
  /** Bytes queued for all. */
  queued(): number
  /** Lines handed to members so far. */
  delivered(): number
  close(): void
}

export const makeFanOut = (limits: FanOutLimits, clock: Clock, encode: (text: string) => Uint8Array): FanOut => {
  const channels = new Map<HostedDialect, Channel>(
    HOSTED_DIALECTS.map((dialect) => [
      dialect,
      { dialect, places: new Set(), lines: [], odd: new Set(), speakers: new Set() }
    ])
  )
  const placeOf = new Map<Seat, Place>()
  const behind = new Set<Place>()
  let scheduled = false
  let characters = 0
  let flushing = false
  let turn = 0
  let look: Timer | null = null
  let delivered = 0

  const channelOf = (place: Place): Channel => {
    const channel = channels.get(place.dialect)
    if (!channel) throw new Error(`no channel for ${place.dialect}`)
    return channel
  }
  const held = (place: Place): number => place.backlogBytes + place.wire.queued()

  const watch = (): void => {
    if (look || behind.size === 0) return
    const pause = Math.max(1, limits.stallMs / LOOKS_PER_DEADLINE)
    const due = clock.now() + pause
    look = clock.after(pause, () => {
      look = null
      const now = clock.now()
      // Where we ourselves stood still (a sleeping machine, a busy one), nobody could show progress.
      const late = Math.max(0, now - due)
      for (const place of behind) {
        place.progressAt += late
        const queued = place.wire.queued()
        if (queued < place.least) {
          place.least = queued
          place.progressAt = now
        } else if (now - place.progressAt >= limits.stallMs) overrun(place)
      }
      watch()
    })
  }
  const block = (place: Place): void => {
    place.blocked = true
    place.least = place.wire.queued()
    place.progressAt = clock.now()
    behind.add(place)
    watch()
  }
  const overrun = (place: Place): void => {
    if (place.gone) return
    behind.delete(place)
    place.fellBehind()
  }
  const put = (place: Place, bytes: Uint8Array): void => {
    if (place.gone || bytes.length === 0) return
    if (!place.blocked) {
      if (!place.wire.write(bytes)) block(place)
      return
    }
    if (held(place) + bytes.length > limits.seatBytes) {
      overrun(place)
      return
    }
    place.backlog.push(bytes)
    place.backlogBytes += bytes.length
  }

  /** What one reads of a turn that is not as everybody's. */
  const composed = (lines: string[], from: number, own: OwnLine[]): string => {
    let out = ''
    let next = from
    for (const line of own) {
      for (; next < line.at; next++) out += lines[next] ?? ''
      out += line.text
    }
    for (; next < lines.length; next++) out += lines[next] ?? ''
    return out
  }
  const level = (): void => {
    if (behind.size === 0) return
    let all = 0
    for (const place of behind) all += held(place)
    while (all > limits.allBytes) {
      let worst: Place | null = null
      for (const place of behind) if (!worst || held(place) > held(worst)) worst = place
      if (!worst) return
      all -= held(worst)
      overrun(worst)
    }
  }
  const flushChannel = (channel: Channel): void => {
    const { lines, odd, speakers } = channel
    if (lines.length === 0 && odd.size === 0) return
    // Taken first: who is cut off on the way leaves lines of a new turn.
    channel.lines = []
    channel.odd = new Set()
    channel.speakers = new Set()
    const shared = lines.length === 0 ? null : encode(lines.join(''))
    const present = turn
    // Whole turns at a time: counting line by line would cost as much as the lines.
    delivered += lines.length * (channel.places.size - odd.size)
    for (const place of odd) {
      const { from, own } = place
      delivered += lines.length - from + own.length
      place.from = 0
      place.own = []
      place.turn = present
      put(place, encode(composed(lines, from, own)))
    }
    if (!shared) return
    for (const place of speakers) {
      if (place.turn === present) continue
      place.turn = present
      put(place, shared)
    }
    for (const place of channel.places) if (place.turn !== present) put(place, shared)
  }
  const flush = (): void => {
    turn += 1
    characters = 0
    flushing = true
    for (const channel of channels.values()) flushChannel(channel)
    level()
    flushing = false
  }
  const gather = (amount: number): void => {
    characters += amount
    // What a flush itself gives rise to (somebody is cut off, and left) waits: it must not overtake the lines under way.
    if (characters > TURN_CHARACTERS && !flushing) flush()
    else if (!scheduled) {
      scheduled = true
      clock.endOfTurn(() => {
        scheduled = false
        flush()
      })
    }
  }
  /** Takes the place away, and gives what he should still have read of this turn. */
  const vacate = (place: Place): string => {
    const channel = channelOf(place)
    const rest = composed(channel.lines, place.from, place.own)
    place.own = []
    channel.places.delete(place)
    channel.odd.delete(place)
    channel.speakers.delete(place)
    behind.delete(place)
    placeOf.delete(place)
    return rest
  }

  return {
    seat: (wire, dialect, greeting, fellBehind) => {
      const place: Place = {
        wire,
        dialect,
        fellBehind,
        from: 0,
        own: [],
        blocked: false,
        backlog: [],
        backlogBytes: 0,
        least: 0,
        progressAt: 0,
        turn: 0,
        gone: false
      }
      placeOf.set(place, place)
      put(place, encode(greeting))
      const channel = channelOf(place)
      place.from = channel.lines.length
      if (place.from > 0) channel.odd.add(place)
      channel.places.add(place)
      return place
    },
    publish: (line, speaker) => {
      let longest = 0
      for (const channel of channels.values()) {
        if (channel.places.size === 0) continue
        const text = line(channel.dialect)
        if (text === '') continue
        channel.lines.push(text)
        longest = Math.max(longest, text.length)
      }
      const place = speaker && placeOf.get(speaker)
      if (place) channelOf(place).speakers.add(place)
      if (longest > 0) gather(longest)
    },
    tell: (seat, text) => {
      const place = placeOf.get(seat)
      if (!place || text === '') return
      const channel = channelOf(place)
      place.own.push({ at: channel.lines.length, text })
      channel.odd.add(place)
      gather(text.length)
    },
    dismiss: (seat, farewell) => {
      const place = placeOf.get(seat)
      if (!place) return
      const rest = encode(vacate(place) + farewell)
      place.gone = true
      for (const bytes of place.backlog) place.wire.write(bytes)
      if (rest.length > 0) place.wire.write(rest)
      place.wire.end()
    },
    cut: (seat, farewell) => {
      const place = placeOf.get(seat)
      if (!place) return
      vacate(place)
      place.gone = true
      place.backlog = []
      if (farewell !== '') place.wire.write(encode(farewell))
      place.wire.end()
    },
    forget: (seat) => {
      const place = placeOf.get(seat)
      if (!place) return
      vacate(place)
      place.gone = true
      place.backlog = []
    },
    drained: (seat) => {
      const place = placeOf.get(seat)
      if (!place) return
      place.blocked = false
      behind.delete(place)
      let sent = 0
      for (const bytes of place.backlog) {
        sent += 1
        place.backlogBytes -= bytes.length
        if (place.wire.write(bytes)) continue
        block(place)
        break
      }
      place.backlog.splice(0, sent)
    },
    queued: () => {
      let all = 0
      for (const channel of channels.values()) for (const place of channel.places) all += held(place)
      return all
    },
    delivered: () => delivered,
    close: () => {
      look?.cancel()
      look = null
    }
  }
}
