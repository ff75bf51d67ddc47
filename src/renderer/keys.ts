import { useEffect } from 'react'
import type { Surroundings, Wish } from '../shared/state.ts'
import { useApp } from './store.ts'
import { fulfil } from './wishes.ts'

type Platform = Surroundings['platform']

/** The shortcuts of the menu. In the desktop app the menu itself catches them; a tab catches those it is given. */
interface Shortcut {
  wish: Wish
  key: string
  alt?: true
  shift?: true
  /** Browsers keep it for themselves: shown only where it works. */
  browserKeeps?: true
}

const SHORTCUTS = {
  host: { wish: { wish: 'host' }, key: 'h', shift: true },
  connect: { wish: { wish: 'connect', host: null, port: null }, key: 'n', browserKeeps: true },
  switch: { wish: { wish: 'switch' }, key: 'k' },
  find: { wish: { wish: 'find' }, key: 'f' },
  search: { wish: { wish: 'search' }, key: 'f', shift: true },
  goToDate: { wish: { wish: 'go-to-date' }, key: 'g' },
  settings: { wish: { wish: 'settings' }, key: ',' },
  next: { wish: { wish: 'next-room' }, key: 'ArrowDown', alt: true },
  previous: { wish: { wish: 'previous-room' }, key: 'ArrowUp', alt: true }
} as const satisfies Record<string, Shortcut>
export type ShortcutName = keyof typeof SHORTCUTS

const ARROWS: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑' }

/** How a shortcut is written on this system, such as `Ctrl+K` or `⌘K`. */
export const writeShortcut = (name: ShortcutName, platform: Platform): string => {
  const shortcut: Shortcut = SHORTCUTS[name]
  const key = ARROWS[shortcut.key] ?? shortcut.key.toUpperCase()
  if (platform === 'darwin')
    return `${shortcut.alt ? '⌥' : ''}${shortcut.shift ? '⇧' : ''}${shortcut.alt ? '' : '⌘'}${key}`
  return [shortcut.alt ? 'Alt' : 'Ctrl', shortcut.shift ? 'Shift' : '', key].filter((part) => part !== '').join('+')
}

/** Writes a shortcut for here; undefined where it would not arrive. */
export const useShortcut = (): ((name: ShortcutName) => string | undefined) => {
  const { platform, carrier } = useApp((state) => state.surroundings)
  return (name) => {
    const shortcut: Shortcut = SHORTCUTS[name]
    return carrier === 'browser' && shortcut.browserKeeps ? undefined : writeShortcut(name, platform)
  }
}

const matches = (event: KeyboardEvent, shortcut: Shortcut, platform: Platform): boolean => {
  const command = platform === 'darwin' ? event.metaKey : event.ctrlKey
  const alone = platform === 'darwin' ? !event.ctrlKey : !event.metaKey
  return (
    alone &&
    event.key.toLowerCase() === shortcut.key.toLowerCase() &&
    event.shiftKey === (shortcut.shift ?? false) &&
    event.altKey === (shortcut.alt ?? false) &&
    command === !(shortcut.alt ?? false)
  )
}

/**
 * Catches the menu's shortcuts where there is no menu: in a browser tab. Where there is one it gets them after the page,
 * so nothing in the page may take them for its own: Alt+↓ is the next room, also on a button that opens a menu by ↓.
 */
export const useKeys = (): void => {
  const { carrier, platform } = useApp((state) => state.surroundings)
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      // A key that belongs to an input method is not ours.
      if (event.isComposing) return
      const shortcut = Object.values(SHORTCUTS).find((candidate) => matches(event, candidate, platform))
      if (!shortcut) return
      event.stopPropagation()
      if (carrier !== 'browser') return
      event.preventDefault()
      fulfil(shortcut.wish)
    }
    window.addEventListener('keydown', pressed, { capture: true })
    return () => window.removeEventListener('keydown', pressed, { capture: true })
  }, [carrier, platform])
}
