import { useRef } from 'react'
import type { HostedRoom, Room } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, DialogActions } from '../parts/dialog.tsx'
import { closeDialog } from '../store.ts'
import { useWords } from '../words.ts'

/** Asks before a room closes, with the number of people in it. */
export const StopHostingDialog = ({ room, hosting }: { room: Room; hosting: HostedRoom }) => {
  const t = useWords('frame')
  const cancel = useRef<HTMLButtonElement>(null)
  return (
    <Dialog
      asks
      width="s"
      title={t('stop.title', { room: room.title })}
      description={hosting.guests === 0 ? t('stop.nobody') : t('stop.people', { count: hosting.guests })}
      initialFocus={cancel}
      onClose={closeDialog}
    >
      <DialogActions>
        <Button ref={cancel} onClick={closeDialog}>
          {t('cancel')}
        </Button>
        <Button
          look="danger"
          onClick={() => {
            closeDialog()
            void perform({ type: 'stopHosting', room: room.id })
          }}
        >
          {t('stop.submit')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
