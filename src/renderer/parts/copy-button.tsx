import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { announce } from '../store.ts'
import { useWords } from '../words.ts'
import { Button } from './button.tsx'

/** How long the check mark stays. */
const SHOWN_MS = 1_600

/** Puts text on the clipboard. False where the browser does not allow it. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Denied, or not a secure page: the caller tells the person, who can still select the text.
    return false
  }
}

interface CopyButtonProps {
  text: string
  /** What is copied, for screen readers: several copy buttons stand below each other. */
  what: string
}

/** Copies a text and says so. */
export const CopyButton = ({ text, what }: CopyButtonProps) => {
  const t = useWords('frame')
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return undefined
    const timer = setTimeout(() => setDone(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [done])
  const copy = async (): Promise<void> => {
    const copied = await copyText(text)
    setDone(copied)
    announce(copied ? t('copied') : t('notCopied'))
  }
  return (
    <Button size="s" aria-label={t('copyThing', { thing: what })} onClick={() => void copy()}>
      {done ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      {t('copy')}
    </Button>
  )
}
