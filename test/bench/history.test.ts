import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const BENCH = fileURLToPath(new URL('../../bench/history.ts', import.meta.url))

/** How large the figures are is no matter here, only that every row has one, and that what was looked for was found. */
test('the benchmark of history runs and fills its table', { timeout: 60_000 }, () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [BENCH, '--lines', '4000'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const rows = stdout.split('\n').filter((row) => row.startsWith('| '))
  expect(rows.length).toBeGreaterThan(20)
  for (const row of rows.slice(1)) expect(row).toMatch(/^\| [^|]+ \| [\d.,]+( ms)?( \([\d.,]+\))? \| [^|]*\|$/u)
  expect(stdout).not.toContain('NaN')
  expect(stdout).toMatch(/a frequent word, in 30 of 100 lines; 50 hits/u)
  expect(stdout).toMatch(/a word nobody said; 0 hits/u)
})
