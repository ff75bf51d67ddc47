import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold } from '../../src/shared/folding.ts'
import type { Search } from '../../src/shared/search.ts'
import {
  asksNothing,
  beginningOf,
  hasOne,
  marksIn,
  parseSearch,
  SEARCH_CHARACTERS,
  SEARCHED_CHARACTERS,
  tokensOf
} from '../../src/shared/search.ts'

const nothing: Search = { terms: [], from: [], in: [], before: null, after: null, unfinished: [] }
const word = (...tokens: string[]): Search['terms'][number] => ({ tokens, open: true })
const whole = (...tokens: string[]): Search['terms'][number] => ({ tokens, open: false })
const day = (year: number, month: number | null = null, date: number | null = null): Search['before'] => ({
  year,
  month,
  day: date
})

describe('what is typed', () => {
  test.each<[string, Partial<Search>]>([
    ['', {}],
    [' \t\u3000 ', {}],
    ['?!', {}],
    ['tea', { terms: [word('tea')] }],
    ['Tea  KETTLE', { terms: [word('tea'), word('kettle')] }],
    ['喝茶', { terms: [whole('喝', '茶')] }],
    ['喝茶　二楼', { terms: [whole('喝', '茶'), whole('二', '楼')] }],
    ['room12号', { terms: [whole('room12', '号')] }],
    ['茶tea', { terms: [word('茶', 'tea')] }],
    ['192.168.1.20', { terms: [word('192', '168', '1', '20')] }],
    ['c++', { terms: [whole('c', '+', '+')] }],
    ['#12', { terms: [word('12')] }],
    ['"second floor"', { terms: [whole('second', 'floor')] }],
    ['“second floor”', { terms: [whole('second', 'floor')] }],
    ['＂second floor＂', { terms: [whole('second', 'floor')] }],
    ['"second flo', { terms: [word('second', 'flo')] }],
    ['"', {}],
    ['""', {}],
    ['a"b"c', { terms: [word('a'), whole('b'), word('c')] }],
    ['from:ann', { from: [word('ann')] }],
    ['FROM：Ann tea', { from: [word('ann')], terms: [word('tea')] }],
    ['from:"ann lee" tea', { from: [whole('ann', 'lee')], terms: [word('tea')] }],
    ['from:“小明”', { from: [whole('小', '明')] }],
    ['from: ann', { from: [word('ann')] }],
    ['from:ann from:bob', { from: [word('ann'), word('bob')] }],
    ['in:二楼', { in: [whole('二', '楼')] }],
    ['from:', { unfinished: ['from'] }],
    ['tea from:', { terms: [word('tea')], unfinished: ['from'] }],
    ['from: in:tea', { in: [word('tea')], unfinished: ['from'] }],
    ['from:"', { unfinished: ['from'] }],
    ['from:@', { unfinished: ['from'] }],
    ['before:2026', { before: day(2026) }],
    ['before:2026-03', { before: day(2026, 3) }],
    ['after：２０２６-03-09', { after: day(2026, 3, 9) }],
    ['after:2024-02-29', { after: day(2024, 2, 29) }],
    ['after:2026-02-29', { unfinished: ['after'] }],
    ['after:2026-13', { unfinished: ['after'] }],
    ['after:2026-00', { unfinished: ['after'] }],
    ['after:2026-0', { unfinished: ['after'] }],
    ['after:yesterday tea', { terms: [word('tea')], unfinished: ['after'] }],
    ['before:2026 before:2025-06 before:2026-01-02', { before: day(2025, 6) }],
    ['after:2025-06 after:2026 after:2025', { after: day(2026) }],
    ['wherefrom:ann', { terms: [word('wherefrom', 'ann')] }],
    ['"from:ann"', { terms: [whole('from', 'ann')] }]
  ])('%j', (typed, expected) => {
    expect(parseSearch(typed)).toEqual({ ...nothing, ...expected })
  })

  test('asks nothing while a filter is unfinished', () => {
    expect(asksNothing(parseSearch('from:'))).toBe(true)
    expect(asksNothing(parseSearch('?'))).toBe(true)
    for (const typed of ['a', 'from:a', 'in:a', 'before:2026', 'after:2026'])
      expect(asksNothing(parseSearch(typed))).toBe(false)
  })
})

