import type { Timer, Wire, WireListener } from '../../shared/carriers.ts'
import type { HostedDialect } from '../../shared/dialect.ts'
import type { CommandName, KickReason, LeaveReason, Member, RefusalCode } from '../../shared/events.ts'
import { freeAddress, makeGate } from './admission.ts'
import type { HubChanges, HubLimits, MakeHub } from './contract.ts'
import type { Figure } from './doors.ts'
import { DOORS, label, oneLine, readLine } from './doors.ts'
import type { FanOutLimits, Seat } from './fan-out.ts'
import { makeFanOut } from './fan-out.ts'
import type { Opening } from './foreign.ts'
import { beginsLongRequest, isRequestLine, makeOpening } from './foreign.ts'
import type { Framer } from './framing.ts'
import { makeFramer } from './framing.ts'
import { checkName, makeNameBook } from './names.ts'
import type { Pace, PaceLimits } from './pace.ts'
import { makePace } from './pace.ts'
import { makeTelnetFilter } from './telnet.ts'
import type { Reason } from './voice.ts'
import { PRIVATE_ERRORS, REASON_CODES, voiceIn } from './voice.ts'

export { DEFAULT_HUB_LIMITS, UNLIMITED } from './limits.ts'

/** After our FIN: how long the other side may take for its own, and a reader to take the last lines. */
const CLOSE_GRACE_MS = 1500

interface Guest extends Figure {
  readonly dialect: HostedDialect
  readonly wire: Wire
  readonly seat: Seat
  readonly framer: Framer
  readonly pace: Pace
  /** What the first bytes are; null once that is settled. */
  opening: Opening | null
  /** Has not said anything yet. */
  fresh: boolean
  /** `leaving`: sent FIN, with lines still waiting for their turn. */
  state: 'present' | 'leaving' | 'gone'
  heardAt: number
  idleTimer: Timer | null
  /** Until the wire is given up after our FIN. */
  burial: Timer | null
}

const memberOf = (figure: Figure): Member => ({ address: figure.address, name: figure.name })

/** A title is one line, too; what is left of an empty one is the program's name. */
const roomTitle = (name: string): string => oneLine(name).trim() || 'Teahouse'

const paceLimits = (limits: HubLimits): PaceLimits => ({
  burst: limits.rateBurst,
  perSecond: limits.ratePerSecond,
  waiting: limits.rateWaiting
})
const queueLimits = (limits: HubLimits): FanOutLimits => ({
  seatBytes: limits.memberQueueBytes,
  allBytes: limits.allQueuesBytes,
  stallMs: limits.writeStallMs
})

