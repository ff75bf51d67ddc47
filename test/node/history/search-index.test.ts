import * as fc from 'fast-check'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { HistoryOperation, HistorySearch } from '../../../src/core/history/contract.ts'
import { encodeLine, encodeMember } from '../../../src/node/history/rows.ts'
import { migrate, SCHEMA_VERSION } from '../../../src/node/history/schema.ts'
import type { Indexing } from '../../../src/node/history/search-index.ts'
import { INDEXING } from '../../../src/node/history/search-index.ts'
import { makeSearching } from '../../../src/node/history/searching.ts'
import type { Store } from '../../../src/node/history/store.ts'
import { HISTORY_FILE, openStore } from '../../../src/node/history/store.ts'
import { parseSearch, tokensOf } from '../../../src/shared/search.ts'
import type { Line } from '../../../src/shared/state.ts'
import { until } from '../../support/until.ts'
import { room } from './lines.ts'
import { later, open, say, saved, temporary } from './support.ts'

const ANNA = { address: '10.0.0.2:2000', name: 'Anna' }
const line = (id: number, text: string, more: object = {}): Line => ({
  id,
  at: id * 1000,
  kind: 'said',
  from: ANNA,
  text,
  own: false,
  state: 'delivered',
  failure: null,
  mention: false,
  ...more
})
const put = (id: number, text: string, conversation = 'r1', more: object = {}): HistoryOperation => ({
  op: 'line',
  conversation,
  line: line(id, text, more)
})
const storeIn = (folder: string, more: Partial<Indexing> = {}): Store => {
  const store = openStore(folder, { ...INDEXING, ...more })
  later(() => {
    try {
      store.close()
    } catch {
      // Closed by the test.
    }
  })
  return store
}
const inFile = <T>(folder: string, look: (db: DatabaseSync) => T): T => {
  const db = new DatabaseSync(join(folder, HISTORY_FILE))
  try {
    return look(db)
  } finally {
    db.close()
  }
}
/** Looks as long as it takes. */
const find = (folder: string, text: string, more: Partial<HistorySearch> = {}): (string | number)[] =>
  inFile(folder, (db) => {
    const wanted = { since: null, until: null, conversation: null, before: null, limit: 500, asker: '', titles: {} }
    const answer = makeSearching(db, () => 0)({ ...wanted, search: parseSearch(text), ...more }, () => false)
    return answer.state === 'found' ? answer.hits.map((hit) => hit.line.id) : [answer.state]
  })
const reach = (folder: string): unknown =>
  inFile(folder, (db) => db.prepare('SELECT indexed_from FROM search').get()?.['indexed_from'])
/** Every word of the index with its line and place, and what it should be. */
const words = (folder: string): { there: string[]; expected: string[] } =>
  inFile(folder, (db) => {
    db.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'found', 'instance')")
    const there = db.prepare('SELECT term, doc, offset FROM temp.words').all()
    const from = Number(db.prepare('SELECT indexed_from FROM search').get()?.['indexed_from'])
    const lines = db.prepare('SELECT * FROM lines WHERE kind IN (1, 5) AND id >= ?').all(from)
    const expected = lines.flatMap((row) => {
      const first = [`#c${Number(row['conversation'])}`, ...(row['who'] === null ? [] : [`#p${Number(row['who'])}`])]
      const all = [...first, ...tokensOf(String(row['text'])).map((token) => token.text)]
      return all.map((word, n) => `${word} ${Number(row['id'])} ${n}`)
    })
    return {
      there: there.map((row) => `${String(row['term'])} ${Number(row['doc'])} ${Number(row['offset'])}`).toSorted(),
      expected: expected.toSorted()
    }
  })
