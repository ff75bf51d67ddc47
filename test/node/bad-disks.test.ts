import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { SCHEMA_VERSION } from '../../src/node/history/schema.ts'
import { HISTORY_FILE } from '../../src/node/history/store.ts'
import { startIm } from '../support/servers/im.ts'
import { until } from '../support/until.ts'
import { openOn, OPENS_WITHIN_MS } from './bad-disk.ts'
import type { OnDisk } from './bad-disk.ts'

/** The whole app on profiles that cannot be used as they should: it opens, says what is the matter, and chats. */

const PROGRAM = fileURLToPath(new URL('bad-disk-program.ts', import.meta.url))
const NOBODY = 65_534

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})
const later = (cleanup: () => unknown): void => void cleanups.push(cleanup)
const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'teahouse-disk-'))
  later(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const open = async (folder: string): Promise<OnDisk> => {
  const opened = await openOn(folder)
  later(() => opened.close())
  return opened
}
const server = async (): Promise<number> => {
  const started = await startIm()
  later(() => started.close())
  return started.port
}
/** What a former run left. */
const withHistory = async (folder: string): Promise<void> => {
  const before = await openOn(folder)
  const port = await server()
  await before.says(port, 'said before')
  await before.close()
}
const textsIn = (folder: string): string[] => {
  const db = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true })
  try {
    return db
      .prepare('SELECT text FROM lines WHERE text IS NOT NULL ORDER BY id')
      .all()
      .map((row) => String(row['text']))
  } finally {
    db.close()
  }
}

describe('a history file that is of no use', () => {
  test.each<[what: string, notice: string | null, spoil: (file: string) => void]>([
    ['garbage', 'history-set-aside', (file) => writeFileSync(file, 'no database'.repeat(5000))],
    ['cut off in the middle', 'history-set-aside', (file) => execFileSync('truncate', ['-s', '8192', file])],
    ['no bytes', null, (file) => writeFileSync(file, '')],
    ['one byte', null, (file) => writeFileSync(file, 'S')],
    [
      'of a newer program',
      'history-newer',
      (file) => {
        const db = new DatabaseSync(file)
        db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
        db.close()
      }
    ]
  ])('%s', async (_what, notice, spoil) => {
    const folder = temporary()
    await withHistory(folder)
    for (const part of ['-wal', '-shm']) rmSync(join(folder, HISTORY_FILE + part), { force: true })
    spoil(join(folder, HISTORY_FILE))
    const opened = await open(folder)
    expect(opened.notices()).toEqual(notice === null ? [] : [notice])
    await opened.says(await server(), 'and it goes on')
    if (notice === 'history-newer') expect(textsIn(folder)).toEqual(['said before'])
    else await until(() => textsIn(folder).includes('and it goes on'))
    if (notice === 'history-set-aside')
      expect(readdirSync(folder).filter((name) => name.startsWith('history.broken-'))).not.toEqual([])
  })
})

const cannotMount = ((): string | null => {
  if (process.platform !== 'linux') return 'mounts as Linux has them'
  if (process.getuid?.() !== 0) return 'mounting takes root'
  const folder = mkdtempSync(join(tmpdir(), 'teahouse-mount-'))
  try {
    const tried = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { encoding: 'utf8' })
    if (tried.status !== 0) return `mounting is not permitted here: ${tried.stderr?.trim() ?? 'no mount'}`
    execFileSync('umount', [folder])
    return null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})()

describe.skipIf(cannotMount !== null)(
  `a disk${cannotMount === null ? '' : ` (not run: ${cannotMount})`}`,
  { timeout: 40_000 },
  () => {
    test('that is full: it chats, says so, and writes by itself once somebody made room', async () => {
      const folder = temporary()
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder])
      later(() => execFileSync('umount', ['-l', folder]))
      await withHistory(folder)
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(join(folder, 'filler'), Buffer.alloc(bavail * bsize))
      const opened = await open(folder)
      await opened.says(await server(), 'on a full disk')
      await until(() => opened.notices().includes('history-paused'), { within: OPENS_WITHIN_MS })
      rmSync(join(folder, 'filler'))
      await until(() => !opened.notices().includes('history-paused'), { within: 10_000 })
      await until(() => textsIn(folder).includes('on a full disk'))
    })

    test('that may not be written: what was said is there, it chats, and writes by itself once it may', async () => {
      const folder = temporary()
      await withHistory(folder)
      execFileSync('mount', ['--bind', folder, folder])
      later(() => execFileSync('umount', ['-l', folder]))
      execFileSync('mount', ['-o', 'remount,bind,ro', folder])
      const opened = await open(folder)
      expect(opened.notices()).toContain('history-paused')
      expect(opened.texts()).toContain('said before')
      await opened.says(await server(), 'on a disk for reading')
      execFileSync('mount', ['-o', 'remount,bind,rw', folder])
      await until(() => !opened.notices().includes('history-paused'), { within: 10_000 })
      await until(() => textsIn(folder).includes('on a disk for reading'))
    })
  }
)

const asRoot = process.getuid?.() === 0
const cannotBeAnother =
  process.platform === 'win32'
    ? 'folders of others are another matter on Windows'
    : asRoot && spawnSync('setpriv', ['--version']).error
      ? 'root without its powers takes setpriv'
      : null

test.skipIf(cannotBeAnother !== null)(
  `a folder of somebody else: it chats, says so, and writes by itself once it is ours${cannotBeAnother === null ? '' : ` (not run: ${cannotBeAnother})`}`,
  { timeout: 40_000 },
  async () => {
    const folder = join(temporary(), 'theirs')
    mkdirSync(folder, { mode: 0o700 })
    // Root may read everything, so that it is tried without this power.
    if (asRoot) chownSync(folder, NOBODY, NOBODY)
    else chmodSync(folder, 0)
    const powerless = asRoot ? ['--inh-caps=-all', '--bounding-set=-all', process.execPath] : []
    const program = [...powerless, PROGRAM, folder, String(await server())]
    const child = spawn(asRoot ? 'setpriv' : process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] })
    later(() => child.kill('SIGKILL'))
    let told = ''
    child.stdout.on('data', (part: Buffer) => {
      told += part.toString()
    })
    await until(() => told.includes('chatted'), { within: 15_000 })
    expect(told).toMatch(/opened .*history-paused/)
    if (asRoot) chownSync(folder, 0, 0)
    else chmodSync(folder, 0o700)
    await until(() => told.includes('kept'), { within: 15_000 })
    expect(textsIn(folder)).toContain('not mine')
  }
)
