import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { HistoryOperation, RestoredConversation, StoredConversation } from '../../core/history/contract.ts'
import type { ConversationId, Later, Line, LineId, RoomId, Timeline } from '../../shared/state.ts'
import { makeLate } from './late.ts'
import { makeReading } from './reading.ts'
import { isCorrupt, isIndexCorrupt, MovedError, reasonOf } from './reasons.ts'
import {
  decodeMember,
  encodeLine,
  encodeMember,
  KIND_LINE,
  KIND_SAID,
  MENTION,
  OPEN_LINES,
  OTHERS,
  STATE_QUEUED,
  STATE_UNCONFIRMED,
  STATE_WAITING,
  STATE_WRITTEN
} from './rows.ts'
import { migrate, SCHEMA_VERSION, versionOf } from './schema.ts'
import type { Indexing, SearchIndex } from './search-index.ts'
import { INDEXING, openIndex } from './search-index.ts'

export const HISTORY_FILE = 'history.sqlite'
/** Another program of this profile commits in milliseconds; one that takes longer hangs. */
const BUSY_MS = 2000
/** Nobody who writes waits longer than this for those who read an old log. */
const CLEAN_MS = 50
/** Pages of the WAL before it is folded in: 16 MiB, so that a flood does not fold all the time. */
const CHECKPOINT_PAGES = 4000
/** What the page cache may hold, in KiB. */
const CACHE_KIB = 16 * 1024
/** People remembered by key; more only costs a look-up. */
const KNOWN_PEOPLE = 20_000
/** Lines of each conversation that come back at once: a few screens. Older ones are read as the person scrolls. */
export const RESTORED_LINES = 100
/** And the unread ones, so that the first look is at what is new. */
const RESTORED_UNREAD = 500
const CONTEXT_LINES = 30
/** More conversations than anybody has; the ones last used come back. */
const RESTORED_CONVERSATIONS = 2000

const FOR_READING = `((kind = ${KIND_SAID} AND state IN (${OTHERS}, ${MENTION})) OR kind = ${KIND_LINE})`

const OF_ROOM = 'conversation IN (SELECT key FROM conversations WHERE room = ?)'

export type StoreOpening =
  | { mode: 'writing' }
  /** It can be read; why it cannot be written. */
  | { mode: 'reading'; why: string }
  /** Made by a newer program. */
  | { mode: 'newer' }

export interface Store {
  readonly opening: StoreOpening
  /** This program's turn among those that open the file; part of its line ids. */
  readonly lane: number
  readonly lastLine: LineId
  restored(): RestoredConversation[]
  /**
   * All of them, durable when it returns; or none, and it throws: also where somebody has taken the file away, since
   * nobody will find there what was written. Answers which of them (by index) found a queued line
   * taken by another program, or gone.
   */
  write(operations: readonly HistoryOperation[]): number[]
  page(conversation: ConversationId, before: LineId, limit: number): Timeline
  after(conversation: ConversationId, after: LineId, before: LineId, limit: number): Later
  firstSince(conversation: ConversationId, moment: number): LineId | null
  line(conversation: ConversationId, line: LineId): Line | null
  unread(conversation: ConversationId, after: LineId): { unread: number; mentions: number }
  clear(conversations: readonly ConversationId[] | null): void
  forget(room: RoomId): void
  prune(room: RoomId, before: number): void
  /** The log may still hold what was removed: somebody was reading it. */
  isUnclean(): boolean
  /** Empties it, if nobody reads it now. */
  clean(): void
  /** There are lines that the index does not hold yet. */
  isBehind(): boolean
  /** Takes some of them in. */
  takeIn(): void
  /** The index was found damaged: it is made anew. */
  renewIndex(): void
  close(): void
}

/** The file is there and nobody else's to read before SQLite opens it: its companions get the same mode. */
const makePrivate = (path: string): void => {
  // Taken away while the program runs. The folders above are nobody's to make: a disk that was pulled is not there.
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 })
  // Never opened besides: closing any descriptor of a file gives up all locks this process has on it (POSIX).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
}

/** Which file it is; null: there is none, or (Windows) none that could be taken away while it is open. */
const fileAt = (path: string): string | null => {
  if (process.platform === 'win32') return null
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : `${found.dev}:${found.ino}`
}

