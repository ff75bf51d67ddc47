import { useCallback, useEffect, useRef } from 'react'
import type { ConversationId, LineId } from '../../shared/state.ts'
import { readFrom } from '../store.ts'

/** The place is told so often, not with each row that goes by: it is written to the disk. */
const PLACE_PAUSE_MS = 500

interface PlaceInput {
  conversation: ConversationId
  /** The line at the top of what is read; null: one stands at the end. */
  line: LineId | null
  /** One is where one wants to be, not on the way there. */
  isThere: boolean
}

/**
 * Tells where one reads, for the next start. The end that is shown before the place of the last time is found is nobody's
 * wish. Answers what to call when the person goes somewhere: from then on the end is one, too.
 */
export const usePlace = ({ conversation, line, isThere }: PlaceInput): (() => void) => {
  const chosen = useRef(false)
  const latest = useRef<LineId | null>(line)
  const telling = useRef<ReturnType<typeof setTimeout> | null>(null)
  useEffect(() => {
    if (!isThere) return
    if (line !== null) chosen.current = true
    if (!chosen.current) return
    latest.current = line
    telling.current ??= setTimeout(() => {
      telling.current = null
      readFrom(conversation, latest.current)
    }, PLACE_PAUSE_MS)
  })
  useEffect(
    () => () => {
      if (telling.current !== null) clearTimeout(telling.current)
      telling.current = null
    },
    []
  )
  return useCallback(() => {
    chosen.current = true
  }, [])
}
