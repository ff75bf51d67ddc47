import { hostPort } from '../../shared/address.ts'
import { formatInvitation } from '../../shared/join-link.ts'
import type { Room } from '../../shared/state.ts'
import { readAddress } from '../connecting/address.ts'

/** Where others find a room: our best address if we host it, else the address we use ourselves. */
export const placeOf = (room: Room): { host: string; port: number } => {
  const first = room.hosting?.addresses[0]
  const best = first === undefined ? null : readAddress(first)
  return best === null || best.port === null
    ? { host: room.host, port: room.hosting?.doors[0]?.port ?? room.port }
    : { host: best.host, port: best.port }
}

export const netcatLine = (host: string, port: number): string => `nc ${host} ${port}`

export const addressOf = (room: Room): string => {
  const { host, port } = placeOf(room)
  return hostPort(host, port)
}

/** What *Copy invitation* puts on the clipboard: the link for Teahouse, the line for everybody else. */
export const invitationTo = (room: Room): string => {
  const place = placeOf(room)
  return `${formatInvitation(place)}\n${netcatLine(place.host, place.port)}`
}
