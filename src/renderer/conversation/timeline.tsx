import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, UIEvent } from 'react'
import { memberKey } from '../../shared/events.ts'
import { parseSearch } from '../../shared/search.ts'
import type { Conversation, LineId, Room, Timeline as Lines } from '../../shared/state.ts'
import { insertDraft } from '../composer/drafts.ts'
import { startEditing } from './editing.ts'
import { classes } from '../parts/class-names.ts'
import { ContextMenu } from '../parts/menu.tsx'
import { announce, tell, useApp, useView, viewNow } from '../store.ts'
import { useLanguage, useWords } from '../words.ts'
import { Announcer } from './announcer.tsx'
import { DayAbove, EdgeState, ToNewest, UnreadAbove } from './edges.tsx'
import { useRowMenu } from './row-menu.tsx'
import type { RowContext } from './row-view.tsx'
import { RowView } from './row-view.tsx'
import type { PresenceLine, Row, SaidLine } from './rows.ts'
import { makeRowBuilder, newestOf } from './rows.ts'
import { mentionPattern } from './tokens.ts'
import { useFirstLook } from './use-first-look.ts'
import { rowOfLine, useGoing } from './use-going.ts'
import { useJump, useSamePlace, wordsOfRow } from './use-jump.ts'
import { useKeptKeyboard } from './use-kept-keyboard.ts'
import { countNew, useMarker, useToday } from './use-marker.ts'
import { useForgetting, usePaging } from './use-paging.ts'
import { usePlace } from './use-place.ts'
import type { Visit } from './visit.ts'
import { backToNewest, jumpTo, standAtEnd } from './visiting.ts'
import type { Manner } from './visiting.ts'
import styles from './timeline.module.css'

/** This close to the end counts as "at the bottom": less than one line of text. */
const AT_END_PX = 24
/** What floats over the edges, such as the way to unread messages: a row one goes to stands beside it. In rows of text. */
const FLOATING = 3.2
const TEXT_PX = 14
/**
 * In a flood rows are added, measured, and dropped at the top: until that is over, the place is nobody's wish. In frames:
 * a machine that stalls draws none, and settles nothing meanwhile.
 */
const SETTLING_FRAMES = 12
/** A place that is only measured wrongly is put right by the next frames. */
const LEAVING_FRAMES = 3
/** What was seen is told so often, not with each row that goes by. */
const READ_PAUSE_MS = 250

/** Close enough that the scroll bar hardly moves when a row is measured. */
const ESTIMATES: Record<Row['kind'], number> = { message: 24, presence: 26, arrival: 26, note: 26, free: 23 }
const SEPARATOR = 36
const HEAD = 26
const estimate = (row: Row | undefined, scale: number): number => {
  if (!row) return 0
  const separators = (row.day === null ? 0 : SEPARATOR) + (row.unread ? SEPARATOR : 0)
  const head = row.kind === 'message' && row.head ? HEAD : 0
  const gap = row.kind === 'arrival' && row.away !== null ? SEPARATOR : 0
  return (ESTIMATES[row.kind] + separators + head + gap) * scale
}

interface TimelineProps {
  conversation: Conversation
  room: Room
  /** The live end. */
  timeline: Lines
  /** Where the person reads; null: at the live end. */
  visit: Visit | null
  title: string
}

