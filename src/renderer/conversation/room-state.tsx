import { BookOpen, CircleSlash2, DoorOpen, LoaderCircle, MessagesSquare, PlugZap, Unplug, UserLock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { DisconnectDetail, DisconnectReason } from '../../shared/events.ts'
import type { Conversation, Room } from '../../shared/state.ts'
import { goOn, perform } from '../actions.ts'
import { addressOf, netcatLine, placeOf } from '../hosting/invitation.ts'
import { Button } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { openDialog } from '../store.ts'
import { useWords } from '../words.ts'
import type { Words } from '../words.ts'
import { useSecondsUntil } from '../parts/countdown.ts'
import { showable, shownLabel } from './showable.ts'
import styles from './room-state.module.css'

interface Told {
  tone: 'calm' | 'warn' | 'bad'
  icon: ReactNode
  title: string
  text?: ReactNode
  actions?: ReactNode
}

const Countdown = ({ until }: { until: number }) => {
  const t = useWords('conversation')
  const seconds = useSecondsUntil(until) ?? 0
  return (
    <>
      {/* A screen reader hears once that it will be tried again, not every second how soon. */}
      <span className="unseen">{t('state.retrying')}</span>
      <span aria-hidden>{seconds > 0 ? t('state.retryIn', { count: seconds }) : t('state.retryNow')}</span>
    </>
  )
}

const connectNow = (room: Room) => (): void => void perform({ type: 'reconnect', room: room.id })
const stop = (room: Room) => (): void => void perform({ type: 'disconnect', room: room.id })

const awayText = (reason: DisconnectReason | DisconnectDetail | null, room: Room, t: Words<'conversation'>): string => {
  const address = addressOf(room)
  switch (reason) {
    case 'no-such-host':
      return t('state.noHostLong', { address: room.host })
    case 'unreachable':
      return t('state.unreachableLong', { address: room.host })
    case 'refused':
      return t('state.refusedLong', { address })
    case 'timeout':
    case 'silent':
      return t('state.timeoutLong', { address })
    case 'not-a-chat':
      return t('state.notChatLong', { address })
    case 'left':
    case 'closed':
    case 'reset':
    case 'kicked':
    case null:
      return t('state.awayLong')
  }
}

/** What there is to say about the connection; null while all is well. */
const useTold = (room: Room): Told | null => {
  const t = useWords('conversation')
  const terms = useWords('terms')
  const frame = useWords('frame')
  const { status } = room
  const changeAddress = (
    <Button size="s" onClick={() => openDialog({ dialog: 'room', room: room.id })}>
      {t('state.changeAddress')}
    </Button>
  )
  switch (status.state) {
    case 'connected':
      return null
    case 'connecting':
      return {
        tone: 'calm',
        icon: <LoaderCircle className={styles['turning']} aria-hidden />,
        title: t('state.connecting'),
        text: t('state.connectingLong', { address: addressOf(room) }),
        actions: (
          <Button size="s" onClick={stop(room)}>
            {t('state.stop')}
          </Button>
        )
      }
    case 'reconnecting': {
      // Most often a slip of the pen, which trying again does not mend.
      const unreached = status.reason === 'refused' || status.reason === 'timeout'
      return {
        tone: 'warn',
        icon: <PlugZap aria-hidden />,
        title: terms(`disconnect.${status.detail ?? status.reason}`),
        text: (
          <>
            {unreached && <span className={styles['why']}>{awayText(status.detail ?? status.reason, room, t)} </span>}
            <Countdown until={status.retryAt} />
          </>
        ),
        actions: (
          <>
            {unreached && changeAddress}
            <Button size="s" onClick={stop(room)}>
              {t('state.stopTrying')}
            </Button>
            <Button size="s" look="main" onClick={connectNow(room)}>
              {t('state.tryNow')}
            </Button>
          </>
        )
      }
    }
    case 'kicked':
      return {
        tone: 'bad',
        icon: <UserLock aria-hidden />,
        title: terms(`kick.${status.reason}`),
        text: (
          <>
            {status.text !== '' && (
              <span className={styles['quote']}>
                {t('state.kickedSaid')} <bdi dir="auto">{showable(status.text).slice(0, 300)}</bdi>
              </span>
            )}
            {status.retryAt !== null && <Countdown until={status.retryAt} />}
          </>
        ),
        actions: (
          <>
            {status.retryAt !== null && (
              <Button size="s" onClick={stop(room)}>
                {t('state.stopTrying')}
              </Button>
            )}
            <Button size="s" look="main" onClick={connectNow(room)}>
              {t('state.comeBack')}
            </Button>
          </>
        )
      }
    case 'past':
      return {
        tone: 'calm',
        icon: <BookOpen aria-hidden />,
        title: status.hosted ? t('state.past') : frame('state.past'),
        text: t(status.hosted ? 'state.pastHosted' : 'state.pastElse'),
        actions: (
          <>
            <Button size="s" onClick={() => void perform({ type: 'leave', room: room.id })}>
              {frame('room.putAway')}
            </Button>
            <Button size="s" look="main" onClick={() => goOn(room)}>
              {frame(status.hosted ? 'room.hostAgain' : 'room.connectAgain')}
            </Button>
          </>
        )
      }
    case 'away': {
      const failed = status.reason === 'refused' || status.reason === 'timeout' || status.reason === 'not-a-chat'
      return {
        tone: failed ? 'warn' : 'calm',
        icon: failed ? <CircleSlash2 aria-hidden /> : <Unplug aria-hidden />,
        title:
          failed && status.reason !== null ? terms(`disconnect.${status.detail ?? status.reason}`) : t('state.away'),
        text: awayText(status.detail ?? status.reason, room, t),
        actions: (
          <>
            {failed && changeAddress}
            <Button size="s" look="main" onClick={connectNow(room)}>
              {failed ? t('state.tryAgain') : t('state.connect')}
            </Button>
          </>
        )
      }
    }
  }
}

const Placard = ({ told }: { told: Told }) => (
  <div className={classes(styles['placard'], styles[told.tone])} role="status">
    <span className={styles['sign']}>{told.icon}</span>
    <h2 className={styles['title']}>{told.title}</h2>
    {told.text !== undefined && <div className={styles['text']}>{told.text}</div>}
    {told.actions !== undefined && <div className={styles['actions']}>{told.actions}</div>}
  </div>
)

/** A line between header and messages while the connection is not what it should be. */
export const StateBar = ({ room }: { room: Room }) => {
  const told = useTold(room)
  if (!told) return null
  return (
    <div className={classes(styles['bar'], styles[told.tone])} role="status">
      <span className={styles['sign']}>{told.icon}</span>
      <div className={styles['told']}>
        <strong>{told.title}</strong>
        {told.text !== undefined && <span className={styles['text']}>{told.text}</span>}
      </div>
      <div className={styles['actions']}>{told.actions}</div>
    </div>
  )
}

/** What stands in the middle while nothing has been said: the state of the connection, else what to do now. */
export const EmptyConversation = ({ conversation, room }: { conversation: Conversation; room: Room }) => {
  const t = useWords('conversation')
  const told = useTold(room)
  if (told) return <Placard told={told} />
  if (conversation.with) {
    return (
      <Placard
        told={{
          tone: 'calm',
          icon: <MessagesSquare aria-hidden />,
          title: t('state.emptyPrivate', { name: shownLabel(conversation.with) }),
          text: t('state.emptyPrivateLong')
        }}
      />
    )
  }
  if (room.hosting) {
    const { host, port } = placeOf(room)
    const line = netcatLine(host, port)
    return (
      <Placard
        told={{
          tone: 'calm',
          icon: <DoorOpen aria-hidden />,
          title: t('state.emptyHost'),
          text: (
            <>
              {t('state.emptyHostLong')}
              <span className={styles['line']}>
                <code>{line}</code>
                <CopyButton text={line} what={line} />
              </span>
              {room.hosting.guests === 0 && <span className={styles['aside']}>{t('state.emptyHostNobody')}</span>}
            </>
          ),
          actions: (
            <Button look="main" onClick={() => openDialog({ dialog: 'invitation', room: room.id, fresh: false })}>
              {t('state.invite')}
            </Button>
          )
        }}
      />
    )
  }
  return (
    <Placard
      told={{
        tone: 'calm',
        icon: <MessagesSquare aria-hidden />,
        title: t('state.emptyRoom'),
        text: t('state.emptyRoomLong')
      }}
    />
  )
}
