import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { HISTORY_FILE, RESTORED_LINES } from '../../../src/node/history/store.ts'
import type { Line, LineBody } from '../../../src/shared/state.ts'
import { openHistory } from '../../../src/node/history/history.ts'
import { makeHandClock } from '../../support/clock.ts'
import { silentLog } from '../../support/quiet.ts'
import { until } from '../../support/until.ts'
import { later, open, room, saidLine, say, saved, temporary, texts } from './support.ts'

const END = Number.MAX_SAFE_INTEGER
const member = { address: '10.0.0.9:9', name: '小明' }

describe('what was said', () => {
  test('comes back after a restart: lines, position, draft, unread and mentions', async () => {
    const folder = temporary()
    const first = await open(folder)
    await saved(first.history, { op: 'conversation', conversation: room() })
    const [one] = await say(first.history, 'r1', 'one', 'two', '三')
    await saved(
      first.history,
      { op: 'line', conversation: 'r1', line: saidLine(first.history, '@me four', { mention: true }) },
      { op: 'conversation', conversation: room('r1', { readUpTo: one?.id ?? 0, draft: 'unfinished 句子' }) }
    )
    await first.history.close()
    const { history } = await open(folder)
    expect(history.restored).toHaveLength(1)
    const [back] = history.restored
    expect(back).toMatchObject({ id: 'r1', draft: 'unfinished 句子', readUpTo: one?.id, unread: 3, mentions: 1 })
    expect(texts(back?.newest.lines ?? [])).toEqual(['one', 'two', '三', '@me four'])
    expect(back?.newest.whole).toBe(true)
  })

  test('is not written over with nothing where the disk wakes up only after the start', async () => {
    const folder = temporary()
    const first = await open(folder)
    await saved(first.history, { op: 'conversation', conversation: room() })
    const [one] = await say(first.history, 'r1', 'one', 'two')
    const readUpTo = one?.id ?? 0
    await saved(
      first.history,
      { op: 'conversation', conversation: room('r1', { readUpTo, draft: 'unfinished' }) },
      { op: 'conversation', conversation: room('r2', { draft: 'old words' }) },
      { op: 'conversation', conversation: room('r3', { draft: 'further words' }) }
    )
    await first.history.close()

    const clock = makeHandClock(Date.now())
    const opening = openHistory({ folder, clock, log: silentLog, notice: () => undefined })
    await Promise.resolve()
    // Nobody waits that long; the thread has not even begun.
    clock.advance(60_000)
    const { history } = await opening
    later(() => history.close())
    expect([history.state(), history.restored]).toEqual(['paused', []])
    const found: string[] = []
    history.listen({
      stateChanged: () => undefined,
      found: (late) => found.push(...late.map((one) => `${one.id}: ${one.draft}`))
    })
    history.append({ op: 'conversation', conversation: room('r1', { title: 'New name' }) }, () => undefined)
    await until(() => history.state() === 'writing')
    expect(found.toSorted()).toEqual(['r1: unfinished', 'r2: old words', 'r3: further words'])
    history.append({ op: 'conversation', conversation: room('r3') }, () => undefined)
    history.append({ op: 'conversation', conversation: room('r2', { draft: 'new words' }) }, () => undefined)
    history.append({ op: 'conversation', conversation: room('r2') }, () => undefined)
    clock.turn()
    await history.close()

    const { history: last } = await open(folder)
    const back = new Map(last.restored.map((restored) => [restored.id, restored]))
    expect(back.get('r1')).toMatchObject({ title: 'New name', draft: 'unfinished', readUpTo, unread: 1 })
    expect(back.get('r2')).toMatchObject({ draft: '' })
    expect(back.get('r3')).toMatchObject({ draft: 'further words' })
  })

  const bodies: LineBody[] = [
    { kind: 'said', from: member, text: 'a', own: false, state: 'delivered', failure: null, mention: true },
    { kind: 'said', from: member, text: 'b', own: true, state: 'sent', failure: null, mention: false },
    {
      kind: 'said',
      from: { address: null, name: '' },
      text: 'c',
      own: true,
      state: 'failed',
      failure: { code: 'name-taken', text: 'no' },
      mention: false
    },
    { kind: 'joined', member, own: true },
    { kind: 'joined', member, own: false },
    { kind: 'left', member, reason: 'idle' },
    { kind: 'renamed', member, was: 'Xiao', own: false },
    { kind: 'line', text: 'free \u0000 text' },
    { kind: 'listed', members: [member, { address: 'x:1', name: null }], complete: true },
    { kind: 'refused', command: 'rename', code: 'bad-name', text: 'refused' },
    { kind: 'kicked', reason: 'flood', text: 'out' },
    { kind: 'connected', again: true },
    { kind: 'disconnected', reason: 'reset' }
  ]
  test.each(bodies.map((body) => [body.kind, body] as const))(
    'of the kind %s is read as it was written',
    async (_kind, body) => {
      const { history } = await open(temporary())
      const line: Line = { id: history.nextLine(1000), at: 1_700_000_000_123, ...body }
      await saved(history, { op: 'conversation', conversation: room() }, { op: 'line', conversation: 'r1', line })
      expect(await history.line('r1', line.id)).toEqual(line)
    }
  )

  test('is read upwards page by page without gap or repetition, whatever its length', async () => {
    const { history } = await open(temporary())
    await saved(history, { op: 'conversation', conversation: room() }, { op: 'conversation', conversation: room('r2') })
    const all = Array.from({ length: 1234 }, (_, n) => `line ${n}`)
    await say(history, 'r1', ...all.slice(0, 600))
    await say(history, 'r2', 'of another room')
    await say(history, 'r1', ...all.slice(600))
    const read: string[] = []
    let before = END
    for (let whole = false; !whole;) {
      const page = await history.page('r1', before, 100)
      if (page === null) throw new Error('cannot be read')
      read.unshift(...texts(page.lines))
      before = page.lines[0]?.id ?? 0
      whole = page.whole
    }
    expect(read).toEqual(all)
  })

  test('changes in place, and goes when it is deleted', async () => {
    const { history } = await open(temporary())
    await saved(history, { op: 'conversation', conversation: room() })
    const line = saidLine(history, 'mine', { own: true, state: 'written' })
    const other = saidLine(history, 'failed one', { own: true, state: 'failed' })
    await saved(
      history,
      { op: 'line', conversation: 'r1', line },
      { op: 'line', conversation: 'r1', line: other },
      { op: 'line', conversation: 'r1', line: { ...saidLine(history, 'mine!', { own: true }), id: line.id } },
      { op: 'remove', conversation: 'r1', line: other.id }
    )
    const page = await history.page('r1', END, 10)
    expect(page?.lines).toMatchObject([{ id: line.id, text: 'mine!', state: 'delivered', own: true }])
  })

  test('of a program that died in the middle claims nothing that is not known', async () => {
    const folder = temporary()
    const first = await open(folder)
    const states = ['queued', 'written', 'waiting', 'delivered', 'unconfirmed'] as const
    await saved(
      first.history,
      { op: 'conversation', conversation: room() },
      ...states.map((state) => ({
        op: 'line' as const,
        conversation: 'r1',
        line: saidLine(first.history, state, { own: true, state })
      }))
    )
    await first.history.close()
    const { history } = await open(folder)
    expect(history.restored[0]?.newest.lines).toMatchObject([
      { state: 'queued', failure: null },
      { state: 'unconfirmed' },
      { state: 'unconfirmed' },
      { state: 'delivered' },
      { state: 'unconfirmed' }
    ])
  })

  test('starts with the end of each conversation only, and with what is unread', async () => {
    const folder = temporary()
    const first = await open(folder)
    await saved(
      first.history,
      { op: 'conversation', conversation: room() },
      { op: 'conversation', conversation: room('r2') }
    )
    const lines = await say(first.history, 'r1', ...Array.from({ length: 700 }, (_, n) => `${n}`))
    await saved(first.history, { op: 'conversation', conversation: room('r1', { readUpTo: lines.at(-1)?.id ?? 0 }) })
    await say(first.history, 'r2', ...Array.from({ length: 300 }, (_, n) => `${n}`))
    await first.history.close()
    const { history } = await open(folder)
    const lengths = Object.fromEntries(history.restored.map((one) => [one.id, one.newest.lines.length]))
    expect(lengths).toEqual({ r1: RESTORED_LINES, r2: 300 })
    const whole = Object.fromEntries(history.restored.map((one) => [one.id, one.newest.whole]))
    expect(whole).toEqual({ r1: false, r2: true })
  })
})