const expectWordsOfLines = (folder: string): void => {
  const { there, expected } = words(folder)
  expect(there).toEqual(expected)
}
const takeInAll = (store: Store): void => {
  while (store.isBehind()) store.takeIn()
}
/** A file as the first version of it was, with what that version wrote. */
const firstVersion = (folder: string, texts: readonly string[]): void =>
  inFile(folder, (db) => {
    migrate(db, 1)
    db.prepare('INSERT INTO people VALUES (1, ?)').run(encodeMember(ANNA))
    db.exec("INSERT INTO conversations VALUES (1, 'r1', 'r1', 'Tea', 0, NULL, 0, 0, 0, '')")
    db.exec('BEGIN')
    const insert = db.prepare('INSERT INTO lines VALUES (?, 1, ?, ?, 1, ?, ?, ?)')
    texts.forEach((text, n) => {
      const row = encodeLine(line(n + 1, text))
      insert.run(row.id, row.at, row.kind, row.state, row.text, row.more)
    })
    insert.run(texts.length + 1, 0, 2, 0, null, null)
    db.exec('COMMIT')
  })

describe('a file from before there was an index', () => {
  const TEXTS = Array.from({ length: 1234 }, (_, n) => (n % 2 === 0 ? `tea number ${n}` : `第${n}杯茶`))

  test('is searched at once, and as well while it is taken in', () => {
    const folder = temporary()
    firstVersion(folder, TEXTS)
    const store = storeIn(folder, { atOnce: 100 })
    store.write([put(5000, 'tea of today')])
    const asked = ['tea', '杯茶', '"number 10"', '茶 第', 'from:anna tea', 'number 1']
    const atFirst = asked.map((text) => find(folder, text))
    expect(atFirst[0]).toEqual(
      [5000, ...TEXTS.flatMap((text, n) => (text.startsWith('tea') ? [n + 1] : [])).toReversed()].slice(0, 500)
    )
    let portions = 0
    for (let more = true; more; portions += 1) {
      const before = reach(folder)
      store.takeIn()
      more = store.isBehind()
      expect(Number(reach(folder))).toBeLessThan(Number(before))
      expectWordsOfLines(folder)
      if (portions % 4 === 0) expect(asked.map((text) => find(folder, text))).toEqual(atFirst)
    }
    expect(portions).toBe(13)
    expect(reach(folder)).toBe(0)
    expect(asked.map((text) => find(folder, text))).toEqual(atFirst)
  })

  test('goes on where it was when the program ended, and takes what others write', () => {
    const folder = temporary()
    firstVersion(folder, TEXTS)
    const first = storeIn(folder, { atOnce: 100 })
    first.takeIn()
    const reached = reach(folder)
    first.close()
    const second = storeIn(folder, { atOnce: 100 })
    expect(reach(folder)).toBe(reached)
    // One from a program whose clock is behind, one that goes, and one that changes, on either side.
    second.write([
      put(600.5 * 2, 'late'),
      { op: 'remove', conversation: 'r1', line: 10 },
      put(20, 'changed'),
      { op: 'remove', conversation: 'r1', line: 1230 },
      put(1231, 'changed')
    ])
    expectWordsOfLines(folder)
    takeInAll(second)
    expectWordsOfLines(folder)
    expect(find(folder, 'changed')).toEqual([1231, 20])
  })

  test('of very long lines is taken in a few at a time', () => {
    const folder = temporary()
    firstVersion(
      folder,
      Array.from({ length: 60 }, (_, n) => `start${n} ${'x'.repeat(100_000)} end`)
    )
    const store = storeIn(folder)
    let portions = 0
    for (; store.isBehind(); portions += 1) store.takeIn()
    expect(portions).toBeGreaterThan(10)
    expectWordsOfLines(folder)
    expect(find(folder, 'start7')).toEqual([8])
    expect(find(folder, 'end')).toEqual([])
  })

  test('is taken in while the program runs, without anybody asking', async () => {
    const folder = temporary()
    firstVersion(folder, TEXTS)
    const { history } = await open(folder)
    expect(history.restored[0]?.newest.lines.length).toBeGreaterThan(0)
    await until(() => reach(folder) === 0, { within: 15_000 })
    expectWordsOfLines(folder)
    await say(history, 'r1', 'tea of today')
    expect(find(folder, 'today')).toHaveLength(1)
  })
})

