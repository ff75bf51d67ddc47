import type { Clock, Timer } from '../../shared/carriers.ts'

export interface PaceLimits {
  /** Lines at once. `Infinity`: no limit at all. */
  burst: number
  perSecond: number
  /** Lines that may wait for their turn. */
  waiting: number
}

/** A token bucket that delays: what comes too fast waits in order, and too much waiting is a flood. */
export interface Pace {
  push(line: string): void
  /** Nothing waits. */
  idle(): boolean
  /** Forgets what waits. */
  stop(): void
}

const SECOND_MS = 1000

/** Reads `limits` anew for each line. `say` gets each line in its turn, `flooded` is told once when more than `waiting` lines wait. */
export const makePace = (limits: PaceLimits, clock: Clock, say: (line: string) => void, flooded: () => void): Pace => {
  let tokens = limits.burst
  let filledAt = clock.now()
  let queue: string[] = []
  let timer: Timer | null = null

  const refill = (): void => {
    const now = clock.now()
    if (now > filledAt) tokens += ((now - filledAt) * limits.perSecond) / SECOND_MS
    // Also without time passing: the limits may have changed.
    tokens = Math.min(limits.burst, tokens)
    filledAt = now
  }
  const wait = (): void => {
    if (queue.length === 0 || timer) return
    timer = clock.after(Math.max(1, Math.ceil(((1 - tokens) * SECOND_MS) / limits.perSecond)), () => {
      timer = null
      refill()
      while (tokens >= 1) {
        const line = queue.shift()
        if (line === undefined) return
        tokens -= 1
        say(line)
      }
      wait()
    })
  }
  const stop = (): void => {
    queue = []
    timer?.cancel()
    timer = null
  }

  return {
    push: (line) => {
      if (limits.burst === Infinity && queue.length === 0) {
        say(line)
        return
      }
      refill()
      if (queue.length === 0 && tokens >= 1) {
        tokens -= 1
        say(line)
        return
      }
      queue.push(line)
      if (queue.length > limits.waiting) {
        stop()
        flooded()
        return
      }
      wait()
    },
    idle: () => queue.length === 0,
    stop
  }
}
