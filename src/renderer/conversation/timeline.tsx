import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ClipboardCopy, Link as LinkIcon, RotateCcw, Trash2 } from 'lucide-react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, MouseEvent, UIEvent } from 'react'
import { memberKey } from '../../shared/events.ts'
import type { Conversation, LineId, Room, Timeline as Lines } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { insertDraft } from '../composer/drafts.ts'
import { copyText } from '../parts/copy-button.tsx'
import { ContextMenu } from '../parts/menu.tsx'
import type { MenuEntry, MenuGroups } from '../parts/menu.tsx'
import { personActions } from '../people/person-actions.tsx'
import { loadOlder, tell, useApp, useView } from '../store.ts'
import { useWords } from '../words.ts'
import { Announcer } from './announcer.tsx'
import type { RowContext } from './row-view.tsx'
import { RowView } from './row-view.tsx'
import type { PresenceLine, Row, SaidLine } from './rows.ts'
import { makeRowBuilder, newestOf } from './rows.ts'
import { mentionPattern } from './tokens.ts'
import styles from './timeline.module.css'

/** Lines asked for at once when the person reads on upwards. */
const PAGE_LINES = 500
/** Rows from the top at which the next page is fetched: before the person gets there. */
const FETCH_WITHIN_ROWS = 25
/** And never further from the top than this. */
const NEAR_TOP_SCREENS = 2
/** This close to the end counts as "at the bottom": less than one line of text. */
const AT_END_PX = 24
/** What was seen is told when the eye rests, not with each row that goes by. */
const READ_PAUSE_MS = 250
const MINUTE_MS = 60_000

/** Close enough that the scroll bar hardly moves when a row is measured. */
const ESTIMATES: Record<Row['kind'], number> = { message: 24, presence: 26, arrival: 26, note: 26, free: 23 }
const SEPARATOR = 36
const HEAD = 26
const estimate = (row: Row | undefined, scale: number): number => {
  if (!row) return 0
  const separators = (row.day === null ? 0 : SEPARATOR) + (row.unread ? SEPARATOR : 0)
  const head = row.kind === 'message' && row.head ? HEAD : 0
  return (ESTIMATES[row.kind] + separators + head) * scale
}

const startOfToday = (): number => new Date().setHours(0, 0, 0, 0)

/** The start of today; changes once a day, so that "Today" becomes "Yesterday" in a window left open. */
const useToday = (): number => {
  const [today, setToday] = useState(startOfToday)
  useEffect(() => {
    const timer = setInterval(() => setToday(startOfToday()), MINUTE_MS)
    return () => clearInterval(timer)
  }, [])
  return today
}

/**
 * Where the unread marker stands. It is set when the person comes (back) to something new, and stays while they read;
 * otherwise it would run away from the reader.
 */
const useMarker = (conversation: Conversation, newest: LineId, inFront: boolean): LineId => {
  const [marker, setMarker] = useState(conversation.unread > 0 ? conversation.readUpTo : 0)
  const [was, setWas] = useState(inFront)
  if (was !== inFront) {
    setWas(inFront)
    if (!inFront) setMarker(conversation.unread > 0 && marker > 0 ? marker : newest)
    else if (conversation.unread === 0) setMarker(0)
  }
  return marker
}

/** New messages of others behind a line. */
const countNew = (lines: Lines['lines'], after: LineId, ignored: ReadonlySet<string>): number => {
  let count = 0
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]
    if (!line || line.id <= after) break
    if (line.kind === 'said' && !line.own && !ignored.has(memberKey(line.from))) count++
  }
  return count
}

interface TimelineProps {
  conversation: Conversation
  room: Room
  timeline: Lines
  title: string
}

