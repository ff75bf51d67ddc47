import { performance } from 'node:perf_hooks'
import type { Clock } from '../shared/carriers.ts'

/** Node takes a longer delay for 1 ms. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/** Time as Node gives it. Timers do not keep the program alive; sockets and standard input do. */
export const makeClock = (): Clock => ({
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(ms, LONGEST_DELAY_MS))
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
  endOfTurn: (run) => {
    setImmediate(run)
  }
})
