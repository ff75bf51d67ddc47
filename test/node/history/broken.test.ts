import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { MIGRATIONS, migrate, SCHEMA_VERSION, versionOf } from '../../../src/node/history/schema.ts'
import { HISTORY_FILE } from '../../../src/node/history/store.ts'
import { until } from '../../support/until.ts'
import { later, open, room, saidLine, say, saved, temporary, texts } from './support.ts'

const END = Number.MAX_SAFE_INTEGER
const withLines = async (folder: string, count = 2000): Promise<void> => {
  const { history } = await open(folder)
  await saved(history, { op: 'conversation', conversation: room() })
  await say(history, 'r1', ...Array.from({ length: count }, (_, n) => `line ${n} ${'x'.repeat(80)}`))
  await history.close()
}
/** Starts on what is there, writes, and reads it back. */
const startsAfresh = async (folder: string): Promise<void> => {
  const { history, notices } = await open(folder)
  const [notice] = notices
  expect(notices).toHaveLength(1)
  const file = notice?.kind === 'history-set-aside' ? notice.file : ''
  expect(file).toMatch(/^history\.broken-\d{4}-\d\d-\d\dT[\d-]+\.sqlite$/u)
  expect(readdirSync(folder)).toContain(file)
  expect(history.state()).toBe('writing')
  await saved(history, { op: 'conversation', conversation: room() })
  await say(history, 'r1', 'goes on')
  expect(texts((await history.page('r1', END, 10))?.lines ?? [])).toEqual(['goes on'])
}

describe('a file that cannot be read stands aside, and a new one is begun', () => {
  test('garbage', async () => {
    const folder = temporary()
    writeFileSync(join(folder, HISTORY_FILE), 'this is no database'.repeat(1000))
    await startsAfresh(folder)
  })
  test('cut off in the middle', async () => {
    const folder = temporary()
    await withLines(folder)
    truncateSync(join(folder, HISTORY_FILE), 4096 * 20)
    await startsAfresh(folder)
  })
  test('overwritten in the middle', async () => {
    const folder = temporary()
    await withLines(folder)
    const db = new DatabaseSync(join(folder, HISTORY_FILE), { timeout: 5000 })
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    // The page that says which tables there are.
    writeFileSync(join(folder, HISTORY_FILE), Buffer.alloc(4096 - 100, 0xa5), { flag: 'r+' })
    await startsAfresh(folder)
  })
})

const change = (folder: string, sql: string): void => {
  const db = new DatabaseSync(join(folder, HISTORY_FILE), { timeout: 5000 })
  db.exec(sql)
  db.close()
}

test.each([
  'UPDATE lines SET id = 9007199254740993 WHERE id = (SELECT max(id) FROM lines)',
  'UPDATE lines SET at = 1 << 60'
])('numbers nobody wrote, such as `%s`, stand aside like a file that is broken', async (sql) => {
  const folder = temporary()
  await withLines(folder, 20)
  change(folder, sql)
  await startsAfresh(folder)
})

test('people who are none take nothing away of what was said', async () => {
  const folder = temporary()
  await withLines(folder, 3)
  change(folder, `UPDATE people SET member = '['; UPDATE conversations SET other = '['`)
  const { history, notices } = await open(folder)
  expect([history.state(), notices]).toEqual(['writing', []])
  expect(history.restored[0]?.newest.lines).toHaveLength(3)
  expect(history.restored[0]?.with).toEqual({ address: null, name: null })
})

test('a file of no bytes is an empty history, not a broken one', async () => {
  const folder = temporary()
  for (const part of ['', '-wal', '-shm']) writeFileSync(join(folder, HISTORY_FILE + part), '')
  const { history, notices } = await open(folder)
  expect(notices).toEqual([])
  await saved(history, { op: 'conversation', conversation: room() })
  await say(history, 'r1', 'first')
})

