import { resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { openExportFile, type ExportFile } from '../node/export/file.ts'
import { clearLeftovers } from '../node/export/leftovers.ts'
import { piecesOf } from '../node/export/pieces.ts'
import { reasonOf } from '../node/history/reasons.ts'
import type { ExportFormat } from '../shared/export.ts'
import type { ConversationId } from '../shared/state.ts'
import type { LogDesk } from './log.ts'
import { version } from './version.ts'

const STDOUT = '-'
const PROGRESS_EVERY_MS = 200

const WHY: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EACCES: 'you are not allowed to write there',
  EPERM: 'you are not allowed to write there',
  EROFS: 'you are not allowed to write there',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'this is no plain file'
}
/** Why something could not be written, for people. */
export const whyNot = (reason: string): string => WHY[reason] ?? reason

/**
 * Writes out a conversation, or everything (null), to a file or `-`. Null: done. `cancelled`, or why not: then nothing
 * half-written is left. `progress`: a line that replaces the one before, for people who look.
 */
export const exportKept = async (
  desk: LogDesk,
  place: string,
  format: ExportFormat,
  conversation: ConversationId | null,
  progress: (line: string) => void
): Promise<string | null> => {
  const order = {
    conversations: conversation === null ? null : [conversation],
    period: desk.period,
    format,
    language: desk.language,
    program: `Teahouse ${version}`,
    at: Date.now()
  }
  let file: ExportFile | null = null
  let toldAt = performance.now()
  let told = false
  await clearLeftovers(desk.folder)
  try {
    file = place === STDOUT ? null : await openExportFile(resolve(place), desk.folder)
    for (const { text, lines, total } of piecesOf(desk.kept, order)) {
      if (total === 0) {
        await file?.discard()
        return 'nothing is kept of this'
      }
      if (file !== null) await file.write(text)
      // Nobody reads any more: as with every program in a pipe.
      else if (!(await desk.pipe.write(text))) return null
      await turn()
      if (desk.ended()) {
        await file?.discard()
        return 'cancelled'
      }
      if (file === null || performance.now() - toldAt < PROGRESS_EVERY_MS) continue
      toldAt = performance.now()
      told = true
      progress(`${lines} of ${total} lines`)
    }
    await file?.finish()
    return null
  } catch (error) {
    await file?.discard()
    return whyNot(reasonOf(error))
  } finally {
    if (told) progress('')
  }
}
