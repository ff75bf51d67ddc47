import { Switch as BaseSwitch } from '@base-ui/react/switch'
import { ChevronDown, CircleAlert } from 'lucide-react'
import { useId } from 'react'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './class-names.ts'
import styles from './field.module.css'

interface Around {
  label: string
  /** What it is for, below the field. */
  hint?: ReactNode
  /** Why it cannot be so; read out when it appears. */
  problem?: ReactNode
  /** Good news about the value, such as a server's answer. */
  success?: ReactNode
}

const Below = ({ id, hint, problem, success }: Omit<Around, 'label'> & { id: string }) => (
  <div id={id} className={styles['below']}>
    <div aria-live="polite">
      {problem !== undefined && problem !== null && (
        <p className={styles['problem']}>
          <CircleAlert aria-hidden />
          <span>{problem}</span>
        </p>
      )}
      {success !== undefined && success !== null && <p className={styles['success']}>{success}</p>}
    </div>
    {hint !== undefined && hint !== null && <p className={styles['hint']}>{hint}</p>}
  </div>
)

type TextFieldProps = ComponentProps<'input'> &
  Around & { /** Stands in the same row, after the input. */ after?: ReactNode }

/** A line of text with its label, explanation and trouble. */
export const TextField = ({ label, hint, problem, success, after, className, ...rest }: TextFieldProps) => {
  const id = useId()
  return (
    <div className={classes(styles['field'], className)}>
      <label htmlFor={id} className={styles['label']}>
        {label}
      </label>
      <div className={styles['row']}>
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          id={id}
          className={styles['input']}
          aria-describedby={`${id}-below`}
          aria-invalid={problem !== undefined && problem !== null}
        />
        {after}
      </div>
      <Below id={`${id}-below`} hint={hint} problem={problem} success={success} />
    </div>
  )
}

type SelectFieldProps<T extends string> = Around & {
  value: T
  choices: readonly { value: T; label: string }[]
  onChoose: (value: T) => void
  disabled?: boolean
  className?: string | undefined
  /** The label is for screen readers only. */
  labelUnseen?: boolean
}

/** One of several; the system's own list. */
export const SelectField = <T extends string>({
  label,
  hint,
  problem,
  success,
  value,
  choices,
  onChoose,
  disabled = false,
  className,
  labelUnseen = false
}: SelectFieldProps<T>) => {
  const id = useId()
  return (
    <div className={classes(styles['field'], className)}>
      <label htmlFor={id} className={labelUnseen ? 'unseen' : styles['label']}>
        {label}
      </label>
      <div className={styles['select']}>
        <select
          id={id}
          value={value}
          disabled={disabled}
          aria-describedby={`${id}-below`}
          onChange={(event) => {
            const chosen = choices.find((choice) => choice.value === event.target.value)
            if (chosen) onChoose(chosen.value)
          }}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
        <ChevronDown aria-hidden />
      </div>
      <Below id={`${id}-below`} hint={hint} problem={problem} success={success} />
    </div>
  )
}

interface SwitchFieldProps {
  label: string
  hint?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
}

/** On or off, at once. */
export const SwitchField = ({ label, hint, checked, onChange }: SwitchFieldProps) => {
  const id = useId()
  return (
    <div className={styles['switchRow']}>
      <div>
        <div id={`${id}-label`} className={styles['switchLabel']}>
          {label}
        </div>
        {hint !== undefined && (
          <div id={`${id}-hint`} className={styles['hint']}>
            {hint}
          </div>
        )}
      </div>
      <BaseSwitch.Root
        className={styles['switch']}
        checked={checked}
        onCheckedChange={onChange}
        aria-labelledby={`${id}-label`}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      >
        <BaseSwitch.Thumb className={styles['thumb']} />
      </BaseSwitch.Root>
    </div>
  )
}
