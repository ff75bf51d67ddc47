import { useEffect, useState } from 'react'
import { memberKey } from '../../shared/events.ts'
import type { Conversation, Line, LineId } from '../../shared/state.ts'
import { isForReading } from '../../shared/state.ts'

const MINUTE_MS = 60_000

const startOfToday = (): number => new Date().setHours(0, 0, 0, 0)

/** The start of today; changes once a day, so that "Today" becomes "Yesterday" in a window left open. */
export const useToday = (): number => {
  const [today, setToday] = useState(startOfToday)
  useEffect(() => {
    const timer = setInterval(() => setToday(startOfToday()), MINUTE_MS)
    return () => clearInterval(timer)
  }, [])
  return today
}

/**
 * Where the unread marker stands. It is set when the person comes (back) to something new, and stays while they read;
 * otherwise it would run away from the reader.
 */
export const useMarker = (conversation: Conversation, newest: LineId, inFront: boolean): LineId => {
  const [marker, setMarker] = useState(conversation.unread > 0 ? conversation.readUpTo : 0)
  const [was, setWas] = useState(inFront)
  if (was !== inFront) {
    setWas(inFront)
    // Who read further up has not seen what came meanwhile, with the window in front or not.
    if (!inFront) setMarker(conversation.unread === 0 ? newest : marker > 0 ? marker : conversation.readUpTo)
    else if (conversation.unread === 0) setMarker(0)
  }
  return marker
}

/** New messages of others behind a line. */
export const countNew = (lines: readonly Line[], after: LineId, ignored: ReadonlySet<string>): number => {
  let count = 0
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]
    if (!line || line.id <= after) break
    if (isForReading(line) && !(line.kind === 'said' && ignored.has(memberKey(line.from)))) count++
  }
  return count
}
