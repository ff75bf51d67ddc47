import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ExportWish } from '../../../src/core/switchboard/contract.ts'
import { makeClock } from '../../../src/node/clock.ts'
import type { DownloadSink, ExportTarget, OwnedExporter } from '../../../src/node/export/exporter.ts'
import { DOWNLOADS, makeExporter } from '../../../src/node/export/exporter.ts'
import { HISTORY_FILE } from '../../../src/node/history/store.ts'
import type { Clock } from '../../../src/shared/carriers.ts'
import { makeHandClock } from '../../support/clock.ts'
import { silentLog } from '../../support/quiet.ts'
import { makeEventLog, until, type EventLog } from '../../support/until.ts'
import { filesIn, later, many, openIn, talk, temporary } from './support.ts'

type Told =
  | { told: 'progress'; lines: number; total: number }
  | { told: 'done'; lines: number; place: string | null }
  | { told: 'failed'; reason: string }
  | { told: 'cancelled' }

const ALL: ExportWish = { conversations: null, title: '', format: 'jsonl', language: 'en' }
const open = (
  folder: string,
  target: ExportTarget | null,
  more: { clock?: Clock; settled?: () => Promise<void> } = {}
): { exporter: OwnedExporter; shown: string[]; names: string[] } => {
  const shown: string[] = []
  const names: string[] = []
  const exporter = makeExporter({
    folder,
    clock: makeClock(),
    log: silentLog,
    program: 'Teahouse test',
    settled: () => Promise.resolve(),
    choose: (name) => {
      names.push(name)
      return Promise.resolve(target)
    },
    show: (path) => shown.push(path),
    ...more
  })
  later(() => exporter.close())
  return { exporter, shown, names }
}
const run = async (
  exporter: OwnedExporter,
  wish = ALL
): Promise<{ told: EventLog<Told>; ended: () => Promise<Told>; download: string | null }> => {
  const told = makeEventLog<Told>('export')
  const begun = await exporter.start(wish, {
    progress: (lines, total) => told.add({ told: 'progress', lines, total }),
    done: (lines, place) => told.add({ told: 'done', lines, place }),
    failed: (reason) => told.add({ told: 'failed', reason }),
    cancelled: () => told.add({ told: 'cancelled' })
  })
  return {
    told,
    ended: () => told.until((one) => one.told !== 'progress', { within: 15_000 }),
    download: begun?.download ?? null
  }
}
const said = (jsonl: string): string[] =>
  jsonl
    .trimEnd()
    .split('\n')
    .map((one): { type: string; text: string } => JSON.parse(one))
    .filter(({ type }) => type === 'said')
    .map(({ text }) => text)

