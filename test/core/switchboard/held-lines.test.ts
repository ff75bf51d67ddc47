import { describe, expect, test } from 'vitest'
import { HELD_CHARACTERS, makeHolding } from '../../../src/core/switchboard/held-lines.ts'
import type { Line } from '../../../src/shared/state.ts'
import { lineWeight, TIMELINE_CHARACTERS, TIMELINE_SLACK } from '../../../src/shared/state.ts'

const line = (id: number, text = `${id}`): Line => ({ id, at: id, kind: 'line', text })
const ids = (lines: readonly Line[]): number[] => lines.map(({ id }) => id)
const weight = (lines: readonly Line[]): number => lines.reduce((sum, one) => sum + lineWeight(one), 0)

describe('one conversation', () => {
  test('holds what is added, changed and removed', () => {
    const held = makeHolding().open([line(1), line(3)], true, () => 100)
    held.add(line(5))
    expect(held.replace(line(3, 'three'))).toBe(true)
    expect(held.replace(line(4))).toBe(false)
    expect(held.remove(1)).toBe(true)
    expect(held.remove(1)).toBe(false)
    expect(held.lines).toEqual([line(3, 'three'), line(5)])
    expect([held.indexOf(2), held.indexOf(4), held.indexOf(6)]).toEqual([0, 1, 2])
    expect(held.find(3)).toEqual(line(3, 'three'))
    expect(held.find(4)).toBe(null)
    expect(held.whole).toBe(true)
    held.clear()
    expect(held.lines).toEqual([])
  })

  test('lets the oldest lines go, in portions', () => {
    let most = 10
    const held = makeHolding().open([], true, () => most)
    for (let id = 1; id <= TIMELINE_SLACK + 10; id += 1) held.add(line(id))
    expect(held.lines).toHaveLength(TIMELINE_SLACK + 10)
    expect(held.whole).toBe(true)
    held.add(line(TIMELINE_SLACK + 11))
    expect(held.lines).toHaveLength(10)
    expect(held.whole).toBe(false)
    most = 3
    for (let id = 0; id < TIMELINE_SLACK - 6; id += 1) held.add(line(TIMELINE_SLACK + 20 + id))
    expect(held.lines).toHaveLength(3)
    expect(held.lines.at(-1)?.id).toBe(2 * TIMELINE_SLACK + 13)
  })
})

describe('many conversations', () => {
  const long = 'x'.repeat(TIMELINE_CHARACTERS / 16)

  test('share one limit: the longest give way, the short ones stay whole', () => {
    const holding = makeHolding()
    const short = holding.open([line(1)], true, () => 1000)
    const others = Array.from({ length: 40 }, () => holding.open([], true, () => 1000))
    for (let id = 1; id <= 15; id += 1) for (const held of others) held.add(line(id, long))
    expect(weight(others.flatMap(({ lines }) => lines))).toBeLessThanOrEqual(HELD_CHARACTERS)
    expect(weight(others.flatMap(({ lines }) => lines))).toBeGreaterThan(HELD_CHARACTERS / 2)
    for (const held of others) expect(held.lines.at(-1)?.id).toBe(15)
    expect(ids(short.lines)).toEqual([1])
    expect(short.whole).toBe(true)
  })

  test('one that is closed or cleared leaves its share to the others', () => {
    const holding = makeHolding()
    const fill = (n: number): ReturnType<typeof holding.open>[] =>
      Array.from({ length: n }, () => {
        const held = holding.open([], true, () => 1000)
        for (let id = 1; id <= 16; id += 1) held.add(line(id, long))
        return held
      })
    const [one, two, ...rest] = fill(4)
    one?.close()
    two?.clear()
    const more = fill(2)
    for (const held of [...rest, ...more]) expect(held.lines).toHaveLength(16)
    fill(1)
    expect([...rest, ...more].some(({ lines }) => lines.length < 16)).toBe(true)
  })
})
