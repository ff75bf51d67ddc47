import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import type { History } from '../../src/core/history/contract.ts'
import { makeClock } from '../../src/node/clock.ts'
import { openHistory } from '../../src/node/history/history.ts'
import { readArguments } from '../../src/headless/arguments.ts'
import { log } from '../../src/headless/log.ts'
import { silentLog } from '../support/quiet.ts'
import { DEFAULT_SETTINGS } from '../../src/shared/settings.ts'
import type { Line } from '../../src/shared/state.ts'
import { HOSTILE } from '../core/history/lines.ts'
import { room, saidLine } from '../node/history/lines.ts'
import { ENTRY, START_MS, endAll, freshProfile, teahouse, type Program } from './program.ts'

const histories: History[] = []
afterEach(async () => {
  for (const history of histories.splice(0)) await history.close()
  await endAll()
})
/** As the running app has it. */
const openIn = async (folder: string): Promise<History> => {
  const { history } = await openHistory({ folder, clock: makeClock(), log: silentLog, notice: () => undefined })
  histories.push(history)
  return history
}
const put = async (history: History, conversation: string, ...lines: Line[]): Promise<void> => {
  for (const line of lines) history.append({ op: 'line', conversation, line }, () => undefined)
  await history.settled()
}
const say = (history: History, conversation: string, ...texts: string[]): Promise<void> =>
  put(history, conversation, ...texts.map((text) => saidLine(history, text)))

/** Two rooms and a private thread, written by a program that runs on. */
const furnished = async (): Promise<{ profile: string; history: History }> => {
  const profile = freshProfile()
  const history = await openIn(profile)
  const other = { address: '10.0.0.9:9', name: '小明' }
  for (const one of [room('r1'), room('r2', { title: '10.0.0.5:8888' }), room('r1/p/1', { with: other })])
    history.append({ op: 'conversation', conversation: one }, () => undefined)
  await say(history, 'r1', ...Array.from({ length: 60 }, (_, n) => `tea ${n}`))
  await say(history, 'r2', '二楼的茶', 'coffee')
  await say(history, 'r1/p/1', 'psst')
  return { profile, history }
}
/** The real program, a process of its own. */
const program = (profile: string, ...args: string[]): Program => teahouse(['log', '--data', profile, ...args], '')
/** The same without the process, which costs half a second each time. */
const run = async (profile: string, ...words: string[]): Promise<{ code: number; out: string; told: string }> => {
  const args = readArguments(['log', '--data', profile, '--language', 'en', ...words])
  if (args.verb !== 'log') throw new Error(JSON.stringify(args))
  let [out, told] = ['', '']
  const code = await log(args, {
    pipe: {
      write: (text) => {
        out += text
        return Promise.resolve(true)
      },
      end: () => Promise.resolve(null)
    },
    out: {
      complain: (line) => {
        told += `teahouse: ${line}\n`
      },
      progress: () => undefined,
      flush: () => Promise.resolve()
    },
    onEnd: () => undefined
  })
  return { code, out, told }
}
const printed = async (profile: string, ...args: string[]): Promise<string[]> => {
  const { code, out, told } = await run(profile, ...args)
  expect([code, told]).toEqual([0, ''])
  return out === '' ? [] : out.trimEnd().split('\n')
}
const texts = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^\S+ \S+ (\[.*\] )?Anna: /u, '$1'))

