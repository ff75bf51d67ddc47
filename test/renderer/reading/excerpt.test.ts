import { expect, test } from 'vitest'
import { excerptOf } from '../../../src/renderer/search/excerpt.ts'

const shown = (text: string, marks: [number, number][]): string =>
  excerptOf(text, marks)
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join('')

test('a short text is shown whole, with what was found marked', () => {
  expect(
    shown('tea at four, tea at five', [
      [0, 3],
      [13, 16]
    ])
  ).toBe('[tea] at four, [tea] at five')
  expect(shown('no words were asked for', [])).toBe('no words were asked for')
  expect(shown('one\n\n\ttwo', [[6, 9]])).toBe('one [two]')
})

test('of a long one, what stands around the first thing found', () => {
  const text = `${'before '.repeat(100)}tea${' after'.repeat(100)}`
  const excerpt = shown(text, [[700, 703]])
  expect(excerpt).toMatch(/^…\w* (?:before ){2,8}\[tea\](?: after)+ ?\w*…$/)
  expect(excerpt.length).toBeLessThan(240)
})

test('no character is cut in two', () => {
  const text = '🍵'.repeat(200)
  for (let start = 60; start < 200; start += 2) expect(shown(text, [[start, start + 2]]).isWellFormed()).toBe(true)
})
