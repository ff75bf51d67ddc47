import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completed, completionAt } from '../../../src/renderer/composer/completion.ts'
import { readTyped } from '../../../src/renderer/composer/typed.ts'
import type { Member } from '../../../src/shared/events.ts'

const people: Member[] = [
  { address: '10.0.0.1:4001', name: 'ann' },
  { address: '10.0.0.2:4002', name: 'Ann Lee' },
  { address: '10.0.0.3:4003', name: '李雷' },
  { address: '10.0.0.4:4004', name: 'bob' },
  { address: '10.0.0.5:4005', name: 'bob' },
  { address: '10.0.0.6:4006', name: '' },
  { address: '10.0.0.7:4007', name: null }
]

const offered = (text: string, caret = text.length): string[] =>
  completionAt(text, caret, people)?.items.map((item) => item.insert) ?? []

describe('completion', () => {
  test.each([
    ['/', ['/who', '/rename ', '/to ', '/help']],
    ['/r', ['/rename ']],
    ['/T', ['/to ']],
    ['/wh', ['/who']],
    ['/who', []],
    ['/x', []],
    ['//', []],
    ['//w', []],
    ['hello /w', []],
    ['/to an', ['ann ', '"Ann Lee" ']],
    ['/to "ann l', ['"Ann Lee" ']],
    ['/to bo', ['10.0.0.4:4004 ', '10.0.0.5:4005 ']],
    ['/to 10.0.0.7', ['10.0.0.7:4007 ']],
    ['/to 李', ['李雷 ']],
    ['/to ann hello', []],
    ['hi @李', ['@李雷 ']],
    ['hi @李雷', []],
    ['mail@an', []]
  ])('%j offers %j', (text, expected) => {
    expect(offered(text)).toEqual(expected)
  })

  test('taking one replaces what was typed and puts the caret behind it', () => {
    const text = '/to an rest'
    const at = completionAt(text, 6, people)
    const choice = at?.items[1]
    expect(at && choice && completed(text, at, choice)).toEqual({ text: '/to "Ann Lee" rest', caret: 14 })
  })

  test('holds whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', 't', 'o', ' ', '@', 'a', 'n', '"', '李', '\n') }),
        fc.nat(),
        (text, where) => {
          const caret = where % (text.length + 1)
          const at = completionAt(text, caret, people)
          if (at === null) return
          expect(at.from).toBeLessThanOrEqual(at.to)
          expect(at.items.length).toBeGreaterThan(0)
          for (const item of at.items) {
            const after = completed(text, at, item)
            expect(after.text.startsWith(text.slice(0, at.from))).toBe(true)
            expect(after.text.endsWith(text.slice(at.to))).toBe(true)
          }
        }
      )
    )
  })
})

describe('what is typed', () => {
  test.each([
    ['hello', { type: 'say', text: 'hello' }],
    ['  /who', { type: 'say', text: '  /who' }],
    ['//who', { type: 'say', text: '/who' }],
    ['/who', { type: 'who' }],
    ['/WHO ', { type: 'who' }],
    ['/help', { type: 'help' }],
    ['/rename 韩 梅', { type: 'rename', name: '韩 梅' }],
    ['/rename', { type: 'incomplete', command: 'rename' }],
    ['/to', { type: 'incomplete', command: 'to' }],
    ['/to ann', { type: 'incomplete', command: 'to' }],
    ['/to ann hi there', { type: 'whisper', to: 'ann', text: 'hi there' }],
    ['/to Ann Lee hi', { type: 'whisper', to: 'Ann Lee', text: 'hi' }],
    ['/to "Ann Lee" hi', { type: 'whisper', to: 'Ann Lee', text: 'hi' }],
    ['/to 10.0.0.4:4004 hi', { type: 'whisper', to: '10.0.0.4:4004', text: 'hi' }],
    ['/dance now', { type: 'unknown', command: 'dance' }],
    ['/usr/bin', { type: 'unknown', command: 'usr/bin' }],
    ['/quit', { type: 'unknown', command: 'quit' }],
    ['/', { type: 'say', text: '/' }]
  ])('%j', (typed, meant) => {
    expect(readTyped(typed, people, false)).toEqual(meant)
  })
  test.each(['/dance now', '/quit'])('%j is for a server that may know it', (typed) => {
    expect(readTyped(typed, people, true)).toEqual({ type: 'say', text: typed })
  })
})
