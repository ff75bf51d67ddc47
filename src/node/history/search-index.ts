import type { DatabaseSync } from 'node:sqlite'
import type { Term } from '../../shared/search.ts'
import { SEARCHED_CHARACTERS, tokensOf } from '../../shared/search.ts'
import { KIND_LINE, KIND_SAID } from './rows.ts'

/**
 * The index of what was said: an FTS5 table that keeps no text of its own. Its rows have the lines' ids, so that what is
 * newest is found first without sorting. It is written in the transaction that writes the lines, whoever writes, changes
 * or deletes them: triggers note which.
 *
 * Lines from `search.indexed_from` on are in it, older ones not yet: a file from before there was an index is taken in
 * from its end to its beginning while the program runs. Null: there is no index, and nothing relies on one.
 */

/** What is looked through: what people said, and what servers said freely. */
export const SEARCHED = `kind IN (${KIND_SAID}, ${KIND_LINE})`

/**
 * Every symbol is a token here, and `#` begins those that are no text: the conversation and the person. Beyond ASCII
 * everything is: what stands between tokens was made blanks before.
 */
const TABLE = `USING fts5(text, content = '', columnsize = 0, tokenize = "ascii tokenchars '#$+<=>^\`|~'")`

export const conversationToken = (key: number): string => `#c${key}`
export const personToken = (key: number): string => `#p${key}`

/** What the index holds of a line. The same row gives the same words whenever it is asked: that is how they are removed. */
const wordsOf = (conversation: unknown, who: unknown, text: unknown): string => {
  const words = typeof text === 'string' ? tokensOf(text.toWellFormed()).map((token) => token.text) : []
  if (who !== null) words.unshift(personToken(Number(who)))
  words.unshift(conversationToken(Number(conversation)))
  return words.join(' ')
}

/** A term as FTS5 asks for it. No token contains a quotation mark: that is punctuation. */
export const phraseOf = ({ tokens, open }: Term): string => `"${tokens.join(' ')}"${open ? ' *' : ''}`

/** Whether this SQLite has what the index needs. Tried out: a build may lack it, and a name in a list proves nothing. */
export const canIndex = (db: DatabaseSync): boolean => {
  try {
    db.exec(`
      CREATE VIRTUAL TABLE temp.probe ${TABLE};
      INSERT INTO temp.probe (probe, rank) VALUES ('secure-delete', 1);
      DROP TABLE temp.probe;
    `)
    return true
  } catch {
    return false
  }
}

/** What of a line goes into the index, in bytes, at most. */
const LONGEST_SEARCHED = 4 * SEARCHED_CHARACTERS
/** Long lines: fewer at once. */
const BYTES_AT_ONCE = 256 * 1024

export interface Indexing {
  able: (db: DatabaseSync) => boolean
  /** Lines taken in at once: a few hundredths of a second, in which nothing else is written. */
  atOnce: number
  /**
   * More lines than this are not removed word by word, which takes some 0.2 ms for each and keeps everybody waiting:
   * the index is emptied, and the other lines are taken in anew, at 0.01 ms each, while the program does other things.
   */
  many: number
}
export const INDEXING: Indexing = { able: canIndex, atOnce: 500, many: 2000 }

export interface SearchIndex {
  /** There is more that was there before the index was, as far as this program knows. */
  isBehind(): boolean
  /** Takes in some of it. */
  takeIn(): void
  /** At the end of every transaction that may have touched lines. */
  settle(): void
  /** Within a transaction: what `remove` deletes leaves the index, all at once where that is cheaper. */
  removing(lines: number, remove: () => void): void
  /** Begins the index anew, after it was found damaged. */
  renew(): void
}

const drop = (db: DatabaseSync): void => {
  db.exec('DROP TABLE IF EXISTS found; UPDATE search SET indexed_from = NULL')
}

/** Within a transaction. Nothing is in it yet; what is written from now on will be. */
const begin = (db: DatabaseSync): void => {
  drop(db)
  db.exec(`
    CREATE VIRTUAL TABLE found ${TABLE};
    INSERT INTO found (found, rank) VALUES ('secure-delete', 1);
    UPDATE search SET indexed_from = (SELECT coalesce(max(id) + 1, 0) FROM lines);
  `)
}

const isThere = (db: DatabaseSync): boolean =>
  typeof db.prepare('SELECT indexed_from FROM search').get()?.['indexed_from'] === 'number'

/**
 * What a transaction does to lines is noted, with what the index holds of them, and done to the index once before it
 * commits: done at once it would be written to the file row by row.
 */
