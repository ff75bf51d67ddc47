import type { ExportOrder } from './pieces.ts'

/** What the thread is started with. */
export interface ExportJob {
  /** The profile folder. */
  folder: string
  order: ExportOrder
  /** Null: the pieces are handed to who started it, one at a time. */
  path: string | null
}
/** What it is told. */
export type ToExport = 'cancel' | 'more'
/** What it tells. The last one is `done`, `failed` or `cancelled`. */
export type FromExport =
  | { told: 'progress'; lines: number; total: number }
  /** Waits for `more`. */
  | { told: 'piece'; text: string }
  | { told: 'done'; lines: number }
  /** `why`: as in `KeptResult`, or the system's word for what went wrong while writing. */
  | { told: 'failed'; why: string }
  | { told: 'cancelled' }
