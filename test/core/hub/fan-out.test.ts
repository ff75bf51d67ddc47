import { describe, expect, test } from 'vitest'
import { UNLIMITED } from '../../../src/core/hub/hub.ts'
import { makeRoom, settled, type FakeGuest } from './fake-room.ts'

const lineOf = (n: number): string => `${String(n).padStart(4, '0')}${'x'.repeat(4000)}`

describe('one turn', () => {
  test('many lines are one write for each, and members of one dialect share the bytes', () => {
    const room = makeRoom()
    const guests = Array.from({ length: 5 }, (_, n) => settled(room, n % 2 === 0 ? 'im' : 'gopl'))
    for (const guest of guests) guest.read()
    for (const guest of guests) guest.send('hello\nagain\n')
    room.clock.turn()
    for (const guest of guests) {
      const writes = guest.writes()
      expect(writes).toHaveLength(1)
      expect(writes[0]?.split('\n')).toHaveLength(11)
    }
  })

  test('a line of one’s own stands where it belongs among the others’', () => {
    const room = makeRoom()
    const a = settled(room, 'im', '10.0.0.1:1')
    const b = settled(room, 'im', '10.0.0.2:2')
    a.read()
    a.send('1\nwho\n2\nrename|al\nto|10.0.0.2:2|psst\n3\n')
    b.send('4\n')
    a.send('rename|b:d\n')
    const late = room.enter('im', '10.0.0.3:3')
    expect(a.writes()).toEqual([
      [
        '[10.0.0.1:1]10.0.0.1:1:1',
        '[10.0.0.1:1]10.0.0.1:1:在线...',
        '[10.0.0.2:2]10.0.0.2:2:在线...',
        '[10.0.0.1:1]10.0.0.1:1:2',
        '您已更新用户名：al',
        '* 10.0.0.1:1 is now known as al',
        '[10.0.0.1:1]al:3',
        '[10.0.0.2:2]10.0.0.2:2:4',
        '* Refused: a name has no | : [ ] , and nothing invisible',
        '[10.0.0.3:3]10.0.0.3:3:已上线',
        ''
      ].join('\n')
    ])
    expect(b.writes()).toEqual([
      [
        '[10.0.0.1:1]10.0.0.1:1:1',
        '[10.0.0.1:1]10.0.0.1:1:2',
        '* 10.0.0.1:1 is now known as al',
        'al对您说psst',
        '[10.0.0.1:1]al:3',
        '[10.0.0.2:2]10.0.0.2:2:4',
        '[10.0.0.3:3]10.0.0.3:3:已上线',
        ''
      ].join('\n')
    ])
    expect(late.writes()).toEqual(['[10.0.0.3:3]10.0.0.3:3:已上线\n* Teahouse 1 Tea\n'])
  })

  test('who leaves in the middle of a turn gets what was said before, and nothing after', () => {
    const room = makeRoom()
    const a = settled(room, 'relay', '10.0.0.1:1')
    const b = settled(room, 'relay', '10.0.0.2:2')
    a.send('before\n')
    b.send('x'.repeat(65_537))
    a.send('after\n')
    room.clock.turn()
    expect(b.read()).toBe(
      '10.0.0.1:1:before\n* Refused: a line has at most 8 KiB\n* Closing: 64 KiB without the end of a line\n'
    )
    expect(a.read()).toBe('10.0.0.1:1:before\n10.0.0.1:1:after\n')
  })

  test('a very long turn goes out in parts, in order', () => {
    const room = makeRoom({ limits: UNLIMITED })
    const a = settled(room, 'relay', '10.0.0.1:1')
    for (let n = 0; n < 100; n++) a.send(`${lineOf(n)}\n`)
    room.clock.turn()
    const writes = a.writes()
    expect(writes.length).toBeGreaterThan(1)
    expect(Math.max(...writes.map((write) => write.length))).toBeLessThan(100_000)
    expect(writes.join('')).toBe(Array.from({ length: 100 }, (_, n) => `10.0.0.1:1:${lineOf(n)}\n`).join(''))
  })
})

