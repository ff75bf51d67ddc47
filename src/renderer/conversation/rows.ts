import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { Away, Line, LineId } from '../../shared/state.ts'
import { shownLabel } from './showable.ts'

type Of<Kind extends Line['kind']> = Extract<Line, { kind: Kind }>
export type SaidLine = Of<'said'>
export type FreeLine = Of<'line'>
/** Of others: our own coming is a note. */
export type PresenceLine = Of<'joined' | 'left' | 'renamed'>
export type ArrivalLine = Of<'connected' | 'joined' | 'renamed'>
export type NoteLine = Of<'joined' | 'renamed' | 'listed' | 'refused' | 'kicked' | 'disconnected'>

/**
 * What the timeline shows, one row each. Separators stand on the row below them, not in rows of their own: a row's key
 * is that of what it shows, so that the place a person reads at is found again whatever is put above it.
 */
export type Row = {
  key: string
  /** Index of the first line it shows. */
  first: number
  /** Of the day that begins here; null within a day. */
  day: number | null
  /** This row and everything below is new to the person. */
  unread: boolean
} & (
  | { kind: 'message'; line: SaidLine; /** With name and time; false continues the message above. */ head: boolean }
  /** Comings, goings and new names in a row, folded into one. */
  | { kind: 'presence'; lines: PresenceLine[] }
  /**
   * We are in: connected, let in and given our name, in one. `self` is null where the server does not say who we are;
   * `away` is the gap before it.
   */
  | { kind: 'arrival'; line: ArrivalLine; again: boolean; self: Member | null; began: number; away: Away | null }
  /** `times`: how often the same thing happened in a row; `line` is the newest. */
  | { kind: 'note'; line: NoteLine; times: number }
  | { kind: 'free'; line: FreeLine; head: boolean }
)

export interface RowsInput {
  lines: readonly Line[]
  /** Nothing older exists: the first line's day is known to begin with it. */
  whole: boolean
  /** `memberKey`s of people whose lines are hidden. */
  ignored: ReadonlySet<string>
  /** The unread marker stands behind this line; 0: none. */
  marker: LineId
}

export interface Rows {
  rows: readonly Row[]
  /** Labels that several people here bear: shown with their addresses. */
  alike: ReadonlySet<string>
}

/** Messages of one person this close together are one block. */
export const GROUP_MS = 5 * 60_000
/** A name asked for on arrival is answered within this time; a later one is a wish of its own. */
export const ARRIVAL_MS = 10_000

const hidden = (line: Line, ignored: ReadonlySet<string>): boolean => {
  if (ignored.size === 0) return false
  switch (line.kind) {
    case 'said':
      return !line.own && ignored.has(memberKey(line.from))
    case 'joined':
    case 'renamed':
      return !line.own && ignored.has(memberKey(line.member))
    case 'left':
      return ignored.has(memberKey(line.member))
    case 'line':
    case 'listed':
    case 'refused':
    case 'kicked':
    case 'connected':
    case 'disconnected':
      return false
  }
}

/** The day of a moment as a span, so that most lines cost two comparisons and no calendar. */
const dayAround = (at: number): { from: number; to: number } => {
  const day = new Date(at)
  const from = new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime()
  const to = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime()
  return { from, to }
}

const continues = (before: Row | undefined, line: SaidLine): boolean =>
  before?.kind === 'message' &&
  before.line.own === line.own &&
  line.at - before.line.at < GROUP_MS &&
  memberKey(before.line.from) === memberKey(line.from) &&
  before.line.from.name === line.from.name

/**
 * Turns lines into rows, again and again as lines come: only from the first line that differs from last time, so that
 * one more line in a conversation of 100,000 costs one row.
 */