describe('into a file', () => {
  test('everything is written, privately, under its name, and nothing else is left', async () => {
    const [profile, target] = [temporary(), temporary()]
    const history = await openIn(profile)
    await talk(history, 'r1', ...many(3000))
    await talk(history, 'r2', 'elsewhere')
    const place = join(target, 'all.jsonl')
    const { exporter, shown, names } = open(profile, { to: 'file', path: place })
    const { ended, told } = await run(exporter)
    expect(await ended()).toEqual({ told: 'done', lines: 3001, place })
    expect(told.entries[0]).toMatchObject({ told: 'progress', total: 3001 })
    expect(said(readFileSync(place, 'utf8')).toSorted()).toEqual([...many(3000), 'elsewhere'].toSorted())
    expect(filesIn(target)).toEqual(['all.jsonl'])
    if (process.platform !== 'win32') expect(statSync(place).mode & 0o777).toBe(0o600)
    expect(names).toEqual([expect.stringMatching(/^Teahouse \d{4}-\d\d-\d\d\.jsonl$/u)])
    exporter.show()
    expect(shown).toEqual([place])
  })

  test('of one conversation only that one, with its title in the name', async () => {
    const [profile, target] = [temporary(), temporary()]
    const history = await openIn(profile)
    await talk(history, 'r1', 'here')
    await talk(history, 'r2', 'elsewhere')
    const place = join(target, 'one.jsonl')
    const { exporter, names } = open(profile, { to: 'file', path: place })
    const { ended } = await run(exporter, { ...ALL, conversations: ['r1'], title: '../Tea: <1>\u202e' })
    expect(await ended()).toMatchObject({ told: 'done', lines: 1 })
    expect(said(readFileSync(place, 'utf8'))).toEqual(['here'])
    expect(names).toEqual([expect.stringMatching(/^Teahouse Tea 1 \d{4}-\d\d-\d\d\.jsonl$/u)])
  })

  test('what was handed to the history a moment ago is in it', async () => {
    const [profile, target] = [temporary(), temporary()]
    const history = await openIn(profile)
    const place = join(target, 'x.jsonl')
    const { exporter } = open(profile, { to: 'file', path: place }, { settled: () => history.settled() })
    void talk(history, 'r1', ...many(3000))
    const { ended } = await run(exporter)
    expect(await ended()).toMatchObject({ told: 'done', lines: 3000 })
  })

  test('a snapshot: what arrives meanwhile is not waited for and not in it, and the writer does not wait', async () => {
    const profile = temporary()
    const history = await openIn(profile)
    await talk(history, 'r1', ...many(6000))
    const { exporter } = open(profile, { to: 'page' })
    const { download } = await run(exporter)
    const pieces: string[] = []
    const slow = makeSlowSink(pieces)
    exporter.download(download?.slice(DOWNLOADS.length) ?? '')?.begin(slow.sink)
    await slow.full
    // The reader stands still in the middle; the writer writes on, and what it wrote is durable.
    await talk(history, 'r1', 'a late one')
    slow.goOn()
    await slow.ended
    expect(said(pieces.join(''))).toEqual(many(6000))
  })

  test('what is cleared meanwhile is in it, whole, and gone from the disk once it is through', async () => {
    const profile = temporary()
    const history = await openIn(profile)
    await talk(history, 'r1', ...many(6000))
    const isOnDisk = (): boolean =>
      filesIn(profile)
        .filter((name) => name.startsWith(HISTORY_FILE))
        .some((name) => readFileSync(join(profile, name), 'latin1').includes('line number'))
    const { exporter } = open(profile, { to: 'page' })
    const { download } = await run(exporter, { ...ALL, conversations: ['r1'] })
    const pieces: string[] = []
    const slow = makeSlowSink(pieces)
    exporter.download(download?.slice(DOWNLOADS.length) ?? '')?.begin(slow.sink)
    await slow.full
    expect(await history.clear(['r1'])).toBe(true)
    slow.goOn()
    expect(await slow.ended).toBe('whole')
    expect(said(pieces.join(''))).toEqual(many(6000))
    await until(() => !isOnDisk())
  })

  test('cancelled in the middle, it leaves nothing, and what stood there before stands', async () => {
    const [profile, target] = [temporary(), temporary()]
    const history = await openIn(profile)
    await talk(history, 'r1', ...many(10_000))
    const place = join(target, 'x.txt')
    writeFileSync(place, 'before')
    const { exporter } = open(profile, { to: 'file', path: place })
    const { ended } = await run(exporter, { ...ALL, format: 'html' })
    // Heard after the first of many pieces: the temporary file is there by then.
    exporter.cancel()
    expect(await ended()).toEqual({ told: 'cancelled' })
    expect(readFileSync(place, 'utf8')).toBe('before')
    expect(filesIn(target)).toEqual(['x.txt'])
  })

  test('the end of the program cancels it, too', async () => {
    const [profile, target] = [temporary(), temporary()]
    const history = await openIn(profile)
    await talk(history, 'r1', ...many(10_000))
    const { exporter } = open(profile, { to: 'file', path: join(target, 'x.txt') })
    const { ended } = await run(exporter)
    await exporter.close()
    expect(await ended()).toEqual({ told: 'cancelled' })
    expect(filesIn(target)).toEqual([])
  })

  test('a person who changes their mind is told nothing', async () => {
    const { exporter } = open(temporary(), null)
    const { told } = await run(exporter)
    expect(told.entries).toEqual([])
    expect(
      await exporter.start(ALL, { progress: () => {}, done: () => {}, failed: () => {}, cancelled: () => {} })
    ).toBe(null)
  })

  test('a link stays a link', async () => {
    const [profile, target] = [temporary(), temporary()]
    await talk(await openIn(profile), 'r1', 'x')
    writeFileSync(join(target, 'real'), '')
    symlinkSync(join(target, 'real'), join(target, 'link'))
    const { exporter } = open(profile, { to: 'file', path: join(target, 'link') })
    const { ended } = await run(exporter)
    expect(await ended()).toMatchObject({ told: 'done' })
    expect(lstatSync(join(target, 'link')).isSymbolicLink()).toBe(true)
    expect(said(readFileSync(join(target, 'real'), 'utf8'))).toEqual(['x'])
  })

  test.each([
    ['a folder that is not there', 'nowhere/x.txt', 'ENOENT'],
    ['a folder in the place of the file', '.', 'EISDIR']
  ])('%s is told', async (_, name, reason) => {
    const [profile, target] = [temporary(), temporary()]
    await talk(await openIn(profile), 'r1', 'x')
    const { exporter } = open(profile, { to: 'file', path: join(target, name) })
    const { ended } = await run(exporter)
    expect(await ended()).toEqual({ told: 'failed', reason })
    expect(filesIn(target)).toEqual([])
  })

  // The one device of Linux that is always full; it is no plain file, so its folder stands in for a full disk below.
  test.runIf(existsSync('/dev/full'))('never replaces a device by a file', async () => {
    const profile = temporary()
    await talk(await openIn(profile), 'r1', 'x')
    const { exporter } = open(profile, { to: 'file', path: '/dev/full' })
    const { ended } = await run(exporter)
    expect(await ended()).toEqual({ told: 'failed', reason: 'EISDIR' })
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true)
  })

  test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'a full disk is told, and nothing half-written is left on it',
    async () => {
      const [profile, target] = [temporary(), temporary()]
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', target])
      later(() => execFileSync('umount', ['-l', target]))
      await talk(await openIn(profile), 'r1', ...many(6000))
      const { exporter } = open(profile, { to: 'file', path: join(target, 'x.html') })
      const { ended } = await run(exporter, { ...ALL, format: 'html' })
      expect(await ended()).toEqual({ told: 'failed', reason: 'ENOSPC' })
      expect(filesIn(target)).toEqual([])
    }
  )

  test('nothing kept, garbage, a newer history: each is told, and no file is made', async () => {
    const target = temporary()
    const place = join(target, 'x.txt')
    const fail = async (profile: string): Promise<Told> => {
      const { exporter } = open(profile, { to: 'file', path: place })
      return (await run(exporter)).ended()
    }
    expect(await fail(temporary())).toEqual({ told: 'failed', reason: 'nothing-kept' })
    const garbage = temporary()
    writeFileSync(join(garbage, 'history.sqlite'), 'no database at all, but long enough to be looked at'.repeat(100))
    chmodSync(join(garbage, 'history.sqlite'), 0o600)
    expect(await fail(garbage)).toEqual({ told: 'failed', reason: 'corrupt' })
    expect(filesIn(target)).toEqual([])
    expect(filesIn(garbage)).toEqual(['history.sqlite'])
  })
})

