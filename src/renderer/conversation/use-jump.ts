import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'
import type { Language } from '../../shared/settings.ts'
import type { Line, LineId } from '../../shared/state.ts'
import type { Row } from './rows.ts'
import { newestOf } from './rows.ts'
import { useView } from '../store.ts'
import { showable, shownLabel } from './showable.ts'
import { fullTime } from './times.ts'
import { rowOfLine } from './use-going.ts'
import type { Going } from './use-going.ts'
import type { Target } from './visit.ts'

/** How long a line that was jumped to is marked: long enough to be found, short enough not to be taken for a state. */
const LIT_MS = 2600
/** A row higher than this part of the window is shown from its top: its middle would hide its beginning. */
const TALL = 0.8

/** A line read out is heard, not read: its beginning tells which one it is. */
const READ_CHARACTERS = 240

interface JumpInput {
  target: Target | null
  rows: readonly Row[]
  goTo: Going['goTo']
  scroller: RefObject<HTMLDivElement | null>
  /** The row reached is the one in the tab order, by its key. */
  reach: (key: string) => void
}

/** Goes to what was jumped to. Answers with the key of the row that is marked for it. */
export const useJump = ({ target, rows, goTo, scroller, reach }: JumpInput): string | null => {
  const [lit, setLit] = useState<string | null>(null)
  // A dialog keeps the keyboard for as long as it is open.
  const behindDialog = useView((view) => view.dialog !== null)
  const scrolled = useRef(0)
  const landed = useRef(0)
  useLayoutEffect(
    () => () => {
      // Mounted again, the list begins at its top again.
      scrolled.current = 0
    },
    [scrolled]
  )

  useLayoutEffect(() => {
    const index = target === null ? -1 : rowOfLine(rows, target.line)
    const row = rows[index]
    if (target === null || row === undefined || scrolled.current === target.nth) return
    scrolled.current = target.nth
    setLit(target.unasked ? null : row.key)
    reach(row.key)
    goTo(index, target.at === 'top' ? 'start' : 'center')
  }, [target, rows, goTo, reach])

  const nth = target?.nth ?? 0
  useEffect(() => {
    if (nth === 0) return undefined
    const timer = setTimeout(() => setLit(null), LIT_MS)
    return () => clearTimeout(timer)
  }, [nth])

  // Each time something was drawn: the row comes when the list has got there.
  useEffect(() => {
    const element = lit === null ? null : scroller.current?.querySelector<HTMLElement>(`[data-key="${lit}"]`)
    if (!element || target === null || landed.current === target.nth || behindDialog) return
    landed.current = target.nth
    if (target.focus) element.focus({ preventScroll: true })
    if (element.offsetHeight > (scroller.current?.clientHeight ?? 0) * TALL)
      goTo(Number(element.dataset['index']), 'start')
  })
  return lit
}

interface PlaceInput {
  lines: readonly Line[]
  rows: readonly Row[]
  firstShown: number
  goTo: Going['goTo']
  /** Counts the jumps: after one, another place is wanted. */
  elsewhere: number
}

/**
 * Keeps the place where the list itself cannot: a row it read by may be gone, because its lines are shown with others
 * in one row now.
 */
export const useSamePlace = ({ lines, rows, firstShown, goTo, elsewhere }: PlaceInput): void => {
  const before = useRef<{ key: string; line: LineId; elsewhere: number } | null>(null)
  useLayoutEffect(() => {
    const was = before.current
    if (was !== null && was.elsewhere === elsewhere && rows.every((row) => row.key !== was.key)) {
      const held = was.line >= (lines[0]?.id ?? 0) && was.line <= (lines.at(-1)?.id ?? 0)
      if (held) goTo(rowOfLine(rows, was.line), 'start')
    }
    // Only what the rows are matters here, not where the person scrolls.
  }, [rows, lines, goTo, elsewhere])
  useEffect(() => {
    const row = rows[firstShown]
    before.current = row === undefined ? null : { key: row.key, line: newestOf(row), elsewhere }
  })
}

/** What is read out for a row that was jumped to. */
export const wordsOfRow = (row: Row, language: Language): { when: string; text: string } => {
  const { line } = row.kind === 'presence' ? { line: row.lines[0] } : row
  const when = line === undefined ? '' : fullTime(line.at, language)
  switch (row.kind) {
    case 'message':
      return { when, text: `${shownLabel(row.line.from)}: ${showable(row.line.text.slice(0, READ_CHARACTERS))}` }
    case 'free':
      return { when, text: showable(row.line.text.slice(0, READ_CHARACTERS)) }
    case 'presence':
    case 'arrival':
    case 'note':
      return { when, text: '' }
  }
}
