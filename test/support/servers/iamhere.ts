import { NEWLINE, serve, type Peer, type ReferenceServer, type ServerOptions } from './base.ts'
import { shuffled } from './shuffled.ts'

/**
 * 001 (dialects 3.3, 3.8): one read is one message, its last byte is thrown away; `rename` without `|` kills the
 * process; after 60 s of silence a member becomes a zombie without being told; nothing is ever closed.
 */

export interface IamhereWording {
  /** After `[A]name`. */
  separator: string
  here: string
  leave: string
  timeout: string
  list: string
}

/** The seed and the copies of dialects 5.2. */
export const IAMHERE_WORDINGS = {
  seed: { separator: ':', here: 'I am here', leave: 'login out', timeout: 'time out leave out', list: 'user list:' },
  blank: { separator: ': ', here: 'i am here', leave: 'logout', timeout: 'time out leave', list: 'user list :' },
  chinese: { separator: ':', here: '我在线', leave: 'log out', timeout: 'time out leave out', list: 'user list:' }
} as const satisfies Record<string, IamhereWording>

export interface IamhereOptions extends ServerOptions {
  /** Milliseconds of silence until a member is a zombie; 60,000 as written. */
  idleMs?: number
  wording?: IamhereWording
  /** Bytes thrown away at the end of each read: 1, or 2 in copies written on Windows. */
  cut?: 1 | 2
  /** `login` before `I am here`: seen in about 1 % of arrivals on a busy server. */
  loginFirst?: boolean
  /** What others say between the newcomer's connection and his own first line. */
  early?: string
}

export interface IamhereServer extends ReferenceServer {
  /** The silence of this member has lasted too long, now. */
  readonly timeOut: (address: string) => void
}

interface State {
  name: string
  idle: { cancel: () => void }
  /** `zombie`: out of the list, one more read. */
  is: 'member' | 'zombie' | 'deaf'
}

const IDLE_MS = 60_000
const READ_BYTES = 2048
/** `rename` is a command from this length on, and whatever follows it (dialects 3.3). */
const RENAME_FROM_BYTES = 8

export const startIamhere = async (options: IamhereOptions = {}): Promise<IamhereServer> => {
  const wording = options.wording ?? IAMHERE_WORDINGS.seed
  const cut = options.cut ?? 1
  const idleMs = options.idleMs ?? IDLE_MS
  const states = new Map<Peer, State>()
  /** The broadcast list. */
  const list = new Set<Peer>()
  let expire: (peer: Peer) => void = () => undefined

  const server = await serve(options, (house) => {
    const broadcast = (line: string | Uint8Array, author?: Peer): void => {
      const bytes = Buffer.concat([typeof line === 'string' ? Buffer.from(line) : line, NEWLINE])
      for (const peer of shuffled(list)) if (!(house.faults.eatEcho && peer === author)) house.write(peer, bytes)
    }
    const head = (peer: Peer, name: string): string => `[${peer.address}]${name}${wording.separator}`

    expire = (peer) => {
      const state = states.get(peer)
      if (state?.is !== 'member') return
      state.is = 'zombie'
      list.delete(peer)
      broadcast(`${head(peer, state.name)}${wording.timeout}`)
    }
    const wind = (peer: Peer): { cancel: () => void } => house.after(idleMs, () => expire(peer))

    const obey = (peer: Peer, state: State, message: Buffer): void => {
      const text = message.toString('latin1')
      if (text === 'who') {
        house.write(peer, `${wording.list}\n`)
        for (const other of shuffled(list)) house.write(peer, `${other.address}:${states.get(other)?.name ?? ''}\n`)
        return
      }
      if (message.length >= RENAME_FROM_BYTES && text.startsWith('rename')) {
        const name = text.split('|')[1]
        if (name === undefined) {
          house.crash('runtime error: index out of range [1] with length 1')
          return
        }
        state.name = Buffer.from(name, 'latin1').toString('utf8')
        list.add(peer)
        house.write(peer, 'rename ok\n')
        return
      }
      broadcast(Buffer.concat([Buffer.from(head(peer, state.name)), message]), peer)
    }

    return {
      readSize: READ_BYTES,
      blocks: true,
      arrived: (peer) => {
        const state: State = { name: peer.address, idle: wind(peer), is: 'member' }
        states.set(peer, state)
        if (options.early !== undefined) house.write(peer, options.early)
        const here = `${head(peer, peer.address)}${wording.here}\n`
        list.add(peer)
        if (options.loginFirst !== true) house.write(peer, here)
        broadcast(`${head(peer, peer.address)}login`)
        if (options.loginFirst === true) house.write(peer, here)
      },
      read: (peer, chunk) => {
        const state = states.get(peer)
        if (state === undefined || state.is === 'deaf') return
        if (chunk.length < cut) {
          // A copy that cuts two bytes takes a bare LF for the end of the session (dialects 5.2).
          if (list.delete(peer)) broadcast(`${head(peer, state.name)}${wording.leave}`)
          state.is = 'deaf'
          return
        }
        if (state.is === 'zombie') {
          state.is = 'deaf'
        } else {
          state.idle.cancel()
          state.idle = wind(peer)
        }
        obey(peer, state, chunk.subarray(0, -cut))
      },
      ended: (peer) => {
        const state = states.get(peer)
        states.delete(peer)
        state?.idle.cancel()
        // The socket is left as it is, half-open for ever.
        if (state?.is === 'member' && list.delete(peer)) broadcast(`${head(peer, state.name)}${wording.leave}`)
      },
      members: () => [...list].map((peer) => ({ address: peer.address, name: states.get(peer)?.name ?? '' }))
    }
  })
  return Object.assign(server, {
    timeOut: (address: string) => {
      for (const peer of states.keys()) if (peer.address === address) expire(peer)
    }
  })
}
