import { CircleHelp, CornerDownLeft, Info, SendHorizontal, TriangleAlert, X } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ClipboardEvent, KeyboardEvent } from 'react'
import type { AppCommand } from '../../shared/commands.ts'
import { memberKey } from '../../shared/events.ts'
import { messagesIn } from '../../shared/messages.ts'
import type { Member } from '../../shared/events.ts'
import type { Conversation, Room } from '../../shared/state.ts'
import { Avatar } from '../parts/avatar.tsx'
import { classes } from '../parts/class-names.ts'
import { Name } from '../conversation/name.tsx'
import { shownLabel } from '../conversation/showable.ts'
import { select, send, useApp, appNow } from '../store.ts'
import { useWords } from '../words.ts'
import type { Suggestion } from './completion.ts'
import { completed } from './completion.ts'
import type { Insertion } from './drafts.ts'
import { draftNow, keepDraft, setDraft, takeInsertions, useDraft } from './drafts.ts'
import { ComposerHelp } from './composer-help.tsx'
import { SeveralDialog } from './several-dialog.tsx'
import { readTyped } from './typed.ts'
import { useCompletion } from './use-completion.ts'
import styles from './composer.module.css'

/** The composer grows with what is written up to this part of the window. */
const TALLEST = 0.4
/** From so many messages on a person is asked first: three lines are a thought, a page is a mistake. */
const ASK_FROM_MESSAGES = 5
/** A good answer need not be read twice. */
const ACCEPTED_SHOWN_MS = 4000
/** What Safari and old input methods report for a key that belongs to a composition. */
const KEY_OF_COMPOSITION = 229

const NOBODY: readonly Member[] = []

/** Why nothing can be sent now, however it is written; null when it can. */
const useBlocked = (conversation: Conversation, room: Room): string | null => {
  const t = useWords('conversation')
  const { status } = room
  if (status.state === 'away' && status.reason === 'not-a-chat') return t('composer.notAChat')
  if (status.state === 'kicked' && status.retryAt === null) return t('composer.kicked')
  const silent = status.state === 'connected' && room.dialect.recognised !== null && !room.capabilities.whisper
  return conversation.with !== null && silent ? t('composer.cannotWhisper') : null
}

/** What is worth knowing before one writes. */
const useNotice = (conversation: Conversation, room: Room): string | null => {
  const t = useWords('conversation')
  if (room.status.state !== 'connected') {
    // Where nothing is written down, what waits goes with the program.
    if (room.history === 'never') return t('composer.waitsInMemory')
    return t(room.status.state === 'away' ? 'composer.waitsAway' : 'composer.waits')
  }
  if ((conversation.unsent?.held ?? 0) > 0) return t('composer.waitsBehind')
  if (conversation.with !== null && !conversation.present) {
    return t('composer.gone', { name: shownLabel(conversation.with) })
  }
  return null
}

const suggestionWords = { who: 'commandWho', rename: 'commandRename', to: 'commandTo', help: 'commandHelp' } as const

const SuggestionRow = ({ item }: { item: Suggestion }) => {
  const t = useWords('conversation')
  if (item.kind === 'command') {
    return (
      <>
        <code>/{item.command}</code>
        <span className={styles['about']}>{t(`composer.${suggestionWords[item.command]}`)}</span>
      </>
    )
  }
  return (
    <>
      <Avatar member={item.member} size="s" />
      <span>
        <Name member={item.member} apart />
      </span>
    </>
  )
}

interface ComposerProps {
  conversation: Conversation
  room: Room
  /** What the conversation is called. */
  title: string
}

