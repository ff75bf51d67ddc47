import { useId, useRef, useState } from 'react'
import type { FormEvent } from 'react'
import type { Room } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { TextField } from '../parts/field.tsx'
import { closeDialog } from '../store.ts'
import { useWords } from '../words.ts'
import { RoomForm } from './room-form.tsx'

/** Asks before going out, or before everything saved about a room is removed. */
export const PartingDialog = ({ room, how }: { room: Room; how: 'leave' | 'forget' }) => {
  const t = useWords('frame')
  const cancel = useRef<HTMLButtonElement>(null)
  return (
    <Dialog
      asks
      width="s"
      title={t(`${how}.title`, { room: room.title })}
      description={how === 'leave' ? t('leave.lead') : t(room.open ? 'forget.leadOpen' : 'forget.lead')}
      initialFocus={cancel}
      onClose={closeDialog}
    >
      <DialogActions>
        <Button ref={cancel} onClick={closeDialog}>
          {t('cancel')}
        </Button>
        <Button
          look={how === 'forget' ? 'danger' : 'main'}
          onClick={() => {
            closeDialog()
            void perform({ type: how, room: room.id })
          }}
        >
          {t(`${how}.submit`)}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

/** What the room is called in one's own list. */
export const TitleDialog = ({ room }: { room: Room }) => {
  const t = useWords('frame')
  const form = useId()
  const field = useRef<HTMLInputElement>(null)
  const [title, setTitle] = useState(room.title)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    closeDialog()
    void perform({ type: 'configureRoom', room: room.id, title: title.trim() })
  }
  return (
    <Dialog
      width="s"
      title={t('retitle.title')}
      description={t('retitle.lead')}
      initialFocus={field}
      onClose={closeDialog}
    >
      <DialogBody>
        <form id={form} onSubmit={submit}>
          <TextField
            ref={field}
            label={t('retitle.field')}
            hint={t('retitle.hint')}
            value={title}
            maxLength={200}
            onFocus={(event) => event.target.select()}
            onChange={(event) => setTitle(event.target.value)}
          />
        </form>
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t('cancel')}</Button>
        <Button look="main" type="submit" form={form}>
          {t('retitle.submit')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

/** The settings of one room; they apply at once. */
export const RoomDialog = ({ room }: { room: Room }) => {
  const t = useWords('frame')
  const done = useRef<HTMLButtonElement>(null)
  return (
    <Dialog title={t('roomForm.dialog', { room: room.title })} initialFocus={done} onClose={closeDialog}>
      <DialogBody>
        <RoomForm room={room} />
      </DialogBody>
      <DialogActions>
        <Button look="main" ref={done} onClick={closeDialog}>
          {t('done')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