describe('ids of lines', () => {
  test('grow across runs, whatever the clock says', async () => {
    const folder = temporary()
    const first = await open(folder)
    await saved(first.history, { op: 'conversation', conversation: room() })
    const line = { ...saidLine(first.history, 'from the future'), id: first.history.nextLine(Date.now() + 86_400_000) }
    await saved(first.history, { op: 'line', conversation: 'r1', line })
    await first.history.close()
    const { history } = await open(folder)
    expect(history.nextLine(Date.now())).toBeGreaterThan(line.id)
    expect(Number.isSafeInteger(history.nextLine(Date.UTC(2200, 0, 1)))).toBe(true)
  })

  test('can be read again, also where a clock was once in a far future', async () => {
    const folder = temporary()
    const first = await open(folder)
    await saved(first.history, { op: 'conversation', conversation: room() })
    first.history.nextLine(Date.UTC(2400, 0, 1))
    await say(first.history, 'r1', 'one', 'two')
    await first.history.close()
    const { history } = await open(folder)
    await say(history, 'r1', 'three')
    expect(texts((await history.page('r1', END, 10))?.lines ?? [])).toEqual(['one', 'two', 'three'])
  })

  test('of two programs never meet', async () => {
    const folder = temporary()
    const [one, two] = [await open(folder), await open(folder)]
    const now = Date.now()
    const ids = new Set<number>()
    for (let n = 0; n < 1000; n += 1) {
      ids.add(one.history.nextLine(now))
      ids.add(two.history.nextLine(now))
    }
    expect(ids.size).toBe(2000)
  })
})