test('a page that goes bad while it is used: the chat goes on in a new file', async () => {
  const folder = temporary()
  const { history, later: told } = await open(folder)
  await saved(history, { op: 'conversation', conversation: room() })
  await say(history, 'r1', ...Array.from({ length: 2000 }, (_, n) => `${n} ${'x'.repeat(200)}`))
  const db = new DatabaseSync(join(folder, HISTORY_FILE), { timeout: 5000 })
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
  writeFileSync(join(folder, HISTORY_FILE), Buffer.alloc(400_000, 0xa5), { flag: 'r+' })
  history.append({ op: 'line', conversation: 'r1', line: saidLine(history, 'after') }, () => undefined)
  await history.page('r1', END, 2000)
  await until(() => told.some((notice) => notice.kind === 'history-set-aside'), { within: 10_000 })
  await until(() => history.state() === 'writing')
  await say(history, 'r1', 'goes on')
  expect(texts((await history.page('r1', END, 10))?.lines ?? [])).toContain('goes on')
})

// Windows lets nobody take away what is open.
test.skipIf(process.platform === 'win32')(
  'a file, or the whole folder, taken away while it is used: what is said from then on is kept in a new one',
  async () => {
    const disk = join(temporary(), 'disk')
    const folder = join(disk, 'profile')
    mkdirSync(folder, { recursive: true })
    const { history, later: told } = await open(folder)
    await saved(history, { op: 'conversation', conversation: room() })
    await say(history, 'r1', 'gone with the file')
    const onDisk = (): string[] => {
      const db = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true })
      try {
        return db
          .prepare('SELECT text FROM lines ORDER BY id')
          .all()
          .map(({ text }) => String(text))
      } finally {
        db.close()
      }
    }
    for (const part of ['', '-wal', '-shm']) rmSync(join(folder, HISTORY_FILE + part))
    await say(history, 'r1', 'one', 'two')
    expect(onDisk()).toEqual(['one', 'two'])
    rmSync(folder, { recursive: true })
    await say(history, 'r1', 'three')
    expect(onDisk()).toEqual(['three'])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const states: string[] = []
    history.listen({ stateChanged: (state, reason) => states.push(`${state} ${reason}`) })
    rmSync(disk, { recursive: true })
    const four = say(history, 'r1', 'four')
    await until(() => states.includes('paused ENOENT'), { within: 10_000 })
    mkdirSync(disk)
    await four
    expect(onDisk()).toEqual(['four'])
    expect(texts((await history.page('r1', END, 10))?.lines ?? [])).toEqual(['four'])
    expect(states.at(-1)).toBe('writing ')
    expect(told).toEqual([])
  }
)

test('what is cleared while a backup was put in the place of the file is not called cleared before it is there', async () => {
  const folder = temporary()
  await withLines(folder, 3)
  const path = join(folder, HISTORY_FILE)
  copyFileSync(path, `${path}.backup`)
  const { history } = await open(folder)
  for (const part of ['-wal', '-shm']) rmSync(path + part, { force: true })
  renameSync(`${path}.backup`, path)
  expect(await history.clear(null)).toBe(false)
  await until(() => history.state() === 'writing', { within: 10_000 })
  expect(await history.clear(null)).toBe(true)
  await history.close()
  const { history: again } = await open(folder)
  expect(await again.page('r1', END, 10)).toEqual({ lines: [], whole: true })
})

test('a history of a newer program is read, and not written', async () => {
  const folder = temporary()
  await withLines(folder, 3)
  const db = new DatabaseSync(join(folder, HISTORY_FILE))
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
  db.close()
  const { history, notices } = await open(folder)
  expect(notices).toEqual([{ kind: 'history-newer' }])
  expect(history.state()).toBe('off')
  expect(history.restored[0]?.newest.lines).toHaveLength(3)
  expect(await history.page('r1', END, 10)).toMatchObject({ whole: true })
  history.append({ op: 'line', conversation: 'r1', line: saidLine(history, 'x') }, () => undefined)
  expect(await history.clear(null)).toBe(false)
  await history.close()
  const again = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true })
  expect(versionOf(again)).toBe(SCHEMA_VERSION + 1)
  expect(again.prepare('SELECT count(*) AS n FROM lines').get()).toMatchObject({ n: 3 })
  again.close()
})

