import { describe, expect, test } from 'vitest'
import type { HubChanges, HubLimits } from '../../../src/core/hub/contract.ts'
import { DEFAULT_HUB_LIMITS, UNLIMITED } from '../../../src/core/hub/hub.ts'
import { makeRoom, settled } from './fake-room.ts'

const B = '10.0.0.7:7'
const changes = (limits: Partial<HubLimits> = {}, rest: Partial<HubChanges> = {}): HubChanges => ({
  name: 'Tea',
  idleMs: 0,
  ...rest,
  limits: { ...DEFAULT_HUB_LIMITS, ...limits }
})

describe('an open room changes and drops nobody', () => {
  test('its name, for those who come from now on', () => {
    const room = makeRoom()
    settled(room, 'relay')
    room.hub.change(changes({}, { name: 'Coffee\nCake' }))
    expect(room.enter('relay').read()).toBe('* Teahouse 1 Coffee Cake\n')
    expect(room.hub.members()).toHaveLength(2)
  })

  test('members: those above the new limit stay, the next one is turned away', () => {
    const room = makeRoom()
    const inside = [settled(room, 'relay'), settled(room, 'relay'), settled(room, 'relay')]
    room.hub.change(changes({ members: 2 }))
    expect(inside.some((guest) => guest.ended())).toBe(false)
    expect(room.enter('relay').read()).toBe('* Closing: the room is full\n')
    room.hub.change(changes({ members: 4 }))
    expect(room.enter('relay').ended()).toBe(false)
  })

  test('connections of one address', () => {
    const room = makeRoom({ limits: { perAddress: 1 } })
    settled(room, 'relay', '10.0.0.1:1')
    expect(room.enter('relay', '10.0.0.1:2').ended()).toBe(true)
    room.hub.change(changes({ perAddress: 2 }))
    expect(room.enter('relay', '10.0.0.1:3').ended()).toBe(false)
  })

  test('the length of a line, also of one that has begun', () => {
    const room = makeRoom()
    const b = settled(room, 'relay', B)
    b.send('x'.repeat(100))
    room.hub.change(changes({ lineBytes: 10 }))
    b.send('yy\nshort\n')
    room.clock.turn()
    expect(b.ended()).toBe(false)
    expect(b.read()).toBe(`* Refused: a line has at most 10 bytes\n${B}:short\n`)
  })

  test('the pace, and no line overtakes those that wait', () => {
    const room = makeRoom({ limits: { rateBurst: 2 } })
    const b = settled(room, 'relay', B)
    for (let n = 0; n < 4; n++) b.send(`${n}\n`)
    room.hub.change({ ...changes(), limits: UNLIMITED })
    b.send('4\n')
    room.clock.advance(1000)
    expect(b.read()).toBe([0, 1, 2, 3, 4].map((n) => `${B}:${n}\n`).join(''))
    // From no limit back to one: the burst counts at once.
    room.hub.change(changes({ rateBurst: 1, ratePerSecond: 1 }))
    b.send('5\n6\n')
    room.clock.turn()
    expect(b.read()).toBe(`${B}:5\n`)
    room.clock.advance(1000)
    expect(b.read()).toBe(`${B}:6\n`)
  })

  test('the queue of one who does not read', () => {
    const room = makeRoom()
    const a = settled(room, 'relay')
    const frozen = settled(room, 'relay', B)
    frozen.freeze()
    a.say('x'.repeat(1000))
    a.say('x'.repeat(1000))
    expect(frozen.ended()).toBe(false)
    room.hub.change(changes({ memberQueueBytes: 1500 }))
    expect(frozen.ended()).toBe(false)
    a.say('x'.repeat(1000))
    expect(frozen.ended()).toBe(true)
    expect(a.ended()).toBe(false)
  })

  test('the idle time counts anew from the change; the same one goes on', () => {
    const room = makeRoom()
    const b = settled(room, 'im', B)
    room.clock.advance(60_000)
    room.hub.change(changes({}, { idleMs: 10_000 }))
    room.clock.advance(6000)
    room.hub.change(changes({}, { idleMs: 10_000 }))
    room.clock.advance(3999)
    expect(b.ended()).toBe(false)
    room.clock.advance(1)
    expect(b.read()).toBe('你被踢出了\n')
    const c = settled(room, 'im')
    room.hub.change(changes())
    room.clock.advance(3_600_000)
    expect(c.ended()).toBe(false)
  })
})

test('what happened is counted: lines, deliveries, refusals by reason', () => {
  const room = makeRoom({ limits: { members: 3 } })
  const a = settled(room, 'im', '10.0.0.1:1')
  const b = settled(room, 'im', '10.0.0.2:2')
  const before = room.hub.counts()
  expect([...before.refusals.values()].every((times) => times === 0)).toBe(true)
  a.say('hello')
  expect(room.hub.counts().deliveries - before.deliveries).toBe(2)
  // The sender of a private line hears nothing of it.
  a.say('to|10.0.0.2:2|psst')
  expect(room.hub.counts().deliveries - before.deliveries).toBe(3)
  // His own answer stands among the public lines of the turn.
  a.send('one\nwho\ntwo\n')
  room.clock.turn()
  expect(room.hub.counts().deliveries - before.deliveries).toBe(3 + 5)
  a.say('rename|10.0.0.9')
  b.say('to|nobody|psst')
  settled(room, 'relay')
  settled(room, 'relay')
  b.send('x'.repeat(70_000))
  const { refusals, ...sums } = room.hub.counts()
  expect(sums).toMatchObject({ joined: 3, said: 3, whispered: 1 })
  expect(Object.fromEntries([...refusals].filter(([, times]) => times > 0))).toEqual({
    'name-address': 1,
    'no-such-member': 1,
    'room-full': 1,
    'line-too-long': 1,
    'line-endless': 1
  })
})
