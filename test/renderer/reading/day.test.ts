import { expect, test } from 'vitest'
import { dayOf, startOfDay } from '../../../src/renderer/reading/day.ts'

test.each(['2026-03-12', '2024-02-29', '1970-01-01', '0099-12-31', '2026-10-25'])(
  '%s begins here and is read back',
  (day) => {
    const moment = startOfDay(day)
    expect(moment).not.toBeNull()
    expect(new Date(moment ?? 0).getHours()).toBe(0)
    expect(dayOf(moment ?? 0)).toBe(day)
    expect(dayOf((moment ?? 0) + 3_600_000)).toBe(day)
  }
)

test.each(['', '2026-02-30', '2026-13-01', '2026-3-1', 'yesterday', '2026-03-12T10:00'])('%j is no date', (text) => {
  expect(startOfDay(text)).toBeNull()
})
