import { Clock, Hourglass } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef } from 'react'
import type { KeyboardEvent } from 'react'
import type { ConversationId } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { insertDraft } from '../composer/drafts.ts'
import { Button } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import { announce, send } from '../store.ts'
import { useWords, words } from '../words.ts'
import { editingNow, startEditing, stopEditing, useEdit, writeEdit } from './editing.ts'
import type { SaidLine } from './rows.ts'
import styles from './waiting-line.module.css'

/** A line is one message: what would break it becomes a blank. */
const oneLine = (text: string): string => {
  const lines = text.split(/[\n\r\u0085\u2028\u2029]+/u)
  return lines.length === 1 ? text : lines.map((line) => line.trim()).join(' ')
}

/** The keyboard goes back to the message it came from. */
const focusRow = (line: SaidLine): void => {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-key="m${line.id}"]`)?.focus({ preventScroll: true })
  )
}

/** Too late: the line went out as it stood. Other words are not lost, they go where a new message is written. */
const giveUp = (line: SaidLine, conversation: ConversationId): void => {
  const { text } = editingNow()
  stopEditing()
  announce(words.t('conversation:line.editTooLate'))
  insertDraft(conversation, text === line.text ? '' : text)
}

interface WaitingProps {
  line: SaidLine
  conversation: ConversationId
}

/** The words of a waiting line, being changed where they stand. */
export const LineEditor = ({ line, conversation }: WaitingProps) => {
  const t = useWords('conversation')
  const text = useEdit()
  const area = useRef<HTMLTextAreaElement>(null)
  const waits = line.state === 'queued'

  useEffect(() => {
    const element = area.current
    element?.focus({ preventScroll: true })
    element?.setSelectionRange(element.value.length, element.value.length)
  }, [area])
  useLayoutEffect(() => {
    const element = area.current
    if (!element || element.value !== text) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text, area])
  useEffect(() => {
    if (!waits) giveUp(line, conversation)
  }, [waits, line, conversation])

  const cancel = (): void => {
    stopEditing()
    focusRow(line)
  }
  const save = async (): Promise<void> => {
    if (text.trim() === '') return
    if (text === line.text) return cancel()
    const outcome = await send({ type: 'editLine', conversation, line: line.id, text }).catch(() => null)
    if (outcome?.ok === true) return cancel()
    if (outcome?.code === 'too-late') return giveUp(line, conversation)
    announce(outcome === null ? words.t('frame:carrier.lost') : words.t(`terms:outcome.${outcome.code}`))
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // Keys of an input method are its own.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') {
      event.preventDefault()
      void save()
    } else if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      cancel()
    }
  }
  return (
    <div className={styles['editor']}>
      <textarea
        ref={area}
        rows={1}
        dir="auto"
        spellCheck
        className={styles['area']}
        value={text}
        aria-label={t('line.editLabel')}
        onChange={(event) => writeEdit(oneLine(event.currentTarget.value))}
        onKeyDown={onKeyDown}
      />
      <div className={styles['answers']}>
        <span className={styles['keys']}>{t('line.editKeys')}</span>
        <Button size="s" onClick={cancel}>
          {t('line.editCancel')}
        </Button>
        <Button size="s" look="main" disabled={text.trim() === ''} onClick={() => void save()}>
          {t('line.editSave')}
        </Button>
      </div>
    </div>
  )
}

/** That a line waits, and what can still be done with it. */
export const WaitingMark = ({ line, conversation }: WaitingProps) => {
  const t = useWords('conversation')
  const held = line.held === true
  return (
    <span className={classes(styles['waiting'], held && styles['held'])}>
      <span className={styles['state']} title={held ? t('line.heldLong') : undefined}>
        {held ? <Hourglass aria-hidden /> : <Clock aria-hidden />} {t(held ? 'line.held' : 'line.queued')}
      </span>
      <span className={styles['tools']}>
        {held && (
          <button type="button" onClick={() => void perform({ type: 'sendHeld', conversation, line: line.id })}>
            {t('line.sendNow')}
          </button>
        )}
        <button type="button" onClick={() => startEditing(line.id, line.text)}>
          {t('line.edit')}
        </button>
        <button type="button" onClick={() => void perform({ type: 'deleteLine', conversation, line: line.id })}>
          {t('line.delete')}
        </button>
      </span>
    </span>
  )
}
