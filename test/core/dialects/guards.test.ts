import { describe, expect, test } from 'vitest'
import { guarded, hasBar, type GuardSituation } from '../../../src/core/dialects/guards.ts'
import { makeCodec } from '../../../src/node/codec.ts'
import type { Charset } from '../../../src/shared/dialect.ts'

const at = (about: Partial<GuardSituation>): GuardSituation => ({
  dialect: 'im',
  certain: true,
  marked: false,
  first: false,
  inPlutovRoom: false,
  ...about
})
const out = (text: string, situation: GuardSituation, charset: Charset = 'utf-8'): string => {
  const codec = makeCodec(charset)
  return codec.decode(guarded(codec.encode(text) ?? new Uint8Array(), situation))
}
const SHARP = ['who', 'who ', 'rename me', 'rename', 'renamed', 'rename|x', 'to|', 'to|al', 'to|al|hi']
const BLUNT = ['whose', 'Who', 'a who', ' rename me', 'to al', 'too|x', '茶', '/msg x']

describe.each(['im', 'iamhere'] as const)('%s', (dialect) => {
  test.each(SHARP)('%j gets a blank in front', (text) => expect(out(text, at({ dialect }))).toBe(` ${text}`))
  test.each(BLUNT)('%j goes as it is', (text) => expect(out(text, at({ dialect }))).toBe(text))
})

describe.each(['gopl', 'gopl-zh', 'relay'] as const)('%s has no commands', (dialect) => {
  test.each(SHARP)('%j goes as it is once the dialect is proven', (text) => {
    expect(out(text, at({ dialect }))).toBe(text)
    expect(out(text, at({ dialect, certain: false }))).toBe(` ${text}`)
  })
})

test('unknown servers get the guards of all dialects, /msg of plutov with them', () => {
  for (const text of [...SHARP, '/msg hi']) expect(out(text, at({ dialect: 'plain' }))).toBe(` ${text}`)
  expect(out('/msg hi', at({ dialect: 'plain', inPlutovRoom: true }))).toBe('/msg hi')
  expect(out('/join tea', at({ dialect: 'plain' }))).toBe('/join tea')
})

test('a first line that our own host would take for a stranger’s program', () => {
  for (const text of ['GET / HTTP/1.1', 'SSH-2.0-x']) {
    expect(out(text, at({ dialect: 'gopl', first: true }))).toBe(` ${text}`)
    expect(out(text, at({ dialect: 'gopl' }))).toBe(text)
  }
  expect(out('GET well soon', at({ dialect: 'gopl', first: true }))).toBe('GET well soon')
})

test.each([
  ['gb18030', '\u4e02'],
  ['big5', '育'],
  ['shift_jis', 'ポ']
] as const)('in %s a bar can hide inside a character', (charset, text) => {
  const codec = makeCodec(charset)
  // Characters whose second byte is 0x7C, whatever they mean.
  const lead = charset === 'shift_jis' ? 0x83 : charset === 'big5' ? 0xa8 : 0x81
  const character = codec.decode(new Uint8Array([lead, 0x7c]))
  expect(character).toHaveLength(1)
  expect(hasBar(codec.encode(character) ?? new Uint8Array())).toBe(true)
  expect(hasBar(makeCodec('utf-8').encode(text) ?? new Uint8Array())).toBe(false)
  // The whole begins with a verb of the server: it sees the bar and cuts.
  expect(out(`rename${character}`, at({}), charset)).toBe(` rename${character}`)
})
