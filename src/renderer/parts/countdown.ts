import { useEffect, useState } from 'react'

const SECOND_MS = 1000

/** Whole seconds until a moment of the wall clock, counting down to 0; null where nothing is awaited. */
export const useSecondsUntil = (moment: number | null): number | null => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (moment === null) return undefined
    const tick = (): void => setNow(Date.now())
    const soon = setTimeout(tick)
    const timer = setInterval(tick, SECOND_MS)
    return () => {
      clearTimeout(soon)
      clearInterval(timer)
    }
  }, [moment])
  return moment === null ? null : Math.max(0, Math.ceil((moment - now) / SECOND_MS))
}
