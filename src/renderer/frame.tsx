import { useEffect } from 'react'
import { ConversationPane } from './conversation/conversation-pane.tsx'
import { Dialogs } from './dialogs.tsx'
import { FirstStart } from './first-start/first-start.tsx'
import { ExportNews } from './history/export-words.ts'
import { useKeys } from './keys.ts'
import { NoticesBar } from './notices/notices-bar.tsx'
import { classes } from './parts/class-names.ts'
import { PeoplePane } from './people/people-pane.tsx'
import { SearchPanel } from './search/search-panel.tsx'
import { RoomsPane } from './rooms/rooms-pane.tsx'
import { showPeople, useApp, useSelectedRoom, useView } from './store.ts'
import { useWords } from './words.ts'
import styles from './frame.module.css'

/** `(3) Room – Teahouse`, for the task bar and the tab. */
const useTitle = (): void => {
  const t = useWords('frame')
  const room = useSelectedRoom()?.title
  const count = useApp((state) => state.conversations.reduce((sum, conversation) => sum + conversation.unread, 0))
  useEffect(() => {
    document.title =
      room === undefined ? t('title.plain') : count > 0 ? t('title.unread', { count, room }) : t('title.room', { room })
  }, [t, room, count])
}

/** The three panes of the window: rooms, conversation, people. Narrow windows draw the people over the conversation. */
export const Frame = () => {
  useTitle()
  useKeys()
  const t = useWords('frame')
  const selected = useView((view) => view.selected)
  const peopleShown = useView((view) => view.peopleShown)
  const searching = useView((view) => view.search !== null)
  const room = useSelectedRoom()
  // Nobody is in a room of the past.
  const peopled = room !== undefined && room.status.state !== 'past'
  useEffect(() => {
    if (!peopleShown) return undefined
    const away = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') showPeople(false)
    }
    window.addEventListener('keydown', away)
    return () => window.removeEventListener('keydown', away)
  }, [peopleShown])
  return (
    <>
      <div className={classes(styles['frame'], searching ? styles['searching'] : !peopled && styles['alone'])}>
        <nav className={styles['rooms']} aria-label={t('rooms.title')}>
          <RoomsPane />
        </nav>
        <main className={styles['middle']} aria-label={t('conversation')}>
          <NoticesBar />
          {selected === null ? <FirstStart /> : <ConversationPane conversation={selected} />}
        </main>
        {searching && (
          <div className={styles['search']}>
            <SearchPanel />
          </div>
        )}
        {peopled && !searching && (
          <aside className={classes(styles['people'], peopleShown && styles['shown'])} aria-label={t('people')}>
            <PeoplePane room={room.id} />
          </aside>
        )}
      </div>
      <Dialogs />
      <ExportNews />
    </>
  )
}
