import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { History, HistorySearch } from '../../../src/core/history/contract.ts'
import { HISTORY_FILE } from '../../../src/node/history/store.ts'
import type { Hit, SearchAnswer } from '../../../src/shared/search.ts'
import { parseSearch } from '../../../src/shared/search.ts'
import { until } from '../../support/until.ts'
import { open, room, saidLine, say, saved, temporary } from './support.ts'

const ask = (history: History, text: string, more: Partial<HistorySearch> = {}): Promise<SearchAnswer> =>
  history.search({
    search: parseSearch(text),
    since: null,
    until: null,
    conversation: null,
    before: null,
    limit: 50,
    asker: 'test',
    titles: {},
    ...more
  })
const hitsOf = (answer: SearchAnswer): Hit[] => {
  if (answer.state !== 'found') throw new Error(JSON.stringify(answer))
  return answer.hits
}
const textsOf = (answer: SearchAnswer): string[] =>
  hitsOf(answer).map(({ line }) => ('text' in line ? line.text : line.kind))
const find = async (history: History, text: string, more: Partial<HistorySearch> = {}): Promise<string[]> =>
  textsOf(await ask(history, text, more))

const SAID = [
  'The kettle is on',
  '二楼的茶已经泡好了，大家快上来喝茶吧',
  'tea at 192.168.1.20:8888',
  'Ｃａｆé is closed',
  'ビールを飲みに行こう',
  '회의는 서울에서',
  'a teahouse, a tea house',
  '👍 c++ is on'
]

