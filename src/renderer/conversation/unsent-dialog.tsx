import { useEffect, useRef, useState } from 'react'
import type { ConversationId, Line } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { ask, closeDialog, conversationOf, useApp } from '../store.ts'
import { useLanguage, useWords } from '../words.ts'
import { showable } from './showable.ts'
import { fullTime } from './times.ts'
import styles from './unsent-dialog.module.css'

/** A paste of a thousand lines is not decided about line by line. */
const SHOWN_LINES = 200
const SHOWN_CHARACTERS = 2000

const useUnsentCount = (id: ConversationId): number => useApp((state) => conversationOf(state, id)?.unsent?.held ?? 0)

/** The messages that ask, each with its own answer. */
export const UnsentDialog = ({ id }: { id: ConversationId }) => {
  const t = useWords('conversation')
  const language = useLanguage()
  const count = useUnsentCount(id)
  const [lines, setLines] = useState<readonly Line[]>([])
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (count === 0) {
      closeDialog()
      return undefined
    }
    let wanted = true
    const fetch = async (): Promise<void> => {
      try {
        const held = await ask({ type: 'held', conversation: id })
        if (wanted) setLines(held)
      } catch (error) {
        // The carrier is gone, and its bar says so.
        console.warn('The waiting messages did not come', error)
      }
    }
    void fetch()
    return () => {
      wanted = false
    }
  }, [id, count])
  /** The one answered goes; the keyboard stays in the list. */
  const answer = (type: 'sendHeld' | 'deleteLine', line: Line): void => {
    void perform({ type, conversation: id, line: line.id })
    setLines((before) => before.filter((one) => one.id !== line.id))
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('button')?.focus())
  }
  return (
    <Dialog title={t('unsent.title', { count })} description={t('unsent.lead')} onClose={closeDialog}>
      <DialogBody>
        <ol ref={list} className={styles['lines']}>
          {lines.slice(0, SHOWN_LINES).map(
            (line) =>
              line.kind === 'said' && (
                <li key={line.id}>
                  <div className={styles['said']}>
                    <time dateTime={new Date(line.at).toISOString()}>{fullTime(line.at, language)}</time>
                    <bdi dir="auto">{showable(line.text.slice(0, SHOWN_CHARACTERS))}</bdi>
                  </div>
                  <Button size="s" look="quiet" onClick={() => answer('deleteLine', line)}>
                    {t('line.delete')}
                  </Button>
                  <Button size="s" onClick={() => answer('sendHeld', line)}>
                    {t('line.sendNow')}
                  </Button>
                </li>
              )
          )}
        </ol>
        {lines.length > SHOWN_LINES && (
          <p className={styles['rest']}>{t('composer.andMore', { count: lines.length - SHOWN_LINES })}</p>
        )}
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t('unsent.done')}</Button>
      </DialogActions>
    </Dialog>
  )
}

/** Asks before what was written and never sent is thrown away. */
export const DeleteUnsentDialog = ({ id }: { id: ConversationId }) => {
  const t = useWords('conversation')
  const count = useUnsentCount(id)
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (count === 0) closeDialog()
  }, [count])
  return (
    <Dialog
      asks
      width="s"
      title={t('unsent.deleteTitle', { count })}
      description={t('unsent.deleteLead')}
      initialFocus={cancel}
      onClose={closeDialog}
    >
      <DialogActions>
        <Button ref={cancel} onClick={closeDialog}>
          {t('unsent.keep')}
        </Button>
        <Button look="danger" onClick={() => void perform({ type: 'deleteHeld', conversation: id })}>
          {t('unsent.delete')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
