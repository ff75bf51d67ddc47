import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { HubLimits, OpenRoom } from '../../src/core/hub/contract.ts'
import { DEFAULT_HUB_LIMITS, UNLIMITED } from '../../src/core/hub/hub.ts'
import { makeClock } from '../../src/node/clock.ts'
import { makeCodec } from '../../src/node/codec.ts'
import { openRoomWith } from '../../src/node/host.ts'
import type { HostEvent } from '../../src/shared/events.ts'
import { connectRaw, type RawClient } from '../support/clients/raw.ts'
import { until } from '../support/until.ts'

/** Crowds over real sockets, at a size every machine bears. What is counted is exact; no time is asserted. */

const SLOW_MACHINE = { within: 30_000 }
const sockets: { close: () => void }[] = []
let room: OpenRoom | null = null
let events: HostEvent[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  await room?.close()
  room = null
})

const host = async (limits: HubLimits): Promise<{ room: OpenRoom; port: number }> => {
  events = []
  const opened = await openRoomWith({ clock: makeClock(), codec: makeCodec })(
    {
      name: 'Tea',
      language: 'en',
      bare: false,
      idleMs: 0,
      limits,
      doors: [{ port: 0, dialect: 'relay' }],
      bind: '127.0.0.1'
    },
    (event) => events.push(event)
  )
  if (!opened.ok) throw new Error(opened.text)
  room = opened.room
  return { room, port: room.doors[0]?.port ?? 0 }
}
const join = async (port: number): Promise<RawClient> => {
  const client = await connectRaw(port)
  sockets.push(client)
  return client
}
const crowd = (port: number, size: number): Promise<RawClient[]> =>
  Promise.all(Array.from({ length: size }, () => join(port)))
const present = (there: OpenRoom, size: number): Promise<void> =>
  until(() => there.members().length === size, { ...SLOW_MACHINE, what: `${size} members` })
const refused = (there: OpenRoom, reason: string): number =>
  [...there.watch().refusals].find(([code]) => code === reason)?.[1] ?? 0
/** Open files of this process; null where the system does not show them. */
const openFiles = (): number | null => {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}

test('two hundred members: every line reaches everybody once, in the same order, and none is dropped (T19)', async () => {
  const { room, port } = await host(UNLIMITED)
  const members = await crowd(port, 200)
  await present(room, 200)
  const talkers = members.slice(0, 20)
  for (let n = 0; n < 5; n++) for (const [who, talker] of talkers.entries()) talker.write(`${who}.${n}\n`)
  const lines = (member: RawClient): string[] => member.lines().filter((line) => !line.startsWith('* '))
  await until(() => members.every((member) => lines(member).length === 100), {
    ...SLOW_MACHINE,
    what: '100 lines each'
  })
  const first = lines(members[0] ?? talkers[0] ?? (await join(port)))
  for (const member of members) expect(lines(member)).toEqual(first)
  for (const [who, talker] of talkers.entries()) {
    expect(first.filter((line) => line.startsWith(`${talker.address}:`))).toEqual(
      Array.from({ length: 5 }, (_, n) => `${talker.address}:${who}.${n}`)
    )
  }
  const { said, deliveries, queuedBytes, dropped } = room.watch()
  expect({ said, deliveries, queuedBytes, dropped }).toEqual({
    said: 100,
    deliveries: 100 * 200,
    queuedBytes: 0,
    dropped: 0
  })
}, 60_000)

test('a full room tells those who are too many why, ends with FIN, and is usable when somebody leaves (T20)', async () => {
  const { room, port } = await host({ ...UNLIMITED, members: 40 })
  const inside = await crowd(port, 40)
  await present(room, 40)
  const over = await crowd(port, 50)
  for (const visitor of over) {
    expect(await visitor.untilClosed(SLOW_MACHINE)).toBe('ended')
    expect(visitor.text()).toBe('* Closing: the room is full\n')
  }
  expect(refused(room, 'room-full')).toBe(50)
  inside[0]?.write('still here\n')
  for (const member of inside) await member.untilText(`${inside[0]?.address ?? ''}:still here\n`, SLOW_MACHINE)
  expect(events.filter((event) => event.type === 'left')).toEqual([])
  inside[1]?.close()
  await present(room, 39)
  const next = await join(port)
  await next.untilText('* Teahouse 1 Tea\n')
}, 60_000)

