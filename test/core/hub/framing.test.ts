import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeFramer } from '../../../src/core/hub/framing.ts'
import { makeTelnetFilter } from '../../../src/core/hub/telnet.ts'

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const LIMITS = { lineBytes: 16, unendedBytes: 64 }

/** What is told about some bytes, in order. */
const told = (chunks: Uint8Array[], limits = LIMITS, fin = true): string[] => {
  const out: string[] = []
  const telnet = makeTelnetFilter()
  const framer = makeFramer(limits, {
    line: (bytes) => out.push(Buffer.from(bytes).toString('latin1')),
    tooLong: (head) => out.push(`too long: ${Buffer.from(head).toString('latin1')}`),
    endless: () => out.push('endless')
  })
  for (const chunk of chunks) framer.push(telnet.text(chunk))
  if (fin) framer.end()
  return out
}
const whole = (text: string): string[] => told([bytesOf(text)])

describe('bytes to lines', () => {
  test.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\r\r\n', ['a\r']],
    ['a\rb\n', ['a\rb']],
    ['a\r\0\n', ['a']],
    ['\0a\0b\n', ['ab']],
    ['\n\n', ['', '']],
    ['tail', ['tail']],
    ['', []],
    [`${'x'.repeat(16)}\nb\n`, ['x'.repeat(16), 'b']],
    [`${'x'.repeat(17)}\nb\n`, [`too long: ${'x'.repeat(16)}`, 'b']],
    [`${'x'.repeat(64)}\nb\n`, [`too long: ${'x'.repeat(16)}`, 'b']],
    [`${'x'.repeat(65)}\nb\n`, [`too long: ${'x'.repeat(16)}`, 'endless']]
  ])('%j', (text, lines) => {
    expect(whole(text)).toEqual(lines)
  })

  test('a half line is kept, however long it takes', () => {
    expect(told([bytesOf('half')], LIMITS, false)).toEqual([])
  })

  test('a megabyte in single bytes takes linear time', () => {
    const limits = { lineBytes: 1 << 20, unendedBytes: 1 << 21 }
    const byte = bytesOf('x')
    const lines = told([...Array.from({ length: 1 << 20 }, () => byte), bytesOf('\n')], limits)
    expect(lines.map((line) => line.length)).toEqual([1 << 20])
  })
})

describe('telnet (RFC 854)', () => {
  test.each([
    ['\xff\xfb\x01hi\n', 'hi'],
    ['h\xff\xfd\x03i\n', 'hi'],
    ['hi\xff\xf1\n', 'hi'],
    ['hi\xff\xf9\n', 'hi'],
    ['a\xff\xfa\x18\x00xterm\n\xff\xf0b\n', 'ab'],
    ['a\xff\xfa\xff\xff\xff\xf0b\n', 'ab'],
    ['a\xff\xfa\x01\xff\xffzz\xff\xf0b\n', 'ab'],
    ['a\xff\xffb\n', 'a\xffb'],
    ['a\xff\n', 'a'],
    ['a\xffb\n', 'ab']
  ])('%j', (text, line) => {
    expect(whole(text)).toEqual([line])
    expect(told([...bytesOf(text)].map((byte) => Uint8Array.of(byte)))).toEqual([line])
  })
})

/** Bytes that matter, more often than others. */
const byte = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0x0a, 0x0d, 0x00, 0xff, 0xfa, 0xf0, 0xfb, 0xfe) },
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 255 }) }
)

test('the same bytes, cut in any way, give the same lines', () => {
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 20 }), (all, cuts) => {
      const bytes = Uint8Array.from(all)
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
      const expected = told([bytes])
      expect(told(chunks)).toEqual(expected)
      expect(told([...bytes].map((one) => Uint8Array.of(one)))).toEqual(expected)
    }),
    { numRuns: 3000 }
  )
})
