import type { Room, RoomStatus } from '../../shared/state.ts'
import { addressOf } from '../hosting/invitation.ts'
import { useSecondsUntil } from '../parts/countdown.ts'
import type { DotLook } from '../parts/status-dot.tsx'
import { useWords } from '../words.ts'

const retryOf = (status: RoomStatus): number | null =>
  status.state === 'reconnecting' || status.state === 'kicked' ? status.retryAt : null

/** A room's state in a few words, with the time to the next try counted down. */
export const useStateWords = (room: Room): string => {
  const t = useWords('frame')
  const terms = useWords('terms')
  const seconds = useSecondsUntil(retryOf(room.status))
  if (room.hosting) return t('state.hostingAt', { address: addressOf(room) })
  const waiting = seconds === null ? null : seconds > 0 ? t('state.retryIn', { seconds }) : t('state.retrying')
  switch (room.status.state) {
    case 'connected':
      return t('state.connected')
    case 'connecting':
      return t('state.connecting')
    case 'reconnecting':
      return waiting ?? t('state.retrying')
    case 'kicked':
      return waiting ?? terms(`kick.${room.status.reason}`)
    case 'past':
      return t('state.past')
    case 'away':
      return room.status.reason === null
        ? t('state.away')
        : terms(`disconnect.${room.status.detail ?? room.status.reason}`)
  }
}

export const dotOf = (room: Room): DotLook => {
  switch (room.status.state) {
    case 'connected':
      return room.hosting ? 'host' : 'on'
    case 'connecting':
    case 'reconnecting':
      return 'trying'
    case 'kicked':
      return 'trouble'
    case 'past':
      return 'off'
    case 'away':
      return room.hosting ? 'host' : 'off'
  }
}
