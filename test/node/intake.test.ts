import { createServer, connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { BITE_BYTES, LEAST_BITES, makeIntake, SLOW_MS, TURN_MS, type Inlet } from '../../src/node/intake.ts'
import { wireOf } from '../../src/node/tcp.ts'
import type { WireListener } from '../../src/shared/carriers.ts'
import { until } from '../support/until.ts'

/** An event loop whose turns and time are moved by hand; what is given takes as long as it says. */
const makeLoop = () => {
  let now = 0
  let next: (() => void)[] = []
  const intake = makeIntake(
    () => now,
    (run) => next.push(run),
    (run, ms) => late.push({ run, ms })
  )
  const late: { run: () => void; ms: number }[] = []
  /** What was given, in order, with the turn it was given in. */
  const given: { who: string; bytes: string; turn: number }[] = []
  let turn = 0
  const visitor = (who: string, costMs: number): { inlet: Inlet; paused: () => boolean } => {
    let paused = false
    const source = {
      pause: () => {
        paused = true
      },
      resume: () => {
        paused = false
      }
    }
    const inlet = intake.inlet(source, (bytes) => {
      now += costMs
      given.push({ who, bytes: Buffer.from(bytes).toString('latin1'), turn })
    })
    return { inlet, paused: () => paused }
  }
  return {
    visitor,
    given,
    slowWhile: (holds: () => boolean) => intake.slowWhile(holds),
    /** What was to run later runs now; how many milliseconds each would have waited. */
    wait: (): number[] => {
      turn += 1
      return late.splice(0).map(({ run, ms }) => {
        run()
        return ms
      })
    },
    /** False: nothing was waiting for a turn. */
    turn: (): boolean => {
      turn += 1
      const due = next
      next = []
      for (const run of due) run()
      return due.length > 0
    }
  }
}
const flood = (bites: number): Buffer =>
  Buffer.from(Array.from({ length: bites * BITE_BYTES }, (_, n) => n % 251).map((n) => n & 0x7f))
const bytesOf = (given: { who: string; bytes: string }[], who: string): string =>
  given
    .filter((one) => one.who === who)
    .map((one) => one.bytes)
    .join('')

test('what people say is given on at once, and nobody is paused', () => {
  const loop = makeLoop()
  const ann = loop.visitor('ann', 0.01)
  for (let n = 0; n < 100; n++) ann.inlet.take(Buffer.from(`line ${n}\n`))
  expect(loop.given).toHaveLength(100)
  expect(loop.given.every(({ turn }) => turn === 0)).toBe(true)
  expect(ann.paused()).toBe(false)
  expect(loop.turn()).toBe(true)
  expect(loop.turn()).toBe(false)
})

test('a flood gets no more of a turn than its share, is paused meanwhile, and loses nothing (T28)', () => {
  const loop = makeLoop()
  const flooder = loop.visitor('flooder', 1)
  const bytes = flood(64)
  flooder.inlet.take(bytes)
  expect(loop.given).toHaveLength(TURN_MS)
  expect(flooder.paused()).toBe(true)
  while (flooder.paused()) loop.turn()
  const perTurn = new Map<number, number>()
  for (const { turn } of loop.given) perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1)
  expect(Math.max(...perTurn.values())).toBe(TURN_MS)
  expect(loop.given.every((one) => one.bytes.length <= BITE_BYTES)).toBe(true)
  expect(bytesOf(loop.given, 'flooder') === bytes.toString('latin1')).toBe(true)
})

test('where time passes without work, a turn still gets something done', () => {
  const loop = makeLoop()
  const flooder = loop.visitor('flooder', 1000)
  flooder.inlet.take(flood(3 * LEAST_BITES))
  expect(loop.given).toHaveLength(LEAST_BITES)
  loop.turn()
  expect(loop.given).toHaveLength(2 * LEAST_BITES)
})

