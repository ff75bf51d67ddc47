import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startGopl } from '../support/servers/gopl.ts'
import { startIm } from '../support/servers/im.ts'
import { startRelay } from '../support/servers/relay.ts'
import { START_MS, endAll, hostRoom, netcat, teahouse, type Json, type Program } from './program.ts'

const closers: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  await endAll()
  for (const close of closers.splice(0)) await close()
})

const closing = <T extends { close: () => Promise<void> }>(server: T): T => {
  closers.push(() => server.close())
  return server
}

/** A bare TCP server whose every connection is handed over. */
const bare = async (met: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    met(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const of = (type: string) => (event: Json) => event.type === type
const said = (text: string) => (event: Json) => event.type === 'said' && event['text'] === text
const join = async (port: number, ...args: string[]): Promise<Program> => {
  const program = teahouse(['connect', `127.0.0.1:${port}`, '--json', ...args])
  await program.events.until(of('recognised'), { within: START_MS })
  return program
}

const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

test('whatever was not sent is named to the last line, however slowly standard error is read', async () => {
  const sockets: Socket[] = []
  const port = await bare((socket) => {
    sockets.push(socket)
    const address = `${socket.remoteAddress}:${socket.remotePort}`
    // No echo: the first line is awaited, the others wait behind it.
    socket.write(`[${address}]${address}:已上线\n`)
  })
  const program = teahouse(['connect', `127.0.0.1:${port}`, '--json', '--no-reconnect'])
  await program.events.until(of('recognised'), { within: START_MS })
  program.child.stderr?.pause()
  const lines = 2000
  for (let n = 0; n < lines; n++) {
    program.say(JSON.stringify({ type: 'say', text: `${n} ${'x'.repeat(500)}`, ref: String(n) }))
  }
  await program.events.until((event) => event['state'] === 'queued' && event['ref'] === String(lines - 1))
  for (const socket of sockets) socket.end()
  await program.events.until(of('disconnected'))
  program.child.stderr?.resume()
  expect(await program.exited).toBe(1)
  expect(program.stderr().match(/^teahouse: not sent: \d+ x+$/gm)).toHaveLength(lines - 1)
})

describe('a conversation of nc and two Teahouses in a hosted room', () => {
  test('in public and in private, with every event of the contract', async () => {
    const { port } = await hostRoom('--name', 'tea')
    const nc = await netcat(port)
    await nc.lines.until((line) => line.endsWith('已上线'))
    nc.say('rename|nina')
    const ann = await join(port, '--nick', 'ann')
    await ann.events.until((event) => event.type === 'renamed' && event['own'] === true)
    const bob = await join(port, '--nick', 'bob')
    await bob.events.until((event) => event.type === 'renamed' && event['own'] === true)

    expect(ann.events.entries[0]).toEqual({
      type: 'connected',
      room: `127.0.0.1:${port}`,
      self: expect.stringMatching(/^127\.0\.0\.1:\d+$/)
    })
    const annAddress = ann.events.entries[0]?.['self']
    expect(ann.events.entries.filter((event) => event.type === 'joined' && event['own'] === true)).toEqual([
      { type: 'joined', member: { address: annAddress, name: null }, own: true }
    ])
    expect(ann.events.entries).toContainEqual({ type: 'recognised', dialect: 'im', by: expect.any(String) })

    ann.say('{"type":"say","text":" hello ","ref":"r1"}')
    const own = await ann.events.until(said(' hello '))
    const annMember = { address: annAddress, name: 'ann' }
    expect(own).toEqual({
      type: 'said',
      conversation: 'room',
      from: annMember,
      text: ' hello ',
      own: true,
      at,
      ref: 'r1'
    })
    expect(await bob.events.until(said(' hello '))).toEqual({
      type: 'said',
      conversation: 'room',
      from: annMember,
      text: ' hello ',
      own: false,
      at
    })
    await nc.lines.until((line) => line.endsWith('ann: hello '))

    bob.say('/to nina psst, nina')
    await nc.lines.until((line) => line === 'bob对您说psst, nina')
    const whispered = await bob.events.until(said('psst, nina'))
    expect(whispered).toMatchObject({ conversation: 'private', own: true, to: { name: 'nina' } })
    expect(whispered).not.toHaveProperty('ref')
    nc.say('to|bob|psst, bob')
    expect(await bob.events.until(said('psst, bob'))).toMatchObject({
      conversation: 'private',
      own: false,
      from: { name: 'nina' }
    })
    expect(ann.events.entries.filter((event) => String(event['text']).includes('psst'))).toEqual([])

    ann.say('{"type":"who","ref":"w"}')
    expect(await ann.events.until(of('listed'))).toMatchObject({ complete: true, ref: 'w' })
    ann.say('{"type":"who","ref":"w2"}')
    const listed = await ann.events.until((event) => event['ref'] === 'w2')
    const names = [
      { address: nc.address, name: 'nina' },
      { address: annAddress, name: 'ann' },
      { address: bob.events.entries[0]?.['self'], name: 'bob' }
    ]
    expect(listed).toEqual({ type: 'listed', members: expect.arrayContaining(names), complete: true, ref: 'w2' })
    expect(listed['members']).toHaveLength(3)

    ann.say('{"type":"rename","name":"bob","ref":"n"}')
    expect(await ann.events.until(of('refused'))).toMatchObject({ command: 'rename', code: 'name-taken', ref: 'n' })
    bob.say('/rename bobby tables')
    await ann.events.until((event) => event.type === 'renamed' && event['was'] === 'bob')
    ann.say('/to bobby tables a name with a blank')
    await bob.events.until(said('a name with a blank'))

    ann.say('//x')
    await bob.events.until(said('/x'))
    ann.say('{"type":"whisper","to":"nobody","text":"x","ref":"q"}')
    await ann.events.until((event) => event.type === 'refused' && event['ref'] === 'q')
    ann.say('{"type":"dance","ref":"d"}')
    await ann.events.until((event) => event.type === 'refused' && event['ref'] === 'd')
    ann.say('{"type":"say","text":"  ","ref":"e"}')
    expect(await ann.events.until((event) => event['ref'] === 'e')).toMatchObject({ code: 'empty-text' })

    ann.say('/quit')
    expect(await ann.exited).toBe(0)
    await bob.events.until(of('left'))
    bob.child.stdin?.end('last words')
    await nc.lines.until((line) => line.endsWith(':last words'))
    expect(await bob.exited).toBe(0)
    for (const program of [ann, bob]) {
      expect(program.stderr()).toBe('')
      expect(program.events.entries.filter(of('disconnected'))).toEqual([
        { type: 'disconnected', reason: 'left', retryInMs: null }
      ])
      for (const event of program.events.entries) expect(['people', 'introduced']).not.toContain(event.type)
    }
  })

  test('text for people', async () => {
    const server = closing(await startGopl())
    const nc = await netcat(server.port)
    const ann = teahouse(['connect', `127.0.0.1:${server.port}`])
    await ann.lines.until((line) => line.startsWith('* this server speaks gopl'))
    nc.say('hi \u001b[2J\u0007 there')
    await ann.lines.until((line) => line === `${nc.address}: hi \\x1b[2J\\x07 there`)
    ann.say('hello')
    await ann.lines.until((line) => line === 'you: hello')
    ann.say('/dance')
    await ann.lines.until((line) => line.startsWith('* no such command'))
    ann.child.kill('SIGINT')
    expect(await ann.exited).toBe(0)
    expect(server.heard()).not.toContain('dance')
    expect(ann.stdout()).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
  })
})

describe('the end', () => {
  test('of standard input: everything is sent at the pace of the server, exit 0', async () => {
    const server = closing(await startIm())
    const lines = Array.from({ length: 10 }, (_, n) => `line ${n}`)
    const ann = teahouse(['connect', `127.0.0.1:${server.port}`, '--json'], `${lines.join('\n')}\n`)
    expect(await ann.exited).toBe(0)
    expect(ann.events.entries.filter(of('said')).map((event) => event['text'])).toEqual(lines)
    expect(ann.stderr()).toBe('')
  })

  test('a last line without LF is said, and questions get their answer', async () => {
    const server = closing(await startIm())
    const ann = teahouse(['connect', `127.0.0.1:${server.port}`, '--json'], '/who\nlast')
    expect(await ann.exited).toBe(0)
    expect(ann.events.entries.map((event) => event.type)).toContain('listed')
    expect(ann.events.entries.some(said('last'))).toBe(true)
  })

  test('an echo that takes its time is waited for', async () => {
    // Like gopl, but slow; whoever hangs up gets nothing more.
    const port = await bare((socket) => {
      const us = `127.0.0.1:${socket.remotePort}`
      socket.write(`You are ${us}\n`)
      socket.on('data', (text: Buffer) =>
        setTimeout(() => socket.writable && socket.write(`${us}: ${text.toString()}`), 1_500)
      )
      socket.on('end', () => socket.end())
    })
    const ann = await join(port)
    ann.child.stdin?.end('late\n')
    expect(await ann.exited).toBe(0)
    expect(ann.events.entries.some(said('late'))).toBe(true)
  })

  test('/quit after lines sends them first', async () => {
    const server = closing(await startGopl())
    const ann = teahouse(['connect', `127.0.0.1:${server.port}`, '--json'], 'one\ntwo\n/quit\nnever\n')
    expect(await ann.exited).toBe(0)
    expect(server.heard()).toBe('one\ntwo\n')
  })

  test('SIGTERM and SIGINT end like /quit', async () => {
    const server = closing(await startGopl())
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const ann = await join(server.port)
      ann.child.kill(signal)
      expect(await ann.exited).toBe(0)
      expect(ann.events.entries.at(-1)).toEqual({ type: 'disconnected', reason: 'left', retryInMs: null })
    }
  })

  test('what could not be sent is named, exit 1', async () => {
    // Takes the connection and never echoes: the next line waits for the echo of the last.
    const port = await bare((socket) => {
      socket.write(`[127.0.0.1:${socket.remotePort}]127.0.0.1:${socket.remotePort}:已上线\n`)
      socket.resume()
    })
    const since = performance.now()
    const ann = teahouse(['connect', `127.0.0.1:${port}`, '--json', '--dialect', 'im'], 'one\ntwo\nthree\n')
    expect(await ann.exited).toBe(1)
    expect(ann.stderr()).toBe('teahouse: not sent: two\nteahouse: not sent: three\n')
    expect(performance.now() - since).toBeGreaterThan(2_900)
  })

  test('/quit is over though the server never closes', async () => {
    const port = await bare((socket) => {
      socket.write('You are 127.0.0.1:1\n')
      socket.resume()
    })
    const ann = await join(port)
    ann.say('/quit')
    expect(await ann.exited).toBe(0)
    expect(ann.events.entries.filter(of('disconnected'))).toHaveLength(1)
  })

  test('of the one who reads our output: it leaves', async () => {
    const server = closing(await startGopl())
    const ann = await join(server.port)
    ann.child.stdout?.destroy()
    ann.say('hello')
    expect(await ann.exited).toBe(0)
  })
})

describe('--no-reconnect and reconnecting', () => {
  test('nobody there: disconnected (refused), one line, exit 1', async () => {
    const port = await bare(() => undefined)
    for (const close of closers.splice(0)) await close()
    const ann = teahouse(['connect', `127.0.0.1:${port}`, '--json', '--no-reconnect'], '')
    expect(await ann.exited).toBe(1)
    expect(ann.events.entries).toEqual([{ type: 'disconnected', reason: 'refused', retryInMs: null }])
    expect(ann.stderr()).toBe(`teahouse: 127.0.0.1:${port}: nobody answers\n`)
  })

  test('a name nobody has: told as such', async () => {
    // RFC 6761: this ending never exists, and no network is asked for it.
    const ann = teahouse(['connect', 'nobody.invalid:8888', '--json', '--no-reconnect'], '')
    expect(await ann.exited).toBe(1)
    expect(ann.events.entries).toEqual([
      { type: 'disconnected', reason: 'refused', detail: 'no-such-host', retryInMs: null }
    ])
    expect(ann.stderr()).toBe('teahouse: nobody.invalid:8888: there is no computer by this name\n')
  })

  test('lost: disconnected (closed), exit 1', async () => {
    const server = closing(await startGopl())
    const ann = await join(server.port, '--no-reconnect')
    server.hangUp()
    expect(await ann.exited).toBe(1)
    expect(ann.events.entries.at(-1)).toEqual({ type: 'disconnected', reason: 'closed', retryInMs: null })
    expect(ann.stderr()).toMatch(/^teahouse: [^\n]+\n$/)
  })

  test('a server that hangs up at once is tried at most 9 times in 6 s', async () => {
    let tries = 0
    const port = await bare((socket) => {
      tries += 1
      socket.end()
    })
    const ann = teahouse(['connect', `127.0.0.1:${port}`, '--json'])
    await ann.events.until(of('disconnected'))
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    expect(tries).toBeGreaterThan(1)
    expect(tries).toBeLessThanOrEqual(9)
    const first = ann.events.entries.find(of('disconnected'))
    expect(first).toMatchObject({ reason: 'closed' })
    expect(first?.['retryInMs']).toBeLessThanOrEqual(1_000)
  }, 15_000)

  test('comes back by itself and takes its name again', async () => {
    const server = closing(await startIm())
    const ann = await join(server.port, '--nick', 'ann')
    await ann.events.until((event) => event.type === 'renamed' && event['own'] === true)
    const mark = ann.events.mark()
    server.hangUp()
    await ann.events.until((event) => event.type === 'renamed' && event['own'] === true, { from: mark, within: 8_000 })
  }, 15_000)
})

test('--charset and --dialect go to the wire', async () => {
  const server = closing(await startRelay())
  const ann = await join(server.port, '--charset', 'gb18030', '--dialect', 'relay')
  expect(ann.events.entries.find(of('recognised'))).toEqual({ type: 'recognised', dialect: 'relay', by: 'user' })
  ann.say('中')
  await server.received.until((read) => read.bytes.equals(Buffer.from([0xd6, 0xd0, 0x0a])))
  await ann.events.until(said('中'))
})
