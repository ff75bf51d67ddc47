import { BrowserWindow, nativeTheme } from 'electron'
import type { Log } from '../node/log.ts'
import { PAGE_URL } from './page-scheme.ts'

/** Three panes side by side as designed; below the least, the conversation has no room. */
const SIZE = { width: 1160, height: 760, minWidth: 560, minHeight: 420 }

/** The page's own grounds, so that the window never flashes in the other theme. */
const ground = (): string => (nativeTheme.shouldUseDarkColors ? '#1c1d1a' : '#f7f5f0')

/** A page that dies is loaded again; one that dies so often in so short a time would die for ever. */
const REVIVALS = 3
const REVIVAL_MS = 60_000

export interface WindowDeps {
  preload: string
  title: string
  log: Log
  /** The window is to close: true lets it go. */
  mayClose: () => boolean
  /** The page died and will not be loaded again. */
  lost: () => void
  /** The session of the person ends (Windows): no time for questions. */
  sessionEnds: () => void
}

/** Opens the window: sandboxed, isolated, on its own page, shown once it is drawn, where it was last time. */
export const openWindow = ({ preload, title, log, mayClose, lost, sessionEnds }: WindowDeps): BrowserWindow => {
  const window = new BrowserWindow({
    ...SIZE,
    name: 'main',
    windowStatePersistence: true,
    show: false,
    title,
    backgroundColor: ground(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Elsewhere Chromium would fetch dictionaries from the network.
      spellcheck: process.platform === 'darwin',
      devTools: false
    }
  })
  window.once('ready-to-show', () => window.show())
  window.on('close', (event) => {
    if (!mayClose()) event.preventDefault()
  })
  window.on('session-end', sessionEnds)
  const paint = (): void => window.setBackgroundColor(ground())
  nativeTheme.on('updated', paint)
  window.on('closed', () => nativeTheme.off('updated', paint))

  const load = (): void => {
    window.loadURL(PAGE_URL).catch((error: unknown) => log.error('the page did not load', { error }))
  }
  let deaths: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log.error('the page died', { reason })
    const now = performance.now()
    deaths = [...deaths.filter((at) => now - at < REVIVAL_MS), now]
    if (deaths.length > REVIVALS) lost()
    else load()
  })
  load()
  return window
}

/** Brings the window before the person, wherever it is. */
export const present = (window: BrowserWindow): void => {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
