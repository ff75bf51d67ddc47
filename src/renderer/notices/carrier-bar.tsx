import { KeyRound, LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useView } from '../store.ts'
import { useWords } from '../words.ts'
import styles from './carrier-bar.module.css'

/** A restart takes less; what has not come back by then was probably ended. */
const ENDED_AFTER_MS = 5000

const Lost = () => {
  const t = useWords('frame')
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), ENDED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p className={styles['bar']}>
      <LoaderCircle aria-hidden className={styles['turning']} />
      <span>
        {t('carrier.lost')}
        {long && <span className={styles['long']}> {t('carrier.ended')}</span>}
      </span>
    </p>
  )
}

/** Above everything while the page has lost the app behind it: it comes back by itself, or says what to do. */
export const CarrierBar = () => {
  const t = useWords('frame')
  const carrier = useView((view) => view.carrier)
  return (
    <div role="status" aria-live="assertive">
      {carrier === 'lost' && <Lost />}
      {(carrier === 'refused' || carrier === 'barred') && (
        <p className={styles['bar']}>
          <KeyRound aria-hidden className={styles['sign']} />
          {t(`carrier.${carrier}`)}
        </p>
      )}
    </div>
  )
}

/** Before the first snapshot: nothing but a sign of life. */
export const Arriving = () => {
  const t = useWords('frame')
  return (
    <main className={styles['arriving']} aria-busy="true">
      <span aria-hidden className={styles['cup']}>
        茶
      </span>
      <h1 className="unseen">{t('title.plain')}</h1>
      <p className={styles['late']}>{t('carrier.arriving')}</p>
    </main>
  )
}
