import { useEffect, useRef, useState } from 'react'
import type { Line, LineId } from '../../shared/state.ts'
import { useWords } from '../words.ts'
import type { SaidLine } from './rows.ts'
import { showable, shownLabel } from './showable.ts'

/** Messages are gathered so long before they are read out: a conversation, not a stutter. */
const GATHER_MS = 600
/** More than this at once is a flood: only their number is read. */
const READ_AT_MOST = 3
const READ_CHARACTERS = 240

const incoming = (lines: readonly Line[], after: LineId, ignored: (line: SaidLine) => boolean): SaidLine[] => {
  const found: SaidLine[] = []
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]
    if (!line || line.id <= after) break
    if (line.kind === 'said' && !line.own && !ignored(line)) found.unshift(line)
  }
  return found
}

interface AnnouncerProps {
  lines: readonly Line[]
  ignored: (line: SaidLine) => boolean
}

/** Reads out what comes in. The list itself is silent: scrolling through it must not be read as news. */
export const Announcer = ({ lines, ignored }: AnnouncerProps) => {
  const t = useWords('conversation')
  const [spoken, setSpoken] = useState('')
  const newest = lines.at(-1)?.id ?? 0
  const heard = useRef(newest)
  useEffect(() => {
    if (newest <= heard.current) return undefined
    const timer = setTimeout(() => {
      const fresh = incoming(lines, heard.current, ignored)
      heard.current = newest
      if (fresh.length === 0) return
      setSpoken(
        fresh.length > READ_AT_MOST
          ? t('log.incomingMany', { count: fresh.length })
          : fresh
              .map((line) =>
                t('log.incoming', {
                  name: shownLabel(line.from),
                  text: showable(line.text.slice(0, READ_CHARACTERS)).toWellFormed()
                })
              )
              .join('\n')
      )
    }, GATHER_MS)
    return () => clearTimeout(timer)
  }, [lines, newest, ignored, t])
  return (
    <div className="unseen" role="status" aria-live="polite">
      {spoken}
    </div>
  )
}
