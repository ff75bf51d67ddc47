import { expect, test } from 'vitest'
import { makeRoster } from '../../../src/core/session/roster.ts'

test('a server that invents people costs no more memory than 20,000 of them', () => {
  const roster = makeRoster()
  for (let n = 0; n < 20_050; n += 1) roster.seen(`10.0.0.1:${n}`, `n${n}`, true)
  expect(roster.members()).toHaveLength(20_000)
  expect(roster.knows('10.0.0.1:49')).toBe(false)
  expect(roster.named('n49')).toBe(false)
  expect(roster.knows('10.0.0.1:50')).toBe(true)
  expect(roster.knows('10.0.0.1:20049')).toBe(true)
})
