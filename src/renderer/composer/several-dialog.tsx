import { useRef } from 'react'
import { showable } from '../conversation/showable.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { useWords } from '../words.ts'
import styles from './several-dialog.module.css'

/** Enough to recognise what it was. */
const SHOWN_LINES = 6
const SHOWN_CHARACTERS = 160

interface SeveralDialogProps {
  messages: readonly string[]
  onSend: () => void
  /** Leaves the text in the composer. */
  onEdit: () => void
}

/** Asks before a page of text becomes as many messages. */
export const SeveralDialog = ({ messages, onSend, onEdit }: SeveralDialogProps) => {
  const t = useWords('conversation')
  const main = useRef<HTMLButtonElement>(null)
  const count = messages.length
  return (
    <Dialog
      title={t('composer.several', { count })}
      description={t('composer.severalLong', { count })}
      width="s"
      asks
      initialFocus={main}
      onClose={onEdit}
    >
      <DialogBody>
        <ol className={styles['lines']}>
          {messages.slice(0, SHOWN_LINES).map((line, index) => (
            <li key={`${index} ${line.slice(0, SHOWN_CHARACTERS)}`}>
              <bdi dir="auto">{showable(line.slice(0, SHOWN_CHARACTERS))}</bdi>
            </li>
          ))}
        </ol>
        {count > SHOWN_LINES && (
          <p className={styles['rest']}>{t('composer.andMore', { count: count - SHOWN_LINES })}</p>
        )}
      </DialogBody>
      <DialogActions>
        <Button onClick={onEdit}>{t('composer.severalEdit')}</Button>
        <Button ref={main} look="main" onClick={onSend}>
          {t('composer.severalSend', { count })}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
