/** The choices of *Appearance* and *Language*. Apart from the schemas: the page needs the lists, not the library. */

export const THEMES = ['system', 'light', 'dark'] as const
export const LANGUAGES = ['system', 'en', 'zh-CN'] as const
/** Root font sizes in CSS pixels; 14 is the design's. */
export const TEXT_SIZES = [12, 13, 14, 16, 18, 20] as const

export type Theme = (typeof THEMES)[number]
export type LanguageChoice = (typeof LANGUAGES)[number]
export type Language = 'en' | 'zh-CN'
