import type { Language } from '../shared/settings.ts'

/** The person's language as the system tells it: POSIX variables in their order, then what the runtime knows. */
export const systemLanguage = (
  env: Readonly<Record<string, string | undefined>> = process.env,
  runtime: string = Intl.DateTimeFormat().resolvedOptions().locale
): Language => {
  const told = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value !== undefined && value !== '')
  return /^zh\b|^zh_/i.test(told ?? runtime) ? 'zh-CN' : 'en'
}
