import { describe, expect, test } from 'vitest'
import { freeAddress, originOf } from '../../../src/core/hub/admission.ts'
import { makePace } from '../../../src/core/hub/pace.ts'
import { makeHandClock } from '../../support/clock.ts'
import { UNLIMITED } from '../../../src/core/hub/hub.ts'
import { makeRoom, settled } from './fake-room.ts'

const B = '10.0.0.7:7'
const said = (text: string): number => text.split('\n').length - 1

describe('the length of a line', () => {
  test('8 KiB are heard, one byte more is refused once, and the next line is heard again', () => {
    const room = makeRoom()
    const b = settled(room, 'relay', B)
    b.say('x'.repeat(8192))
    expect(b.read()).toBe(`${B}:${'x'.repeat(8192)}\n`)
    b.send('y'.repeat(8193))
    room.clock.turn()
    expect(b.read()).toBe('* Refused: a line has at most 8 KiB\n')
    b.send('y'.repeat(20_000))
    b.send('\nnext\n')
    room.clock.turn()
    expect(b.read()).toBe(`${B}:next\n`)
    expect(room.events.filter((event) => event.type === 'refused')).toEqual([
      {
        type: 'refused',
        command: 'say',
        code: 'too-long',
        text: '* Refused: a line has at most 8 KiB',
        member: { address: B, name: null }
      }
    ])
  })

  test('64 KiB without an end: told why, and closed, also without limits', () => {
    const room = makeRoom({ limits: UNLIMITED })
    const b = settled(room, 'relay', B)
    b.send('y'.repeat(65_536))
    expect(b.ended()).toBe(false)
    b.send('y')
    expect(b.ended()).toBe(true)
    expect(b.read()).toBe('* Refused: a line has at most 8 KiB\n* Closing: 64 KiB without the end of a line\n')
    expect(room.events.slice(-2)).toMatchObject([
      { type: 'kicked', reason: 'flood', member: { address: B } },
      { type: 'left', reason: 'kicked' }
    ])
  })
})

describe('the pace', () => {
  test('20 at once, then 5 a second, in order', () => {
    const room = makeRoom()
    const b = settled(room, 'relay', B)
    for (let n = 0; n < 30; n++) b.send(`${n}\n`)
    room.clock.turn()
    let all = b.read()
    expect(said(all)).toBe(20)
    for (let n = 1; n <= 10; n++) {
      room.clock.advance(200)
      all += b.read()
      expect(said(all)).toBe(20 + n)
    }
    expect(all).toBe(Array.from({ length: 30 }, (_, n) => `${B}:${n}\n`).join(''))
  })

  test('who costs a line, an empty line nothing', () => {
    const room = makeRoom()
    const b = settled(room, 'im', B)
    for (let n = 0; n < 50; n++) b.send('\n')
    for (let n = 0; n < 19; n++) b.send('who\n')
    b.send('a\nb\n')
    room.clock.turn()
    const read = b.read()
    expect(read.match(/在线/gu)).toHaveLength(19)
    expect(read).toContain(':a\n')
    expect(read).not.toContain(':b\n')
    room.clock.advance(200)
    expect(b.read()).toContain(':b\n')
  })

  test('100 may wait, the next one is a flood', () => {
    const room = makeRoom()
    const b = settled(room, 'relay', B)
    for (let n = 0; n < 120; n++) b.send('x\n')
    room.clock.turn()
    expect(b.ended()).toBe(false)
    b.read()
    b.send('x\n')
    expect(b.read()).toBe('* Closing: too many lines at once\n')
    expect(b.ended()).toBe(true)
    room.clock.advance(60_000)
    expect(room.events.filter((event) => event.type === 'said')).toHaveLength(20)
    expect(room.events.slice(-2)).toMatchObject([
      { type: 'kicked', reason: 'flood' },
      { type: 'left', reason: 'kicked' }
    ])
  })

  test('who hangs up is heard to the end', () => {
    const room = makeRoom()
    const a = settled(room, 'relay')
    const b = settled(room, 'relay', B)
    for (let n = 0; n < 22; n++) b.send(`${n}\n`)
    b.send('tail')
    b.fin()
    expect(b.ended()).toBe(false)
    room.clock.advance(600)
    expect(b.ended()).toBe(true)
    expect(a.read()).toMatch(/:20\n.*:21\n.*:tail\n$/u)
    expect(room.hub.members()).toHaveLength(1)
  })

  test('a reset takes what waits along', () => {
    const room = makeRoom()
    const b = settled(room, 'relay', B)
    for (let n = 0; n < 30; n++) b.send(`${n}\n`)
    b.vanish('reset')
    room.clock.advance(10_000)
    expect(room.events.filter((event) => event.type === 'said')).toHaveLength(20)
    expect(room.events.at(-1)).toMatchObject({ type: 'left', reason: 'left' })
  })

  test('no line overtakes the ones that wait, also when a timer comes late', () => {
    const clock = makeHandClock()
    let late = 0
    const heard: string[] = []
    const pace = makePace(
      { burst: 1, perSecond: 1, waiting: 10 },
      { ...clock, now: () => clock.now() + late },
      (line) => heard.push(line),
      () => undefined
    )
    pace.push('a')
    pace.push('b')
    late = 5000
    pace.push('c')
    expect(heard).toEqual(['a'])
    clock.advance(3000)
    expect(heard).toEqual(['a', 'b', 'c'])
  })

  test('without limits everything is heard at once', () => {
    const room = makeRoom({ limits: UNLIMITED })
    const b = settled(room, 'relay', B)
    for (let n = 0; n < 500; n++) b.send('x\n')
    room.clock.turn()
    expect(said(b.read())).toBe(500)
  })
})

