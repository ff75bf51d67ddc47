import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the load laboratory runs its trials and prints what it saw', async () => {
  const script = fileURLToPath(new URL('../../bench/load-lab.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick', '--only', 'T20,T26,STOP'])
  expect(stdout).toMatch(/^\| T20 \| .* \| 20 told, 20 refused, 0 dropped unheard; 40 of 40 inside \|$/mu)
  expect(stdout).toMatch(/^\| T26 \| .* \| closed 1 after [\d.]+ MiB were handed to the kernel; RSS \+ .*\|$/mu)
  expect(stdout).toMatch(/^\| STOP \| .* \| \d+\.\d ms, exit code 0 \|$/mu)
  expect(stdout).toMatch(/Node v\d+.*; load average/u)
}, 120_000)