/** Nothing is deleted: the broken file stays beside the new one, with what belongs to it. Returns its name. */
export const setAside = (folder: string, wall: number): string => {
  const date = new Date(wall).toISOString().slice(0, 19).replaceAll(':', '-')
  const taken = new Set(readdirSync(folder))
  let name = `history.broken-${date}.sqlite`
  for (let n = 2; taken.has(name); n += 1) name = `history.broken-${date}-${n}.sqlite`
  for (const part of ['-wal', '-shm', '']) {
    const path = join(folder, HISTORY_FILE + part)
    if (existsSync(path)) renameSync(path, join(folder, name + part))
  }
  return name
}

const prepareForWriting = (db: DatabaseSync): void => {
  // Free pages are overwritten: what was cleared cannot be read from the file.
  db.exec(`
    PRAGMA secure_delete = ON;
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA cache_size = -${CACHE_KIB};
  `)
}

interface Opened {
  db: DatabaseSync
  lane: number
  unclean: boolean
}
const openForWriting = (path: string): Opened | 'newer' => {
  makePrivate(path)
  // Of a program that was killed, or that ended while another one read: what it cleared may stand there.
  const unclean = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    if (versionOf(db) > SCHEMA_VERSION) {
      db.close()
      return 'newer'
    }
    prepareForWriting(db)
    migrate(db)
    const row = db.prepare('UPDATE programs SET opened = opened + 1 RETURNING opened').get()
    // What a program that died left in the air: nothing more will be heard of it. What it never sent waits on.
    const inTheAir = `${OPEN_LINES} AND state IN (${STATE_WRITTEN}, ${STATE_WAITING})`
    db.exec(`
      BEGIN IMMEDIATE;
      INSERT INTO late (line) SELECT id FROM lines WHERE ${inTheAir} ORDER BY id;
      UPDATE lines SET state = ${STATE_UNCONFIRMED} WHERE ${inTheAir};
      COMMIT;`)
    return { db, lane: Number(row?.['opened'] ?? 0), unclean }
  } catch (error) {
    db.close()
    throw error
  }
}

/** A database whose use failed is not left open. */
const closedUnless = <T>(db: DatabaseSync, make: () => T): T => {
  try {
    return make()
  } catch (error) {
    db.close()
    throw error
  }
}

/** Uses the file over a connection that only reads. What is made of it closes it. */
export const connectForReading = <T>(path: string, use: (db: DatabaseSync) => T): T => {
  const read = (where: string | URL): T => {
    const db = new DatabaseSync(where, { readOnly: true, timeout: BUSY_MS })
    return closedUnless(db, () => use(db))
  }
  try {
    return read(path)
  } catch (error) {
    if (isCorrupt(error)) throw error
    // Where nothing can be written the log cannot be shared with anybody: the file is read as it stands.
    const standing = pathToFileURL(path)
    standing.searchParams.set('immutable', '1')
    return read(standing)
  }
}

/** Throws what SQLite throws; `isCorrupt` tells whether setting the file aside would help. */
export const openStore = (folder: string, indexing: Indexing = INDEXING): Store => {
  const path = join(folder, HISTORY_FILE)
  let opening: StoreOpening = { mode: 'newer' }
  try {
    const opened = openForWriting(path)
    if (opened !== 'newer') return closedUnless(opened.db, () => makeStore(path, opened, { mode: 'writing' }, indexing))
  } catch (error) {
    if (isCorrupt(error) || !existsSync(path)) throw error
    opening = { mode: 'reading', why: reasonOf(error) }
  }
  return connectForReading(path, (db) => makeStore(path, { db, lane: 0, unclean: false }, opening, indexing))
}