const flood = (room: ReturnType<typeof makeRoom>, from: FakeGuest, lines: number): void => {
  for (let n = 0; n < lines; n++) {
    from.send(`${lineOf(n)}\n`)
    room.clock.turn()
  }
}
/** Limits that cannot be the cause. */
const PATIENT = { ...UNLIMITED, writeStallMs: 3_600_000 }

describe('somebody who does not read', () => {
  test('is closed when his queue is full, once, by name; the others miss nothing', () => {
    const room = makeRoom({ limits: PATIENT })
    const a = settled(room, 'relay', '10.0.0.1:1')
    const b = settled(room, 'relay', '10.0.0.2:2')
    b.freeze()
    flood(room, a, 250)
    expect(b.ended()).toBe(false)
    expect(room.hub.queuedBytes()).toBeGreaterThan(900_000)
    expect(room.hub.queuedBytes()).toBeLessThanOrEqual(1_048_576)
    flood(room, a, 50)
    expect(b.ended()).toBe(true)
    expect(room.events.filter((event) => event.type === 'kicked')).toEqual([
      {
        type: 'kicked',
        reason: 'slow-reader',
        text: 'too slow in reading',
        member: { address: '10.0.0.2:2', name: null }
      }
    ])
    expect(room.events.filter((event) => event.type === 'left')).toHaveLength(1)
    expect(room.hub.queuedBytes()).toBe(0)
    expect(a.read().split('\n')).toHaveLength(301)
    b.thaw()
    expect(b.read()).toMatch(/^10\.0\.0\.1:1:0000x*\n\* Closing: too slow in reading\n$/u)
    room.clock.advance(2000)
    expect(b.destroyed()).toBe(true)
  })

  test('is closed after ten seconds without any progress', () => {
    const room = makeRoom({ limits: { ...UNLIMITED, memberQueueBytes: Infinity } })
    const a = settled(room, 'relay', '10.0.0.1:1')
    const b = settled(room, 'relay', '10.0.0.2:2')
    b.freeze()
    a.say('hello')
    room.clock.advance(9000)
    expect(b.ended()).toBe(false)
    room.clock.advance(2000)
    expect(room.events.slice(-2)).toMatchObject([
      { type: 'kicked', reason: 'slow-reader', member: { address: '10.0.0.2:2' } },
      { type: 'left', reason: 'kicked' }
    ])
    expect(room.clock.pending()).toBeLessThanOrEqual(1)
  })

  test('who is slow but reads gets everything, in order', () => {
    const room = makeRoom({ limits: UNLIMITED })
    const a = settled(room, 'relay', '10.0.0.1:1')
    const b = settled(room, 'relay', '10.0.0.2:2')
    let read = ''
    for (let round = 0; round < 10; round++) {
      b.freeze()
      flood(room, a, 100)
      room.clock.advance(8000)
      b.thaw()
      read += b.read()
    }
    expect(b.ended()).toBe(false)
    const once = Array.from({ length: 100 }, (_, n) => `10.0.0.1:1:${lineOf(n)}\n`).join('')
    expect(read === once.repeat(10)).toBe(true)
    expect(room.hub.queuedBytes()).toBe(0)
  })

  test('of all together, the worst goes first', () => {
    const room = makeRoom({ limits: { ...PATIENT, memberQueueBytes: Infinity, allQueuesBytes: 1_000_000 } })
    const a = settled(room, 'relay', '10.0.0.1:1')
    const worst = settled(room, 'relay', '10.0.0.2:2')
    const other = settled(room, 'relay', '10.0.0.3:3')
    worst.freeze()
    flood(room, a, 50)
    other.freeze()
    flood(room, a, 110)
    expect([worst.ended(), other.ended()]).toEqual([true, false])
    expect(room.hub.queuedBytes()).toBeLessThanOrEqual(1_000_000)
  })

  test('whole lines, then the end: closing the room keeps what waits', () => {
    const room = makeRoom({ limits: UNLIMITED })
    const a = settled(room, 'relay', '10.0.0.1:1')
    const b = settled(room, 'relay', '10.0.0.2:2')
    b.freeze()
    flood(room, a, 3)
    room.hub.close()
    b.thaw()
    expect(b.read()).toBe(`${[0, 1, 2].map((n) => `10.0.0.1:1:${lineOf(n)}\n`).join('')}* The room is closing\n`)
  })
})
