import { Info, TriangleAlert, X } from 'lucide-react'
import type { Notice } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { openDialog, selectRoom, send, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import { useDiskReason } from './disk-words.ts'
import styles from './notices-bar.module.css'

const dismiss = (notice: Notice): void => void perform({ type: 'dismissNotice', notice: notice.id })

const NoticeText = ({ notice }: { notice: Notice }) => {
  const t = useWords('frame')
  const disk = useDiskReason()
  switch (notice.kind) {
    case 'settings-set-aside':
      return t('notices.setAside', { file: notice.file })
    case 'settings-not-saved':
      return t('notices.notSaved', { reason: disk(notice.reason) })
    case 'host-again':
      return t('notices.hostAgain', { room: notice.hosted.name })
    case 'runtime-missing':
      return t('notices.runtimeMissing', { reason: notice.reason })
    case 'history-paused':
      return t('notices.historyPaused', { reason: disk(notice.reason) })
    case 'history-set-aside':
      return t('notices.historyAside', { file: notice.file })
    case 'history-newer':
      return t('notices.historyNewer')
  }
}

/** The app takes the offer back once a room is hosted; until then it stays, also when the dialog was closed. */
const HostAgain = ({ notice }: { notice: Extract<Notice, { kind: 'host-again' }> }) => {
  const t = useWords('frame')
  const { hosted } = notice
  const change = (): void => openDialog({ dialog: 'host', again: hosted })
  const again = async (): Promise<void> => {
    try {
      const { id: _id, ...wanted } = hosted
      const outcome = await send({ type: 'host', ...wanted })
      // A taken port is shown where another can be chosen.
      if (!outcome.ok) return change()
      if (outcome.room !== undefined) selectRoom(outcome.room)
    } catch {
      // The carrier is gone and has its own bar; the offer stays.
      change()
    }
  }
  return (
    <>
      <Button size="s" look="main" onClick={() => void again()}>
        {t('notices.hostAgainYes')}
      </Button>
      <Button size="s" onClick={change}>
        {t('notices.hostAgainChange')}
      </Button>
    </>
  )
}

/** What belongs to no room, above the conversation, until dismissed. */
export const NoticesBar = () => {
  const t = useWords('frame')
  const notices = useApp((state) => state.notices)
  return (
    <div role="status" aria-label={t('notices.title')} className={styles['bar']}>
      {notices.map((notice) => {
        const calm = notice.kind === 'host-again'
        return (
          <div key={notice.id} className={calm ? styles['calm'] : styles['warning']}>
            {calm ? <Info aria-hidden /> : <TriangleAlert aria-hidden />}
            <p>
              <NoticeText notice={notice} />
            </p>
            {notice.kind === 'host-again' && <HostAgain notice={notice} />}
            <IconButton label={t('notices.dismiss')} icon={<X />} onClick={() => dismiss(notice)} />
          </div>
        )
      })}
    </div>
  )
}
