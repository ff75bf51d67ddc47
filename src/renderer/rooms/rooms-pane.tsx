import { Menu as MenuIcon, Plug, Plus, Search, Settings, DoorOpen, UserRound } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { useShortcut } from '../keys.ts'
import { useMenuGroups } from '../menu/app-menu.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { IconButton } from '../parts/button.tsx'
import { Menu } from '../parts/menu.tsx'
import { openDialog, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import { RoomItem } from './room-item.tsx'
import styles from './rooms-pane.module.css'

/** Arrow keys, Home and End go through the list; Tab still reaches everything. */
const walk = (event: KeyboardEvent<HTMLElement>): void => {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-item]')]
  const at = items.findIndex((item) => item === document.activeElement)
  if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
  const target = to === undefined ? undefined : items[to]
  if (!target) return
  event.preventDefault()
  target.focus()
}

const Brand = () => {
  const t = useWords('frame')
  const shortcut = useShortcut()
  const inBrowser = useApp((state) => state.surroundings.carrier === 'browser')
  const menu = useMenuGroups()
  const keys = (name: 'host' | 'connect') => {
    const written = shortcut(name)
    return written === undefined ? {} : { keys: written }
  }
  return (
    <div className={styles['brand']}>
      {inBrowser ? (
        <Menu groups={menu} trigger={<IconButton label={t('menu.title')} icon={<MenuIcon />} />} />
      ) : (
        <span className={styles['cup']} aria-hidden>
          茶
        </span>
      )}
      <span className={styles['word']}>{t('title.plain')}</span>
      <Menu
        align="end"
        trigger={<IconButton label={t('rooms.add')} icon={<Plus />} />}
        groups={[
          [
            {
              label: t('menu.host'),
              icon: <DoorOpen />,
              ...keys('host'),
              run: () => openDialog({ dialog: 'host', again: null })
            },
            {
              label: t('menu.connect'),
              icon: <Plug />,
              ...keys('connect'),
              run: () => openDialog({ dialog: 'connect', host: null, port: null })
            }
          ]
        ]}
      />
    </div>
  )
}

const Me = () => {
  const t = useWords('frame')
  const shortcut = useShortcut()
  const name = useApp((state) => state.preferences.name)
  const count = useApp((state) => state.rooms.filter((room) => room.open && room.status.state === 'connected').length)
  const keys = shortcut('settings')
  return (
    <div className={styles['me']}>
      <button
        type="button"
        className={styles['profile']}
        onClick={() => openDialog({ dialog: 'settings', page: 'profile' })}
      >
        {name === '' ? (
          <span className={styles['nobody']} aria-hidden>
            <UserRound />
          </span>
        ) : (
          <Avatar member={{ address: null, name }} own />
        )}
        <span className={styles['texts']}>
          <span className="unseen">{t('me.profile')}: </span>
          <bdi className={styles['name']}>{name === '' ? t('me.noName') : name}</bdi>
          <small>{name === '' ? t('me.chooseName') : t(count === 0 ? 'me.inNoRoom' : 'me.inRooms', { count })}</small>
        </span>
      </button>
      <IconButton
        label={t('me.settings')}
        icon={<Settings />}
        {...(keys === undefined ? {} : { keys })}
        onClick={() => openDialog({ dialog: 'settings', page: 'profile' })}
      />
    </div>
  )
}

/** The left pane: rooms with their private threads, saved rooms, me. */
export const RoomsPane = () => {
  const t = useWords('frame')
  const shortcut = useShortcut()
  const rooms = useApp((state) => state.rooms)
  const open = rooms.filter((room) => room.open)
  const saved = rooms.filter((room) => !room.open)
  return (
    <div className={styles['pane']}>
      <Brand />
      {rooms.length > 0 && (
        <button type="button" className={styles['jump']} onClick={() => openDialog({ dialog: 'switch' })}>
          <Search aria-hidden />
          <span>{t('rooms.jump')}</span>
          <kbd aria-hidden>{shortcut('switch')}</kbd>
        </button>
      )}
      <div className={styles['scroll']} onKeyDown={walk} role="presentation">
        {open.length > 0 && (
          <section aria-labelledby="rooms-open">
            <h2 id="rooms-open" className={styles['heading']}>
              {t('rooms.title')}
            </h2>
            <ul>
              {open.map((room) => (
                <RoomItem key={room.id} room={room} />
              ))}
            </ul>
          </section>
        )}
        {saved.length > 0 && (
          <section aria-labelledby="rooms-saved">
            <h2 id="rooms-saved" className={styles['heading']}>
              {t('rooms.saved')}
            </h2>
            <ul>
              {saved.map((room) => (
                <RoomItem key={room.id} room={room} />
              ))}
            </ul>
          </section>
        )}
        {rooms.length === 0 && <p className={styles['none']}>{t('rooms.none')}</p>}
      </div>
      <Me />
    </div>
  )
}
