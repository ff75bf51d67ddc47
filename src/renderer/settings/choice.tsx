import { useId } from 'react'
import type { ReactNode, Ref } from 'react'
import { classes } from '../parts/class-names.ts'
import styles from './settings.module.css'

interface ChoiceProps<T extends string | number> {
  legend: string
  value: T
  choices: readonly { value: T; label: ReactNode; name?: string }[]
  look: 'cards' | 'row' | 'list'
  /** Where the keyboard enters the group: the one that is chosen. */
  chosenRef?: Ref<HTMLInputElement>
  onChoose: (value: T) => void
}

/** One of a few, all in sight: radio buttons with the browser's own keyboard. */
export const Choice = <T extends string | number>({
  legend,
  value,
  choices,
  look,
  chosenRef,
  onChoose
}: ChoiceProps<T>) => {
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
              {...(choice.value === value && chosenRef !== undefined ? { ref: chosenRef } : {})}
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
