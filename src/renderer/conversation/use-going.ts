import type { Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useLayoutEffect, useRef } from 'react'
import type { LineId } from '../../shared/state.ts'
import type { Row } from './rows.ts'
import { newestOf } from './rows.ts'

type Align = 'start' | 'center' | 'auto'

/** Drawn so often at its place, a row stays there: one more than the list itself wants to see. */
const STANDING_FRAMES = 3
/** As long as the list itself tries. */
const GOING_MS = 5000
/** Places are told in whole pixels by some screens. */
const NEAR_PX = 1.5

interface GoingInput {
  rows: readonly Row[]
  virtual: Virtualizer<HTMLDivElement, Element>
}

export interface Going {
  /** Brings a row into sight, and keeps to that row until it stands, whatever comes above it meanwhile. */
  goTo: (index: number, align: Align) => void
  /** The person, or something else, wants another place. */
  stop: () => void
}

interface Goal {
  line: LineId
  index: number
  align: Align
  frame: number
}

/** The row that shows a line or, where it is hidden, what comes next; -1 where there are no rows. */
export const rowOfLine = (rows: readonly Row[], line: LineId): number => {
  const at = rows.findIndex((row) => newestOf(row) >= line)
  return at < 0 ? rows.length - 1 : at
}

/**
 * The list goes to a place by its number, and draws some frames until it is there. A page that comes above it meanwhile
 * gives that number to another row, far up: the list would go there, which asks for the next page, and so on.
 */
export const useGoing = ({ rows, virtual }: GoingInput): Going => {
  const goal = useRef<Goal | null>(null)
  const now = useRef(rows)

  const stop = useCallback((): void => {
    if (goal.current !== null) cancelAnimationFrame(goal.current.frame)
    goal.current = null
  }, [])

  const goTo = useCallback(
    (index: number, align: Align): void => {
      stop()
      const row = now.current[index]
      if (row === undefined) return
      const began = performance.now()
      let stood = 0
      const wanted: Goal = { line: newestOf(row), index, align, frame: 0 }
      const look = (): void => {
        const place = virtual.getOffsetForIndex(wanted.index, wanted.align)?.[0]
        const off = Math.abs((place ?? 0) - (virtual.scrollOffset ?? 0))
        stood = off < NEAR_PX ? stood + 1 : 0
        if (stood >= STANDING_FRAMES || performance.now() - began > GOING_MS) goal.current = null
        else wanted.frame = requestAnimationFrame(look)
      }
      goal.current = wanted
      wanted.frame = requestAnimationFrame(look)
      virtual.scrollToIndex(index, { align })
    },
    [virtual, stop]
  )

  // Before what goes somewhere else: they know the rows as they are now.
  useLayoutEffect(() => {
    now.current = rows
    const wanted = goal.current
    if (wanted === null) return
    const index = rowOfLine(rows, wanted.line)
    if (index < 0 || index === wanted.index) return
    wanted.index = index
    virtual.scrollToIndex(index, { align: wanted.align })
  }, [rows, virtual])

  useLayoutEffect(() => stop, [stop])
  return { goTo, stop }
}
