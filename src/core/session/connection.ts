import type { Clock, Codec, Timer, Wire } from '../../shared/carriers.ts'
import type { Capabilities, Dialect, DialectChoice } from '../../shared/dialect.ts'
import type { DisconnectReason, KickReason, PeopleChanged, SessionEvent } from '../../shared/events.ts'
import { FOREIGN_LINE_BYTES } from '../../shared/limits.ts'
import { sameAddress } from '../dialects/address.ts'
import { looksLikeNoChat, looksLikeWeb, makeDetector, proof, specOf, type Verdict } from '../dialects/detection.ts'
import type { Knowledge, Spoken } from '../dialects/dialect.ts'
import { readHouse, readMark } from '../dialects/house.ts'
import { bounded } from './bounded.ts'
import { makeFramer } from './framing.ts'
import { makeHearing } from './hearing.ts'
import { makeListing } from './listing.ts'
import type { Flight, Outbox } from './outbox.ts'
import { listsSelf, makeRoster } from './roster.ts'
import { makeSpeaking } from './speaking.ts'
import { capabilitiesOf, knowledgeOf, newStanding } from './standing.ts'
import { makeTail } from './tail.ts'
import { makeUnechoed } from './unechoed.ts'

/** One TCP connection to a room, from its first byte to its last. */

/** Silence that means a silent server (decision 10). */
const LISTEN_NEAR_MS = 400
const LISTEN_FAR_MS = 1500
/**
 * A server that greeted us the last time and is silent now is slow, or stands still: what waits stays with us for a
 * while, where it can be changed, instead of going out in a burst to what is taken for a relay. After that it is another
 * one. A network that has just come back takes a second or two.
 */
const GREETING_NEAR_MS = 3000
const GREETING_FAR_MS = 10_000
/** Who comes in is told so at once, in all of their kind. */
const GREETERS: ReadonlySet<Dialect> = new Set(['gopl', 'gopl-zh', 'iamhere', 'im'])
/** Own line without echo: a server that does not echo (decision 10). */
const ECHO_MS = 2000
/** The race of 001 and 002 at connecting: not before this is anything asked (dialects 6.3). */
const ROSTER_AFTER_MS = 200
/** Words of a kick that no end follows were somebody's words. */
const KICK_MS = 3000
/** Nothing at all came since an unconfirmed line, for so long after it was given up: the peer is dead. */
const DEAD_AFTER_MS = 20_000
/** Late welcomes of busy servers; after that only our own address proves anything. */
const LATE_WELCOME_MS = 15_000
/** Where the mark of our host is believed (decision 1). */
const MARK_WITHIN_LINES = 5
const CR = 0x0d

export interface ConnectionDeps {
  clock: Clock
  codec: Codec
  /** What the reference servers' own words are in, whatever people write in. */
  utf8: Codec
  wire: Wire
  /** Our end as this machine sees it. */
  local: string
  nearness: 'loopback' | 'lan' | 'far'
  port: number
  choice: DialectChoice
  remembered: Dialect | null
  nick: string | null
  outbox: Outbox
  attended: () => boolean
  /** An address that was ours in an earlier connection. */
  wasOurs: (address: string) => boolean
  tell: (event: SessionEvent) => void
  /** The roster changed, or more can be written: ask `takePeople` and `takes` soon. */
  changed: () => void
  /** The conversation is over; told once. */
  over: (reason: DisconnectReason, kick: KickReason | null) => void
}

export interface Connection {
  received(bytes: Uint8Array): void
  ended(how: 'closed' | 'reset'): void
  pump(): void
  /** How many lines would be written at once. */
  takes(): number
  /** What the server calls us, as far as known. */
  self(): string | null
  capabilities(): Capabilities
  takePeople(): PeopleChanged | null
  /** People there, as far as known. */
  crowd(): number
  choose(dialect: Dialect): void
  wantName(name: string | null): void
  attended(): void
  overdue(flight: Flight): void
  /** Asks, where asking is harmless, whether the server is still there. */
  probe(): void
  /** We are going: nothing is written any more, what comes is still heard. */
  hush(): void
  /** Nothing more will be heard: what was held back until it could be understood better is told as it is understood now. */
  hearOut(): void
  /** Nothing is written and no timer runs any more. */
  close(): void
}

