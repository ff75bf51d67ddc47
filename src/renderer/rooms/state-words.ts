import { useEffect, useState } from 'react'
import type { Room, RoomStatus } from '../../shared/state.ts'
import { addressOf } from '../hosting/invitation.ts'
import type { DotLook } from '../parts/status-dot.tsx'
import { useWords } from '../words.ts'

const SECOND = 1_000

/** Whole seconds until a moment, counting down; null where there is nothing to wait for. */
const useSecondsUntil = (moment: number | null): number | null => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (moment === null) return undefined
    const look = (): void => setNow(Date.now())
    const first = setTimeout(look)
    const timer = setInterval(look, SECOND)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [moment])
  return moment === null ? null : Math.max(0, Math.ceil((moment - now) / SECOND))
}

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
    case 'away':
      return room.status.reason === null ? t('state.away') : terms(`disconnect.${room.status.reason}`)
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
    case 'away':
      return room.hosting ? 'host' : 'off'
  }
}