test.each(MIGRATIONS.map((_, version) => version))(
  'version %i is brought up to today’s with everything in it',
  (version) => {
    const db = new DatabaseSync(':memory:')
    later(() => db.close())
    migrate(db, version)
    expect(versionOf(db)).toBe(version)
    if (version > 0)
      db.exec(`
      INSERT INTO conversations VALUES (1, 'r1', 'r1', 'Tea', 0, NULL, 0, 0, 0, 'draft');
      INSERT INTO people VALUES (1, '["10.0.0.1:1","Anna"]');
      INSERT INTO lines VALUES (1, 1, 1000, 1, 1, 0, '你好', NULL);
    `)
    migrate(db)
    expect(versionOf(db)).toBe(SCHEMA_VERSION)
    expect(db.prepare('SELECT count(*) AS n FROM lines').get()).toMatchObject({ n: version > 0 ? 1 : 0 })
  }
)

describe('a folder', () => {
  test('that is none: the chat goes on, paused, and it says why', async () => {
    const folder = join(temporary(), 'file')
    writeFileSync(folder, '')
    const { history } = await open(join(folder, 'below'))
    expect(history.state()).toBe('paused')
    const told: string[] = []
    history.listen({ stateChanged: (state, reason) => told.push(`${state} ${reason}`) })
    expect(told).toEqual(['paused ENOTDIR'])
    expect(await history.page('r1', END, 10)).toBeNull()
  })

  test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'on a read-only file system is read; once it can be written, it is',
    async () => {
      const folder = temporary()
      await withLines(folder, 3)
      execFileSync('mount', ['--bind', folder, folder])
      later(() => execFileSync('umount', [folder]))
      execFileSync('mount', ['-o', 'remount,bind,ro', folder])
      const { history } = await open(folder)
      expect(history.state()).toBe('paused')
      expect(history.restored[0]?.newest.lines).toHaveLength(3)
      let kept = false
      history.append({ op: 'line', conversation: 'r1', line: saidLine(history, 'waits') }, () => {
        kept = true
      })
      execFileSync('mount', ['-o', 'remount,bind,rw', folder])
      await until(() => kept, { within: 10_000 })
      expect(history.state()).toBe('writing')
      await history.close()
    }
  )

  test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'on a full disk: paused, and everything that waited is written when there is room again',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'teahouse-full-'))
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
      later(() => {
        execFileSync('umount', ['-l', folder])
        rmSync(folder, { recursive: true, force: true })
      })
      const { history } = await open(folder)
      await saved(history, { op: 'conversation', conversation: room() })
      await say(history, 'r1', 'before')
      const states: string[] = []
      history.listen({ stateChanged: (state, reason) => states.push(`${state} ${reason}`.trim()) })
      let waiting = 0
      const all = Array.from({ length: 1000 }, (_, n) => `line ${n} ${'x'.repeat(1000)}`)
      for (const text of all) {
        waiting += 1
        history.append({ op: 'line', conversation: 'r1', line: saidLine(history, text) }, () => {
          waiting -= 1
        })
      }
      await until(() => states.includes('paused ENOSPC'))
      execFileSync('mount', ['-o', 'remount,size=16m', folder])
      await until(() => waiting === 0, { within: 10_000 })
      expect(states.at(-1)).toBe('writing')
      expect(texts((await history.page('r1', END, 2000))?.lines ?? [])).toEqual(['before', ...all])
      await history.close()
      const db = new DatabaseSync(join(folder, HISTORY_FILE))
      expect(db.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' })
      db.close()
    }
  )
})

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a folder of somebody else is no reason not to chat',
  async () => {
    const folder = join(temporary(), 'theirs')
    mkdirSync(folder, { mode: 0o500 })
    later(() => chmodSync(folder, 0o700))
    const { history } = await open(folder)
    expect(history.state()).toBe('paused')
  }
)
