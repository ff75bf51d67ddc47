import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { HistorySearch } from '../../core/history/contract.ts'
import { memberLabel } from '../../shared/events.ts'
import type { Hit, SearchAnswer } from '../../shared/search.ts'
import { hasOne, marksIn } from '../../shared/search.ts'
import type { ConversationId, LineId, RoomId } from '../../shared/state.ts'
import { lineWeight, STRETCH_CHARACTERS } from '../../shared/state.ts'
import { decodeLine, decodeMember } from './rows.ts'
import { conversationToken, personToken, phraseOf, SEARCHED } from './search-index.ts'
import { connectForReading, HISTORY_FILE } from './store.ts'

/** How long one answer looks through lines that no index helps with. What it did not come to is asked for again. */
const LOOK_MS = 150
/** Rows between two looks at the clock and at whether the answer is still wanted. */
const ROWS_A_LOOK = 64
/**
 * Lines looked at before the index is asked for words that may go on: the more often they are said, the more of the index
 * must be gathered for them, and the sooner enough of them are found among the newest lines.
 */
const NEAR_LINES = 1500
/** More names of one condition are not asked of the index: the lines it finds are looked at instead. */
const MAX_ALTERNATIVES = 300

interface Place {
  id: ConversationId
  room: RoomId
  title: string
  other: string | null
}

/** The conversations and people a search is limited to, by their numbers; null: to none. */
interface Scope {
  places: Map<number, Place>
  conversations: Set<number> | null
  people: Set<number> | null
}

/** Looks for lines. `stale`: nobody waits for the answer any more. */
export type Searching = (wanted: HistorySearch, stale: () => boolean) => SearchAnswer

const COLUMNS =
  'SELECT lines.id, lines.conversation, lines.at, lines.kind, lines.who, lines.state, lines.text, lines.more'

