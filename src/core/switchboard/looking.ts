import type { Clock } from '../../shared/carriers.ts'
import type { Question } from '../../shared/commands.ts'
import { memberLabel } from '../../shared/events.ts'
import type { Hit, SearchAnswer } from '../../shared/search.ts'
import { asksNothing, beginningOf, hasOne, marksIn, parseSearch } from '../../shared/search.ts'
import type { Conversation, Line, RoomId } from '../../shared/state.ts'
import type { History, HistorySearch } from '../history/contract.ts'

/** Lines looked at in one turn of the event loop: a few thousandths of a second. */
const LINES_A_TURN = 1000

/** Lines of a conversation that are in memory and not on the disk, oldest first. */
export interface Unwritten {
  conversation: Conversation
  lines: readonly Line[]
}

export interface LookingDeps {
  clock: Clock
  history: History | null
  unwritten: () => Unwritten[]
  titles: () => Record<RoomId, string>
}

/** What was said, found again: on the disk, and what no disk has (rooms that are never written, a disk that is full). */
export type Looking = (asked: Extract<Question, { type: 'search' }>) => Promise<SearchAnswer>

export const makeLooking = ({ clock, history, unwritten, titles }: LookingDeps): Looking => {
  /** The last question of each asker that is being answered. */
  const latest = new Map<string, HistorySearch>()
  const turn = (): Promise<void> => new Promise((resolve) => clock.endOfTurn(resolve))

  const hitOf = ({ search, since, until, before }: HistorySearch, view: Conversation, line: Line): Hit | null => {
    if (line.kind !== 'said' && line.kind !== 'line') return null
    if (before !== null && line.id >= before) return null
    if ((since !== null && line.at < since) || (until !== null && line.at >= until)) return null
    if (search.from.length > 0 && (line.kind !== 'said' || !hasOne([memberLabel(line.from)], search.from))) return null
    const marks = marksIn(line.text, search.terms)
    return marks === null
      ? null
      : { conversation: view.id, room: view.room, title: titles()[view.room] ?? '', with: view.with, line, marks }
  }

  /** Newest first in each conversation; null: nobody waits for it any more. */
  const inMemory = async (wanted: HistorySearch): Promise<Hit[] | null> => {
    const hits: Hit[] = []
    let looked = 0
    for (const { conversation: view, lines } of unwritten()) {
      if (wanted.conversation !== null && wanted.conversation !== view.id) continue
      const called = view.with === null ? (titles()[view.room] ?? '') : memberLabel(view.with)
      if (!hasOne([called], wanted.search.in)) continue
      let found = 0
      for (let at = lines.length - 1; at >= 0 && found <= wanted.limit; at -= 1) {
        const line = lines[at]
        const hit = line === undefined ? null : hitOf(wanted, view, line)
        if (hit !== null) {
          hits.push(hit)
          found += 1
        }
        looked += 1
        if (looked % LINES_A_TURN !== 0) continue
        await turn()
        if (latest.get(wanted.asker) !== wanted) return null
      }
    }
    return hits
  }

  const answer = async (wanted: HistorySearch): Promise<SearchAnswer> => {
    const onDisk: SearchAnswer =
      history === null ? { state: 'found', hits: [], next: null } : await history.search(wanted)
    if (onDisk.state !== 'found') return onDisk
    const unsaved = await inMemory(wanted)
    if (unsaved === null) return { state: 'superseded' }
    // What was written while we looked is on the disk, too.
    const known = new Set(onDisk.hits.map((hit) => hit.line.id))
    const further = unsaved.filter(({ line }) => !known.has(line.id) && line.id >= (onDisk.next ?? 0))
    const hits = [...onDisk.hits, ...further].toSorted((a, b) => b.line.id - a.line.id)
    const shown = hits.slice(0, wanted.limit)
    return {
      state: 'found',
      hits: shown,
      next: hits.length > shown.length ? (shown.at(-1)?.line.id ?? null) : onDisk.next
    }
  }

  return async ({ text, conversation, before, limit, asker, timeZone }) => {
    const search = parseSearch(text)
    if (asksNothing(search)) return { state: 'nothing-asked' }
    const wanted: HistorySearch = {
      search,
      since: search.after === null ? null : beginningOf(search.after, timeZone),
      until: search.before === null ? null : beginningOf(search.before, timeZone),
      conversation,
      before,
      limit,
      asker,
      titles: titles()
    }
    latest.set(asker, wanted)
    try {
      return await answer(wanted)
    } finally {
      if (latest.get(asker) === wanted) latest.delete(asker)
    }
  }
}
