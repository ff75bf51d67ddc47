import { describe, expect, test } from 'vitest'
import { makeFanOut } from '../../src/core/hub/fan-out.ts'
import { DEFAULT_HUB_LIMITS, UNLIMITED } from '../../src/core/hub/hub.ts'
import { jsonLine } from '../../src/shared/json-line.ts'
import { textLine } from '../../src/headless/text.ts'
import { makeRoom, settled } from '../core/hub/fake-room.ts'
import { makeHandClock } from '../support/clock.ts'
import { CORPUS, makeRandom, mutant } from '../support/fuzz.ts'

/**
 * Rude members by the hundred, without sockets and with time in hand: what the load laboratory (`node bench/load-lab.ts`) shows at
 * full size, here as counts, bytes, order and reasons. The numbers are those of the reliability notes.
 */

const refusedFor = (room: ReturnType<typeof makeRoom>, reason: string): number =>
  [...room.hub.counts().refusals].find(([code]) => code === reason)?.[1] ?? 0

describe('who does not read (T21, T23)', () => {
  test('the queue bound alone: each is closed once, at its bound, with its reason; the others get every line', () => {
    const limits = { ...UNLIMITED, memberQueueBytes: 256 * 1024, writeStallMs: 3_600_000 }
    const room = makeRoom({ limits })
    const good = Array.from({ length: 90 }, () => settled(room, 'relay'))
    const frozen = Array.from({ length: 10 }, () => settled(room, 'relay'))
    for (const guest of frozen) guest.freeze()
    const talker = settled(room, 'relay')
    const line = 'x'.repeat(1000)
    let most = 0
    for (let n = 0; n < 400; n++) {
      talker.say(`${n} ${line}`)
      most = Math.max(most, room.hub.queuedBytes())
    }
    expect(most).toBeGreaterThan(9 * limits.memberQueueBytes)
    expect(most).toBeLessThanOrEqual(10 * limits.memberQueueBytes)
    expect(room.hub.queuedBytes()).toBe(0)
    const wanted = Array.from({ length: 400 }, (_, n) => `${talker.address}:${n} ${line}\n`).join('')
    for (const guest of good) expect(guest.read() === wanted).toBe(true)
    expect(frozen.every((guest) => guest.ended())).toBe(true)
    expect(room.events.filter((event) => event.type === 'kicked').map(({ reason }) => reason)).toEqual(
      frozen.map(() => 'slow-reader')
    )
    expect(room.events.filter((event) => event.type === 'left')).toHaveLength(10)
    expect(refusedFor(room, 'slow-reader')).toBe(10)
    expect(room.hub.members()).toHaveLength(91)
  })

  test('the deadline alone: closed after ten seconds without progress, far below the bound', () => {
    const room = makeRoom({ limits: { ...UNLIMITED, memberQueueBytes: 2 ** 30 } })
    const frozen = Array.from({ length: 20 }, () => settled(room, 'relay'))
    for (const guest of frozen) guest.freeze()
    const talker = settled(room, 'relay')
    talker.say('anybody?')
    room.clock.advance(9000)
    expect(frozen.some((guest) => guest.ended())).toBe(false)
    room.clock.advance(2000)
    expect(frozen.every((guest) => guest.ended())).toBe(true)
    expect(refusedFor(room, 'slow-reader')).toBe(20)
  })

  test('all queues together: the worst is closed first, the rest stay', () => {
    const limits = { ...UNLIMITED, memberQueueBytes: 2 ** 30, allQueuesBytes: 100_000, writeStallMs: 3_600_000 }
    const room = makeRoom({ limits })
    const talker = settled(room, 'relay')
    const worst = settled(room, 'relay')
    worst.freeze()
    talker.say('x'.repeat(8000))
    const frozen = Array.from({ length: 5 }, () => settled(room, 'relay'))
    for (const guest of frozen) guest.freeze()
    while (!worst.ended()) talker.say('x'.repeat(1000))
    expect(frozen.some((guest) => guest.ended())).toBe(false)
    expect(room.hub.queuedBytes()).toBeLessThanOrEqual(limits.allQueuesBytes)
  })
})

test('a host that stood still blames nobody: only time it could look counts (T21)', () => {
  const clock = makeHandClock()
  let slept = 0
  const behind: string[] = []
  const limits = { seatBytes: 2 ** 20, allBytes: 2 ** 20, stallMs: 10_000 }
  const fanOut = makeFanOut(limits, { ...clock, now: () => clock.now() + slept }, (text) => Buffer.from(text))
  const frozen = { write: () => false, queued: () => 100, end: () => undefined, destroy: () => undefined }
  fanOut.seat(frozen, 'relay', 'hello\n', () => behind.push('frozen'))
  clock.advance(3000)
  slept = 60_000
  clock.advance(6000)
  expect(behind).toEqual([])
  clock.advance(3000)
  expect(behind).toEqual(['frozen'])
})

test('who reads slowly but does read gets everything, in order (T22)', () => {
  const room = makeRoom({ limits: UNLIMITED })
  const talker = settled(room, 'relay')
  const slow = settled(room, 'relay')
  let read = ''
  let wanted = ''
  for (let second = 0; second < 60; second++) {
    slow.freeze()
    for (let n = 0; n < 20; n++) {
      const line = `${second}.${n} ${'x'.repeat(1000)}`
      talker.say(line)
      wanted += `${talker.address}:${line}\n`
    }
    room.clock.advance(8000)
    slow.thaw()
    read += slow.read()
  }
  expect(slow.ended()).toBe(false)
  expect(read === wanted).toBe(true)
  expect(refusedFor(room, 'slow-reader')).toBe(0)
})

