import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'
import styles from './tooltip.module.css'

interface TooltipProps {
  text: string
  side?: 'top' | 'bottom' | 'left' | 'right'
  /** What it explains: one element that takes a ref and handlers. It needs its own label; a tooltip is for eyes only. */
  children: ReactElement<Record<string, unknown>>
}

/** A word of explanation for pointer and keyboard. Never the only place where something is said. */
export const Tooltip = ({ text, side = 'bottom', children }: TooltipProps) => (
  <Base.Root>
    <Base.Trigger render={children} />
    <Base.Portal>
      <Base.Positioner side={side} sideOffset={6} className={styles['place']}>
        <Base.Popup className={styles['popup']}>{text}</Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
)

/** Once around the window: neighbouring tooltips open without waiting again. */
export const TooltipProvider = Base.Provider
