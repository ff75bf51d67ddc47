import { Hourglass } from 'lucide-react'
import type { Conversation } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Button } from '../parts/button.tsx'
import { openDialog } from '../store.ts'
import { useLanguage, useWords } from '../words.ts'
import { dayName, daysBetween } from './times.ts'
import { useToday } from './use-marker.ts'
import styles from './unsent-bar.module.css'

/** Asks about messages that wait so long that they may not be true any more. One bar, whatever their number. */
export const UnsentBar = ({ conversation }: { conversation: Conversation }) => {
  const t = useWords('conversation')
  const language = useLanguage()
  const today = useToday()
  const { id, unsent } = conversation
  if (!unsent || unsent.held === 0) return null
  const { held, since, until, behind } = unsent
  const day = dayName(since, today, language, { today: t('when.today'), yesterday: t('when.yesterday') })
  return (
    <section className={styles['bar']} aria-label={t('unsent.label')}>
      <Hourglass className={styles['sign']} aria-hidden />
      <p className={styles['told']} role="status">
        <strong>{t(daysBetween(since, until) === 0 ? 'unsent.from' : 'unsent.since', { count: held, day })}</strong>
        {behind > 0 && <span> {t('unsent.behind', { count: behind })}</span>}
      </p>
      <div className={styles['answers']}>
        {behind > 0 && (
          <Button size="s" look="quiet" onClick={() => void perform({ type: 'passHeld', conversation: id })}>
            {t('unsent.pass')}
          </Button>
        )}
        <Button size="s" look="quiet" onClick={() => openDialog({ dialog: 'unsent', conversation: id })}>
          {t('unsent.look')}
        </Button>
        <Button size="s" onClick={() => openDialog({ dialog: 'delete-unsent', conversation: id })}>
          {t('unsent.delete')}
        </Button>
        <Button size="s" look="main" onClick={() => void perform({ type: 'sendHeld', conversation: id, line: null })}>
          {t('unsent.send')}
        </Button>
      </div>
    </section>
  )
}