describe('teahouse log', () => {
  test('lists the conversations, and prints the end of one by id, title, address or name', async () => {
    const { profile } = await furnished()
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`
    const real = program(profile)
    expect([await real.exited, real.stderr()]).toEqual([0, ''])
    const list = real.stdout().trimEnd().split('\n')
    expect(list).toHaveLength(3)
    expect(list[0]).toMatch(new RegExp(`^r1/p/1 {2}小明, private in Tea {2}\\(1 line, ${time}\\)$`, 'u'))
    expect(list[2]).toMatch(new RegExp(`^r1 {2}Tea {2}\\(60 lines, ${time}\\)$`, 'u'))
    const last = await printed(profile, 'r1')
    expect(texts(last)).toEqual(Array.from({ length: 50 }, (_, n) => `tea ${n + 10}`))
    expect(last[0]).toMatch(new RegExp(`^${time} Anna: tea 10$`, 'u'))
    expect(texts(await printed(profile, 'tea', '-n', '2'))).toEqual(['tea 58', 'tea 59'])
    expect(texts(await printed(profile, '10.0.0.5:8888', '--lines=1'))).toEqual(['coffee'])
    expect(texts(await printed(profile, '小明'))).toEqual(['psst'])
    writeFileSync(
      join(profile, 'settings.json'),
      JSON.stringify({
        ...DEFAULT_SETTINGS,
        rooms: [
          {
            id: 'r2',
            title: 'Second floor',
            host: 'tea.lan',
            port: 9000,
            dialect: 'auto',
            lastDialect: null,
            charset: 'auto',
            reconnect: true,
            joined: false,
            nick: null,
            ignored: []
          }
        ]
      })
    )
    expect(texts(await printed(profile, 'TEA.lan:9000', '-n1'))).toEqual(['coffee'])
    expect(texts(await printed(profile, 'second floor', '-n1'))).toEqual(['coffee'])
  })

  test('--json gives what an export gives, and lists objects', async () => {
    const { profile } = await furnished()
    const list = (await printed(profile, '--json')).map((line) => JSON.parse(line))
    expect(list).toMatchObject([
      { type: 'conversation', conversation: 'r1/p/1', lines: 1 },
      { lines: 2 },
      { lines: 60 }
    ])
    const [line] = (await printed(profile, 'r2', '--json', '-n', '1')).map((each) => JSON.parse(each))
    expect(line).toEqual({
      type: 'said',
      conversation: 'r2',
      id: expect.any(Number),
      at: expect.stringMatching(/Z$/u),
      from: { address: '10.0.0.2:2000', name: 'Anna' },
      text: 'coffee',
      own: false
    })
  })

  test('--since and --until take days, moments and times ago', async () => {
    const profile = freshProfile()
    const history = await openIn(profile)
    history.append({ op: 'conversation', conversation: room('r1') }, () => undefined)
    const at = (text: string, ms: number): Line => ({ ...saidLine(history, text), at: ms })
    await put(
      history,
      'r1',
      at('march', new Date(2026, 2, 1, 23, 59, 59).getTime()),
      at('april', new Date(2026, 3, 2, 12, 0, 0).getTime()),
      at('hour', Date.now() - 3_600_000),
      at('now', Date.now())
    )
    const shown = async (...args: string[]): Promise<string[]> => texts(await printed(profile, 'r1', ...args))
    expect(await shown('--until', '2026-03-01')).toEqual(['march'])
    expect(await shown('--until', '2026-02-28')).toEqual([])
    expect(await shown('--since', '2026-03-02', '--until', '2026-04-02T12:00:01')).toEqual(['april'])
    expect(await shown('--since', '90m')).toEqual(['hour', 'now'])
    expect(await shown('--since=30m')).toEqual(['now'])
  })

  test('--search finds words, phrases and Chinese, everywhere or in one conversation', async () => {
    const { profile } = await furnished()
    expect(texts(await printed(profile, '--search', '茶'))).toEqual(['[10.0.0.5:8888] 二楼的茶'])
    expect(texts(await printed(profile, '--search', '"tea 7"', 'Tea'))).toEqual(['tea 7'])
    expect(texts(await printed(profile, '--search', 'from:anna psst'))).toEqual(['[小明, private in Tea] psst'])
    expect(await printed(profile, '--search', 'nowhere')).toEqual([])
    expect(texts(await printed(profile, '--search', 'tea', '-n', '2', 'r1'))).toEqual(['tea 58', 'tea 59'])
  })

  describe('two people of one name', () => {
    const [A, B] = ['10.0.0.2:5012', '10.0.0.7:40000']
    const ming = (history: History, text: string, address: string, at = Date.now()): Line => ({
      ...saidLine(history, text, { from: { address, name: 'Ming' } }),
      at
    })
    /** Both in a room, the second of them silent for long; and a thread with each. */
    const withBoth = async (): Promise<{ profile: string; history: History }> => {
      const profile = freshProfile()
      const history = await openIn(profile)
      for (const one of [
        room('r1'),
        room('r1/p/1', { with: { address: A, name: 'Ming' } }),
        room('r1/p/2', { with: { address: B, name: 'Ming' } })
      ])
        history.append({ op: 'conversation', conversation: one }, () => undefined)
      const hours = (n: number): number => Date.now() - n * 3_600_000
      await put(history, 'r1', ming(history, 'tea one', A, hours(3)), ming(history, 'tea two', B, hours(2)))
      await put(history, 'r1', ...Array.from({ length: 300 }, (_, n) => saidLine(history, `${n}`, { at: hours(2) })))
      await put(history, 'r1', ming(history, 'tea three', A, hours(1)), ming(history, 'four', A))
      return { profile, history }
    }
    const known = (lines: readonly string[]): string[] =>
      lines.map((line) => line.replace(/^[\d-]+ [\d:]+ |^[\d:]+ /u, '')).filter((line) => line.startsWith('Ming'))

    test('are told apart in what is printed, found and exported, also where it begins in the middle', async () => {
      const { profile } = await withBoth()
      const all = ['Ming: tea one', `Ming (${B}): tea two`, `Ming (${A}): tea three`, `Ming (${A}): four`]
      expect(known(await printed(profile, 'r1', '-n', '1000'))).toEqual(all)
      expect(known(await printed(profile, 'r1', '-n', '1'))).toEqual(all.slice(3))
      expect(known(await printed(profile, 'r1', '--since', '90m'))).toEqual(all.slice(2))
      expect(known(await printed(profile, 'r1', '--search', 'tea'))).toEqual(all.slice(0, 3))
      expect(known(await printed(profile, 'r1', '--search', 'three'))).toEqual(all.slice(2, 3))
      expect(known(await printed(profile, 'r1', '--export', '-'))).toEqual(all)
      expect(known(await printed(profile, 'r1', '--export', '-', '--since', '90m'))).toEqual(all.slice(2))
      const list = await printed(profile)
      expect(list.map((line) => line.replace(/ {2}\(.*$/u, ''))).toEqual([
        'r1  Tea',
        `r1/p/1  Ming (${A}), private in Tea`,
        `r1/p/2  Ming (${B}), private in Tea`
      ])
    })

    test('are told apart in what is followed, from the first line on', async () => {
      const { profile, history } = await withBoth()
      await put(history, 'r1/p/2', ming(history, 'psst', B))
      const args = readArguments(['log', '--data', profile, '--language', 'en', '--follow', '-n', '1'])
      if (args.verb !== 'log') throw new Error(JSON.stringify(args))
      const heard: string[] = []
      const next = [
        (): Promise<void> => put(history, 'r1', ming(history, 'five', B)),
        (): Promise<void> => put(history, 'r1', ming(history, 'six', A))
      ]
      await log(args, {
        pipe: {
          write: async (text) => {
            heard.push(text.trimEnd().replace(/^\S+ \S+ /u, ''))
            await next.shift()?.()
            return heard.length < 3
          },
          end: () => Promise.resolve(null)
        },
        out: { complain: () => undefined, progress: () => undefined, flush: () => Promise.resolve() },
        onEnd: () => undefined
      })
      expect(heard).toEqual([
        `[Ming (${B}), private in Tea] Ming: psst`,
        `[Tea] Ming (${B}): five`,
        `[Tea] Ming (${A}): six`
      ])
    })

    test('are the same person where nothing is looked back at far enough', async () => {
      const { profile, history } = await withBoth()
      await put(history, 'r1', ...Array.from({ length: 600 }, (_, n) => saidLine(history, `${n}`)))
      await put(history, 'r1', ming(history, 'tea five', A))
      expect(known(await printed(profile, 'r1', '-n', '1'))).toEqual(['Ming: tea five'])
      expect(known(await printed(profile, 'r1', '--search', 'tea'))).toEqual([
        'Ming: tea one',
        `Ming (${B}): tea two`,
        `Ming (${A}): tea three`,
        'Ming: tea five'
      ])
    })
  })

  test('--follow goes on with what is written, by whomever, own lines when their fate is known', async () => {
    const { profile, history } = await furnished()
    const running = program(profile, '--follow', '-n', '1')
    await running.lines.until((line) => line.includes('psst'), { within: START_MS })
    await say(history, 'r2', 'fresh 新的')
    await running.lines.until((line) => line.endsWith('[10.0.0.5:8888] Anna: fresh 新的'))
    const mine = saidLine(history, 'mine', { own: true, state: 'written' })
    await put(history, 'r1', mine, saidLine(history, 'after mine'))
    await running.lines.until((line) => line.includes('after mine'))
    expect(running.stdout()).not.toContain(': mine')
    await put(history, 'r1', {
      ...mine,
      ...saidLine(history, 'mine', { own: true, state: 'unconfirmed' }),
      id: mine.id
    })
    await running.lines.until((line) => line.endsWith('Anna (you): mine [Not confirmed]'))
    // Another program of the profile numbers its lines for itself.
    const other = await openIn(profile)
    await say(other, 'r1', 'from another program')
    await running.lines.until((line) => line.includes('from another program'))
    running.child.kill('SIGINT')
    expect(await running.exited).toBe(0)
    expect(running.lines.entries).toHaveLength(5)
  })

  test('--follow misses nothing that is written long after it came, and prints nothing twice', async () => {
    const { profile, history } = await furnished()
    const HOUR_OF_IDS = 60 * 60_000 * 1024
    const held = (n: number): Line => ({
      ...saidLine(history, `held ${n}`),
      id: saidLine(history, '').id - HOUR_OF_IDS
    })
    // Waits since before what is printed first.
    const queued = saidLine(history, 'mine', { own: true, state: 'queued' })
    await put(history, 'r1', queued)
    await say(history, 'r1', 'newer than mine')
    const running = program(profile, '--follow', '-n', '1')
    await running.lines.until((line) => line.includes('newer than mine'), { within: START_MS })
    const other = await openIn(profile)
    await say(other, 'r2', 'live 1')
    await put(history, 'r1', held(1), held(2))
    await running.lines.until((line) => line.includes('held 2'))
    const { child } = running
    // One look finds all of this: lines that are late beside others of it are told once.
    child.kill('SIGSTOP')
    await say(other, 'r2', ...Array.from({ length: 1200 }, (_, n) => `flood ${n}`))
    await put(history, 'r1', held(3))
    await put(history, 'r1', {
      ...queued,
      ...saidLine(history, 'mine', { own: true, state: 'written' }),
      id: queued.id
    })
    await put(history, 'r1', { ...queued, ...saidLine(history, 'mine', { own: true, state: 'sent' }), id: queued.id })
    const open = saidLine(history, 'open', { own: true, state: 'written' })
    await put(history, 'r1', open, { ...held(4), id: open.id - 1 })
    child.kill('SIGCONT')
    await running.lines.until((line) => line.includes('flood 1199'))
    // A program that ends leaves it in the air; the next one says so.
    await openIn(profile)
    await running.lines.until((line) => line.includes('open [Not confirmed]'))
    await say(history, 'r1', 'last')
    await running.lines.until((line) => line.includes('last'))
    child.kill('SIGINT')
    expect(await running.exited).toBe(0)
    const shown = running.lines.entries.map((line) => line.replace(/^.*Anna( \(you\))?: /u, ''))
    const flood = Array.from({ length: 1200 }, (_, n) => `flood ${n}`)
    const late = ['held 1', 'held 2', 'held 3', 'held 4', 'mine', 'open [Not confirmed]']
    expect(shown.toSorted()).toEqual(['newer than mine', 'live 1', ...flood, ...late, 'last'].toSorted())
  })

  test('--follow without an end to its input ends when nobody reads', async () => {
    const { profile, history } = await furnished()
    const running = program(profile, '-f', 'r1')
    await running.lines.until((line) => line.includes('tea 59'), { within: START_MS })
    running.child.stdout?.destroy()
    await say(history, 'r1', 'unheard')
    await say(history, 'r1', 'unheard too')
    expect(await running.exited).toBe(0)
  })

  test('--export writes a file whole, or to standard output', async () => {
    const { profile } = await furnished()
    const place = join(profile, 'out.html')
    // Of one that was killed.
    const token = `${2 ** 30}-0123456789ab`
    const path = join(profile, `.teahouse-export-${token}.part`)
    writeFileSync(path, 'half')
    writeFileSync(join(profile, `export-${token}.json`), JSON.stringify({ computer: hostname(), path }))
    expect(await printed(profile, 'r1', '--export', place, '--format', 'html', '--language=zh-CN')).toEqual([])
    const html = readFileSync(place, 'utf8')
    expect(html).toContain('<html lang="zh-CN">')
    expect(html.match(/tea \d+/gu)).toHaveLength(60)
    const whole = program(profile, '--export', '-', '--format=jsonl')
    expect([await whole.exited, whole.stderr()]).toEqual([0, ''])
    const all = whole.stdout().trimEnd().split('\n')
    expect(all).toHaveLength(1 + 3 + 63 + 1)
    expect(JSON.parse(all.at(-1) ?? '')).toEqual({ type: 'end', lines: 63 })
    const text = await printed(profile, '--export=-', '--since', '1h')
    expect(text.filter((line) => line.startsWith('# '))).toEqual(['# Tea', '# 小明, private in Tea', '# 10.0.0.5:8888'])
    expect(readdirSync(profile).filter((name) => name.includes('export'))).toEqual([])
  })

  test.skipIf(!existsSync('/dev/full'))('what a full disk keeps from standard output is told, exit 1', async () => {
    const { profile } = await furnished()
    for (const args of [['r1'], ['--export', '-', '--format', 'html']]) {
      const full = openSync('/dev/full', 'w')
      const { status, stderr } = spawnSync(process.execPath, [ENTRY, 'log', '--data', profile, ...args], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8'
      })
      closeSync(full)
      expect([status, stderr]).toEqual([1, 'teahouse: standard output broke off: the disk is full\n'])
    }
  })

  test('nothing hostile reaches the terminal or breaks a line', async () => {
    const profile = freshProfile()
    const history = await openIn(profile)
    history.append({ op: 'conversation', conversation: room('r1', { title: HOSTILE.join('') }) }, () => undefined)
    const lines = HOSTILE.map((text) => saidLine(history, text, { from: { address: '1.2.3.4:5', name: text } }))
    await put(history, 'r1', ...lines)
    const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/u
    const shown = await printed(profile, 'r1')
    expect(shown).toHaveLength(HOSTILE.length)
    const everywhere = [
      ...shown,
      ...(await printed(profile)),
      ...(await printed(profile, '--search', 'in:r from:boss'))
    ]
    for (const line of everywhere) expect(line).not.toMatch(unsafe)
    const json = await printed(profile, 'r1', '--json')
    expect(json.map((line) => JSON.parse(line).text)).toEqual(
      HOSTILE.map((text) => Buffer.from(text, 'utf8').toString('utf8'))
    )
  })

  test.each([
    ['a conversation that is not there', ['nobody'], 'nothing is kept of a conversation "nobody"'],
    ['a place that is none', ['--export', '/nowhere/at/all.txt'], 'nothing was written: there is no such folder'],
    ['a folder in the place of the file', ['--export', '/'], 'nothing was written: this is no plain file']
  ])('%s: exit 1, one line', async (_, args, told) => {
    const { profile } = await furnished()
    const failed = await run(profile, ...args)
    expect(failed).toMatchObject({ code: 1, out: '', told: expect.stringMatching(/^teahouse: [^\n]+\n$/u) })
    expect(failed.told).toContain(told)
  })

  test('nothing kept, garbage, a newer history: exit 1, one line, nothing is made', async () => {
    const told = async (profile: string): Promise<string> => {
      const before = readdirSync(profile)
      const failed = await run(profile)
      expect(failed.code).toBe(1)
      expect(readdirSync(profile)).toEqual(before)
      return failed.told
    }
    const empty = freshProfile()
    const real = program(empty)
    expect([await real.exited, real.stdout(), real.stderr()]).toEqual([
      1,
      '',
      `teahouse: nothing is kept in this profile yet: ${empty}\n`
    ])
    expect(await told(empty)).toBe(`teahouse: nothing is kept in this profile yet: ${empty}\n`)
    expect(await told(join(freshProfile(), '.'))).toContain('nothing is kept')
    const garbage = freshProfile()
    writeFileSync(join(garbage, 'history.sqlite'), 'not a database, and long enough to be seen as none'.repeat(99))
    expect(await told(garbage)).toContain('damaged')
    const folder = freshProfile()
    mkdirSync(join(folder, 'history.sqlite'))
    expect(await told(folder)).toMatch(/^teahouse: the history cannot be read[^\n]*\n$/u)
    const newer = freshProfile()
    const db = new DatabaseSync(join(newer, 'history.sqlite'))
    db.exec('PRAGMA user_version = 99; CREATE TABLE talks (x)')
    db.close()
    expect(await told(newer)).toContain('made by a newer Teahouse')
  })

  test('a newer history whose tables are as we know them is read', async () => {
    const { profile, history } = await furnished()
    await history.close()
    const db = new DatabaseSync(join(profile, 'history.sqlite'))
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(texts(await printed(profile, 'r2', '-n', '1'))).toEqual(['coffee'])
  })

  test('two conversations of one name: both ids are told', async () => {
    const profile = freshProfile()
    const history = await openIn(profile)
    for (const id of ['r1', 'r2']) {
      history.append({ op: 'conversation', conversation: room(id) }, () => undefined)
      await say(history, id, 'x')
    }
    const { code, told } = await run(profile, 'tea')
    expect(code).toBe(1)
    expect(told).toMatch(/^teahouse: "tea" may be r[12], r[12]: name one of these\n$/u)
  })
})
