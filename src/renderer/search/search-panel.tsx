import { SearchX, TriangleAlert, X } from 'lucide-react'
import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, UIEvent } from 'react'
import type { Hit } from '../../shared/search.ts'
import { parseSearch, SEARCH_CHARACTERS } from '../../shared/search.ts'
import { insertDraft } from '../composer/drafts.ts'
import { shownLabel } from '../conversation/showable.ts'
import { useToday } from '../conversation/use-marker.ts'
import { jumpTo } from '../conversation/visiting.ts'
import { Button, IconButton } from '../parts/button.tsx'
import {
  announce,
  changeSearch,
  closeSearch,
  conversationOf,
  useApp,
  useSelectedRoom,
  useView,
  viewNow
} from '../store.ts'
import { useDiskReason } from '../notices/disk-words.ts'
import { useWords } from '../words.ts'
import { HitView } from './hit-view.tsx'
import { SearchHelp } from './search-help.tsx'
import { MAX_HITS, useSearch } from './use-search.ts'
import styles from './search-panel.module.css'

/** Older hits are asked for before the person gets to the last one. */
const NEAR_END_PX = 400
/** Where the search lies over the conversation, it must go for the message to be seen. The same width as in the style. */
const COVERS = '(max-width: 960px)'

/** What a filter still needs, said while it is typed. */
const useMissing = (text: string): string | null => {
  const t = useWords('frame')
  const [filter] = parseSearch(text).unfinished
  if (filter === undefined) return null
  const dated = filter === 'before' || filter === 'after'
  return t(dated ? 'search.needsDate' : 'search.needsName', { filter: `${filter}:` })
}

