import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Log } from '../../src/node/log.ts'
import type { SettingsFile } from '../../src/node/settings-file.ts'
import { openSettingsFile } from '../../src/node/settings-file.ts'
import type { Settings } from '../../src/shared/settings.ts'
import { DEFAULT_SETTINGS, settings as settingsSchema } from '../../src/shared/settings.ts'
import type { NoticeBody } from '../../src/shared/state.ts'
import type { HandClock } from '../support/clock.ts'
import { makeHandClock } from '../support/clock.ts'

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

const folders: string[] = []
const temporary = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'teahouse-settings-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

interface Opened {
  file: SettingsFile
  clock: HandClock
  told: NoticeBody[]
  /** How often it was told that it works again. */
  saved: () => number
}
const openIn = async (folder: string): Promise<Opened> => {
  const clock = makeHandClock(Date.UTC(2026, 10, 21, 1, 2, 3))
  const told: NoticeBody[] = []
  let saved = 0
  const file = await openSettingsFile({
    folder,
    clock,
    log: silentLog,
    notice: (notice) => told.push(notice),
    saved: () => (saved += 1)
  })
  return { file, clock, told, saved: () => saved }
}
const named = (name: string): Settings => ({ ...DEFAULT_SETTINGS, name })
const onDisk = async (folder: string): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))

describe('reading', () => {
  test('nothing there: the defaults, and nothing to say', async () => {
    const { file } = await openIn(await temporary())
    expect(file.settings).toEqual(DEFAULT_SETTINGS)
    expect(file.notices).toEqual([])
  })

  test('what was saved comes back', async () => {
    const folder = await temporary()
    const first = await openIn(folder)
    first.file.save(named('茶'))
    await first.file.close()
    expect((await openIn(folder)).file.settings).toEqual(named('茶'))
  })

  test('a byte order mark from an editor is no damage', async () => {
    const folder = await temporary()
    await writeFile(join(folder, 'settings.json'), `\uFEFF${JSON.stringify(named('a'))}`)
    expect((await openIn(folder)).file.settings.name).toBe('a')
  })

  test.each([
    ['nothing in it', ''],
    ['garbage', '\u0000\u0001{{{'],
    ['cut off', JSON.stringify(named('a')).slice(0, 40)],
    ['JSON of something else', '[1,2,3]'],
    ['null', 'null'],
    ['a newer version', JSON.stringify({ ...DEFAULT_SETTINGS, version: 2 })],
    ['a wrong field', JSON.stringify({ ...DEFAULT_SETTINGS, theme: 'pink' })],
    ['a bad room', JSON.stringify({ ...DEFAULT_SETTINGS, rooms: [{ id: 'x', port: 99_999 }] })],
    ['too deep', '['.repeat(100_000)]
  ])('%s: set aside as it is, with a message, and the defaults', async (_what, text) => {
    const folder = await temporary()
    await writeFile(join(folder, 'settings.json'), text)
    const { file } = await openIn(folder)
    expect(file.settings).toEqual(DEFAULT_SETTINGS)
    const aside = 'settings.broken-2026-11-21T01-02-03.json'
    expect(file.notices).toEqual([{ kind: 'settings-set-aside', file: aside }])
    expect(await readdir(folder)).toEqual([aside])
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text)
  })

  test('a place nobody can go to costs nothing but itself', async () => {
    const folder = await temporary()
    const place = { conversation: 'tea', line: 12 }
    for (const lookedAt of ['tea', { conversation: 'tea', line: 'x' }, place]) {
      await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...named('a'), lookedAt }))
      const { file } = await openIn(folder)
      expect([file.notices, file.settings.name]).toEqual([[], 'a'])
      expect(file.settings.lookedAt).toEqual(lookedAt === place ? place : undefined)
    }
  })

  test('two in the same second do not overwrite each other', async () => {
    const folder = await temporary()
    for (const text of ['one', 'two']) {
      await writeFile(join(folder, 'settings.json'), text)
      await openIn(folder)
    }
    const names = (await readdir(folder)).toSorted()
    expect(await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).toEqual(['two', 'one'])
  })

  test.runIf(existsSync('/proc/self/io'))('100 MB are not even read', async () => {
    const read = (): number => Number(/^rchar: (\d+)/mu.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
    const folder = await temporary()
    await writeFile(join(folder, 'settings.json'), '{')
    await truncate(join(folder, 'settings.json'), 100 * 1024 * 1024)
    const before = read()
    const { file } = await openIn(folder)
    expect(read() - before).toBeLessThan(10 * 1024 * 1024)
    expect(file.notices).toMatchObject([{ kind: 'settings-set-aside' }])
  })

  test('a folder, or a pipe that never speaks, in the place of the file', async () => {
    const folder = await temporary()
    await mkdir(join(folder, 'settings.json'))
    expect((await openIn(folder)).file.notices).toMatchObject([{ kind: 'settings-set-aside' }])
    if (process.platform === 'win32') return
    const other = await temporary()
    await promisify(execFile)('mkfifo', [join(other, 'settings.json')])
    expect((await openIn(other)).file.notices).toMatchObject([{ kind: 'settings-set-aside' }])
  })

  test('whatever stands in the file, the app starts', async () => {
    const folder = await temporary()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => Buffer.from(text))
        ),
        async (bytes) => {
          await writeFile(join(folder, 'settings.json'), bytes)
          const { file } = await openIn(folder)
          expect(file.settings).toEqual(DEFAULT_SETTINGS)
          expect(file.notices).toMatchObject([{ kind: 'settings-set-aside' }])
        }
      ),
      { numRuns: 50 }
    )
  })
})