/** The messages, of which only those in sight exist as elements. */
export const Timeline = ({ conversation, room, timeline, title }: TimelineProps) => {
  const t = useWords('conversation')
  const inFront = useView((view) => view.inFront)
  const scroller = useRef<HTMLDivElement>(null)
  const { lines, whole } = timeline
  const newest = lines.at(-1)?.id ?? 0
  const ignored = useMemo(() => new Set(room.ignored), [room.ignored])
  const marker = useMarker(conversation, newest, inFront)
  const today = useToday()

  const [build] = useState(makeRowBuilder)
  const { rows, alike } = useMemo(
    () => build({ lines, whole, ignored, marker }),
    [build, lines, whole, ignored, marker]
  )

  const [unfolded, setUnfolded] = useState<ReadonlySet<LineId>>(new Set())
  const unfold = useCallback((fold: readonly PresenceLine[]) => {
    setUnfolded((before) => {
      const after = new Set(before)
      const open = fold.some((line) => before.has(line.id))
      for (const line of fold) {
        if (open) after.delete(line.id)
        else after.add(line.id)
      }
      return after
    })
  }, [])
  const myName = room.self?.name ?? ''
  // What mentions me is decided with both (decision 18): on servers without names only the profile's is mine.
  const profileName = useApp((state) => state.preferences.name)
  const context: RowContext = useMemo(
    () => ({ conversation: conversation.id, alike, mention: mentionPattern([myName, profileName]), today, unfold }),
    [conversation.id, alike, myName, profileName, today, unfold]
  )

  const [scale] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 14)
  const keyOf = useCallback((index: number) => rows[index]?.key ?? index, [rows])
  const sizeOf = useCallback((index: number) => estimate(rows[index], scale), [rows, scale])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: sizeOf,
    getItemKey: keyOf,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    overscan: 10,
    // One paint for a burst of lines: messages are not typed into the list.
    useFlushSync: false
  })
  const items = virtual.getVirtualItems()
  const firstShown = virtual.range?.startIndex ?? 0
  const lastShown = virtual.range?.endIndex ?? -1
  // Before the element is there, every place is the end.
  const atEnd = virtual.scrollElement !== null && virtual.range !== null && virtual.isAtEnd(AT_END_PX)

  // The first look: at what is new, else at the end.
  const unreadRow = useMemo(() => rows.findIndex((row) => row.unread), [rows])
  const opened = useRef(false)
  useLayoutEffect(
    () => () => {
      // Mounted again, the list begins at its top again.
      opened.current = false
    },
    [opened]
  )
  useLayoutEffect(() => {
    if (opened.current || rows.length === 0) return
    opened.current = true
    if (unreadRow >= 0) virtual.scrollToIndex(unreadRow, { align: 'start' })
    else virtual.scrollToEnd()
  }, [rows, unreadRow, virtual])

  // The composer grows, the window shrinks: who was at the bottom stays there.
  const wasAtEnd = useRef(true)
  const onScroll = (event: UIEvent<HTMLDivElement>): void => {
    const { scrollHeight, clientHeight, scrollTop } = event.currentTarget
    wasAtEnd.current = scrollHeight - clientHeight - scrollTop <= AT_END_PX
  }
  useEffect(() => {
    const element = scroller.current
    if (!element) return undefined
    let height = element.clientHeight
    const observer = new ResizeObserver(() => {
      if (element.clientHeight !== height && wasAtEnd.current) virtual.scrollToEnd()
      height = element.clientHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [virtual])

  // What I say myself is what I want to see, wherever I was reading.
  const lastLine = lines.at(-1)
  const ownNewest = lastLine?.kind === 'said' && lastLine.own ? lastLine.id : 0
  const ownSeen = useRef(ownNewest)
  useEffect(() => {
    if (ownNewest > ownSeen.current) {
      ownSeen.current = ownNewest
      virtual.scrollToEnd()
    }
  }, [ownNewest, virtual])

  const fetching = useRef(false)
  const wantsOlder = !whole && virtual.range !== null && firstShown < FETCH_WITHIN_ROWS
  const oldest = lines[0]?.id ?? null
  useEffect(() => {
    // Again when the page is there (`oldest`) and the person is still at the top.
    const element = scroller.current
    if (!wantsOlder || fetching.current || oldest === null || !element) return
    // Not on the way from the first drawing to the end of the list.
    if (element.scrollTop > element.clientHeight * NEAR_TOP_SCREENS) return
    fetching.current = true
    loadOlder(conversation.id, PAGE_LINES)
      .catch((error: unknown) => console.warn('Older messages did not come', error))
      .finally(() => {
        fetching.current = false
      })
  }, [wantsOlder, oldest, conversation.id])

  // Seen is what is in sight in a window that is in front.
  const shownRow = rows[Math.min(lastShown, rows.length - 1)]
  const seen = atEnd ? newest : shownRow ? newestOf(shownRow) : 0
  const [seenTo, setSeenTo] = useState<LineId>(Math.max(conversation.readUpTo, 0))
  if (seen > seenTo) setSeenTo(seen)
  const told = useRef(conversation.readUpTo)
  useEffect(() => {
    if (!inFront || seen <= Math.max(told.current, conversation.readUpTo)) return undefined
    const timer = setTimeout(() => {
      told.current = seen
      tell({ type: 'read', conversation: conversation.id, line: seen })
    }, READ_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [inFront, seen, conversation.id, conversation.readUpTo])

  const below = useMemo(() => (atEnd ? 0 : countNew(lines, seenTo, ignored)), [atEnd, lines, seenTo, ignored])
  const unreadAbove = unreadRow >= 0 && unreadRow < firstShown
  const above = useMemo(
    () => (unreadAbove ? countNew(lines, marker, ignored) : 0),
    [unreadAbove, lines, marker, ignored]
  )
  const [jumped, setJumped] = useState(false)

  // Arrow keys walk through the rows; the one reached is the only one in the tab order.
  const [active, setActive] = useState<string | null>(null)
  const walkTo = (index: number): void => {
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))]
    if (!row) return
    setActive(row.key)
    virtual.scrollToIndex(rows.indexOf(row), { align: 'auto' })
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-key="${row.key}"]`)?.focus({ preventScroll: true })
    })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const onRow = event.target instanceof HTMLElement && event.target.dataset['key'] !== undefined
    if (event.target !== scroller.current && !onRow) return
    const found = rows.findIndex((row) => row.key === active)
    // From the row reached last while it is in sight: a quick second key comes before the focus has followed.
    const inSight = found >= firstShown && found <= lastShown
    const at = found >= 0 && (onRow || inSight) ? found : Math.min(lastShown, rows.length - 1) + 1
    const page = Math.max(1, lastShown - firstShown - 1)
    const to = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - page,
      PageDown: at + page,
      Home: 0,
      End: rows.length - 1
    }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      walkTo(to)
    } else if (event.key === 'Escape' || (event.key.length === 1 && event.key !== ' ')) {
      // Typing goes where typing belongs; the letter itself follows the focus.
      insertDraft(conversation.id, '')
    }
  }

  const [groups, setGroups] = useState<MenuGroups>([])
  const onLine = (line: SaidLine, type: 'resend' | 'deleteLine') => (): void =>
    void perform({ type, conversation: conversation.id, line: line.id })
  const prepareMenu = (event: MouseEvent): void => {
    const target = event.target instanceof Element ? event.target : null
    const index = Number(target?.closest<HTMLElement>('[data-index]')?.dataset['index'] ?? Number.NaN)
    const row = rows[index]
    const selection = window.getSelection()?.toString() ?? ''
    const text = row?.kind === 'message' || row?.kind === 'free' ? row.line.text : ''
    const link = target?.closest('a')?.href
    const first: MenuEntry[] = []
    if (selection !== '' || text !== '') {
      first.push({
        label: t('line.copy'),
        icon: <ClipboardCopy aria-hidden />,
        run: () => void copyText(selection === '' ? text : selection)
      })
    }
    if (link !== undefined) {
      first.push({
        label: t('line.copyLink'),
        icon: <LinkIcon aria-hidden />,
        run: () => void copyText(link)
      })
    }
    const made: MenuEntry[][] = [first]
    if (row?.kind === 'message' && !row.line.own) {
      made.push(...personActions({ member: row.line.from, room, conversation: conversation.id, t }))
    }
    if (row?.kind === 'message' && row.line.own && (row.line.state === 'failed' || row.line.state === 'unconfirmed')) {
      made.push([
        {
          label: row.line.state === 'failed' ? t('line.retry') : t('line.sendAgain'),
          icon: <RotateCcw aria-hidden />,
          run: onLine(row.line, 'resend')
        },
        { label: t('line.delete'), icon: <Trash2 aria-hidden />, danger: true, run: onLine(row.line, 'deleteLine') }
      ])
    }
    if (made.every((group) => group.length === 0)) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    setGroups(made)
  }

  const isIgnored = useCallback((line: SaidLine) => ignored.has(memberKey(line.from)), [ignored])
  return (
    <div className={styles['place']}>
      <div
        ref={scroller}
        className={styles['log']}
        role="log"
        aria-live="off"
        aria-label={t('log.label', { title })}
        tabIndex={0}
        data-rows={rows.length}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        onContextMenuCapture={prepareMenu}
      >
        {wantsOlder && firstShown === 0 && <p className={styles['fetching']}>{t('log.loading')}</p>}
        <ContextMenu groups={groups}>
          <div role="list" className={styles['rows']} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index]
              if (!row) return null
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  role="listitem"
                  className={styles['row']}
                  aria-setsize={whole ? rows.length : -1}
                  aria-posinset={item.index + 1}
                  data-index={item.index}
                  data-key={row.key}
                  tabIndex={row.key === active ? 0 : -1}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <RowView
                    row={row}
                    open={row.kind === 'presence' && row.lines.some((line) => unfolded.has(line.id))}
                    context={context}
                  />
                </div>
              )
            })}
          </div>
        </ContextMenu>
      </div>
      {above > 0 && !jumped && (
        <button
          type="button"
          className={`${styles['jump'] ?? ''} ${styles['up'] ?? ''}`}
          onClick={() => {
            setJumped(true)
            virtual.scrollToIndex(unreadRow, { align: 'start' })
          }}
        >
          <ArrowUp aria-hidden />
          {t('log.newAbove', { count: above })}
        </button>
      )}
      {!atEnd && rows.length > 0 && (
        <button
          type="button"
          className={`${styles['jump'] ?? ''} ${below > 0 ? (styles['news'] ?? '') : (styles['quiet'] ?? '')}`}
          aria-label={below > 0 ? undefined : t('log.toNewest')}
          onClick={() => virtual.scrollToEnd()}
        >
          <ArrowDown aria-hidden />
          {below > 0 && t('log.newBelow', { count: below })}
        </button>
      )}
      <Announcer lines={lines} ignored={isIgnored} />
    </div>
  )
}
