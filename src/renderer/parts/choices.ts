import type { Charset, Dialect, DialectChoice, HostedDialect } from '../../shared/dialect.ts'
import { CHARSETS, DIALECT_CHOICES, HOSTED_DIALECTS } from '../../shared/dialect.ts'
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

export const useDialectName = (): ((dialect: Dialect) => string) => {
  const t = useWords('terms')
  return (dialect) => t(`dialect.${dialect}`)
}
