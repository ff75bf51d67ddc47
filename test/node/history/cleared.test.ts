import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Kept } from '../../../src/node/history/kept.ts'
import { ALWAYS, openKept } from '../../../src/node/history/kept.ts'
import { HISTORY_FILE } from '../../../src/node/history/store.ts'
import type { Line } from '../../../src/shared/state.ts'
import { until } from '../../support/until.ts'
import { open, room, saved, say, temporary, texts } from './support.ts'

/** Cleared while somebody reads, which nobody may be disturbed in: an export, or another program. */

const SECRET = 'the-secret-recipe'
const RECIPES = Array.from({ length: 500 }, (_, n) => `${SECRET} ${n} ${'x'.repeat(200)}`)
const isOnDisk = (folder: string): boolean =>
  readdirSync(folder)
    .filter((name) => name.startsWith(HISTORY_FILE))
    .some((name) => readFileSync(join(folder, name), 'latin1').includes(SECRET))

const holding = (folder: string): Kept => {
  const opened = openKept(folder)
  if (!opened.ok) throw new Error(opened.why)
  opened.kept.hold()
  return opened.kept
}
const read = (kept: Kept): Line[] => [...kept.lines('r1', ALWAYS)]

test('what somebody reads while it is cleared they read to its end; then it is gone from the disk', async () => {
  const folder = temporary()
  const { history } = await open(folder)
  await saved(history, { op: 'conversation', conversation: room() })
  await say(history, 'r1', ...RECIPES)
  const reader = holding(folder)
  expect(await history.clear(['r1'])).toBe(true)
  expect(await history.page('r1', Number.MAX_SAFE_INTEGER, 10)).toEqual({ lines: [], whole: true })
  await say(history, 'r1', 'a new beginning')
  expect(texts(read(reader))).toEqual(RECIPES)
  expect(isOnDisk(folder)).toBe(true)
  reader.release()
  await until(() => !isOnDisk(folder))
  expect(texts(read(reader))).toEqual(['a new beginning'])
  reader.close()
})

test('where the program ends before the reader does, it is gone after the next start', async () => {
  const folder = temporary()
  const first = await open(folder)
  await saved(first.history, { op: 'conversation', conversation: room() })
  await say(first.history, 'r1', ...RECIPES)
  const reader = holding(folder)
  expect(await first.history.clear(null)).toBe(true)
  await first.history.close()
  expect(texts(read(reader))).toEqual(RECIPES)
  reader.close()
  expect(isOnDisk(folder)).toBe(true)
  const { history } = await open(folder)
  await until(() => !isOnDisk(folder))
  expect(history.state()).toBe('writing')
})
