import type { Clock, Timer } from '../../shared/carriers.ts'
import type { HistoryOperation, HistoryState } from '../history/contract.ts'
import type { History } from '../history/contract.ts'
import { UNSAVED_AFTER_MS } from '../switchboard/ledger.ts'

/**
 * Lines on their way to the disk at once: seconds of a flood. Beyond, they are left out and counted; the history itself
 * holds some more, so that it never has to leave out one we do not know of.
 */
const ON_THE_WAY = 100_000
const CHARACTERS_ON_THE_WAY = 32 * 1024 * 1024
/** Told in one turn of the event loop where many are late: a flood on a slow disk must not hold up the rest. */
const TOLD_AT_ONCE = 500

/** What was left out. */
export interface Gap {
  lines: number
  /** Wall clock, ms: the moments of the first and the last of them. */
  from: number
  to: number
}

export interface GateDeps {
  history: History
  clock: Clock
  /** Lines are left out from here on. Once for each gap. */
  leavingOut: () => void
  /** There is room again. What is handed over now stands behind the gap. */
  goesOn: (gap: Gap) => void
  /** As `HistoryListener`. */
  stateChanged: (state: HistoryState, reason: string) => void
}

/** Between what happens and who is told of it stands the disk, for at most 250 ms. */
export interface Gate {
  /** Hands over something to be kept; `saved` as in `History.append`. */
  put(operation: HistoryOperation, saved?: (kept: boolean) => void): void
  /** Runs when everything handed over so far is durable, at once where nothing waits; in the order asked for. */
  after(run: () => void): void
  /** Resolves when everything asked for has run. */
  passed(): Promise<void>
}

export const makeGate = ({ history, clock, leavingOut, goesOn, stateChanged }: GateDeps): Gate => {
  /** Operations are numbered in the order of their commits. */
  let last = 0
  let durable = 0
  let characters = 0
  let gap: Gap | null = null
  /** In order. The first `gone` of them have run. */
  let waiting: { number: number; at: number; run: () => void }[] = []
  let gone = 0
  let timer: Timer | null = null
  let wakes: (() => void)[] = []

  const next = (): { number: number; at: number; run: () => void } | undefined => waiting[gone]
  /** In portions: taking the first one off the list each time would move all the others. */
  const drop = (): void => {
    gone += 1
    if (gone * 2 < waiting.length) return
    waiting = waiting.slice(gone)
    gone = 0
    if (waiting.length > 0) return
    const all = wakes
    wakes = []
    for (const wake of all) wake()
  }
  const arm = (): void => {
    const first = next()
    if (first === undefined || timer !== null) return
    timer = clock.after(Math.max(0, first.at + UNSAVED_AFTER_MS - clock.now()), () => {
      timer = null
      const late = clock.now() - UNSAVED_AFTER_MS
      runWhile((one) => one.at <= late, TOLD_AT_ONCE)
      arm()
    })
  }
  const runWhile = (may: (one: { number: number; at: number }) => boolean, most: number): void => {
    for (let n = 0; n < most; n += 1) {
      const one = next()
      if (one === undefined || !may(one)) return
      drop()
      one.run()
    }
  }

  const isFull = (): boolean => last - durable >= ON_THE_WAY || characters >= CHARACTERS_ON_THE_WAY
  const saved = (number: number, weight: number): void => {
    durable = Math.max(durable, number)
    characters -= weight
    if (gap !== null && last - durable <= ON_THE_WAY / 2 && characters <= CHARACTERS_ON_THE_WAY / 2) {
      const ended = gap
      gap = null
      goesOn(ended)
    }
    runWhile((one) => one.number <= durable, Number.POSITIVE_INFINITY)
  }

  history.listen({
    stateChanged: (state, reason) => {
      stateChanged(state, reason)
      // Nobody waits for a disk of which it is known that it takes nothing.
      if (state !== 'writing') runWhile(() => true, Number.POSITIVE_INFINITY)
    }
  })

  return {
    put: (operation, told) => {
      if (history.state() === 'off') return
      if (operation.op === 'line' && (gap !== null || isFull())) {
        const { at } = operation.line
        if (gap === null) leavingOut()
        gap = { lines: (gap?.lines ?? 0) + 1, from: gap?.from ?? at, to: at }
        return
      }
      last += 1
      const number = last
      const weight = operation.op === 'line' && 'text' in operation.line ? operation.line.text.length : 0
      characters += weight
      history.append(operation, (kept) => {
        told?.(kept)
        saved(number, weight)
      })
    },
    after: (run) => {
      if (next() === undefined && (durable === last || history.state() !== 'writing')) {
        run()
        return
      }
      waiting.push({ number: last, at: clock.now(), run })
      arm()
    },
    passed: () =>
      new Promise((resolve) => {
        if (next() === undefined) resolve()
        else wakes.push(resolve)
      })
  }
}
