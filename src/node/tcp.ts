import { BlockList, connect, isIPv6, type Socket } from 'node:net'
import { hostPort } from '../shared/address.ts'
import type { Dial, DialFailure, Wire, WireListener } from '../shared/carriers.ts'
import { intake } from './intake.ts'

/** Idle time before the kernel asks whether the other side still lives: a vanished peer is found in about 15 s. */
const KEEPALIVE_MS = 15_000
/** A machine on a LAN answers in milliseconds, one across the world in one second; after this nobody will. */
const CONNECT_TIMEOUT_MS = 10_000
/** When a name has addresses of both families: how long one may keep silent before the next is tried. */
const NEXT_ADDRESS_MS = 400

/** An address as the chat prints it: `ip:port`, IPv6 in brackets, IPv4 plain also on a dual-stack socket. */
export const printedAddress = (address: string, port: number): string => {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
  return hostPort(plain, port)
}

/**
 * A connected socket as a wire. `socket` must have been made with `allowHalfOpen`, so that the other side's FIN and
 * our own are two things. Errors end the wire; they are told by `closed('reset')` and nowhere else.
 */
export const wireOf = (socket: Socket, listener: WireListener): Wire => {
  let failed = false
  let waiting = false
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEPALIVE_MS)
  const inlet = intake.inlet(socket, (bytes) => listener.received(bytes))
  socket.on('data', (bytes: Buffer) => inlet.take(bytes))
  // Comes after all data was taken, and that waits in its place.
  socket.on('end', () => {
    inlet.finish()
    listener.ended()
  })
  socket.on('error', () => {
    failed = true
  })
  socket.on('close', () => {
    inlet.finish()
    listener.closed(failed ? 'reset' : 'ended')
  })
  // The `drain` event comes only after a full buffer; a queue of one byte has to be told as well.
  const flushed = (): void => {
    if (!waiting || socket.writableLength > 0 || socket.destroyed) return
    waiting = false
    listener.drained?.()
  }
  return {
    write: (bytes) => {
      if (!socket.writable) return false
      socket.write(bytes, flushed)
      waiting = socket.writableLength > 0
      return !waiting
    },
    queued: () => socket.writableLength,
    end: () => {
      if (!socket.writableEnded && !socket.destroyed) socket.end()
    },
    destroy: () => {
      inlet.drop()
      socket.destroy()
    }
  }
}

const errorCodes = (error: unknown): string[] => {
  // A name with several addresses fails with one error for each.
  if (error instanceof AggregateError) return error.errors.flatMap(errorCodes)
  return error instanceof Error && 'code' in error ? [String(error.code)] : []
}

const NO_SUCH_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL', 'ENODATA'])

/** What the system's words for a failed attempt mean. With several addresses, the most telling answer wins. */
export const dialFailure = (error: unknown): DialFailure => {
  const codes = errorCodes(error)
  if (codes.some((code) => code === 'ECONNREFUSED' || code === 'ECONNRESET')) return 'refused'
  if (codes.includes('ETIMEDOUT')) return 'timeout'
  if (codes.some((code) => NO_SUCH_HOST.has(code))) return 'no-such-host'
  return 'unreachable'
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
const lan = new BlockList()
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16]
] as const) {
  lan.addSubnet(net, bits, 'ipv4')
}
lan.addSubnet('fe80::', 10, 'ipv6')
lan.addSubnet('fc00::', 7, 'ipv6')

/** How far an address is: decides how long to wait for a server's first words. */
export const nearnessOf = (address: string): 'loopback' | 'lan' | 'far' => {
  const bare = address.split('%')[0] ?? address
  const family = isIPv6(bare) ? 'ipv6' : 'ipv4'
  if (loopback.check(bare, family)) return 'loopback'
  return lan.check(bare, family) ? 'lan' : 'far'
}

/**
 * Connects over TCP: all addresses of a name, both families, so that `localhost` finds a server that listens on
 * IPv4 only (dialects hazard 22). Gives up after 10 s.
 */
export const makeDial = (): Dial => (host, port, listener) => {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const socket = connect({
    host: bare,
    port,
    allowHalfOpen: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS
  })
  let over = false
  const fail = (why: DialFailure): void => {
    if (over) return
    over = true
    clearTimeout(timer)
    socket.destroy()
    listener.failed(why)
  }
  const timer = setTimeout(() => fail('timeout'), CONNECT_TIMEOUT_MS)
  const refused = (error: Error): void => fail(dialFailure(error))
  socket.on('error', refused)
  socket.once('connect', () => {
    if (over) return
    over = true
    clearTimeout(timer)
    const wire = wireOf(socket, listener)
    const local = printedAddress(socket.localAddress ?? '', socket.localPort ?? 0)
    listener.connected(wire, local, nearnessOf(socket.remoteAddress ?? ''))
  })
  return {
    abandon: () => {
      if (over) return
      over = true
      clearTimeout(timer)
      socket.destroy()
    }
  }
}
