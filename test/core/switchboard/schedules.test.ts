import { expect, test } from 'vitest'
import { makeSession } from '../../../src/core/session/session.ts'
import { makeCodec } from '../../../src/node/codec.ts'
import type { FakeCall } from '../../support/wires.ts'
import { makeFakeNet } from '../../support/wires.ts'
import { makeFakeHistory } from './fake-history.ts'
import { makeRig } from './rig.ts'

/**
 * Who comes, goes, and comes back while a server is slow, silent or gone, in any order: what a server said is shown
 * once, and what is told of an own line is true. No sockets, no time: hundreds of schedules in a second.
 */

const SCHEDULES = 400
const STEPS = 60
/** Later, a welcome is not believed any more. */
const GREETS_WITHIN_MS = 14_000
const BOB = '10.0.0.9:6001'

const DIALECTS = {
  gopl: { welcome: (a: string) => `You are ${a}\n`, said: (a: string, text: string) => `${a}: ${text}\n` },
  relay: { welcome: () => '', said: (a: string, text: string) => `${a}:${text}\n` },
  im: { welcome: (a: string) => `[${a}]${a}:已上线\n`, said: (a: string, text: string) => `[${a}]${a}:${text}\n` },
  iamhere: {
    welcome: (a: string) => `[${a}]${a}:I am here\n[${a}]${a}:login\n`,
    said: (a: string, text: string) => `[${a}]${a}:${text}\n`
  }
}
const rows = (name: keyof typeof DIALECTS, a: string): string =>
  name === 'im' ? `[${a}]${a}:在线...\n` : `user list:\n${a}:${a}\n`

/** Mulberry32. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const once = Math.imul(state ^ (state >>> 15), 1 | state)
    const twice = (once + Math.imul(once ^ (once >>> 7), 61 | once)) ^ once
    return ((twice ^ (twice >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The server's side of one connection. */
interface Line {
  call: FakeCall
  address: string
  acceptedAt: number
  greeted: boolean
  ended: boolean
  /** We said goodbye, and still listen. */
  left: boolean
  /** Read, and not sent back yet. */
  unsaid: string[]
  read: number
}

