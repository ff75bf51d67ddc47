import { setImmediate as turn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { openKept } from '../history/kept.ts'
import { reasonOf } from '../history/reasons.ts'
import { openExportFile, type ExportFile } from './file.ts'
import { piecesOf } from './pieces.ts'
import type { ExportJob, FromExport, ToExport } from './protocol.ts'

/** The thread that writes an export: reading, formatting and the disk it is written to keep nobody waiting. */

const PROGRESS_EVERY_MS = 100

const port = parentPort
const { folder, order, path }: ExportJob = workerData
const tell = (message: FromExport): void => port?.postMessage(message)

let cancelled = false
let wake: (() => void) | null = null
port?.on('message', (message: ToExport) => {
  if (message === 'cancel') cancelled = true
  wake?.()
  wake = null
})

/** Hands a piece over and waits until there is room for the next. */
const handOver = async (text: string): Promise<void> => {
  const more = new Promise<void>((resolve) => {
    wake = resolve
  })
  tell({ told: 'piece', text })
  await more
}

const run = async (): Promise<FromExport> => {
  const opened = openKept(folder)
  if (!opened.ok) return { told: 'failed', why: opened.why }
  const { kept } = opened
  let file: ExportFile | null = null
  try {
    file = path === null ? null : await openExportFile(path, folder)
    let toldAt = -Infinity
    let written = 0
    for (const { text, lines, total } of piecesOf(kept, order)) {
      if (total === 0) {
        await file?.discard()
        return { told: 'failed', why: 'nothing-kept' }
      }
      await (file === null ? handOver(text) : file.write(text))
      written = lines
      if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
        toldAt = performance.now()
        tell({ told: 'progress', lines, total })
      }
      // A wish to stop is heard between two pieces.
      await turn()
      if (cancelled) break
    }
    if (cancelled) {
      await file?.discard()
      return { told: 'cancelled' }
    }
    await file?.finish()
    return { told: 'done', lines: written }
  } catch (error) {
    await file?.discard()
    return { told: 'failed', why: reasonOf(error) }
  } finally {
    kept.close()
  }
}

tell(await run())
port?.close()
