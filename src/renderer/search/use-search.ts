import { useCallback, useEffect, useRef, useState } from 'react'
import { asksNothing, parseSearch } from '../../shared/search.ts'
import type { Hit } from '../../shared/search.ts'
import type { ConversationId, LineId } from '../../shared/state.ts'
import { ask } from '../store.ts'

/** Typing pauses so long before it is looked for: not each letter, and no wait one would notice. */
const PAUSE_MS = 120
/** Hits asked for at once: a screen and a half. */
const HITS_AT_ONCE = 50
/** So many are there before older ones are asked for by scrolling only. */
const SCREENFUL = 20
/** More hits nobody walks through: another word tells them apart. */
export const MAX_HITS = 1000

export type SearchState =
  /** Nothing that could be looked for was typed. */
  | 'idle'
  /** Nothing is known yet. */
  | 'searching'
  | 'found'
  /** `reason`: the system's own word, or empty. */
  | 'unavailable'

export interface Found {
  state: SearchState
  hits: Hit[]
  /** Older ones are looked for at this moment. */
  busy: boolean
  /** There are more than these. */
  more: boolean
  /** They are what was typed last, not what was found before it. */
  fresh: boolean
  reason: string
}

const IDLE: Found = { state: 'idle', hits: [], busy: false, more: false, fresh: true, reason: '' }
const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** One field asks under one name: its next question makes the one before superfluous. Several tabs share the app. */
const makeAsker = (): string => `panel-${Math.random().toString(36).slice(2)}`

/**
 * Looks for what is typed, in a conversation or everywhere (null). Answers to what is not asked any more are dropped.
 * `older` asks for more; `again` asks once more after trouble.
 */
export const useSearch = (
  text: string,
  conversation: ConversationId | null
): Found & { older: () => void; again: () => void } => {
  const [asker] = useState(makeAsker)
  const [found, setFound] = useState<Found>(IDLE)
  const key = `${conversation ?? ''} ${text}`
  const [last, setLast] = useState(key)
  if (last !== key) {
    setLast(key)
    setFound({ ...found, fresh: false })
  }
  /** The question whose answer counts, and where its next page begins. */
  const current = useRef<{ next: LineId | null; hits: Hit[]; busy: boolean } | null>(null)

  const fetchFrom = useCallback(
    async (mine: { next: LineId | null; hits: Hit[]; busy: boolean }, wanted: number): Promise<void> => {
      const stale = (): boolean => current.current !== mine
      mine.busy = true
      let before = mine.next
      try {
        do {
          // One page after the other: each begins where the one before ended.
          const answer = await ask({
            type: 'search',
            text,
            conversation,
            before,
            limit: HITS_AT_ONCE,
            timeZone: timeZone(),
            asker
          })
          if (stale() || answer.state === 'superseded') return
          if (answer.state === 'nothing-asked') {
            setFound(IDLE)
            return
          }
          if (answer.state === 'unavailable') {
            setFound({ ...IDLE, state: 'unavailable', reason: answer.reason })
            return
          }
          mine.hits = [...mine.hits, ...answer.hits].slice(0, MAX_HITS)
          before = answer.next
          mine.next = before
          const busy = before !== null && mine.hits.length < wanted
          setFound({ state: 'found', hits: mine.hits, busy, more: before !== null, fresh: true, reason: '' })
        } while (before !== null && mine.hits.length < wanted)
      } catch (error) {
        // The carrier is gone; its own bar says so.
        console.warn('The search was not answered', error)
        if (!stale()) setFound({ ...IDLE, state: 'unavailable' })
      } finally {
        mine.busy = false
      }
    },
    [text, conversation, asker]
  )

  const begin = useCallback((): void => {
    const mine = { next: null, hits: [], busy: false }
    current.current = mine
    // What was found for the words before stays until there is an answer: a list that flickers cannot be read.
    setFound((now) => ({ ...now, state: now.hits.length > 0 ? now.state : 'searching', busy: true }))
    void fetchFrom(mine, SCREENFUL)
  }, [fetchFrom])

  const empty = asksNothing(parseSearch(text))
  useEffect(() => {
    current.current = null
    if (empty) return undefined
    const timer = setTimeout(begin, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [empty, begin])

  const older = useCallback((): void => {
    const mine = current.current
    if (mine === null || mine.busy || mine.next === null || mine.hits.length >= MAX_HITS) return
    setFound((now) => ({ ...now, busy: true }))
    void fetchFrom(mine, mine.hits.length + SCREENFUL)
  }, [fetchFrom])
  return { ...(empty ? IDLE : found), older, again: begin }
}
