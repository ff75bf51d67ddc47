import { describe, expect, test } from 'vitest'
import type { Line } from '../../../src/shared/state.ts'
import { open, room, saidLine, saved, temporary, texts } from './support.ts'

const END = Number.MAX_SAFE_INTEGER
const HOUR = 60 * 60_000
const START = Date.UTC(2026, 0, 1)

/** A line an hour, `count` of them, with those of another room in between. */
const hours = async (count: number) => {
  const { history } = await open(temporary())
  await saved(history, { op: 'conversation', conversation: room() }, { op: 'conversation', conversation: room('r2') })
  const lines = Array.from({ length: count }, (_, n): Line => saidLine(history, `hour ${n}`, { at: START + n * HOUR }))
  await saved(
    history,
    ...lines.flatMap((line, n) => [
      { op: 'line' as const, conversation: 'r1', line },
      { op: 'line' as const, conversation: 'r2', line: saidLine(history, 'elsewhere', { at: START + n * HOUR }) }
    ])
  )
  return { history, lines }
}

describe('downwards', () => {
  test('page by page without gap or repetition, up to where it is told to stop', async () => {
    const { history, lines } = await hours(500)
    const read: string[] = []
    let after = 0
    for (let newest = false; !newest;) {
      const page = await history.after('r1', after, END, 77)
      if (page === null) throw new Error('it cannot be read')
      read.push(...texts(page.lines))
      after = page.lines.at(-1)?.id ?? after
      newest = page.newest
    }
    expect(read).toEqual(texts(lines))
    const between = await history.after('r1', lines[9]?.id ?? 0, lines[14]?.id ?? 0, 100)
    expect(between).toEqual({ lines: lines.slice(10, 14), newest: true })
    expect(await history.after('nowhere', 0, END, 5)).toEqual({ lines: [], newest: true })
  })

  test('a page of very long lines is cut, and goes on where it was', async () => {
    const { history } = await open(temporary())
    const long = Array.from({ length: 5 }, (_, n) => saidLine(history, `${n}`.repeat(400_000)))
    await saved(
      history,
      { op: 'conversation', conversation: room() },
      ...long.map((line) => ({ op: 'line' as const, conversation: 'r1', line }))
    )
    const first = await history.after('r1', 0, END, 100)
    expect(first).toMatchObject({ newest: false, lines: [{ id: long[0]?.id }, { id: long[1]?.id }] })
    expect((await history.after('r1', long[3]?.id ?? 0, END, 100))?.newest).toBe(true)
  })
})

describe('the first line since a moment', () => {
  test('is the one of that moment, the next one where there is none, and none after the last', async () => {
    const { history, lines } = await hours(700)
    const since = async (at: number) => (await history.firstSince('r1', at))?.line
    for (const n of [0, 1, 2, 349, 350, 698, 699]) {
      expect(await since(START + n * HOUR)).toBe(lines[n]?.id)
      expect(await since(START + n * HOUR - 1)).toBe(lines[n]?.id)
    }
    expect(await since(0)).toBe(lines[0]?.id)
    expect(await since(START + 699 * HOUR + 1)).toBeNull()
    expect(await history.firstSince('nowhere', 0)).toEqual({ line: null })
  })
})
