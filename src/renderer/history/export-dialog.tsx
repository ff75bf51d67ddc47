import { useRef, useState } from 'react'
import type { ReactNode } from 'react'
import type { Outcome } from '../../shared/commands.ts'
import { EXPORT_FORMATS, type Export, type ExportFormat } from '../../shared/export.ts'
import type { ConversationId } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { shownLabel } from '../conversation/showable.ts'
import { Button } from '../parts/button.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { SelectField } from '../parts/field.tsx'
import { Choice } from '../settings/choice.tsx'
import { closeDialog, conversationOf, roomOf, tell, useApp } from '../store.ts'
import { useLanguage, useWords } from '../words.ts'
import { useFailure } from './export-words.ts'
import styles from './export-dialog.module.css'

type Of<S extends Export['state']> = Extract<Export, { state: S }>

/** Lets the browser fetch what was asked for, as a file: the address is good for one request. */
const fetchFile = (path: string): void => {
  const link = document.createElement('a')
  link.href = path
  link.download = ''
  link.click()
}

/** Takes the element that the keyboard begins at. */
type Begin = (element: HTMLElement | null) => void

const Running = ({ lines, total, begin }: Of<'running'> & { begin: Begin }) => {
  const t = useWords('frame')
  const numbers = new Intl.NumberFormat(useLanguage())
  return (
    <>
      <DialogBody>
        <div className={styles['state']}>
          <progress
            className={styles['bar']}
            aria-label={t('export.running')}
            {...(total === 0 ? {} : { value: lines, max: total })}
          />
          <p className={styles['soft']}>
            {total === 0
              ? t('export.running')
              : t('export.progress', { lines: numbers.format(lines), total: numbers.format(total) })}
          </p>
        </div>
      </DialogBody>
      <DialogActions>
        <Button onClick={() => tell({ type: 'endExport' })}>{t('export.stop')}</Button>
        <Button look="main" ref={begin} onClick={closeDialog}>
          {t('export.background')}
        </Button>
      </DialogActions>
    </>
  )
}

const Done = ({ lines, place }: Of<'done'>) => {
  const t = useWords('frame')
  const numbers = new Intl.NumberFormat(useLanguage())
  return (
    <>
      <DialogBody>
        <div className={styles['state']} role="status">
          <p>{t('export.done', { count: lines, lines: numbers.format(lines) })}</p>
          {place === null ? (
            <p className={styles['soft']}>{t('export.inBrowser')}</p>
          ) : (
            <p className={styles['place']}>
              <code>{place}</code>
              <CopyButton text={place} what={t('export.place')} />
            </p>
          )}
        </div>
      </DialogBody>
      <DialogActions>
        {place !== null && <Button onClick={() => tell({ type: 'showExport' })}>{t('export.show')}</Button>}
        <Button
          look="main"
          autoFocus
          onClick={() => {
            tell({ type: 'endExport' })
            closeDialog()
          }}
        >
          {t('done')}
        </Button>
      </DialogActions>
    </>
  )
}

interface FormProps {
  title: string
  what: 'this' | 'all'
  format: ExportFormat
  onWhat: (what: 'this' | 'all') => void
  onFormat: (format: ExportFormat) => void
  onSubmit: () => void
  /** The last try failed. */
  trouble: ReactNode
  /** The system asks for the place. */
  waiting: boolean
  begin: Begin
}

const Form = ({ title, what, format, onWhat, onFormat, onSubmit, trouble, waiting, begin }: FormProps) => {
  const t = useWords('frame')
  const asksPlace = useApp((state) => state.surroundings.carrier === 'electron')
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      <DialogBody>
        {title !== '' && (
          <SelectField
            label={t('export.what')}
            value={what}
            choices={[
              { value: 'this', label: t('export.this', { title }) },
              { value: 'all', label: t('export.everything') }
            ]}
            onChoose={onWhat}
          />
        )}
        <Choice
          legend={t('export.format')}
          look="list"
          value={format}
          chosenRef={begin}
          choices={EXPORT_FORMATS.map((one) => ({
            value: one,
            label: (
              <span className={styles['format']}>
                <b>{t(`export.${one}`)}</b>
                <small>{t(`export.${one}Hint`)}</small>
              </span>
            )
          }))}
          onChoose={onFormat}
        />
        <div aria-live="polite">{trouble}</div>
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t('cancel')}</Button>
        <Button look="main" type="submit" disabled={waiting}>
          {t(asksPlace ? 'export.choose' : 'export.submit')}
        </Button>
      </DialogActions>
    </form>
  )
}

/** Writes what is kept to a file of the person's. `id`: the conversation that was shown; null: there was none. */
export const ExportDialog = ({ id }: { id: ConversationId | null }) => {
  const t = useWords('frame')
  const failure = useFailure()
  const exporting = useApp((state) => state.exporting)
  // What was through before is not what this dialog is for.
  const [old] = useState(() => (exporting?.state === 'running' ? null : (exporting?.id ?? null)))
  const [what, setWhat] = useState<'this' | 'all'>(id === null ? 'all' : 'this')
  const [format, setFormat] = useState<ExportFormat>('html')
  const [waiting, setWaiting] = useState(false)
  const first = useRef<HTMLElement>(null)
  const begin: Begin = (element) => {
    first.current = element
  }
  const title = useApp((state) => {
    const conversation = conversationOf(state, id)
    if (conversation === undefined) return ''
    return conversation.with === null ? (roomOf(state, conversation.room)?.title ?? '') : shownLabel(conversation.with)
  })
  const now = exporting === undefined || exporting.id === old ? null : exporting

  const submit = async (): Promise<void> => {
    setWaiting(true)
    const conversation = title === '' || what === 'all' ? null : id
    const outcome: Outcome | null = await perform({ type: 'export', conversation, format })
    setWaiting(false)
    if (outcome?.ok === true && outcome.download !== undefined) fetchFile(outcome.download)
  }

  return (
    <Dialog
      title={t('export.title')}
      description={now === null || now.state === 'failed' ? t('export.lead') : undefined}
      initialFocus={first}
      onClose={closeDialog}
    >
      <div className={styles['box']}>
        {now?.state === 'running' ? (
          <Running {...now} begin={begin} />
        ) : now?.state === 'done' ? (
          <Done {...now} />
        ) : (
          <Form
            title={title}
            what={what}
            format={format}
            onWhat={setWhat}
            onFormat={setFormat}
            onSubmit={() => void submit()}
            waiting={waiting}
            begin={begin}
            trouble={
              now?.state === 'failed' && (
                <p className={styles['problem']}>{t('export.failed', { reason: failure(now.reason) })}</p>
              )
            }
          />
        )}
      </div>
    </Dialog>
  )
}
