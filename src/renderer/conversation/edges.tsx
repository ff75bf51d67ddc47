import { ArrowDown, ArrowUp } from 'lucide-react'
import { classes } from '../parts/class-names.ts'
import { useLanguage, useWords } from '../words.ts'
import { dayName } from './times.ts'
import type { Paging } from './use-paging.ts'
import styles from './timeline.module.css'

/** What goes on at the edges of what is in hand: on its way, or not to be had now. */
export const EdgeState = ({ paging, atTop }: { paging: Paging; atTop: boolean }) => {
  const t = useWords('conversation')
  if (paging.failed !== null)
    return (
      <p className={classes(styles['edge'], paging.failed === 'later' && styles['low'])} role="status">
        {t('log.unreadable')}
        <button type="button" onClick={paging.tryAgain}>
          {t('log.tryAgain')}
        </button>
      </p>
    )
  return paging.fetching && atTop ? <p className={styles['edge']}>{t('log.loading')}</p> : null
}

/**
 * The day of what is in sight at the top, where neither its heading nor the present tells it: after a jump, or far up.
 * Seen only: who hears the messages is told the day with the jump.
 */
export const DayAbove = ({ at, today }: { at: number; today: number }) => {
  const t = useWords('conversation')
  const language = useLanguage()
  const day = dayName(at, today, language, { today: t('log.today'), yesterday: t('log.yesterday') })
  return (
    <p className={styles['dayAbove']} aria-hidden>
      {day}
    </p>
  )
}

/** The way up to where the unread messages begin. */
export const UnreadAbove = ({ count, go }: { count: number; go: () => void }) => {
  const t = useWords('conversation')
  return (
    <button type="button" className={classes(styles['jump'], styles['up'])} onClick={go}>
      <ArrowUp aria-hidden />
      {t('log.newAbove', { count })}
    </button>
  )
}

interface ToNewestProps {
  /** New messages there. */
  count: number
  /** It is only further down, not elsewhere. */
  joined: boolean
  go: () => void
}

/** The way down to the live end. */
export const ToNewest = ({ count, joined, go }: ToNewestProps) => {
  const t = useWords('conversation')
  const news = count > 0 ? t('log.newBelow', { count }) : ''
  const words = joined ? news : news === '' ? t('log.back') : t('log.backWithNews', { news })
  return (
    <button
      type="button"
      className={classes(styles['jump'], count > 0 ? styles['news'] : words === '' && styles['quiet'])}
      aria-label={words === '' ? t('log.toNewest') : undefined}
      onClick={go}
    >
      <ArrowDown aria-hidden />
      {words}
    </button>
  )
}