/** Takes the first piece and then waits until it is told to go on. */
const makeSlowSink = (pieces: string[]) => {
  const full = Promise.withResolvers<void>()
  const wait = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<'whole' | 'broken'>()
  const sink: DownloadSink = {
    write: async (text) => {
      pieces.push(text)
      full.resolve()
      await wait.promise
      return true
    },
    end: () => ended.resolve('whole'),
    abort: () => ended.resolve('broken')
  }
  return { sink, full: full.promise, goOn: () => wait.resolve(), ended: ended.promise }
}

describe('to a page', () => {
  test('the address works once', async () => {
    const profile = temporary()
    await talk(await openIn(profile), 'r1', 'x')
    const { exporter } = open(profile, { to: 'page' })
    const { download, ended } = await run(exporter)
    const secret = download?.slice(DOWNLOADS.length) ?? ''
    expect(exporter.download(`${secret}x`)).toBe(null)
    expect(exporter.download('')).toBe(null)
    const first = exporter.download(secret)
    expect(exporter.download(secret)).toBe(null)
    const pieces: string[] = []
    const slow = makeSlowSink(pieces)
    slow.goOn()
    first?.begin(slow.sink)
    expect(await slow.ended).toBe('whole')
    expect(await ended()).toEqual({ told: 'done', lines: 1, place: null })
    expect(said(pieces.join(''))).toEqual(['x'])
  })

  test('one that is not fetched is given up', async () => {
    const profile = temporary()
    await talk(await openIn(profile), 'r1', 'x')
    const clock = makeHandClock()
    const { exporter } = open(profile, { to: 'page' }, { clock })
    const { download, ended } = await run(exporter)
    clock.advance(30_000)
    expect(await ended()).toEqual({ told: 'failed', reason: 'not-fetched' })
    expect(exporter.download(download?.slice(DOWNLOADS.length) ?? '')).toBe(null)
  })

  test('who goes away in the middle ends it; cancelling breaks it off', async () => {
    const profile = temporary()
    await talk(await openIn(profile), 'r1', ...many(6000))
    const { exporter } = open(profile, { to: 'page' })
    const first = await run(exporter)
    const left = exporter.download(first.download?.slice(DOWNLOADS.length) ?? '')
    left?.begin({ write: () => Promise.resolve(false), end: () => undefined, abort: () => undefined })
    expect(await first.ended()).toEqual({ told: 'cancelled' })

    const second = await run(exporter)
    const slow = makeSlowSink([])
    exporter.download(second.download?.slice(DOWNLOADS.length) ?? '')?.begin(slow.sink)
    await slow.full
    exporter.cancel()
    slow.goOn()
    expect(await slow.ended).toBe('broken')
    expect(await second.ended()).toEqual({ told: 'cancelled' })
  })
})
