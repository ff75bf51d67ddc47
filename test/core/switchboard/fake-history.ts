import type {
  History,
  HistoryListener,
  HistoryOperation,
  HistorySearch,
  HistoryState,
  RestoredConversation
} from '../../../src/core/history/contract.ts'
import type { SearchAnswer } from '../../../src/shared/search.ts'
import type { Line, Timeline } from '../../../src/shared/state.ts'

/** A history whose disk does nothing before the test says so. */
export interface FakeHistory extends History {
  operations: HistoryOperation[]
  /** Commits what was handed over so far. */
  commit(): void
  become(state: HistoryState, reason?: string): void
  /** The disk has woken up after the start, and holds this. */
  find(restored: RestoredConversation[]): void
  /** What lies on the disk beyond the memory. */
  disk: Map<string, Line[]>
  asked: string[]
  searched: HistorySearch[]
  /** What lies on the disk for every search. */
  found: SearchAnswer
  /** Queued lines another program has taken. */
  taken: Set<number>
  /** The disk answers nothing now. */
  unreadable: boolean
  lines(): string[]
}

export const makeFakeHistory = (restored: RestoredConversation[] = []): FakeHistory => {
  let state: HistoryState = 'writing'
  let listener: HistoryListener | null = null
  let last = Math.max(1000, ...restored.flatMap((one) => one.newest.lines.map((line) => line.id)))
  let waiting: { operation: HistoryOperation; saved: (kept: boolean) => void }[] = []
  const fake: FakeHistory = {
    restored,
    operations: [],
    disk: new Map(),
    asked: [],
    searched: [],
    found: { state: 'found', hits: [], next: null },
    taken: new Set(),
    unreadable: false,
    state: () => state,
    listen: (told) => {
      listener = told
    },
    nextLine: () => (last += 1),
    append: (operation, saved) => {
      fake.operations.push(operation)
      waiting.push({ operation, saved })
    },
    page: (conversation, before, limit): Promise<Timeline | null> => {
      if (fake.unreadable) return Promise.resolve(null)
      const lines = (fake.disk.get(conversation) ?? []).filter((line) => line.id < before)
      return Promise.resolve({ lines: lines.slice(-limit), whole: lines.length <= limit })
    },
    after: (conversation, after, before, limit) => {
      if (fake.unreadable) return Promise.resolve(null)
      const lines = (fake.disk.get(conversation) ?? []).filter((line) => line.id > after && line.id < before)
      return Promise.resolve({ lines: lines.slice(0, limit), newest: lines.length < limit })
    },
    firstSince: (conversation, moment) => {
      if (fake.unreadable) return Promise.resolve(null)
      return Promise.resolve({
        line: (fake.disk.get(conversation) ?? []).find((line) => line.at >= moment)?.id ?? null
      })
    },
    line: (conversation, id) =>
      Promise.resolve((fake.disk.get(conversation) ?? []).find((line) => line.id === id) ?? null),
    unread: () => Promise.resolve({ unread: 77, mentions: 7 }),
    search: (wanted) => {
      fake.searched.push(wanted)
      return Promise.resolve(fake.found)
    },
    clear: (conversations) => {
      fake.asked.push(`clear ${conversations?.join() ?? 'all'}`)
      return Promise.resolve(state === 'writing')
    },
    forgetRoom: (room) => {
      fake.asked.push(`forget ${room}`)
      return Promise.resolve(true)
    },
    prune: (room, before) => {
      fake.asked.push(`prune ${room} ${new Date(before).toISOString().slice(0, 10)}`)
      return Promise.resolve(true)
    },
    settled: () => Promise.resolve(),
    close: () => Promise.resolve(),
    commit: () => {
      const all = waiting
      waiting = []
      for (const { operation, saved } of all) saved(operation.op !== 'claim' || !fake.taken.has(operation.line))
    },
    become: (next, reason = '') => {
      state = next
      listener?.stateChanged(next, reason)
    },
    find: (found) => listener?.found?.(found),
    lines: () => fake.operations.flatMap((one) => (one.op === 'line' && 'text' in one.line ? [one.line.text] : []))
  }
  return fake
}
