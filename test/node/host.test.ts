import { spawn } from 'node:child_process'
import { createServer, connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import type { OpenRoom, OpenRoomOptions } from '../../src/core/hub/contract.ts'
import { DEFAULT_HUB_LIMITS, UNLIMITED } from '../../src/core/hub/hub.ts'
import { makeClock } from '../../src/node/clock.ts'
import { makeCodec } from '../../src/node/codec.ts'
import { openRoomWith } from '../../src/node/host.ts'
import { HOSTED_DIALECTS } from '../../src/shared/dialect.ts'
import type { Clock } from '../../src/shared/carriers.ts'
import type { HostEvent } from '../../src/shared/events.ts'
import { connectRaw, type RawClient } from '../support/clients/raw.ts'
import { connectMenuClient, connectRelayClient, connectTelnet } from '../support/clients/tutorial.ts'
import { makeEventLog, until, type EventLog } from '../support/until.ts'

/** What is promised within two seconds must not wait for any longer timer: those never fire here. */
const PROMISED_MS = 2000
const clock = makeClock()
const impatient: Clock = {
  ...clock,
  after: (ms, run) => (ms <= PROMISED_MS ? clock.after(ms, run) : { cancel: () => undefined })
}
const open = openRoomWith({ clock: impatient, codec: makeCodec })
const OPTIONS: OpenRoomOptions = {
  name: 'Tea',
  language: 'en',
  bare: false,
  idleMs: 0,
  limits: DEFAULT_HUB_LIMITS,
  doors: [{ port: 0, dialect: 'im' }],
  bind: '127.0.0.1'
}
const rooms: OpenRoom[] = []
const clients: { close: () => void }[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await Promise.all(rooms.splice(0).map((room) => room.close()))
})

interface Opened {
  room: OpenRoom
  events: EventLog<HostEvent>
  port: number
}
const host = async (options: Partial<OpenRoomOptions> = {}): Promise<Opened> => {
  const events = makeEventLog<HostEvent>('events')
  const opened = await open({ ...OPTIONS, ...options }, (event) => events.add(event))
  if (!opened.ok) throw new Error(opened.text)
  rooms.push(opened.room)
  return { room: opened.room, events, port: opened.room.doors[0]?.port ?? 0 }
}
const raw = async (port: number, address?: string): Promise<RawClient> => {
  const client = await connectRaw(port, address)
  clients.push(client)
  return client
}
const all = HOSTED_DIALECTS.map((dialect) => ({ port: 0, dialect }))

describe('doors', () => {
  test('all of them lead into one room; hosting is told first', async () => {
    const { room, events } = await host({ doors: all })
    expect(events.entries[0]).toEqual({ type: 'hosting', doors: room.doors, addresses: room.addresses })
    expect(room.doors.map((door) => door.dialect)).toEqual([...HOSTED_DIALECTS])
    expect(room.addresses).toEqual(room.doors.map((door) => `127.0.0.1:${door.port}`))
    const members = await Promise.all(room.doors.map((door) => raw(door.port)))
    await Promise.all(members.map((member) => member.untilText('* Teahouse 1 Tea\n')))
    const im = members[HOSTED_DIALECTS.indexOf('im')]
    if (!im) throw new Error('no im door')
    im.write('茶\n')
    await Promise.all(members.map((member) => member.untilText('茶\n')))
    const me = im.address
    const lines = [`${me}: 茶`, `${me}: 茶`, `[${me}]${me}:茶`, `[${me}]${me}:茶`, `${me}:茶`]
    members.forEach((member, index) => expect(member.lines().at(-1)).toBe(lines[index]))
    expect(room.members()).toHaveLength(5)
  })

  test('on all interfaces, IPv4 peers are printed plain and IPv6 ones in brackets', async () => {
    const { room, port } = await host({ bind: null })
    expect(room.doors[0]?.address).toMatch(/^(?:::|0\.0\.0\.0)$/u)
    const four = await raw(port)
    await four.untilText(`[${four.address}]${four.address}:已上线\n* Teahouse 1 Tea\n`)
    expect(four.text()).not.toContain('ffff')
    if (room.doors[0]?.address === '::') {
      const six = await raw(port, '::1')
      expect(six.address).toMatch(/^\[::1\]:\d+$/u)
      await six.untilText(`[${six.address}]${six.address}:已上线\n`)
    }
    for (const address of room.addresses) expect(address).toMatch(new RegExp(`^\\S+:${port}$`, 'u'))
  })

  test('on IPv4 alone, no IPv6 address is offered', async () => {
    const { room } = await host({ bind: '0.0.0.0' })
    expect(room.addresses.length).toBeGreaterThan(0)
    for (const address of room.addresses) expect(address).toMatch(/^[\d.]+:\d+$/u)
  })

  test('a port in use is named, and no door stays open', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve)
    })
    clients.push({ close: () => other.close() })
    const at = other.address()
    const taken = at !== null && typeof at === 'object' ? at.port : 0
    const free = await host()
    await free.room.close()
    for (const bind of ['127.0.0.1', null]) {
      const events: HostEvent[] = []
      const opened = await open(
        {
          ...OPTIONS,
          bind,
          doors: [
            { port: free.port, dialect: 'im' },
            { port: taken, dialect: 'gopl' }
          ]
        },
        (event) => events.push(event)
      )
      expect(opened).toMatchObject({ ok: false, code: 'port-in-use', port: taken })
      expect(opened.ok ? '' : opened.text).toContain(String(taken))
      expect(events).toEqual([])
      await expect(connectRaw(free.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
    const again = await host({ doors: [{ port: free.port, dialect: 'im' }] })
    expect(again.port).toBe(free.port)
  })

  test('an address this machine does not have', async () => {
    const opened = await open({ ...OPTIONS, bind: '203.0.113.77' }, () => undefined)
    expect(opened).toMatchObject({ ok: false, code: 'cannot-listen' })
    expect(opened.ok ? '' : opened.text).toContain('203.0.113.77')
  })
})

