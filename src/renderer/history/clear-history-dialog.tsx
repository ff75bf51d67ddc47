import { useRef } from 'react'
import type { ConversationId } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { shownLabel } from '../conversation/showable.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, DialogActions } from '../parts/dialog.tsx'
import { announce, closeDialog, conversationOf, roomOf, useApp } from '../store.ts'
import { useWords } from '../words.ts'

/** Asks before what was said is removed for good; null: in all conversations. */
export const ClearHistoryDialog = ({ id }: { id: ConversationId | null }) => {
  const t = useWords('frame')
  const cancel = useRef<HTMLButtonElement>(null)
  const title = useApp((state) => {
    const conversation = conversationOf(state, id)
    if (conversation === undefined) return ''
    return conversation.with === null ? (roomOf(state, conversation.room)?.title ?? '') : shownLabel(conversation.with)
  })
  const clear = async (): Promise<void> => {
    closeDialog()
    const outcome = await perform({ type: 'clearHistory', conversation: id })
    if (outcome?.ok === true) announce(t('history.cleared'))
  }
  return (
    <Dialog
      asks
      width="s"
      title={id === null ? t('history.clearAllTitle') : t('history.clearTitle', { title })}
      description={t('history.clearLead')}
      initialFocus={cancel}
      onClose={closeDialog}
    >
      <DialogActions>
        <Button ref={cancel} onClick={closeDialog}>
          {t('cancel')}
        </Button>
        <Button look="danger" onClick={() => void clear()}>
          {t('history.clearSubmit')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
