import { useEffect, useRef, useState } from 'react'
import type { FormEvent } from 'react'
import type { Room } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Button } from '../parts/button.tsx'
import { useDraft } from '../parts/draft.ts'
import { TextField } from '../parts/field.tsx'
import { send, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import styles from './settings.module.css'

/** After the last key. Long enough to think in the middle of a name: every room is told of a new one. */
const SETTLE_MS = 1500

const MyName = () => {
  const t = useWords('frame')
  const name = useApp((state) => state.preferences.name)
  const [draft, setDraft] = useDraft(name)
  const wanted = draft.trim()
  useEffect(() => {
    if (wanted === name) return undefined
    const timer = setTimeout(() => void perform({ type: 'changeSettings', change: { name: wanted } }), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [wanted, name])
  const now = (): void => {
    if (wanted !== name) void perform({ type: 'changeSettings', change: { name: wanted } })
  }
  // Closing the dialog is an answer too, and comes without leaving the field.
  const last = useRef(now)
  useEffect(() => {
    last.current = now
  })
  useEffect(() => () => last.current(), [])
  return (
    <TextField
      label={t('settings.name')}
      hint={t('settings.nameHint')}
      value={draft}
      maxLength={200}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={now}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) now()
      }}
    />
  )
}

/** My name in one room: the server decides, and its answer stands at the field. */
const RoomName = ({ room }: { room: Room }) => {
  const t = useWords('frame')
  const terms = useWords('terms')
  const current = room.self?.name ?? ''
  const [draft, setDraft] = useDraft(current)
  /** What was asked for here; older answers are not shown again. */
  const [asked, setAsked] = useState<string | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)

  const { renaming } = room
  const answered = renaming.state !== 'idle' && renaming.name === asked ? renaming : null
  const connected = room.status.state === 'connected'
  const why = connected ? (room.capabilities.rename ? null : t('settings.renameImpossible')) : t('settings.renameAway')

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const name = draft.trim()
    setTrouble(name === '' ? t('settings.renameMissing') : null)
    if (name === '' || why !== null) return
    setAsked(name)
    try {
      const outcome = await send({ type: 'rename', room: room.id, name })
      if (!outcome.ok) setTrouble(terms(`outcome.${outcome.code}`))
    } catch {
      // The carrier is gone: the name stays in the field.
      setTrouble(t('carrier.lost'))
    }
  }

  const refusal =
    answered?.state === 'refused'
      ? answered.text === ''
        ? t('settings.renameRefused', { reason: terms(`refusal.${answered.code}`) })
        : t('settings.renameRefusedText', { reason: terms(`refusal.${answered.code}`), text: answered.text })
      : undefined
  return (
    <form className={styles['rename']} onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label={room.title}
        aria-label={t('settings.renameField', { room: room.title })}
        value={draft}
        maxLength={200}
        disabled={why !== null}
        hint={why ?? (answered?.state === 'waiting' ? t('settings.renameWaiting') : undefined)}
        problem={trouble ?? refusal}
        success={answered?.state === 'accepted' ? t('settings.renameAccepted', { name: answered.name }) : undefined}
        onChange={(event) => {
          setDraft(event.target.value)
          setTrouble(null)
        }}
        after={
          <Button type="submit" disabled={why !== null || draft.trim() === current || answered?.state === 'waiting'}>
            {t('settings.rename')}
          </Button>
        }
      />
    </form>
  )
}

/** Who I am, in general and in each room. */
export const ProfilePage = () => {
  const t = useWords('frame')
  const rooms = useApp((state) => state.rooms)
  const open = rooms.filter((room) => room.open)
  return (
    <>
      <MyName />
      <section aria-labelledby="settings-renames" className={styles['section']}>
        <h3 id="settings-renames" className={styles['heading']}>
          {t('settings.renames')}
        </h3>
        {open.length === 0 && <p className={styles['soft']}>{t('settings.renamesNone')}</p>}
        {open.map((room) => (
          <RoomName key={room.id} room={room} />
        ))}
      </section>
    </>
  )
}
