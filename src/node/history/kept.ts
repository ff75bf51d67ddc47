import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { KeptConversation, KeptPeople } from '../../core/history/formats/format.ts'
import { shownLabel } from '../../shared/showable.ts'
import type { ConversationId, Line, LineId } from '../../shared/state.ts'
import type { LineRow } from './rows.ts'
import { decodeLine, decodeMember } from './rows.ts'
import { SCHEMA_VERSION, versionOf } from './schema.ts'
import { HISTORY_FILE, isCorrupt, reasonOf } from './store.ts'

/** What is kept, for whoever only reads it: a connection of its own that can change nothing, beside any writer. */

/** A writer holds the file for milliseconds. */
const BUSY_MS = 2000
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
  /** A number that changes whenever something was written. */
  version(): number
  close(): void
}
/** `why`: `nothing-kept`, `newer`, `corrupt`, or the system's own word. */
export type KeptResult = { ok: true; kept: Kept } | { ok: false; why: string }

const LINE = 'lines.id, at, kind, people.member AS who, state, text, more'
const LINES_OF = `FROM lines LEFT JOIN people ON people.key = lines.who
  WHERE conversation = (SELECT key FROM conversations WHERE conversations.id = ?) AND at >= ? AND at < ?`

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
    conversations: db.prepare(`
      SELECT id, room, title, hosted, other, unverified,
        (SELECT count(*) FROM lines WHERE conversation = conversations.key AND at >= ? AND at < ?) AS lines,
        (SELECT max(lines.id) FROM lines WHERE conversation = conversations.key) AS newest
      FROM conversations ORDER BY newest DESC, id`),
    people: db.prepare(`
      SELECT member FROM people WHERE key IN (
        SELECT who FROM lines WHERE who IS NOT NULL
          AND conversation = (SELECT key FROM conversations WHERE conversations.id = ?)
      ) ORDER BY key LIMIT ${PEOPLE_COUNTED}`),
    lines: db.prepare(`SELECT ${LINE} ${LINES_OF} AND lines.id > ? ORDER BY lines.id`),
    newest: db.prepare(`SELECT ${LINE} ${LINES_OF} ORDER BY lines.id DESC LIMIT ?`),
    line: db.prepare(`SELECT ${LINE} ${LINES_OF} AND lines.id = ?`),
    version: db.prepare('PRAGMA data_version')
  }
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
      sql.conversations.all(...bounds(period)).map((row) => ({
        id: String(row['id']),
        room: String(row['room']),
        title: String(row['title']),
        hosted: row['hosted'] === 1,
        with: typeof row['other'] === 'string' ? decodeMember(row['other']) : null,
        unverified: row['unverified'] === 1,
        lines: Number(row['lines'])
      })),
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
    version: () => Number(sql.version.get()?.['data_version']),
    close: () => db.close()
  }
}

const openAt = (where: string | URL): KeptResult => {
  const db = new DatabaseSync(where, { readOnly: true, timeout: BUSY_MS })
  let newer = false
  try {
    const version = versionOf(db)
    newer = version > SCHEMA_VERSION
    if (version === 0) {
      db.close()
      return { ok: false, why: 'nothing-kept' }
    }
    return { ok: true, kept: makeKept(db) }
  } catch (error) {
    db.close()
    // What a newer program added can be passed over; what it changed cannot be read.
    if (newer && !isCorrupt(error)) return { ok: false, why: 'newer' }
    throw error
  }
}

/** Opens the history of a profile folder for reading. Never makes or changes a database, and never throws. */
export const openKept = (folder: string): KeptResult => {
  const path = join(folder, HISTORY_FILE)
  if (!existsSync(path)) return { ok: false, why: 'nothing-kept' }
  try {
    return openAt(path)
  } catch (error) {
    if (isCorrupt(error)) return { ok: false, why: 'corrupt' }
  }
  try {
    // Where nothing can be written the log cannot be shared with anybody: the file is read as it stands.
    const standing = pathToFileURL(path)
    standing.searchParams.set('immutable', '1')
    return openAt(standing)
  } catch (error) {
    return { ok: false, why: reasonOf(error) }
  }
}
