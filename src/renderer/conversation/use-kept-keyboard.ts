import { useLayoutEffect, useRef } from 'react'
import type { FocusEvent, RefObject } from 'react'

/** A row that is gone to is drawn within a few frames. */
const DRAWN_FRAMES = 10

interface KeptKeyboard {
  /** Of the list. */
  onFocus: () => void
  onBlur: (event: FocusEvent<HTMLElement>) => void
  /** The keyboard goes to the list itself, which has the keys of its rows. */
  keep: () => void
  /** The keyboard goes to a row, as soon as it is drawn. */
  toRow: (key: string) => void
}

/**
 * Keeps the keyboard in the list: the row it is on goes away when it is scrolled out of sight, and others are shown
 * after a jump. Without this it would be nowhere, and no key would scroll.
 */
export const useKeptKeyboard = (scroller: RefObject<HTMLElement | null>): KeptKeyboard => {
  const inside = useRef(false)
  const wanted = useRef<string | null>(null)
  const keep = (): void => scroller.current?.focus({ preventScroll: true })
  const toRow = (key: string): void => {
    wanted.current = key
    let frames = DRAWN_FRAMES
    const look = (): void => {
      if (wanted.current !== key) return
      const row = scroller.current?.querySelector<HTMLElement>(`[data-key="${key}"]`)
      frames -= 1
      if (row) row.focus({ preventScroll: true })
      else if (frames > 0) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }
  // Each time something was drawn. What is taken out of the page tells nobody that it had the keyboard.
  useLayoutEffect(() => {
    if (inside.current && document.activeElement === document.body) keep()
  })
  const onFocus = (): void => {
    inside.current = true
  }
  const onBlur = (event: FocusEvent<HTMLElement>): void => {
    wanted.current = null
    inside.current = event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)
  }
  return { onFocus, onBlur, keep, toRow }
}