test('two programs of one profile both write', async () => {
  const folder = temporary()
  const [one, two] = [await open(folder), await open(folder)]
  await saved(one.history, { op: 'conversation', conversation: room('r1') })
  await saved(two.history, { op: 'conversation', conversation: room('r2') })
  const many = (name: string): string[] => Array.from({ length: 200 }, (_, n) => `${name} ${n}`)
  await Promise.all([
    ...many('one').map((text) => say(one.history, 'r1', text)),
    ...many('two').map((text) => say(two.history, 'r2', text))
  ])
  expect(texts((await one.history.page('r2', END, 500))?.lines ?? [])).toEqual(many('two'))
  expect(texts((await two.history.page('r1', END, 500))?.lines ?? [])).toEqual(many('one'))
})

describe('what is cleared', () => {
  const bytesOf = (folder: string): string =>
    readdirSync(folder)
      .filter((name) => name.startsWith(HISTORY_FILE))
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('')
  const SECRET = 'the-secret-recipe'

  test('is gone from the disk, also from its free space, and nothing else is', async () => {
    const folder = temporary()
    const { history } = await open(folder)
    await saved(history, { op: 'conversation', conversation: room() }, { op: 'conversation', conversation: room('r2') })
    await say(history, 'r1', ...Array.from({ length: 500 }, (_, n) => `${SECRET} ${n} ${'x'.repeat(200)}`))
    await say(history, 'r2', 'stays')
    expect(bytesOf(folder)).toContain(SECRET)
    expect(await history.clear(['r1'])).toBe(true)
    expect(bytesOf(folder)).not.toContain(SECRET)
    expect(await history.page('r1', END, 10)).toEqual({ lines: [], whole: true })
    expect(texts((await history.page('r2', END, 10))?.lines ?? [])).toEqual(['stays'])
  })

  test('altogether leaves no line and nobody named', async () => {
    const folder = temporary()
    const { history } = await open(folder)
    await saved(history, { op: 'conversation', conversation: room() })
    await saved(history, {
      op: 'line',
      conversation: 'r1',
      line: saidLine(history, SECRET, { from: { address: null, name: 'Somebody-Secret' } })
    })
    expect(await history.clear(null)).toBe(true)
    expect(bytesOf(folder)).not.toMatch(/the-secret-recipe|Somebody-Secret/u)
    // The person may be named again.
    await say(history, 'r1', 'a new beginning')
    expect(texts((await history.page('r1', END, 10))?.lines ?? [])).toEqual(['a new beginning'])
  })

  test('by forgetting a room takes its private threads along', async () => {
    const folder = temporary()
    const first = await open(folder)
    await saved(
      first.history,
      { op: 'conversation', conversation: room() },
      { op: 'conversation', conversation: room('r1/p/1', { with: member, closed: true }) },
      { op: 'conversation', conversation: room('r2') }
    )
    await say(first.history, 'r1/p/1', SECRET)
    expect(await first.history.forgetRoom('r1', ['r1'])).toBe(true)
    expect(bytesOf(folder)).not.toContain(SECRET)
    await first.history.close()
    expect((await open(folder)).history.restored.map((one) => one.id)).toEqual(['r2'])
  })

  test('by age goes, and what is younger stays', async () => {
    const { history } = await open(temporary())
    await saved(history, { op: 'conversation', conversation: room() })
    const now = Date.now()
    await saved(
      history,
      ...[3, 2, 1].map((days) => ({
        op: 'line' as const,
        conversation: 'r1',
        line: saidLine(history, `${days} days`, { at: now - days * 86_400_000 })
      }))
    )
    expect(await history.prune('r1', now - 1.5 * 86_400_000)).toBe(true)
    expect(texts((await history.page('r1', END, 10))?.lines ?? [])).toEqual(['1 days'])
  })
})

test.skipIf(process.platform === 'win32')('the files are nobody else’s to read, whatever the umask', async () => {
  const before = process.umask(0)
  try {
    const folder = temporary()
    const { history } = await open(folder)
    await saved(history, { op: 'conversation', conversation: room() })
    const files = readdirSync(folder).filter((name) => name.startsWith(HISTORY_FILE))
    expect(files).toContain(`${HISTORY_FILE}-wal`)
    for (const name of files) expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600')
  } finally {
    process.umask(before)
  }
})

test('is written so that a power cut takes nothing that was told as saved', async () => {
  const folder = temporary()
  const { history } = await open(folder)
  await saved(history, { op: 'conversation', conversation: room() })
  const db = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true })
  expect(db.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
  expect(db.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' })
  db.close()
})
