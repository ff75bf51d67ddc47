import { useEffect } from 'react'
import { clearToast, useView } from '../store.ts'
import styles from './toast.module.css'

/** Long enough to read a short sentence twice. */
const SHOWN_MS = 4_000

/** The last short confirmation. The live region is always there, so that screen readers notice what comes into it. */
export const Toast = () => {
  const toast = useView((view) => view.toast)
  useEffect(() => {
    if (!toast) return undefined
    const timer = setTimeout(clearToast, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast])
  return (
    <div role="status" aria-live="polite" className={styles['place']}>
      {toast && (
        <p key={toast.id} className={styles['toast']}>
          {toast.text}
        </p>
      )}
    </div>
  )
}
