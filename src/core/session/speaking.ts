import type { Clock, Codec, Timer, Wire } from '../../shared/carriers.ts'
import type { CommandName, RefusalCode, SessionEvent } from '../../shared/events.ts'
import { CHUNK_TEXT_BYTES, CLIENT_LINE_BYTES } from '../../shared/limits.ts'
import { guarded, hasBar } from '../dialects/guards.ts'
import type { Listing } from './listing.ts'
import { type Flight, type Item, type Outbox, UNCONFIRMED_MS } from './outbox.ts'
import { memberNamed, type Roster } from './roster.ts'
import { capabilitiesOf, isPaced, type Standing } from './standing.ts'
import { isFitName, piecesOf } from './wording.ts'

/** Writes own lines: one line, one write, at the pace the server can bear (dialects 3.8, decision 12). */

/** Lines in the air to a server that reads lines: what our own host takes at once, and far below what it closes for. */
const WINDOW = 20
/** An answer to a question is awaited so long before the next line. */
const ANSWER_MS = 3000
/** A private text is answered only when it fails; glued reads end after a few milliseconds (dialects 3.8). */
const AFTER_WHISPER_MS = 300
/** A refusal of a private text comes within about a second (hazard 19), on a slow server later. */
const WHISPER_ANSWER_MS = 3000
/** The seed kicks after 10 s; every 6 to 7 s leaves room for a slow line (dialects 6.3). */
const IM_KEEPALIVE_MS = 6500
/** 001 forgets us after 60 s; each `who` is a risk for it, so not more often (dialects 6.3). */
const IAMHERE_KEEPALIVE_MS = 45_000

const LF = 0x0a
const CR = 0x0d
const BAR_LOOKALIKE = '｜'

export interface Speaking {
  /** Writes what may go now. */
  pump(): void
  /** How many lines would be written at once if they were there now. */
  takes(): number
  /** A name to ask for at the next turn, as soon as the server showed that it has names. */
  wantName(name: string | null): void
  /** A question of our own, hidden: at its turn, or at once where it keeps us in the room. */
  wantRoster(): void
  askAtOnce(): void
  /** The server took the line we waited for. */
  released(kind: Item['kind']): void
  /** The keepalive depends on what is known and whether somebody looks. */
  rearm(): void
  /** A line in the air will never come back: it counts as sent. */
  sent(flight: Flight): void
  close(): void
}

