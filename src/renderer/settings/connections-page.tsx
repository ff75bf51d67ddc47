import { ChevronRight } from 'lucide-react'
import { hostPort } from '../../shared/address.ts'
import { Button } from '../parts/button.tsx'
import { RoomForm } from '../rooms/room-form.tsx'
import { openDialog, useApp } from '../store.ts'
import { useWords } from '../words.ts'
import styles from './settings.module.css'

/** Every saved room, each folded until one wants to change it. */
export const ConnectionsPage = () => {
  const t = useWords('frame')
  const rooms = useApp((state) => state.rooms)
  const saved = rooms.filter((room) => room.hosting === null)
  return (
    <section aria-labelledby="settings-connections" className={styles['section']}>
      <h3 id="settings-connections" className={styles['heading']}>
        {t('settings.connections')}
      </h3>
      {saved.length === 0 && <p className={styles['soft']}>{t('settings.connectionsNone')}</p>}
      {saved.map((room) => (
        <details key={room.id} className={styles['saved']} name="saved-room">
          <summary>
            <ChevronRight aria-hidden />
            <bdi>{room.title}</bdi>
            <small>{hostPort(room.host, room.port)}</small>
          </summary>
          <div className={styles['inside']}>
            <RoomForm room={room} />
            <Button
              size="s"
              className={styles['forget']}
              onClick={() => openDialog({ dialog: 'forget', room: room.id })}
            >
              {t('room.forget')}
            </Button>
          </div>
        </details>
      ))}
    </section>
  )
}
