import { describe, expect, test } from 'vitest'
import { makeBackoff } from '../../../src/core/session/reconnect.ts'

const waits = (tries: number, chance: number, crowd: number): number[] => {
  const backoff = makeBackoff(() => chance)
  return Array.from({ length: tries }, () => backoff.next(crowd))
}
const LATEST = 0.999_999

describe('among few', () => {
  test('the first try comes after half a second to a second, and the longest wait is a minute', () => {
    for (const crowd of [0, 1, 10]) {
      expect(waits(1, 0, crowd)).toEqual([500])
      expect(waits(8, LATEST, crowd)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    }
  })
  test('no more than nine tries in six seconds, even when chance says soonest each time', () => {
    let at = 0
    expect(waits(20, 0, 1).filter((ms) => (at += ms) <= 6000)).toHaveLength(8)
  })
  test('it begins anew after a good line', () => {
    const backoff = makeBackoff(() => LATEST)
    for (let n = 0; n < 6; n++) backoff.next(0)
    backoff.reset()
    expect(backoff.next(0)).toBe(1000)
  })
})

test('in a crowd that lost its host the first ones come at once, and all of them within a tenth of a second each', () => {
  expect(waits(1, 0, 500)).toEqual([500])
  expect(waits(4, LATEST, 500)).toEqual([50_000, 50_000, 50_000, 50_000])
  expect(waits(8, LATEST, 50).at(-1)).toBe(60_000)
  expect(waits(2, LATEST, 20_000)).toEqual([60_000, 60_000])
})
