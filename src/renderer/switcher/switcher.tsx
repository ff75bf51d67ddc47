import { useId, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { hostPort } from '../../shared/address.ts'
import type { AppState, Conversation, Room } from '../../shared/state.ts'
import { memberLabel } from '../../shared/events.ts'
import { Avatar } from '../parts/avatar.tsx'
import { classes } from '../parts/class-names.ts'
import { Dialog } from '../parts/dialog.tsx'
import { StatusDot } from '../parts/status-dot.tsx'
import { dotOf } from '../rooms/state-words.ts'
import { closeDialog, select, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import styles from './switcher.module.css'

interface Place {
  conversation: Conversation
  room: Room
  name: string
  /** What else it can be found by. */
  more: string
}

const placesOf = (conversations: AppState['conversations'], rooms: AppState['rooms']): Place[] =>
  conversations.flatMap((conversation) => {
    const room = rooms.find((candidate) => candidate.id === conversation.room)
    if (!room) return []
    return conversation.with
      ? [{ conversation, room, name: memberLabel(conversation.with), more: conversation.with.address ?? '' }]
      : [{ conversation, room, name: room.title, more: hostPort(room.host, room.port) }]
  })

const fold = (text: string): string => text.normalize('NFKC').toLocaleLowerCase()

/** How well a place fits what was typed; null: not at all. Beginnings first, then words, then anywhere. */
const rank = (place: Place, typed: string): number | null => {
  if (typed === '') return place.conversation.mentions > 0 ? 0 : place.conversation.unread > 0 ? 1 : 2
  const name = fold(place.name)
  if (name.startsWith(typed)) return 0
  if (name.split(/\s+/u).some((word) => word.startsWith(typed))) return 1
  if (name.includes(typed)) return 2
  return fold(`${place.more} ${place.room.title}`).includes(typed) ? 3 : null
}

/** Goes to a room or a person by a few letters. */
export const Switcher = () => {
  const t = useWords('frame')
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const conversations = useApp((state) => state.conversations)
  const rooms = useApp((state) => state.rooms)
  const places = placesOf(conversations, rooms)
    .map((place) => ({ place, rank: rank(place, fold(typed.trim())) }))
    .filter((found): found is { place: Place; rank: number } => found.rank !== null)
    .toSorted((a, b) => a.rank - b.rank)
    .map((found) => found.place)
  const at = Math.min(chosen, places.length - 1)

  const go = (place: Place | undefined): void => {
    if (!place) return
    closeDialog()
    select(place.conversation.id)
  }
  const pressed = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && places.length > 0) {
      event.preventDefault()
      const next = (at + step + places.length) % places.length
      setChosen(next)
      document.querySelector(`#${CSS.escape(`${id}-${next}`)}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(places[at])
    }
  }

  return (
    <Dialog width="s" title={t('switcher.title')} initialFocus={field} onClose={closeDialog}>
      <div className={styles['switcher']}>
        <input
          ref={field}
          className={styles['field']}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={places[at] ? `${id}-${at}` : undefined}
          aria-label={t('switcher.field')}
          placeholder={t('switcher.field')}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setChosen(0)
          }}
          onKeyDown={pressed}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={t('switcher.title')} className={styles['list']}>
          {places.map((place, index) => (
            <li
              key={place.conversation.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              className={classes(styles['place'], index === at && styles['on'])}
              onPointerMove={() => setChosen(index)}
              onClick={() => go(place)}
            >
              <span className={styles['sign']}>
                {place.conversation.with ? (
                  <Avatar member={place.conversation.with} size="s" />
                ) : (
                  <StatusDot look={dotOf(place.room)} text="" />
                )}
              </span>
              <span className={styles['texts']}>
                <bdi className={styles['name']}>{place.name}</bdi>
                <small>
                  {place.conversation.with ? t('switcher.privateIn', { room: place.room.title }) : place.more}
                </small>
              </span>
              {place.conversation.unread > 0 && (
                <span className={styles['unread']}>{t('rooms.unread', { count: place.conversation.unread })}</span>
              )}
            </li>
          ))}
        </ul>
        <p role="status" className={places.length === 0 ? styles['nothing'] : 'unseen'}>
          {places.length === 0 ? t('switcher.nothing') : t('switcher.found', { count: places.length })}
        </p>
      </div>
    </Dialog>
  )
}
