import { BlockList, createServer, isIPv6 } from 'node:net'
import type { Server, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { HubDeps, HubLimits, OpenRoomAt, OpenRoomResult } from '../core/hub/contract.ts'
import { makeHub } from '../core/hub/hub.ts'
import type { Clock } from '../shared/carriers.ts'
import type { HostedDialect } from '../shared/dialect.ts'
import type { Door } from '../shared/events.ts'
import { listenError, localAddresses, NO_SUCH_FAMILY } from './addresses.ts'
import { printedAddress, wireOf } from './tcp.ts'

export interface OpenRoomDeps {
  clock: Clock
  codec: HubDeps['codec']
  /** Told, at most every ten seconds, that the system has no room for more connections. */
  log?: (text: string) => void
}

/** Files the program needs besides its members (settings, history, log, windows), but never more than half of all. */
const FILES_KEPT_FREE = 256
/**
 * Connections above the members' limit that are still let in, to be told that the room is full: as many as the kernel
 * keeps for us while we are busy. An eighth of all files at most.
 */
const TURNED_AWAY_AT_ONCE = 1024
/**
 * Connections waiting in the kernel while we are busy: a whole building that comes back at once. What does not fit is
 * lost without a word where the kernel answers floods with cookies. It takes less where the system says so.
 */
const BACKLOG = 4096
/** Closing: the members' FINs are waited for so long, then the wires are given up. At most 2 s are promised. */
const CLOSE_MS = 1800
const LOG_EVERY_MS = 10_000

/**
 * How many files the system lets us open; past it, Node closes new connections without a word. `Infinity` where the
 * system does not say (Windows has no such limit).
 */
const openFilesLimit = (): number => {
  // Else it asks the name service for every connection, and waits.
  Object.assign(process.report, { excludeNetwork: true })
  const report: unknown = process.report.getReport()
  if (typeof report !== 'object' || report === null || !('userLimits' in report)) return Infinity
  const limits = report.userLimits
  if (typeof limits !== 'object' || limits === null || !('open_files' in limits)) return Infinity
  const files = limits.open_files
  if (typeof files !== 'object' || files === null || !('soft' in files)) return Infinity
  return typeof files.soft === 'number' ? files.soft : Infinity
}

/** Networks this machine is in, for IPv6: there, every address is a machine of its own (decision 6). */
const onLinkNow = (): ((ip: string) => boolean) => {
  const networks = new BlockList()
  for (const infos of Object.values(networkInterfaces())) {
    for (const info of infos ?? []) {
      const bits = Number(info.cidr?.split('/')[1])
      if (info.family === 'IPv6' && bits > 0) networks.addSubnet(info.address, bits, 'ipv6')
    }
  }
  return (ip) => isIPv6(ip) && networks.check(ip, 'ipv6')
}

type Failure = Extract<OpenRoomResult, { ok: false }>

/** Why a port cannot be had, in words. `bind`: null for all interfaces; `code`: the system's. */
export const listenFailure = (port: number, bind: string | null, code: string): Failure => {
  const at = bind === null ? `port ${port}` : `port ${port} of ${bind}`
  switch (code) {
    case 'EADDRINUSE':
      return { ok: false, code: 'port-in-use', port, text: `${at} is in use by another program` }
    case 'EACCES':
    case 'EPERM':
      return { ok: false, code: 'port-forbidden', port, text: `this system does not let you listen on ${at}` }
    case 'EADDRNOTAVAIL':
      return {
        ok: false,
        code: 'cannot-listen',
        port,
        text: `cannot listen on ${at}: this machine has no such address`
      }
    default:
      return { ok: false, code: 'cannot-listen', port, text: `cannot listen on ${at} (${code})` }
  }
}

const listen = (server: Server, port: number, host: string): Promise<string | null> =>
  new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? 'UNKNOWN')
    server.once('error', failed)
    server.listen({ port, host, ipv6Only: false, exclusive: true, backlog: BACKLOG }, () => {
      server.off('error', failed)
      resolve(null)
    })
  })

/** Null, or the code of why not. Where nothing is bound by name: IPv6 and IPv4 in one, IPv4 alone without IPv6. */
const openDoor = async (server: Server, port: number, bind: string | null): Promise<string | null> => {
  if (bind !== null) return listen(server, port, bind)
  if (port !== 0) {
    const taken = await listenError(port, '127.0.0.1')
    if (taken !== null) return taken
  }
  const code = await listen(server, port, '::')
  return code !== null && NO_SUCH_FAMILY.has(code) ? listen(server, port, '0.0.0.0') : code
}

