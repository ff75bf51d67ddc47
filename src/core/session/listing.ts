import type { Clock, Timer } from '../../shared/carriers.ts'

/** A `who` and its answer: rows without an end mark, in any order, broadcast lines between them (dialects 3.3, 3.4). */

/** Quiet for so long after a row: the list is over (dialects 3.4). */
const QUIET_MS = 300
/** Our own row is missing: a slow server may still be at it, a 001 zombie is not in the list at all. */
const PATIENCE_MS = 1500
/** No row at all: frozen, dead, or no such verb. */
const ANSWER_MS = 10_000
/**
 * A cable that is out loses nothing, it only brings the answer late: rows that come within this time of a question
 * nobody answered are its answer, and not what everybody in the room says.
 */
const LATE_ANSWER_MS = 5 * 60_000

const NEVER = Number.NEGATIVE_INFINITY

export interface Row {
  address: string | null
  name: string | null
}
/** Who asked: the person (with the command's ref), or we ourselves. */
export type Asker = { ref: string | null } | 'us'

export interface Listing {
  open(): boolean
  /** True: nothing is open, the question must be written. A further asker shares the answer on its way. */
  ask(asker: Asker): boolean
  begun(): void
  row(row: Row): void
  /** Asked the wrong way: the same askers, once more from the start. */
  again(): void
  close(): void
}

export const makeListing = (deps: {
  clock: Clock
  /** A question goes out: what is told from now on is news to it. */
  begun: () => void
  /** At once: joins, leaves and renames between the rows, and after them, are newer. */
  heard: (row: Row) => void
  /** Our own row: after it a list is most probably over. */
  isSelf: (row: Row) => boolean
  /** We know which row would be ours. */
  selfKnown: () => boolean
  /** A line has begun to come: it may be a row, on a slow network. */
  halfLine: () => boolean
  done: (rows: readonly Row[], askers: readonly Asker[], answered: boolean) => void
}): Listing => {
  const { clock } = deps
  let askers: Asker[] = []
  let rows = new Map<string, Row>()
  let timer: Timer | null = null
  let answered = false
  /** How often our own row came: once in each answer. */
  let selfRows = 0
  /** Questions whose answer may still come, the open ones among them. */
  let questions = 0
  /** Monotonic, ms. */
  let rowAt = 0
  /** Until when they are taken for answers, although nobody waits for them any more (monotonic, ms). */
  let owedUntil = NEVER

  const finish = (): void => {
    const [asked, got, had] = [askers, [...rows.values()], answered]
    const now = clock.now()
    // What is owed is not owed for longer because something else was asked meanwhile.
    const late = owedUntil <= now && owedUntil !== NEVER
    if (had) questions = late ? 0 : Math.max(0, questions - Math.max(1, selfRows))
    listing.close()
    if (questions === 0) owedUntil = NEVER
    else if (!had) owedUntil = now + LATE_ANSWER_MS
    // Where one answer has come, those to further questions are not far behind it.
    else owedUntil = Math.min(owedUntil === NEVER ? Number.POSITIVE_INFINITY : owedUntil, now + ANSWER_MS)
    deps.done(got, asked, had)
  }
  const quiet = (): void => {
    if (answered && deps.halfLine() && clock.now() - rowAt < ANSWER_MS) wait(QUIET_MS)
    else finish()
  }
  const wait = (ms: number): void => {
    timer?.cancel()
    timer = clock.after(ms, quiet)
  }
  const listing: Listing = {
    open: () => askers.length > 0 || answered || clock.now() < owedUntil,
    ask: (asker) => {
      if (!listing.open()) {
        questions = 0
        owedUntil = NEVER
      }
      questions += 1
      askers.push(asker)
      if (askers.length > 1) return false
      deps.begun()
      wait(ANSWER_MS)
      return true
    },
    begun: () => {
      answered = true
      rowAt = clock.now()
      wait(PATIENCE_MS)
    },
    row: (row) => {
      answered = true
      rowAt = clock.now()
      deps.heard(row)
      rows.set(row.address ?? `name:${row.name}`, row)
      // Asked of each row once: a room of thousands answers in as many rows.
      if (deps.isSelf(row)) selfRows += 1
      wait(selfRows > 0 || !deps.selfKnown() ? QUIET_MS : PATIENCE_MS)
    },
    again: () => {
      rows = new Map()
      answered = false
      selfRows = 0
      deps.begun()
      wait(ANSWER_MS)
    },
    close: () => {
      timer?.cancel()
      timer = null
      askers = []
      rows = new Map()
      answered = false
      selfRows = 0
    }
  }
  return listing
}
