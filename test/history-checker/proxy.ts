import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { printedAddress } from '../../src/node/tcp.ts'

/**
 * A bad network between a member and a host: a proxy of our own that delays, throttles, cuts into pieces, stalls,
 * swallows a direction, half-closes and resets. It never changes, drops or reorders single bytes of a stream that goes
 * on: TCP does not do that either.
 */

/** `up`: to the host. */
export type Toward = 'up' | 'down'
export type Fault =
  /** Until `calm`, also for connections made meanwhile. */
  | { fault: 'delay'; toward: Toward; ms: number }
  | { fault: 'throttle'; toward: Toward; bytesPerSecond: number }
  | { fault: 'slice'; toward: Toward; bytes: number }
  /** Holds everything back for so long, and then lets it go on. */
  | { fault: 'stall'; toward: Toward; ms: number }
  /** From here on nothing gets through in this direction, and nobody is told: a dead switch. Lasts until it is healed. */
  | { fault: 'swallow'; toward: Toward }
  /** One side says that it is through; the other direction goes on. */
  | { fault: 'half-close'; toward: Toward }
  | { fault: 'reset' }
  /** The member is cut off; for the host he still stands there, and what is on the way to it arrives. */
  | { fault: 'linger'; ms: number }
  /** Who comes meanwhile is thrown out. */
  | { fault: 'refuse'; ms: number }
  | { fault: 'calm' }

/** One connection through the proxy, as far as the proxy sees it. */
export interface Passage {
  /** Our end of the connection to the host: what the host calls this member. Empty: never got there. */
  address: string
  openedAt: number
  /** What the kernel took for the member's socket, in order: it got there, if nothing was cut. */
  passed: { bytes: Buffer; at: number }[]
  /** What the kernel was asked to take: more of it than was passed may have got there. */
  handed: Buffer[]
  /** The member gets nothing more of it: cut, ended, or swallowed. */
  ended: boolean
}

export interface FaultProxy {
  port: number
  passages: readonly Passage[]
  put(fault: Fault): void
  /** A good network again: conditions are lifted, and what can never recover is cut. */
  heal(): void
  close(): Promise<void>
}

interface Conditions {
  delayMs: number
  bytesPerSecond: number
  sliceBytes: number
  stalledUntil: number
}
const calm = (): Conditions => ({ delayMs: 0, bytesPerSecond: Infinity, sliceBytes: Infinity, stalledUntil: 0 })

/** Pieces of one write must not become one read again on their way. */
const BETWEEN_SLICES_MS = 1
/** A throttled line trickles instead of coming in lumps. */
const THROTTLED_PIECE = 256

interface Pipe {
  push(bytes: Buffer): void
  /** After what is in it. */
  end(): void
  swallow(): void
  /** The conditions are better now. */
  wake(): void
  stop(): void
}

/** One direction of one connection. */
const makePipe = (conditions: Conditions, write: (bytes: Buffer) => void, finish: () => void): Pipe => {
  const queue: { bytes: Buffer; due: number }[] = []
  let endDue: number | null = null
  let nextAt = 0
  let swallowing = false
  let stopped = false
  let timer: NodeJS.Timeout | null = null

  const wait = (until: number): boolean => {
    const left = Math.max(until, conditions.stalledUntil) - performance.now()
    if (left <= 0) return false
    timer = setTimeout(() => {
      timer = null
      flow()
    }, Math.ceil(left))
    return true
  }
  const flow = (): void => {
    if (timer !== null || stopped || swallowing) return
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      if (wait(Math.max(head.due, nextAt))) return
      const throttled = conditions.bytesPerSecond !== Infinity
      const most = Math.min(conditions.sliceBytes, throttled ? THROTTLED_PIECE : Infinity, head.bytes.length)
      const piece = head.bytes.subarray(0, most)
      head.bytes = head.bytes.subarray(most)
      if (head.bytes.length === 0) queue.shift()
      const sliced = conditions.sliceBytes !== Infinity ? BETWEEN_SLICES_MS : 0
      nextAt = performance.now() + Math.max((piece.length / conditions.bytesPerSecond) * 1000, sliced)
      write(piece)
    }
    if (endDue === null || wait(endDue)) return
    stopped = true
    finish()
  }
  return {
    push: (bytes) => {
      if (stopped || swallowing) return
      queue.push({ bytes, due: performance.now() + conditions.delayMs })
      flow()
    },
    end: () => {
      endDue ??= performance.now() + conditions.delayMs
      flow()
    },
    swallow: () => {
      swallowing = true
    },
    wake: () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      flow()
    },
    stop: () => {
      stopped = true
      if (timer !== null) clearTimeout(timer)
    }
  }
}

