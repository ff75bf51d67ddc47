import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeCodec } from '../../src/node/codec.ts'
import { CHARSETS } from '../../src/shared/dialect.ts'

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)

describe('reading', () => {
  test('auto reads UTF-8, and a line that is not UTF-8 as GB18030 as a whole', () => {
    const codec = makeCodec('auto')
    expect(codec.decode(new TextEncoder().encode('你好 🍵'))).toBe('你好 🍵')
    expect(codec.decode(bytes(0xc4, 0xe3, 0xba, 0xc3))).toBe('你好')
    expect(codec.decode(bytes(0x61, 0xc4, 0xe3))).toBe('a你')
  })

  test('a character torn at the end or the start of a long line does not make the line GB18030', () => {
    const codec = makeCodec('auto')
    const tea = new TextEncoder().encode('茶'.repeat(40))
    expect(codec.decode(tea.slice(0, -1))).toBe(`${'茶'.repeat(39)}\ufffd`)
    expect(codec.decode(tea.slice(1))).toBe(`\ufffd\ufffd${'茶'.repeat(39)}`)
    const gbk = makeCodec('gb18030').encode('今天天气很好，我们去喝茶吧。') ?? bytes()
    expect(codec.decode(gbk)).toBe('今天天气很好，我们去喝茶吧。')
    expect(codec.decode(gbk.slice(1))).not.toContain('\ufffd\ufffd')
  })

  test.each([
    ['gb18030', [0xc4, 0xe3], '你'],
    ['big5', [0xa7, 0x41], '你'],
    ['shift_jis', [0x82, 0xa0], 'あ'],
    ['latin1', [0xe9], 'é']
  ] as const)('%s', (charset, raw, text) => {
    expect(makeCodec(charset).decode(bytes(...raw))).toBe(text)
    expect(makeCodec(charset).encode(text)).toEqual(bytes(...raw))
  })

  test('utf-8 alone shows what it cannot read as a replacement character', () => {
    expect(makeCodec('utf-8').decode(bytes(0x61, 0xff))).toBe('a\ufffd')
  })

  test('a byte order mark is not swallowed', () => {
    expect(makeCodec('auto').decode(bytes(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
  })
})

describe('writing', () => {
  test('what an encoding cannot write is null, never a question mark', () => {
    expect(makeCodec('big5').encode('🍵')).toBeNull()
    expect(makeCodec('shift_jis').encode('é')).toBeNull()
    expect(makeCodec('latin1').encode('€')).toBeNull()
    expect(makeCodec('gb18030').encode('🍵')).not.toBeNull()
    expect(makeCodec('auto').encode('\ud83c')).toBeNull()
    expect(makeCodec('gb18030').encode('\ud83c')).toBeNull()
  })
  test('a question mark itself can be written', () => {
    for (const charset of CHARSETS) expect(makeCodec(charset).encode('?')).toEqual(bytes(0x3f))
  })
})

test('reading never throws, and what was written reads back the same', () => {
  for (const charset of CHARSETS) {
    const codec = makeCodec(charset)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (raw) => typeof codec.decode(raw) === 'string'))
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const written = codec.encode(text)
        return written === null || codec.decode(written) === text
      })
    )
  }
})
