import { inspect } from 'node:util'

/**
 * Waiting for the thing itself instead of for some time: a log that tells when an entry comes, and a condition
 * that is looked at until it holds. When it never does, the failure shows everything that did happen.
 */

/** Long enough for a loaded machine with two cores; a test that runs into it is broken, not slow. */
const PATIENCE_MS = 5000
/** Between two looks at a condition nobody announces. */
const LOOK_EVERY_MS = 2
/** A log of megabytes would hide what matters in a failure. */
const SHOWN_ENTRIES = 60

export interface Wait {
  /** Milliseconds until the wait fails. */
  within?: number
  /** What is waited for, in the words of the failure. */
  what?: string
  /** Entries before this position do not count (see `EventLog.mark`). */
  from?: number
}

export interface EventLog<T> {
  add(entry: T): void
  /** Everything so far, in order. */
  readonly entries: readonly T[]
  /** A position: waits and looks with `from: mark()` see only what comes after it. */
  mark(): number
  /** The first entry that matches, already there or still to come. */
  until(matches: (entry: T) => boolean, wait?: Wait): Promise<T>
  /** Waits until the log as a whole satisfies; gets the entries after `from`. */
  untilAll(holds: (entries: readonly T[]) => boolean, wait?: Wait): Promise<readonly T[]>
}

const shown = (entries: readonly unknown[]): string => {
  const tail = entries.slice(-SHOWN_ENTRIES)
  const head = entries.length > tail.length ? [`… ${entries.length - tail.length} more before`] : []
  return [...head, ...tail.map((entry) => inspect(entry, { breakLength: 160, depth: 5, maxStringLength: 400 }))].join(
    '\n  '
  )
}

/** Entries with a way to wait for one. */
export const makeEventLog = <T>(name = 'log'): EventLog<T> => {
  const entries: T[] = []
  const watchers = new Set<() => void>()

  const untilAll = (holds: (entries: readonly T[]) => boolean, wait: Wait = {}): Promise<readonly T[]> => {
    const seen = (): readonly T[] => (wait.from === undefined ? entries : entries.slice(wait.from))
    return new Promise((resolve, reject) => {
      const finish = (): boolean => {
        if (!holds(seen())) return false
        watchers.delete(look)
        clearTimeout(timer)
        resolve(seen())
        return true
      }
      const look = (): void => {
        finish()
      }
      const within = wait.within ?? PATIENCE_MS
      const fail = new Error()
      const timer = setTimeout(() => {
        watchers.delete(look)
        fail.message = `not within ${within} ms: ${wait.what ?? holds.toString()}\n${name} (${entries.length}):\n  ${shown(seen())}`
        reject(fail)
      }, within)
      if (!finish()) watchers.add(look)
    })
  }

  const until = async (matches: (entry: T) => boolean, wait: Wait = {}): Promise<T> => {
    const seen = await untilAll((all) => all.some(matches), { what: matches.toString(), ...wait })
    const found = seen.find(matches)
    if (found === undefined) throw new Error('an entry that was there is gone')
    return found
  }

  return {
    entries,
    add: (entry) => {
      entries.push(entry)
      for (const look of watchers) look()
    },
    mark: () => entries.length,
    until,
    untilAll
  }
}

/** Looks at a condition until it holds, for what announces itself nowhere. */
export const until = async (holds: () => boolean, wait: Omit<Wait, 'from'> = {}): Promise<void> => {
  const within = wait.within ?? PATIENCE_MS
  const deadline = performance.now() + within
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${within} ms: ${wait.what ?? holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

/**
 * Lets a real span pass: only to show that something does *not* happen, or to keep two writes from becoming one
 * segment. Never to wait for something that should happen.
 */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