const NOTES = `
  CREATE TEMP TABLE touched (id INTEGER PRIMARY KEY, indexed INTEGER, conversation INTEGER, who INTEGER, text TEXT);
  CREATE TEMP TRIGGER line_said AFTER INSERT ON lines
  WHEN new.${SEARCHED} AND new.id >= (SELECT indexed_from FROM search) BEGIN
    INSERT INTO touched (id, indexed) VALUES (new.id, 0) ON CONFLICT DO NOTHING;
  END;
  CREATE TEMP TRIGGER line_said_otherwise AFTER UPDATE OF id, conversation, kind, who, text ON lines
  WHEN (new.id, new.conversation, new.kind, new.who, new.text)
      IS NOT (old.id, old.conversation, old.kind, old.who, old.text) BEGIN
    INSERT INTO touched SELECT old.id, old.${SEARCHED}, old.conversation, old.who, old.text
      WHERE old.id >= (SELECT indexed_from FROM search) ON CONFLICT DO NOTHING;
    INSERT INTO touched (id, indexed) SELECT new.id, 0
      WHERE new.id >= (SELECT indexed_from FROM search) ON CONFLICT DO NOTHING;
  END;`
const NOTE_GONE = `
  CREATE TEMP TRIGGER line_gone AFTER DELETE ON lines
  WHEN old.${SEARCHED} AND old.id >= (SELECT indexed_from FROM search) BEGIN
    INSERT INTO touched VALUES (old.id, 1, old.conversation, old.who, old.text) ON CONFLICT DO NOTHING;
  END;`

/**
 * Null: this SQLite cannot. An index that a program left here that could is then empty and not relied on: it would keep
 * what is deleted, and miss what is said.
 */
export const openIndex = (
  db: DatabaseSync,
  { able, atOnce, many }: Indexing,
  transaction: (run: () => void) => void
): SearchIndex | null => {
  if (!able(db)) {
    if (isThere(db)) {
      // Tables that SQLite keeps for its full-text search alone, where it has one.
      db.enableDefensive?.(false)
      transaction(() => db.exec('UPDATE search SET indexed_from = NULL; DELETE FROM found_data; DELETE FROM found_idx'))
      db.enableDefensive?.(true)
    }
    return null
  }
  db.function('words_of', { deterministic: true }, wordsOf)
  if (!isThere(db))
    transaction(() => {
      // Another program may have begun it at this moment.
      if (!isThere(db)) begin(db)
    })
  db.exec(NOTES)
  db.exec(NOTE_GONE)

  const sql = {
    from: db.prepare('SELECT indexed_from FROM search'),
    stretch: db.prepare('SELECT id, octet_length(text) AS bytes FROM lines WHERE id < ? ORDER BY id DESC LIMIT ?'),
    // In the order of ids: the other way round each row would be a piece of its own.
    take: db.prepare(`
      INSERT INTO found (rowid, text) SELECT id, words_of(conversation, who, text)
      FROM lines WHERE id >= ? AND id < ? AND ${SEARCHED} ORDER BY id`),
    reached: db.prepare('UPDATE search SET indexed_from = ?'),
    touched: db.prepare('SELECT max(indexed) AS indexed FROM touched'),
    withdraw: db.prepare(`
      INSERT INTO found (found, rowid, text) SELECT 'delete', id, words_of(conversation, who, text)
      FROM touched WHERE indexed ORDER BY id`),
    put: db.prepare(`
      INSERT INTO found (rowid, text) SELECT id, words_of(lines.conversation, lines.who, lines.text)
      FROM touched CROSS JOIN lines USING (id) WHERE lines.${SEARCHED} ORDER BY id`),
    forget: db.prepare('DELETE FROM touched')
  }
  let behind = sql.from.get()?.['indexed_from'] !== 0
  return {
    isBehind: () => behind,
    takeIn: () => {
      let more = false
      transaction(() => {
        const from = Number(sql.from.get()?.['indexed_from'] ?? 0)
        let low = from
        let lines = 0
        let bytes = 0
        for (const row of sql.stretch.iterate(from, atOnce)) {
          low = Number(row['id'])
          lines += 1
          bytes += Math.min(Number(row['bytes'] ?? 0), LONGEST_SEARCHED)
          if (bytes > BYTES_AT_ONCE) break
        }
        more = lines === atOnce || bytes > BYTES_AT_ONCE
        if (lines > 0) sql.take.run(low, from)
        if (from > 0) sql.reached.run(more ? low : 0)
      })
      behind = more
    },
    settle: () => {
      const indexed = sql.touched.get()?.['indexed'] ?? null
      if (indexed === null) return
      if (indexed !== 0) sql.withdraw.run()
      sql.put.run()
      sql.forget.run()
    },
    removing: (lines, remove) => {
      if (lines <= many) {
        remove()
        return
      }
      // Without the work for each row; what a transaction drops comes back if it fails.
      db.exec('DROP TRIGGER temp.line_gone')
      remove()
      db.exec(NOTE_GONE)
      // What was noted before is taken in with all the others.
      sql.forget.run()
      begin(db)
      behind = true
    },
    renew: () => {
      transaction(() => begin(db))
      behind = true
    }
  }
}
