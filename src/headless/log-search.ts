import { openSearching } from '../node/history/searching.ts'
import type { Period } from '../node/history/kept.ts'
import { beginningOf, parseSearch, type Hit } from '../shared/search.ts'
import type { ConversationId, LineId } from '../shared/state.ts'
import type { LogDesk } from './log.ts'

/** Looked for at once; what is older is asked for again. */
const ASKED_AT_ONCE = 200

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

/** The newest lines that fit, oldest first; null: it cannot be searched. */
export const searchKept = (
  folder: string,
  text: string,
  { since, until }: Period,
  conversation: ConversationId | null,
  most: number,
  desk: LogDesk
): Hit[] | null => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  const search = parseSearch(text)
  const wanted = {
    search,
    since: later(since, search.after === null ? null : beginningOf(search.after, timeZone)),
    until: earlier(until, search.before === null ? null : beginningOf(search.before, timeZone)),
    conversation,
    asker: 'log',
    titles: {}
  }
  const hits: Hit[] = []
  let before: LineId | null = null
  try {
    const { search: look } = openSearching(folder)
    do {
      const limit = Math.min(ASKED_AT_ONCE, most - hits.length)
      const answer = look({ ...wanted, before, limit }, () => desk.ended())
      if (answer.state !== 'found') break
      hits.push(...answer.hits)
      before = answer.next
    } while (before !== null && hits.length < most && !desk.ended())
  } catch {
    // The file cannot be read any more: what SQLite says about it helps nobody here.
    return null
  }
  return hits.toReversed()
}
