import { NEWLINE, serve, type Peer, type ReferenceServer, type ServerOptions } from './base.ts'

/**
 * 000 and 003: the chat of *The Go Programming Language*, ch. 8 (dialects 3.1, 3.2). Lines through a
 * `bufio.Scanner`; a line of more than 64 KiB ends in a reset; the room stands still while one member does not read.
 */

export interface GoplOptions extends ServerOptions {
  /** `en`: the book (003). `zh`: its Chinese retelling (000). */
  wording?: 'en' | 'zh'
}

/** bufio.MaxScanTokenSize, LF included. */
const SCANNER_BYTES = 65_536

const WORDS = {
  en: { welcome: (a: string) => `You are ${a}`, join: ' has arrived', leave: ' has left' },
  zh: { welcome: (a: string) => `欢迎 ${a}`, join: ' 上线', leave: ' 下线' }
}

export const startGopl = (options: GoplOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => {
    const words = WORDS[options.wording ?? 'en']
    /** The members in the order they came, with what their scanner has not cut yet. */
    const members = new Map<Peer, Buffer>()

    const broadcast = (line: string | Uint8Array, author?: Peer): void => {
      const bytes = Buffer.concat([typeof line === 'string' ? Buffer.from(line) : line, NEWLINE])
      for (const peer of members.keys()) if (!(house.faults.eatEcho && peer === author)) house.write(peer, bytes)
    }
    const say = (peer: Peer, line: Buffer): void => {
      const text = line.at(-1) === 0x0d ? line.subarray(0, -1) : line
      broadcast(Buffer.concat([Buffer.from(`${peer.address}: `), text]), peer)
    }
    const leave = (peer: Peer): boolean => {
      const was = members.delete(peer)
      if (was) broadcast(`${peer.address}${words.leave}`)
      return was
    }

    return {
      readSize: 4096,
      blocks: true,
      greeting: (peer) => `${words.welcome(peer.address)}\n`,
      arrived: (peer) => {
        broadcast(`${peer.address}${words.join}`)
        members.set(peer, Buffer.alloc(0))
      },
      read: (peer, chunk) => {
        const before = members.get(peer)
        if (before === undefined) return
        let buffer = Buffer.concat([before, chunk])
        for (let at = buffer.indexOf(0x0a); at >= 0; at = buffer.indexOf(0x0a)) {
          if (at >= SCANNER_BYTES) break
          say(peer, buffer.subarray(0, at))
          buffer = buffer.subarray(at + 1)
        }
        if (buffer.length > SCANNER_BYTES) {
          leave(peer)
          house.reset(peer)
          return
        }
        members.set(peer, buffer)
      },
      ended: (peer, how) => {
        const tail = members.get(peer)
        if (how === 'fin' && tail !== undefined && tail.length > 0) say(peer, tail)
        if (leave(peer) && how === 'fin') house.end(peer)
      },
      members: () => [...members.keys()].map(({ address }) => ({ address, name: address }))
    }
  })