describe('who is at the wrong door (T24)', () => {
  const openers = [
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /x HTTP/1.1\r\nContent-Type: text/plain\r\n\r\nrename|evil\nevil\n',
    'OPTIONS * HTTP/1.0\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'CONNECT a:443 HTTP/1.1\r\n\r\n',
    'M-SEARCH * HTTP/1.1\r\n\r\n',
    'OPTIONS rtsp://x RTSP/1.0\r\n\r\n',
    'INVITE sip:x SIP/2.0\r\n\r\n',
    `GET /${'a'.repeat(9000)} HTTP/1.1\r\n\r\nevil\n`,
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\n',
    '\u0016\u0003\u0003\u0000evil\n'
  ]
  test.each(openers)('%j is closed, and nobody reads it', (opener) => {
    for (const whole of [true, false]) {
      const room = makeRoom()
      const reader = settled(room, 'im')
      const visitor = room.enter('im')
      reader.read()
      const bytes = Buffer.from(opener, 'latin1')
      if (whole) visitor.send(bytes)
      else for (const byte of bytes) visitor.send(Uint8Array.of(byte))
      room.clock.turn()
      expect(visitor.ended()).toBe(true)
      expect(reader.read()).toBe(`[${visitor.address}]${visitor.address}:已下线\n`)
      expect(room.events.some((event) => event.type === 'said' || event.type === 'renamed')).toBe(false)
      expect(refusedFor(room, 'foreign')).toBe(1)
    }
  })
})

test('bytes without an end: heard to 64 KiB, whatever comes after, a hundred at once (T26)', () => {
  const room = makeRoom({ limits: UNLIMITED })
  const reader = settled(room, 'relay')
  const floods = Array.from({ length: 100 }, () => settled(room, 'relay'))
  const piece = new Uint8Array(16 * 1024).fill(0x78)
  const taken = floods.map((flood) => {
    let pieces = 0
    // 1 MiB each; a closed one is still sent to, as a kernel would.
    for (let n = 0; n < 64; n++) {
      if (!flood.ended()) pieces += 1
      flood.send(piece)
    }
    return pieces * piece.length
  })
  room.clock.turn()
  expect(taken).toEqual(taken.map(() => DEFAULT_HUB_LIMITS.unendedBytes + piece.length))
  expect(refusedFor(room, 'line-endless')).toBe(100)
  expect(refusedFor(room, 'line-too-long')).toBe(100)
  expect(room.hub.members()).toHaveLength(1)
  expect(reader.read()).toBe('')
})

test('two thousand who type one byte in ten seconds are members like others, and cost no line (T27)', () => {
  const room = makeRoom({ limits: UNLIMITED })
  const reader = settled(room, 'relay')
  const slow = Array.from({ length: 2000 }, () => settled(room, 'relay'))
  for (let n = 0; n < 30; n++) {
    for (const guest of slow) guest.send('x')
    room.clock.advance(10_000)
    slow[0]?.read()
    reader.say(`${n}`)
  }
  expect(reader.read()).toBe(Array.from({ length: 30 }, (_, n) => `${reader.address}:${n}\n`).join(''))
  // A half line is never dropped for its age.
  slow[1]?.send('\n')
  room.clock.turn()
  expect(reader.read()).toBe(`${slow[1]?.address ?? ''}:${'x'.repeat(30)}\n`)
  expect(room.hub.members()).toHaveLength(2001)
})

test('a flood is delayed, then closed; the others lose nothing (T28)', () => {
  const room = makeRoom()
  const others = Array.from({ length: 10 }, () => settled(room, 'relay'))
  const flooder = settled(room, 'relay')
  let sent = 0
  for (let n = 0; n < 50 && !flooder.ended(); n++) {
    // A thousand lines in each of the turns of one second.
    flooder.send('flood\n'.repeat(1000))
    sent += 1000
    for (const other of others) other.send(n % 10 === 0 ? `mine ${n}\n` : '')
    room.clock.advance(20)
  }
  others[0]?.say('after')
  const { rateBurst } = DEFAULT_HUB_LIMITS
  const read = others[1]?.read() ?? ''
  expect(read.match(/:flood\n/gu)).toHaveLength(rateBurst)
  expect(read.match(/:mine 0\n/gu)).toHaveLength(10)
  expect(read).toContain(':after\n')
  expect(sent).toBe(1000)
  expect(room.events.filter((event) => event.type === 'kicked')).toEqual([
    expect.objectContaining({ reason: 'flood', member: { address: flooder.address, name: null } })
  ])
  expect(refusedFor(room, 'flood')).toBe(1)
})

test('no text of a member leaves its line of the log (T17)', () => {
  const random = makeRandom(17)
  const room = makeRoom({ limits: UNLIMITED })
  const talkers = [settled(room, 'im'), settled(room, 'relay')]
  for (let n = 0; n < 10_000; n++) random.of(talkers).send(`${mutant(random, CORPUS)}\n`)
  room.clock.turn()
  expect(room.events.length).toBeGreaterThan(5000)
  const disturbing = /[\0-\x08\n-\x1F\x7F-\x9F\u2028\u2029]/u
  for (const event of room.events) {
    const line = jsonLine(event)
    if (disturbing.test(line) || disturbing.test(textLine(event) ?? '')) throw new Error(JSON.stringify(line))
    expect(JSON.parse(line)).toEqual(event)
  }
})
