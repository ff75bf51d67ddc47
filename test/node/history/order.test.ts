import { describe, expect, test } from 'vitest'
import { cannotWatch, readOrder, watchOrder } from './order.ts'
import { temporary } from './support.ts'

const LINES = 40
const why = cannotWatch()

test.skipIf(why !== null)(
  `the log is on the disk before a line is told as saved${why === null ? '' : ` (not run: ${why})`}`,
  { timeout: 60_000 },
  async () => {
    const { told, early } = await watchOrder(temporary(), LINES)
    expect(early).toEqual([])
    expect(told).toBeGreaterThanOrEqual(LINES)
  }
)

describe('the order of calls', () => {
  const WRITTEN = '7 pwrite64(20</p/history.sqlite-wal>, "…", 4096, 32) = 4096'
  const SYNCED = '7 fdatasync(20</p/history.sqlite-wal>) = 0'
  const TOLD = String.raw`5 write(1<pipe:[1]>, "17\n", 3) = 3`
  test.each([
    ['written, synced, told', [WRITTEN, SYNCED, TOLD], 0],
    ['written and told', [WRITTEN, TOLD], 1],
    ['told, and synced too late', [WRITTEN, TOLD, SYNCED], 1],
    ['synced before it was written', [SYNCED, WRITTEN, TOLD], 1],
    ['told without a write', [WRITTEN, SYNCED, TOLD, TOLD], 1],
    ['another file synced', [WRITTEN, '7 fdatasync(19</p/history.sqlite>) = 0', TOLD], 1],
    ['the sync failed', [WRITTEN, SYNCED.replace('= 0', '= -1 EIO (Input/output error)'), TOLD], 1],
    [
      'the sync came back in time',
      [WRITTEN, SYNCED.replace(') = 0', ' <unfinished ...>'), '7 <... fdatasync resumed>) = 0', TOLD],
      0
    ],
    [
      'told while it was being synced',
      [WRITTEN, SYNCED.replace(') = 0', ' <unfinished ...>'), TOLD, '7 <... fdatasync resumed>) = 0'],
      1
    ]
  ])('%s', (_what, calls, early) => {
    expect(readOrder(calls.join('\n')).early).toHaveLength(early)
  })
})
