import { app, dialog, type BrowserWindow } from 'electron'
import { join } from 'node:path'
import type { ExportTarget } from '../node/export/exporter.ts'
import { EXPORT_ENDINGS, type ExportFormat } from '../shared/export.ts'
import type { Say } from './words.ts'

/**
 * The system's own dialog asks where an export goes: the page neither names a path nor learns one before. Null: the
 * person changed their mind.
 */
export const chooseFile = async (
  fileName: string,
  format: ExportFormat,
  say: Say,
  window: BrowserWindow | null
): Promise<ExportTarget | null> => {
  const options = {
    title: say('export.title'),
    defaultPath: join(app.getPath('documents'), fileName),
    filters: [{ name: say(`export.${format}`), extensions: [EXPORT_ENDINGS[format]] }],
    properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const]
  }
  const { canceled, filePath } = await (window
    ? dialog.showSaveDialog(window, options)
    : dialog.showSaveDialog(options))
  return canceled || filePath === '' ? null : { to: 'file', path: filePath }
}
