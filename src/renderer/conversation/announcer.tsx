import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Line, LineId } from '../../shared/state.ts'
import { useWords } from '../words.ts'
import { makeFates, useFailure } from './fates.ts'
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
const beginningOf = ({ text }: SaidLine): string => showable(text.slice(0, READ_CHARACTERS)).toWellFormed()

interface AnnouncerProps {
  lines: readonly Line[]
  ignored: (line: SaidLine) => boolean
}

/**
 * Reads out what comes in, and which own messages did not arrive. The list itself is silent: scrolling through it must
 * not be read as news.
 */
export const Announcer = ({ lines, ignored }: AnnouncerProps) => {
  const t = useWords('conversation')
  const reasonOf = useFailure()
  const [spoken, setSpoken] = useState({ nth: 0, text: '' })
  const newest = lines.at(-1)?.id ?? 0
  const heard = useRef(newest)
  const [fates] = useState(makeFates)
  const troubled = useRef<SaidLine[]>([])
  const gathering = useRef<ReturnType<typeof setTimeout> | null>(null)

  const speak = useEffectEvent((): void => {
    const trouble = troubled.current
    troubled.current = []
    const fresh = incoming(lines, heard.current, ignored)
    heard.current = newest
    if (fresh.length === 0 && trouble.length === 0) return
    const bad =
      trouble.length > READ_AT_MOST
        ? [t('log.ownTrouble', { count: trouble.length })]
        : trouble.map((line) =>
            line.state === 'failed'
              ? t('log.ownFailed', { text: beginningOf(line), reason: reasonOf(line) })
              : t('log.ownUnconfirmed', { text: beginningOf(line) })
          )
    const news =
      fresh.length > READ_AT_MOST
        ? [t('log.incomingMany', { count: fresh.length })]
        : fresh.map((line) => t('log.incoming', { name: shownLabel(line.from), text: beginningOf(line) }))
    setSpoken(({ nth }) => ({ nth: nth + 1, text: [...bad, ...news].join('\n') }))
  })
  useEffect(() => {
    troubled.current.push(...fates.look(lines))
    if (newest <= heard.current && troubled.current.length === 0) return
    // Begun by the first and not put off by the next: a talk without a pause is read out too.
    gathering.current ??= setTimeout(() => {
      gathering.current = null
      speak()
    }, GATHER_MS)
  }, [lines, newest, fates])
  useEffect(
    () => () => {
      if (gathering.current !== null) clearTimeout(gathering.current)
      gathering.current = null
    },
    []
  )
  return (
    <div className="unseen" role="status" aria-live="polite">
      {/* Another one each time: what is said twice is read out twice. */}
      <span key={spoken.nth}>{spoken.text}</span>
    </div>
  )
}
