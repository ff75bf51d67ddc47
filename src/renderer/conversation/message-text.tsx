import { memo, useMemo, useState } from 'react'
import type { MouseEvent } from 'react'
import { safeLink } from '../../shared/link.ts'
import type { Mark, Term } from '../../shared/search.ts'
import { marksIn } from '../../shared/search.ts'
import { tell, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import { folded, showable } from './showable.ts'
import type { LinkGate, Token } from './tokens.ts'
import { codeOf, tokensOf } from './tokens.ts'
import styles from './message-text.module.css'

const gate: LinkGate = (raw) => {
  const url = safeLink(raw)
  return url === null ? null : { url, host: new URL(url).host }
}

interface LinkProps {
  source: string
  url: string
  host: string
}

/** In Electron the app opens links, after judging them again; in a browser the browser does, told nothing about us. */
const Link = ({ source, url, host }: LinkProps) => {
  const t = useWords('conversation')
  const electron = useApp((state) => state.surroundings.carrier === 'electron')
  const open = (event: MouseEvent): void => {
    if (!electron) return
    event.preventDefault()
    tell({ type: 'openLink', url })
  }
  return (
    <a
      className={styles['link']}
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      title={t('line.opens', { host })}
      draggable={false}
      onClick={open}
      onAuxClick={open}
    >
      {source}
    </a>
  )
}

/** With the place it begins at: what tells one from the other. */
interface Placed {
  token: Token | { kind: 'found'; source: string }
  at: number
}

/** Plain text taken apart where it holds what was looked for. */
const withMarks = (one: Placed, marks: readonly Mark[]): Placed[] => {
  const { token, at } = one
  if (token.kind !== 'text') return [one]
  const end = at + token.source.length
  const parts: Placed[] = []
  let from = at
  const add = (kind: 'text' | 'found', to: number): void => {
    if (to > from) parts.push({ token: { kind, source: token.source.slice(from - at, to - at) }, at: from })
    from = Math.max(from, to)
  }
  for (const [start, stop] of marks) {
    if (stop <= at || start >= end) continue
    add('text', Math.max(start, at))
    add('found', Math.min(stop, end))
  }
  add('text', end)
  return parts
}

const placed = (tokens: readonly Token[]): Placed[] => {
  const found: Placed[] = []
  let at = 0
  for (const token of tokens) {
    found.push({ token, at })
    at += token.source.length
  }
  return found
}

interface MessageTextProps {
  text: string
  mention: RegExp | null
  /** Marked where they stand, if all of them do. */
  sought: readonly Term[]
}

/** What somebody said: text, never markup; links, code and my name told apart; folded when very long. */
export const MessageText = memo(({ text, mention, sought }: MessageTextProps) => {
  const t = useWords('conversation')
  const [step, setStep] = useState(0)
  const { tokens, more } = useMemo(() => {
    const fold = folded(text, step)
    const shown = showable(fold.text)
    const found = sought.length === 0 ? null : marksIn(shown, sought)
    const plain = placed(tokensOf(shown, gate, mention))
    return { tokens: found === null ? plain : plain.flatMap((one) => withMarks(one, found)), more: fold.more }
  }, [text, step, mention, sought])
  return (
    <>
      <bdi className={styles['text']} dir="auto">
        {tokens.map(({ token, at: key }) => {
          switch (token.kind) {
            case 'text':
              return token.source
            case 'found':
              return (
                <mark key={key} className={styles['found']}>
                  {token.source}
                </mark>
              )
            case 'code':
              return <code key={key}>{codeOf(token.source)}</code>
            case 'link':
              return <Link key={key} source={token.source} url={token.url} host={token.host} />
            case 'mention':
              return (
                <mark key={key} className={styles['mention']}>
                  {token.source}
                </mark>
              )
          }
        })}
      </bdi>
      {more && (
        <button type="button" className={styles['more']} onClick={() => setStep(step + 1)}>
          {t('log.more')}
        </button>
      )}
    </>
  )
})
MessageText.displayName = 'MessageText'
