import type { HostEvent } from '../../shared/events.ts'
import { RATE_BURST_LINES, RATE_LINES_PER_SECOND, RATE_WAITING_LINES } from '../../shared/limits.ts'
import type { HostedBefore, HostLimits } from '../../shared/settings.ts'
import type { RoomId } from '../../shared/state.ts'
import type { HubLimits, OpenRoom, OpenRoomAt } from '../hub/contract.ts'
import { DEFAULT_HUB_LIMITS } from '../hub/limits.ts'
import type { Command } from './outcome.ts'
import { no } from './outcome.ts'

const LAST_PORT = 65_535
const MINUTE_MS = 60_000

/** The limits of a room as a person set them. Who may say more lines may say more at once, and have more waiting. */
export const hubLimits = (set: HostLimits): HubLimits => {
  const perSecond = set.linesPerSecond ?? RATE_LINES_PER_SECOND
  const more = Math.max(1, perSecond / RATE_LINES_PER_SECOND)
  const perAddress = set.perAddress ?? DEFAULT_HUB_LIMITS.perAddress
  return {
    ...DEFAULT_HUB_LIMITS,
    members: set.members ?? DEFAULT_HUB_LIMITS.members,
    perAddress,
    // Whoever may be there at once may come at once.
    newPerMinute: Math.max(DEFAULT_HUB_LIMITS.newPerMinute, 2 * perAddress),
    ratePerSecond: perSecond,
    rateBurst: Math.round(RATE_BURST_LINES * more),
    rateWaiting: Math.round(RATE_WAITING_LINES * more)
  }
}

export interface HostingDeps {
  openRoom: OpenRoomAt
  freePort: (port: number) => Promise<number | null>
  /** Somebody came or went. */
  moved: (id: RoomId) => void
}

/** The rooms whose doors are ours. */
export interface Hosting {
  /** Opens all doors, or says which free port to take instead of one that is in use. */
  open(
    id: RoomId,
    command: Command<'host'>
  ): Promise<{ ok: true; room: OpenRoom; before: HostedBefore } | ReturnType<typeof no>>
  has(id: RoomId): boolean
  any(): boolean
  ids(): Iterable<RoomId>
  /** What the host calls it; null: not one of ours. */
  name(id: RoomId): string | null
  /** People in it besides the host, whose own end of his connection this is. */
  guests(id: RoomId, own: string | null): number
  /** Where the host himself sits now: his silence closes nobody. */
  spare(id: RoomId, own: string): void
  /** The one opened last: to be offered again. */
  newest(): HostedBefore | null
  /** Tells the members and shuts the doors. */
  close(id: RoomId): Promise<void>
  closeAll(): Promise<void>
}

export const makeHosting = ({ openRoom, freePort, moved }: HostingDeps): Hosting => {
  const rooms = new Map<RoomId, { room: OpenRoom; before: HostedBefore }>()
  let closed = false

  /** The next port that is free and not wanted by another door of the same room. */
  const nextFreePort = async (taken: number, wanted: readonly number[]): Promise<number | null> => {
    for (let port = taken; port < LAST_PORT;) {
      const free = await freePort(port + 1)
      if (free === null || !wanted.includes(free)) return free
      port = free
    }
    return null
  }
  const inUse = async (port: number, wanted: readonly number[]): Promise<ReturnType<typeof no>> =>
    no('port-in-use', (await nextFreePort(port, wanted)) ?? undefined)

  return {
    open: async (id, { name, doors, language, bare, limits }) => {
      const ports = doors.map((door) => door.port).filter((port) => port !== 0)
      const twice = ports.find((port, index) => ports.indexOf(port) !== index)
      if (twice !== undefined) return inUse(twice, ports)
      const heard = (event: HostEvent): void => {
        if (event.type === 'joined' || event.type === 'left') moved(id)
      }
      const opened = await openRoom(
        {
          name,
          language,
          bare,
          idleMs: (limits?.idleMinutes ?? 0) * MINUTE_MS,
          limits: hubLimits(limits ?? {}),
          doors,
          bind: null
        },
        heard
      )
      if (!opened.ok) {
        return opened.code === 'port-in-use' ? inUse(opened.port, ports) : no(opened.code, opened.text)
      }
      const { room } = opened
      if (closed) {
        await room.close()
        return no('cannot-listen')
      }
      // The ports that were really opened: people come back to them.
      const before = {
        id,
        name,
        doors: room.doors.map(({ port, dialect }) => ({ port, dialect })),
        language,
        bare,
        ...(limits === undefined ? {} : { limits })
      }
      rooms.set(id, { room, before })
      return { ok: true, room, before }
    },
    has: (id) => rooms.has(id),
    any: () => rooms.size > 0,
    ids: () => rooms.keys(),
    name: (id) => rooms.get(id)?.before.name ?? null,
    guests: (id, own) =>
      rooms
        .get(id)
        ?.room.members()
        .filter((member) => member.address !== own).length ?? 0,
    spare: (id, own) => rooms.get(id)?.room.spare(own),
    newest: () => [...rooms.values()].at(-1)?.before ?? null,
    close: async (id) => {
      const hosted = rooms.get(id)
      rooms.delete(id)
      await hosted?.room.close()
    },
    closeAll: async () => {
      closed = true
      const shut = [...rooms.values()].map(({ room }) => room.close())
      rooms.clear()
      await Promise.all(shut)
    }
  }
}