describe('closing', () => {
  test('every member is told, then FIN; the port is free again', async () => {
    const { room, port } = await host({ doors: all })
    const members = await Promise.all(room.doors.map((door) => raw(door.port)))
    await until(() => room.members().length === 5)
    for (const member of members) member.write('half a line')
    const closed = room.close()
    for (const member of members) {
      await member.untilText('* The room is closing\n')
      expect(member.rest()).toBe('')
      expect(await member.untilClosed()).toBe('ended')
      member.end()
    }
    await closed
    await expect(connectRaw(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(room.close()).toBe(room.close())
  })

  test('a member who never closes holds nobody up for longer than promised', async () => {
    const { room, port } = await host()
    await raw(port)
    await until(() => room.members().length === 1)
    await room.close()
  })
})

describe('the tutorials’ own clients', () => {
  test('a menu client, a relay client, telnet and nc talk to each other', async () => {
    const { room, port } = await host()
    const menu = await connectMenuClient(port)
    const relay = await connectRelayClient(port)
    const telnet = await connectTelnet(port, { negotiates: true, characterMode: true })
    clients.push(menu.raw, relay.raw, telnet.raw)
    const nc = await raw(port)
    await until(() => room.members().length === 4)
    nc.write('rename|nc\n')
    await nc.untilText('您已更新用户名：nc\n')
    const everyone = [menu.raw, relay.raw, telnet.raw, nc]
    telnet.send('from-telnet')
    relay.send('from-relay')
    menu.raw.write('to|nc|psst\n\n')
    menu.raw.write('from-menu\n')
    for (const text of ['telnet', 'relay', 'menu']) {
      await Promise.all(everyone.map((client) => client.untilText(new RegExp(`:from-${text}\n`, 'u'))))
    }
    await nc.untilText(`${menu.raw.address}对您说psst\n`)
    for (const client of everyone) expect(client.text()).not.toMatch(/\r|:\n|to\|nc/u)
    telnet.send('who')
    await telnet.raw.untilText(`[${nc.address}]nc:在线...\n`)
  })

  test('a relay client whose terminal went away floods empty lines, and nobody notices', async () => {
    const { room, port, events } = await host()
    const relay = await connectRelayClient(port)
    const nc = await raw(port)
    clients.push({ close: relay.close })
    await until(() => room.members().length === 2)
    relay.flood()
    for (let n = 0; n < 5; n++) {
      nc.write(`line ${n}\n`)
      await nc.untilText(`:line ${n}\n`)
    }
    expect(room.members()).toHaveLength(2)
    expect(events.entries.filter((event) => event.type === 'said')).toHaveLength(5)
  })
})

describe('hostile wires', () => {
  test('a request of HTTP is closed within two seconds, and nobody reads it', async () => {
    const { room, port, events } = await host()
    const reader = await raw(port)
    const http = await raw(port)
    await until(() => room.members().length === 2)
    http.write('POST / HTTP/1.1\r\nHost: x\r\n\r\nevil\n')
    await http.untilClosed()
    await events.until((event) => event.type === 'left')
    reader.write('after\n')
    await reader.untilText(':after\n')
    expect(reader.text()).not.toMatch(/evil|Host|POST/u)
  })

  test('resets, half-closes and 64 KiB without an end hurt nobody', async () => {
    const { room, port } = await host({ limits: UNLIMITED })
    const reader = await raw(port)
    for (let n = 0; n < 20; n++) {
      const client = await raw(port)
      if (n % 4 === 0) client.reset()
      else if (n % 4 === 1) client.write('x'.repeat(70_000))
      else if (n % 4 === 2) {
        client.write('half')
        client.end()
      } else {
        client.write(Uint8Array.of(0xff, 0xfa, 0x0a, 0xff, 0xf0, 0xfe, 0x0a, 0x00))
        client.close()
      }
    }
    await until(() => room.members().length === 1)
    reader.write('alive\n')
    await reader.untilText(':alive\n')
    expect(reader.text().match(/:half\n/gu)).toHaveLength(5)
  })

  test('who does not read is closed by name; the others get every line', async () => {
    const limits = { ...UNLIMITED, memberQueueBytes: 256 * 1024, writeStallMs: 3_600_000 }
    const { room, port, events } = await host({ limits, doors: [{ port: 0, dialect: 'relay' }] })
    const talker = await raw(port)
    const frozen = await raw(port)
    await frozen.untilText('* Teahouse')
    frozen.stopReading()
    await until(() => room.members().length === 2)
    const line = `${'x'.repeat(8000)}\n`
    let sent = 0
    // The kernel swallows megabytes before anything queues here.
    while (!events.entries.some((event) => event.type === 'kicked') && sent < 10_000) {
      for (let n = 0; n < 20; n++) talker.write(line)
      sent += 20
      await until(() => talker.count() >= sent * 8000, { what: 'the talker reads all his lines' })
    }
    expect(events.entries.filter((event) => event.type === 'kicked')).toEqual([
      expect.objectContaining({ reason: 'slow-reader', member: { address: frozen.address, name: null } })
    ])
    await until(() => room.members().length === 1)
    expect(events.entries.filter((event) => event.type === 'left')).toEqual([
      expect.objectContaining({ reason: 'kicked' })
    ])
    talker.write('last\n')
    await talker.untilText(':last\n')
    expect(talker.text().match(/:x{8000}\n/gu)).toHaveLength(sent)
    frozen.startReading()
    await frozen.untilClosed()
  }, 20_000)

  test('too many of one address are told and closed', async () => {
    const { room, port } = await host({ limits: { ...DEFAULT_HUB_LIMITS, perAddress: 2 } })
    await raw(port)
    await raw(port)
    await until(() => room.members().length === 2)
    const over = await raw(port)
    await over.untilText('* Closing: too many connections from your address\n')
    expect(over.lines()).toHaveLength(1)
    expect(await over.untilClosed()).toBe('ended')
    // Another address of this very machine.
    const other = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' })
    clients.push({ close: () => other.destroy() })
    await until(() => room.members().length === 3)
  })
})

// The limit is the shell's to set; Windows has none.
test.skipIf(process.platform === 'win32')(
  'few open files: whoever is too many is told, and so are we',
  async () => {
    const script = fileURLToPath(new URL('../../src/headless/index.ts', import.meta.url))
    const args = [script, 'host', '--port', '0', '--bind', '127.0.0.1', '--unlimited', '--no-history', '--json']
    const program = spawn('sh', ['-c', 'ulimit -n 128 && exec "$0" "$@"', process.execPath, ...args])
    clients.push({ close: () => program.kill() })
    let out = ''
    let complaints = ''
    program.stdout.on('data', (bytes: Buffer) => (out += bytes.toString('utf8')))
    program.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString('utf8')))
    await until(() => out.includes('\n'), { within: 20_000, what: 'the program hosts' })
    const port = Number(/"port":(\d+)/u.exec(out)?.[1])
    const visitors = await Promise.all(Array.from({ length: 120 }, () => raw(port)))
    await until(() => complaints.includes('too many connections'))
    await until(() => visitors.some((visitor) => visitor.text().includes('* Closing: the room is full\n')))
    const inside = visitors.filter((visitor) => visitor.text().includes('* Teahouse 1'))
    expect(inside.length).toBeGreaterThan(30)
    inside[0]?.write('still here\n')
    await inside.at(-1)?.untilText(':still here\n')
  },
  30_000
)

test('names are unique under a race of many', async () => {
  const { room, port } = await host({ limits: UNLIMITED })
  const racers = await Promise.all(Array.from({ length: 30 }, () => raw(port)))
  await until(() => room.members().length === 30)
  for (const racer of racers) racer.write('rename|bob\n')
  await Promise.all(racers.map((racer) => racer.untilText(/用户名被使用了\n|您已更新用户名：bob\n/u)))
  expect(room.members().filter((member) => member.name === 'bob')).toHaveLength(1)
})