test('the others come in between, in the order they came, however many flood', () => {
  const loop = makeLoop()
  const flooders = Array.from({ length: 16 }, (_, n) => loop.visitor(`flooder ${n}`, 1))
  for (const { inlet } of flooders) inlet.take(flood(16))
  const ann = loop.visitor('ann', 1)
  ann.inlet.take(Buffer.from('hello\n'))
  const before = loop.given.length
  while (!loop.given.some(({ who }) => who === 'ann')) loop.turn()
  // Each of the sixteen once, and then she.
  expect(loop.given.findIndex(({ who }) => who === 'ann') - before).toBeLessThanOrEqual(flooders.length)
})

test('while more came than can be kept, each gets one bite at a time, and then goes on as before', () => {
  const loop = makeLoop()
  let behind = true
  loop.slowWhile(() => behind)
  const flooder = loop.visitor('flooder', 0.01)
  const ann = loop.visitor('ann', 0.01)
  flooder.inlet.take(flood(10))
  ann.inlet.take(Buffer.from('hello\n'))
  expect(loop.given.map(({ who }) => who)).toEqual(['flooder', 'ann'])
  expect([flooder.paused(), ann.paused()]).toEqual([true, false])
  expect(loop.turn()).toBe(false)
  expect(loop.wait()).toEqual([SLOW_MS])
  expect(loop.given).toHaveLength(3)
  behind = false
  expect(loop.wait()).toEqual([SLOW_MS])
  expect(bytesOf(loop.given, 'flooder')).toHaveLength(10 * BITE_BYTES)
  expect(flooder.paused()).toBe(false)
})

test('a socket that is read again and again in one turn has to wait, too', () => {
  const loop = makeLoop()
  const flooder = loop.visitor('flooder', 1)
  for (let n = 0; n < TURN_MS; n++) flooder.inlet.take(Buffer.from('x'.repeat(100)))
  expect(flooder.paused()).toBe(true)
  expect(loop.given).toHaveLength(TURN_MS)
  loop.turn()
  expect(flooder.paused()).toBe(false)
  expect(loop.given).toHaveLength(TURN_MS)
})

test('at the end comes what still waits, and of a connection that was given up nothing', () => {
  const loop = makeLoop()
  const ending = loop.visitor('ending', 1)
  const given = loop.visitor('given up', 1)
  const bytes = flood(20)
  ending.inlet.take(bytes)
  given.inlet.take(bytes)
  ending.inlet.finish()
  given.inlet.drop()
  expect(bytesOf(loop.given, 'ending') === bytes.toString('latin1')).toBe(true)
  given.inlet.finish()
  expect(bytesOf(loop.given, 'given up')).toBe('')
  ending.inlet.take(bytes)
  while (loop.turn());
  expect(bytesOf(loop.given, 'ending')).toHaveLength(bytes.length)
  expect(ending.paused()).toBe(true)
})

const open: { close: () => void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

test('over a socket: a flood of megabytes arrives whole and before its end, in pieces, with turns between', async () => {
  const pieces: Buffer[] = []
  let ended = 0
  let turns = 0
  /** The turn of each piece. */
  const when: number[] = []
  const counting = setInterval(() => undefined, 1)
  open.push({ close: () => clearInterval(counting) })
  const count = (): void => {
    turns += 1
    if (ended === 0) setImmediate(count)
  }
  const listener: WireListener = {
    received: (bytes) => {
      pieces.push(Buffer.from(bytes))
      when.push(turns)
      // As slow as a host in trouble.
      for (const until = performance.now() + 1; performance.now() < until;);
    },
    ended: () => {
      ended = pieces.length
    },
    closed: () => undefined
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => void wireOf(socket, listener))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  const sent = Buffer.from(Array.from({ length: 2 * 1024 * 1024 }, (_, n) => n & 0xff))
  const socket: Socket = connect(at !== null && typeof at === 'object' ? at.port : 0, '127.0.0.1')
  open.push({ close: () => socket.destroy() }, server)
  count()
  socket.end(sent)
  await until(() => ended > 0, { within: 15_000, what: 'the end' })
  expect(ended).toBe(pieces.length)
  expect(Buffer.concat(pieces).equals(sent)).toBe(true)
  const perTurn = new Map<number, number>()
  for (const turn of when.slice(0, -1)) perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1)
  expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(TURN_MS + 1)
}, 30_000)
