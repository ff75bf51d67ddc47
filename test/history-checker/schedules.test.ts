import { expect, test } from 'vitest'
import { fuzzSeed } from '../support/fuzz.ts'
import { runSchedule } from './run.ts'
import { scheduleOf } from './schedule.ts'

/** A thousand by `node scripts/check-history.ts`. */
const SCHEDULES = 10
const AT_ONCE = 5

const seed = fuzzSeed()
test(
  `${SCHEDULES} random schedules lose, double and invent nothing (TEAHOUSE_FUZZ_SEED=${seed})`,
  { timeout: 120_000 },
  async () => {
    const found: string[] = []
    let next = 0
    let delivered = 0
    const work = async (): Promise<void> => {
      while (next < SCHEDULES) {
        const mine = seed + next
        next += 1
        const outcome = await runSchedule(scheduleOf(mine))
        delivered += outcome.delivered
        found.push(...outcome.findings.map(({ member, what }) => `seed ${mine}: ${member}: ${what}`))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(found).toEqual([])
    expect(delivered).toBeGreaterThan(SCHEDULES)
  }
)
