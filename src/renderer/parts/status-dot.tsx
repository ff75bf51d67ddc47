import { classes } from './class-names.ts'
import styles from './status-dot.module.css'

export type DotLook = 'on' | 'host' | 'trying' | 'off' | 'trouble'

interface StatusDotProps {
  look: DotLook
  /** The state in words, for those who do not see the colour. Empty where the words stand beside it. */
  text: string
}

/** A small sign of a state: shape and colour for eyes, words for ears. */
export const StatusDot = ({ look, text }: StatusDotProps) => (
  <span className={styles['place']}>
    <span aria-hidden className={classes(styles['dot'], styles[look])} />
    {text !== '' && <span className="unseen">{text}</span>}
  </span>
)
