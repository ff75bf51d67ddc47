import { join } from 'node:path'
import electronLog from 'electron-log/node'

/** Where the program tells what went wrong with itself. Never what people say, nor to whom. */
export interface Log {
  info(text: string, details?: Readonly<Record<string, unknown>>): void
  warn(text: string, details?: Readonly<Record<string, unknown>>): void
  error(text: string, details?: Readonly<Record<string, unknown>>): void
}

/** Two files of this size (the present and the one before) are more than a bug report needs. */
const LOG_BYTES = 1024 * 1024

const asJson = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value

/** One entry, one line: JSON escapes every control character, so no text can pretend to be a second entry. */
const line = (at: Date, level: string, data: readonly unknown[]): string => {
  const [text, details] = data
  try {
    return JSON.stringify({ at: at.toISOString(), level, text, ...(details === undefined ? {} : { details }) }, asJson)
  } catch {
    // Details that cannot be written (a cycle) must not cost the entry.
    return JSON.stringify({ at: at.toISOString(), level, text })
  }
}

/**
 * Opens `teahouse.log` in a folder: JSON lines, mode 0600, one older file kept beside it. A folder that cannot be
 * written costs the log, nothing else.
 */
export const openLog = (folder: string): Log => {
  const logger = electronLog.create({ logId: `teahouse:${folder}` })
  const { file, console } = logger.transports
  // Standard output belongs to the command line's events, standard error to its sentences.
  console.level = false
  // The library reports a log it cannot write through its first logger's console, with a stack trace.
  electronLog.transports.console.writeFn = () => {}
  console.writeFn = () => {}
  file.level = 'info'
  file.maxSize = LOG_BYTES
  file.resolvePathFn = () => join(folder, 'teahouse.log')
  file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' }
  file.transforms = [({ message }) => line(message.date, message.level, message.data)]
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (text: string, details?: Readonly<Record<string, unknown>>): void =>
      details === undefined ? logger[level](text) : logger[level](text, details)
  return { info: write('info'), warn: write('warn'), error: write('error') }
}
