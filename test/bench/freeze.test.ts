import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the benchmark of the main process floods an app and prints how late it was', async () => {
  const script = fileURLToPath(new URL('../../bench/freeze.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick', '--only', 'H1,S1'])
  const rows = stdout.split('\n').filter((line) => /^\| [HS]1 /u.test(line))
  expect(rows.map((row) => row.split(' | ').length)).toEqual([11, 11])
  expect(rows[0]).toMatch(/ms \| \*\*[\d.]+ ms\*\* \| .* lines sent, \d+ connections; [1-4] of [1-4] own lines back/u)
  // The flood of a server is shown: so many lines that it was one.
  expect(Number(rows[1]?.split(' | ')[8])).toBeGreaterThan(1000)
}, 60_000)
