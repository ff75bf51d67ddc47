import { CSPProvider } from '@base-ui/react/csp-provider'
import { useEffect } from 'react'
import { Frame } from './frame.tsx'
import { TooltipProvider } from './parts/tooltip.tsx'
import { useApp, useAttached } from './store.ts'
import { Arriving, CarrierBar } from './notices/carrier-bar.tsx'
import { Toast } from './notices/toast.tsx'
import { chosenLanguage, speak } from './words.ts'

/** Applies what the person chose to the document: theme, text size, language. */
const useAppearance = (): void => {
  const { theme, textSize, language } = useApp((state) => state.preferences)
  const system = useApp((state) => state.surroundings.systemLanguage)
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
  useEffect(() => {
    document.documentElement.style.fontSize = `${textSize}px`
  }, [textSize])
  useEffect(() => speak(chosenLanguage(language, system)), [language, system])
}

const Attached = () => {
  useAppearance()
  return <Frame />
}

/** The window: its frame once the app has told its state, and what lies over everything. */
export const App = () => {
  const attached = useAttached()
  return (
    // The page's content policy allows no inline style elements; Base UI is told not to make any.
    <CSPProvider disableStyleElements>
      <TooltipProvider delay={500}>
        <CarrierBar />
        {attached ? <Attached /> : <Arriving />}
        <Toast />
      </TooltipProvider>
    </CSPProvider>
  )
}