export const makeSpeaking = (deps: {
  clock: Clock
  codec: Codec
  wire: Wire
  outbox: Outbox
  standing: Standing
  roster: Roster
  listing: Listing
  attended: () => boolean
  tell: (event: SessionEvent) => void
  /** More can be written than is there. */
  free: () => void
  /** A line went into the air. */
  flew: (flight: Flight) => void
  /** A line counts as sent, as no echo is to be expected. */
  unechoed: (text: string) => void
}): Speaking => {
  const { clock, codec, wire, outbox, standing, roster, listing, tell } = deps
  let hold: { kind: Item['kind']; timer: Timer } | null = null
  let keepalive: Timer | null = null
  let lastWriteAt = clock.now()
  let first = true
  let closed = false
  let wantedName: string | null = null
  let rosterWanted = false

  const refuse = (item: { kind: CommandName; ref: string | null }, code: RefusalCode): void => {
    tell({ type: 'refused', command: item.kind, code, text: '', ...(item.ref === null ? {} : { ref: item.ref }) })
  }
  const keepaliveMs = (): number | null => {
    if (standing.marked || !standing.established) return null
    if (standing.spec?.name === 'im') return IM_KEEPALIVE_MS
    return standing.spec?.name === 'iamhere' && deps.attended() ? IAMHERE_KEEPALIVE_MS : null
  }
  const rearm = (): void => {
    keepalive?.cancel()
    keepalive = null
    const every = keepaliveMs()
    if (every === null || closed) return
    keepalive = clock.after(Math.max(0, lastWriteAt + every - clock.now()), () => {
      // Not at the pace of the others: a line that waits for its echo must not get us kicked.
      speaking.askAtOnce()
      rearm()
    })
  }
  const write = (bytes: Uint8Array, twice = false): void => {
    const end = standing.crlf ? [CR, LF] : [LF]
    const line = new Uint8Array(bytes.length + end.length * (twice ? 2 : 1))
    line.set(bytes)
    line.set(end, bytes.length)
    if (twice) line.set(end, bytes.length + end.length)
    wire.write(line)
    lastWriteAt = clock.now()
    first = false
    rearm()
  }
  const holdFor = (kind: Item['kind'], ms: number): void => {
    if (!isPaced(standing)) return
    hold?.timer.cancel()
    const timer = clock.after(ms, () => {
      hold = null
      speaking.pump()
    })
    hold = { kind, timer }
  }
  const writeCommand = (command: string): boolean => {
    const bytes = codec.encode(command)
    if (bytes === null) return false
    write(bytes)
    return true
  }

  const say = (item: Item): void => {
    const pieces = isPaced(standing) ? piecesOf(item.text, codec, CHUNK_TEXT_BYTES) : [item.text]
    if (pieces && pieces.length > 1) {
      outbox.splitInto(item, pieces)
      return
    }
    const raw = codec.encode(item.text)
    if (raw === null) return refuse(item, 'bad-format')
    if (raw.length > CLIENT_LINE_BYTES) return refuse(item, 'too-long')
    const bytes = guarded(raw, {
      dialect: standing.spec?.name ?? 'plain',
      certain: standing.proven,
      marked: standing.marked,
      first,
      inPlutovRoom: standing.inPlutovRoom
    })
    const text = bytes === raw ? item.text : ` ${item.text}`
    write(bytes)
    outbox.wrote(item)
    if (capabilitiesOf(standing).echo) {
      const flight = outbox.fly(item, text, bytes)
      holdFor('say', UNCONFIRMED_MS)
      deps.flew(flight)
    } else {
      deps.unechoed(text)
      tellOwn(item, text)
    }
  }
  const tellOwn = (item: Item, text: string): void => {
    tell({
      type: 'said',
      conversation: 'room',
      from: roster.self() ?? { address: null, name: null },
      text,
      own: true,
      at: new Date(clock.wall()).toISOString(),
      ...(item.ref === null ? {} : { ref: item.ref })
    })
  }

  const whisper = (item: Item): void => {
    const { spec, marked } = standing
    if (!spec?.whisper || !capabilitiesOf(standing).whisper) return refuse(item, 'not-supported')
    const found = roster.find(item.to)
    const to = found ? (found.name ?? found.address ?? '') : item.to
    if (to.trim() === '') return refuse(item, 'no-such-member')
    // The reference cuts a text at the next bar; our own host does not (decision 11).
    const text = marked ? item.text : item.text.replaceAll('|', BAR_LOOKALIKE)
    const [nameBytes, textBytes] = [codec.encode(to), codec.encode(text)]
    if (nameBytes === null || textBytes === null) return refuse(item, 'bad-format')
    if (hasBar(nameBytes) || (!marked && hasBar(textBytes))) return refuse(item, 'unsafe')
    const room = isPaced(standing) ? CHUNK_TEXT_BYTES - nameBytes.length : Number.POSITIVE_INFINITY
    if (room <= 0) return refuse(item, 'too-long')
    const pieces = textBytes.length > room ? piecesOf(text, codec, room) : null
    if (pieces && pieces.length > 1) {
      outbox.splitInto(item, pieces)
      return
    }
    const bytes = codec.encode(spec.whisper(to, text))
    if (bytes === null) return refuse(item, 'bad-format')
    if (bytes.length > CLIENT_LINE_BYTES) return refuse(item, 'too-long')
    // The second LF makes the private line whole at the other end (dialects 3.4).
    write(bytes, spec.name === 'im' && !marked)
    outbox.wrote(item)
    holdFor('whisper', AFTER_WHISPER_MS)
    const open = { ref: item.ref }
    standing.whispers.push(open)
    clock.after(WHISPER_ANSWER_MS, () => {
      standing.whispers = standing.whispers.filter((one) => one !== open)
    })
    tell({
      type: 'said',
      conversation: 'private',
      from: roster.self() ?? { address: null, name: null },
      to: found?.shown ?? memberNamed(roster, item.to),
      text,
      own: true,
      at: new Date(clock.wall()).toISOString(),
      ...(item.ref === null ? {} : { ref: item.ref })
    })
  }

  const rename = (name: string, ref: string | null): void => {
    const { spec } = standing
    const item = { kind: 'rename', ref } as const
    if (!spec?.rename) return refuse(item, 'not-supported')
    if (!isFitName(name, codec)) return refuse(item, 'bad-name')
    if (!writeCommand(spec.rename(name))) return refuse(item, 'bad-name')
    standing.renames.push({ name, ref, told: false })
    holdFor('rename', ANSWER_MS)
  }
  const ask = (): void => {
    if (standing.spec?.who == null || !writeCommand(standing.spec.who)) return
    holdFor('who', ANSWER_MS)
  }
  const who = (ref: string | null): void => {
    if (standing.spec?.who == null || !(standing.established || standing.marked)) {
      const seen = { type: 'listed', members: roster.members(), complete: false } as const
      tell({ ...seen, ...(ref === null ? {} : { ref }) })
      return
    }
    if (listing.ask({ ref })) ask()
  }

  /** Writes one thing that may go now; false: nothing may, or nothing is there. */
  const step = (): boolean => {
    const { spec } = standing
    if (closed || standing.listening || !spec || hold || outbox.flying() >= WINDOW) return false
    if (wantedName !== null && (standing.established || standing.marked) && spec.rename) {
      const name = wantedName
      wantedName = null
      if (roster.self()?.name !== name) rename(name, null)
      return true
    }
    if (rosterWanted && standing.established) {
      rosterWanted = false
      if (spec.who !== null && listing.ask('us')) ask()
      return true
    }
    const item = outbox.take()
    if (!item) return false
    if (item.kind === 'say') say(item)
    else if (item.kind === 'whisper') whisper(item)
    else if (item.kind === 'rename') rename(item.text, item.ref)
    else who(item.ref)
    return true
  }

  const takes = (): number => {
    const { spec } = standing
    if (closed || standing.listening || !spec || hold || outbox.waiting() > 0) return 0
    // What we are called comes before what we say.
    if (wantedName !== null && (standing.established || standing.marked) && spec.rename) return 0
    if (rosterWanted && standing.established) return 0
    return isPaced(standing) ? 1 : Math.max(0, WINDOW - outbox.flying())
  }

  const speaking: Speaking = {
    pump: () => {
      while (step());
      if (takes() > 0) deps.free()
    },
    takes,
    wantName: (name) => {
      wantedName = name === '' ? null : name
    },
    wantRoster: () => {
      rosterWanted = true
    },
    askAtOnce: () => {
      if (closed || !standing.established || standing.spec?.who == null) return
      listing.ask('us')
      writeCommand(standing.spec.who)
    },
    released: (kind) => {
      if (hold?.kind !== kind) return
      hold.timer.cancel()
      hold = null
      speaking.pump()
    },
    rearm,
    sent: (flight) => tellOwn(flight.item, flight.text),
    close: () => {
      closed = true
      keepalive?.cancel()
      hold?.timer.cancel()
    }
  }
  return speaking
}