/** The messages, of which only those in sight exist as elements. */
export const Timeline = ({ conversation, room, timeline: live, visit, title }: TimelineProps) => {
  const t = useWords('conversation')
  const language = useLanguage()
  const inFront = useView((view) => view.inFront)
  const scroller = useRef<HTMLDivElement>(null)
  const shown = visit ?? live
  const { lines, whole } = shown
  const joined = visit?.joined ?? true
  const newest = live.lines.at(-1)?.id ?? 0
  const ignored = useMemo(() => new Set(room.ignored), [room.ignored])
  const marker = useMarker(conversation, newest, inFront)
  const today = useToday()

  const [build] = useState(makeRowBuilder)
  const { rows: all, alike } = useMemo(
    () => build({ lines, whole, ignored, marker }),
    [build, lines, whole, ignored, marker]
  )
  const [unreadable, setUnreadable] = useState(false)
  // What the first row looks like is decided by lines that are not here yet: shown with them, it does not jump.
  const settled = whole || unreadable || all.length < 2
  const rows = useMemo(() => (settled ? all : all.slice(1)), [all, settled])

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
  const typed = useView((view) => view.search?.text ?? '')
  const sought = useMemo(() => parseSearch(typed).terms, [typed])
  const context: RowContext = useMemo(
    () => ({
      conversation: conversation.id,
      alike,
      mention: mentionPattern([myName, profileName]),
      sought,
      today,
      unfold
    }),
    [conversation.id, alike, myName, profileName, sought, today, unfold]
  )

  const [scale] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 14)
  const keyOf = useCallback((index: number) => rows[index]?.key ?? index, [rows])
  const sizeOf = useCallback((index: number) => estimate(rows[index], scale), [rows, scale])
  const floating = FLOATING * TEXT_PX * scale
  /** At the live end: with it goes who stands there, and nobody else. */
  const stands = visit === null || (visit.joined && visit.atEnd)
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: sizeOf,
    getItemKey: keyOf,
    anchorTo: 'end',
    // A page below a place that was visited is not news.
    followOnAppend: stands,
    scrollEndThreshold: AT_END_PX,
    scrollPaddingStart: floating,
    scrollPaddingEnd: floating,
    overscan: 10,
    // At the end, one paint for a burst of lines: messages are not typed into the list. Who reads must not see, even for
    // a moment, rows at their old places when one above them turns out to be higher than thought.
    useFlushSync: !(visit?.atEnd ?? true)
  })
  const items = virtual.getVirtualItems()
  const firstShown = virtual.range?.startIndex ?? 0
  const lastShown = virtual.range?.endIndex ?? -1
  // A page that comes above moves the place at once, and the element grows with what is drawn next: until then its end
  // lies above the place. Before the element is there, every place is the end.
  const below = virtual.getTotalSize() - (virtual.scrollOffset ?? 0) - (virtual.scrollRect?.height ?? 0)
  const isPlaced = virtual.scrollElement !== null && virtual.range !== null
  const atEnd = joined && isPlaced && below <= AT_END_PX && virtual.isAtEnd(AT_END_PX)

  const [active, setActive] = useState<string | null>(null)
  const { goTo, stop } = useGoing({ rows, virtual })
  const keyboard = useKeptKeyboard(scroller)
  const lit = useJump({ target: visit?.target ?? null, rows, goTo, scroller, reach: setActive })
  useForgetting(virtual, rows)

  /** The way up to what is new was taken. */
  const [jumped, setJumped] = useState(false)
  const unreadRow = useMemo(() => rows.findIndex((row) => row.unread), [rows])
  // Further up than what is in hand, they are found by their place.
  const unreadBefore = marker > 0 && unreadRow < 0 && !whole && (lines[0]?.id ?? 0) > marker
  const goToFirstUnread = async (manner: Partial<Manner> = {}): Promise<void> => {
    const { jump } = await jumpTo(conversation.id, { line: marker + 1 }, { at: 'top', focus: false, ...manner })
    if (jump === 'there' || jump === 'gone') setJumped(true)
    if (jump === 'unreadable') announce(t('log.unreadable'))
  }
  // Where the window before this one was left.
  const [left] = useState(() => viewNow().topLine)
  const leftRow = useMemo(
    () => (left !== null && (whole || left >= (lines[0]?.id ?? left + 1)) ? rowOfLine(rows, left) : -1),
    [left, whole, lines, rows]
  )
  const goFar = async (): Promise<void> => {
    if (left === null) await goToFirstUnread({ unasked: true })
    else await jumpTo(conversation.id, { line: left }, { at: 'top', focus: false, unasked: true })
  }
  const goToBeginning = async (): Promise<void> => {
    const { jump } = await jumpTo(conversation.id, { moment: 0 }, { at: 'top', focus: true })
    if (jump === 'unreadable') announce(t('log.unreadable'))
  }
  const isOnItsWay = useFirstLook({
    rows: rows.length,
    begin: left === null ? unreadRow : leftRow,
    isFar: left === null ? unreadBefore : leftRow < 0,
    isJump: visit?.target != null,
    goTo,
    goFar,
    virtual
  })

  // On the way to what was jumped to, its old place shows rows that nobody looks at.
  const target = visit?.target ?? null
  const [arrivedAt, setArrivedAt] = useState(0)
  if (target !== null && target.nth !== arrivedAt) {
    const row = rowOfLine(rows, target.line)
    if (row >= firstShown && row <= lastShown) setArrivedAt(target.nth)
  }
  const isThere = !isOnItsWay && (target === null || target.nth === arrivedAt)

  const placed = virtual.range !== null
  const offset = virtual.scrollOffset ?? 0
  const endedAt = useRef(0)
  const topRow = rows[firstShown]
  const readRow = rows[virtual.getVirtualItemForOffset(offset + floating + 1)?.index ?? -1]
  const takePlace = usePlace({
    conversation: conversation.id,
    line: stands || readRow === undefined ? null : newestOf(readRow),
    isThere: placed && isThere
  })
  const lastKey = rows.at(-1)?.key
  const lastKeyBefore = useRef(lastKey)
  const settling = useRef(0)
  // The wheel, a finger, the scroll bar, a key or a button: since the end was reached last.
  const moved = useRef(false)
  const hasMoved = useCallback((): void => {
    moved.current = true
    takePlace()
    stop()
  }, [stop, takePlace])
  const leaving = useRef(false)
  /** Moved by no input we know of (a screen reader, or rows just measured): believed if it is still so after a while. */
  const leaveSlowly = useCallback((): void => {
    if (leaving.current) return
    leaving.current = true
    let frames = LEAVING_FRAMES
    const look = (): void => {
      frames -= 1
      if (frames > 0 && settling.current === 0) {
        requestAnimationFrame(look)
        return
      }
      leaving.current = false
      if (virtual.isAtEnd(AT_END_PX)) return
      if (settling.current > 0 && !moved.current) virtual.scrollToEnd()
      else standAtEnd(conversation.id, false)
    }
    requestAnimationFrame(look)
  }, [virtual, conversation.id])
  useEffect(() => {
    // The end that is shown before one is where one wants to be: nobody stands there.
    if (!placed || isOnItsWay) return
    if (lastKeyBefore.current !== lastKey) {
      const wasSettled = settling.current === 0
      settling.current = SETTLING_FRAMES
      const settle = (): void => {
        settling.current -= 1
        if (settling.current > 0) requestAnimationFrame(settle)
      }
      if (wasSettled) requestAnimationFrame(settle)
    }
    lastKeyBefore.current = lastKey
    if (atEnd) {
      endedAt.current = offset
      moved.current = false
      // What comes in pushes the end away before the list follows it: only who went up has left it.
    } else if (offset >= endedAt.current && (visit === null || visit.atEnd)) return
    else if (stands && !moved.current) {
      if (settling.current > 0) virtual.scrollToEnd()
      else leaveSlowly()
      return
    }
    standAtEnd(conversation.id, atEnd)
  }, [placed, isOnItsWay, atEnd, offset, stands, lastKey, visit, virtual, leaveSlowly, conversation.id])
  useSamePlace({ lines, rows, firstShown, goTo, elsewhere: visit?.target?.nth ?? 0 })

  const wantsEnd = useRef(false)
  const toNewest = useCallback((): void => {
    takePlace()
    stop()
    if (joined) virtual.scrollToEnd()
    else {
      wantsEnd.current = true
      backToNewest(conversation.id)
    }
  }, [joined, virtual, conversation.id, stop, takePlace])
  useLayoutEffect(() => {
    if (!wantsEnd.current || !joined) return
    wantsEnd.current = false
    virtual.scrollToEnd()
  }, [joined, rows, virtual])

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
  const lastLine = live.lines.at(-1)
  const ownNewest = lastLine?.kind === 'said' && lastLine.own ? lastLine.id : 0
  const ownSeen = useRef(ownNewest)
  useEffect(() => {
    if (ownNewest > ownSeen.current) {
      ownSeen.current = ownNewest
      toNewest()
    }
  }, [ownNewest, toNewest])

  const paging = usePaging({ conversation: conversation.id, shown, visit, rows: rows.length, virtual })
  if (unreadable !== (paging.failed === 'older')) setUnreadable(paging.failed === 'older')

  // Seen is what is in sight in a window that is in front.
  const shownRow = rows[Math.min(lastShown, rows.length - 1)]
  const seen = !isThere ? 0 : atEnd ? newest : shownRow ? newestOf(shownRow) : 0
  const [seenTo, setSeenTo] = useState<LineId>(Math.max(conversation.readUpTo, 0))
  if (seen > seenTo) setSeenTo(seen)
  const told = useRef(conversation.readUpTo)
  const telling = useRef<ReturnType<typeof setTimeout> | null>(null)
  const toTell = useRef(seenTo)
  useEffect(() => {
    toTell.current = seenTo
    if (!inFront || telling.current !== null || seenTo <= Math.max(told.current, conversation.readUpTo)) return
    telling.current = setTimeout(() => {
      telling.current = null
      told.current = toTell.current
      tell({ type: 'read', conversation: conversation.id, line: toTell.current })
    }, READ_PAUSE_MS)
  }, [inFront, seenTo, conversation.id, conversation.readUpTo])
  useEffect(() => {
    if (!inFront) return undefined
    return () => {
      if (telling.current !== null) clearTimeout(telling.current)
      telling.current = null
    }
  }, [inFront, conversation.id])

  const newBelow = useMemo(() => {
    if (atEnd) return 0
    const inHand = countNew(live.lines, seenTo, ignored)
    // More came than a view holds.
    return (live.lines[0]?.id ?? 0) > seenTo ? Math.max(inHand, conversation.unread) : inHand
  }, [atEnd, live.lines, seenTo, ignored, conversation.unread])
  const unreadAbove = (unreadRow >= 0 && unreadRow < firstShown) || unreadBefore
  const above = useMemo(
    () => (unreadAbove ? Math.max(countNew(live.lines, marker, ignored), conversation.unread) : 0),
    [unreadAbove, live.lines, marker, ignored, conversation.unread]
  )
  // What is pressed goes away, or the row it was pressed on.
  const pressedNewest = (): void => {
    keyboard.keep()
    toNewest()
  }
  const toUnread = (): void => {
    keyboard.keep()
    setJumped(true)
    hasMoved()
    if (unreadRow >= 0) goTo(unreadRow, 'start')
    else void goToFirstUnread()
  }

  // Arrow keys walk through the rows; the one reached is the only one in the tab order.
  const walkTo = (index: number): void => {
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))]
    if (!row) return
    setActive(row.key)
    goTo(rows.indexOf(row), 'auto')
    keyboard.toRow(row.key)
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
    const reached = rows[found]
    const waits = onRow && reached?.kind === 'message' && reached.line.own && reached.line.state === 'queued'
    if (waits && (event.key === 'Enter' || event.key === 'F2')) {
      event.preventDefault()
      startEditing(reached.line.id, reached.line.text)
    } else if (event.key === 'End' && !joined) {
      event.preventDefault()
      pressedNewest()
    } else if (event.key === 'Home' && !whole) {
      event.preventDefault()
      void goToBeginning()
    } else if (to !== undefined) {
      event.preventDefault()
      walkTo(to)
    } else if (event.key === 'Escape' || (event.key.length === 1 && event.key !== ' ')) {
      // Typing goes where typing belongs; the letter itself follows the focus.
      insertDraft(conversation.id, '')
    }
  }

  const menu = useRowMenu(rows, room, conversation.id)
  const isIgnored = useCallback((line: SaidLine) => ignored.has(memberKey(line.from)), [ignored])
  const topAt = lines[topRow?.first ?? 0]?.at ?? today
  const litRow = lit === null ? undefined : rows.find((row) => row.key === lit)
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
        data-first={lines[0]?.id}
        data-last={lines.at(-1)?.id}
        data-live={joined}
        onKeyDown={onKeyDown}
        onFocus={keyboard.onFocus}
        onBlur={keyboard.onBlur}
        onScroll={onScroll}
        onWheel={hasMoved}
        onTouchMove={hasMoved}
        onPointerDown={hasMoved}
        onKeyDownCapture={hasMoved}
        onContextMenuCapture={menu.prepare}
      >
        <ContextMenu groups={menu.groups}>
          <div role="list" className={styles['rows']} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index]
              if (!row) return null
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  role="listitem"
                  className={classes(styles['row'], row.key === lit && styles['lit'])}
                  aria-setsize={whole && joined ? rows.length : -1}
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
      {topRow !== undefined && topRow.day === null && topAt < today && <DayAbove at={topAt} today={today} />}
      <EdgeState paging={paging} atTop={firstShown === 0} />
      {above > 0 && !jumped && <UnreadAbove count={above} go={toUnread} />}
      {!atEnd && rows.length > 0 && <ToNewest count={newBelow} joined={joined} go={pressedNewest} />}
      <div className="unseen" role="status" aria-live="polite">
        {litRow !== undefined && t('log.wentTo', wordsOfRow(litRow, language))}
      </div>
      <Announcer lines={live.lines} ignored={isIgnored} />
    </div>
  )
}
