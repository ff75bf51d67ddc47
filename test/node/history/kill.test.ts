import { expect, test } from 'vitest'
import { examine, killWriter } from './kill.ts'
import { temporary } from './support.ts'

/** A hundred by `node scripts/kill-history.ts`. */
const KILLS = 20

test(
  `a writer killed ${KILLS} times at random moments loses no line it had told as saved`,
  { timeout: 120_000 },
  async () => {
    const folder = temporary()
    const told: number[] = []
    for (let round = 0; round < KILLS; round += 1) {
      told.push(...(await killWriter(folder, round * 1_000_000, Math.random)))
      const { missing, integrity } = examine(folder, told)
      expect(missing).toEqual([])
      expect(integrity).toBe('ok')
    }
    expect(told.length).toBeGreaterThan(KILLS)
  }
)
