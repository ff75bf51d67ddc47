import { expect, test, vi } from 'vitest'
import { watchNetwork } from '../../src/node/wake.ts'

test('a change of the network is told once', () => {
  vi.useFakeTimers()
  try {
    let now = 'a'
    let told = 0
    const stop = watchNetwork(
      () => told++,
      () => now
    )
    vi.advanceTimersByTime(10_000)
    expect(told).toBe(0)
    now = 'a b'
    vi.advanceTimersByTime(10_000)
    expect(told).toBe(1)
    stop()
    now = 'c'
    vi.advanceTimersByTime(10_000)
    expect(told).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})
