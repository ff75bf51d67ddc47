import { createInstance } from 'i18next'
import type { Language } from '../shared/settings.ts'
import type { shell } from '../shared/texts/en/shell.ts'
import { texts } from '../shared/texts/index.ts'

type Leaf<T> = {
  [K in keyof T & string]: T[K] extends string
    ? K extends `${infer Base}_one` | `${infer Base}_other`
      ? Base
      : K
    : `${K}.${Leaf<T[K]>}`
}[keyof T & string]

/** The names of the shell's sentences; a plural goes by its common name. */
export type ShellKey = Leaf<typeof shell>
export type Say = (key: ShellKey, values?: Readonly<Record<string, string | number>>) => string

/** The shell's sentences in one language, from the same catalogue as the page's. */
export const wordsIn = (language: Language): Say => {
  const words = createInstance()
  // The catalogue is in hand, so nothing is awaited: the language stands when this returns.
  void words.init({
    lng: language,
    fallbackLng: 'en',
    ns: ['shell'],
    defaultNS: 'shell',
    resources: texts,
    initAsync: false,
    interpolation: { escapeValue: false }
  })
  return (key, values = {}) => words.t(key, values)
}

/** What the system's language means for us: the two that exist, English for everybody else. */
export const languageOf = (locale: string): Language => (/^zh(?![a-z])/i.test(locale) ? 'zh-CN' : 'en')
