import type { DatabaseSync } from 'node:sqlite'
import type { Term } from '../../shared/search.ts'
import { tokensOf } from '../../shared/search.ts'
import { KIND_LINE, KIND_SAID } from './rows.ts'

/**
 * The index of what was said: an FTS5 table that keeps no text of its own. Its rows have the lines' ids, so that what is
 * newest is found first without sorting. It is written by triggers in the transaction that writes the line: whoever
 * changes or deletes lines changes the index.
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
/** Lines taken in at once: a few hundredths of a second, in which nothing else is written. */
export const TAKEN_AT_ONCE = 500
/** Postings rewritten one by one cost more than taking everything in anew beyond this many lines. */
const MANY_LINES = 20_000

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

export interface SearchIndex {
  /** Takes in some more of what was there before the index was. True: there is more. */
  takeIn(): boolean
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

const TRIGGERS = `
  CREATE TEMP TRIGGER line_said AFTER INSERT ON lines
  WHEN new.${SEARCHED} AND new.id >= (SELECT indexed_from FROM search) BEGIN
    INSERT INTO found (rowid, text) VALUES (new.id, words_of(new.conversation, new.who, new.text));
  END;
  CREATE TEMP TRIGGER line_gone AFTER DELETE ON lines
  WHEN old.${SEARCHED} AND old.id >= (SELECT indexed_from FROM search) BEGIN
    INSERT INTO found (found, rowid, text)
      VALUES ('delete', old.id, words_of(old.conversation, old.who, old.text));
  END;
  CREATE TEMP TRIGGER line_not_said_so AFTER UPDATE OF id, conversation, kind, who, text ON lines
  WHEN (new.id, new.conversation, new.kind, new.who, new.text)
      IS NOT (old.id, old.conversation, old.kind, old.who, old.text)
    AND old.${SEARCHED} AND old.id >= (SELECT indexed_from FROM search) BEGIN
    INSERT INTO found (found, rowid, text)
      VALUES ('delete', old.id, words_of(old.conversation, old.who, old.text));
  END;
  CREATE TEMP TRIGGER line_said_so AFTER UPDATE OF id, conversation, kind, who, text ON lines
  WHEN (new.id, new.conversation, new.kind, new.who, new.text)
      IS NOT (old.id, old.conversation, old.kind, old.who, old.text)
    AND new.${SEARCHED} AND new.id >= (SELECT indexed_from FROM search) BEGIN
    INSERT INTO found (rowid, text) VALUES (new.id, words_of(new.conversation, new.who, new.text));
  END;`

/**
 * Null: this SQLite cannot. An index that a program left here that could is then empty and not relied on: it would keep
 * what is deleted, and miss what is said.
 */
export const openIndex = (
  db: DatabaseSync,
  able: boolean,
  transaction: (run: () => void) => void
): SearchIndex | null => {
  if (!able) {
    if (isThere(db))
      transaction(() => db.exec('UPDATE search SET indexed_from = NULL; DELETE FROM found_data; DELETE FROM found_idx'))
    return null
  }
  db.function('words_of', { deterministic: true }, wordsOf)
  if (!isThere(db))
    transaction(() => {
      // Another program may have begun it at this moment.
      if (!isThere(db)) begin(db)
    })
  db.exec(TRIGGERS)

  const sql = {
    from: db.prepare('SELECT indexed_from FROM search'),
    // The oldest of the next stretch downwards, and how many there are.
    stretch: db.prepare(`
      SELECT min(id) AS low, count(*) AS n FROM (SELECT id FROM lines WHERE id < ? ORDER BY id DESC LIMIT ?)`),
    // In the order of ids: the other way round each row would be a piece of its own.
    take: db.prepare(`
      INSERT INTO found (rowid, text) SELECT id, words_of(conversation, who, text)
      FROM lines WHERE id >= ? AND id < ? AND ${SEARCHED} ORDER BY id`),
    reached: db.prepare('UPDATE search SET indexed_from = ?')
  }
  return {
    takeIn: () => {
      let more = false
      transaction(() => {
        const from = Number(sql.from.get()?.['indexed_from'] ?? 0)
        const { low, n } = sql.stretch.get(from, TAKEN_AT_ONCE) ?? {}
        more = Number(n) === TAKEN_AT_ONCE
        if (Number(n) > 0) sql.take.run(Number(low), from)
        if (from > 0) sql.reached.run(more ? Number(low) : 0)
      })
      return more
    },
    removing: (lines, remove) => {
      if (lines <= MANY_LINES) {
        remove()
        return
      }
      drop(db)
      remove()
      begin(db)
    },
    renew: () => transaction(() => begin(db))
  }
}
