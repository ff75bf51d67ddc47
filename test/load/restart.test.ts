import { expect, test } from 'vitest'
import type { Hub } from '../../src/core/hub/contract.ts'
import { DEFAULT_HUB_LIMITS, makeHub } from '../../src/core/hub/hub.ts'
import type { Session } from '../../src/core/session/contract.ts'
import { makeSession } from '../../src/core/session/session.ts'
import { makeCodec } from '../../src/node/codec.ts'
import type { DialListener, Wire, WireListener } from '../../src/shared/carriers.ts'
import type { HostEvent, SessionEvent } from '../../src/shared/events.ts'
import { makeHandClock } from '../support/clock.ts'
import { makeRandom } from '../support/fuzz.ts'

/** The laboratory (`node bench/load-lab.ts --only T35`) has 500, over sockets. */
const CLIENTS = 200
/** Ten a second are meant, however many they are; chance makes it twenty now and then, and the tries in vain are more. */
const MOST_A_SECOND = 30
const DOWN_MS = 20_000
const BACK_WITHIN_MS = 75_000

test('a host is killed and starts again with hundreds of clients: all come back, nothing is said twice (T35)', () => {
  const clock = makeHandClock()
  const random = makeRandom(35)
  const heard: HostEvent[] = []
  const open = (): Hub =>
    makeHub(
      { name: 'Tea', language: 'en', bare: false, idleMs: 0, limits: DEFAULT_HUB_LIMITS },
      { clock, codec: makeCodec, emit: (event) => heard.push(event) }
    )
  let hub: Hub | null = open()
  const attempts: number[] = []
  const cuts = new Set<() => void>()
  let port = 1024

  /** A line between a client and the hub of the moment, which carries what it is given in the next turn. */
  const connect = (to: Hub, address: string, client: DialListener): void => {
    let alive = true
    const ended = { client: false, host: false }
    const later = (run: () => void): void => clock.endOfTurn(() => (alive ? run() : undefined))
    const close = (how: 'ended' | 'reset'): void => {
      if (!alive) return
      alive = false
      cuts.delete(cut)
      client.closed(how)
      host.closed(how)
    }
    const cut = (): void => close('reset')
    const end = (who: keyof typeof ended, other: () => WireListener): void =>
      later(() => {
        if (ended[who]) return
        ended[who] = true
        other().ended()
        if (ended.client && ended.host) close('ended')
      })
    const wire = (who: keyof typeof ended, other: () => WireListener): Wire => ({
      write: (bytes) => {
        const copy = bytes.slice()
        later(() => other().received(copy))
        return true
      },
      queued: () => 0,
      end: () => end(who, other),
      destroy: () => later(() => close('ended'))
    })
    cuts.add(cut)
    client.connected(
      wire('client', () => host),
      address,
      'lan'
    )
    const host: WireListener = to.admit(
      wire('host', () => client),
      address,
      'im'
    )
  }
  const shown: SessionEvent[][] = []
  const clients = Array.from({ length: CLIENTS }, (_, n): Session => {
    const events: SessionEvent[] = []
    shown.push(events)
    return makeSession(
      {
        host: 'h',
        port: 8888,
        dialect: 'auto',
        remembered: null,
        charset: 'auto',
        nick: null,
        reconnect: true
      },
      {
        clock,
        codec: makeCodec,
        random: () => random.below(1_000_000) / 1_000_000,
        emit: (event) => events.push(event),
        dial: (_, __, listener) => {
          attempts.push(clock.now())
          const timer = clock.after(1, () => {
            if (hub) connect(hub, `10.0.${n >> 8}.${n & 255}:${++port}`, listener)
            else listener.failed('refused')
          })
          return { abandon: () => timer.cancel() }
        }
      }
    )
  })
  const everybodySays = (what: string): void =>
    clients.forEach((client, n) => client.perform({ type: 'say', text: `${n} ${what}` }))
  const present = (): number => hub?.members().length ?? 0

  clock.advance(5000)
  expect(present()).toBe(CLIENTS)
  everybodySays('before')
  clock.advance(5000)
  // In the middle of it: what is on the way is lost with the host.
  everybodySays('into the gap')
  const killed = clock.now()
  for (const cut of cuts) cut()
  hub = null
  attempts.length = 0
  clock.advance(DOWN_MS / 2)
  everybodySays('meanwhile')
  clock.advance(DOWN_MS / 2)
  hub = open()
  const triedWhileDown = attempts.length
  while (present() < CLIENTS && clock.now() - killed < BACK_WITHIN_MS) clock.advance(1000)
  expect(present()).toBe(CLIENTS)
  clock.advance(30_000)
  expect(present()).toBe(CLIENTS)
  everybodySays('after')
  clock.advance(30_000)

  // Everybody came back once, and not in step: who was in a crowd spreads over a time that grows with it.
  expect(attempts.length - triedWhileDown).toBe(CLIENTS)
  const bySecond = new Map<number, number>()
  for (const at of attempts) {
    const second = Math.floor((at - killed) / 1000)
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1)
  }
  expect(Math.max(...bySecond.values())).toBeLessThanOrEqual(MOST_A_SECOND)

  const said = heard.flatMap((event) => (event.type === 'said' ? [event.text ?? ''] : []))
  expect(new Set(said).size).toBe(said.length)
  for (const what of ['before', 'meanwhile', 'after']) {
    expect(said.filter((text) => text.endsWith(` ${what}`))).toHaveLength(CLIENTS)
  }
  for (const events of shown) {
    const texts = events.flatMap((event) => (event.type === 'said' ? [event.text ?? ''] : []))
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts.filter((text) => text.endsWith(' after'))).toHaveLength(CLIENTS)
  }
}, 60_000)
