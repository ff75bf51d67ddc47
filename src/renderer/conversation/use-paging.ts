import type { Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ConversationId, Timeline } from '../../shared/state.ts'
import type { Visit } from './visit.ts'
import { loadLater, loadOlder } from './visiting.ts'

/** Rows from the edge at which the next page is fetched: before the person gets there. */
const FETCH_WITHIN_ROWS = 25
/** And never further from the edge than this. */
const NEAR_SCREENS = 2

type Side = 'older' | 'later'

export interface Paging {
  /** Older lines are on their way. */
  fetching: boolean
  /** Where the disk could not be read; it is not asked again by itself. */
  failed: Side | null
  tryAgain: () => void
}

interface PagingInput {
  conversation: ConversationId
  shown: Timeline
  visit: Visit | null
  rows: number
  virtual: Virtualizer<HTMLDivElement, Element>
}

/** Fetches what comes next as the person reads on, upwards without end and downwards to the live end. */
export const usePaging = ({ conversation, shown, visit, rows, virtual }: PagingInput): Paging => {
  const [outcome, setOutcome] = useState<{ failed: Side | null }>({ failed: null })
  const busy = useRef(false)
  const { range } = virtual

  const near = (virtual.scrollRect?.height ?? 0) * NEAR_SCREENS
  const offset = virtual.scrollOffset ?? 0
  const fewAbove = rows === 0 || (range !== null && range.startIndex < FETCH_WITHIN_ROWS && offset <= near)
  const below = virtual.getTotalSize() - offset - (virtual.scrollRect?.height ?? 0)
  const fewBelow = range !== null && range.endIndex >= rows - FETCH_WITHIN_ROWS && below <= near
  const wantsOlder = !shown.whole && fewAbove && outcome.failed !== 'older'
  const wantsLater = visit !== null && !visit.joined && fewBelow && outcome.failed !== 'later'

  // Each time something was drawn: also when a page is there and the person is still at the edge.
  useEffect(() => {
    const element = virtual.scrollElement
    if (busy.current || !element) return
    // What was drawn first is drawn at the top, on its way to the end: asked is the element itself.
    const older = wantsOlder && element.scrollTop <= near
    if (!older && !wantsLater) return
    busy.current = true
    const page = older
      ? loadOlder(conversation, shown.lines[0]?.id ?? null)
      : visit === null || loadLater(conversation, visit)
    Promise.resolve(page)
      .catch((error: unknown) => {
        console.warn('A page of the conversation did not come', error)
        return false
      })
      .then((came) => {
        busy.current = false
        // Also where nothing is new: the other edge may have waited.
        return setOutcome({ failed: came ? null : older ? 'older' : 'later' })
      })
      .catch(() => undefined)
  })

  const tryAgain = useCallback(() => setOutcome({ failed: null }), [])
  return { fetching: wantsOlder, failed: outcome.failed, tryAgain }
}

/** Forgets how high rows were that are not held any more: one who reads a year must not remember its heights. */
export const useForgetting = (virtual: Virtualizer<HTMLDivElement, Element>, keys: readonly { key: string }[]): void =>
  useEffect(() => {
    if (virtual.itemSizeCache.size < keys.length * 2 + KEPT_HEIGHTS) return
    const held = new Set<unknown>(keys.map(({ key }) => key))
    for (const key of virtual.itemSizeCache.keys()) if (!held.has(key)) virtual.itemSizeCache.delete(key)
  }, [virtual, keys])
const KEPT_HEIGHTS = 2000
