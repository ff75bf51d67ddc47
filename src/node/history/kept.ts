import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { KeptConversation, KeptPeople } from '../../core/history/formats/format.ts'
import { shownLabel } from '../../shared/showable.ts'
import type { ConversationId, Line, LineId } from '../../shared/state.ts'
import type { LineRow } from './rows.ts'
import { decodeLine, decodeMember, SETTLED_LINES } from './rows.ts'
import { SCHEMA_VERSION, versionOf } from './schema.ts'
import { isCorrupt, reasonOf } from './reasons.ts'
import { connectForReading, HISTORY_FILE } from './store.ts'

/** What is kept, for whoever only reads it: a connection of its own that can change nothing, beside any writer. */

/** Names in a heading; more is a crowd. */
const PEOPLE_NAMED = 60
/** Names looked at to count the rest: a server may invent any number. */
const PEOPLE_COUNTED = 10_000

/** Lines from a moment on, before another (ms since 1970). */
export interface Period {
  since: number | null
  until: number | null
}
export const ALWAYS: Period = { since: null, until: null }

export interface WhereLine {
  conversation: ConversationId
  line: LineId
}

export interface Kept {
  /** What is read from here on is as it was at this moment, whoever writes meanwhile. Until `release`. */
  hold(): void
  release(): void
  /** In the order of the last thing said in them, the newest first; `lines` are those of the period. */
  conversations(period: Period): KeptConversation[]
  people(conversation: ConversationId): KeptPeople
  /** Oldest first, one by one. `after`: only those with greater ids. */
  lines(conversation: ConversationId, period: Period, after?: LineId): Iterable<Line>
  /** The last ones, oldest first. */
  newest(conversation: ConversationId, period: Period, most: number): Line[]
  line(conversation: ConversationId, line: LineId): Line | null
  /** The last ones after a line and before another, oldest first. */
  between(conversation: ConversationId, after: LineId, before: LineId, most: number): Line[]
  /** Those after one whose fate is known, of one conversation or of all (null), ascending, so many at most. */
  fresh(after: LineId, conversation: ConversationId | null, most: number): WhereLine[]
  /**
   * Those that could be told later than others with greater ids, in the order of it. `after`: as in the last answer's
   * `reached`; null: none, only where they begin now.
   */
  late(after: number | null, conversation: ConversationId | null): { reached: number; lines: WhereLine[] }
  /** The greatest id there is. */
  last(): LineId
  /** A number that changes whenever something was written. */
  version(): number
  close(): void
}
/** `why`: `nothing-kept`, `newer`, `corrupt`, or the system's own word. */
export type KeptResult = { ok: true; kept: Kept } | { ok: false; why: string }

const LINE = 'lines.id, at, kind, people.member AS who, state, text, more'
const LINES_OF = `FROM lines LEFT JOIN people ON people.key = lines.who
  WHERE conversation = (SELECT key FROM conversations WHERE conversations.id = ?) AND at >= ? AND at < ?`

const conversationsWith = (condition: string): string => `
  SELECT id, room, title, hosted, other, unverified,
    (SELECT count(*) FROM lines WHERE conversation = conversations.key ${condition}) AS lines,
    (SELECT max(lines.id) FROM lines WHERE conversation = conversations.key) AS newest
  FROM conversations ORDER BY newest DESC, id`

const LATE = `
  SELECT conversations.id AS conversation, lines.id AS line FROM late JOIN lines ON lines.id = late.line
  JOIN conversations ON conversations.key = lines.conversation
  WHERE nth > ?1 AND (?2 IS NULL OR conversations.id = ?2) ORDER BY nth`

const whereLine = (row: Record<string, unknown>): WhereLine => ({
  conversation: String(row['conversation']),
  line: Number(row['line'])
})
const asLineRow = (row: Record<string, unknown>): LineRow => ({
  id: Number(row['id']),
  at: Number(row['at']),
  kind: Number(row['kind']),
  who: typeof row['who'] === 'string' ? row['who'] : null,
  state: Number(row['state']),
  text: typeof row['text'] === 'string' ? row['text'] : null,
  more: typeof row['more'] === 'string' ? row['more'] : null
})

const bounds = ({ since, until }: Period): [number, number] => [
  since ?? Number.MIN_SAFE_INTEGER,
  until ?? Number.MAX_SAFE_INTEGER
]

