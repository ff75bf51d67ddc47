import type { Clock } from '../../shared/carriers.ts'
import type { DisconnectReason, SessionEvent } from '../../shared/events.ts'
import type { Away, Line } from '../../shared/state.ts'

/** A peer that is gone without a word is found out by a question of ours, within this time. */
const UNNOTICED_MS = 60_000
/** The wall clock goes on while a machine sleeps; where it is this much ahead, it slept, or somebody set the clock. */
const ASLEEP_MS = 5000

/** Since when a room was not heard. */
export interface Absence {
  /** The server told us something. */
  heard(): void
  /** The connection is over. */
  begin(reason: DisconnectReason): void
  /** What an earlier run of the program heard last. */
  beginAfter(lines: readonly Line[]): void
  /** We hear it again. Null: we had heard all of it, or never any. */
  end(): Away | null
}

/** Whether only the server can have told this: what we know by ourselves is told by a dead line, too. */
export const isHeard = (event: SessionEvent, echo: boolean): boolean => {
  switch (event.type) {
    case 'connected':
    case 'introduced':
    case 'joined':
    case 'left':
    case 'renamed':
    case 'kicked':
    case 'line':
      return true
    case 'said':
      return !event.own || (event.conversation === 'room' && echo)
    case 'recognised':
    case 'people':
    case 'listed':
    case 'refused':
    case 'noted':
    case 'disconnected':
      return false
  }
}

/** By the last lines of an earlier run; null: it was never heard. */
export const awayAfter = (lines: readonly Line[]): Away | null => {
  const heard = lines.findLast((line) => !(line.kind === 'said' && line.own && line.state === 'queued'))
  const turn = lines.findLast(({ kind }) => kind === 'connected' || kind === 'disconnected' || kind === 'kicked')
  // A program that was killed told nobody when: it is only known until when it heard something.
  if (turn === undefined || turn.kind === 'connected')
    return heard === undefined ? null : { since: heard.at, sure: false }
  return { since: turn.at, sure: true }
}

export const makeAbsence = (clock: Clock): Absence => {
  let away: Away | null = null
  /** When the server told us something last, by both clocks (ms). */
  let last = { wall: clock.wall(), now: clock.now() }

  const unheardSince = (reason: DisconnectReason): number => {
    const wall = clock.wall()
    const slept = wall - last.wall - (clock.now() - last.now) > ASLEEP_MS
    if (slept) return last.wall
    return reason === 'silent' ? Math.min(wall, Math.max(last.wall, wall - UNNOTICED_MS)) : wall
  }

  return {
    heard: () => {
      last = { wall: clock.wall(), now: clock.now() }
    },
    begin: (reason) => {
      away = { since: unheardSince(reason), sure: true }
    },
    beginAfter: (lines) => {
      away = awayAfter(lines)
    },
    end: () => {
      const ended = away
      away = null
      return ended
    }
  }
}
