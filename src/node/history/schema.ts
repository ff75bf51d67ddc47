import type { DatabaseSync } from 'node:sqlite'

/**
 * The tables, as steps from one version to the next. A step that was ever released is never changed: people have it on
 * their disks. `user_version` says how many were taken.
 */
export const MIGRATIONS: readonly string[] = [
  // 1: conversations and lines. People are kept once, not in every line.
  `
  CREATE TABLE conversations (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    title TEXT NOT NULL,
    hosted INTEGER NOT NULL,
    other TEXT,
    unverified INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    read_up_to INTEGER NOT NULL,
    draft TEXT NOT NULL
  ) STRICT;
  CREATE TABLE people (
    key INTEGER PRIMARY KEY,
    member TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE lines (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    who INTEGER,
    state INTEGER NOT NULL,
    text TEXT,
    more TEXT
  ) STRICT;
  -- The id stands in every index by itself: one conversation, in order.
  CREATE INDEX lines_of ON lines (conversation);
  -- Own lines whose fate is open: a handful, looked for on every start.
  CREATE INDEX lines_open ON lines (state) WHERE state BETWEEN 1 AND 3;
  -- Programs that opened this file: each takes its own lane of line ids.
  CREATE TABLE programs (opened INTEGER NOT NULL) STRICT;
  INSERT INTO programs VALUES (0);
  `,
  // 2: how far the index of words reaches (`search-index.ts`, which makes it where it can). Null: there is none yet.
  `
  CREATE TABLE search (indexed_from INTEGER) STRICT;
  INSERT INTO search VALUES (NULL);
  `,
  // 3: lines that became readable behind those with greater ids, in the order of it: for whoever follows what is written.
  `
  CREATE TABLE late (nth INTEGER PRIMARY KEY AUTOINCREMENT, line INTEGER NOT NULL) STRICT;
  `
]

export const SCHEMA_VERSION = MIGRATIONS.length

export const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'])

/** Brings a file of any older version up to `to`, each step whole or not at all. */
export const migrate = (db: DatabaseSync, to = SCHEMA_VERSION): void => {
  for (;;) {
    // Inside the transaction: another program may be doing the same at this moment.
    db.exec('BEGIN IMMEDIATE')
    try {
      const step = MIGRATIONS[versionOf(db)]
      const version = versionOf(db)
      if (version >= to || step === undefined) {
        db.exec('COMMIT')
        return
      }
      db.exec(step)
      db.exec(`PRAGMA user_version = ${version + 1}`)
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
}
