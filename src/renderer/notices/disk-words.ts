import { useWords } from '../words.ts'

/** A word of the system or of SQLite: kept beside our own, because it can be looked up. */
const SYSTEM_WORD = /^[A-Z]+$/u

/** Why the profile folder cannot be read or written, in words; a reason that has none of its own stands as it is. */
export const useDiskReason = (): ((reason: string) => string) => {
  const t = useWords('frame')
  const words = (reason: string): string => {
    switch (reason) {
      case 'ENOSPC':
      case 'EDQUOT':
        return t('disk.full')
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return t('disk.forbidden')
      case 'ENOENT':
      case 'ENOTDIR':
        return t('disk.missing')
      case 'moved':
        return t('disk.moved')
      case 'EBUSY':
        return t('disk.busy')
      case 'EIO':
        return t('disk.broken')
      case 'slow':
        return t('disk.slow')
      case 'corrupt':
      case 'index-corrupt':
        return t('disk.corrupt')
      case 'thread':
        return t('disk.thread')
      default:
        return reason
    }
  }
  return (reason) => {
    const said = words(reason)
    return said !== reason && SYSTEM_WORD.test(reason) ? `${said} (${reason})` : said
  }
}
