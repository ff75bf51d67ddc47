import type { ConversationId } from './state.ts'

/** What history can be written out as: for reading, for programs, for printing. */
export const EXPORT_FORMATS = ['html', 'text', 'jsonl'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** The ending of the file's name. */
export const EXPORT_ENDINGS = { text: 'txt', jsonl: 'jsonl', html: 'html' } as const satisfies Record<
  ExportFormat,
  string
>
export const EXPORT_TYPES = {
  text: 'text/plain; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
  html: 'text/html; charset=utf-8'
} as const satisfies Record<ExportFormat, string>

/** The one export that runs or ran last. */
export type Export = {
  /** Counts the exports of this run. */
  id: number
  /** Null: everything. */
  conversation: ConversationId | null
  format: ExportFormat
} & (
  | {
      state: 'running'
      /** Lines written so far, and all there are. */
      lines: number
      total: number
    }
  | {
      state: 'done'
      lines: number
      /** The file, whole; null: the browser put it where it puts downloads. */
      place: string | null
    }
  /** `reason`: the system's own word, such as ENOSPC, or `nothing-kept`, `newer`, `corrupt`. */
  | { state: 'failed'; reason: string }
)

/** Longest name without its ending: below what any file system takes, in bytes of UTF-8 too. */
const LONGEST_NAME = 60
/** What some system does not allow in a file's name, or what would not be seen in it. */
const NOT_IN_FILE_NAMES = /[\p{C}\p{Zl}\p{Zp}\\/:*?"<>|]+/gu

/** A name for the file, from words that may come from the wire. `day` is `2026-11-21`. */
export const exportFileName = (title: string, day: string, format: ExportFormat): string => {
  const plain = title
    .normalize('NFC')
    .toWellFormed()
    .slice(0, LONGEST_NAME * 4)
    .replace(NOT_IN_FILE_NAMES, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  const short = Array.from(plain)
    .slice(0, LONGEST_NAME)
    .join('')
    .replaceAll(/^[. ]+|[. ]+$/gu, '')
  return `${['Teahouse', short, day].filter((part) => part !== '').join(' ')}.${EXPORT_ENDINGS[format]}`
}
