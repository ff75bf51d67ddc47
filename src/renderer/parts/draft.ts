import { useState } from 'react'

/** A text the person edits, which follows the app's value whenever that changes. */
export const useDraft = (value: string): [string, (text: string) => void] => {
  const [draft, setDraft] = useState(value)
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    // A blank just typed at the end is not taken away: more may follow it.
    if (draft.trim() !== value) setDraft(value)
  }
  return [draft, setDraft]
}
