import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useRef, useState } from 'react'
import type { ReactNode, RefObject } from 'react'
import { viewNow } from '../store.ts'
import { useWords } from '../words.ts'
import { classes } from './class-names.ts'
import { useScrolls } from './scrolls.ts'
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

/** The jump that leads the keyboard to a line, told apart from the one before. */
const jumpNow = (): number => {
  const target = viewNow().visit?.target
  return target?.focus === true ? target.nth : 0
}

/**
 * Where the keyboard goes when a dialog has led to another conversation: there one writes. When it has led to a line,
 * that line takes it by itself (`false`). Else where it was before (`true`), or where the next dialog wants it.
 */
const focusAfter = (selectedBefore: string | null, jumpBefore: number): HTMLElement | boolean => {
  const { selected, dialog } = viewNow()
  if (jumpNow() > jumpBefore) return false
  if (dialog !== null || selected === selectedBefore) return true
  return document.querySelector<HTMLElement>('[data-conversation] textarea') ?? true
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
  const [selectedBefore] = useState(() => viewNow().selected)
  const [jumpBefore] = useState(jumpNow)
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
            finalFocus={() => focusAfter(selectedBefore, jumpBefore)}
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

/** The part of a dialog that scrolls when the window is low; by keyboard too, also where there is only text to read. */
export const DialogBody = ({ children }: { children: ReactNode }) => {
  const body = useRef<HTMLDivElement>(null)
  const scrolls = useScrolls(body)
  return (
    <div ref={body} className={styles['body']} {...(scrolls ? { tabIndex: 0 } : {})}>
      {children}
    </div>
  )
}

/** The answers, the main one last. */
export const DialogActions = ({ children }: { children: ReactNode }) => (
  <footer className={styles['actions']}>{children}</footer>
)
