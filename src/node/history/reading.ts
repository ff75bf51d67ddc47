import type { DatabaseSync } from 'node:sqlite'
import type { Later, Line, LineId, Timeline } from '../../shared/state.ts'
import { lineWeight, STRETCH_CHARACTERS } from '../../shared/state.ts'
import type { LineRow } from './rows.ts'
import { decodeLine, OPEN_LINES, STATE_QUEUED } from './rows.ts'

/** Own lines of one conversation that come back to be sent; nobody types more while a server is away. */
const MOST_QUEUED = 10_000

/** Reads lines back. Conversations are known by their number in the file. */
export interface Reading {
  page(conversation: number, before: LineId, limit: number): Timeline
  after(conversation: number, after: LineId, before: LineId, limit: number): Later
  firstSince(conversation: number, moment: number): LineId | null
  line(conversation: number, line: LineId): Line | null
  /** Own lines that wait to be sent, oldest first. */
  queued(conversation: number): Line[]
}

const COLUMNS = `
  SELECT id, at, kind, people.member AS who, state, text, more
  FROM lines LEFT JOIN people ON people.key = lines.who`

const asLineRow = (row: Record<string, unknown>): LineRow => ({
  id: Number(row['id']),
  at: Number(row['at']),
  kind: Number(row['kind']),
  who: typeof row['who'] === 'string' ? row['who'] : null,
  state: Number(row['state']),
  text: typeof row['text'] === 'string' ? row['text'] : null,
  more: typeof row['more'] === 'string' ? row['more'] : null
})

/** `ended`: there were no more rows than these. */
const gather = (rows: Iterable<Record<string, unknown>>, limit: number): { lines: Line[]; ended: boolean } => {
  const lines: Line[] = []
  let weight = 0
  let read = 0
  // One by one: a page of lines of a megabyte is not read to the end.
  for (const row of rows) {
    const line = decodeLine(asLineRow(row))
    weight += line === null ? 0 : lineWeight(line)
    if (weight > STRETCH_CHARACTERS && lines.length > 0) return { lines, ended: false }
    read += 1
    if (line !== null) lines.push(line)
  }
  return { lines, ended: read < limit }
}

export const makeReading = (db: DatabaseSync): Reading => {
  const sql = {
    page: db.prepare(`${COLUMNS} WHERE conversation = ? AND id < ? ORDER BY id DESC LIMIT ?`),
    after: db.prepare(`${COLUMNS} WHERE conversation = ? AND id > ? AND id < ? ORDER BY id LIMIT ?`),
    line: db.prepare(`${COLUMNS} WHERE id = ? AND conversation = ?`),
    // Not by conversation: that index holds every line that was ever said.
    queued: db.prepare(`
      ${COLUMNS} WHERE ${OPEN_LINES} AND state = ${STATE_QUEUED} AND +conversation = ? ORDER BY id LIMIT ${MOST_QUEUED}`),
    first: db.prepare('SELECT min(id) AS id FROM lines WHERE conversation = ?'),
    last: db.prepare('SELECT max(id) AS id FROM lines WHERE conversation = ?'),
    next: db.prepare('SELECT id, at FROM lines WHERE conversation = ? AND id >= ? ORDER BY id LIMIT 1')
  }
  return {
    page: (conversation, before, limit) => {
      const { lines, ended } = gather(sql.page.iterate(conversation, before, limit), limit)
      return { lines: lines.toReversed(), whole: ended }
    },
    after: (conversation, after, before, limit) => {
      const { lines, ended } = gather(sql.after.iterate(conversation, after, before, limit), limit)
      return { lines, newest: ended }
    },
    firstSince: (conversation, moment) => {
      // Ids and moments grow together: the place is found by halving, and no index of moments has to be kept.
      let low = Number(sql.first.get(conversation)?.['id'] ?? 0)
      let high = Number(sql.last.get(conversation)?.['id'] ?? 0)
      while (low < high) {
        const middle = low + Math.floor((high - low) / 2)
        const row = sql.next.get(conversation, middle)
        if (row !== undefined && Number(row['at']) < moment) low = Number(row['id']) + 1
        else high = middle
      }
      const row = sql.next.get(conversation, low)
      return row !== undefined && Number(row['at']) >= moment ? Number(row['id']) : null
    },
    line: (conversation, id) => {
      const row = sql.line.get(id, conversation)
      return row === undefined ? null : decodeLine(asLineRow(row))
    },
    queued: (conversation) =>
      sql.queued.all(conversation).flatMap((row) => {
        const line = decodeLine(asLineRow(row))
        return line === null ? [] : [line]
      })
  }
}