const PIECES = [
  'from:',
  'in：',
  'before:',
  'after:',
  '"',
  '“',
  '”',
  '2026-',
  '03',
  ' ',
  '　',
  'tea',
  '茶',
  '\ud83d',
  '+',
  'ﾞ'
]
const typing = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 6 })))
  .map((all) => all.join(''))

describe('any text at all', () => {
  test('is read, and every beginning of it', () => {
    fc.assert(
      fc.property(typing, (typed) => {
        for (let end = 0; end <= typed.length; end += 1) {
          const search = parseSearch(typed.slice(0, end))
          for (const term of [...search.terms, ...search.from, ...search.in]) {
            expect(term.tokens.length).toBeGreaterThan(0)
            for (const token of term.tokens) expect(token).not.toMatch(/["\s]/u)
          }
        }
      })
    )
  })
  test('is read up to its limits', () => {
    expect(parseSearch('a '.repeat(5000)).terms.length).toBeLessThan(100)
    expect(parseSearch('a'.repeat(SEARCH_CHARACTERS * 2)).terms[0]?.tokens.join('')).toHaveLength(SEARCH_CHARACTERS)
  })
})

/** What a mark covers, as a search sees it. */
const seen = (text: string): string =>
  tokensOf(text)
    .map((token) => token.text)
    .join(' ')

describe('marks', () => {
  test.each([
    ['The Kettle is on', 'ket', ['Ket']],
    ['The kettle is on', 'kettles', null],
    ['teahouse tea', 'tea', ['tea', 'tea']],
    ['teahouse tea', '"tea"', ['tea']],
    ['大家快上来喝茶吧', '喝茶', ['喝茶']],
    ['大家快上来喝茶吧', '茶', ['茶']],
    ['茶茶茶', '茶茶', ['茶茶茶']],
    ['大家快上来', '家大', null],
    ['tea and 茶', '茶 tea', ['tea', '茶']],
    ['tea and 茶', '茶 milk', null],
    ['ＣＡＦÉ', 'cafe', ['ＣＡＦÉ']],
    ['cafe\u0301s', 'café', ['cafe\u0301']],
    ['Straße', 'strasse', ['Straße']],
    ['ΣΊΣΥΦΟΣ', 'σισυφος', ['ΣΊΣΥΦΟΣ']],
    ['İstanbul ISTANBUL', 'istanbul', ['İstanbul', 'ISTANBUL']],
    ['ｶﾞﾗｽ', 'ガラス', ['ｶﾞﾗｽ']],
    ['ガラス', 'カラス', null],
    ['한국어', '한국', ['한국']],
    ['\u1112\u1161\u11ab국어', '한국', ['\u1112\u1161\u11ab국']],
    ['ﬁnd', 'fin', ['ﬁn']],
    ['㍿', '株式', ['㍿']],
    ['so\u00adft', 'soft', ['so\u00adft']],
    ['👩‍👩‍👧 family', '👩', ['👩', '👩']],
    ['the second floor', '"second floor"', ['second floor']],
    ['the second, floor', '"second floor"', ['second, floor']],
    ['the floor, second', '"second floor"', null],
    ['the second floor', '"second flo', ['second flo']],
    ['the second floor', '"sec floor"', null],
    ['the second floor', '"sec floor', null],
    ['GROẞ', 'groß', ['GROẞ']],
    ['x=1 y', 'x=1', ['x=1']],
    ['ไปกินข้าว', 'กิน', ['กิน']],
    ['йод', 'иод', ['йод']]
  ])('in %j for %j', (text, typed, expected) => {
    const marks = marksIn(text, parseSearch(typed).terms)
    expect(marks?.map(([start, end]) => text.slice(start, end)) ?? null).toEqual(expected)
  })

  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'tea',
          'Tea',
          '茶',
          '喝茶',
          ' ',
          '，',
          'é',
          'e\u0301',
          'ﬁ',
          '㍿',
          'ﾞ',
          '👍',
          '\ud800',
          'ß',
          'x',
          '+'
        ),
        fc.string({ unit: 'grapheme', maxLength: 4 }),
        fc.string({ unit: 'binary', maxLength: 3 })
      ),
      { maxLength: 30 }
    )
    .map((all) => all.join(''))

  test('cover what matches, in order, without overlaps, whatever the text', () => {
    fc.assert(
      fc.property(text, typing, fc.nat(), fc.nat(), (text, typed, from, length) => {
        const cut = text.slice(from % (text.length + 1), (from % (text.length + 1)) + (length % 12))
        for (const { terms } of [parseSearch(typed), parseSearch(cut)]) {
          const marks = marksIn(text, terms)
          if (marks === null) continue
          let last = 0
          for (const [start, end] of marks) {
            expect(start).toBeGreaterThanOrEqual(last)
            expect(end).toBeGreaterThan(start)
            expect(end).toBeLessThanOrEqual(text.length)
            last = end
            const covered = text.slice(start, end)
            expect(terms.some((term) => marksIn(covered, [{ ...term, open: true }]) !== null)).toBe(true)
          }
        }
      }),
      { numRuns: 500 }
    )
  })

  test('are there for every text in itself, as a phrase', () => {
    fc.assert(
      fc.property(text, (text) => {
        const tokens = tokensOf(text).map((token) => token.text)
        if (tokens.length > 0) expect(marksIn(text, [{ tokens, open: false }])).not.toBeNull()
      })
    )
  })

  test('of a hostile line are bounded', () => {
    const long = 'a '.repeat(SEARCHED_CHARACTERS)
    expect(marksIn(long, parseSearch('a').terms)?.length).toBeLessThan(1000)
    expect(tokensOf('x'.repeat(10 * SEARCHED_CHARACTERS)).every((token) => token.text.length <= 64)).toBe(true)
  })
})

