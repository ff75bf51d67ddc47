import { Button } from '../parts/button.tsx'
import { openDialog } from '../store.ts'
import { useWords } from '../words.ts'
import styles from './settings.module.css'

/** What is kept on this computer, and the way to be rid of it. */
export const HistoryPage = () => {
  const t = useWords('frame')
  return (
    <section aria-labelledby="settings-history" className={styles['section']}>
      <h3 id="settings-history" className={styles['heading']}>
        {t('history.title')}
      </h3>
      <p className={styles['soft']}>{t('history.about')}</p>
      <p className={styles['soft']}>{t('history.perRoom')}</p>
      <div className={styles['buttons']}>
        <Button onClick={() => openDialog({ dialog: 'export', conversation: null })}>{t('menu.export')}</Button>
        <Button look="danger" onClick={() => openDialog({ dialog: 'clear-history', conversation: null })}>
          {t('history.clearAll')}
        </Button>
      </div>
    </section>
  )
}
