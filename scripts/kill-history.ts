import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { examine, killWriter } from '../test/node/history/kill.ts'

/** `node scripts/kill-history.ts [times]`: kills a writer of the history again and again; no line told as saved may be lost. */
const times = Number(process.argv[2] ?? 100)
const folder = mkdtempSync(join(tmpdir(), 'teahouse-kill-'))
const told: number[] = []
for (let round = 0; round < times; round += 1) {
  told.push(...(await killWriter(folder, round * 1_000_000, Math.random)))
  const { missing, integrity, lines } = examine(folder, told)
  if (missing.length > 0 || integrity !== 'ok') {
    process.stdout.write(`round ${round + 1}: ${missing.length} lost, integrity ${String(integrity)}; see ${folder}\n`)
    process.exit(1)
  }
  if ((round + 1) % 10 === 0)
    process.stdout.write(`${round + 1} kills: ${told.length} told as saved, ${lines} in the file, none lost\n`)
}
rmSync(folder, { recursive: true, force: true })