/** Over a connection that only reads: the lines it sees do not change while it looks. */
export const makeSearching = (db: DatabaseSync, now: () => number): Searching => {
  const sql = {
    conversations: db.prepare('SELECT key, id, room, title, other FROM conversations'),
    people: db.prepare('SELECT key, member FROM people'),
    person: db.prepare('SELECT member FROM people WHERE key = ?'),
    next: db.prepare('SELECT id, at FROM lines WHERE id >= ? ORDER BY id LIMIT 1'),
    ends: db.prepare('SELECT min(id) AS low, max(id) AS high FROM lines'),
    everywhere: db.prepare(`${COLUMNS} FROM lines WHERE id < ? AND id >= ? AND ${SEARCHED} ORDER BY id DESC`),
    inOne: db.prepare(
      `${COLUMNS} FROM lines WHERE conversation = ? AND id < ? AND id >= ? AND ${SEARCHED} ORDER BY id DESC`
    )
  }
  const indexed = ((): {
    from: ReturnType<DatabaseSync['prepare']>
    lines: ReturnType<DatabaseSync['prepare']>
  } | null => {
    try {
      return {
        from: db.prepare('SELECT indexed_from FROM search'),
        lines: db.prepare(`
          ${COLUMNS} FROM found CROSS JOIN lines ON lines.id = found.rowid
          WHERE found MATCH ? AND found.rowid < ? AND found.rowid >= ? ORDER BY found.rowid DESC`)
      }
    } catch {
      // No index in this file, or none this SQLite can read: every line is looked at.
      return null
    }
  })()

  const scopeOf = ({ search, conversation, titles }: HistorySearch): Scope => {
    const places = new Map<number, Place>()
    const conversations = new Set<number>()
    for (const row of sql.conversations.iterate()) {
      const room = String(row['room'])
      const other = typeof row['other'] === 'string' ? row['other'] : null
      const place = { id: String(row['id']), room, title: titles[room] ?? String(row['title']), other }
      places.set(Number(row['key']), place)
      const called = other === null ? place.title : memberLabel(decodeMember(other))
      if ((conversation === null || place.id === conversation) && hasOne([called], search.in))
        conversations.add(Number(row['key']))
    }
    if (search.from.length === 0)
      return { places, conversations: conversations.size === places.size ? null : conversations, people: null }
    const people = new Set<number>()
    for (const row of sql.people.iterate())
      if (hasOne([memberLabel(decodeMember(String(row['member'])))], search.from)) people.add(Number(row['key']))
    return { places, conversations: conversations.size === places.size ? null : conversations, people }
  }

  /** The first line since a moment. Ids and moments grow together, so that the place is found by halving. */
  const firstSince = (moment: number): LineId => {
    const ends = sql.ends.get()
    let low = Number(ends?.['low'] ?? 0)
    let high = Number(ends?.['high'] ?? 0) + 1
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2)
      const row = sql.next.get(middle)
      if (row !== undefined && Number(row['at']) < moment) low = Number(row['id']) + 1
      else high = middle
    }
    return low
  }

  /** What the index is asked; null: it cannot help. */
  const asked = ({ search }: HistorySearch, { conversations, people }: Scope): string | null => {
    const parts = search.terms.map(phraseOf)
    const alternatives = (keys: Set<number> | null, token: (key: number) => string): void => {
      if (keys !== null && keys.size <= MAX_ALTERNATIVES)
        parts.push(`(${[...keys].map((key) => `"${token(key)}"`).join(' OR ')})`)
    }
    alternatives(people, personToken)
    // A conversation alone is walked through faster than asked for.
    if (parts.length > 0 || conversations?.size !== 1) alternatives(conversations, conversationToken)
    return parts.length === 0 ? null : parts.join(' AND ')
  }

  const collect = (wanted: HistorySearch, stale: () => boolean): SearchAnswer => {
    const { search, limit } = wanted
    const scope = scopeOf(wanted)
    const hits: Hit[] = []
    const answer = (next: LineId | null): SearchAnswer => ({ state: 'found', hits, next })
    if (scope.conversations?.size === 0 || scope.people?.size === 0) return answer(null)

    const low = wanted.since === null ? 0 : firstSince(wanted.since)
    const high = Math.min(
      wanted.before ?? Number.MAX_SAFE_INTEGER,
      wanted.until === null ? Number.MAX_SAFE_INTEGER : firstSince(wanted.until)
    )
    const query = indexed === null ? null : asked(wanted, scope)
    const from: unknown = query === null ? null : indexed?.from.get()?.['indexed_from']
    const walked = Math.max(low, typeof from === 'number' ? from : Number.MAX_SAFE_INTEGER)

    const began = now()
    let looked = 0
    let weight = 0
    let older: LineId = high
    /** Takes what fits from rows, newest first, `most` of them. Returns the answer if that is all of it for now. */
    const take = (rows: Iterable<Record<string, unknown>>, most = Number.POSITIVE_INFINITY): SearchAnswer | null => {
      const end = looked + most
      for (const row of rows) {
        if (looked === end) return null
        looked += 1
        if (looked % ROWS_A_LOOK === 0) {
          if (stale()) return { state: 'superseded' }
          if (now() - began > LOOK_MS) return answer(older)
        }
        const id = Number(row['id'])
        const number = Number(row['conversation'])
        const at = Number(row['at'])
        const who = row['who'] === null ? null : Number(row['who'])
        const place = scope.places.get(number)
        const text = typeof row['text'] === 'string' ? row['text'] : ''
        const fits =
          place !== undefined &&
          (scope.conversations?.has(number) ?? true) &&
          (scope.people === null || (who !== null && scope.people.has(who))) &&
          (wanted.since === null || at >= wanted.since) &&
          (wanted.until === null || at < wanted.until)
        const marks = fits ? marksIn(text, search.terms) : null
        if (place !== undefined && marks !== null) {
          if (hits.length >= limit) return answer(older)
          const member = who === null ? undefined : sql.person.get(who)?.['member']
          const line = decodeLine({
            id,
            at,
            kind: Number(row['kind']),
            who: typeof member === 'string' ? member : null,
            state: Number(row['state']),
            text,
            more: typeof row['more'] === 'string' ? row['more'] : null
          })
          weight += line === null ? 0 : lineWeight(line)
          if (weight > STRETCH_CHARACTERS && hits.length > 0) return answer(older)
          if (line !== null)
            hits.push({
              conversation: place.id,
              room: place.room,
              title: place.title,
              with: place.other === null ? null : decodeMember(place.other),
              line,
              marks
            })
        }
        older = id
      }
      return null
    }

    const [only, ...others] = scope.conversations ?? []
    const walk = (to: LineId, from: LineId): Iterable<Record<string, unknown>> =>
      only !== undefined && others.length === 0 ? sql.inOne.iterate(only, to, from) : sql.everywhere.iterate(to, from)

    if (query !== null && indexed !== null && walked < high) {
      const near = search.terms.some((term) => term.open) ? take(walk(high, walked), NEAR_LINES) : null
      if (near !== null) return near
      // FTS5 takes bounds only as whole numbers.
      const full = take(indexed.lines.iterate(query, BigInt(older), BigInt(walked)))
      if (full !== null) return full
    }
    const rest = Math.min(high, walked)
    older = Math.min(older, rest)
    return rest <= low ? answer(null) : (take(walk(rest, low)) ?? answer(null))
  }

  return (wanted, stale) => {
    // One moment of the file: the index and how far it reaches belong together.
    db.exec('BEGIN')
    try {
      return collect(wanted, stale)
    } finally {
      db.exec('COMMIT')
    }
  }
}

export interface OpenSearching {
  search: Searching
  close(): void
}

/** Opens the file to search it, beside whoever writes it. Throws what SQLite throws. */
export const openSearching = (folder: string): OpenSearching =>
  connectForReading(join(folder, HISTORY_FILE), (db) => ({
    search: makeSearching(db, () => performance.now()),
    close: () => db.close()
  }))
