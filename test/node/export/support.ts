import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { History } from '../../../src/core/history/contract.ts'
import { makeClock } from '../../../src/node/clock.ts'
import { openHistory } from '../../../src/node/history/history.ts'
import { silentLog } from '../../support/quiet.ts'
import { room, saidLine } from '../history/lines.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})
export const later = (cleanup: () => unknown): void => void cleanups.push(cleanup)
export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'teahouse-export-'))
  later(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
export const openIn = async (folder: string): Promise<History> => {
  const { history } = await openHistory({ folder, clock: makeClock(), log: silentLog, notice: () => undefined })
  later(() => history.close())
  return history
}
/** Says so many lines in a room, durably. */
export const talk = async (history: History, id: string, ...texts: string[]): Promise<void> => {
  history.append({ op: 'conversation', conversation: room(id) }, () => undefined)
  for (const text of texts)
    history.append({ op: 'line', conversation: id, line: saidLine(history, text) }, () => undefined)
  await history.settled()
}
export const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `line number ${n} 第${n}行`)
/** Everything in a folder, also what is hidden. */
export const filesIn = (folder: string): string[] => readdirSync(folder).toSorted()
