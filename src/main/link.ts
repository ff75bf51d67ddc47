import { shell } from 'electron'
import type { Log } from '../node/log.ts'
import { safeLink } from '../shared/link.ts'

/**
 * The one way out to the system's browser: nothing else in the program may open a link. Judged again here, whoever
 * asks, and opened as the judge wrote it. False: refused.
 */
export const openLinkWith =
  (log: Log) =>
  (url: string): boolean => {
    const safe = safeLink(url)
    if (safe === null) {
      log.warn('refused', { what: 'link' })
      return false
    }
    shell.openExternal(safe).catch((error: unknown) => log.error('the system did not open a link', { error }))
    return true
  }
