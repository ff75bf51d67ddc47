import { useEffect, useRef, useState } from 'react'
import type { ConversationId } from '../../shared/state.ts'
import { dayName } from '../conversation/times.ts'
import type { Jump } from '../conversation/visiting.ts'
import { jumpTo } from '../conversation/visiting.ts'
import { Button } from '../parts/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../parts/dialog.tsx'
import { TextField } from '../parts/field.tsx'
import { announce, closeDialog } from '../store.ts'
import { useLanguage, useWords } from '../words.ts'
import { dayOf, startOfDay } from './day.ts'

type Problem = 'missing' | Extract<Jump, 'nothing' | 'unreadable'>

/** Goes to the first message of a day, or of the next one that has any. */
export const GoToDateDialog = ({ conversation }: { conversation: ConversationId }) => {
  const t = useWords('frame')
  const words = useWords('conversation')
  const language = useLanguage()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(() => dayOf(Date.now()))
  const [problem, setProblem] = useState<Problem | null>(null)
  const shown = useRef(true)
  useEffect(() => {
    shown.current = true
    return () => {
      shown.current = false
    }
  }, [])

  const go = async (moment: number, asked: string | null): Promise<void> => {
    setProblem(null)
    const arrived = await jumpTo(conversation, { moment }, { at: 'top', focus: true })
    // Closed while it was looked for: the place is shown, and nothing more is said.
    if (!shown.current) return
    if (arrived.jump === 'nothing' || arrived.jump === 'unreadable') {
      setProblem(arrived.jump)
      return
    }
    closeDialog()
    if (asked === null || arrived.moment === null || dayOf(arrived.moment) === asked) return
    const name = (at: number): string =>
      dayName(at, Date.now(), language, { today: words('log.today'), yesterday: words('log.yesterday') })
    announce(t('goToDate.next', { asked: name(moment), day: name(arrived.moment) }))
  }
  const submit = (): void => {
    // A date half typed is no value at all: the field itself knows.
    const moment = startOfDay(field.current?.value ?? typed)
    if (moment === null) {
      setProblem('missing')
      field.current?.focus()
    } else void go(moment, dayOf(moment))
  }
  return (
    <Dialog
      width="s"
      title={t('goToDate.title')}
      description={t('goToDate.lead')}
      initialFocus={field}
      onClose={closeDialog}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <DialogBody>
          <TextField
            ref={field}
            type="date"
            label={t('goToDate.field')}
            value={typed}
            problem={problem === null ? undefined : t(`goToDate.${problem}`)}
            onChange={(event) => {
              setTyped(event.target.value)
              setProblem(null)
            }}
          />
        </DialogBody>
        <DialogActions>
          <Button look="quiet" onClick={() => void go(0, null)}>
            {t('goToDate.beginning')}
          </Button>
          <Button type="submit" look="main">
            {t('goToDate.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
