import { hostPort, plainHost, roomsAt } from '../../shared/address.ts'
import type { Settings } from '../../shared/settings.ts'
import type { RoomId } from '../../shared/state.ts'
import type { RestoredConversation } from '../history/contract.ts'

/** A new id, of our own. */
export const newRoomId = (random: () => number, taken: (id: RoomId) => boolean): RoomId => {
  for (;;) {
    const id = `r${Math.floor(random() * 36 ** 8).toString(36)}`
    if (!taken(id)) return id
  }
}

/** What was kept of a room nobody saved: by what it was called last. */
const keptRoom = (
  restored: Iterable<RestoredConversation>,
  hosted: boolean,
  title: string,
  taken: (id: RoomId) => boolean
): RoomId | null => {
  for (const one of restored)
    if (one.hosted === hosted && one.id === one.room && one.title === title && !taken(one.room)) return one.room
  return null
}

/** The room that is hosted under this name went on before: with its id goes its history. `taken`: it is in use. */
export const hostedRoomOf = (
  settings: Settings,
  restored: Iterable<RestoredConversation>,
  name: string,
  taken: (id: RoomId) => boolean
): RoomId | null => {
  const again = settings.hosted
  if (again?.name === name && !taken(again.id)) return again.id
  return keptRoom(restored, true, name, taken)
}

/** The room at an address that is saved, or else one the command line was in before. */
export const roomAt = (
  settings: Settings,
  restored: Iterable<RestoredConversation>,
  host: string,
  port: number
): RoomId | null => {
  const address = { host: plainHost(host), port }
  const [saved] = roomsAt(settings.rooms, address)
  return saved?.id ?? unsavedRoomAt(settings, restored, address.host, port)
}

/** One the command line was in before, and the app never. */
export const unsavedRoomAt = (
  settings: Settings,
  restored: Iterable<RestoredConversation>,
  host: string,
  port: number
): RoomId | null => {
  const known = new Set(settings.rooms.map((room) => room.id))
  return keptRoom(restored, false, hostPort(host.toLowerCase(), port), (id) => known.has(id))
}
