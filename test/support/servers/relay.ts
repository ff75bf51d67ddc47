import { serve, type Peer, type ReferenceServer, type ServerOptions } from './base.ts'

/**
 * 004: the bare relay (dialects 3.5). Silent; every line goes to everybody with its own terminator, of any length;
 * a tail without LF is lost with its author.
 */
export const startRelay = (options: ServerOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => {
    const members = new Map<Peer, Buffer>()
    return {
      readSize: 4096,
      blocks: true,
      arrived: (peer) => {
        members.set(peer, Buffer.alloc(0))
      },
      read: (peer, chunk) => {
        let buffer = Buffer.concat([members.get(peer) ?? Buffer.alloc(0), chunk])
        for (let at = buffer.indexOf(0x0a); at >= 0; at = buffer.indexOf(0x0a)) {
          const line = Buffer.concat([Buffer.from(`${peer.address}:`), buffer.subarray(0, at + 1)])
          buffer = buffer.subarray(at + 1)
          // The gone ones stay in the table; writing to them fails without a word.
          for (const other of members.keys()) if (!(house.faults.eatEcho && other === peer)) house.write(other, line)
        }
        members.set(peer, buffer)
      },
      ended: (peer, how) => {
        if (how === 'fin') house.end(peer)
      },
      members: () => [...members.keys()].map(({ address }) => ({ address, name: address }))
    }
  })
