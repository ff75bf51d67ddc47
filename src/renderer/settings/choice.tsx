import { useId } from 'react'
import type { ReactNode } from 'react'
import { classes } from '../parts/class-names.ts'
import styles from './settings.module.css'

interface ChoiceProps<T extends string | number> {
  legend: string
  value: T
  choices: readonly { value: T; label: ReactNode; name?: string }[]
  look: 'cards' | 'row' | 'list'
  onChoose: (value: T) => void
}

/** One of a few, all in sight: radio buttons with the browser's own keyboard. */
export const Choice = <T extends string | number>({ legend, value, choices, look, onChoose }: ChoiceProps<T>) => {
  const name = useId()
  return (
    <fieldset className={styles['choice']}>
      <legend className={styles['heading']}>{legend}</legend>
      <div className={styles[look]}>
        {choices.map((choice) => (
          <label key={choice.value} className={classes(styles['option'], choice.value === value && styles['chosen'])}>
            <input
              type="radio"
              name={name}
              className="unseen"
              checked={choice.value === value}
              {...(choice.name === undefined ? {} : { 'aria-label': choice.name })}
              onChange={() => onChoose(choice.value)}
            />
            {choice.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
