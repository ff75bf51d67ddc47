import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FOLD_CHARACTERS,
  FOLD_LINES,
  MAX_MARKS,
  folded,
  showable,
  showableName,
  shownLabel
} from '../../../src/renderer/conversation/showable.ts'
import { workOf } from '../../support/work.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })

describe('showable', () => {
  test.each([
    ['plain text stays', 'héllo 你好 👩‍👩‍👧 ﷽', 'héllo 你好 👩‍👩‍👧 ﷽'],
    ['tab and line break stay', 'a\tb\nc', 'a\tb\nc'],
    ['escape sequences are seen, not obeyed', '\u001b[2J\u0007', '␛[2J␇'],
    ['delete is seen', 'a\u007f', 'a␡'],
    ['NUL is seen', '\0', '␀'],
    ['C1 controls are replaced', 'a\u009bm', 'a\uFFFDm'],
    ['line separators stay in the line', 'a\u2028b\u2029c\u0085d', 'a␤b␤c␤d'],
    ['a lone surrogate is replaced', 'a\ud800b', 'a\uFFFDb'],
    ['hidden tag characters go', 'a\u{E0041}\u{E0042}b', 'ab'],
    [
      'the flag of Scotland stays',
      '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}',
      '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'
    ],
    ['an open override is closed', 'a\u202Eb', 'a\u202Eb\u202C'],
    ['an open isolate is closed, and what was opened in it', '\u2067\u202Ex', '\u2067\u202Ex\u202C\u2069'],
    ['a stray closing mark goes', 'a\u2069b\u202Cc', 'abc'],
    ['closing an isolate closes what is open in it', '\u2066\u202Ex\u2069y', '\u2066\u202Ex\u2069y'],
    ['each line is closed by itself', '\u202Ea\nb', '\u202Ea\u202C\nb'],
    ['joiners of Persian stay', 'می\u200Cخواهم', 'می\u200Cخواهم']
  ])('%s', (_, text, shown) => {
    expect(showable(text)).toBe(shown)
  })

  test('zalgo keeps its letters and a few marks', () => {
    const marks = '\u0301'.repeat(500)
    expect(showable(`h${marks}i`)).toBe(`h${'\u0301'.repeat(MAX_MARKS)}i`)
  })

  test('holds whatever comes: no control, no unbalanced steering, never more marks', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.string({ unit: fc.constantFrom('\u202E', '\u2069', '\u2067', '\u202C', '\n', 'a', '\u0300') })
        ),
        (text) => {
          const shown = showable(text)
          expect(shown).not.toMatch(/[\0-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]/u)
          expect(shown).not.toMatch(/\p{M}{9,}/u)
          for (const line of shown.split('\n')) {
            let isolates = 0
            for (const character of line) {
              if ('\u2066\u2067\u2068'.includes(character)) isolates++
              if (character === '\u2069') isolates--
              expect(isolates).toBeGreaterThanOrEqual(0)
            }
            expect(isolates).toBe(0)
          }
          expect(showable(shown)).toBe(shown)
        }
      )
    )
  })

  test('a flood of marks is quick', () => {
    const work = workOf(() => {
      showable('\u0300'.repeat(200_000))
      showable('\u202E'.repeat(200_000))
    })
    expect(work).toBeLessThan(2000)
  })
})

describe('names', () => {
  test.each([
    ['ann', 'ann'],
    ['  ann \t lee ', 'ann lee'],
    ['a\u202Enna', 'anna'],
    ['a\u200Bnn', 'ann'],
    ['\u3164\u2800\u200D', ''],
    ['👩‍🚀', '👩‍🚀'],
    ['x\u001b[31m', 'x[31m'],
    ['a\u2028b', 'a b']
  ])('%j is shown as %j', (name, shown) => {
    expect(showableName(name)).toBe(shown)
  })

  test('a long name is one short line', () => {
    expect(showableName('龍'.repeat(500))).toHaveLength(64)
  })

  test('who has no visible name is called by address', () => {
    expect(shownLabel({ address: '10.0.0.1:4000', name: '\u200B ' })).toBe('10.0.0.1:4000')
    expect(shownLabel({ address: null, name: null })).toBe('')
  })
})

describe('folding', () => {
  test('short text is whole', () => {
    expect(folded('a\nb', 0)).toEqual({ text: 'a\nb', more: false })
  })
  test('many lines fold after the fortieth', () => {
    const fold = folded('x\n'.repeat(100), 0)
    expect(fold.more).toBe(true)
    expect(fold.text.split('\n')).toHaveLength(FOLD_LINES)
  })
  test('never between the halves of a character, and unfolding ends with the whole text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5000 }), (shift, length) => {
        const text = 'a'.repeat(shift) + '👍'.repeat(length)
        const first = folded(text, 0)
        expect(first.text.isWellFormed()).toBe(true)
        expect(text.startsWith(first.text)).toBe(true)
        expect(first.text.length).toBeLessThanOrEqual(FOLD_CHARACTERS)
        expect(folded(text, 4)).toEqual({ text, more: false })
      })
    )
  })
})
