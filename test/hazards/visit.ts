import { makeSession } from '../../src/core/session/session.ts'
import type { Session, SessionOptions } from '../../src/core/session/contract.ts'
import type { Dial, DialListener, WireListener } from '../../src/shared/carriers.ts'
import type { ClientEvent, Member, Said, SessionEvent } from '../../src/shared/events.ts'
import { makeCodec } from '../../src/node/codec.ts'
import { makeDial } from '../../src/node/tcp.ts'
import { connectRaw, type RawClient } from '../support/clients/raw.ts'
import { makeHandClock, type HandClock } from '../support/clock.ts'
import type { ReferenceServer } from '../support/servers/base.ts'
import { makeEventLog, pause, until, type EventLog } from '../support/until.ts'

/**
 * The client against a server on a real socket, with its time in our hand: ten seconds of silence cost nothing, and
 * what the wire does is not simulated.
 */
export interface Visit {
  readonly session: Session
  readonly events: EventLog<SessionEvent>
  readonly clock: HandClock
  /** The next event of this kind from position `from` (default: the beginning) that satisfies. */
  readonly next: <T extends SessionEvent['type']>(
    type: T,
    matches?: (event: Extract<SessionEvent, { type: T }>) => boolean,
    from?: number
  ) => Promise<Extract<SessionEvent, { type: T }>>
  /** Events of this kind so far. */
  readonly all: <T extends SessionEvent['type']>(type: T) => Extract<SessionEvent, { type: T }>[]
  /** Says a text; returns its ref. */
  readonly say: (text: string) => string
  readonly whisper: (to: string, text: string) => string
  /** Own line in the room, delivered. */
  readonly delivered: (ref: string) => Promise<Said>
  /** Waits until our side has read this from the socket, then lets all of its consequences happen. */
  readonly hasRead: (text: string | Uint8Array) => Promise<void>
  /** Every chunk our side wrote, in order, as text. */
  readonly wrote: () => string[]
  /** Lets session time pass, with turns of the real event loop in between, so that the wire keeps up. */
  readonly pass: (ms: number) => Promise<void>
  /** Session time passes until this holds; returns how much. */
  readonly passUntil: (holds: () => boolean, what: string, atMost?: number) => Promise<number>
  /** The dialect as last recognised. */
  readonly dialect: () => string | null
  /** Our address as the server prints it, once known. */
  readonly self: () => string | null
  /** Those who are known to be there, by address. */
  readonly people: () => Map<string, Member>
  /** Turns of the event loop, so that everything on its way arrives. */
  readonly settle: () => Promise<void>
  /** Attempts to connect, ours. */
  readonly dials: () => number
}

/** One step of session time: below every timer that matters, so that order between timers and bytes is kept. */
const STEP_MS = 100
/** Loopback hands bytes over within this, also on a busy machine; used only where nothing announces itself. */
const SETTLE_MS = 12

const open: (() => unknown)[] = []

/** Closes what a test has opened; goes into `afterEach`. */
export const tidy = async (): Promise<void> => {
  for (const close of open.splice(0).toReversed()) await close()
}

export const started = async <S extends ReferenceServer>(starting: Promise<S>): Promise<S> => {
  const server = await starting
  open.push(() => server.close())
  return server
}

/** Another person in the room, on a raw socket. */
export const guest = async (server: ReferenceServer): Promise<RawClient> => {
  const from = server.arrivals.mark()
  const client = await connectRaw(server.port, server.host === '::' ? '127.0.0.1' : server.host)
  open.push(() => client.close())
  await server.arrivals.until(() => true, { from })
  return client
}

/** Another person with a name, on a server that has names. */
export const named = async (server: ReferenceServer, name: string): Promise<RawClient> => {
  const client = await guest(server)
  client.write(`rename|${name}\n`)
  await until(() => server.members().some((member) => member.name === name), { what: `${name} is called so` })
  return client
}

const ofType =
  <T extends SessionEvent['type']>(type: T) =>
  (event: SessionEvent): event is Extract<SessionEvent, { type: T }> =>
    event.type === type

