import { expect, test } from 'vitest'
import { makeEventLog, until } from './until.ts'

test('an entry that is already there is found at once', async () => {
  const log = makeEventLog<number>()
  log.add(1)
  expect(await log.until((n) => n === 1)).toBe(1)
})

test('an entry that comes later ends the wait', async () => {
  const log = makeEventLog<string>()
  setTimeout(() => log.add('late'), 5)
  expect(await log.until((entry) => entry === 'late')).toBe('late')
})

test('a mark hides what came before it', async () => {
  const log = makeEventLog<number>()
  log.add(1)
  const from = log.mark()
  const waiting = log.until((n) => n > 0, { from })
  log.add(2)
  expect(await waiting).toBe(2)
})

test('a wait that fails shows the log', async () => {
  const log = makeEventLog<{ type: string }>('events of bob')
  log.add({ type: 'joined' })
  await expect(log.until((entry) => entry.type === 'left', { within: 10, what: 'bob leaves' })).rejects.toThrow(
    /bob leaves[^]*events of bob[^]*joined/
  )
})

test('a condition that never holds fails by name', async () => {
  await expect(until(() => false, { within: 10, what: 'the moon' })).rejects.toThrow(/the moon/)
})