test('the index holds the words of the lines and nothing else, whatever happens to them', () => {
  const id = fc.integer({ min: 1, max: 40 })
  const text = fc.constantFrom(
    'tea',
    'tea tea house',
    '喝茶',
    '茶',
    'Ａ\ud800b',
    '',
    '"quoted" -x* ^',
    '\u0000 a',
    '👍 c++',
    'x'.repeat(200)
  )
  const where = fc.constantFrom('r1', 'r2', 'r2/p/1')
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), id, text, where, kind: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), id, where }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('takeIn' as const) }) },
    fc.record({ do: fc.constant('clear' as const), where: fc.option(where) }),
    fc.record({ do: fc.constant('forget' as const) }),
    fc.record({ do: fc.constant('prune' as const), id }),
    fc.record({ do: fc.constant('reopen' as const), able: fc.boolean() })
  )
  const conversations: HistoryOperation[] = ['r1', 'r2', 'r2/p/1'].map((one) => ({
    op: 'conversation',
    conversation: room(one)
  }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.array(text, { maxLength: 12 }), (steps, before) => {
      const folder = mkdtempSync(join(tmpdir(), 'teahouse-index-'))
      firstVersion(folder, before)
      let store = openStore(folder, { ...INDEXING, atOnce: 3, many: 4 })
      try {
        for (const one of steps) {
          if (one.do === 'put')
            store.write([...conversations, put(one.id, one.text, one.where, one.kind ? {} : { kind: 'line' })])
          else if (one.do === 'remove') store.write([{ op: 'remove', conversation: one.where, line: one.id }])
          else if (one.do === 'takeIn') store.takeIn()
          else if (one.do === 'clear') store.clear(one.where === null ? null : [one.where])
          else if (one.do === 'forget') store.forget('r2')
          else if (one.do === 'prune') store.prune('r1', one.id * 1000)
          else {
            store.close()
            store = openStore(folder, { able: one.able ? INDEXING.able : () => false, atOnce: 3, many: 4 })
          }
        }
        const scanned = ['tea', '茶', 'from:anna', '"tea house"'].map((asked) => find(folder, asked))
        store.close()
        store = openStore(folder)
        expectWordsOfLines(folder)
        takeInAll(store)
        expectWordsOfLines(folder)
        expect(['tea', '茶', 'from:anna', '"tea house"'].map((asked) => find(folder, asked))).toEqual(scanned)
      } finally {
        store.close()
        rmSync(folder, { recursive: true, force: true })
      }
    }),
    { numRuns: 25 }
  )
})

describe('what is removed leaves the index, also physically', () => {
  const bytesOf = (folder: string): string =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('')
  const SECRET = 'zanzibarcode'
  // Several segments, merges, and pages that begin with the word itself.
  const filled = (many = 20_000): { folder: string; store: Store } => {
    const folder = temporary()
    const store = storeIn(folder, { many })
    store.write([
      { op: 'conversation', conversation: room('r1') },
      { op: 'conversation', conversation: room('r2') }
    ])
    for (let batch = 0; batch < 10; batch += 1)
      store.write(
        Array.from({ length: 100 }, (_, n) => {
          const at = batch * 100 + n
          return at % 10 === 0
            ? put(at + 1, `${SECRET} ${SECRET}${at}`, 'r2')
            : put(at + 1, `zanz${at} other ${at * 7919} zanzibar${at} zanzibarc`)
        })
      )
    expect(find(folder, SECRET)).toHaveLength(100)
    expect(bytesOf(folder)).toContain(SECRET)
    return { folder, store }
  }
  const expectGone = (folder: string): void => {
    expect(bytesOf(folder)).not.toContain(SECRET)
    expect(bytesOf(folder)).not.toContain('code990')
    expectWordsOfLines(folder)
    expect(find(folder, SECRET)).toEqual([])
    expect(find(folder, 'other', { limit: 500 })).toHaveLength(500)
  }
  test('a conversation, line by line', () => {
    const { folder, store } = filled()
    store.clear(['r2'])
    expectGone(folder)
  })
  test('a conversation, all at once', () => {
    const { folder, store } = filled(50)
    store.clear(['r2'])
    expectGone(folder)
    takeInAll(store)
    expectGone(folder)
  })
  test('a room', () => {
    const { folder, store } = filled()
    store.forget('r2')
    expectGone(folder)
  })
  test('what is old', () => {
    const { folder, store } = filled()
    store.prune('r2', Number.MAX_SAFE_INTEGER)
    expectGone(folder)
  })
  test('lines that are deleted or said otherwise', () => {
    const { folder, store } = filled()
    const lines = Array.from({ length: 100 }, (_, n) => n * 10 + 1)
    store.write(
      lines.map((id) =>
        id % 20 === 1 ? { op: 'remove', conversation: 'r2', line: id } : put(id, 'said otherwise', 'r2')
      )
    )
    // Pages that are free are clean; the log is emptied whenever something is cleared.
    store.clear(['r1'])
    expect(bytesOf(folder)).not.toContain(SECRET)
    expectWordsOfLines(folder)
  })
  test('everything', () => {
    const { folder, store } = filled()
    store.clear(null)
    expect(bytesOf(folder)).not.toMatch(/zanzibar/u)
    expectWordsOfLines(folder)
    expect(find(folder, 'other')).toEqual([])
  })
})

