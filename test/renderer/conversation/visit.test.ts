import { describe, expect, test } from 'vitest'
import type { Visit } from '../../../src/renderer/conversation/visit.ts'
import {
  arrivedIn,
  followed,
  heldFrom,
  laterInHand,
  VISIT_LINES,
  withLater,
  withOlder
} from '../../../src/renderer/conversation/visit.ts'
import type { AppEvent, Line, Timeline } from '../../../src/shared/state.ts'
import { TIMELINE_SLACK } from '../../../src/shared/state.ts'
import { emptyState } from '../../support/stage.ts'

const line = (id: number, text = `${id}`): Line => ({ id, at: id, kind: 'line', text })
const lines = (from: number, to: number): Line[] => Array.from({ length: to - from + 1 }, (_, n) => line(from + n))
const live = (from: number, to: number, whole = false): Timeline => ({ lines: lines(from, to), whole })
const span = (visit: Visit | null): [number | undefined, number | undefined, number] => [
  visit?.lines[0]?.id,
  visit?.lines.at(-1)?.id,
  visit?.lines.length ?? -1
]
const target = { line: 50, at: 'middle', focus: false, nth: 1 } as const
const events = (...all: AppEvent[]) => ({ type: 'events' as const, events: all })
const added = (...fresh: Line[]): AppEvent => ({ type: 'linesAdded', conversation: 'a', lines: fresh })

describe('upwards', () => {
  test('pages go in front, without what is there already; the limit takes from the other end', () => {
    let visit = heldFrom('a', live(9001, 9500))
    visit = withOlder(visit, { lines: lines(8990, 9010), whole: false })
    expect([...span(visit), visit.joined, visit.whole]).toEqual([8990, 9500, 511, true, false])
    for (let first = 8490; first > 5000; first -= 500)
      visit = withOlder(visit, { lines: lines(first, first + 499), whole: false })
    expect(visit.lines).toHaveLength(VISIT_LINES)
    expect(visit.lines[0]?.id).toBe(5490)
    expect(visit.joined).toBe(false)
    expect(withOlder(visit, { lines: [], whole: true }).whole).toBe(true)
  })

  test('through a million lines it holds no more than its limit', () => {
    let visit = heldFrom('a', live(999_501, 1_000_000))
    let most = 0
    while (!visit.whole) {
      const before = visit.lines[0]?.id ?? 0
      const first = Math.max(1, before - 500)
      visit = withOlder(visit, { lines: lines(first, before - 1), whole: first === 1 })
      most = Math.max(most, visit.lines.length)
    }
    expect(most).toBe(VISIT_LINES)
  })
})

describe('downwards', () => {
  test('to the live end, page by page: every line once, and then what is new follows', () => {
    const end = live(3001, 5000)
    let visit = arrivedIn('a', { lines: lines(950, 1049), whole: false, newest: false }, end, target)
    const seen = [...visit.lines]
    for (let pages = 0; !visit.joined && pages < 20; pages += 1) {
      const last = visit.lines.at(-1)?.id ?? 0
      const later = laterInHand(visit, end, 500) ?? { lines: lines(last + 1, last + 500), newest: false }
      visit = withLater(visit, later, end)
      seen.push(...visit.lines.filter(({ id }) => id > last))
    }
    expect(visit.joined).toBe(true)
    expect(seen.map(({ id }) => id)).toEqual(lines(950, 5000).map(({ id }) => id))
    expect(visit.lines).toHaveLength(VISIT_LINES)
    expect(visit.whole).toBe(false)
    const next = followed(visit, events(added(line(5000), line(5001)), added(line(5002))))
    expect(next?.lines.slice(-3).map(({ id }) => id)).toEqual([5000, 5001, 5002])
  })

  test('a place near the end is joined at once; one of a live end without lines when nothing is newer', () => {
    const near = { lines: lines(10, 60), whole: false, newest: true }
    expect(arrivedIn('a', near, live(40, 60), target).joined).toBe(true)
    expect(arrivedIn('a', near, live(40, 61), target).joined).toBe(false)
    expect(arrivedIn('a', near, live(1, 0), target).joined).toBe(true)
    // A flood came between the answer and now: what lies between is asked for.
    expect(arrivedIn('a', near, live(5000, 6000), target).joined).toBe(false)
    expect(laterInHand(arrivedIn('a', near, live(5000, 6000), target), live(5000, 6000), 10)).toBeNull()
  })
})

describe('what happens meanwhile', () => {
  const away: Visit = { ...heldFrom('a', live(1, 100)), joined: false }
  const reading = heldFrom('a', live(1, VISIT_LINES))

  test('news stay out of a place that does not reach the end', () => {
    expect(followed(away, events(added(line(101))))).toBe(away)
  })

  test('a flood lets go of the end for who reads, and of the beginning for who stands at the end', () => {
    const flood = Array.from({ length: TIMELINE_SLACK + 1 }, (_, n) => line(VISIT_LINES + 1 + n))
    const kept = followed(reading, events(added(...flood)))
    expect([...span(kept), kept?.joined]).toEqual([1, VISIT_LINES, VISIT_LINES, false])
    const standing = followed({ ...reading, atEnd: true }, events(added(...flood)))
    expect([standing?.lines.length, standing?.lines.at(-1)?.id, standing?.joined, standing?.whole]).toEqual([
      VISIT_LINES,
      VISIT_LINES + TIMELINE_SLACK + 1,
      true,
      false
    ])
  })

  test('lines change and go; what is of another conversation is not its business', () => {
    const changed = followed(away, events({ type: 'linesChanged', conversation: 'a', lines: [line(7, 'new')] }))
    expect(changed?.lines[6]).toMatchObject({ text: 'new' })
    const removed = followed(away, events({ type: 'linesRemoved', conversation: 'a', lines: [7] }))
    expect(removed?.lines).toHaveLength(99)
    expect(followed(away, events({ type: 'linesRemoved', conversation: 'b', lines: [7] }))).toBe(away)
  })

  test('what is cleared or closed is not visited any more', () => {
    const timeline = { lines: [], whole: true }
    expect(followed(away, events({ type: 'timelineReset', conversation: 'a', timeline }))).toBeNull()
    expect(followed(away, events({ type: 'conversationRemoved', conversation: 'a' }))).toBeNull()
    expect(followed(null, events(added(line(1))))).toBeNull()
  })

  test('a new snapshot goes on where it meets the place, and leaves it alone where it does not', () => {
    const snapshot = (timeline: Timeline | undefined) => ({
      type: 'snapshot' as const,
      state: { ...emptyState(), timelines: timeline === undefined ? {} : { a: timeline } }
    })
    const held = heldFrom('a', live(1, 100))
    const met = followed(held, snapshot({ lines: [line(90, 'changed'), ...lines(91, 120)], whole: false }))
    expect([...span(met), met?.joined]).toEqual([1, 120, 120, true])
    expect(met?.lines[89]).toMatchObject({ text: 'changed' })
    expect(followed(held, snapshot(live(200, 300)))).toEqual({ ...held, joined: false })
    expect(followed(away, snapshot(live(200, 300)))).toBe(away)
    expect(followed(held, snapshot({ lines: [], whole: true }))).toBeNull()
    expect(followed(held, snapshot(undefined))).toBeNull()
  })
})
