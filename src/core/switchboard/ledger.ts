import type { Clock, Timer } from '../../shared/carriers.ts'
import type { History, HistoryOperation } from '../history/contract.ts'

/** A disk that takes longer than this is not waited for: what happened is shown, and marked as not saved. */
export const UNSAVED_AFTER_MS = 250
/** Shown in one turn of the event loop where many are late: a flood on a slow disk must not hold up the rest. */
export const LATE_AT_ONCE = 500

/** What becomes of something that was handed over to be kept. */
export interface Keeping {
  /** Once: when it is kept (`unsaved` false), or when the disk takes too long (true). */
  show(unsaved: boolean): void
  /** It was shown as unsaved, and is kept now. */
  saved(): void
  /** Another program has the line, and what stands on the disk is its word. */
  refused?(): void
}

/** Between what happens and what is shown stands the disk: nothing is shown as kept that is not. */
export interface Ledger {
  put(operation: HistoryOperation, keeping: Keeping): void
  /** Shows what still waits, marked: the order must not change when something else is shown without waiting. */
  showAll(): void
}

interface Entry extends Keeping {
  at: number
  shown: boolean
}

export const makeLedger = (history: History, clock: Clock): Ledger => {
  /** In the order they were put, which is the order of the commits. The first `gone` of them wait no more. */
  let waiting: Entry[] = []
  let gone = 0
  let timer: Timer | null = null

  const show = (entry: Entry, unsaved: boolean): void => {
    if (entry.shown) return
    entry.shown = true
    entry.show(unsaved)
  }
  /** The first one waits no more. In portions: taking it off the list each time would move all the others. */
  const drop = (): void => {
    gone += 1
    if (gone * 2 < waiting.length) return
    waiting = waiting.slice(gone)
    gone = 0
  }
  const showLate = (): void => {
    timer = null
    const late = clock.now() - UNSAVED_AFTER_MS
    for (let n = 0; n < LATE_AT_ONCE; n++) {
      const entry = waiting[gone]
      if (entry === undefined || entry.at > late) break
      drop()
      show(entry, true)
    }
    arm()
  }
  const arm = (): void => {
    const next = waiting[gone]
    if (next === undefined || timer !== null) return
    timer = clock.after(Math.max(0, next.at + UNSAVED_AFTER_MS - clock.now()), showLate)
  }
  const showAll = (): void => {
    const all = waiting.slice(gone)
    waiting = []
    gone = 0
    for (const entry of all) show(entry, true)
  }

  return {
    put: (operation, keeping) => {
      const entry: Entry = { ...keeping, at: clock.now(), shown: false }
      const state = history.state()
      history.append(operation, (kept) => {
        if (entry.shown) entry.saved()
        else {
          // Commits come in order, so that it is the first that waits.
          if (waiting[gone] === entry) drop()
          show(entry, false)
        }
        if (!kept) entry.refused?.()
      })
      if (state === 'writing') {
        waiting.push(entry)
        arm()
        return
      }
      // Nothing is written in this run at all: a mark at each line would say nothing more than the notice does.
      showAll()
      show(entry, state === 'paused')
    },
    showAll
  }
}
