import type { MenuItemConstructorOptions } from 'electron'
import type { AppState, ConversationId, Room, Wish } from '../shared/state.ts'
import type { Say } from './words.ts'

/** The entries that depend on what is shown. The others can always be chosen. */
export const CHANGING = [
  'copy-invitation',
  'disconnect',
  'leave',
  'stop-hosting',
  'find',
  'search',
  'switch',
  'go-to-date',
  'next-room',
  'previous-room'
] as const
export type Changing = (typeof CHANGING)[number]
export type Enabled = Record<Changing, boolean>

const isChanging = (id: string): id is Changing => CHANGING.some((one) => one === id)

const roomOf = (state: AppState, conversation: ConversationId | null): Room | null => {
  const id = state.conversations.find((one) => one.id === conversation)?.room
  return state.rooms.find((room) => room.id === id) ?? null
}

/** There is a connection, or the wish for one, that could be ended. */
const isActive = ({ status }: Room): boolean =>
  status.state === 'kicked' ? status.retryAt !== null : status.state !== 'away' && status.state !== 'past'

/** What can be chosen now: an entry that would do nothing is not offered. */
export const enabledEntries = (state: AppState | null, conversation: ConversationId | null): Enabled => {
  const room = state && roomOf(state, conversation)
  const guest = room !== null && room.hosting === null
  const several = state !== null && state.rooms.filter(({ open }) => open).length > 1
  return {
    'copy-invitation': room !== null && room.status.state !== 'past',
    disconnect: guest && isActive(room),
    leave: guest && room.open,
    'stop-hosting': room !== null && room.hosting !== null,
    switch: state !== null && state.rooms.length > 0,
    find: room !== null,
    // What was said is kept, also of rooms that are not here.
    search: state !== null,
    'go-to-date': room !== null,
    'next-room': several,
    'previous-room': several
  }
}

export interface MenuDeps {
  say: Say
  platform: NodeJS.Platform
  enabled: Enabled
  wish: (wish: Wish) => void
}

/** The application menu: the platform's roles in our languages, and our own entries, known by their ids. */
export const menuTemplate = ({ say, platform, enabled, wish }: MenuDeps): MenuItemConstructorOptions[] => {
  const mac = platform === 'darwin'
  const gap: MenuItemConstructorOptions = { type: 'separator' }
  const role = (
    name: NonNullable<MenuItemConstructorOptions['role']>,
    label: string,
    more: MenuItemConstructorOptions = {}
  ): MenuItemConstructorOptions => ({ role: name, label, ...more })
  const entry = (wished: Wish, label: string, accelerator?: string): MenuItemConstructorOptions => ({
    id: wished.wish,
    label,
    click: () => wish(wished),
    ...(accelerator === undefined ? {} : { accelerator }),
    enabled: isChanging(wished.wish) ? enabled[wished.wish] : true
  })
  const settings = entry({ wish: 'settings' }, say('menu.settings'), 'CommandOrControl+,')
  const about = entry({ wish: 'about' }, say('menu.about'))
  const application: MenuItemConstructorOptions[] = [
    about,
    gap,
    settings,
    gap,
    role('services', say('menu.services')),
    gap,
    role('hide', say('menu.hide')),
    role('hideOthers', say('menu.hideOthers')),
    role('unhide', say('menu.showAll')),
    gap,
    role('quit', say('menu.quit'))
  ]
  const file: MenuItemConstructorOptions[] = [
    entry({ wish: 'host' }, say('menu.host'), 'CommandOrControl+Shift+H'),
    entry({ wish: 'connect', host: null, port: null }, say('menu.connect'), 'CommandOrControl+N'),
    gap,
    entry({ wish: 'copy-invitation' }, say('menu.copyInvitation')),
    gap,
    entry({ wish: 'export' }, say('menu.export')),
    gap,
    entry({ wish: 'disconnect' }, say('menu.disconnect')),
    entry({ wish: 'leave' }, say('menu.leave')),
    entry({ wish: 'stop-hosting' }, say('menu.stopHosting')),
    ...(mac ? [] : [gap, settings, gap, role('quit', say('menu.quit'), { accelerator: 'CommandOrControl+Q' })])
  ]
  const edit: MenuItemConstructorOptions[] = [
    role('undo', say('menu.undo')),
    role('redo', say('menu.redo')),
    gap,
    role('cut', say('menu.cut')),
    role('copy', say('menu.copy')),
    role('paste', say('menu.paste')),
    gap,
    role('selectAll', say('menu.selectAll')),
    gap,
    entry({ wish: 'find' }, say('menu.find'), 'CommandOrControl+F'),
    entry({ wish: 'search' }, say('menu.search'), 'CommandOrControl+Shift+F')
  ]
  const view: MenuItemConstructorOptions[] = [
    role('resetZoom', say('menu.actualSize')),
    role('zoomIn', say('menu.zoomIn')),
    // The plus sign is a shifted key on most keyboards; nobody holds Shift to zoom.
    role('zoomIn', say('menu.zoomIn'), {
      accelerator: 'CommandOrControl+=',
      visible: false,
      acceleratorWorksWhenHidden: true
    }),
    role('zoomOut', say('menu.zoomOut')),
    gap,
    role('togglefullscreen', say('menu.fullScreen'))
  ]
  const go: MenuItemConstructorOptions[] = [
    entry({ wish: 'switch' }, say('menu.switchTo'), 'CommandOrControl+K'),
    entry({ wish: 'go-to-date' }, say('menu.goToDate'), 'CommandOrControl+G'),
    gap,
    entry({ wish: 'next-room' }, say('menu.nextRoom'), 'Alt+Down'),
    entry({ wish: 'previous-room' }, say('menu.previousRoom'), 'Alt+Up')
  ]
  const window: MenuItemConstructorOptions[] = [
    role('minimize', say('menu.minimize')),
    role('zoom', say('menu.zoomWindow')),
    role('close', say('menu.closeWindow')),
    gap,
    role('front', say('menu.front'))
  ]
  const help: MenuItemConstructorOptions[] = [
    entry({ wish: 'help' }, say('menu.teahouseHelp'), 'F1'),
    ...(mac ? [] : [about])
  ]
  return [
    ...(mac ? [{ label: say('app'), submenu: application }] : []),
    { label: say('menu.file'), submenu: file },
    { label: say('menu.edit'), submenu: edit },
    { label: say('menu.view'), submenu: view },
    { label: say('menu.go'), submenu: go },
    ...(mac ? [{ label: say('menu.window'), submenu: window }] : []),
    { label: say('menu.help'), role: 'help', submenu: help }
  ]
}
