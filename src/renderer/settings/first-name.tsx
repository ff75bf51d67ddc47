import { useState } from 'react'
import type { ReactNode } from 'react'
import { TextField } from '../parts/field.tsx'
import { send, useApp } from '../store.ts'
import { useWords } from '../words.ts'

interface FirstName {
  /** Null once I have a name: it is asked for until then, where it is first needed. */
  field: ReactNode
  /** Keeps what was entered; nothing is a fine answer. Rejects when the carrier is gone. */
  keep: () => Promise<void>
}

/** Asks for my name on the way into a room, so that nobody has to sit there as an address. */
export const useFirstName = (): FirstName => {
  const t = useWords('frame')
  const known = useApp((state) => state.preferences.name)
  // Asked to the end, also when the name arrives while the dialog is open.
  const [asking] = useState(known === '')
  const [draft, setDraft] = useState('')
  const wanted = draft.trim()
  return {
    field: asking ? (
      <TextField
        label={t('settings.name')}
        hint={t('settings.nameHint')}
        value={draft}
        maxLength={200}
        onChange={(event) => setDraft(event.target.value)}
      />
    ) : null,
    keep: async () => {
      if (asking && wanted !== '' && wanted !== known) await send({ type: 'changeSettings', change: { name: wanted } })
    }
  }
}