/** One hosted room. Its members may be anybody: nothing they send throws, and each costs only himself. */
export const makeHub: MakeHub = (options, deps) => {
  const { bare } = options
  let { idleMs } = options
  // What may change is read anew at each use: one object each, shared by everybody who obeys it.
  const limits = { ...options.limits }
  const pace = paceLimits(limits)
  const queues = queueLimits(limits)
  const voice = voiceIn(options.language, limits)
  const { clock, emit } = deps
  let title = roomTitle(options.name)
  const text = deps.codec('auto')
  const gate = makeGate(limits, clock, deps.onLink ?? (() => false))
  const names = makeNameBook<Guest>()
  const guests = new Set<Guest>()
  /** By address, as the doors print it: what unnamed members are called. */
  const byAddress = new Map<string, Guest>()
  /** Whose silence does not matter, by address. */
  const spared = new Set<string>()
  let closed = false

  const encode = (line: string): Uint8Array => {
    const bytes = text.encode(line.toWellFormed())
    if (!bytes) throw new Error('UTF-8 writes every well-formed text')
    return bytes
  }
  const fanOut = makeFanOut(queues, clock, encode)

  const sums = { joined: 0, said: 0, whispered: 0 }
  const refusals = new Map(REASON_CODES.map((reason) => [reason, 0]))
  const count = (why: Reason): void => {
    refusals.set(why, (refusals.get(why) ?? 0) + 1)
  }

  /** A line of the room's own, where it may have one. */
  const own = (line: string): string => (bare ? '' : `${line}\n`)
  const farewell = (reason: Reason): string => own(voice.closing(reason))

  /** Half-closed wires do not wait for ever for the other side. */
  const buryLater = (wire: Wire): Timer => clock.after(CLOSE_GRACE_MS, () => wire.destroy())

  const retire = (guest: Guest): void => {
    guest.state = 'gone'
    guest.framer.stop()
    guest.pace.stop()
    guest.idleTimer?.cancel()
    guests.delete(guest)
    if (byAddress.get(guest.address) === guest) byAddress.delete(guest.address)
    names.release(guest)
    spared.delete(guest.address)
  }
  const announceLeft = (guest: Guest, reason: LeaveReason): void => {
    emit({ type: 'left', member: memberOf(guest), reason })
    fanOut.publish((dialect) => DOORS[dialect].left(guest, reason === 'idle'))
  }
  const leave = (guest: Guest): void => {
    if (guest.state === 'gone') return
    retire(guest)
    fanOut.dismiss(guest.seat, '')
    guest.burial = buryLater(guest.wire)
    announceLeft(guest, 'left')
  }
  const kick = (guest: Guest, reason: KickReason, why: Reason): void => {
    if (guest.state === 'gone') return
    count(why)
    retire(guest)
    const door = DOORS[guest.dialect]
    if (reason === 'slow-reader') fanOut.cut(guest.seat, farewell(why))
    else if (reason === 'idle') {
      // The kick text of `im` says it already (decision 2).
      fanOut.dismiss(guest.seat, door.idled(guest) + (guest.dialect === 'im' ? '' : farewell(why)))
    } else fanOut.dismiss(guest.seat, farewell(why))
    guest.burial = buryLater(guest.wire)
    emit({ type: 'kicked', reason, text: voice.reason(why), member: memberOf(guest) })
    announceLeft(guest, reason === 'idle' ? 'idle' : 'kicked')
  }

  /** `line`: what the one asked is told, instead of the room's own voice. */
  const refuse = (guest: Guest, command: CommandName, code: RefusalCode, why: Reason, line?: string): void => {
    count(why)
    const told = line ?? own(voice.refused(why))
    fanOut.tell(guest.seat, told)
    emit({
      type: 'refused',
      command,
      code,
      text: told === '' ? voice.reason(why) : told.slice(0, -1),
      member: memberOf(guest)
    })
  }
  const refuseName = (guest: Guest, code: 'bad-name' | 'name-taken', why: Reason): void => {
    const { nameTaken } = DOORS[guest.dialect]
    if (guest.dialect === 'iamhere') refuse(guest, 'rename', code, why, `rename refused: ${voice.reason(why)}\n`)
    // Bare has but one word for any name that cannot be had.
    else if (nameTaken !== null && (bare || code === 'name-taken')) refuse(guest, 'rename', code, why, nameTaken)
    else refuse(guest, 'rename', code, why)
  }
  const refuseWhisper = (guest: Guest, why: keyof typeof PRIVATE_ERRORS): void => {
    if (guest.dialect === 'im' || bare) refuse(guest, 'whisper', why, why, `${PRIVATE_ERRORS[why]}\n`)
    else refuse(guest, 'whisper', why, why)
  }

  const say = (guest: Guest, line: string): void => {
    const said = oneLine(line)
    sums.said += 1
    emit({
      type: 'said',
      conversation: 'room',
      from: memberOf(guest),
      text: said,
      own: false,
      at: new Date(clock.wall()).toISOString()
    })
    fanOut.publish((dialect) => {
      const door = DOORS[dialect]
      return door.said(guest, bare ? said : door.disarmed(said))
    }, guest.seat)
  }
  const rename = (guest: Guest, wanted: string): void => {
    const was = label(guest)
    const ok = (name: string): void => fanOut.tell(guest.seat, DOORS[guest.dialect].renamed(name))
    // One's own address is the name one came with: nobody else can be meant by it.
    const back = wanted.trim() === guest.address
    const check = back ? null : checkName(wanted)
    if (check && !check.ok) {
      refuseName(guest, 'bad-name', `name-${check.fault}`)
      return
    }
    const name = check ? check.name : null
    if (name === null) names.release(guest)
    else if (!names.claim(guest, name)) {
      refuseName(guest, 'name-taken', 'name-taken')
      return
    }
    guest.name = name
    const shown = label(guest)
    ok(shown)
    if (shown === was) return
    emit({ type: 'renamed', member: memberOf(guest), was, own: false })
    fanOut.publish(() => own(voice.renamed(was, shown)))
  }
  const whisper = (guest: Guest, to: string, line: string): void => {
    const target = names.find(to) ?? byAddress.get(to)
    const said = oneLine(line)
    const heard = target && (DOORS[target.dialect].whispered(guest, said) ?? own(voice.whispered(label(guest), said)))
    // In a bare room no line of that member's dialect could carry it: to this sender he is not there.
    if (!target || !heard) {
      refuseWhisper(guest, 'no-such-member')
      return
    }
    if (line.trim() === '') {
      refuseWhisper(guest, 'empty-text')
      return
    }
    sums.whispered += 1
    fanOut.tell(target.seat, heard)
    emit({
      type: 'said',
      conversation: 'private',
      from: memberOf(guest),
      to: memberOf(target),
      own: false,
      at: new Date(clock.wall()).toISOString()
    })
  }
  const obey = (guest: Guest, line: string): void => {
    const door = DOORS[guest.dialect]
    const asked = door.commands ? readLine(line) : ({ verb: 'say', text: line } as const)
    switch (asked.verb) {
      case 'say':
        say(guest, asked.text)
        break
      case 'who':
        fanOut.tell(guest.seat, door.listed(guests))
        break
      case 'rename':
        rename(guest, asked.name)
        break
      case 'whisper':
        whisper(guest, asked.to, asked.text)
        break
      case 'malformed':
        refuseWhisper(guest, 'bad-format')
        break
    }
    if (guest.state === 'leaving' && guest.pace.idle()) leave(guest)
  }

  const watchIdle = (guest: Guest): void => {
    if (idleMs <= 0 || guest.state !== 'present' || spared.has(guest.address)) return
    const left = guest.heardAt + idleMs - clock.now()
    if (left <= 0) kick(guest, 'idle', 'idle')
    else guest.idleTimer = clock.after(left, () => watchIdle(guest))
  }

  const change = (changes: HubChanges): void => {
    title = roomTitle(changes.name)
    Object.assign(limits, changes.limits)
    Object.assign(pace, paceLimits(limits))
    Object.assign(queues, queueLimits(limits))
    if (changes.idleMs === idleMs) return
    idleMs = changes.idleMs
    for (const guest of guests) {
      guest.idleTimer?.cancel()
      guest.heardAt = clock.now()
      watchIdle(guest)
    }
  }

  /** Not a member at all: told why, if the door has a voice, and closed. */
  const turnAway = (wire: Wire, line: string): WireListener => {
    if (line !== '') wire.write(encode(line))
    wire.end()
    const burial = buryLater(wire)
    return { received: () => undefined, ended: () => undefined, closed: () => burial.cancel() }
  }

  const welcome = (wire: Wire, address: string, dialect: HostedDialect, release: () => void): WireListener => {
    const door = DOORS[dialect]
    const figure: Figure = { address, name: null }
    const telnet = makeTelnetFilter()
    const seat = fanOut.seat(wire, dialect, door.welcome(figure) + own(voice.mark(title)), () =>
      kick(guest, 'slow-reader', 'slow-reader')
    )
    const guest: Guest = {
      ...figure,
      dialect,
      wire,
      seat,
      framer: makeFramer(limits, {
        line: (bytes) => {
          const line = text.decode(bytes)
          const first = guest.fresh
          if (line !== '') guest.fresh = false
          if (first && isRequestLine(line)) kick(guest, 'unknown', 'foreign')
          // The family's own client sends an empty line after each private one (dialects 7.1.4).
          else if (line !== '') guest.pace.push(line)
        },
        tooLong: (head) => {
          const first = guest.fresh
          guest.fresh = false
          if (first && beginsLongRequest(text.decode(head))) kick(guest, 'unknown', 'foreign')
          else refuse(guest, 'say', 'too-long', 'line-too-long')
        },
        endless: () => kick(guest, 'flood', 'line-endless')
      }),
      pace: makePace(
        pace,
        clock,
        (line) => obey(guest, line),
        () => kick(guest, 'flood', 'flood')
      ),
      opening: makeOpening(),
      fresh: true,
      state: 'present',
      heardAt: clock.now(),
      idleTimer: null,
      burial: null
    }
    sums.joined += 1
    emit({ type: 'joined', member: memberOf(guest), own: false })
    guests.add(guest)
    byAddress.set(address, guest)
    watchIdle(guest)

    return {
      received: (bytes) => {
        if (guest.state !== 'present') return
        guest.heardAt = clock.now()
        if (guest.opening) {
          if (guest.opening.bytes(bytes)) {
            kick(guest, 'unknown', 'foreign')
            return
          }
          if (guest.opening.settled()) guest.opening = null
        }
        guest.framer.push(telnet.text(bytes))
      },
      drained: () => fanOut.drained(seat),
      ended: () => {
        if (guest.state !== 'present') return
        guest.framer.end()
        if (guest.state !== 'present') return
        if (guest.pace.idle()) leave(guest)
        else guest.state = 'leaving'
      },
      closed: () => {
        release()
        guest.burial?.cancel()
        if (guest.state === 'gone') return
        fanOut.forget(seat)
        retire(guest)
        announceLeft(guest, 'left')
      }
    }
  }

  return {
    admit: (wire, address, dialect) => {
      if (closed) return turnAway(wire, own(voice.roomCloses()))
      const admission = guests.size < limits.members ? gate.enter(address) : ({ ok: false, why: 'room-full' } as const)
      if (!admission.ok) {
        count(admission.why)
        return turnAway(wire, farewell(admission.why))
      }
      const known = freeAddress(address, (taken) => byAddress.has(taken))
      // Published before he has a seat: his own greeting holds it where his dialect shows it to him.
      fanOut.publish((other) => DOORS[other].joined({ address: known, name: null }))
      return welcome(wire, known, dialect, admission.leave)
    },
    members: () => [...guests].map(memberOf),
    queuedBytes: () => fanOut.queued(),
    counts: () => ({ ...sums, deliveries: fanOut.delivered(), refusals: new Map(refusals) }),
    change,
    spare: (address) => void spared.add(address),
    close: () => {
      if (closed) return
      closed = true
      for (const guest of guests) {
        retire(guest)
        fanOut.dismiss(guest.seat, own(voice.roomCloses()))
        guest.burial = buryLater(guest.wire)
      }
      fanOut.close()
    }
  }
}