describe('connections', () => {
  test('16 of one address at once; one who leaves makes room', () => {
    const room = makeRoom()
    const guests = Array.from({ length: 16 }, (_, n) => settled(room, 'im', `10.0.0.1:${n}`))
    const over = room.enter('im', '10.0.0.1:99')
    expect(over.read()).toBe('* Closing: too many connections from your address\n')
    expect(over.ended()).toBe(true)
    room.clock.advance(2000)
    expect(over.destroyed()).toBe(true)
    expect(settled(room, 'im', '10.0.0.2:1').ended()).toBe(false)
    guests[0]?.vanish('ended')
    expect(room.enter('im', '10.0.0.1:100').ended()).toBe(false)
    expect(room.hub.members()).toHaveLength(17)
    expect(room.news().filter((event) => event.type === 'joined')).toHaveLength(18)
  })

  test('32 new ones a minute', () => {
    const room = makeRoom()
    for (let n = 0; n < 32; n++) settled(room, 'im', `10.0.0.1:${n}`).vanish('ended')
    expect(room.enter('im', '10.0.0.1:40').read()).toMatch(/wait a minute/u)
    room.clock.advance(60_000)
    expect(room.enter('im', '10.0.0.1:41').ended()).toBe(false)
  })

  test('members in all; bare says nothing', () => {
    const room = makeRoom({ limits: { members: 1 }, bare: true })
    settled(room, 'im', '10.0.0.1:1')
    const over = room.enter('im', '10.0.0.2:1')
    expect(over.read()).toBe('')
    expect(over.ended()).toBe(true)
    expect(
      makeRoom({ limits: { members: 0 } })
        .enter('gopl')
        .read()
    ).toBe('* Closing: the room is full\n')
  })

  test('without limits all come in', () => {
    const room = makeRoom({ limits: UNLIMITED })
    for (let n = 0; n < 100; n++) room.enter('relay', `10.0.0.1:${n}`)
    expect(room.hub.members()).toHaveLength(100)
  })

  test.each([
    ['10.0.0.1:5', '10.0.0.1'],
    ['[::1]:5', '::1'],
    ['[fe80::1%eth0]:5', 'fe80::1%eth0'],
    ['[fd00::1]:5', 'fd00::1'],
    ['[2001:db8:1:2:3:4:5:6]:5', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]:5', '2001:db8:1:2::/64'],
    ['[2001:db8::9]:5', '2001:db8:0:0::/64'],
    ['[2001:db8:aaaa::1]:5', '2001:db8:aaaa::1']
  ])('%s counts as %s', (address, origin) => {
    expect(originOf(address, (ip) => ip.startsWith('2001:db8:aaaa:'))).toBe(origin)
  })
})

test.each([
  ['10.0.0.1:4000', [], '10.0.0.1:4000'],
  ['10.0.0.1:4000', ['10.0.0.1:4000'], '10.0.0.1:4001'],
  ['10.0.0.1:65535', ['10.0.0.1:65535', '10.0.0.1:1'], '10.0.0.1:2'],
  ['[fe80::1%eth0]:9', ['[fe80::1%eth0]:9'], '[fe80::1%eth0]:10']
])('%s beside %j is known as %s', (address, taken, known) => {
  expect(freeAddress(address, (other) => taken.includes(other))).toBe(known)
})