export const makeRowBuilder = (): ((input: RowsInput) => Rows) => {
  let input: RowsInput = { lines: [], whole: true, ignored: new Set(), marker: 0 }
  let rows: Row[] = []
  let bearers = new Map<string, string>()
  let alike = new Set<string>()

  const noteBearer = (line: SaidLine): void => {
    if (line.own) return
    const label = shownLabel(line.from)
    const key = memberKey(line.from)
    const known = bearers.get(label)
    if (known === undefined) bearers.set(label, key)
    else if (known !== key && !alike.has(label)) alike = new Set(alike).add(label)
  }

  const extend = (start: number): void => {
    const { lines, ignored, marker, whole } = input
    let last = rows.at(-1)
    // What stands above decides day and marker of what follows; hidden lines stand nowhere.
    const above = last === undefined ? undefined : lines[last.first]
    let day = above === undefined ? null : dayAround(above.at)
    let marked = above !== undefined && above.id > marker
    for (let index = start; index < lines.length; index++) {
      const line = lines[index]
      if (line === undefined || hidden(line, ignored)) continue
      const unread = marker > 0 && !marked && line.id > marker && last !== undefined
      if (line.id > marker) marked = true
      let begins: number | null = null
      if (day === null || line.at < day.from || line.at >= day.to) {
        if (day !== null || whole) begins = line.at
        day = dayAround(line.at)
      }
      const joins = !unread && begins === null ? last : undefined
      const where = { first: index, day: begins, unread }
      let row: Row
      switch (line.kind) {
        case 'said':
          noteBearer(line)
          row = { ...where, kind: 'message', key: `m${line.id}`, line, head: !continues(joins, line) }
          break
        case 'line':
          row = { ...where, kind: 'free', key: `f${line.id}`, line, head: joins?.kind !== 'free' }
          break
        case 'connected':
          row = {
            ...where,
            kind: 'arrival',
            key: `n${line.id}`,
            line,
            again: line.again,
            self: null,
            began: line.at,
            away: line.away ?? null
          }
          break
        case 'joined':
        case 'left':
        case 'renamed':
          if (line.kind !== 'left' && line.own) {
            if (joins?.kind === 'arrival' && line.at - joins.began < ARRIVAL_MS) {
              rows.pop()
              row = { ...joins, line, self: line.member }
            } else {
              row = { ...where, kind: 'note', key: `n${line.id}`, line, times: 1 }
            }
          } else if (joins?.kind === 'presence') {
            rows.pop()
            // A fold made in this call is nobody else's yet: a hundred thousand comings must not be copied each time.
            const folded = joins.first >= start ? joins.lines : [...joins.lines]
            folded.push(line)
            row = { ...joins, lines: folded }
          } else {
            row = { ...where, kind: 'presence', key: `p${line.id}`, lines: [line] }
          }
          break
        case 'disconnected':
          if (joins?.kind === 'note' && joins.line.kind === 'disconnected' && joins.line.reason === line.reason) {
            rows.pop()
            row = { ...joins, line, times: joins.times + 1 }
          } else {
            row = { ...where, kind: 'note', key: `n${line.id}`, line, times: 1 }
          }
          break
        case 'listed':
        case 'refused':
        case 'kicked':
          row = { ...where, kind: 'note', key: `n${line.id}`, line, times: 1 }
          break
      }
      rows.push(row)
      last = row
    }
  }

  return (next) => {
    const same = next.marker === input.marker && next.ignored === input.ignored && next.whole === input.whole
    let common = 0
    if (same) {
      const most = Math.min(next.lines.length, input.lines.length)
      while (common < most && next.lines[common] === input.lines[common]) common++
      if (common === next.lines.length && common === input.lines.length) return { rows, alike }
    }
    const shrunk = common < input.lines.length
    input = next
    // The last row that stays may still grow, so it is made again.
    let keep = rows.length
    while (keep > 0 && (rows[keep - 1]?.first ?? 0) >= common) keep--
    const start = keep === 0 ? 0 : (rows[keep - 1]?.first ?? 0)
    rows = rows.slice(0, Math.max(0, keep - 1))
    if (shrunk && common === 0) {
      bearers = new Map()
      alike = new Set()
    }
    extend(start)
    return { rows, alike }
  }
}

/** The newest line a row shows. */
export const newestOf = (row: Row): LineId => (row.kind === 'presence' ? (row.lines.at(-1)?.id ?? 0) : row.line.id)