/** Our client, connecting. */
export const visit = (where: { host: string; port: number }, options: Partial<SessionOptions> = {}): Visit => {
  const clock = makeHandClock()
  const events = makeEventLog<SessionEvent>('events')
  const written: string[] = []
  const arrived: Uint8Array[] = []
  let dials = 0
  const realDial = makeDial()
  const dial: Dial = (host, port, listener) => {
    dials++
    const tapped: DialListener = {
      connected: (wire, local, nearness) =>
        listener.connected(
          {
            ...wire,
            write: (bytes) => {
              written.push(Buffer.from(bytes).toString('utf8'))
              return wire.write(bytes)
            }
          },
          local,
          nearness
        ),
      failed: (why) => listener.failed(why),
      received: (bytes) => {
        arrived.push(Buffer.from(bytes))
        listener.received(bytes)
      },
      drained: () => listener.drained?.(),
      ended: () => listener.ended(),
      closed: (how) => listener.closed(how)
    } satisfies DialListener & WireListener
    return realDial(host, port, tapped)
  }
  const session = makeSession(
    {
      host: where.host === '::' ? '127.0.0.1' : where.host,
      port: where.port,
      dialect: 'auto',
      remembered: null,
      charset: 'auto',
      nick: null,
      reconnect: true,
      ...options
    },
    {
      dial,
      clock: { ...clock, endOfTurn: (run) => void setImmediate(() => run()) },
      random: () => 0.5,
      codec: makeCodec,
      emit: (event) => events.add(event)
    }
  )
  open.push(async () => {
    const left = session.leave()
    // A server that never closes is given up after a second of session time.
    for (let step = 0; step < 15; step++) {
      clock.advance(STEP_MS)
      await pause(0)
    }
    await left
  })

  let refs = 0
  const settle = (): Promise<void> => pause(SETTLE_MS)
  const all: Visit['all'] = (type) => events.entries.filter(ofType(type))
  const perform = (command: { type: 'say'; text: string } | { type: 'whisper'; to: string; text: string }): string => {
    const ref = `ref-${++refs}`
    session.perform({ ...command, ref })
    return ref
  }
  const next: Visit['next'] = async (type, matches = () => true, from = 0) => {
    const isType = ofType(type)
    const found = await events.until((event) => isType(event) && matches(event), {
      from,
      what: `${type} ${matches.toString()}`
    })
    if (!isType(found)) throw new Error('not what was waited for')
    return found
  }
  const passUntil: Visit['passUntil'] = async (holds, what, atMost = 120_000) => {
    let passed = 0
    await settle()
    while (!holds()) {
      if (passed >= atMost)
        throw new Error(`not within ${atMost} ms of session time: ${what}\n${JSON.stringify(events.entries, null, 1)}`)
      clock.advance(STEP_MS)
      passed += STEP_MS
      await pause(1)
    }
    return passed
  }
  return {
    session,
    events,
    clock,
    next,
    all,
    say: (text) => perform({ type: 'say', text }),
    whisper: (to, text) => perform({ type: 'whisper', to, text }),
    delivered: (ref) => next('said', (said) => said.own && said.ref === ref),
    hasRead: async (text) => {
      await until(() => Buffer.concat(arrived).includes(Buffer.from(text)), {
        what: `the client reads ${JSON.stringify(String(text))}`
      })
      await pause(1)
    },
    wrote: () => [...written],
    pass: async (ms) => {
      await settle()
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        clock.advance(Math.min(STEP_MS, ms - passed))
        await pause(1)
      }
      await settle()
    },
    passUntil,
    dialect: () => all('recognised').at(-1)?.dialect ?? null,
    self: () => all('people').findLast((change) => change.self !== null)?.self?.address ?? null,
    people: () => {
      const present = new Map<string, Member>()
      for (const change of all('people')) {
        if (change.reset) present.clear()
        for (const member of change.present) present.set(member.address ?? `name:${member.name ?? ''}`, member)
        for (const key of change.gone) present.delete(key)
      }
      return present
    },
    settle,
    dials: () => dials
  }
}

/** Texts of the room, ours and others', in order. */
export const texts = (visitor: Visit, conversation: Said['conversation'] = 'room'): (string | undefined)[] =>
  visitor.all('said').flatMap((said) => (said.conversation === conversation ? [said.text] : []))

/** The public events without those about the connection itself. */
export const spoken = (visitor: Visit): ClientEvent[] =>
  visitor.events.entries.filter(
    (event): event is ClientEvent => event.type === 'said' || event.type === 'line' || event.type === 'kicked'
  )
