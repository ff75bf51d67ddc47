import { DoorOpen, Plug } from 'lucide-react'
import { hostPort } from '../../shared/address.ts'
import { openDialog, useApp } from '../store.ts'
import { goTo } from '../rooms/room-entries.tsx'
import { useWords } from '../words.ts'
import styles from './first-start.module.css'

/** As many as fit without scrolling; the rest stands on the left. */
const SHOWN = 4

/** The middle while no conversation is shown: two large choices, and the way back to saved rooms. */
export const FirstStart = () => {
  const t = useWords('frame')
  const rooms = useApp((state) => state.rooms)
  const known = rooms.filter((room) => room.hosting === null).slice(0, SHOWN)
  return (
    <div className={styles['place']}>
      <div className={styles['welcome']}>
        <span aria-hidden className={styles['cup']}>
          茶
        </span>
        <h1>{rooms.length === 0 ? t('welcome.title') : t('welcome.again')}</h1>
        <p className={styles['lead']}>{t('welcome.lead')}</p>
        <div className={styles['choices']}>
          <button
            type="button"
            className={styles['choice']}
            onClick={() => openDialog({ dialog: 'host', again: null })}
          >
            <span className={styles['picture']} aria-hidden>
              <DoorOpen />
            </span>
            <strong>{t('welcome.host')}</strong>
            <span className={styles['meaning']}>{t('welcome.hostText')}</span>
          </button>
          <button
            type="button"
            className={styles['choice']}
            onClick={() => openDialog({ dialog: 'connect', host: null, port: null })}
          >
            <span className={styles['picture']} aria-hidden>
              <Plug />
            </span>
            <strong>{t('welcome.connect')}</strong>
            <span className={styles['meaning']}>{t('welcome.connectText')}</span>
          </button>
        </div>
        {known.length > 0 && (
          <section className={styles['known']} aria-labelledby="welcome-known">
            <h2 id="welcome-known">{t('welcome.recent')}</h2>
            <ul>
              {known.map((room) => (
                <li key={room.id}>
                  <button type="button" onClick={() => goTo(room)}>
                    <bdi>{room.title}</bdi>
                    <small>{hostPort(room.host, room.port)}</small>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  )
}
