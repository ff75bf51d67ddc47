import type { Around, Later, LineId, Timeline } from '../../shared/state.ts'
import { newestFrom, oldestTo, STRETCH_CHARACTERS } from '../../shared/state.ts'
import type { History } from '../history/contract.ts'
import type { HeldLines } from './held-lines.ts'

/** What is read: the end of a conversation in memory, in front of it the disk. */
export interface Readable {
  readonly view: { readonly id: string }
  readonly held: Pick<HeldLines, 'lines' | 'whole' | 'indexOf'>
  /** Lines up to this one were shown; those behind it wait for the disk. */
  readonly told: LineId
  /** Lines up to this one were cleared away. */
  readonly cleared: LineId
}

/** Reads from memory what it holds, and from the disk what it does not; never a line that was not shown yet. */
export interface Reader {
  page(talk: Readable, before: LineId, limit: number): Promise<Timeline>
  pageAfter(talk: Readable, after: LineId, limit: number): Promise<Later>
  around(talk: Readable, where: { line: LineId } | { moment: number }, limit: number): Promise<Around>
}

/** The lines in memory before an index, as many as one answer holds. */
export const stretchBefore = (
  { held: { lines, whole } }: Readable,
  end: number,
  limit: number,
  characters = STRETCH_CHARACTERS
): Timeline => {
  const start = newestFrom(lines, end, limit, characters)
  return { lines: lines.slice(start, end), whole: start === 0 && whole }
}

export const makeReader = (history: History | null): Reader => {
  const shownEnd = ({ held, told }: Readable): number => held.indexOf(told + 1)

  const fromMemory = (talk: Readable, after: LineId, limit: number): Later => {
    const end = shownEnd(talk)
    const start = Math.min(talk.held.indexOf(after + 1), end)
    const stop = Math.min(oldestTo(talk.held.lines, start, limit, STRETCH_CHARACTERS), end)
    return { lines: talk.held.lines.slice(start, stop), newest: stop === end }
  }
  /** Everything behind this line is in memory. */
  const isInMemory = (talk: Readable, line: LineId): boolean =>
    talk.held.whole || history === null || line >= (talk.held.lines[0]?.id ?? Number.POSITIVE_INFINITY)

  const page: Reader['page'] = async (talk, before, limit) => {
    const end = talk.held.indexOf(Math.min(before, talk.told + 1))
    if (end > 0 || talk.held.whole || history === null) return stretchBefore(talk, end, limit)
    const { cleared } = talk
    // What is in memory may not have been shown yet: it is never read from the disk too.
    const read = await history.page(talk.view.id, Math.min(before, talk.held.lines[0]?.id ?? before), limit)
    // Cleared while it was read: it is not there any more.
    if (talk.cleared !== cleared) return { lines: [], whole: true }
    return read ?? { lines: [], whole: false }
  }

  const pageAfter: Reader['pageAfter'] = async (talk, after, limit) => {
    if (history === null || isInMemory(talk, after)) return fromMemory(talk, after, limit)
    const { cleared } = talk
    const first = talk.held.lines[0]?.id
    const read = await history.after(talk.view.id, after, first ?? Number.MAX_SAFE_INTEGER, limit)
    if (talk.cleared !== cleared) return { lines: [], newest: true }
    if (read === null) return { lines: [], newest: false }
    // The oldest in memory left it meanwhile: what follows is asked for again, and found where it is then.
    if (!read.newest || read.lines.length >= limit || talk.held.lines[0]?.id !== first)
      return { ...read, newest: false }
    const rest = fromMemory(talk, read.lines.at(-1)?.id ?? after, limit - read.lines.length)
    return { lines: [...read.lines, ...rest.lines], newest: rest.newest }
  }

  /** The first line since a moment; null: none. */
  const firstSince = async (talk: Readable, moment: number): Promise<LineId | null | 'unreadable'> => {
    const shown = talk.held.lines.slice(0, shownEnd(talk))
    const here = shown.find((line) => line.at >= moment)?.id ?? null
    const [oldest] = shown
    if (history === null || talk.held.whole || (oldest !== undefined && oldest.at < moment)) return here
    const read = await history.firstSince(talk.view.id, moment)
    if (read === null) return 'unreadable'
    // On the disk there may be lines that were not shown yet.
    if (read.line === null || read.line > talk.told) return here
    return here === null ? read.line : Math.min(read.line, here)
  }

  return {
    page,
    pageAfter,
    around: async (talk, where, limit) => {
      const wanted = 'line' in where ? where.line : await firstSince(talk, where.moment)
      if (wanted === null) return { found: false, why: 'nothing' }
      if (wanted === 'unreadable') return { found: false, why: 'unreadable' }
      const half = Math.ceil(limit / 2)
      const later = await pageAfter(talk, wanted - 1, half)
      const older = await page(talk, wanted, half)
      const lines = [...older.lines, ...later.lines]
      const target = later.lines[0]?.id ?? older.lines.at(-1)?.id
      const unreadable = later.lines.length === 0 && !later.newest
      if (target !== undefined && !unreadable)
        return { found: true, target, stretch: { lines, whole: older.whole, newest: later.newest } }
      return { found: false, why: unreadable || !older.whole ? 'unreadable' : 'nothing' }
    }
  }
}
