import { performance } from 'node:perf_hooks'

/**
 * What arrives, in bites, and no more in one turn of the event loop than leaves time for everything else: a flood on one
 * connection must freeze neither the window nor the others. Who has more than fits waits, in order, with his socket
 * paused, so that the kernel holds the rest back.
 */

/** Given on in one piece. Most of what people send fits; a flood of shortest lines makes a few thousand of it. */
export const BITE_BYTES = 8 * 1024
/**
 * Spent on what arrives in one turn. What is understood then goes out, is kept and shown, which takes a few times as long
 * again: all of it together stays well below the 50 ms a person would notice.
 */
export const TURN_MS = 5
/** Of all together, whatever it takes: on a machine that is busy with other things, time passes without any work done. */
export const LEAST_BITES = 4

/**
 * While more came than can be kept: one bite for each, so often. Below what any disk takes, and nobody who types
 * notices it.
 */
export const SLOW_MS = 50

export interface IntakeSource {
  pause(): void
  resume(): void
}
/** The side of one connection. */
export interface Inlet {
  /** Gives on what arrived, now or later. */
  take(bytes: Uint8Array): void
  /** Gives on at once what still waits: nothing will come after it. */
  finish(): void
  /** Drops what still waits. */
  drop(): void
}
export interface Intake {
  inlet(source: IntakeSource, give: (bytes: Uint8Array) => void): Inlet
  /** While this holds, what comes is let in slowly, so that what waits to be kept does not fill the memory. */
  slowWhile(holds: () => boolean): void
}

interface Waiting {
  readonly source: IntakeSource
  readonly give: (bytes: Uint8Array) => void
  rest: Uint8Array
  dropped: boolean
}

const NOTHING = new Uint8Array(0)

/** `now` in ms; `nextTurn` runs once everything else had its turn; `later` after some milliseconds. */
export const makeIntake = (
  now: () => number,
  nextTurn: (run: () => void) => void,
  later: (run: () => void, ms: number) => void
): Intake => {
  /** In order; those in it are paused. */
  const queue = new Set<Waiting>()
  let spent = 0
  let bites = 0
  const isOver = (): boolean => bites >= LEAST_BITES && spent >= TURN_MS
  let scheduled = false
  let isSlow = (): boolean => false

  /** One bite of what waits. False: the time of this turn is over. */
  const bite = (one: Waiting): boolean => {
    if (isOver()) return false
    const from = now()
    const piece = one.rest.length > BITE_BYTES ? one.rest.subarray(0, BITE_BYTES) : one.rest
    one.rest = piece === one.rest ? NOTHING : one.rest.subarray(BITE_BYTES)
    one.give(piece)
    spent += now() - from
    bites += 1
    return true
  }
  const run = (): void => {
    scheduled = false
    spent = 0
    bites = 0
    if (queue.size === 0) return
    schedule()
    // A Set goes on to what is added while it is walked: who has more comes again, behind the others.
    for (const one of isSlow() ? [...queue] : queue) {
      if (one.rest.length > 0 && !bite(one)) return
      queue.delete(one)
      if (one.rest.length > 0) queue.add(one)
      else if (!one.dropped) one.source.resume()
    }
  }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    if (isSlow()) later(run, SLOW_MS)
    else nextTurn(run)
  }

  return {
    slowWhile: (holds) => {
      isSlow = holds
    },
    inlet: (source, give) => {
      const one: Waiting = { source, give, rest: NOTHING, dropped: false }
      return {
        take: (bytes) => {
          if (one.dropped || bytes.length === 0) return
          schedule()
          // A paused source may have had one more piece on the way.
          one.rest = one.rest.length === 0 ? bytes : Buffer.concat([one.rest, bytes])
          if (queue.has(one)) return
          while (one.rest.length > 0 && bite(one) && !isSlow());
          if (one.dropped || (one.rest.length === 0 && !isOver())) return
          // Also with nothing left: the next read of a socket may follow in the same turn.
          source.pause()
          queue.add(one)
        },
        finish: () => {
          queue.delete(one)
          const { rest } = one
          one.rest = NOTHING
          if (rest.length > 0 && !one.dropped) give(rest)
          one.dropped = true
        },
        drop: () => {
          queue.delete(one)
          one.rest = NOTHING
          one.dropped = true
        }
      }
    }
  }
}

/** The one of this thread: its connections share its event loop. */
export const intake = makeIntake(() => performance.now(), setImmediate, setTimeout)
