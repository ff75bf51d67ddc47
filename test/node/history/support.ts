import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { History } from '../../../src/core/history/contract.ts'
import { makeClock } from '../../../src/node/clock.ts'
import type { OpenedHistory } from '../../../src/node/history/history.ts'
import { openHistory } from '../../../src/node/history/history.ts'
import { silentLog } from '../../support/quiet.ts'
import type { Line, NoticeBody } from '../../../src/shared/state.ts'
import { saidLine } from './lines.ts'

export { room, saidLine } from './lines.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})
/** Undone after the test, the last one first. */
export const later = (cleanup: () => unknown): void => void cleanups.push(cleanup)

export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'teahouse-history-'))
  later(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const open = async (folder: string): Promise<OpenedHistory & { later: NoticeBody[] }> => {
  const told: NoticeBody[] = []
  const opened = await openHistory({
    folder,
    clock: makeClock(),
    log: silentLog,
    notice: (notice) => told.push(notice)
  })
  later(() => opened.history.close())
  return { ...opened, later: told }
}

/** Hands operations over and resolves when the last one is durable. */
export const saved = (history: History, ...operations: Parameters<History['append']>[0][]): Promise<void> =>
  new Promise((resolve) => {
    operations.forEach((operation, index) => {
      history.append(operation, index === operations.length - 1 ? () => resolve() : () => undefined)
    })
  })
export const say = async (history: History, conversation: string, ...texts: string[]): Promise<Line[]> => {
  const lines = texts.map((text) => saidLine(history, text))
  await saved(history, ...lines.map((line) => ({ op: 'line' as const, conversation, line })))
  return lines
}
export const texts = (lines: readonly Line[]): string[] => lines.map((line) => ('text' in line ? line.text : line.kind))