describe('a search', () => {
  test.each([
    ['tea', ['a teahouse, a tea house', 'tea at 192.168.1.20:8888']],
    ['茶', ['二楼的茶已经泡好了，大家快上来喝茶吧']],
    ['喝茶', ['二楼的茶已经泡好了，大家快上来喝茶吧']],
    ['茶喝', []],
    ['二楼 大家', ['二楼的茶已经泡好了，大家快上来喝茶吧']],
    ['cafe', ['Ｃａｆé is closed']],
    ['飲み', ['ビールを飲みに行こう']],
    ['서울', ['회의는 서울에서']],
    ['"tea house"', ['a teahouse, a tea house']],
    ['“tea house”', ['a teahouse, a tea house']],
    ['"teahous"', []],
    ['168.1.20', ['tea at 192.168.1.20:8888']],
    ['c++', ['👍 c++ is on']],
    ['👍', ['👍 c++ is on']],
    ['is on', ['👍 c++ is on', 'The kettle is on']],
    ['nothing of this', []]
  ])('for %s finds what was said, newest first', async (text, expected) => {
    const { history } = await open(temporary())
    await saved(history, { op: 'conversation', conversation: room() })
    await say(history, 'r1', ...SAID)
    expect(await find(history, text)).toEqual(expected)
  })

  test('is limited to a conversation, a title, a person', async () => {
    const { history } = await open(temporary())
    const bo = { address: '10.0.0.3:3', name: '小明' }
    await saved(
      history,
      { op: 'conversation', conversation: room('r1', { title: 'Second floor' }) },
      { op: 'conversation', conversation: room('r2', { title: 'Old name' }) },
      { op: 'conversation', conversation: room('r2/p/1', { with: bo, closed: true }) },
      { op: 'line', conversation: 'r1', line: saidLine(history, 'tea one') },
      { op: 'line', conversation: 'r2', line: saidLine(history, 'tea two', { from: bo }) },
      { op: 'line', conversation: 'r2/p/1', line: saidLine(history, 'tea three', { from: bo }) }
    )
    expect(await find(history, 'tea', { conversation: 'r1' })).toEqual(['tea one'])
    expect(await find(history, 'tea', { conversation: 'gone' })).toEqual([])
    expect(await find(history, 'tea from:小明')).toEqual(['tea three', 'tea two'])
    expect(await find(history, 'from：明')).toEqual(['tea three', 'tea two'])
    expect(await find(history, 'from:anna')).toEqual(['tea one'])
    expect(await find(history, 'tea in:小明')).toEqual(['tea three'])
    expect(await find(history, 'in:second')).toEqual(['tea one'])
    expect(await find(history, 'in:"new name"', { titles: { r2: 'New name' } })).toEqual(['tea two'])
    const [closed] = hitsOf(await ask(history, 'three'))
    expect(closed).toMatchObject({ conversation: 'r2/p/1', room: 'r2', title: 'Tea', with: bo, marks: [[4, 9]] })
  })

  test('gives older hits page by page, each once', async () => {
    const { history } = await open(temporary())
    await saved(history, { op: 'conversation', conversation: room() })
    const all = Array.from({ length: 95 }, (_, n) => `tea ${n}`)
    await say(history, 'r1', ...all)
    const found: string[] = []
    let before: number | null = null
    do {
      const answer: SearchAnswer = await ask(history, 'tea', { before, limit: 10 })
      found.push(...textsOf(answer))
      before = answer.state === 'found' ? answer.next : null
    } while (before !== null)
    expect(found).toEqual(all.toReversed())
  })

  test('that is asked while another of the same asker waits takes its place; others get theirs', async () => {
    const { history } = await open(temporary())
    await saved(history, { op: 'conversation', conversation: room() })
    await say(history, 'r1', ...Array.from({ length: 50 }, (_, n) => `tea ${n}`))
    const typed = 'a kettle of tea'
    const typing = Array.from(typed, (_, n) => ask(history, typed.slice(0, n + 1)))
    const other = ask(history, 'tea 7', { asker: 'other' })
    const states = (await Promise.all(typing)).map((answer) => answer.state)
    // The first may have been through before the second came.
    expect(states.slice(1)).toEqual([...typing.slice(2).map(() => 'superseded'), 'found'])
    expect(textsOf(await other)).toEqual(['tea 7'])
  })

  test('says so when the history cannot be read, and after the end', async () => {
    const folder = join(temporary(), 'file')
    writeFileSync(folder, '')
    const { history } = await open(join(folder, 'below'))
    expect(await ask(history, 'tea')).toEqual({ state: 'unavailable', reason: 'ENOTDIR' })
    await history.close()
    expect(await ask(history, 'tea')).toMatchObject({ state: 'unavailable' })
  })

  test('tells of a history that was taken away, not of one that is forbidden', async () => {
    const folder = temporary()
    const { history } = await open(folder)
    await saved(history, { op: 'conversation', conversation: room() })
    rmSync(folder, { recursive: true })
    expect(await ask(history, 'tea')).toEqual({ state: 'unavailable', reason: 'moved' })
    await history.close()
  })

  test('goes on in the new file after the old one was set aside', async () => {
    const folder = temporary()
    const { history } = await open(folder)
    await saved(history, { op: 'conversation', conversation: room() })
    await say(history, 'r1', ...Array.from({ length: 2000 }, (_, n) => `tea ${n} ${'x'.repeat(200)}`))
    expect(await find(history, 'tea 1999')).toHaveLength(1)
    const db = new DatabaseSync(join(folder, HISTORY_FILE), { timeout: 5000 })
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    writeFileSync(join(folder, HISTORY_FILE), Buffer.alloc(400_000, 0xa5), { flag: 'r+' })
    history.append({ op: 'line', conversation: 'r1', line: saidLine(history, 'another tea') }, () => undefined)
    await history.page('r1', Number.MAX_SAFE_INTEGER, 2000)
    await until(() => history.state() === 'paused' || readdirSync(folder).some((name) => name.includes('broken')))
    await until(() => history.state() === 'writing', { within: 10_000 })
    await say(history, 'r1', 'tea of today')
    expect((await find(history, 'tea'))[0]).toBe('tea of today')
  })
})
