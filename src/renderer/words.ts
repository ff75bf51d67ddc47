import { createInstance } from 'i18next'
import type { TFunction } from 'i18next'
import type { FallbackNs } from 'react-i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Language, LanguageChoice } from '../shared/settings.ts'
import { texts } from '../shared/texts/index.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'terms'
    resources: (typeof texts)['en']
  }
}

export type Area = keyof (typeof texts)['en']

/** A translator of one area; its keys are checked by the compiler. */
export type Words<A extends Area> = TFunction<FallbackNs<A>>

export const words = createInstance()

/** Loads the catalogues; they are part of the program, so this is over at once. */
export const startWords = async (): Promise<void> => {
  await words.use(initReactI18next).init({
    resources: texts,
    lng: 'en',
    fallbackLng: 'en',
    ns: ['terms', 'frame', 'conversation'],
    defaultNS: 'terms',
    // React escapes; escaping twice would show `&amp;` to people called R&D.
    interpolation: { escapeValue: false }
  })
}

/** The translator of an area, in the language chosen; the component is drawn again when that changes. */
export const useWords = <A extends Area>(area: A): Words<A> => useTranslation(area, { i18n: words }).t

/** The language shown, for dates and numbers. */
export const useLanguage = (): Language =>
  useTranslation('terms', { i18n: words }).i18n.language === 'zh-CN' ? 'zh-CN' : 'en'

export const chosenLanguage = (choice: LanguageChoice, system: Language): Language =>
  choice === 'system' ? system : choice

/** Speaks this language from now on; the document says so too, for screen readers and the shapes of characters. */
export const speak = (language: Language): void => {
  document.documentElement.lang = language
  void words.changeLanguage(language)
}
