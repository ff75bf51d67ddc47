import { useLayoutEffect, useState } from 'react'
import type { RefObject } from 'react'

/** Whether there is more in an element than it shows: then the keyboard must get into it, to scroll. */
export const useScrolls = (ref: RefObject<HTMLElement | null>): boolean => {
  const [scrolls, setScrolls] = useState(false)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return undefined
    const look = (): void => setScrolls(element.scrollHeight > element.clientHeight)
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return scrolls
}
