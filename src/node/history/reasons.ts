/** Why the file could not be used, in words of one kind. */

/** SQLite's result code: the primary one, without what is specific. */
export const sqliteCode = (error: unknown): number | null => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}
const CORRUPT_VTAB = 267
/** What `reasonOf` calls a damaged index. */
export const INDEX_CORRUPT = 'index-corrupt'
const CODES: Record<number, string> = {
  5: 'EBUSY',
  6: 'EBUSY',
  8: 'EROFS',
  10: 'EIO',
  11: 'corrupt',
  13: 'ENOSPC',
  14: 'EACCES',
  26: 'corrupt'
}
/** What `reasonOf` calls a file that stands in its place no more. */
export const MOVED = 'moved'
export class MovedError extends Error {
  readonly code = MOVED
}
/** The index alone: it can be made anew from the lines. */
export const isIndexCorrupt = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === CORRUPT_VTAB
/** A number that is none of ours: no program writes one that it could not read. */
const OUT_OF_RANGE = 'ERR_OUT_OF_RANGE'
/** The word a person can search for. */
export const reasonOf = (error: unknown): string => {
  if (isIndexCorrupt(error)) return INDEX_CORRUPT
  if (error instanceof RangeError && 'code' in error && error.code === OUT_OF_RANGE) return 'corrupt'
  const code = sqliteCode(error)
  if (code !== null) return CODES[code] ?? `SQLite ${code}`
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)
}
export const isCorrupt = (error: unknown): boolean => reasonOf(error) === 'corrupt'
