import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LinkGate, Token } from '../../../src/renderer/conversation/tokens.ts'
import { codeOf, mentionPattern, tokensOf } from '../../../src/renderer/conversation/tokens.ts'

/** As strict as the real gate where these tests look. */
const gate: LinkGate = (raw) => {
  if (!URL.canParse(raw)) return null
  const url = new URL(raw)
  return url.protocol === 'http:' || url.protocol === 'https:' ? { url: url.href, host: url.host } : null
}

const brief = (tokens: Token[]): string[] => tokens.map((token) => `${token.kind}:${token.source}`)

describe('tokens', () => {
  test.each([
    ['see http://192.168.1.9/plan.pdf now', ['text:see ', 'link:http://192.168.1.9/plan.pdf', 'text: now']],
    ['(https://a.example/x)', ['text:(', 'link:https://a.example/x', 'text:)']],
    ['看https://a.example/路径。好', ['text:看', 'link:https://a.example/路径', 'text:。好']],
    ['run `nc 10.0.0.1 8888` twice', ['text:run ', 'code:`nc 10.0.0.1 8888`', 'text: twice']],
    ['`http://in.code/`', ['code:`http://in.code/`']],
    ['one ` alone', ['text:one ` alone']],
    ['``', ['text:``']],
    ['javascript:alert(1)', ['text:javascript:alert(1)']],
    ['ftp://a.example/ mailto:a@b.example', ['text:ftp://a.example/ mailto:a@b.example']],
    ['main.go readme.md', ['text:main.go readme.md']],
    ['', []]
  ])('%j', (text, expected) => {
    expect(brief(tokensOf(text, gate, null))).toEqual(expected)
  })

  test('code is shown without its backticks', () => {
    expect(codeOf('`x`')).toBe('x')
  })

  test('never loses a character, whatever comes', () => {
    const soup = fc.string({
      unit: fc.constantFrom(
        '`',
        'http://',
        'a',
        '.b',
        '/',
        '@',
        'ann',
        ' ',
        '\n',
        '韩梅梅',
        '\u202E',
        '👍',
        '<',
        '&',
        'www.'
      )
    })
    fc.assert(
      fc.property(
        fc.oneof(soup, fc.string({ unit: 'binary' })),
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
        (text, names) => {
          const tokens = tokensOf(text, gate, mentionPattern(names))
          expect(tokens.map((token) => token.source).join('')).toBe(text)
          for (const token of tokens) expect(token.source).not.toBe('')
        }
      )
    )
  })
})

describe('mentions', () => {
  const mentions = (text: string, ...names: string[]): string[] =>
    tokensOf(text, gate, mentionPattern(names))
      .filter((token) => token.kind === 'mention')
      .map((token) => token.source)

  test.each([
    ['ann, are you there?', ['ann']],
    ['ask @Ann please', ['@Ann']],
    ['annex and Joann', []],
    ['http://ann.example/', []],
    ['`ann`', []]
  ])('%j', (text, found) => {
    expect(mentions(text, 'ann')).toEqual(found)
  })
  test('a Chinese name needs no blanks', () => {
    expect(mentions('请韩梅梅来一下', '韩梅梅')).toEqual(['韩梅梅'])
  })
  test('a name of pattern characters is only a name', () => {
    expect(mentions('x (a+)+$ y', '(a+)+$')).toEqual(['(a+)+$'])
  })
  test('nobody is mentioned by an empty name', () => {
    expect(mentionPattern(['', '  '])).toBeNull()
  })
})