/** Where one writes. Keyed by conversation: each has its own text, and nothing of one leaks into another. */
export const Composer = ({ conversation, room, title }: ComposerProps) => {
  const t = useWords('conversation')
  const terms = useWords('terms')
  const id = conversation.id
  const text = useDraft(id)
  const members = useApp((state) => state.people[room.id]?.members) ?? NOBODY
  const selfKey = room.self === null ? null : memberKey(room.self)
  const others = useMemo(() => members.filter((member) => memberKey(member) !== selfKey), [members, selfKey])

  const area = useRef<HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState(text.length)
  const wantedCaret = useRef<number | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [asking, setAsking] = useState<readonly string[] | null>(null)
  const agreed = useRef<string | null>(null)
  const [helping, setHelping] = useState(false)
  const [renaming, setRenaming] = useState<string | null>(null)
  const recalled = useRef<{ back: number; text: string } | null>(null)
  const composing = useRef(false)
  const completing = useCompletion(text, caret, others)
  const blocked = useBlocked(conversation, room)
  const notice = useNotice(conversation, room)
  const messages = useMemo(() => (text.includes('\n') ? messagesIn(text).length : 0), [text])
  const names = useId()
  const listId = `${names}list`
  const statusId = `${names}status`

  const write = (next: string, at = next.length): void => {
    wantedCaret.current = at
    setDraft(id, next)
    setCaret(at)
  }
  const focus = (): void => area.current?.focus()

  // The height follows the text, whoever changed it.
  useLayoutEffect(() => {
    const element = area.current
    if (!element || element.value !== text) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, window.innerHeight * TALLEST)}px`
    if (wantedCaret.current !== null) {
      element.setSelectionRange(wantedCaret.current, wantedCaret.current)
      wantedCaret.current = null
    }
  }, [text, area, wantedCaret])

  useEffect(() => {
    // Who goes through what a search found keeps the keyboard there: one Enter more must not send a draft.
    const searches = document.activeElement?.closest('[role=search]') ?? null
    if (searches === null) area.current?.focus({ preventScroll: true })
    return () => keepDraft(id)
  }, [id, area])

  const insert = useEffectEvent((insertion: Insertion): void => {
    const element = area.current
    if (!element) return
    const now = draftNow(id)
    if (insertion.start) {
      const rest = now.startsWith('/') && !now.startsWith('//') ? '' : now
      write(insertion.text + rest, insertion.text.length)
    } else if (insertion.text !== '') {
      const at = element.selectionStart
      const glue = at > 0 && !/\s$/u.test(now.slice(0, at)) ? ' ' : ''
      const piece = glue + insertion.text
      write(now.slice(0, at) + piece + now.slice(element.selectionEnd), at + piece.length)
    }
    element.focus()
  })
  useEffect(() => takeInsertions(id, (insertion) => insert(insertion)), [id])

  // The server's answer to `/rename` is shown where it was asked.
  const answer = room.renaming.state !== 'idle' && room.renaming.name === renaming ? room.renaming : null
  useEffect(() => {
    if (answer?.state !== 'accepted') return undefined
    const timer = setTimeout(() => setRenaming(null), ACCEPTED_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [answer?.state])

  /** Performs; what was refused comes back into the composer, before whatever was written meanwhile. */
  const perform = async (command: AppCommand, written: string): Promise<string | undefined> => {
    setError(null)
    setDraft(id, '')
    setCaret(0)
    recalled.current = null
    const failed = (reason: string): undefined => {
      const now = draftNow(id)
      write(now === '' ? written : `${written}\n${now}`, written.length)
      setError(t('composer.failed', { reason }))
      return undefined
    }
    try {
      const outcome = await send(command)
      if (outcome.ok) {
        // What was sent must not come back as a draft when the app ends now.
        keepDraft(id)
        return outcome.conversation
      }
      return failed(terms(`outcome.${outcome.code}`))
    } catch {
      // The carrier is gone: its own bar says so, and the text is not lost.
      return failed(t('composer.carrierLost'))
    }
  }

  const whisper = async (to: string, what: string, written: string): Promise<void> => {
    const thread = await perform({ type: 'whisper', room: room.id, to, text: what }, written)
    if (thread !== undefined) select(thread)
  }

  const submit = (given = text): void => {
    if (given.trim() === '') return
    // A server we do not know, and a host of ours, may have commands of their own.
    const typed = readTyped(given, others, room.marked || room.dialect.recognised === 'plain')
    if (typed.type === 'help') {
      setHelping(true)
      write('')
      return
    }
    if (blocked !== null) {
      setError(blocked)
      return
    }
    switch (typed.type) {
      case 'say': {
        const parts = messagesIn(typed.text)
        if (parts.length >= ASK_FROM_MESSAGES && agreed.current !== given) {
          setAsking(parts)
          return
        }
        void perform({ type: 'say', conversation: id, text: typed.text }, given)
        break
      }
      case 'who':
        void perform({ type: 'who', room: room.id }, given)
        break
      case 'rename':
        setRenaming(typed.name)
        void perform({ type: 'rename', room: room.id, name: typed.name }, given)
        break
      case 'whisper':
        void whisper(typed.to, typed.text, given)
        break
      case 'incomplete':
        setError(t(typed.command === 'to' ? 'composer.usageTo' : 'composer.usageRename'))
        return
      case 'unknown':
        setError(t('composer.unknown', { command: typed.command }))
        return
    }
    agreed.current = null
  }

  const take = (choice: Suggestion): void => {
    if (!completing.shown) return
    const after = completed(text, completing.shown, choice)
    write(after.text, after.caret)
    focus()
  }

  const recall = (by: 1 | -1): boolean => {
    const lines = appNow()?.timelines[id]?.lines ?? []
    const own = lines
      .filter((line) => line.kind === 'said' && line.own)
      .map((line) => (line.kind === 'said' ? line.text : ''))
    const different = own.filter((said, index) => said !== own[index + 1])
    const back = (recalled.current?.back ?? 0) + by
    if (back > different.length) return true
    const found = back <= 0 ? '' : (different[different.length - back] ?? '')
    recalled.current = back <= 0 ? null : { back, text: found }
    write(found)
    return true
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // Keys of an input method are its own: its Enter chooses a word. Safari ends the composition before the key.
    if (event.nativeEvent.isComposing || composing.current || event.keyCode === KEY_OF_COMPOSITION) return
    const { shown } = completing
    if (shown) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step !== undefined) {
        event.preventDefault()
        completing.select(completing.selected + step)
        return
      }
      if (event.key === 'Escape') {
        event.preventDefault()
        completing.dismiss()
        return
      }
      if ((event.key === 'Enter' && !event.shiftKey) || (event.key === 'Tab' && !event.shiftKey)) {
        if (completing.choice) {
          event.preventDefault()
          take(completing.choice)
          return
        }
      }
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      submit()
      return
    }
    const untouched = text === '' || recalled.current?.text === text
    if (event.key === 'ArrowUp' && untouched && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      recall(1)
    } else if (event.key === 'ArrowDown' && recalled.current?.text === text && !event.altKey && !event.shiftKey) {
      event.preventDefault()
      recall(-1)
    } else if (event.key === 'Escape') {
      setError(null)
      setHelping(false)
    }
  }

  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
    const pasted = event.clipboardData.getData('text/plain')
    if (messagesIn(pasted).length < ASK_FROM_MESSAGES || blocked !== null) return
    event.preventDefault()
    const { selectionStart, selectionEnd } = event.currentTarget
    const clean = pasted.replaceAll(/\r\n?/gu, '\n')
    const next = text.slice(0, selectionStart) + clean + text.slice(selectionEnd)
    write(next, selectionStart + clean.length)
    setAsking(messagesIn(next))
  }

  const canSend = text.trim() !== '' && (blocked === null || text.trim() === '/help')
  const { shown } = completing
  return (
    <div className={styles['composer']}>
      {helping && <ComposerHelp onClose={() => setHelping(false)} />}
      {answer !== null && (
        <p
          className={classes(styles['said'], answer.state === 'refused' ? styles['bad'] : styles['good'])}
          role="status"
        >
          {answer.state === 'waiting' && t('composer.renaming', { name: answer.name })}
          {answer.state === 'accepted' && t('composer.renamed', { name: answer.name })}
          {answer.state === 'refused' &&
            t('composer.renameRefused', { name: answer.name, reason: terms(`refusal.${answer.code}`) })}
          <button type="button" aria-label={t('composer.dismiss')} onClick={() => setRenaming(null)}>
            <X aria-hidden />
          </button>
        </p>
      )}
      {error !== null && (
        <p className={classes(styles['said'], styles['bad'])} role="alert">
          <TriangleAlert aria-hidden />
          <span>{error}</span>
          <button type="button" aria-label={t('composer.dismiss')} onClick={() => setError(null)}>
            <X aria-hidden />
          </button>
        </p>
      )}
      <div className={styles['field']} data-blocked={blocked !== null}>
        {shown && (
          <ul className={styles['suggestions']} id={listId} role="listbox" aria-label={t('composer.suggestions')}>
            {shown.items.map((item, index) => (
              <li
                key={item.key}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === completing.selected}
                className={styles['option']}
                onPointerMove={() => {
                  if (index !== completing.selected) completing.select(index)
                }}
                // The caret must not leave the text.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(item)}
              >
                <SuggestionRow item={item} />
              </li>
            ))}
          </ul>
        )}
        <textarea
          ref={area}
          rows={1}
          value={text}
          dir="auto"
          className={styles['area']}
          aria-label={t('composer.label', { title })}
          placeholder={t('composer.placeholder', { title })}
          role="combobox"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-expanded={shown !== null}
          aria-controls={shown ? listId : undefined}
          aria-activedescendant={shown ? `${listId}-${completing.selected}` : undefined}
          aria-describedby={statusId}
          spellCheck
          enterKeyHint="send"
          onChange={(event) => {
            setDraft(id, event.currentTarget.value)
            setCaret(event.currentTarget.selectionStart)
            setError(null)
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onCompositionStart={() => {
            composing.current = true
          }}
          onCompositionEnd={() => {
            // Safari sends the Enter that ended a composition after this: it still belongs to it.
            setTimeout(() => {
              composing.current = false
            }, 0)
          }}
        />
        <button
          type="button"
          className={styles['send']}
          disabled={!canSend}
          onClick={() => {
            submit()
            focus()
          }}
        >
          <span>{t('composer.send')}</span>
          <SendHorizontal aria-hidden />
        </button>
      </div>
      <div className={styles['hint']} id={statusId}>
        {blocked !== null || notice !== null ? (
          <span className={styles['notice']}>
            <Info aria-hidden />
            {blocked ?? notice}
          </span>
        ) : (
          <span>
            <CornerDownLeft aria-hidden />
            {messages > 1 ? t('composer.messages', { count: messages }) : t('composer.hint')}
          </span>
        )}
        <button type="button" className={styles['help']} onClick={() => setHelping(!helping)} aria-expanded={helping}>
          <CircleHelp aria-hidden />
          <span>{t('composer.commands')}</span>
        </button>
      </div>
      {asking !== null && (
        <SeveralDialog
          messages={asking}
          onSend={() => {
            agreed.current = text
            setAsking(null)
            submit(text)
            focus()
          }}
          onEdit={() => {
            agreed.current = text
            setAsking(null)
          }}
        />
      )}
    </div>
  )
}
