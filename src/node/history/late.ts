import type { DatabaseSync } from 'node:sqlite'
import type { LineRow } from './rows.ts'
import { isSettled } from './rows.ts'

/** Late lines that are remembered; who follows reads them within a fraction of a second. */
const MOST_LATE = 100_000

/**
 * Notes lines that can be told only from now on, while others with greater ids could be before: whoever follows by
 * growing ids has passed them.
 */
export interface Late {
  /** A transaction begins: what others wrote meanwhile is known. */
  begin(): void
  /** This row is about to be written. */
  note(row: LineRow): void
}

export const makeLate = (db: DatabaseSync): Late => {
  const sql = {
    last: db.prepare('SELECT max(id) AS last FROM lines'),
    before: db.prepare('SELECT kind, state FROM lines WHERE id = ?'),
    note: db.prepare('INSERT INTO late (line) VALUES (?) RETURNING nth'),
    forget: db.prepare('DELETE FROM late WHERE nth <= ?')
  }
  /** Lines up to this one were written before, here or in another program. */
  let reached = 0
  return {
    begin: () => {
      reached = Math.max(reached, Number(sql.last.get()?.['last'] ?? 0))
    },
    note: (row) => {
      if (row.id > reached) {
        reached = row.id
        return
      }
      if (!isSettled(row)) return
      const before = sql.before.get(row.id)
      if (before !== undefined && isSettled({ kind: Number(before['kind']), state: Number(before['state']) })) return
      sql.forget.run(Number(sql.note.get(row.id)?.['nth']) - MOST_LATE)
    }
  }
}
