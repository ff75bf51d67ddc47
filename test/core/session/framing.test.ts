import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endsInCharacter, endsInSender, makeFramer } from '../../../src/core/session/framing.ts'
import { AL, BOB, ME, stand } from './stand.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const cut = (bytes: Uint8Array, at: readonly number[]): Uint8Array[] => {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [...places, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : places[index - 1], end))
}
const linesOf = (pieces: readonly Uint8Array[], longest: number): string[] => {
  const lines: string[] = []
  const framer = makeFramer(longest, (line, short) =>
    lines.push(`${short ? '…' : ''}${new TextDecoder().decode(line)}`)
  )
  for (const piece of pieces) framer.push(piece)
  return [...lines, `tail ${new TextDecoder().decode(framer.tail())}`]
}

test('hazard 2: the same bytes cut anywhere give the same lines', () => {
  const bytes = fc.uint8Array({ max: 20, maxLength: 60 })
  fc.assert(
    fc.property(bytes, fc.array(fc.nat()), fc.integer({ min: 1, max: 12 }), (raw, at, longest) => {
      expect(linesOf(cut(raw, at), longest)).toEqual(linesOf([raw], longest))
    }),
    { numRuns: 2000 }
  )
})

test('hazard 9: an endless line is shown as far as it goes, and the next line is whole again', () => {
  expect(linesOf([encode('abcdefgh'), encode('ijk\nnext\n')], 4)).toEqual(['…abcd', 'next', 'tail '])
  expect(linesOf([encode('abcd\nnext')], 4)).toEqual(['abcd', 'tail next'])
})

describe('hazard 2: the same bytes cut anywhere give the same events', () => {
  test.each([
    ['gopl', `You are ${ME}\n${BOB} has arrived\r\n${BOB}: 你好 🍵\n${BOB}: \n${BOB} has left\n`],
    ['gopl-zh', `欢迎 ${ME}\n${BOB} 上线\n${BOB}: 你好\n${BOB} 下线\n`],
    ['iamhere', `[${ME}]${ME}:I am here\n[${ME}]${ME}:login\n[${BOB}]bob:hi\r\nfree text\n[${BOB}]bob:login out\n`],
    [
      'im',
      `[${ME}]${ME}:已上线\n[${BOB}]bob:hi\nbob对您说onebob对您说two[${BOB}]bob:三\n\n[${AL}]:\n[${BOB}]bob:已下线\n`
    ],
    ['relay', `${BOB}:hi\r\n${AL}:你好\n${BOB}:\n`],
    ['plain', `<announce> 1.2.3.4 is connected as <user5>.\n<user6> \\344\\275\\240\nbye\n`]
  ])('%s', (_, text) => {
    const raw = encode(text)
    const heard = (pieces: readonly Uint8Array[]): unknown[] => {
      const at = stand()
      at.call().accept(ME)
      for (const piece of pieces) at.send(piece)
      at.clock.advance(400)
      return at.news()
    }
    const whole = heard([raw])
    expect(whole.length).toBeGreaterThan(3)
    expect(heard(Array.from(raw, (byte) => new Uint8Array([byte])))).toEqual(whole)
    fc.assert(
      fc.property(fc.array(fc.nat()), (at) => {
        expect(heard(cut(raw, at))).toEqual(whole)
      }),
      { numRuns: 100 }
    )
  })
})

test.each<[string, number[], boolean]>([
  ['nothing', [], false],
  ['a letter', [0x61], false],
  ['你, whole', [0xe4, 0xbd, 0xa0], false],
  ['你, two of three bytes', [0xe4, 0xbd], true],
  ['你, one of three bytes', [0x61, 0xe4], true],
  ['é, one of two bytes', [0xc3], true],
  ['🍵, three of four bytes', [0xf0, 0x9f, 0x8d], true],
  ['🍵, whole', [0xf0, 0x9f, 0x8d, 0xb5], false],
  ['continuations of nothing', [0x80, 0x80, 0x80, 0x80], false]
])('%s: does it end in a character?', (_what, bytes, torn) => {
  expect(endsInCharacter(Uint8Array.from(bytes))).toBe(torn)
})

test.each<[string, boolean]>([
  ['[127.0.0.1:4001]127.0.0.1:40', true],
  ['[127.0.0.1:4001]127.0.0.1:4001:', true],
  ['[127.0.0.1:4001]', true],
  ['[127.0.0.1:4001]127.0.0.1:4001:h', false],
  ['[127.0.0.1:4001]bob:1', false],
  ['[127.0.0.1:40', false],
  ['127.0.0.1:4001]1', false],
  ['[ok]', false],
  ['[1]1', false]
])('%s: does it end in its sender? %s', (half, expected) => {
  expect(endsInSender(half)).toBe(expected)
})
