import { Clock, Ellipsis, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { memberLabel } from '../../shared/events.ts'
import type { Conversation, Room } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Avatar } from '../parts/avatar.tsx'
import { initialOf } from '../parts/initial.ts'
import { classes } from '../parts/class-names.ts'
import { ContextMenu, Menu } from '../parts/menu.tsx'
import { StatusDot } from '../parts/status-dot.tsx'
import { select, useApp, useView } from '../store.ts'
import { useWords } from '../words.ts'
import { useRoomEntries } from './room-entries.tsx'
import { dotOf, useStateWords } from './state-words.ts'
import styles from './rooms-pane.module.css'

/** More than this is "many": the badge stays small. */
const MOST_SHOWN = 999

const Badge = ({ conversation }: { conversation: Conversation }) => {
  const t = useWords('frame')
  const { unread, mentions } = conversation
  const waiting = conversation.unsent?.waiting ?? 0
  if (unread === 0 && mentions === 0) {
    if (waiting === 0) return null
    // What is to be read comes first; what waits to be sent is told where nothing is.
    return (
      <span className={styles['badges']}>
        <span className={styles['waits']} aria-hidden>
          <Clock />
          {waiting > MOST_SHOWN ? `${MOST_SHOWN}+` : waiting}
        </span>
        <span className="unseen">, {t('rooms.waits', { count: waiting })}</span>
      </span>
    )
  }
  const forMe = mentions > 0
  const count = forMe && conversation.with === null ? mentions : Math.max(unread, mentions)
  return (
    <span className={styles['badges']}>
      <span className={classes(styles['badge'], forMe && styles['forMe'])} aria-hidden>
        {forMe && conversation.with === null ? '@' : ''}
        {count > MOST_SHOWN ? `${MOST_SHOWN}+` : count}
      </span>
      <span className="unseen">
        {unread > 0 && `, ${t('rooms.unread', { count: unread })}`}
        {forMe && `, ${t('rooms.mentions', { count: mentions })}`}
      </span>
    </span>
  )
}

/** What is shown is in sight in the list too, wherever one came from. */
const useInSight = (selected: boolean) => {
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (selected) item.current?.firstElementChild?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  return item
}

const ThreadItem = ({
  conversation,
  person
}: {
  conversation: Conversation
  person: NonNullable<Conversation['with']>
}) => {
  const t = useWords('frame')
  const selected = useView((view) => view.selected === conversation.id)
  const name = memberLabel(person)
  const close = () => void perform({ type: 'closePrivate', conversation: conversation.id })
  const item = useInSight(selected)
  return (
    <li ref={item}>
      <ContextMenu
        groups={[
          [{ label: t('room.open'), run: () => select(conversation.id) }],
          [{ label: t('room.closeThread'), icon: <X />, run: close }]
        ]}
      >
        <div className={classes(styles['row'], styles['thread'], selected && styles['on'])}>
          <button
            type="button"
            data-item
            className={styles['item']}
            aria-current={selected}
            onClick={() => select(conversation.id)}
            title={name}
          >
            <span className={classes(!conversation.present && styles['absent'])}>
              <Avatar member={person} size="s" />
            </span>
            <span className={styles['texts']}>
              <span className="unseen">{t('rooms.threadWith', { name })}</span>
              <bdi aria-hidden className={styles['person']}>
                {name}
              </bdi>
              {!conversation.present && <span className="unseen">, {t('rooms.gone')}</span>}
              {conversation.preview && (
                <small>
                  <span className="unseen">, </span>
                  <bdi>{conversation.preview.text}</bdi>
                </small>
              )}
            </span>
            <Badge conversation={conversation} />
          </button>
          <button
            type="button"
            className={styles['more']}
            aria-label={`${t('room.closeThread')}: ${name}`}
            tabIndex={selected ? 0 : -1}
            onClick={close}
          >
            <X aria-hidden />
          </button>
        </div>
      </ContextMenu>
    </li>
  )
}

/** A room in the list, with its private threads below it. */
export const RoomItem = ({ room }: { room: Room }) => {
  const t = useWords('frame')
  const conversations = useApp((state) => state.conversations)
  const selected = useView((view) => view.selected === room.id)
  const state = useStateWords(room)
  const entries = useRoomEntries(room)
  const own = conversations.find((conversation) => conversation.id === room.id)
  const threads = conversations.filter((conversation) => conversation.room === room.id && conversation.with !== null)
  const preview = room.hosting === null && room.status.state === 'connected' ? own?.preview : null
  const item = useInSight(selected)
  return (
    <li ref={item}>
      <ContextMenu groups={entries}>
        <div className={classes(styles['row'], selected && styles['on'])}>
          <button
            type="button"
            data-item
            className={styles['item']}
            aria-current={selected}
            onClick={() => select(room.id)}
            title={room.title}
          >
            <span className={styles['sign']}>
              <span className={styles['tile']} aria-hidden>
                {initialOf(room.title)}
              </span>
              <StatusDot look={dotOf(room)} text="" />
            </span>
            <span className={styles['texts']}>
              <bdi className={styles['name']}>{room.title}</bdi>
              <span className="unseen">, {state}</span>
              <small aria-hidden={!preview}>
                {preview ? (
                  <>
                    <span className="unseen">, </span>
                    {preview.from !== '' && <bdi>{preview.from}: </bdi>}
                    <bdi>{preview.text}</bdi>
                  </>
                ) : (
                  state
                )}
              </small>
            </span>
            {own && <Badge conversation={own} />}
          </button>
          <Menu
            groups={entries}
            align="end"
            trigger={
              <button
                type="button"
                className={styles['more']}
                tabIndex={selected ? 0 : -1}
                aria-label={t('rooms.menuOf', { room: room.title })}
              >
                <Ellipsis aria-hidden />
              </button>
            }
          />
        </div>
      </ContextMenu>
      {threads.length > 0 && (
        <ul aria-label={t('rooms.threadsOf', { room: room.title })}>
          {threads.map(
            (thread) => thread.with && <ThreadItem key={thread.id} conversation={thread} person={thread.with} />
          )}
        </ul>
      )}
    </li>
  )
}
