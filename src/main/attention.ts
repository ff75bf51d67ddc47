import { app, type BrowserWindow, nativeImage } from 'electron'
import type { Say } from './words.ts'

const DOT = 16
/** The house's amber, opaque, in the byte order of `createFromBitmap` (BGRA). */
const AMBER = [0x0f, 0x59, 0x8a, 0xff] as const

/** A dot for the Windows task bar: drawn here, because sixteen pixels need no file. */
const dot = (): Electron.NativeImage => {
  const bytes = Buffer.alloc(DOT * DOT * 4)
  const middle = (DOT - 1) / 2
  for (let y = 0; y < DOT; y++)
    for (let x = 0; x < DOT; x++)
      if (Math.hypot(x - middle, y - middle) <= DOT / 2 - 1) bytes.set(AMBER, (y * DOT + x) * 4)
  return nativeImage.createFromBitmap(bytes, { width: DOT, height: DOT })
}

/** Shows how much is unread on the dock or task bar (the title is the page's), and asks for a look when meant for me. */
export const makeAttention = (
  window: () => BrowserWindow | null
): { show: (unread: number, mentions: number, say: Say) => void } => {
  let mentionsBefore = 0
  return {
    show: (unread, mentions, say) => {
      app.setBadgeCount(unread)
      const shown = window()
      if (shown) {
        if (process.platform === 'win32')
          shown.setOverlayIcon(unread > 0 ? dot() : null, unread > 0 ? say('badge', { count: unread }) : '')
        if (!shown.isFocused() && mentions > mentionsBefore) shown.flashFrame(true)
        if (mentions === 0 && mentionsBefore > 0) shown.flashFrame(false)
      }
      mentionsBefore = mentions
    }
  }
}
