import { printLikeNode, serve, type Peer, type ReferenceServer, type ServerOptions } from './base.ts'

/** The relatives in the wild (dialects 5.3 to 5.8), and services that are no chat at all (6.1). */

const READ_BYTES = 65_536
const withoutLineEnd = (chunk: Buffer): string => chunk.toString('utf8').replace(/\r?\n[^]*$/u, '')

/** `plutov/packagemain` 20-tcp-chat: everything is a slash command; `/msg` before `/join` kills it (5.3). */
export const startPlutov = (options: ServerOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => {
    const people = new Map<Peer, { nick: string; room: string | null }>()
    const others = (peer: Peer, room: string | null, line: string): void => {
      for (const [other, person] of people)
        if (other !== peer && room !== null && person.room === room) house.write(other, `> ${line}\n`)
    }
    const depart = (peer: Peer, person: { nick: string; room: string | null }): void => {
      others(peer, person.room, `${person.nick} has left the room`)
      person.room = null
    }
    return {
      readSize: READ_BYTES,
      blocks: false,
      arrived: (peer) => {
        people.set(peer, { nick: 'anonymous', room: null })
      },
      read: (peer, chunk) => {
        const person = people.get(peer)
        if (person === undefined) return
        // Only the first line of a segment is executed.
        const [verb = '', ...words] = withoutLineEnd(chunk).split(' ')
        const rest = words.join(' ')
        if (verb === '/nick') {
          person.nick = rest
          house.write(peer, `> all right, I will call you ${rest}\n`)
        } else if (verb === '/join') {
          depart(peer, person)
          person.room = rest
          others(peer, rest, `${person.nick} joined the room`)
          house.write(peer, `> welcome to ${rest}\n`)
        } else if (verb === '/rooms') {
          const rooms = new Set([...people.values()].flatMap(({ room }) => room ?? []))
          house.write(peer, `> available rooms: ${[...rooms].join(', ')}\n`)
        } else if (verb === '/msg') {
          if (person.room === null) house.crash('invalid memory address or nil pointer dereference')
          else others(peer, person.room, `${person.nick}: ${rest}`)
        } else if (verb === '/quit') {
          depart(peer, person)
          house.write(peer, '> sad to see you go =(\n')
          people.delete(peer)
          house.end(peer)
        } else house.write(peer, `err: unknown command: ${verb}\n`)
      },
      ended: (peer, how) => {
        people.delete(peer)
        if (how === 'fin') house.end(peer)
      },
      members: () => [...people].map(([peer, { nick }]) => ({ address: peer.address, name: nick }))
    }
  })

/** tokio's `examples/chat.rs`: the first line sent becomes the name, whatever it is; invalid UTF-8 ends (5.4). */
export const startTokio = (options: ServerOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => {
    const people = new Map<Peer, { name: string | null; buffer: Buffer }>()
    const others = (peer: Peer, line: string): void => {
      for (const [other, { name }] of people) if (other !== peer && name !== null) house.write(other, `${line}\n`)
    }
    const leave = (peer: Peer): void => {
      const person = people.get(peer)
      people.delete(peer)
      if (person !== undefined && person.name !== null) others(peer, `${person.name} has left the chat`)
      if (peer.open) house.end(peer)
    }
    return {
      readSize: READ_BYTES,
      blocks: false,
      arrived: (peer) => {
        people.set(peer, { name: null, buffer: Buffer.alloc(0) })
        house.write(peer, 'Please enter your username:\n')
      },
      read: (peer, chunk) => {
        const person = people.get(peer)
        if (person === undefined) return
        person.buffer = Buffer.concat([person.buffer, chunk])
        for (let at = person.buffer.indexOf(0x0a); at >= 0; at = person.buffer.indexOf(0x0a)) {
          const bytes = person.buffer.subarray(0, at)
          person.buffer = person.buffer.subarray(at + 1)
          const text = bytes.toString('utf8').replace(/\r$/u, '')
          if (text.includes('\ufffd')) {
            leave(peer)
            return
          }
          if (person.name === null) {
            person.name = text
            others(peer, `${text} has joined the chat`)
          } else others(peer, `${person.name}: ${text}`)
        }
      },
      ended: leave,
      members: () => [...people].map(([peer, { name }]) => ({ address: peer.address, name: name ?? '' }))
    }
  })