export const makeConnection = (deps: ConnectionDeps): Connection => {
  const { clock, utf8, outbox, local, tell } = deps
  const standing = newStanding()
  /** Our own host reads and writes UTF-8, whatever charset was chosen for this address. */
  const codecNow = (): Codec => (standing.marked ? utf8 : deps.codec)
  const codec: Codec = {
    decode: (bytes) => codecNow().decode(bytes),
    encode: (text) => codecNow().encode(text)
  }
  const roster = makeRoster()
  const detector = makeDetector({ port: deps.port, local, remembered: deps.remembered })
  const listenMs = deps.nearness === 'far' ? LISTEN_FAR_MS : LISTEN_NEAR_MS
  const greetingMs = deps.nearness === 'far' ? GREETING_FAR_MS : GREETING_NEAR_MS
  const connectedAt = clock.now()
  const timers = new Set<Timer>()
  let lastReceivedAt = connectedAt
  let over = false
  /** The person chose to go. */
  let going = false
  let lines = 0
  let held: string[] = []
  let kick: Extract<Spoken, { kind: 'kicked' }> | null = null
  let unansweredLists = 0
  const unechoed = makeUnechoed(outbox)

  const later = (ms: number, run: () => void): Timer => {
    const timer = clock.after(ms, () => {
      timers.delete(timer)
      if (!over) run()
      deps.changed()
    })
    timers.add(timer)
    return {
      cancel: () => {
        timers.delete(timer)
        timer.cancel()
      }
    }
  }
  const finish = (reason: DisconnectReason, kicked: KickReason | null = null): void => {
    if (over) return
    connection.close()
    deps.over(reason, kicked)
  }
  /** Nobody answers any more. What came is told; what comes would be the next connection's. */
  const giveUp = (): void => {
    if (over) return
    ending()
    dropKick()
    finish('silent')
  }
  const known = (): Knowledge => knowledgeOf(standing, roster, listing)

  const listing = makeListing({
    clock,
    begun: () => roster.beginList(),
    heard: (row) => void roster.seen(row.address, row.name, false),
    isSelf: (row) => listsSelf([row], roster.self()?.address ?? null),
    selfKnown: () => roster.self() !== null,
    halfLine: () => framer.tailLength() > 0,
    done: (rows, askers, answered) => {
      if (over) return
      const whole = answered && listsSelf(rows, roster.self()?.address ?? null)
      if (whole) roster.completeList()
      for (const asker of askers) {
        if (asker === 'us') continue
        const ref = asker.ref === null ? {} : { ref: asker.ref }
        tell({ type: 'listed', members: roster.members(), complete: whole, ...ref })
      }
      deps.changed()
      speaking.released('who')
      const zombie = standing.spec?.name === 'iamhere' && !standing.marked
      // A 001 that forgot us still answers one question, without us in it (dialects 3.3).
      if (answered && !whole && zombie && standing.selfSure) giveUp()
      unansweredLists = answered || clock.now() - lastReceivedAt < DEAD_AFTER_MS / 2 ? 0 : unansweredLists + 1
      if (unansweredLists > (zombie ? 0 : 1)) giveUp()
    }
  })

  /** Nobody can know more of lines to a server that never echoes. */
  const countAsSent = (flights: readonly Flight[]): void => {
    for (const sent of flights) {
      unechoed.add(sent.text)
      speaking.sent(sent)
    }
  }
  const noEcho = (flight: Flight): void => {
    const stillOut = outbox.land((one) => one === flight)
    if (!stillOut || standing.proven || standing.spec?.name !== 'relay') return
    standing.spec = specOf('plain')
    tell({ type: 'recognised', dialect: 'plain', by: 'assumed' })
    countAsSent([stillOut, ...outbox.landAll()])
    speaking.pump()
  }
  const speaking = makeSpeaking({
    clock,
    codec,
    wire: deps.wire,
    outbox,
    standing,
    roster,
    listing,
    attended: deps.attended,
    tell,
    free: deps.changed,
    // What a person chose is not corrected by what comes back.
    unechoed: (text) => {
      if (standing.by !== 'user') unechoed.add(text)
    },
    flew: (flight) => {
      if (!standing.proven && standing.by === 'assumed' && standing.spec?.name === 'relay') {
        later(ECHO_MS, () => {
          if (!standing.proven) noEcho(flight)
        })
      }
    }
  })
  const proveByEcho = (): void => {
    standing.by = 'echo'
    standing.proven = true
    standing.spec = specOf('relay')
    tell({ type: 'recognised', dialect: 'relay', by: 'echo' })
  }
  const hearing = makeHearing({
    clock,
    codec,
    standing,
    roster,
    listing,
    outbox,
    speaking,
    wasOurs: deps.wasOurs,
    tell,
    keepKick: (spoken) => {
      kick = spoken
      later(KICK_MS, () => dropKick(spoken))
    },
    landed: () => {
      if (standing.spec?.name === 'relay') proveByEcho()
    }
  })
  const dropKick = (spoken = kick): void => {
    if (kick === null || kick !== spoken) return
    kick = null
    tell({ type: 'line', text: spoken.line ?? spoken.text })
  }

  /** The server showed that it has the dialect: now its verbs may be used. */
  const establish = (): void => {
    if (standing.established) return
    standing.established = true
    speaking.rearm()
    speaking.wantName(deps.nick)
    if (standing.spec?.who == null) return
    later(Math.max(0, connectedAt + ROSTER_AFTER_MS - clock.now()), () => {
      speaking.wantRoster()
      speaking.pump()
    })
  }
  const turnTo = (verdict: Verdict): void => {
    standing.spec = specOf(verdict.dialect)
    standing.by = verdict.by
    standing.proven = verdict.proven
    if (verdict.self !== null) {
      roster.setSelf(verdict.self)
      standing.selfSure = verdict.by === 'welcome'
    }
    tell({ type: 'recognised', dialect: verdict.dialect, by: verdict.by })
    if (verdict.dialect === 'plain') countAsSent(outbox.landAll())
    if (verdict.proven) establish()
  }

  const mayCorrect = (sign: NonNullable<ReturnType<typeof proof>>): boolean => {
    const ours = sign.self !== null && sameAddress(sign.self, local)
    const addressed = standing.spec?.name === 'gopl' || standing.spec?.name === 'gopl-zh'
    const between = addressed && (sign.dialect === 'gopl' || sign.dialect === 'gopl-zh')
    return ours || between || clock.now() - connectedAt < LATE_WELCOME_MS
  }
  /** A guess is corrected by what only another dialect says; what a person chose is not. */
  const reconsider = (line: string, count: number): void => {
    if (standing.proven && standing.established) return
    const sign = proof(line, local)
    if (!sign) {
      // Forks have notices nobody has listed; the brackets of a server one has chosen are proof enough.
      const { spec } = standing
      if (standing.by === 'user' && spec?.chunks && spec.recognise(line, local)) establish()
      return
    }
    if (sign.dialect === standing.spec?.name) {
      standing.proven = true
      if (count === 1 && sign.came !== null && roster.self() === null) roster.setSelf(sign.self ?? sign.came)
      establish()
    } else if (!standing.proven && standing.by !== 'user' && mayCorrect(sign)) {
      // Behind a NAT the first who comes is most probably ourselves, however late a slow network brings it.
      turnTo({ dialect: sign.dialect, by: sign.by, proven: true, self: sign.self ?? (count === 1 ? sign.came : null) })
    }
  }
  /** Told as sent already, of a server that was slow to say what it is: the line is not told a second time. */
  const lateEcho = (line: string): boolean => {
    if (!unechoed.any() || !standing.spec) return false
    const isPlain = standing.spec.name === 'plain'
    const [spoken] = (isPlain ? specOf('relay') : standing.spec).parse(line, known())
    const self = roster.self()?.address ?? local
    if (spoken?.kind !== 'said' || spoken.address === null || !sameAddress(spoken.address, isPlain ? local : self))
      return false
    if (!unechoed.takes(spoken.text)) return false
    roster.setSelf(spoken.address)
    standing.selfSure = true
    roster.seen(spoken.address, undefined, true)
    if (isPlain) proveByEcho()
    return true
  }

  /** `count`: which line of the connection this is. */
  const understand = (line: string, count: number): void => {
    if (over || !standing.spec) return
    if (kick && line !== '') dropKick()
    const room = count <= MARK_WITHIN_LINES ? readMark(line) : null
    if (room !== null) {
      standing.marked = true
      // Our host greets before its mark, except in a relay room: there nothing stands before it, however late it comes.
      if (count === 1 && !standing.proven) turnTo({ dialect: 'relay', by: 'welcome', proven: true, self: null })
      tell({ type: 'introduced', roomName: room })
      speaking.rearm()
      establish()
      return
    }
    reconsider(line, count)
    if (lateEcho(line)) return
    const house = readHouse(line, known())
    for (const spoken of bounded(line, house ? [house] : standing.spec.parse(line, known()))) hearing.hear(spoken)
  }

  const settle = (verdict: Verdict | null): void => {
    if (!standing.listening) return
    standing.listening = false
    if (verdict && standing.by !== 'user') turnTo(verdict)
    else if (verdict?.dialect === standing.spec?.name && verdict) {
      if (verdict.self !== null) roster.setSelf(verdict.self)
      standing.selfSure = verdict.self !== null && verdict.by === 'welcome'
      if (verdict.proven) establish()
    }
    // A relay tells nobody his address; what this machine calls it is right without a NAT between.
    if (standing.spec?.name === 'relay' && roster.self() === null) roster.setSelf(local)
    const lines = held
    held = []
    for (const [at, line] of lines.entries()) understand(line, at + 1)
    tail.arm()
  }
  const noChat = (text: string | null): void => {
    if (text !== null) tell({ type: 'line', text })
    finish('not-a-chat')
  }
  const isNoChat = (bytes: Uint8Array, whole: boolean): boolean => {
    if (standing.by === 'user' || lines > 0) return false
    return standing.listening ? looksLikeNoChat(bytes, whole) : standing.by === 'assumed' && looksLikeWeb(bytes)
  }

  /**
   * A room of people who write GBK or Big5 on a server that greets, lists and kicks in UTF-8: its own words are read
   * as it wrote them, or we would be kicked without ever knowing where we are (dialects 8.12).
   */
  const read = (bytes: Uint8Array): string => {
    const line = codec.decode(bytes)
    const words = utf8.decode(bytes)
    if (words === line || words.includes('\ufffd')) return line
    const spoken = standing.spec?.parse(words, known()) ?? []
    const its = spoken.some(({ kind }) => kind !== 'said' && kind !== 'line') || proves(words)
    return its ? words : line
  }
  const proves = (words: string): boolean => {
    const sign = proof(words, local)
    return sign !== null && sign.by !== 'message'
  }

  const heardLine = (raw: Uint8Array): void => {
    if (over) return
    const bytes = raw.at(-1) === CR ? raw.subarray(0, -1) : raw
    const line = read(bytes)
    if (isNoChat(bytes, true)) return noChat(/[\0\ufffd]/.test(line) ? null : line)
    lines += 1
    if (!standing.listening) return understand(line, lines)
    held.push(line)
    const verdict = detector.hear(line)
    if (verdict && (standing.by !== 'user' || verdict.dialect === standing.spec?.name)) settle(verdict)
  }
  const framer = makeFramer(FOREIGN_LINE_BYTES, heardLine)

  const tail = makeTail({ standing, framer, read, known, later, hear: (spoken) => hearing.hear(spoken) })

  const listened = (): void => {
    if (!standing.listening) return
    const quiet = clock.now() - lastReceivedAt
    const unfinished = framer.tailLength() > 0
    // A line that is still on its way may decide.
    if (unfinished && held.length === 0 && quiet < listenMs) {
      later(listenMs - quiet, listened)
      return
    }
    // What a person chose is not taken for anything else meanwhile.
    const greets = standing.by !== 'user' && deps.remembered !== null && GREETERS.has(deps.remembered)
    if (greets && lines === 0 && !unfinished && clock.now() - connectedAt < greetingMs) {
      later(listenMs, listened)
      return
    }
    if (unfinished) {
      const bytes = framer.tail()
      if (isNoChat(bytes, true)) return noChat(null)
      if (held.length === 0) detector.hear(codec.decode(bytes))
    }
    settle(detector.conclude())
    speaking.pump()
  }

  const ending = (): void => {
    const left = read(framer.takeTail()).replace(/\r$/, '')
    if (standing.listening && (held.length > 0 || left !== '')) {
      if (left !== '' && held.length === 0) detector.hear(left)
      settle(detector.conclude())
    }
    if (over) return
    const { said, kick: words } = tail.dying(left)
    if (said !== null) understand(said, (lines += 1))
    if (words !== null) kick = { kind: 'kicked', reason: 'idle', text: words }
  }

  const connection: Connection = {
    received: (bytes) => {
      if (over) return
      lastReceivedAt = clock.now()
      framer.push(bytes)
      if (standing.listening && framer.tailLength() > 0 && isNoChat(framer.tail(), false)) {
        const text = codec.decode(framer.tail())
        return noChat(/[\0\ufffd]/.test(text) ? null : text)
      }
      if (over) return
      tail.arm()
      speaking.pump()
      deps.changed()
    },
    ended: (how) => {
      if (over) return
      ending()
      if (kick) {
        tell({ type: 'kicked', reason: kick.reason, text: kick.text })
        finish('kicked', kick.reason)
      } else {
        finish(how)
      }
    },
    pump: () => speaking.pump(),
    takes: () => (over ? 0 : speaking.takes()),
    self: () => roster.self()?.address ?? null,
    capabilities: () => capabilitiesOf(standing),
    takePeople: () => roster.takeChange(),
    crowd: () => roster.members().length,
    choose: (dialect) => {
      standing.by = 'user'
      if (standing.spec?.name !== dialect) standing.established = false
      standing.spec = specOf(dialect)
      standing.proven = true
      tell({ type: 'recognised', dialect, by: 'user' })
      if (standing.listening && (dialect === 'relay' || dialect === 'plain')) settle(null)
      speaking.rearm()
      speaking.pump()
    },
    wantName: (name) => {
      speaking.wantName(name)
      speaking.pump()
    },
    attended: () => speaking.rearm(),
    overdue: (flight) => {
      // A 001 that does not echo has forgotten us (decision 12).
      if (standing.spec?.name === 'iamhere' && !standing.marked) return giveUp()
      speaking.pump()
      later(DEAD_AFTER_MS, () => {
        if (lastReceivedAt < flight.writtenAt) giveUp()
      })
    },
    probe: () => speaking.askAtOnce(),
    hush: () => {
      going = true
      speaking.close()
      // No end followed these words before we ourselves chose to go.
      dropKick()
    },
    hearOut: () => {
      if (over) return
      speaking.close()
      ending()
      // Some servers call every half-closed connection kicked (dialects 3.4).
      if (!going) dropKick()
    },
    close: () => {
      over = true
      speaking.close()
      listing.close()
      for (const timer of timers) timer.cancel()
      timers.clear()
    }
  }

  if (deps.choice !== 'auto') connection.choose(deps.choice)
  if (standing.listening) later(listenMs, listened)
  return connection
}
