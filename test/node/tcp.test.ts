import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { dialFailure, makeDial, nearnessOf, printedAddress, wireOf } from '../../src/node/tcp.ts'
import type { Dial, DialListener, Wire } from '../../src/shared/carriers.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const thing of open.splice(0)) thing.close()
})

const listen = async (onSocket: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> => {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('not listening on a port')
  return bound.port
}

interface Call {
  events: string[]
  /** Resolves when an event of this kind has come. */
  saw(what: string): Promise<void>
  wire(): Wire
}
const call = (dial: Dial, host: string, port: number): Call & { abandon(): void } => {
  const events: string[] = []
  let wire: Wire | null = null
  let waiting: { what: string; done: () => void }[] = []
  const note = (what: string): void => {
    events.push(what)
    for (const waiter of waiting.filter((one) => what.startsWith(one.what))) waiter.done()
    waiting = waiting.filter((one) => !what.startsWith(one.what))
  }
  const listener: DialListener = {
    connected: (made, local, nearness) => {
      wire = made
      note(`connected ${local.replace(/\d+$/, 'N')} ${nearness}`)
    },
    failed: (why) => note(`failed ${why}`),
    received: (bytes) => note(`received ${new TextDecoder().decode(bytes)}`),
    drained: () => note('drained'),
    ended: () => note('ended'),
    closed: (how) => note(`closed ${how}`)
  }
  const attempt = dial(host, port, listener)
  open.push({ close: () => wire?.destroy() })
  return {
    events,
    saw: (what) =>
      events.some((event) => event.startsWith(what))
        ? Promise.resolve()
        : new Promise<void>((resolve) => waiting.push({ what, done: resolve })),
    wire: () => {
      if (!wire) throw new Error('not connected')
      return wire
    },
    abandon: () => attempt.abandon()
  }
}

describe('a connection', () => {
  test('one write arrives at once, both FINs are told apart, and nothing comes after closed', async () => {
    const heard: string[] = []
    const port = await listen((socket) => {
      socket.on('data', (bytes) => {
        heard.push(bytes.toString())
        socket.write('pong\n')
      })
      socket.on('end', () => socket.end('bye\n'))
    })
    const one = call(makeDial(), '127.0.0.1', port)
    await one.saw('connected')
    expect(one.wire().write(new TextEncoder().encode('ping\n'))).toBe(true)
    expect(one.wire().queued()).toBe(0)
    await one.saw('received pong')
    one.wire().end()
    await one.saw('closed')
    expect(heard).toEqual(['ping\n'])
    expect(one.events).toEqual([
      'connected 127.0.0.1:N loopback',
      'received pong\n',
      'received bye\n',
      'ended',
      'closed ended'
    ])
    expect(one.wire().write(new Uint8Array([1]))).toBe(false)
  })

  test('hazard 22: localhost reaches a server that listens on IPv4 only', async () => {
    const port = await listen((socket) => socket.write('hi\n'), '127.0.0.1')
    const one = call(makeDial(), 'localhost', port)
    await one.saw('received hi')
    expect(one.events[0]).toBe('connected 127.0.0.1:N loopback')
  })

  test('a reset is told as one', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.resetAndDestroy()))
    const one = call(makeDial(), '127.0.0.1', port)
    await one.saw('connected')
    one.wire().write(new Uint8Array([1]))
    await one.saw('closed')
    expect(one.events.at(-1)).toBe('closed reset')
  })

  test('a queue is counted, and its end is told', async () => {
    const peers: Socket[] = []
    const port = await listen((socket) => {
      peers.push(socket)
      socket.pause()
    })
    const one = call(makeDial(), '127.0.0.1', port)
    await one.saw('connected')
    // More than any kernel buffer takes while nobody reads.
    expect(one.wire().write(new Uint8Array(64 * 1024 * 1024))).toBe(false)
    expect(one.wire().queued()).toBeGreaterThan(0)
    for (const peer of peers) peer.resume()
    await one.saw('drained')
    expect(one.wire().queued()).toBe(0)
  })

  test('our own giving up is not a reset of the other side', async () => {
    const port = await listen(() => undefined)
    const one = call(makeDial(), '127.0.0.1', port)
    await one.saw('connected')
    one.wire().destroy()
    await one.saw('closed')
    expect(one.events.at(-1)).toBe('closed ended')
  })

  test('the same wire serves the host side', async () => {
    const got: string[] = []
    let done: () => void = () => undefined
    const ended = new Promise<void>((resolve) => (done = resolve))
    const port = await listen((socket) => {
      const wire = wireOf(socket, {
        received: (bytes) => got.push(new TextDecoder().decode(bytes)),
        ended: () => wire.end(),
        closed: (how) => {
          got.push(how)
          done()
        }
      })
      wire.write(new TextEncoder().encode('welcome\n'))
    })
    const one = call(makeDial(), '127.0.0.1', port)
    await one.saw('received welcome')
    one.wire().write(new TextEncoder().encode('hello\n'))
    one.wire().end()
    await ended
    expect(got).toEqual(['hello\n', 'ended'])
  })
})

describe('an attempt that fails', () => {
  test('nobody listens: refused', async () => {
    const port = await listen(() => undefined)
    for (const thing of open.splice(0)) thing.close()
    const one = call(makeDial(), '127.0.0.1', port)
    await one.saw('failed')
    expect(one.events).toEqual(['failed refused'])
    const two = call(makeDial(), 'localhost', port)
    await two.saw('failed')
    expect(two.events).toEqual(['failed refused'])
  })

  test('given up: nothing is told any more', async () => {
    const port = await listen(() => undefined)
    const one = call(makeDial(), '127.0.0.1', port)
    one.abandon()
    const two = call(makeDial(), '127.0.0.1', port)
    await two.saw('connected')
    expect(one.events).toEqual([])
  })

  test.each([
    [['ECONNREFUSED'], 'refused'],
    [['EHOSTUNREACH', 'ECONNREFUSED'], 'refused'],
    [['ETIMEDOUT'], 'timeout'],
    [['ENOTFOUND'], 'no-such-host'],
    [['EAI_AGAIN'], 'no-such-host'],
    [['ENETUNREACH'], 'unreachable'],
    [['EACCES'], 'unreachable'],
    [[], 'unreachable']
  ])('%j means %s', (codes, why) => {
    const errors = codes.map((code) => Object.assign(new Error(code), { code }))
    expect(dialFailure(errors.length === 1 ? errors[0] : new AggregateError(errors))).toBe(why)
  })
})

test('addresses are printed as the Go servers print them', () => {
  expect(printedAddress('127.0.0.1', 5)).toBe('127.0.0.1:5')
  expect(printedAddress('::ffff:10.0.0.1', 5)).toBe('10.0.0.1:5')
  expect(printedAddress('::1', 5)).toBe('[::1]:5')
  expect(printedAddress('fe80::1%eth0', 5)).toBe('[fe80::1%eth0]:5')
})

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.9.9.9', 'loopback'],
  ['::1', 'loopback'],
  ['192.168.1.2', 'lan'],
  ['172.31.0.1', 'lan'],
  ['172.32.0.1', 'far'],
  ['fe80::1%eth0', 'lan'],
  ['fd00::1', 'lan'],
  ['2001:db8::1', 'far'],
  ['8.8.8.8', 'far'],
  ['', 'far']
])('%s is %s', (address, nearness) => {
  expect(nearnessOf(address)).toBe(nearness)
})