const makeKept = (db: DatabaseSync): Kept => {
  const sql = {
    // All of them are counted in the index alone; those of a period have to be looked at.
    all: db.prepare(conversationsWith('')),
    conversations: db.prepare(conversationsWith('AND at >= ? AND at < ?')),
    people: db.prepare(`
      SELECT member FROM people WHERE key IN (
        SELECT who FROM lines WHERE who IS NOT NULL
          AND conversation = (SELECT key FROM conversations WHERE conversations.id = ?)
      ) ORDER BY key LIMIT ${PEOPLE_COUNTED}`),
    lines: db.prepare(`SELECT ${LINE} ${LINES_OF} AND lines.id > ? ORDER BY lines.id`),
    newest: db.prepare(`SELECT ${LINE} ${LINES_OF} ORDER BY lines.id DESC LIMIT ?`),
    line: db.prepare(`SELECT ${LINE} ${LINES_OF} AND lines.id = ?`),
    between: db.prepare(`SELECT ${LINE} ${LINES_OF} AND lines.id > ? AND lines.id < ? ORDER BY lines.id DESC LIMIT ?`),
    fresh: db.prepare(`
      SELECT conversations.id AS conversation, lines.id AS line FROM lines
      JOIN conversations ON conversations.key = lines.conversation
      WHERE lines.id > ?1 AND (?2 IS NULL OR conversations.id = ?2) AND ${SETTLED_LINES} ORDER BY lines.id LIMIT ?3`),
    last: db.prepare('SELECT max(id) AS last FROM lines'),
    hasLate: db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'late'"),
    version: db.prepare('PRAGMA data_version')
  }
  let lateSql: { lines: StatementSync; last: StatementSync } | null = null
  const decoded = (row: Record<string, unknown>): Line | null => decodeLine(asLineRow(row))
  return {
    hold: () => {
      db.exec('BEGIN')
      // A transaction sees the file as it is at its first reading.
      versionOf(db)
    },
    release: () => {
      if (db.isTransaction) db.exec('ROLLBACK')
    },
    conversations: (period) =>
      (period.since === null && period.until === null ? sql.all.all() : sql.conversations.all(...bounds(period))).map(
        (row) => ({
          id: String(row['id']),
          room: String(row['room']),
          title: String(row['title']),
          hosted: row['hosted'] === 1,
          with: typeof row['other'] === 'string' ? decodeMember(row['other']) : null,
          unverified: row['unverified'] === 1,
          lines: Number(row['lines'])
        })
      ),
    people: (conversation) => {
      const labels = new Set<string>()
      const members: KeptPeople['members'] = []
      for (const row of sql.people.iterate(conversation)) {
        const member = decodeMember(String(row['member']))
        const label = shownLabel(member)
        if (label === '' || labels.has(label)) continue
        labels.add(label)
        if (members.length < PEOPLE_NAMED) members.push(member)
      }
      return { members, more: labels.size - members.length }
    },
    *lines(conversation, period, after = 0) {
      for (const row of sql.lines.iterate(conversation, ...bounds(period), after)) {
        const line = decoded(row)
        if (line !== null) yield line
      }
    },
    newest: (conversation, period, most) =>
      sql.newest
        .all(conversation, ...bounds(period), most)
        .toReversed()
        .flatMap((row) => decoded(row) ?? []),
    line: (conversation, id) => {
      const row = sql.line.get(conversation, ...bounds(ALWAYS), id)
      return row === undefined ? null : decoded(row)
    },
    between: (conversation, after, before, most) =>
      sql.between
        .all(conversation, ...bounds(ALWAYS), after, before, most)
        .toReversed()
        .flatMap((row) => decoded(row) ?? []),
    fresh: (after, conversation, most) => sql.fresh.all(after, conversation, most).map(whereLine),
    late: (after, conversation) => {
      // A file that no program of today has written to yet has no such table: it comes with the first that does.
      if (sql.hasLate.get() === undefined) return { reached: after ?? 0, lines: [] }
      lateSql ??= { lines: db.prepare(LATE), last: db.prepare('SELECT max(nth) AS last FROM late') }
      const reached = Math.max(after ?? 0, Number(lateSql.last.get()?.['last'] ?? 0))
      return { reached, lines: after === null ? [] : lateSql.lines.all(after, conversation).map(whereLine) }
    },
    last: () => Number(sql.last.get()?.['last'] ?? 0),
    version: () => Number(sql.version.get()?.['data_version']),
    close: () => db.close()
  }
}

/** A reason of ours, where SQLite has none. */
const because = (code: string): Error => Object.assign(new Error(code), { code })

const use = (db: DatabaseSync): Kept => {
  const version = versionOf(db)
  if (version === 0) throw because('nothing-kept')
  try {
    return makeKept(db)
  } catch (error) {
    // What a newer program added can be passed over; what it changed cannot be read.
    throw version > SCHEMA_VERSION && !isCorrupt(error) ? because('newer') : error
  }
}

/** Opens the history of a profile folder for reading. Never makes or changes a database, and never throws. */
export const openKept = (folder: string): KeptResult => {
  const path = join(folder, HISTORY_FILE)
  if (!existsSync(path)) return { ok: false, why: 'nothing-kept' }
  try {
    return { ok: true, kept: connectForReading(path, use) }
  } catch (error) {
    return { ok: false, why: reasonOf(error) }
  }
}
