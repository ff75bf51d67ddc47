import {
  ArrowDown,
  ArrowRightLeft,
  ArrowUp,
  CalendarSearch,
  CircleHelp,
  ClipboardCopy,
  DoorClosed,
  DoorOpen,
  Download,
  Info,
  LogOut,
  Plug,
  Search,
  Settings,
  TextSearch,
  Unplug
} from 'lucide-react'
import type { ReactElement } from 'react'
import type { Wish } from '../../shared/state.ts'
import { isActive } from '../actions.ts'
import type { ShortcutName } from '../keys.ts'
import { useShortcut } from '../keys.ts'
import type { MenuEntry, MenuGroups } from '../parts/menu.tsx'
import { useApp, useSelectedRoom } from '../store.ts'
import { fulfil } from '../wishes.ts'
import { useWords } from '../words.ts'

/** The desktop menu's entries, for the page: a browser tab has no menu bar. */
export const useMenuGroups = (): MenuGroups => {
  const t = useWords('frame')
  const shortcut = useShortcut()
  const room = useSelectedRoom()
  const openRooms = useApp((state) => state.rooms.filter((candidate) => candidate.open).length)
  const anyRoom = useApp((state) => state.rooms.length > 0)
  const entry = (label: string, icon: ReactElement, wish: Wish, name?: ShortcutName): MenuEntry => {
    const keys = name && shortcut(name)
    return { label, icon, run: () => fulfil(wish), ...(keys === undefined ? {} : { keys }) }
  }
  return [
    [
      entry(t('menu.host'), <DoorOpen />, { wish: 'host' }, 'host'),
      entry(t('menu.connect'), <Plug />, { wish: 'connect', host: null, port: null }, 'connect')
    ],
    room && room.status.state !== 'past'
      ? [
          entry(t('menu.copyInvitation'), <ClipboardCopy />, { wish: 'copy-invitation' }),
          ...(room.hosting
            ? [{ ...entry(t('menu.stopHosting'), <DoorClosed />, { wish: 'stop-hosting' }), danger: true }]
            : [
                ...(isActive(room) ? [entry(t('menu.disconnect'), <Unplug />, { wish: 'disconnect' })] : []),
                ...(room.open ? [entry(t('menu.leave'), <LogOut />, { wish: 'leave' })] : [])
              ])
        ]
      : [],
    [
      ...(room ? [entry(t('menu.find'), <Search />, { wish: 'find' }, 'find')] : []),
      entry(t('menu.search'), <TextSearch />, { wish: 'search' }, 'search'),
      ...(anyRoom ? [entry(t('menu.switch'), <ArrowRightLeft />, { wish: 'switch' }, 'switch')] : []),
      ...(room ? [entry(t('menu.goToDate'), <CalendarSearch />, { wish: 'go-to-date' }, 'goToDate')] : []),
      ...(openRooms > 1
        ? [
            entry(t('menu.next'), <ArrowDown />, { wish: 'next-room' }, 'next'),
            entry(t('menu.previous'), <ArrowUp />, { wish: 'previous-room' }, 'previous')
          ]
        : [])
    ],
    [
      entry(t('menu.export'), <Download />, { wish: 'export' }),
      entry(t('menu.settings'), <Settings />, { wish: 'settings' }, 'settings'),
      entry(t('menu.help'), <CircleHelp />, { wish: 'help' }),
      entry(t('menu.about'), <Info />, { wish: 'about' })
    ]
  ]
}
