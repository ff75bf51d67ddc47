import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mentions } from '../../../src/core/switchboard/mention.ts'

/** Any code points at all, halves of surrogate pairs included. */
const anything = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0x2fff })), { maxLength })
    .map((points) => String.fromCodePoint(...points))

test.each([
  ['hello anna', 'Anna', true],
  ['ANNA!', 'anna', true],
  ['annabel is here', 'Anna', false],
  ['Johanna is here', 'Anna', false],
  ['@anna', 'Anna', true],
  ['@annabel', 'Anna', false],
  ['mail@anna.example', 'Anna', true],
  ['anna_b', 'Anna', false],
  ['anna2', 'Anna', false],
  ['(anna)', 'Anna', true],
  ['annabel and anna', 'Anna', true],
  ['Ｊｏｅ, come', 'joe', true],
  ['привет, оля!', 'Оля', true],
  ['воля', 'Оля', false],
  ['é́', 'é', false],
  ['小明你好', '小明', true],
  ['叫小明来', '小明', true],
  ['joe你好', 'joe', true],
  ['𝒳anna', 'Anna', false],
  ['tea time', 'tea time', true],
  ['steal', 'tea', false],
  ['c++ and c', 'c++', true],
  ['anything', '', false],
  ['  ', '  ', false]
])('%s · %s → %s', (text, name, expected) => {
  expect(mentions(text, name)).toBe(expected)
})

test('no text and no name throws, and a name alone always mentions itself', () => {
  fc.assert(
    fc.property(anything(20), anything(6), (text, name) => {
      mentions(text, name)
      if (name.normalize('NFKC').trim() !== '') expect(mentions(name, name)).toBe(true)
    })
  )
})
