import type { Member } from '../../shared/events.ts'
import type { Line, LineBody, LineId, LineState } from '../../shared/state.ts'

/**
 * A line as a row. Few and small columns: most rows are one number for the person, one for the state, and the text.
 * The numbers are on people's disks: they may be added to, never changed.
 */

const KINDS = [
  'said',
  'joined',
  'left',
  'renamed',
  'line',
  'listed',
  'refused',
  'kicked',
  'connected',
  'disconnected'
] as const satisfies readonly LineBody['kind'][]
const STATES = [
  'queued',
  'written',
  'waiting',
  'delivered',
  'sent',
  'unconfirmed',
  'failed'
] as const satisfies readonly LineState[]

// Numbers begin at 1: 0 is never a kind, and as a state it is nobody's own.
const codeOfKind = (kind: LineBody['kind']): number => KINDS.indexOf(kind) + 1
const codeOfState = (state: LineState): number => STATES.indexOf(state) + 1

export const KIND_SAID = codeOfKind('said')
export const KIND_LINE = codeOfKind('line')
/** Somebody else's line. */
export const OTHERS = 0
/** Somebody else's line that mentions the person. */
export const MENTION = 8
export const STATE_QUEUED = codeOfState('queued')
export const STATE_WRITTEN = codeOfState('written')
export const STATE_WAITING = codeOfState('waiting')
export const STATE_UNCONFIRMED = codeOfState('unconfirmed')
/** The condition of the index `lines_open`, word for word: only so is it used. */
export const OPEN_LINES = 'state BETWEEN 1 AND 3'
/** A line whose fate is known, or that has none: what can be told once and for all. */
export const isSettled = ({ kind, state }: Pick<LineRow, 'kind' | 'state'>): boolean =>
  kind !== KIND_SAID || state < STATE_QUEUED || state > STATE_WAITING
/** The same, of a row. */
export const SETTLED_LINES = `NOT (kind = ${KIND_SAID} AND ${OPEN_LINES})`

export interface LineRow {
  id: LineId
  at: number
  kind: number
  /** `JSON` of address and name, see `encodeMember`. */
  who: string | null
  state: number
  text: string | null
  /** What else there is, as JSON. */
  more: string | null
}

export const encodeMember = ({ address, name }: Member): string => JSON.stringify([address, name])
/** What is no person is nobody: what they said is still worth reading. */
export const decodeMember = (text: string | null): Member => {
  let read: unknown = null
  try {
    read = JSON.parse(text ?? 'null')
  } catch {
    // JSON that is none: see `decodeLine`.
  }
  const [address, name]: unknown[] = Array.isArray(read) ? read : []
  return { address: typeof address === 'string' ? address : null, name: typeof name === 'string' ? name : null }
}

export const encodeLine = (line: Line): LineRow => {
  const { id, at } = line
  const row = { id, at: Math.round(at), kind: codeOfKind(line.kind), state: OTHERS }
  switch (line.kind) {
    case 'said': {
      const state = line.own ? codeOfState(line.state) : line.mention ? MENTION : OTHERS
      const more = line.failure === null ? null : JSON.stringify({ failure: line.failure })
      return { ...row, who: encodeMember(line.from), state, text: line.text, more }
    }
    case 'joined':
      return { ...row, who: encodeMember(line.member), text: null, more: line.own ? '{"own":true}' : null }
    case 'left':
      return { ...row, who: encodeMember(line.member), text: null, more: JSON.stringify({ reason: line.reason }) }
    case 'renamed':
      return {
        ...row,
        who: encodeMember(line.member),
        text: null,
        more: JSON.stringify({ was: line.was, own: line.own })
      }
    case 'line':
      return { ...row, who: null, text: line.text, more: null }
    case 'listed':
      return {
        ...row,
        who: null,
        text: null,
        more: JSON.stringify({ members: line.members, complete: line.complete })
      }
    case 'refused':
      return { ...row, who: null, text: line.text, more: JSON.stringify({ command: line.command, code: line.code }) }
    case 'kicked':
      return { ...row, who: null, text: line.text, more: JSON.stringify({ reason: line.reason }) }
    case 'connected':
      return {
        ...row,
        who: null,
        text: null,
        more: line.again || line.away ? JSON.stringify({ again: line.again, away: line.away }) : null
      }
    case 'disconnected':
      return { ...row, who: null, text: null, more: JSON.stringify({ reason: line.reason }) }
  }
}

/** Null: a kind of a newer program, or a row that is broken; the lines around it are still worth reading. */
export const decodeLine = (row: LineRow): Line | null => {
  const kind = KINDS[row.kind - 1]
  if (kind === undefined) return null
  const { id, at } = row
  const text = row.text ?? ''
  try {
    // What `encodeLine` wrote: our own file, of this schema version.
    const more = JSON.parse(row.more ?? '{}')
    switch (kind) {
      case 'said': {
        const state = STATES[row.state - 1]
        return {
          id,
          at,
          kind,
          from: decodeMember(row.who),
          text,
          own: state !== undefined,
          state: state ?? 'delivered',
          failure: more.failure ?? null,
          mention: row.state === MENTION
        }
      }
      case 'joined':
        return { id, at, kind, member: decodeMember(row.who), own: more.own === true }
      case 'left':
        return { id, at, kind, member: decodeMember(row.who), reason: more.reason }
      case 'renamed':
        return { id, at, kind, member: decodeMember(row.who), was: more.was, own: more.own }
      case 'line':
        return { id, at, kind, text }
      case 'listed':
        return { id, at, kind, members: more.members, complete: more.complete }
      case 'refused':
        return { id, at, kind, command: more.command, code: more.code, text }
      case 'kicked':
        return { id, at, kind, reason: more.reason, text }
      case 'connected':
        return { id, at, kind, again: more.again === true, ...(more.away === undefined ? {} : { away: more.away }) }
      case 'disconnected':
        return { id, at, kind, reason: more.reason }
    }
  } catch {
    // JSON that is none: a page of the file went bad in a way SQLite cannot see.
    return null
  }
}
