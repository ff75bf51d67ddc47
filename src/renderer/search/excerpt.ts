import type { Mark } from '../../shared/search.ts'

/** A part of a text as it is shown in a hit. `at` tells one from the other. */
export interface Piece {
  text: string
  marked: boolean
  at: number
}

/** What stands before the first thing found: enough to know what it is about. */
const BEFORE_CHARACTERS = 40
/** Three lines of the panel. */
const SHOWN_CHARACTERS = 220

/** Never between the halves of a character. */
const whole = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ')

/** The part of a text around what was found in it, in one line; what was left out is told by an ellipsis. */
export const excerptOf = (text: string, marks: readonly Mark[]): Piece[] => {
  const first = marks[0]?.[0] ?? 0
  const from = first > BEFORE_CHARACTERS * 1.5 ? whole(text, first - BEFORE_CHARACTERS) : 0
  const to = from + SHOWN_CHARACTERS >= text.length ? text.length : whole(text, from + SHOWN_CHARACTERS)
  const pieces: Piece[] = []
  const add = (start: number, end: number, marked: boolean): void => {
    const cut = oneLine(text.slice(Math.max(start, from), Math.min(end, to)))
    if (cut !== '') pieces.push({ text: cut, marked, at: start })
  }
  if (from > 0) pieces.push({ text: '…', marked: false, at: -1 })
  let at = from
  for (const [start, end] of marks) {
    if (start >= to) break
    add(at, start, false)
    add(start, end, true)
    at = Math.max(at, end)
  }
  add(at, to, false)
  if (to < text.length) pieces.push({ text: '…', marked: false, at: text.length })
  return pieces
}
