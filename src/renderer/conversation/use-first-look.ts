import type { Virtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Going } from './use-going.ts'

interface FirstLookInput {
  /** How many there are. */
  rows: number
  /** Where one wants to begin, among them; -1: at the end. */
  begin: number
  /** Where one wants to begin is further up than what is in hand. */
  isFar: boolean
  /** Something was jumped to: that is where one wants to be. */
  isJump: boolean
  goTo: Going['goTo']
  /** Fetches what is far, and goes there. */
  goFar: () => Promise<void>
  virtual: Virtualizer<HTMLDivElement, Element>
}

/**
 * The first look: where one read last, at what is new, else at the end. Answers whether it is still on its way to what
 * is far: until then nobody has seen the end, although it is shown.
 */
export const useFirstLook = ({ rows, begin, isFar, isJump, goTo, goFar, virtual }: FirstLookInput): boolean => {
  const opened = useRef(false)
  useLayoutEffect(
    () => () => {
      // Mounted again, the list begins at its top again.
      opened.current = false
    },
    [opened]
  )
  useLayoutEffect(() => {
    if (opened.current && rows > 0) return
    // What was cleared begins again, too.
    opened.current = rows > 0
    if (rows === 0) return
    if (isJump) return
    if (begin >= 0) goTo(begin, 'start')
    else virtual.scrollToEnd()
  }, [rows, begin, isJump, goTo, virtual])

  const [onItsWay, setOnItsWay] = useState(isFar && !isJump)
  const asked = useRef(false)
  useEffect(() => {
    if (!onItsWay || asked.current) return
    asked.current = true
    void goFar().then(() => setOnItsWay(false))
  })
  return onItsWay
}
