import { useMemo, useState } from 'react'
import type { Member } from '../../shared/events.ts'
import type { Completion, Suggestion } from './completion.ts'
import { completionAt } from './completion.ts'

/** The list of suggestions as the composer steers it. */
export interface Completing {
  /** Null: the list is not there. */
  shown: Completion | null
  selected: number
  choice: Suggestion | undefined
  select(index: number): void
  /** Until the text changes. */
  dismiss(): void
}

export const useCompletion = (text: string, caret: number, people: readonly Member[]): Completing => {
  const [dismissed, setDismissed] = useState<string | null>(null)
  const [place, setPlace] = useState({ text: '', caret: 0, index: 0 })
  const found = useMemo(() => completionAt(text, caret, people), [text, caret, people])
  const shown = dismissed === text ? null : found
  // A choice made with the arrow keys holds only for the text it was made on.
  const kept = place.text === text && place.caret === caret ? place.index : 0
  const selected = shown ? Math.min(kept, shown.items.length - 1) : 0
  return {
    shown,
    selected,
    choice: shown?.items[selected],
    select: (index) => {
      const count = shown?.items.length ?? 1
      setPlace({ text, caret, index: (index + count) % count })
    },
    dismiss: () => setDismissed(text)
  }
}