describe('folding', () => {
  test('of a text is the folding of its pieces, and folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = fold(text).folded
        expect(fold(once).folded).toBe(once)
      })
    )
  })
  test('tells where each character came from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { folded, starts, ends } = fold(text)
        expect(starts?.length ?? text.length).toBe(folded.length)
        expect(ends?.length ?? text.length).toBe(folded.length)
      })
    )
  })
  test('leaves no upper case and no full width', () => {
    expect(seen('ＡＢＣ　ＤＥＦ１２３！ÀÖ')).toBe('abc def123 ao')
  })
})

describe('one of several names', () => {
  test.each([
    [['Anna'], 'from:ann', true],
    [['Joanna'], 'from:ann', false],
    [['小明'], 'from:明', true],
    [['Bob'], 'from:ann from:bo', true],
    [['Bob'], '', true],
    [[''], 'from:x', false]
  ])('%j for %j: %j', (texts, typed, expected) => {
    expect(hasOne(texts, parseSearch(typed).from)).toBe(expected)
  })
})

describe('a day begins', () => {
  test.each([
    [2026, 3, 1, 'UTC', '2026-03-01T00:00:00.000Z'],
    [2026, 3, null, 'Asia/Shanghai', '2026-02-28T16:00:00.000Z'],
    [2026, null, null, 'America/New_York', '2026-01-01T05:00:00.000Z'],
    [2026, 7, 1, 'America/New_York', '2026-07-01T04:00:00.000Z'],
    // The clocks change at two in the morning: the day before ends as it should.
    [2026, 3, 8, 'America/New_York', '2026-03-08T05:00:00.000Z'],
    [2026, 3, 9, 'America/New_York', '2026-03-09T04:00:00.000Z'],
    // There is no midnight in that night.
    [2018, 11, 4, 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    // There are two of them: the first.
    [2018, 2, 18, 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    // A day that was left out: the next one begins.
    [2011, 12, 30, 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    [2026, 3, 1, 'Nowhere/At_All', '2026-03-01T00:00:00.000Z'],
    [1, 1, 1, 'UTC', '0001-01-01T00:00:00.000Z'],
    [0, null, null, 'UTC', '0000-01-01T00:00:00.000Z']
  ])('%j-%j-%j in %s', (year, month, date, zone, expected) => {
    expect(new Date(beginningOf({ year, month, day: date }, zone)).toISOString()).toBe(expected)
  })
})
