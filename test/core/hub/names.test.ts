import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkName, makeNameBook } from '../../../src/core/hub/names.ts'

describe('names that can be had', () => {
  test.each([
    ['bob', 'bob'],
    ['  bob ', 'bob'],
    ['bob smith', 'bob smith'],
    ['阿明', '阿明'],
    ['Ｂｏｂ', 'Bob'],
    ['José', 'José'],
    ['Jose\u0301', 'José'],
    ['محمد', 'محمد'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['❤️ tea', '❤️ tea'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a*b', 'a*b'],
    ['10.0', '10.0'],
    ['v1.2.3', 'v1.2.3'],
    ['x'.repeat(32), 'x'.repeat(32)],
    ['茶'.repeat(32), '茶'.repeat(32)]
  ])('%j is %j', (wanted, name) => {
    expect(checkName(wanted)).toEqual({ ok: true, name })
  })
})

describe('names that cannot', () => {
  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['\u3000', 'empty'],
    ['x'.repeat(33), 'too-long'],
    ['茶'.repeat(33), 'too-long'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿'.repeat(5), 'too-long'],
    ['a:b', 'characters'],
    ['a：b', 'characters'],
    ['[a', 'characters'],
    ['a]', 'characters'],
    ['a,b', 'characters'],
    ['a｜b', 'characters'],
    ['a\tb', 'characters'],
    ['a\u001Bb', 'characters'],
    ['a\rb', 'characters'],
    ['a\u200Bb', 'characters'],
    ['a\u200Db', 'characters'],
    ['\u{1FC00}', 'characters'],
    ['a\uFE0Fb', 'characters'],
    ['\u202Ebob', 'characters'],
    ['a\u2028b', 'characters'],
    ['\uE000', 'characters'],
    ['\u3164', 'characters'],
    ['\u2800', 'characters'],
    ['\uFFFD', 'characters'],
    ['\uD800', 'characters'],
    ['\u{E0041}', 'characters'],
    ['*', 'star'],
    ['* Teahouse 1 x', 'star'],
    ['＊x', 'star'],
    ['127.0.0.1', 'address'],
    ['１２７.0.0.1', 'address'],
    ['l27.O.O.1', 'address'],
    ['::1', 'characters'],
    ['[::1]:5', 'characters'],
    ['127.0.0.1:5', 'characters'],
    ['bob对您说hi', 'reserved'],
    ['bob对你说hi', 'reserved'],
    ['bob私信', 'reserved'],
    ['a is now known as b', 'reserved'],
    ['a (private)', 'reserved']
  ])('%j: %s', (wanted, fault) => {
    expect(checkName(wanted)).toEqual({ ok: false, fault })
  })
})

describe('names that look alike', () => {
  test.each([
    ['bob', 'BOB'],
    ['admin', 'аdmin'],
    ['admin', 'αdmin'],
    ['paypal', 'раураl'],
    ['Bob', 'Воb'],
    ['TOM', 'ТОМ'],
    ['NICK', 'ΝΙCΚ'],
    ['nick', 'nιck'],
    ['Iris', 'lris'],
    ['lris', '1ris'],
    ['Ming', 'M1ng'],
    ['Ming', 'M1NG'],
    ['Lilli', 'L1l1i'],
    ['Ming', 'MlNG'],
    ['LILLI', 'Lilli'],
    ['oscar', '0scar'],
    ['в', 'В'],
    ['σ', 'ς'],
    ['Straße', 'STRASSE'],
    ['ｂｏｂ', 'bob'],
    ['bob smith', 'bob  smith'],
    ['bob', 'b\uFE0Fob'],
    ['З', '3']
  ])('%s and %s', (a, b) => {
    const book = makeNameBook<string>()
    expect(book.claim('first', b)).toBe(true)
    expect(book.claim('second', a)).toBe(false)
    expect(book.claim('first', a)).toBe(true)
    expect(book.claim('second', b)).toBe(false)
    expect(book.claim('first', b)).toBe(true)
    expect(book.find(b)).toBe('first')
    book.release('first')
    expect(book.find(b)).toBe(null)
    expect(book.claim('second', a)).toBe(true)
  })
  test.each([
    ['bob', 'rob'],
    ['anna', 'ana'],
    ['阿明', '阿名'],
    ['user2', 'user3'],
    ['José', 'Jose'],
    ['Mei', 'Mel'],
    ['kai', 'kal'],
    ['Ai', 'Al']
  ])('%s and %s do not', (a, b) => {
    const book = makeNameBook<string>()
    expect(book.claim('first', a)).toBe(true)
    expect(book.claim('second', b)).toBe(true)
    expect([book.find(a), book.find(b)]).toEqual(['first', 'second'])
    book.release('first')
    expect([book.find(a), book.find(b)]).toEqual([null, 'second'])
  })
  test('what is for Mei is not handed to Mel, whoever writes a 1', () => {
    const book = makeNameBook<string>()
    book.claim('first', 'Mei')
    book.claim('second', 'Mel')
    expect(book.claim('third', 'Me1')).toBe(false)
    expect(book.find('Me1')).toBe(null)
  })
})

test('whatever is asked for, what is given keeps the rules', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (wanted) => {
      const check = checkName(wanted)
      if (!check.ok) return
      expect(check.name).toBe(check.name.trim().normalize('NFKC'))
      expect(check.name).not.toMatch(/[|:[\],\p{Cc}\p{Zl}\p{Zp}\p{Cn}\p{Co}]|^\*/u)
      expect(Buffer.byteLength(check.name)).toBeLessThanOrEqual(96)
      expect(checkName(check.name)).toEqual(check)
    }),
    { numRuns: 2000 }
  )
})