describe('where this SQLite has no full-text search', () => {
  test('everything is found all the same, and deleted words are in no index left by another', () => {
    const folder = temporary()
    const able = storeIn(folder)
    able.write([{ op: 'conversation', conversation: room() }, put(1, 'tea'), put(2, '喝茶'), put(3, 'secretword')])
    able.close()
    const unable = storeIn(folder, { able: () => false })
    expect(unable.opening).toEqual({ mode: 'writing' })
    unable.write([put(4, 'more tea'), { op: 'remove', conversation: 'r1', line: 3 }])
    expect(reach(folder)).toBeNull()
    expect(find(folder, 'tea')).toEqual([4, 1])
    expect(find(folder, '茶')).toEqual([2])
    expect(unable.isBehind()).toBe(false)
    unable.close()
    const again = storeIn(folder)
    takeInAll(again)
    expectWordsOfLines(folder)
    expect(words(folder).there.length).toBeGreaterThan(0)
    expect(find(folder, 'tea')).toEqual([4, 1])
    expect(find(folder, 'secretword')).toEqual([])
  })
})

describe('a damaged index', () => {
  const damage = (folder: string): void => {
    const db = new DatabaseSync(join(folder, HISTORY_FILE), { defensive: false })
    db.exec("UPDATE found_data SET block = x'a5a5a5a5' WHERE id > 1")
    db.exec("UPDATE found_data SET block = x'00000000a5a5' WHERE id = 10")
    db.close()
  }
  test('costs no line, and is made anew', async () => {
    const folder = temporary()
    const { history, later: told } = await open(folder)
    await saved(history, { op: 'conversation', conversation: room() })
    await say(history, 'r1', ...Array.from({ length: 50 }, (_, n) => `tea ${n}`))
    await until(() => reach(folder) === 0)
    damage(folder)
    await say(history, 'r1', 'tea of today')
    const wanted = {
      search: parseSearch('tea'),
      since: null,
      until: null,
      conversation: null,
      before: null,
      limit: 100,
      asker: 'x',
      titles: {}
    }
    let found = 0
    while (found < 51) {
      const answer = await history.search(wanted)
      found = answer.state === 'found' ? answer.hits.length : 0
    }
    await until(() => reach(folder) === 0)
    expectWordsOfLines(folder)
    expect(told).toEqual([])
    expect(history.state()).toBe('writing')
    expect(readdirSync(folder).some((name) => name.includes('broken'))).toBe(false)
  })
})

test('what is found near the end and far from it comes in one order, each line once', () => {
  const folder = temporary()
  const store = storeIn(folder)
  const count = 4000
  store.write([
    { op: 'conversation', conversation: room() },
    { op: 'conversation', conversation: room('r2') },
    ...Array.from({ length: count }, (_, n) =>
      put(n + 1, n % 100 === 0 ? 'teahouse' : 'milk', n % 200 === 0 ? 'r2' : 'r1')
    )
  ])
  const all = Array.from({ length: count / 100 }, (_, n) => n * 100 + 1).toReversed()
  expect(find(folder, 'tea')).toEqual(all)
  expect(find(folder, 'teahouse', { conversation: 'r2' })).toEqual(all.filter((id) => id % 200 === 1))
  expect(find(folder, 'tea', { limit: 25 })).toEqual(all.slice(0, 25))
  expect(find(folder, 'tea', { before: 3001 })).toEqual(all.filter((id) => id < 3001))
})

