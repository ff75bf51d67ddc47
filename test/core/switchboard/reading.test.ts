import { describe, expect, test } from 'vitest'
import type { Around, Later } from '../../../src/shared/state.ts'
import type { Line } from '../../../src/shared/state.ts'
import { makeHolding } from '../../../src/core/switchboard/held-lines.ts'
import type { Readable } from '../../../src/core/switchboard/reading.ts'
import { makeReader } from '../../../src/core/switchboard/reading.ts'
import type { FakeHistory } from './fake-history.ts'
import { makeFakeHistory } from './fake-history.ts'

/** Line `id` was said a second after the one before it. */
const line = (id: number): Line => ({ id, at: id * 1000, kind: 'line', text: `${id}` })
const lines = (from: number, to: number): Line[] => Array.from({ length: to - from + 1 }, (_, n) => line(from + n))

type Talk = { -readonly [K in keyof Readable]: Readable[K] }
const heldOf = (held: Line[], whole = false): Talk['held'] => makeHolding().open(held, whole, () => held.length)
const talkOf = (held: Line[], more: Partial<Talk> = {}): Talk => ({
  view: { id: 'r1' },
  held: heldOf(held),
  told: held.at(-1)?.id ?? 0,
  cleared: 0,
  ...more
})
/** Lines 1 to 100 on the disk, the last twenty in memory. */
const long = (): { history: FakeHistory; talk: Talk } => {
  const history = makeFakeHistory()
  history.disk.set('r1', lines(1, 100))
  return { history, talk: talkOf(lines(81, 100)) }
}
const ids = (answer: { lines: Line[] }): number[] => answer.lines.map(({ id }) => id)
const span = (answer: { lines: Line[] }): [number, number, number] => {
  const all = ids(answer)
  return [all[0] ?? 0, all.at(-1) ?? 0, all.length]
}

describe('downwards', () => {
  const walk = async (read: (after: number) => Promise<Later>): Promise<number[]> => {
    const seen: number[] = []
    for (let newest = false; !newest;) {
      const answer = await read(seen.at(-1) ?? 0)
      seen.push(...ids(answer))
      ;({ newest } = answer)
    }
    return seen
  }

  test('from the disk into memory: every line once, in order', async () => {
    const { history, talk } = long()
    const seen = await walk((after) => makeReader(history).pageAfter(talk, after, 7))
    expect(seen).toEqual(ids({ lines: lines(1, 100) }))
  })

  test('what was not shown yet is not read, from the disk either', async () => {
    const { history, talk } = long()
    talk.told = 90
    expect(span(await makeReader(history).pageAfter(talk, 70, 50))).toEqual([71, 90, 20])
    expect(span(await makeReader(history).pageAfter(talk, 85, 50))).toEqual([86, 90, 5])
  })

  test('a room that is never written is read from memory alone', async () => {
    const reader = makeReader(null)
    const talk = talkOf(lines(51, 60))
    expect(await reader.pageAfter(talk, 1, 4)).toEqual({ lines: lines(51, 54), newest: false })
    expect(await reader.pageAfter(talk, 58, 4)).toEqual({ lines: lines(59, 60), newest: true })
    expect(await reader.pageAfter(talk, 60, 4)).toEqual({ lines: [], newest: true })
  })

  test('a disk that cannot be read is not the end', async () => {
    const { history, talk } = long()
    history.unreadable = true
    expect(await makeReader(history).pageAfter(talk, 10, 5)).toEqual({ lines: [], newest: false })
    expect(ids(await makeReader(history).pageAfter(talk, 98, 5))).toEqual([99, 100])
  })

  test('lines that leave memory while the disk is read leave no hole', async () => {
    const { history, talk } = long()
    const answer = makeReader(history).pageAfter(talk, 75, 50)
    talk.held = heldOf(lines(95, 100))
    expect(await answer).toEqual({ lines: lines(76, 80), newest: false })
  })

  test('what is cleared meanwhile does not come back', async () => {
    const { history, talk } = long()
    const answer = makeReader(history).pageAfter(talk, 10, 50)
    talk.held = heldOf([])
    talk.cleared = 100
    expect(await answer).toEqual({ lines: [], newest: true })
  })
})

describe('around', () => {
  const found = (answer: Around): Extract<Around, { found: true }> => {
    if (!answer.found) throw new Error(answer.why)
    return answer
  }

  test('a line on the disk, in memory, and where the two meet', async () => {
    const { history, talk } = long()
    const reader = makeReader(history)
    const far = found(await reader.around(talk, { line: 40 }, 10))
    expect([far.target, ...span(far.stretch), far.stretch.whole, far.stretch.newest]).toEqual([
      40,
      35,
      44,
      10,
      false,
      false
    ])
    const near = found(await reader.around(talk, { line: 81 }, 10))
    expect([near.target, ...span(near.stretch)]).toEqual([81, 76, 85, 10])
    const last = found(await reader.around(talk, { line: 99 }, 10))
    expect([...span(last.stretch), last.stretch.newest]).toEqual([94, 100, 7, true])
    const first = found(await reader.around(talk, { line: 2 }, 10))
    expect([...span(first.stretch), first.stretch.whole]).toEqual([1, 6, 6, true])
  })

  test('a line that is gone: its neighbour', async () => {
    const { history, talk } = long()
    history.disk.set('r1', [...lines(1, 39), ...lines(45, 100)])
    expect(found(await makeReader(history).around(talk, { line: 40 }, 10)).target).toBe(45)
    expect(found(await makeReader(null).around(talkOf(lines(1, 9)), { line: 50 }, 10)).target).toBe(9)
    expect(await makeReader(null).around(talkOf([], { held: heldOf([], true) }), { line: 50 }, 10)).toEqual({
      found: false,
      why: 'nothing'
    })
  })

  test('a moment: the first line since, on the disk or in memory; none after the last', async () => {
    const { history, talk } = long()
    const reader = makeReader(history)
    expect(found(await reader.around(talk, { moment: 12_345 }, 10)).target).toBe(13)
    expect(found(await reader.around(talk, { moment: 90_000 }, 10)).target).toBe(90)
    expect(found(await reader.around(talk, { moment: 0 }, 10)).target).toBe(1)
    expect(await reader.around(talk, { moment: 100_001 }, 10)).toEqual({ found: false, why: 'nothing' })
    expect(found(await makeReader(null).around(talkOf(lines(5, 9)), { moment: 0 }, 4)).target).toBe(5)
  })

  test('a disk that cannot be read says so, and not that there is nothing', async () => {
    const { history, talk } = long()
    history.unreadable = true
    const reader = makeReader(history)
    const unreadable = { found: false, why: 'unreadable' }
    expect(await reader.around(talk, { line: 40 }, 10)).toEqual(unreadable)
    expect(await reader.around(talk, { moment: 40_000 }, 10)).toEqual(unreadable)
    expect(found(await reader.around(talk, { line: 90 }, 10)).stretch.whole).toBe(false)
  })
})
