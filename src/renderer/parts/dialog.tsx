import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useWords } from '../words.ts'
import { classes } from './class-names.ts'
import styles from './dialog.module.css'

interface DialogProps {
  title: string
  /** One sentence below the title. */
  description?: ReactNode
  width?: 's' | 'm' | 'l'
  /** Asks before something ends: no closing by a click beside it. */
  asks?: boolean
  initialFocus?: RefObject<HTMLElement | null>
  onClose: () => void
  children: ReactNode
}

/** A modal window: focus is kept inside and goes back where it was; Escape closes. */
export const Dialog = ({
  title,
  description,
  width = 'm',
  asks = false,
  initialFocus,
  onClose,
  children
}: DialogProps) => {
  const t = useWords('frame')
  return (
    <Base.Root
      open
      disablePointerDismissal={asks}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles['veil']} />
        <Base.Viewport className={styles['viewport']}>
          <Base.Popup
            className={classes(styles['popup'], styles[width])}
            role={asks ? 'alertdialog' : 'dialog'}
            {...(initialFocus ? { initialFocus } : {})}
          >
            <header className={styles['head']}>
              <div>
                <Base.Title className={styles['title']}>{title}</Base.Title>
                {description !== undefined && (
                  <Base.Description className={styles['description']}>{description}</Base.Description>
                )}
              </div>
              <Base.Close className={styles['close']} aria-label={t('close')}>
                <X aria-hidden />
              </Base.Close>
            </header>
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

/** The part of a dialog that scrolls when the window is low. */
export const DialogBody = ({ children }: { children: ReactNode }) => <div className={styles['body']}>{children}</div>

/** The answers, the main one last. */
export const DialogActions = ({ children }: { children: ReactNode }) => (
  <footer className={styles['actions']}>{children}</footer>
)
