import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFitName, messagesIn, piecesOf } from '../../../src/core/session/wording.ts'
import { makeCodec } from '../../../src/node/codec.ts'

const utf8 = makeCodec('auto')

test('pieces are short enough, whole characters, and together the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 30, max: 50 }), (text, most) => {
      const pieces = piecesOf(text, utf8, most) ?? []
      expect(pieces.join('')).toBe(text)
      for (const piece of pieces) expect(utf8.encode(piece)?.length).toBeLessThanOrEqual(most)
    })
  )
  expect(piecesOf('👨‍👩‍👧👨‍👩‍👧', utf8, 20)).toEqual(['👨‍👩‍👧', '👨‍👩‍👧'])
  // One character longer than a whole line is parted between code points at least.
  expect(piecesOf(`a${'\u0301'.repeat(20)}`, utf8, 10)?.join('')).toBe(`a${'\u0301'.repeat(20)}`)
  expect(piecesOf('茶', makeCodec('latin1'), 10)).toBeNull()
})

test('one message for each line that holds something', () => {
  expect(messagesIn(' a \r\nb\rc\n\n \n')).toEqual([' a ', 'b', 'c'])
  expect(messagesIn('\0\n ')).toEqual([])
})

test.each([
  ['tea', true],
  ['茶 馆', true],
  ['', false],
  [' tea', false],
  ['a|b', false],
  ['a:b', false],
  ['[x]', false],
  ['*x', false],
  ['a\nb', false],
  ['127.0.0.1:5', false],
  ['x'.repeat(97), false]
])('name %j is fit: %s', (name, fit) => {
  expect(isFitName(name, utf8)).toBe(fit)
})

test('a name whose bytes hold a bar would be cut by the server', () => {
  const big5 = makeCodec('big5')
  expect(isFitName(big5.decode(new Uint8Array([0xa8, 0x7c])), big5)).toBe(false)
})