/** What is wrong after one schedule, with what happened; empty: nothing. */
const run = async (seed: number): Promise<string[]> => {
  const random = randomFrom(seed)
  const below = (most: number): number => Math.floor(random() * most)
  const pick = <T>(first: T, ...others: T[]): T => [first, ...others][below(others.length + 1)] ?? first
  const dialect = pick<keyof typeof DIALECTS>('gopl', 'relay', 'im', 'iamhere')
  const { welcome, said } = DIALECTS[dialect]
  const behindNat = dialect !== 'relay' && random() < 0.4
  const net = makeFakeNet()
  const history = makeFakeHistory()
  const rig = makeRig({ makeSession, dial: net.dial, codec: makeCodec, history })
  const room = await rig.join()
  const trace: string[] = [dialect]
  const lines: Line[] = []
  const told: string[] = []
  const mine: string[] = []
  const written = new Map<string, number>()
  const echoed = new Set<string>()
  const outcomes: Promise<unknown>[] = []
  let number = 0

  const pass = (ms: number): void => {
    rig.clock.advance(ms)
    history.commit()
  }
  /** The connection that stands, as far as we hear it. */
  const standing = (): Line | null => {
    const line = lines.at(-1)
    if (line === undefined || line.call !== net.last() || line.ended) return null
    return line.call.state() === 'open' || (line.call.state() === 'ended' && line.left) ? line : null
  }
  const readAll = (): void => {
    for (const line of lines) {
      const fresh = line.call.writes.slice(line.read).flatMap((bytes) => bytes.split('\n'))
      line.read = line.call.writes.length
      for (const text of fresh.filter((one) => one !== '')) {
        written.set(text, (written.get(text) ?? 0) + 1)
        line.unsaid.push(text)
      }
    }
  }
  const greet = (line: Line): void => {
    line.greeted = true
    line.call.send(welcome(line.address))
    trace.push('greets')
  }
  const order = (type: 'disconnect' | 'leave' | 'reconnect'): void => {
    const line = standing()
    if (line !== null) line.left = type !== 'reconnect'
    outcomes.push(rig.run({ type, room }))
    trace.push(type)
  }
  const steps: (() => void)[] = [
    () => {
      const call = net.last()
      if (call.state() !== 'dialling') return
      const local = `127.0.0.1:${5000 + lines.length}`
      const address = behindNat ? `10.1.1.1:${5000 + lines.length}` : local
      const line = { call, address, greeted: false, ended: false, left: false, unsaid: [], read: 0 }
      lines.push({ ...line, acceptedAt: rig.clock.now() })
      call.accept(local, pick('loopback', 'far'))
      trace.push('accepted')
      const [accepted] = lines.slice(-1)
      if (accepted && random() < 0.8) greet(accepted)
    },
    () => {
      const line = standing()
      if (line && !line.greeted && rig.clock.now() - line.acceptedAt < GREETS_WITHIN_MS) greet(line)
    },
    () => {
      const line = standing()
      if (!line?.greeted) return
      const text = `bob ${(number += 1)}.`
      const whole = said(BOB, text)
      const cut = below(2) * below(whole.length)
      line.call.send(whole.slice(0, cut))
      if (cut > 0 && dialect !== 'relay') pass(pick(0, 10, 130, 600))
      if (standing() !== line) return
      line.call.send(whole.slice(cut))
      told.push(text)
      trace.push(text)
    },
    () => {
      readAll()
      const line = standing()
      if (!line?.greeted) return
      for (const text of line.unsaid.splice(0, below(line.unsaid.length + 1))) {
        line.call.send(text === 'who' ? rows(dialect, line.address) : said(line.address, text))
        echoed.add(text)
        trace.push(`sends ${text} back`)
      }
    },
    () => {
      const text = `mine ${(number += 1)}`
      mine.push(text)
      outcomes.push(rig.run({ type: 'say', conversation: room, text }))
      trace.push(text)
    },
    () => {
      if (random() < 0.4) order(pick('disconnect', 'leave'))
    },
    () => order('reconnect'),
    () => {
      const line = standing()
      if (line === null || random() < 0.7) return
      line.ended = true
      const how = pick<'end' | 'reset'>('end', 'reset')
      line.call[how]()
      trace.push(how)
    },
    () => {
      const ms = pick(10, 100, 500, 1000, 3000, 11_000)
      pass(ms)
      trace.push(`${ms} ms`)
    }
  ]
  for (let step = 0; step < STEPS; step += 1) {
    steps[pick(0, 1, 2, 2, 2, 3, 3, 3, 3, 4, 5, 6, 7, 8, 8, 8)]?.()
    if (random() < 0.3) await Promise.resolve()
    readAll()
  }
  order('disconnect')
  for (let n = 0; n < 5; n += 1) {
    pass(1000)
    await Promise.resolve()
    await Promise.resolve()
  }
  await Promise.all(outcomes)
  history.commit()

  const wrong: string[] = []
  const shown = rig.lines(room)
  const times = (text: string): number => shown.filter((line) => 'text' in line && line.text.endsWith(text)).length
  for (const text of [...told, ...mine]) if (times(text) !== 1) wrong.push(`${text}: shown ${times(text)} times`)
  for (const line of shown) {
    // Answers of a server that is half a minute behind are taken for words.
    if (line.kind !== 'said' || !mine.includes(line.text)) continue
    const { text, state } = line
    if (state === 'written' || state === 'waiting') wrong.push(`${text}: ${state} for ever`)
    if (state === 'delivered' && !echoed.has(text)) wrong.push(`${text}: delivered, and nobody said so`)
    if (state === 'unconfirmed' && echoed.has(text)) wrong.push(`${text}: unconfirmed, and it came back`)
    if (state === 'queued' && written.has(text)) wrong.push(`${text}: waits, and was written`)
    if ((written.get(text) ?? 0) > 1) wrong.push(`${text}: written twice`)
  }
  const { state } = rig.room(room).status
  if (state !== 'away') wrong.push(`the room is ${state}`)
  return wrong.length === 0 ? [] : [`schedule ${seed}`, ...wrong, trace.join(', ')]
}

test('whoever comes and goes: nothing is lost, shown twice, or told otherwise than it was', async () => {
  for (let seed = 1; seed <= SCHEDULES; seed += 1) expect(await run(seed)).toEqual([])
})
