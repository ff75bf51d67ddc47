import type { Language, LanguageChoice } from '../../shared/settings.ts'
import { useApp } from '../store.ts'
import { useWords } from '../words.ts'
import { changeSettings } from './change.ts'
import { Choice } from './choice.tsx'

/** Each in its own words: who cannot read this page must still find theirs. */
const NAMES: Record<Language, string> = { en: 'English', 'zh-CN': '简体中文' }

export const LanguagePage = () => {
  const t = useWords('frame')
  const language = useApp((state) => state.preferences.language)
  const system = useApp((state) => state.surroundings.systemLanguage)
  const choices: { value: LanguageChoice; label: React.ReactNode }[] = [
    { value: 'system', label: t('settings.languageSystem', { language: NAMES[system] }) },
    { value: 'en', label: <span lang="en">{NAMES.en}</span> },
    { value: 'zh-CN', label: <span lang="zh-CN">{NAMES['zh-CN']}</span> }
  ]
  return (
    <Choice
      look="list"
      legend={t('settings.language')}
      value={language}
      choices={choices}
      onChoose={(chosen) => changeSettings({ language: chosen })}
    />
  )
}
