import type { Charset, Dialect, DialectChoice, HostedDialect } from '../../shared/dialect.ts'
import { CHARSETS, DIALECT_CHOICES, HOSTED_DIALECTS } from '../../shared/dialect.ts'
import type { Retention } from '../../shared/history.ts'
import { useWords } from '../words.ts'

interface Choice<T extends string> {
  value: T
  label: string
}

/** The lists that several dialogs offer, in the words of the language shown. */
export const useHostedDialects = (): Choice<HostedDialect>[] => {
  const t = useWords('terms')
  return HOSTED_DIALECTS.map((value) => ({ value, label: t(`dialect.${value}`) }))
}

export const useDialectChoices = (): Choice<DialectChoice>[] => {
  const t = useWords('terms')
  return DIALECT_CHOICES.map((value) => ({ value, label: t(`dialect.${value}`) }))
}

export const useCharsets = (): Choice<Charset>[] => {
  const t = useWords('terms')
  return CHARSETS.map((value) => ({ value, label: t(`charset.${value}`) }))
}

const RETENTION_DAYS = [7, 30, 90, 365]

/** How long a room's history is kept; a number of days from the settings file is offered too. */
export const useRetentions = (now: Retention | undefined): Choice<string>[] => {
  const t = useWords('frame')
  const days = new Set(typeof now === 'number' ? [...RETENTION_DAYS, now] : RETENTION_DAYS)
  return [
    { value: 'keep', label: t('history.keep') },
    ...[...days].sort((a, b) => b - a).map((count) => ({ value: String(count), label: t('history.days', { count }) })),
    { value: 'never', label: t('history.never') }
  ]
}

export const useDialectName = (): ((dialect: Dialect) => string) => {
  const t = useWords('terms')
  return (dialect) => t(`dialect.${dialect}`)
}
