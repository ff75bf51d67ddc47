/** Waiting times between tries (decisions 16, command-line "Details"). */

/** A person pressing a button cannot tell this from at once, and a server that restarts needs at least this. */
const SHORTEST_MS = 500
/** From the third try on: keeps nine tries within the first six seconds even when chance says "soonest" each time. */
const LATER_SHORTEST_MS = 750
const FIRST_LONGEST_MS = 1000
const LONGEST_MS = 60_000
/**
 * A host that dies takes everybody along, and everybody comes back: ten a second is what a small machine that has just
 * started bears beside its own start. Up to ten people nobody waits longer for it.
 */
const PER_PERSON_MS = 100
/** A connection that stood this long was a good one: the next loss starts from the beginning. */
export const STABLE_MS = 60_000

export interface Backoff {
  /**
   * Milliseconds until the next try: anything between a floor and a ceiling that doubles up to a minute. `crowd`: how
   * many people lost the server with us, as far as we know; the more, the longer the time they spread over.
   */
  next(crowd: number): number
  reset(): void
}

/** Full jitter: clients of a server that died do not come back in step. `random`: 0 ≤ x < 1. */
export const makeBackoff = (random: () => number): Backoff => {
  let tries = 0
  return {
    next: (crowd) => {
      const longest = Math.max(FIRST_LONGEST_MS * 2 ** Math.min(tries, 10), crowd * PER_PERSON_MS)
      const ceiling = Math.min(LONGEST_MS, longest)
      const floor = tries < 2 ? SHORTEST_MS : LATER_SHORTEST_MS
      tries += 1
      return Math.round(floor + random() * (ceiling - floor))
    },
    reset: () => {
      tries = 0
    }
  }
}
