import { ConversationPane } from './conversation/conversation-pane.tsx'
import { PeoplePane } from './people/people-pane.tsx'
import { useSelectedRoom, useView } from './store.ts'
import { useWords } from './words.ts'
import styles from './frame.module.css'

/** The three panes of the window. */
export const Frame = () => {
  const t = useWords('frame')
  const selected = useView((view) => view.selected)
  const room = useSelectedRoom()
  return (
    <div className={styles['frame']}>
      <nav className={styles['rooms']} aria-label={t('rooms.title')} />
      <main className={styles['middle']}>{selected !== null && <ConversationPane conversation={selected} />}</main>
      <aside className={styles['people']} aria-label={t('people')}>
        {room && <PeoplePane room={room.id} />}
      </aside>
    </div>
  )
}
