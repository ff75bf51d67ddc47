import type { HistorySearch } from '../../core/history/contract.ts'
import type { Clock, Timer } from '../../shared/carriers.ts'
import type { SearchAnswer } from '../../shared/search.ts'
import { makeThread } from './thread.ts'

/** A thread that nobody asked for so long ends: most people search now and then. */
const IDLE_MS = 60_000
/** Askers waiting at once: more views than anybody opens, and a broken program must not pile them up. */
const MAX_WAITING = 50

export interface SearcherDeps {
  folder: string
  clock: Clock
  /** It could not be searched; `why`: the system's word. */
  failed: (why: string) => void
}

/**
 * Searches in a thread of its own: reading does not hold up writing (the log of the database lets both go on), and a
 * page of a conversation does not wait behind a search. One search at a time. Who asks again takes the question before
 * back: it is stopped if it is looked for, and never begun if it waits.
 */
export interface Searcher {
  search(wanted: HistorySearch): Promise<SearchAnswer>
  /** Lets go of the file until `resume`; what is looked for then is looked for once more. */
  rest(): Promise<void>
  resume(): void
  close(): Promise<void>
}

interface Waiting {
  wanted: HistorySearch
  stop: Int32Array
  resolve: (answer: SearchAnswer) => void
}

export const makeSearcher = ({ folder, clock, failed }: SearcherDeps): Searcher => {
  let waiting: Waiting[] = []
  let running: Waiting | null = null
  let idle: Timer | null = null
  let closed = false
  let resting = false
  const thread = makeThread((why) => failed(why))

  const next = async (): Promise<void> => {
    if (running !== null || resting) return
    const one = waiting.shift()
    if (one === undefined) return
    running = one
    idle?.cancel()
    const answer = await thread.ask({ do: 'search', folder, wanted: one.wanted, stop: one.stop })
    running = null
    if (answer.ok) one.resolve(answer.value)
    else if (answer.why === 'closed' && !closed) waiting.unshift(one)
    else {
      if (!closed) failed(answer.why)
      // What was opened is not trusted any more.
      await thread.end()
      one.resolve({ state: 'unavailable', reason: answer.why })
    }
    if (closed) return
    idle = clock.after(IDLE_MS, () => void thread.end())
    void next()
  }
  const supersede = (one: Waiting): void => one.resolve({ state: 'superseded' })

  return {
    search: (wanted) =>
      new Promise((resolve) => {
        if (closed) {
          resolve({ state: 'unavailable', reason: '' })
          return
        }
        const isSame = (other: Waiting): boolean => other.wanted.asker === wanted.asker
        if (running !== null && isSame(running)) Atomics.store(running.stop, 0, 1)
        waiting.filter(isSame).forEach(supersede)
        waiting = waiting.filter((other) => !isSame(other))
        waiting.push({ wanted, stop: new Int32Array(new SharedArrayBuffer(4)), resolve })
        if (waiting.length > MAX_WAITING) waiting.splice(0, 1).forEach(supersede)
        if (running === null) void next()
      }),
    rest: async () => {
      resting = true
      idle?.cancel()
      await thread.end()
    },
    resume: () => {
      resting = false
      void next()
    },
    close: async () => {
      closed = true
      idle?.cancel()
      waiting.splice(0).forEach(supersede)
      await thread.end()
    }
  }
}
