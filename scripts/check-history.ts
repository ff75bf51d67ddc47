import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runSchedule } from '../test/history-checker/run.ts'
import { scheduleOf } from '../test/history-checker/schedule.ts'

/**
 * `node scripts/check-history.ts [--schedules 1000] [--seed N] [--parallel 6]`: members in a room behind bad networks,
 * and the question whether anything was lost, doubled, invented or put out of order. Seeds are printed as they are
 * through; `--seed N --schedules 1 --times 10` runs one of them again, ten times: the network
 * is as bad each time, and the machine never does quite the same. What was seen of one that failed is kept in a file.
 */
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    times: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '6' }
  }
})
const times = Number(values.times)
const schedules = Number(values.schedules)
const runs = schedules * times
const first = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(values.seed)
const SEEN = join(import.meta.dirname, '..', '.cache', 'history-checker')
/** Five seconds of trouble, and patience with a machine that does ten other things. */
const LONGEST_MS = 120_000
const tooLong = (): Promise<null> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(null), LONGEST_MS).unref()
  })
const tell = (line: string): void => void process.stdout.write(`${line}\n`)

let next = 0
let sent = 0
let delivered = 0
let connections = 0
const failed: number[] = []
const began = performance.now()
tell(`seeds ${first} to ${first + schedules - 1}, ${values.parallel} at a time`)
const work = async (): Promise<void> => {
  while (next < runs) {
    const seed = first + Math.floor(next / times)
    next += 1
    const outcome = await Promise.race([runSchedule(scheduleOf(seed)), tooLong()])
    if (outcome === null) {
      failed.push(seed)
      tell(`seed ${seed}: 1 FINDING\n  it did not end within ${LONGEST_MS / 1000} s`)
      continue
    }
    sent += outcome.sent
    delivered += outcome.delivered
    connections += outcome.connections
    const { findings } = outcome
    tell(
      `seed ${seed}: ${outcome.sent} lines, ${outcome.delivered} delivered, ${outcome.connections} connections, ${findings.length === 0 ? 'nothing found' : `${findings.length} FINDINGS`}`
    )
    for (const { member, what } of findings) tell(`  ${member}: ${what}`)
    if (findings.length > 0) {
      failed.push(seed)
      const file = join(SEEN, `${seed}.json`)
      mkdirSync(SEEN, { recursive: true })
      writeFileSync(file, JSON.stringify({ schedule: scheduleOf(seed), ...outcome }, null, 1))
      tell(`  all that was seen: ${file}`)
    }
  }
}
await Promise.all(Array.from({ length: Number(values.parallel) }, work))
tell(
  `${runs} schedules in ${((performance.now() - began) / 1000).toFixed(0)} s: ${sent} lines, ${delivered} delivered, ${connections} connections; ${failed.length} with findings${failed.length > 0 ? `: ${failed.join(' ')}` : ''}`
)
process.exitCode = failed.length > 0 ? 1 : 0