/** Searches in the conversation shown, or everywhere, beside it. The frame puts it in the place of the people. */
export const SearchPanel = () => {
  const t = useWords('frame')
  const disk = useDiskReason()
  const id = useId()
  const open = useView((view) => view.search)
  const selected = useView((view) => view.selected)
  const conversation = useApp((state) => conversationOf(state, selected))
  const room = useSelectedRoom()
  const today = useToday()
  const text = open?.text ?? ''
  const everywhere = open?.everywhere === true || conversation === undefined
  const found = useSearch(text, everywhere ? null : selected)
  const { hits, state } = found
  const missing = useMissing(text)

  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const [active, setActive] = useState(0)
  const at = Math.min(active, hits.length - 1)
  const optionOf = (index: number): string => `${id}-${index}`
  const point = useCallback((option: string): void => setActive(Number(option.slice(option.lastIndexOf('-') + 1))), [])

  // Opened, and asked for again: the keyboard is in the field, what stands there can be typed over.
  const cameFrom = useRef<HTMLElement | null>(null)
  const nth = open?.nth ?? 0
  const opened = useRef(0)
  useLayoutEffect(() => {
    if (opened.current === nth) return undefined
    opened.current = nth
    const before = document.activeElement
    if (before instanceof HTMLElement && before !== document.body && before !== field.current) cameFrom.current = before
    // After a menu has given the keyboard back to where it was opened.
    const timer = setTimeout(() => field.current?.select())
    field.current?.select()
    return () => clearTimeout(timer)
  }, [nth])

  const jumped = useRef(false)
  const close = (): void => {
    const line = document.querySelector<HTMLElement>('[role=log] [data-key][tabindex="0"]')
    const back = jumped.current && line !== null ? line : cameFrom.current
    closeSearch()
    const { selected: shown } = viewNow()
    if (back?.isConnected === true) back.focus()
    else if (shown !== null) insertDraft(shown, '')
  }

  const go = useCallback(
    async (hit: Hit): Promise<void> => {
      const covers = window.matchMedia(COVERS).matches
      const where = { line: hit.line.id }
      const { jump } = await jumpTo(hit.conversation, where, { at: 'middle', focus: covers })
      if (jump === 'there' || jump === 'gone') {
        jumped.current = true
        if (covers) closeSearch()
      }
      if (jump === 'gone' || jump === 'nothing') announce(t('search.gone'))
      if (jump === 'closed') announce(t('search.closed', { title: hit.title }))
      if (jump === 'unreadable') announce(t('search.unreadable'))
    },
    [t]
  )
  const goTo = useCallback((hit: Hit): void => void go(hit), [go])

  // Enter before the answer is there means the first of what comes.
  const goWhenThere = useRef(false)
  useEffect(() => {
    if (!goWhenThere.current || !found.fresh || found.busy) return
    goWhenThere.current = false
    const [first] = hits
    if (first) goTo(first)
  }, [found.fresh, found.busy, hits, goTo])

  const move = (to: number): void => {
    const next = Math.max(0, Math.min(to, hits.length - 1))
    setActive(next)
    list.current?.querySelector(`#${CSS.escape(optionOf(next))}`)?.scrollIntoView({ block: 'nearest' })
    if (next >= hits.length - 3) found.older()
  }
  const pressed = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key]
    if (to !== undefined && hits.length > 0) {
      event.preventDefault()
      move(to)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const hit = hits[at]
      if (!found.fresh) goWhenThere.current = true
      else if (hit) goTo(hit)
    }
  }
  const scrolled = (event: UIEvent<HTMLUListElement>): void => {
    const { scrollHeight, clientHeight, scrollTop } = event.currentTarget
    if (scrollHeight - clientHeight - scrollTop < NEAR_END_PX) found.older()
  }
  const insert = (filter: string): void => {
    changeSearch({ text: `${text}${text === '' || text.endsWith(' ') ? '' : ' '}${filter}` })
    field.current?.focus()
  }

  const hereTitle = conversation?.with ? shownLabel(conversation.with) : (room?.title ?? '')
  const keepsNothing = !everywhere && room?.history === 'never'
  const count =
    state === 'found' && hits.length > 0
      ? t(found.more ? 'search.foundMore' : 'search.found', { count: hits.length })
      : state === 'searching' || (found.busy && hits.length === 0)
        ? t('search.searching')
        : state === 'found'
          ? t('search.nothing')
          : ''
  return (
    <section
      role="search"
      className={styles['panel']}
      aria-label={t('search.title')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
        event.preventDefault()
        event.stopPropagation()
        close()
      }}
    >
      <header className={styles['head']}>
        <h2>{t('search.title')}</h2>
        <IconButton label={t('search.close')} icon={<X aria-hidden />} onClick={close} />
      </header>
      <div className={styles['ask']}>
        <input
          ref={field}
          type="search"
          className={styles['field']}
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={hits[at] ? optionOf(at) : undefined}
          aria-describedby={`${id}-missing`}
          aria-label={everywhere ? t('search.fieldEverywhere') : t('search.fieldHere', { title: hereTitle })}
          placeholder={t('search.field')}
          autoComplete="off"
          spellCheck={false}
          maxLength={SEARCH_CHARACTERS}
          value={text}
          onChange={(event) => {
            changeSearch({ text: event.target.value })
            setActive(0)
          }}
          onKeyDown={pressed}
        />
        <div className={styles['scope']} role="group" aria-label={t('search.where')}>
          <button
            type="button"
            aria-pressed={!everywhere}
            disabled={conversation === undefined}
            onClick={() => changeSearch({ everywhere: false })}
          >
            {t('search.here')}
          </button>
          <button type="button" aria-pressed={everywhere} onClick={() => changeSearch({ everywhere: true })}>
            {t('search.everywhere')}
          </button>
        </div>
      </div>
      <p id={`${id}-missing`} className={missing === null ? 'unseen' : styles['count']}>
        {missing}
      </p>
      {keepsNothing && <p className={styles['note']}>{t('search.neverHere')}</p>}
      <p role="status" aria-live="polite" className={hits.length > 0 || count !== '' ? styles['count'] : 'unseen'}>
        {count}
      </p>
      <ul
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={t('search.results')}
        className={hits.length > 0 ? styles['list'] : 'unseen'}
        tabIndex={-1}
        onScroll={scrolled}
      >
        {hits.map((hit, index) => (
          <HitView
            key={hit.line.id}
            hit={hit}
            id={optionOf(index)}
            everywhere={everywhere}
            on={index === at}
            today={today}
            point={point}
            go={goTo}
          />
        ))}
        {hits.length >= MAX_HITS && (
          <li role="presentation" className={styles['end']}>
            {t('search.most', { count: MAX_HITS })}
          </li>
        )}
      </ul>
      {state === 'idle' && <SearchHelp insert={insert} />}
      {state === 'found' && hits.length === 0 && !found.busy && (
        <div className={styles['state']}>
          <SearchX aria-hidden />
          <p>{t(everywhere ? 'search.nothingAnywhere' : 'search.nothingHere')}</p>
          {!everywhere && <Button onClick={() => changeSearch({ everywhere: true })}>{t('search.elsewhere')}</Button>}
        </div>
      )}
      {state === 'unavailable' && (
        <div className={styles['state']} role="alert">
          <TriangleAlert aria-hidden />
          <p>
            {found.reason === '' ? t('search.unavailable') : t('search.unavailableWhy', { reason: disk(found.reason) })}
          </p>
          <Button onClick={found.again}>{t('search.tryAgain')}</Button>
        </div>
      )}
    </section>
  )
}
