import type { Clock } from '../../src/shared/carriers.ts'

/** A clock that stands still until a test moves it. */
export interface HandClock extends Clock {
  /** Lets time pass: runs what falls due, in order, each with the end of its turn. */
  advance(ms: number): void
  /** Ends the present turn of the event loop: runs everything that waits for it, also what that adds. */
  turn(): void
  /** Timers that are still to come. */
  pending(): number
  /** Moves the wall clock alone, as a person or a time server would. */
  setWall(ms: number): void
}

interface Waiting {
  due: number
  order: number
  run: () => void
}

/** `wallStart`: what the wall clock shows at the beginning, ms since 1970. */
export const makeHandClock = (wallStart = Date.UTC(2026, 0, 1)): HandClock => {
  let now = 0
  let wallOffset = wallStart
  let order = 0
  const timers = new Set<Waiting>()
  let turnEnd: (() => void)[] = []

  const turn = (): void => {
    while (turnEnd.length > 0) {
      const runs = turnEnd
      turnEnd = []
      for (const run of runs) run()
    }
  }
  const nextDue = (limit: number): Waiting | null => {
    let found: Waiting | null = null
    for (const timer of timers) {
      if (timer.due > limit) continue
      if (!found || timer.due < found.due || (timer.due === found.due && timer.order < found.order)) found = timer
    }
    return found
  }

  return {
    now: () => now,
    wall: () => wallOffset + now,
    after: (ms, run) => {
      const timer = { due: now + Math.max(0, ms), order: order++, run }
      timers.add(timer)
      return { cancel: () => void timers.delete(timer) }
    },
    endOfTurn: (run) => {
      turnEnd.push(run)
    },
    advance: (ms) => {
      const until = now + ms
      turn()
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.due)
        timer.run()
        turn()
      }
      now = until
    },
    turn,
    pending: () => timers.size,
    setWall: (ms) => {
      wallOffset = ms - now
    }
  }
}
