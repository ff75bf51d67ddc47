import { createServer, type Socket } from 'node:net'
import { makeEventLog, pause, type EventLog } from '../until.ts'

/**
 * What the emulated servers have in common: connections, reads with their boundaries, a process that can die, a
 * room that can freeze. Nothing of Teahouse is imported here: these are the programs other people run.
 */

export interface ServerOptions {
  /** `127.0.0.1`, as the reference servers are written. `::1` and `::` give IPv6 and dual stack. */
  host?: string
  /** 0: any free one. A given one lets a dead server come back where it was. */
  port?: number
  /** How a peer's address is shown to people, from what the socket says. Go's way if not given. */
  print?: (address: string, port: number) => string
}

/** Go: IPv4 plain even on a dual-stack socket, IPv6 in brackets (dialects 1). */
export const printLikeGo = (address: string, port: number): string => {
  const plain = address.replace(/^::ffff:(?=\d)/u, '')
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`
}
/** Node: what the socket says (dialects 5.6). */
export const printLikeNode = (address: string, port: number): string =>
  `${address.includes('.') && !address.startsWith('::ffff:') ? `::ffff:${address}` : address}:${port}`
/** A router in between: nobody's address is the one he knows of himself (hazard 23). */
export const printBehindNat = (_address: string, port: number): string => `203.0.113.7:${(port % 50_000) + 10_000}`

/** One read of the server, before it is cut to the read size. */
export interface Received {
  /** The peer's address as printed. */
  from: string
  bytes: Buffer
  text: string
}
export interface Ending {
  from: string
  how: 'fin' | 'rst'
}

export interface Faults {
  /** The sender does not get his own lines (hazard 10). */
  eatEcho: boolean
  /** Output waits so long (real ms) and then goes out in one write: slow and glued (hazards 4, 26). */
  holdMs: number
}

export interface MemberSeen {
  address: string
  name: string
}

export interface ReferenceServer {
  readonly port: number
  readonly host: string
  /** The panic it died of; null while no client has killed it. */
  readonly crashed: string | null
  readonly received: EventLog<Received>
  readonly arrivals: EventLog<string>
  readonly endings: EventLog<Ending>
  readonly members: () => MemberSeen[]
  readonly faults: Faults
  /** Everything received so far from everybody, as UTF-8. */
  readonly heard: () => string
  /** Bytes as they are, to everybody connected or to one address: what no behaviour would send by itself. */
  readonly inject: (data: string | Uint8Array, to?: string) => void
  /** The same in several segments, cut after each of these counts of bytes (default: after every byte). */
  readonly drip: (data: string | Uint8Array, cuts?: number[], to?: string) => Promise<void>
  /** The whole room stops: nothing is read as a command, nothing sent. What came meanwhile is one read. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** FIN, or RST, to one peer or to all; the process lives. */
  readonly hangUp: (how?: 'fin' | 'rst', to?: string) => void
  /** The process ends now: everybody gets EOF, the port is closed. */
  readonly die: () => void
  readonly close: () => Promise<void>
}

/** A connection as a behaviour sees it. */
export interface Peer {
  readonly address: string
  /** False once the server has closed it or it is dead. */
  open: boolean
  /** Reads no more from it, for ever. */
  deaf: boolean
  readonly socket: Socket
}

export interface House {
  /** Every connection the process still holds open. */
  readonly peers: ReadonlySet<Peer>
  readonly faults: Faults
  readonly write: (peer: Peer, data: string | Uint8Array) => void
  /** FIN after what was written. */
  readonly end: (peer: Peer) => void
  /** Closes with RST: the program closed a socket with unread bytes in it. */
  readonly reset: (peer: Peer) => void
  /** A panic: the whole process. */
  readonly crash: (panic: string) => void
  readonly after: (ms: number, run: () => void) => { cancel: () => void }
}

export interface Behaviour {
  /** Bytes of one `read()`. */
  readSize: number
  /** Writes block the whole room while one member does not read, as with channels without a buffer. */
  blocks: boolean
  /** Said by the newcomer's own goroutine, also while the room stands still. */
  greeting?: (peer: Peer) => string
  arrived: (peer: Peer) => void
  read: (peer: Peer, chunk: Buffer) => void
  /** `fin`: end of input, the socket may still be written. `rst`: it is dead. */
  ended: (peer: Peer, how: 'fin' | 'rst') => void
  members: () => MemberSeen[]
}

interface Line {
  peer: Peer
  pending: Buffer[]
  reading: boolean
  held: Buffer[]
  finished: boolean
}

export const NEWLINE = Buffer.from('\n')

/** Keeps two writes from reaching the other side in one read. */
const SEGMENT_GAP_MS = 3

const bytesOf = (data: string | Uint8Array): Buffer =>
  typeof data === 'string' ? Buffer.from(data, 'utf8') : Buffer.from(data)

/** Starts a server with this behaviour on loopback. */
export const serve = async (options: ServerOptions, behave: (house: House) => Behaviour): Promise<ReferenceServer> => {
  const host = options.host ?? '127.0.0.1'
  const print = options.print ?? printLikeGo
  const received = makeEventLog<Received>('received')
  const arrivals = makeEventLog<string>('arrivals')
  const endings = makeEventLog<Ending>('endings')
  const faults: Faults = { eatEcho: false, holdMs: 0 }
  const lines = new Map<Peer, Line>()
  const peers = new Set<Peer>()
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const inbox: (() => void)[] = []
  const life = { frozen: false, dead: false }
  let crashed: string | null = null

  const after: House['after'] = (ms, run) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (life.dead) return
      inbox.push(run)
      pump()
    }, ms)
    timers.add(timer)
    return {
      cancel: () => {
        clearTimeout(timer)
        timers.delete(timer)
      }
    }
  }

  const put = (peer: Peer, bytes: Buffer): void => {
    if (peer.open && !peer.socket.destroyed && peer.socket.writable) peer.socket.write(bytes, () => pump())
  }
  const release = (line: Line): void => {
    if (line.held.length === 0) return
    put(line.peer, Buffer.concat(line.held))
    line.held = []
  }
  const write: House['write'] = (peer, data) => {
    const line = lines.get(peer)
    if (line === undefined || life.dead) return
    if (faults.holdMs === 0 && line.held.length === 0) {
      put(peer, bytesOf(data))
      return
    }
    if (line.held.length === 0) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        release(line)
      }, faults.holdMs)
      timers.add(timer)
    }
    line.held.push(bytesOf(data))
  }
  const forget = (peer: Peer): void => {
    peer.open = false
    peers.delete(peer)
  }
  const end: House['end'] = (peer) => {
    const line = lines.get(peer)
    if (line !== undefined) release(line)
    forget(peer)
    peer.socket.end()
  }
  const reset: House['reset'] = (peer) => {
    forget(peer)
    peer.socket.resetAndDestroy()
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer: Peer = {
      address: print(socket.remoteAddress ?? '', socket.remotePort ?? 0),
      open: true,
      deaf: false,
      socket
    }
    const line: Line = { peer, pending: [], reading: false, held: [], finished: false }
    lines.set(peer, line)
    peers.add(peer)
    const task = (run: () => void): void => {
      inbox.push(run)
      pump()
    }
    const read = (): void => {
      line.reading = false
      const bytes = Buffer.concat(line.pending)
      line.pending = []
      for (let at = 0; at < bytes.length && !life.dead && !peer.deaf && peer.open; at += behaviour.readSize)
        behaviour.read(peer, bytes.subarray(at, at + behaviour.readSize))
    }
    const finish = (how: 'fin' | 'rst'): void => {
      if (line.finished || life.dead) return
      line.finished = true
      endings.add({ from: peer.address, how })
      task(() => {
        if (how === 'rst') forget(peer)
        behaviour.ended(peer, how)
      })
    }
    socket.on('data', (chunk: Buffer) => {
      received.add({ from: peer.address, bytes: chunk, text: chunk.toString('utf8') })
      line.pending.push(chunk)
      if (line.reading) return
      line.reading = true
      task(read)
    })
    socket.on('end', () => finish('fin'))
    socket.on('error', () => finish('rst'))
    socket.on('close', () => {
      lines.delete(peer)
      peers.delete(peer)
      pump()
    })
    arrivals.add(peer.address)
    if (behaviour.greeting !== undefined) write(peer, behaviour.greeting(peer))
    task(() => behaviour.arrived(peer))
  })

  const shut = (): void => {
    life.dead = true
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    server.close()
    for (const line of lines.values()) {
      line.peer.open = false
      line.peer.socket.destroy()
    }
  }
  const house: House = {
    peers,
    faults,
    write,
    end,
    reset,
    after,
    crash: (panic) => {
      if (life.dead) return
      crashed = panic
      shut()
    }
  }
  const behaviour = behave(house)

  const blocked = (): boolean => behaviour.blocks && [...peers].some((peer) => peer.socket.writableLength > 0)
  let pumping = false
  function pump(): void {
    if (pumping) return
    pumping = true
    while (!life.frozen && !life.dead && !blocked()) {
      const task = inbox.shift()
      if (task === undefined) break
      task()
    }
    pumping = false
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port ?? 0, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0

  const chosen = (to: string | undefined): Peer[] =>
    [...peers].filter((peer) => to === undefined || peer.address === to)

  return {
    port,
    host,
    get crashed() {
      return crashed
    },
    received,
    arrivals,
    endings,
    members: () => behaviour.members(),
    faults,
    heard: () => Buffer.concat(received.entries.map((entry) => entry.bytes)).toString('utf8'),
    inject: (data, to) => {
      for (const peer of chosen(to)) put(peer, bytesOf(data))
    },
    drip: async (data, cuts, to) => {
      const bytes = bytesOf(data)
      const at = cuts ?? Array.from({ length: bytes.length }, (_, index) => index + 1)
      const ends = [...at.filter((end) => end < bytes.length), bytes.length]
      let start = 0
      for (const end of ends) {
        for (const peer of chosen(to)) put(peer, bytes.subarray(start, end))
        start = end
        await pause(SEGMENT_GAP_MS)
      }
    },
    freeze: () => {
      life.frozen = true
    },
    thaw: () => {
      life.frozen = false
      pump()
    },
    hangUp: (how = 'fin', to) => {
      for (const peer of chosen(to)) {
        if (how === 'fin') end(peer)
        else reset(peer)
      }
    },
    die: shut,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        if (server.listening) server.once('close', () => resolve())
        else resolve()
      })
      shut()
      await closed
    }
  }
}