test('a storm of connections from one address: sixteen are let in, each other one is told why (T29)', async () => {
  const { room, port } = await host(DEFAULT_HUB_LIMITS)
  const before = openFiles()
  const visitors = await crowd(port, 300)
  const inside = (): RawClient[] => visitors.filter((visitor) => visitor.text().startsWith('* Teahouse 1 Tea\n'))
  await until(
    () => visitors.every((visitor) => visitor.ended() !== undefined || inside().includes(visitor)),
    SLOW_MACHINE
  )
  expect(inside()).toHaveLength(DEFAULT_HUB_LIMITS.perAddress)
  const { dropped } = room.watch()
  expect(refused(room, 'too-many-at-once') + dropped).toBe(300 - DEFAULT_HUB_LIMITS.perAddress)
  for (const visitor of visitors) {
    if (inside().includes(visitor) || visitor.text() === '') continue
    expect(visitor.text()).toBe('* Closing: too many connections from your address\n')
  }
  for (const visitor of visitors) visitor.close()
  await present(room, 0)
  // Sixteen more fill the minute; then it is the minute's turn to refuse.
  for (const more of await crowd(port, 16)) more.close()
  await present(room, 0)
  const late = await join(port)
  await late.untilText('wait a minute')
  late.close()
  await until(() => (openFiles() ?? 0) <= (before ?? 0) + 5, { ...SLOW_MACHINE, what: 'every file is closed again' })
}, 60_000)

test('half of the visitors reset, hang up halfway or only knock: the list of members is exact (T31)', async () => {
  const { room, port } = await host(UNLIMITED)
  const reader = await join(port)
  await present(room, 1)
  for (let round = 0; round < 5; round++) {
    const visitors = await crowd(port, 60)
    for (const [n, visitor] of visitors.entries()) {
      if (n % 4 === 0) visitor.reset()
      else if (n % 4 === 1) {
        visitor.write(`half ${n}`)
        visitor.end()
      } else if (n % 4 === 2) visitor.close()
    }
    await present(room, 1 + 15)
    for (const visitor of visitors) visitor.close()
    await present(room, 1)
  }
  // A port scan: connect and gone.
  const knock = (): Promise<void> =>
    new Promise((resolve) => {
      const socket: Socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.on('connect', () => socket.resetAndDestroy())
      socket.on('close', () => resolve())
    })
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 25 }, knock))
  await present(room, 1)
  expect(reader.text().match(/:half \d+\n/gu)).toHaveLength(5 * 15)
  const came = events.filter((event) => event.type === 'joined').length
  const went = events.filter((event) => event.type === 'left').length
  expect(came - went).toBe(1)
  reader.write('alive\n')
  await reader.untilText(':alive\n')
}, 60_000)

test('megabytes without an end of line: the host stops taking them, and the room talks on (T26)', async () => {
  const { room, port } = await host(UNLIMITED)
  const reader = await join(port)
  const flood = await join(port)
  await present(room, 2)
  const piece = Buffer.alloc(64 * 1024, 0x78)
  let offered = 0
  // As long as the kernel takes it; the kernel may swallow some megabytes that nobody reads.
  while (flood.ended() === undefined && offered < 1024 ** 3) {
    flood.write(piece)
    offered += piece.length
    await until(() => flood.queued() < 4 * piece.length || flood.ended() !== undefined, SLOW_MACHINE)
  }
  expect(flood.ended()).toBeDefined()
  expect(offered).toBeLessThan(64 * 1024 ** 2)
  await present(room, 1)
  expect(refused(room, 'line-endless')).toBe(1)
  expect(events.filter((event) => event.type === 'kicked')).toEqual([
    expect.objectContaining({ reason: 'flood', member: { address: flood.address, name: null } })
  ])
  reader.write('alive\n')
  await reader.untilText(':alive\n')
  expect(reader.text()).not.toContain('xx')
}, 60_000)