const makeStore = (path: string, opened: Opened, opening: StoreOpening, indexing: Indexing): Store => {
  const { db, lane } = opened
  let { unclean } = opened
  const writable = opening.mode === 'writing'
  const file = fileAt(path)
  const reading = makeReading(db)
  const numbers = new Map<ConversationId, number>()
  const people = new Map<string, number>()
  const sql = {
    key: db.prepare('SELECT key, other IS NOT NULL AS private FROM conversations WHERE id = ?'),
    unread: db.prepare(`
      SELECT count(*) AS unread, count(CASE WHEN state = ${MENTION} THEN 1 END) AS mentions
      FROM lines WHERE conversation = ? AND id > ? AND ${FOR_READING}`),
    conversations: db.prepare(`
      SELECT key, id, room, title, hosted, other, unverified, closed, read_up_to, draft,
        (SELECT max(lines.id) FROM lines WHERE conversation = conversations.key) AS newest
      FROM conversations ORDER BY other IS NOT NULL, newest DESC LIMIT ?`)
  }

  const numberOf = (id: ConversationId): number | null => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    const row = sql.key.get(id)
    if (row === undefined) return null
    numbers.set(id, Number(row['key']))
    return Number(row['key'])
  }

  const unreadAfter = (number: number, other: boolean, after: LineId): { unread: number; mentions: number } => {
    const row = sql.unread.get(number, after)
    const unread = Number(row?.['unread'] ?? 0)
    return { unread, mentions: other ? unread : Number(row?.['mentions'] ?? 0) }
  }

  let index: SearchIndex | null = null
  const transaction = (run: () => void): void => {
    db.exec('BEGIN IMMEDIATE')
    try {
      run()
      index?.settle()
      db.exec('COMMIT')
    } catch (error) {
      // What this transaction learnt about keys is not true any more.
      numbers.clear()
      people.clear()
      // A full disk ends the transaction by itself.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  if (writable) index = openIndex(db, indexing, transaction)
  /** What was said is worth more than finding it: it is kept, and a damaged index made anew from it. */
  const mending = (run: () => void): void => {
    try {
      run()
    } catch (error) {
      if (index === null || !isIndexCorrupt(error)) throw error
      index.renew()
      run()
    }
  }
  const changing = (run: () => void): void => {
    mending(() => transaction(run))
    if (fileAt(path) !== file) throw new MovedError('The file was taken away')
  }
  /** Returns how many there were. */
  const removeLines = (which: string, ...values: (string | number)[]): number => {
    const lines = Number(db.prepare(`SELECT count(*) AS n FROM lines WHERE ${which}`).get(...values)?.['n'])
    const remove = (): void => void db.prepare(`DELETE FROM lines WHERE ${which}`).run(...values)
    if (index === null) remove()
    else index.removing(lines, remove)
    return lines
  }

  const late = writable ? makeLate(db) : null
  const writing = writable
    ? {
        conversation: db.prepare(`
          INSERT INTO conversations (id, room, title, hosted, other, unverified, closed, read_up_to, draft)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET title = excluded.title, hosted = excluded.hosted, other = excluded.other,
            unverified = excluded.unverified, closed = excluded.closed,
            read_up_to = max(read_up_to, excluded.read_up_to), draft = excluded.draft
          RETURNING key`),
        shared: db.prepare(`
          INSERT INTO conversations (id, room, title, hosted, other, unverified, closed, read_up_to, draft)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET title = CASE WHEN excluded.hosted = 1 THEN excluded.title ELSE title END,
            other = excluded.other, unverified = excluded.unverified, closed = min(closed, excluded.closed),
            read_up_to = max(read_up_to, excluded.read_up_to)
          RETURNING key`),
        person: db.prepare(
          'INSERT INTO people (member) VALUES (?) ON CONFLICT (member) DO UPDATE SET member = member RETURNING key'
        ),
        line: db.prepare(`
          INSERT INTO lines (id, conversation, at, kind, who, state, text, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, who = excluded.who, state = excluded.state,
            text = excluded.text, more = excluded.more WHERE conversation = excluded.conversation
            AND (excluded.state <> ${STATE_QUEUED} OR state = ${STATE_QUEUED})`),
        claim: db.prepare(`
          UPDATE lines SET state = ${STATE_WRITTEN} WHERE id = ? AND conversation = ? AND state = ${STATE_QUEUED}`),
        remove: db.prepare('DELETE FROM lines WHERE id = ? AND conversation = ?')
      }
    : null

  const personOf = (member: string): number => {
    const known = people.get(member)
    if (known !== undefined) return known
    const key = Number(writing?.person.get(member)?.['key'])
    if (people.size >= KNOWN_PEOPLE) people.clear()
    people.set(member, key)
    return key
  }

  const putConversation = (one: StoredConversation, shared: boolean): void => {
    const row = (shared ? writing?.shared : writing?.conversation)?.get(
      one.id,
      one.room,
      one.title,
      one.hosted ? 1 : 0,
      one.with === null ? null : encodeMember(one.with),
      one.unverified ? 1 : 0,
      one.closed ? 1 : 0,
      one.readUpTo,
      one.draft
    )
    if (row !== undefined) numbers.set(one.id, Number(row['key']))
  }

  /** False: another program has taken the line, or it is gone. */
  const perform = (operation: HistoryOperation): boolean => {
    if (operation.op === 'conversation') {
      putConversation(operation.conversation, operation.shared === true)
      return true
    }
    const number = numberOf(operation.conversation)
    // Forgotten in another program of this profile meanwhile.
    if (number === null || writing === null) return operation.op !== 'claim'
    if (operation.op === 'remove') {
      writing.remove.run(operation.line, number)
      return true
    }
    if (operation.op === 'claim') return Number(writing.claim.run(operation.line, number).changes) === 1
    const row = encodeLine(operation.line)
    const who = row.who === null ? null : personOf(row.who)
    late?.note(row)
    // The row is ours: it goes back as if it had never been taken.
    if (operation.released) writing.remove.run(row.id, number)
    const put = writing.line.run(row.id, number, row.at, row.kind, who, row.state, row.text, row.more)
    return row.state !== STATE_QUEUED || Number(put.changes) === 1
  }

  /** Pages of before stand in the log until it is folded into the file, and there until they are overwritten by it. */
  const clean = (): void => {
    db.exec(`PRAGMA busy_timeout = ${CLEAN_MS}`)
    try {
      unclean = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] !== 0
    } finally {
      db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    }
  }
  /** What was removed leaves the log too, and the file gives the space back. */
  const scrub = (): void => {
    db.exec('DELETE FROM people WHERE key NOT IN (SELECT who FROM lines WHERE who IS NOT NULL)')
    people.clear()
    db.exec('DELETE FROM late WHERE line NOT IN (SELECT id FROM lines)')
    db.exec('PRAGMA incremental_vacuum')
    unclean = true
    clean()
  }

  return {
    opening,
    lane,
    lastLine: Number(db.prepare('SELECT max(id) AS last FROM lines').get()?.['last'] ?? 0),
    restored: () =>
      sql.conversations.all(RESTORED_CONVERSATIONS).map((row) => {
        const number = Number(row['key'])
        const other = typeof row['other'] === 'string' ? decodeMember(row['other']) : null
        const readUpTo = Number(row['read_up_to'])
        const closed = row['closed'] === 1
        const counts = closed ? { unread: 0, mentions: 0 } : unreadAfter(number, other !== null, readUpTo)
        const wanted = Math.min(Math.max(RESTORED_LINES, counts.unread + CONTEXT_LINES), RESTORED_UNREAD)
        return {
          id: String(row['id']),
          room: String(row['room']),
          title: String(row['title']),
          hosted: row['hosted'] === 1,
          with: other,
          unverified: row['unverified'] === 1,
          closed,
          readUpTo,
          draft: String(row['draft']),
          ...counts,
          newest: closed
            ? { lines: [], whole: row['newest'] === null }
            : reading.page(number, Number.MAX_SAFE_INTEGER, wanted),
          queued: closed ? [] : reading.queued(number)
        }
      }),
    write: (operations) => {
      let refused: number[] = []
      changing(() => {
        // Done once more when the index had to be made anew.
        refused = []
        late?.begin()
        for (const [index, operation] of operations.entries()) if (!perform(operation)) refused.push(index)
      })
      return refused
    },
    page: (conversation, before, limit) => {
      const number = numberOf(conversation)
      return number === null ? { lines: [], whole: true } : reading.page(number, before, limit)
    },
    after: (conversation, after, before, limit) => {
      const number = numberOf(conversation)
      return number === null ? { lines: [], newest: true } : reading.after(number, after, before, limit)
    },
    firstSince: (conversation, moment) => {
      const number = numberOf(conversation)
      return number === null ? null : reading.firstSince(number, moment)
    },
    line: (conversation, id) => {
      const number = numberOf(conversation)
      return number === null ? null : reading.line(number, id)
    },
    unread: (conversation, after) => {
      const row = sql.key.get(conversation)
      return row === undefined
        ? { unread: 0, mentions: 0 }
        : unreadAfter(Number(row['key']), row['private'] === 1, after)
    },
    clear: (conversations) => {
      changing(() => {
        if (conversations === null) {
          removeLines('true')
          db.exec('DELETE FROM conversations WHERE closed = 1')
        }
        for (const id of conversations ?? []) {
          const number = numberOf(id)
          if (number !== null) removeLines('conversation = ?', number)
        }
        numbers.clear()
      })
      scrub()
    },
    forget: (room) => {
      changing(() => {
        removeLines(OF_ROOM, room)
        db.prepare('DELETE FROM conversations WHERE room = ?').run(room)
        numbers.clear()
      })
      scrub()
    },
    prune: (room, before) => {
      let removed = 0
      changing(() => {
        removed = removeLines(`${OF_ROOM} AND at < ? AND state <> ${STATE_QUEUED}`, room, before)
      })
      if (removed > 0) scrub()
    },
    isUnclean: () => unclean,
    clean,
    isBehind: () => index?.isBehind() ?? false,
    takeIn: () => {
      mending(() => index?.takeIn())
    },
    renewIndex: () => index?.renew(),
    close: () => db.close()
  }
}
