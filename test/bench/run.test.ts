import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the benchmark runs and prints its table', async () => {
  const script = fileURLToPath(new URL('../../bench/run.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick'])
  const number = String.raw`[\d,.]+(?: ms| µs)?`
  const missing = String.raw`\*not run\*`
  /** A row of plain host, ncat, IRC server, C loop, Teahouse, Teahouse keeping history: what is ours is always there. */
  const row = (what: string, last = number): RegExp => {
    const maybe = `(?:${number}|${missing})`
    return new RegExp(
      String.raw`^\| ${what} \| ${number} \| ${maybe} \| ${maybe} \| ${maybe} \| ${number} \| ${last} \|$`,
      'mu'
    )
  }
  expect(stdout).toMatch(/^\| 40 members, 5 senders, one line in flight each \| plain host \| `ncat --chat` \|/mu)
  expect(stdout).toMatch(row('deliveries a second'))
  expect(stdout).toMatch(row('latency p99 at 5 messages a second', missing))
  expect(stdout).toMatch(/^\| plain host, deliveries a second \| \*\*[\d.]+\*\* \| ≥ 12 \|$/mu)
  expect(stdout).toMatch(/cores, .*Node v\d+/u)
  // What could not be measured is said with its reason.
  for (const [, told] of stdout.matchAll(/^- \*not run\*: (.*)$/gmu)) {
    expect(told).toMatch(/there is no \S+|no load for|IRC server|ncat|gcc/u)
  }
  if (spawnSync('gcc', ['--version']).status === 0) {
    expect(stdout).toMatch(/^\| C loop, deliveries a second \| \*\*[\d.]+\*\* \| ≥ 0\.8 \|$/mu)
  }
}, 120_000)