interface Link {
  up: Pipe
  down: Pipe
  swallowed: boolean
  passage: Passage
  /** For both at once, as when a cable between two routers is pulled and one of them says so. */
  reset(): void
  linger(ms: number): void
}

/** A member's program reads what the kernel holds before the reset comes, which may discard it. */
const READ_TURNS = 3
const READ_TURN_MS = 2
const afterReading = (run: () => void, turns = READ_TURNS): void => {
  setTimeout(() => (turns === 0 ? run() : afterReading(run, turns - 1)), READ_TURN_MS)
}

/** `source`: where its nth connection to the host comes from; undefined: the system's choice. */
export const startProxy = async (
  hostPort: number,
  source: (nth: number) => string | undefined
): Promise<FaultProxy> => {
  const conditions = { up: calm(), down: calm() }
  const passages: Passage[] = []
  const links = new Set<Link>()
  const sockets = new Set<Socket>()
  let refuseUntil = 0

  const join = (near: Socket): void => {
    if (performance.now() < refuseUntil) {
      near.on('error', () => undefined)
      near.resetAndDestroy()
      return
    }
    near.setNoDelay(true)
    sockets.add(near)
    const address = source(passages.length)
    const from = address === undefined ? {} : { localAddress: address }
    const far = connect({ port: hostPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true, ...from })
    const passage: Passage = { address: '', openedAt: performance.now(), passed: [], handed: [], ended: false }
    passages.push(passage)
    let lingering = false
    const up = makePipe(
      conditions.up,
      (bytes) => void far.write(bytes),
      () => far.end()
    )
    const down = makePipe(
      conditions.down,
      (bytes) => {
        if (passage.ended || near.destroyed) return
        passage.handed.push(bytes)
        // Counted when the kernel has it: from there the member gets it.
        near.write(bytes, (error) => {
          if (!error && !passage.ended) passage.passed.push({ bytes, at: performance.now() })
        })
      },
      () => {
        near.end(() => {
          passage.ended = true
        })
      }
    )
    const link: Link = {
      up,
      down,
      swallowed: false,
      passage,
      reset: () => {
        passage.ended = true
        links.delete(link)
        up.stop()
        down.stop()
        afterReading(() => {
          near.resetAndDestroy()
          far.resetAndDestroy()
        })
      },
      linger: (ms) => {
        lingering = true
        passage.ended = true
        down.stop()
        afterReading(() => near.resetAndDestroy())
        setTimeout(() => up.end(), ms)
      }
    }
    links.add(link)
    far.on('connect', () => {
      passage.address = printedAddress(far.localAddress ?? '', far.localPort ?? 0)
    })
    near.on('data', (bytes: Buffer) => up.push(bytes))
    far.on('data', (bytes: Buffer) => down.push(bytes))
    near.on('end', () => up.end())
    far.on('end', () => down.end())
    // An error closes; what it means is told there.
    near.on('error', () => undefined)
    far.on('error', () => undefined)
    near.on('close', (failed) => {
      sockets.delete(near)
      passage.ended = true
      if (lingering || link.swallowed) return
      if (failed) link.reset()
      else up.end()
    })
    far.on('close', (failed) => {
      links.delete(link)
      if (link.swallowed) return
      if (failed) link.reset()
      else down.end()
    })
  }

  const server = createServer({ allowHalfOpen: true }, join)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port')

  const put = (given: Fault): void => {
    const now = performance.now()
    switch (given.fault) {
      case 'delay':
        conditions[given.toward].delayMs = given.ms
        return
      case 'throttle':
        conditions[given.toward].bytesPerSecond = given.bytesPerSecond
        return
      case 'slice':
        conditions[given.toward].sliceBytes = given.bytes
        return
      case 'stall':
        conditions[given.toward].stalledUntil = now + given.ms
        return
      case 'swallow':
        for (const link of links) {
          link.swallowed = true
          link[given.toward].swallow()
          if (given.toward === 'down') link.passage.ended = true
        }
        return
      case 'half-close':
        for (const link of links) link[given.toward].end()
        return
      case 'reset':
        for (const link of links) link.reset()
        return
      case 'linger':
        for (const link of links) link.linger(given.ms)
        return
      case 'refuse':
        refuseUntil = now + given.ms
        return
      case 'calm':
        Object.assign(conditions.up, calm())
        Object.assign(conditions.down, calm())
        for (const link of links) {
          link.up.wake()
          link.down.wake()
        }
    }
  }
  return {
    port: bound.port,
    passages,
    put,
    heal: () => {
      put({ fault: 'calm' })
      refuseUntil = 0
      for (const link of links) if (link.swallowed) link.reset()
    },
    close: async () => {
      for (const link of links) link.reset()
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => {
        server.close(() => done())
      })
    }
  }
}