describe('saving', () => {
  test('waits a moment, and the last one wins', async () => {
    const folder = await temporary()
    const { file, clock } = await openIn(folder)
    file.save(named('a'))
    file.save(named('b'))
    expect(await readdir(folder)).toEqual([])
    clock.advance(200)
    file.save(named('c'))
    await file.close()
    expect(await onDisk(folder)).toEqual(named('c'))
    expect(await readdir(folder)).toEqual(['settings.json'])
  })

  test.skipIf(process.platform === 'win32')('is readable by its owner alone, whatever the umask', async () => {
    const folder = await temporary()
    const { file } = await openIn(folder)
    const before = process.umask(0)
    try {
      file.save(named('a'))
      await file.close()
    } finally {
      process.umask(before)
    }
    expect((await stat(join(folder, 'settings.json'))).mode & 0o777).toBe(0o600)
  })

  test('that fails is told once, keeps the old file, and works again when it can', async () => {
    const folder = join(await temporary(), 'gone')
    const { file, told } = await openIn(folder)
    file.save(named('a'))
    await file.close()
    file.save(named('b'))
    await file.close()
    expect(told).toEqual([{ kind: 'settings-not-saved', reason: 'ENOENT' }])
    await mkdir(folder)
    file.save(named('c'))
    await file.close()
    expect(await onDisk(folder)).toEqual(named('c'))
    expect(told).toHaveLength(1)
  })

  test('that fails is tried again by itself until it works', async () => {
    const folder = join(await temporary(), 'gone')
    const { file, clock, told, saved } = await openIn(folder)
    file.save(named('a'))
    clock.advance(1000)
    await vi.waitFor(() => expect(told).toHaveLength(1))
    await mkdir(folder)
    await vi.waitFor(async () => {
      clock.advance(10_000)
      expect(await onDisk(folder)).toEqual(named('a'))
    })
    await vi.waitFor(() => expect(saved()).toBe(1))
    expect(told).toHaveLength(1)
    await file.close()
    expect(clock.pending()).toBe(0)
  })

  test('what nobody chose is not told as lost, and does not undo what another program saved', async () => {
    const folder = await temporary()
    const { file, told } = await openIn(folder)
    file.save(named('ours'), true)
    await file.close()
    expect(await onDisk(folder)).toMatchObject({ name: 'ours' })

    const other = await openIn(folder)
    other.file.save(named('theirs'))
    await other.file.close()
    file.save(named('in passing'), true)
    await file.close()
    expect(await onDisk(folder)).toMatchObject({ name: 'theirs' })
    // A choice counts, with whatever came along with it.
    file.save(named('chosen'))
    file.save({ ...named('chosen'), lookedAt: { conversation: 'tea', line: null } }, true)
    await file.close()
    expect(await onDisk(folder)).toMatchObject({ name: 'chosen', lookedAt: { conversation: 'tea', line: null } })

    await rm(folder, { recursive: true })
    file.save(named('nowhere'), true)
    await file.close()
    expect(told).toEqual([])
    file.save(named('nowhere'))
    await file.close()
    expect(told).toEqual([{ kind: 'settings-not-saved', reason: 'ENOENT' }])
  })

  test('never stands half written: a reader sees the old one or the new one, whole', async () => {
    const folder = await temporary()
    const { file } = await openIn(folder)
    const large = (name: string): Settings => ({
      ...named(name),
      rooms: Array.from({ length: 400 }, (_, n) => ({
        id: `r${n}`,
        title: 'x'.repeat(200),
        host: 'tea.lan',
        port: 8888,
        dialect: 'auto' as const,
        lastDialect: null,
        charset: 'auto' as const,
        reconnect: true,
        joined: false,
        nick: null,
        ignored: []
      }))
    })
    file.save(large('0'))
    await file.close()
    const writing = new AbortController()
    const seen = new Set<unknown>()
    const reading = (async () => {
      while (!writing.signal.aborted) {
        const read = settingsSchema.parse(await onDisk(folder))
        expect(read.rooms).toHaveLength(400)
        seen.add(read.name)
      }
    })()
    for (let n = 1; n <= 20; n += 1) {
      file.save(large(`${n}`))
      await file.close()
    }
    writing.abort()
    await reading
    expect(seen.size).toBeGreaterThan(1)
  })

  test('what a program left behind when it died is removed, what another one writes now is not', async () => {
    const folder = await temporary()
    const dead = join(folder, 'settings.json.1.tmp')
    await writeFile(dead, 'x')
    const { clock } = await openIn(folder)
    const now = clock.wall() / 1000
    await utimes(dead, now - 3600, now - 3600)
    await writeFile(join(folder, 'settings.json.2.tmp'), 'x')
    await utimes(join(folder, 'settings.json.2.tmp'), now, now)
    await openIn(folder)
    expect(await readdir(folder)).toEqual(['settings.json.2.tmp'])
  })
})
