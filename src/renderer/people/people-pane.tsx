import { useVirtualizer } from '@tanstack/react-virtual'
import { BadgeCheck, EyeOff, ScanEye, X } from 'lucide-react'
import { useMemo, useRef } from 'react'
import type { KeyboardEvent } from 'react'
import { memberKey } from '../../shared/events.ts'
import type { Member } from '../../shared/events.ts'
import type { Room, RoomId } from '../../shared/state.ts'
import { Name } from '../conversation/name.tsx'
import { showableName, shownLabel } from '../conversation/showable.ts'
import { Avatar } from '../parts/avatar.tsx'
import { IconButton } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import { Menu } from '../parts/menu.tsx'
import { roomOf, showPeople, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import { peopleInOrder } from './people-in-order.ts'
import { personActions } from './person-actions.tsx'
import styles from './people-pane.module.css'

/** Fewer people than this are simply all there. */
const VIRTUAL_FROM = 100
const ROW_ESTIMATE_PX = 46

interface PersonProps {
  member: Member
  self: boolean
  room: Room
}

const Person = ({ member, self, room }: PersonProps) => {
  const t = useWords('conversation')
  const label = shownLabel(member)
  const address = showableName(member.address ?? '')
  const ignored = !self && room.ignored.includes(memberKey(member))
  const inside = (
    <>
      <Avatar member={member} size="s" own={self} />
      <span className={styles['names']}>
        <span className={styles['line']}>
          <Name member={member} />
          {self && <span className={styles['tag']}>{t('people.you')}</span>}
          {ignored && (
            <span className={styles['tag']}>
              <EyeOff aria-hidden /> {t('people.ignored')}
            </span>
          )}
        </span>
        {address !== '' && address !== label && <bdi className={styles['address']}>{address}</bdi>}
      </span>
    </>
  )
  if (self) return <div className={classes(styles['person'], styles['self'])}>{inside}</div>
  return (
    <Menu
      align="start"
      groups={personActions({ member, room, conversation: room.id, t })}
      trigger={
        <button
          type="button"
          className={classes(styles['person'], styles['press'], ignored && styles['ignored'])}
          title={t('people.actions', { name: label })}
        >
          {inside}
        </button>
      }
    />
  )
}

/** Arrow keys go from person to person. */
const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (by === undefined) return
  const people = Array.from(event.currentTarget.querySelectorAll<HTMLElement>('button'))
  const at = people.findIndex((person) => person === document.activeElement)
  const next = at < 0 ? undefined : people[at + by]
  if (!next) return
  event.preventDefault()
  next.focus()
}

const NOBODY: readonly Member[] = []

/** The right pane: who is here, and how sure that is. The frame puts it into a labelled `<aside>`. */
export const PeoplePane = ({ room: id }: { room: RoomId }) => {
  const t = useWords('conversation')
  const room = useApp((state) => roomOf(state, id))
  const members = useApp((state) => state.people[id]?.members) ?? NOBODY
  const connected = room?.status.state === 'connected'
  // A list from before the connection was lost is not the list of who is here.
  const complete = useApp((state) => state.people[id]?.complete ?? false) && connected
  const sure = complete ? 'complete' : connected ? 'seen' : 'before'
  const self = connected ? room.self : null
  const people = useMemo(() => peopleInOrder(members, self), [members, self])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: people.length,
    enabled: people.length > VIRTUAL_FROM,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_ESTIMATE_PX,
    getItemKey: (index) => {
      const member = people[index]
      return member ? memberKey(member) : index
    },
    overscan: 8
  })
  if (!room) return null
  const row = (member: Member) => (
    <Person member={member} self={self !== null && memberKey(member) === memberKey(self)} room={room} />
  )
  const list = { role: 'list', 'aria-label': t('people.list', { room: room.title }) } as const
  return (
    <div className={styles['pane']}>
      <header className={styles['head']}>
        <h2>
          {t('people.title')} {people.length > 0 && <span>{people.length}</span>}
        </h2>
        <span className={styles['close']}>
          <IconButton label={t('people.close')} icon={<X aria-hidden />} onClick={() => showPeople(false)} />
        </span>
      </header>
      {people.length > 0 && (
        <p className={classes(styles['sure'], complete && styles['complete'])} title={t(`people.${sure}Long`)}>
          {complete ? <BadgeCheck aria-hidden /> : <ScanEye aria-hidden />}
          {t(`people.${sure}`)}
        </p>
      )}
      {/* The list scrolls, and is reached by its people. */}
      <div className={styles['scroller']} ref={scroller} onKeyDown={onKeyDown} role="presentation">
        {people.length === 0 && <p className={styles['none']}>{t(connected ? 'people.none' : 'people.noneAway')}</p>}
        {people.length > VIRTUAL_FROM ? (
          <div {...list} className={styles['tall']} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const member = people[item.index]
              return (
                member && (
                  <div
                    key={item.key}
                    ref={virtual.measureElement}
                    role="listitem"
                    data-index={item.index}
                    aria-setsize={people.length}
                    aria-posinset={item.index + 1}
                    className={styles['placed']}
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    {row(member)}
                  </div>
                )
              )
            })}
          </div>
        ) : (
          people.length > 0 && (
            <div {...list}>
              {people.map((member) => (
                <div key={memberKey(member)} role="listitem">
                  {row(member)}
                </div>
              ))}
            </div>
          )
        )}
      </div>
    </div>
  )
}
