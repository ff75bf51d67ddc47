import type { ComponentProps, ReactElement } from 'react'
import { classes } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'
import styles from './button.module.css'

type ButtonProps = ComponentProps<'button'> & {
  /** `main` is the one answer a dialog is for; `danger` ends something; `quiet` has no border. */
  look?: 'main' | 'plain' | 'quiet' | 'danger'
  size?: 'm' | 's'
}

/** A button with words in it. */
export const Button = ({ look = 'plain', size = 'm', className, type = 'button', ...rest }: ButtonProps) => (
  <button {...rest} type={type} className={classes(styles['button'], styles[look], styles[size], className)} />
)

type IconButtonProps = Omit<ComponentProps<'button'>, 'children' | 'aria-label'> & {
  /** What it does: read out, and shown as a tooltip. */
  label: string
  icon: ReactElement
  /** Shown after the label in the tooltip, such as `Ctrl+K`. */
  keys?: string
}

/** A square button that shows a picture; its words are the label. */
export const IconButton = ({ label, icon, keys, className, type = 'button', ...rest }: IconButtonProps) => (
  <Tooltip text={keys ? `${label} · ${keys}` : label}>
    <button {...rest} type={type} aria-label={label} className={classes(styles['icon'], className)}>
      {icon}
    </button>
  </Tooltip>
)