const shut = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    // An error here says that it was not listening, which is what is wanted.
    server.close(() => resolve())
  })

/**
 * Rooms behind TCP doors. `hosting` is emitted when every door listens, before anybody is let in; when one cannot
 * listen, none does.
 */
export const openRoomWith =
  (deps: OpenRoomDeps): OpenRoomAt =>
  async (options, emit) => {
    const sockets = new Set<Socket>()
    const servers: Server[] = []
    const doors: Door[] = []
    /** Who came before every door was open. */
    let early: { socket: Socket; dialect: HostedDialect }[] | null = []
    let loggedAt = -Infinity

    const files = openFilesLimit()
    const filesForMembers = files - Math.min(FILES_KEPT_FREE, Math.ceil(files / 2))
    /** The members' limit with what the system allows. */
    const possible = (limits: HubLimits): HubLimits => ({
      ...limits,
      members: Math.min(limits.members, filesForMembers)
    })
    let mostMembers = possible(options.limits).members
    let droppedCount = 0
    /** Past it Node closes without a word. */
    const limitDoors = (): void => {
      for (const server of servers)
        server.maxConnections = mostMembers + Math.min(TURNED_AWAY_AT_ONCE, Math.ceil(files / 8))
    }
    const hub = makeHub(
      { ...options, limits: possible(options.limits) },
      { clock: deps.clock, codec: deps.codec, emit, onLink: onLinkNow() }
    )

    const admit = (socket: Socket, dialect: HostedDialect): void => {
      const { remoteAddress, remotePort } = socket
      if (remoteAddress === undefined || remotePort === undefined) {
        socket.destroy()
        return
      }
      // The wire needs its listener, and the hub needs the wire to make it.
      const wire = wireOf(socket, {
        received: (bytes) => listener.received(bytes),
        drained: () => listener.drained?.(),
        ended: () => listener.ended(),
        closed: (how) => listener.closed(how)
      })
      const listener = hub.admit(wire, printedAddress(remoteAddress, remotePort), dialect)
    }
    const came = (socket: Socket, dialect: HostedDialect): void => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      if (early) {
        socket.on('error', () => socket.destroy())
        early.push({ socket, dialect })
      } else admit(socket, dialect)
    }
    const dropped = (): void => {
      droppedCount += 1
      const now = deps.clock.now()
      if (now - loggedAt < LOG_EVERY_MS) return
      loggedAt = now
      deps.log?.(`too many connections: new ones are closed unheard (limit ${mostMembers} members)`)
    }

    for (const { port, dialect } of options.doors) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => came(socket, dialect))
      server.on('drop', dropped)
      servers.push(server)
      limitDoors()
      const code = await openDoor(server, port, options.bind)
      if (code !== null) {
        for (const socket of sockets) socket.destroy()
        await Promise.all(servers.map(shut))
        return listenFailure(port, options.bind, code)
      }
      server.on('error', (error) => deps.log?.(`a door has trouble: ${error.message}`))
      const at = server.address()
      if (at !== null && typeof at === 'object') doors.push({ address: at.address, port: at.port, dialect })
    }

    const bound = doors[0]?.address ?? ''
    const reachable =
      bound === '::' || bound === '0.0.0.0'
        ? localAddresses()
            .map((local) => local.address)
            .filter((address) => bound === '::' || !isIPv6(address))
        : [bound]
    const hosts = reachable.length > 0 ? reachable : ['127.0.0.1']
    const addresses = doors.flatMap((door) => hosts.map((host) => printedAddress(host, door.port)))

    emit({ type: 'hosting', doors, addresses })
    const waiting = early
    early = null
    for (const { socket, dialect } of waiting) if (!socket.destroyed) admit(socket, dialect)

    let closing: Promise<void> | null = null
    const close = async (): Promise<void> => {
      const shutters = servers.map(shut)
      hub.close()
      const giveUp = deps.clock.after(CLOSE_MS, () => {
        for (const socket of sockets) socket.destroy()
      })
      await Promise.all(shutters)
      giveUp.cancel()
    }
    return {
      ok: true,
      room: {
        doors,
        addresses,
        members: () => hub.members(),
        watch: () => ({
          ...hub.counts(),
          members: hub.members().length,
          queuedBytes: hub.queuedBytes(),
          dropped: droppedCount
        }),
        change: (changes) => {
          const limits = possible(changes.limits)
          mostMembers = limits.members
          limitDoors()
          hub.change({ ...changes, limits })
        },
        spare: (address) => hub.spare(address),
        close: () => (closing ??= close())
      }
    }
  }