describe('moments', () => {
  const DAY = 86_400_000
  const filled = (more: Partial<Indexing> = {}): string => {
    const folder = temporary()
    const store = storeIn(folder, more)
    store.write([
      { op: 'conversation', conversation: room() },
      { op: 'conversation', conversation: room('r2') },
      ...Array.from({ length: 100 }, (_, n) =>
        put(n + 1, n % 2 === 0 ? 'tea' : 'milk', n % 3 === 0 ? 'r2' : 'r1', { at: n * DAY })
      )
    ])
    return folder
  }
  test.each([
    ['with an index', {}],
    ['without', { able: () => false }]
  ])('bound what is found, %s', (_name, more) => {
    const folder = filled(more)
    expect(find(folder, 'tea', { since: 90 * DAY })).toEqual([99, 97, 95, 93, 91])
    expect(find(folder, 'tea', { since: 90 * DAY + 1 })).toEqual([99, 97, 95, 93])
    expect(find(folder, 'tea', { since: 90 * DAY, until: 94 * DAY })).toEqual([93, 91])
    expect(find(folder, '', { until: 3 * DAY })).toEqual([3, 2, 1])
    expect(find(folder, '', { until: 3 * DAY, conversation: 'r1' })).toEqual([3, 2])
    expect(find(folder, 'from:anna', { until: 3 * DAY, before: 3 })).toEqual([2, 1])
    expect(find(folder, 'tea', { since: 1000 * DAY })).toEqual([])
    expect(find(folder, 'tea', { until: 0 })).toEqual([])
  })
})

describe('where no index helps', () => {
  test('one answer looks through a stretch, and the next goes on where it ended', () => {
    const folder = temporary()
    firstVersion(folder, ['the needle', ...Array.from({ length: 3000 }, () => 'hay'), 'a needle'])
    const store = openStore(folder)
    store.close()
    const db = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true })
    later(() => db.close())
    let clock = 0
    // Each look at the clock finds it 60 ms on: three looks are more than one answer may take.
    const search = makeSearching(db, () => (clock += 60))
    const wanted = { since: null, until: null, conversation: null, limit: 10, asker: '', titles: {} }
    const found: string[] = []
    let before: number | null = null
    let answers = 0
    do {
      const answer = search({ ...wanted, search: parseSearch('needle'), before }, () => false)
      if (answer.state !== 'found') throw new Error(answer.state)
      found.push(...answer.hits.map((hit) => ('text' in hit.line ? hit.line.text : '')))
      expect(answer.next ?? 0).toBeLessThan(before ?? Number.MAX_SAFE_INTEGER)
      before = answer.next
      answers += 1
    } while (before !== null)
    expect(found).toEqual(['a needle', 'the needle'])
    expect(answers).toBeGreaterThan(5)
  })

  test('it stops as soon as nobody waits for the answer', () => {
    const folder = temporary()
    firstVersion(
      folder,
      Array.from({ length: 3000 }, () => 'hay')
    )
    openStore(folder).close()
    const db = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true })
    later(() => db.close())
    let looks = 0
    const stale = (): boolean => {
      looks += 1
      return looks > 2
    }
    const wanted = { since: null, until: null, conversation: null, before: null, limit: 10, asker: '', titles: {} }
    const answer = makeSearching(db, () => 0)({ ...wanted, search: parseSearch('needle') }, stale)
    expect(answer).toEqual({ state: 'superseded' })
    expect(looks).toBe(3)
  })
})

test('a file of a newer program is searched, and not written', async () => {
  const folder = temporary()
  const store = storeIn(folder)
  store.write([{ op: 'conversation', conversation: room() }, put(1, 'tea')])
  store.close()
  inFile(folder, (db) => db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`))
  const { history } = await open(folder)
  expect(history.state()).toBe('off')
  const wanted = {
    search: parseSearch('tea'),
    since: null,
    until: null,
    conversation: null,
    before: null,
    limit: 100,
    asker: 'x',
    titles: {}
  }
  expect(await history.search(wanted)).toMatchObject({ state: 'found', hits: [{ line: { text: 'tea' } }] })
})
