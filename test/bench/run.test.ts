import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the benchmark runs and prints its table', async () => {
  const script = fileURLToPath(new URL('../../bench/run.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick'])
  expect(stdout).toMatch(/\| deliveries a second; 40 members, 5 senders, .*\| [\d,]+ \| [\d,]+ \| \*\*[\d.]+\*\* \|/u)
  expect(stdout).toMatch(/\| latency p99 .*\| [\d.]+ ms \| [\d.]+ ms \| \*\*[\d.]+\*\* \|/u)
  expect(stdout).toMatch(/cores, .*Node v\d+/u)
  expect(stdout).not.toContain('not run')
}, 60_000)