/** What ncat makes of bytes outside printable ASCII: `\344\275\240`. Line ends and tabs stay. */
const octal = (chunk: Buffer): string =>
  [...chunk]
    .map((byte) =>
      (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`
    )
    .join('')

/** The first descriptor a fresh `ncat --chat` gives out. */
const FIRST_USER = 5

/** `ncat --chat`: one prefix per read, octal escapes, no own echo (5.5). */
export const startNcatChat = (options: ServerOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => {
    const users = new Map<Peer, number>()
    let next = FIRST_USER
    const ip = (peer: Peer): string => peer.address.replace(/:\d+$/u, '')
    return {
      readSize: READ_BYTES,
      blocks: false,
      arrived: (peer) => {
        const already = [...users].map(([other, user]) => `${ip(other)} as <user${user}>`).join(', ') || 'nobody'
        users.set(peer, next)
        for (const other of users.keys()) {
          house.write(other, `<announce> ${ip(peer)} is connected as <user${next}>.\n`)
          house.write(other, `<announce> already connected: ${already}.\n`)
        }
        next++
      },
      read: (peer, chunk) => {
        for (const other of users.keys())
          if (other !== peer) house.write(other, `<user${users.get(peer) ?? 0}> ${octal(chunk)}`)
      },
      ended: (peer, how) => {
        const user = users.get(peer) ?? 0
        users.delete(peer)
        for (const other of users.keys()) house.write(other, `<announce> <user${user}> is disconnected.\n`)
        if (how === 'fin') house.end(peer)
      },
      members: () => [...users].map(([peer, user]) => ({ address: peer.address, name: `user${user}` }))
    }
  })

/** The Node gist: prefix once per chunk, no own echo, and a reset of one client kills it (5.6). */
export const startNodeGist = (options: ServerOptions = {}): Promise<ReferenceServer> =>
  serve({ print: printLikeNode, ...options }, (house) => {
    const clients = new Set<Peer>()
    const others = (peer: Peer, data: string | Uint8Array): void => {
      for (const other of clients) if (other !== peer) house.write(other, data)
    }
    return {
      readSize: READ_BYTES,
      blocks: false,
      arrived: (peer) => {
        clients.add(peer)
        house.write(peer, `Welcome ${peer.address}\n`)
        others(peer, `${peer.address} joined the chat\n`)
      },
      read: (peer, chunk) => others(peer, Buffer.concat([Buffer.from(`${peer.address}> `), chunk])),
      ended: (peer, how) => {
        if (how === 'rst') {
          house.crash("Unhandled 'error' event: read ECONNRESET")
          return
        }
        clients.delete(peer)
        others(peer, `${peer.address} left the chat.\n`)
        house.end(peer)
      },
      members: () => [...clients].map(({ address }) => ({ address, name: address }))
    }
  })

export interface PythonOptions extends ServerOptions {
  /** `gitchat`: prefix with a leading CR. `room`: the typo without LF, and `other `. */
  copy?: 'gitchat' | 'room'
}

/** The Python select server: no greeting, raw chunks behind a prefix, notices without LF (5.7). */
export const startPythonSelect = (options: PythonOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => {
    const clients = new Set<Peer>()
    const room = options.copy === 'room'
    const others = (peer: Peer, data: string | Uint8Array): void => {
      for (const other of clients) if (other !== peer) house.write(other, data)
    }
    const tuple = (peer: Peer): string => peer.address.replace(/^(.*):(\d+)$/u, "('$1', $2)")
    return {
      readSize: 4096,
      blocks: false,
      arrived: (peer) => {
        clients.add(peer)
        others(peer, `[${peer.address}] entered room${room ? 'n' : '\n'}`)
      },
      read: (peer, chunk) => {
        const prefix = room ? 'other ' : `\r<${tuple(peer)}>`
        others(peer, Buffer.concat([Buffer.from(prefix), chunk]))
      },
      ended: (peer, how) => {
        clients.delete(peer)
        // An ordinary leave is not announced; a socket error is, without LF.
        if (how === 'rst') others(peer, `Client ${tuple(peer).replaceAll("'", '')} is offline`)
        else house.end(peer)
      },
      members: () => [...clients].map(({ address }) => ({ address, name: address }))
    }
  })

/** `nqbao/go-sandbox` chatserver: verbs; silent; echoes to everybody (5.8). */
export const startNqbao = (options: ServerOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => {
    const names = new Map<Peer, { name: string; buffer: string }>()
    return {
      readSize: READ_BYTES,
      blocks: false,
      arrived: (peer) => {
        names.set(peer, { name: 'anonymous', buffer: '' })
      },
      read: (peer, chunk) => {
        const person = names.get(peer)
        if (person === undefined) return
        const lines = `${person.buffer}${chunk.toString('utf8')}`.split('\n')
        person.buffer = lines.pop() ?? ''
        for (const line of lines) {
          const [verb, ...words] = line.replace(/\r$/u, '').split(' ')
          if (verb === 'NAME') person.name = words.join(' ')
          else if (verb === 'SEND')
            for (const other of names.keys()) house.write(other, `MESSAGE ${person.name} ${words.join(' ')}\n`)
        }
      },
      ended: (peer, how) => {
        names.delete(peer)
        if (how === 'fin') house.end(peer)
      },
      members: () => [...names].map(([peer, { name }]) => ({ address: peer.address, name }))
    }
  })

/** First bytes of services that are not ours (6.1). */
export const BANNERS = {
  ssh: Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
  smtp: Buffer.from('220 mail.example.org ESMTP Postfix\r\n'),
  http: Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
  irc: Buffer.from(':irc.example.org NOTICE * :*** Looking up your hostname...\r\n'),
  telnet: Buffer.from([0xff, 0xfd, 0x18, 0xff, 0xfd, 0x20, 0xff, 0xfb, 0x01]),
  tls: Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00]),
  binary: Buffer.from([0x4a, 0x00, 0x00, 0x00, 0x0a, 0x38, 0x2e, 0x30, 0x00])
} as const

/** A foreign service: says this to everybody who comes, or to whoever says something first. */
export const startBanner = (
  banner: Uint8Array | string,
  options: ServerOptions & { waits?: boolean } = {}
): Promise<ReferenceServer> =>
  serve(options, (house) => ({
    readSize: READ_BYTES,
    blocks: false,
    arrived: (peer) => {
      if (options.waits !== true) house.write(peer, banner)
    },
    read: (peer) => {
      if (options.waits === true) house.write(peer, banner)
    },
    ended: (peer, how) => {
      if (how === 'fin') house.end(peer)
    },
    members: () => []
  }))

/** A server with no behaviour at all: the test says every byte itself (`inject`, `drip`, `hangUp`). */
export const startScripted = (options: ServerOptions = {}): Promise<ReferenceServer> =>
  serve(options, (house) => ({
    readSize: READ_BYTES,
    blocks: false,
    arrived: () => undefined,
    read: () => undefined,
    ended: (peer, how) => {
      if (how === 'fin') house.end(peer)
    },
    members: () => []
  }))
