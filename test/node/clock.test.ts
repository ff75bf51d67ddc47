import { describe, expect, test } from 'vitest'
import { makeClock } from '../../src/node/clock.ts'
import { makeHandClock } from '../support/clock.ts'

describe('the clock of Node', () => {
  test('runs a timer after its delay and never one that was cancelled', async () => {
    const clock = makeClock()
    const begun = clock.now()
    const seen: string[] = []
    const cancelled = clock.after(5, () => seen.push('cancelled'))
    cancelled.cancel()
    await new Promise<void>((resolve) => {
      clock.after(20, resolve)
      // The timers do not keep the program alive; this one does.
      setTimeout(() => undefined, 200)
    })
    expect(seen).toEqual([])
    expect(clock.now() - begun).toBeGreaterThanOrEqual(19)
  })

  test('the end of the turn comes after everything that was queued in it', async () => {
    const clock = makeClock()
    const seen: string[] = []
    await new Promise<void>((resolve) => {
      clock.endOfTurn(() => {
        seen.push('end')
        resolve()
      })
      queueMicrotask(() => seen.push('microtask'))
    })
    expect(seen).toEqual(['microtask', 'end'])
  })

  test('a delay longer than Node can count is not a delay of nothing', async () => {
    const clock = makeClock()
    let ran = false
    const timer = clock.after(Number.POSITIVE_INFINITY, () => (ran = true))
    await new Promise((resolve) => setTimeout(resolve, 10))
    timer.cancel()
    expect(ran).toBe(false)
  })
})

describe('the hand-driven clock', () => {
  test('runs timers in the order they fall due, also those that timers set', () => {
    const clock = makeHandClock()
    const seen: [string, number][] = []
    const note = (what: string): void => void seen.push([what, clock.now()])
    clock.after(20, () => note('b'))
    clock.after(10, () => {
      note('a')
      clock.after(5, () => note('a5'))
      clock.endOfTurn(() => note('turn'))
    })
    clock.after(30, () => note('late'))
    clock.advance(25)
    expect(seen).toEqual([
      ['a', 10],
      ['turn', 10],
      ['a5', 15],
      ['b', 20]
    ])
    expect(clock.pending()).toBe(1)
  })

  test('the wall clock can jump without touching the monotonic one', () => {
    const clock = makeHandClock(1000)
    clock.advance(5)
    expect(clock.wall()).toBe(1005)
    clock.setWall(0)
    expect([clock.now(), clock.wall()]).toEqual([5, 0])
  })
})
