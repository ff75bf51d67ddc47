import { useEffect, useRef } from 'react'
import { announce, useApp, viewNow } from '../store.ts'
import { useWords } from '../words.ts'

/** Why an export failed, in words; a code of the system that has none of its own stands as it is. */
export const useFailure = (): ((reason: string) => string) => {
  const t = useWords('frame')
  return (reason) => {
    switch (reason) {
      case 'ENOSPC':
      case 'EDQUOT':
        return t('export.reasons.full')
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return t('export.reasons.forbidden')
      case 'ENOENT':
      case 'ENOTDIR':
      case 'EISDIR':
        return t('export.reasons.place')
      case 'nothing-kept':
        return t('export.reasons.nothing')
      case 'newer':
        return t('export.reasons.newer')
      case 'corrupt':
        return t('export.reasons.corrupt')
      case 'not-fetched':
        return t('export.reasons.notFetched')
      default:
        return reason
    }
  }
}

/** Tells how an export ended whose dialog was closed meanwhile. */
export const ExportNews = () => {
  const t = useWords('frame')
  const failure = useFailure()
  const exporting = useApp((state) => state.exporting)
  const running = useRef<number | null>(null)
  useEffect(() => {
    if (exporting?.state === 'running') {
      running.current = exporting.id
      return
    }
    const ended = exporting !== undefined && running.current === exporting.id
    running.current = null
    if (!ended || viewNow().dialog?.dialog === 'export') return
    announce(
      exporting.state === 'done' ? t('export.doneToast') : t('export.failed', { reason: failure(exporting.reason) })
    )
  }, [exporting, t, failure])
  return null
}
