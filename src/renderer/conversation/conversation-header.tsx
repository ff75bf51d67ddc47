import {
  CalendarSearch,
  Check,
  ChevronDown,
  Download,
  Ellipsis,
  Eraser,
  Eye,
  EyeOff,
  IdCard,
  ListChecks,
  LockOpen,
  Search,
  UserRoundX,
  Users,
  X
} from 'lucide-react'
import { useMemo } from 'react'
import { memberKey } from '../../shared/events.ts'
import { DIALECT_CHOICES } from '../../shared/dialect.ts'
import type { Conversation, Room } from '../../shared/state.ts'
import { goToDate, perform } from '../actions.ts'
import { insertDraft } from '../composer/drafts.ts'
import { useShortcut } from '../keys.ts'
import { addressOf } from '../hosting/invitation.ts'
import { Avatar } from '../parts/avatar.tsx'
import { IconButton } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import type { MenuGroups } from '../parts/menu.tsx'
import { Menu } from '../parts/menu.tsx'
import { Tooltip } from '../parts/tooltip.tsx'
import { peopleInOrder } from '../people/people-in-order.ts'
import { ignore } from '../people/person-actions.tsx'
import { useRoomEntries } from '../rooms/room-entries.tsx'
import { closeSearch, openDialog, openSearch, selectRoom, showPeople, useApp, useView } from '../store.ts'
import { useWords } from '../words.ts'
import { shownLabel } from './showable.ts'
import styles from './conversation-header.module.css'

/** How many are here, in words that claim no more than the server told. */
const PeopleCount = ({ room, separated }: { room: Room; separated: boolean }) => {
  const t = useWords('conversation')
  const people = useApp((state) => state.people[room.id])
  const connected = room.status.state === 'connected'
  const self = connected ? room.self : null
  const count = useMemo(() => peopleInOrder(people?.members ?? [], self).length, [people, self])
  if (!people || count === 0) return null
  return (
    <>
      {separated && ' · '}
      {t(people.complete && connected ? 'header.people' : 'header.seen', { count })}
    </>
  )
}

/** The guess about the server's dialect, and the way to overrule it. */
const DialectChip = ({ room }: { room: Room }) => {
  const t = useWords('conversation')
  const terms = useWords('terms')
  const { choice, recognised, by } = room.dialect
  const shown = choice === 'auto' ? recognised : choice
  const name = shown ?? t('header.dialectListening')
  const groups: MenuGroups = [
    DIALECT_CHOICES.map((dialect) => ({
      label: terms(`dialect.${dialect}`),
      icon: dialect === choice ? <Check aria-hidden /> : <></>,
      ...(dialect === 'auto' && recognised !== null ? { hint: t('header.dialectNow', { dialect: recognised }) } : {}),
      run: () => void perform({ type: 'configureRoom', room: room.id, dialect })
    }))
  ]
  return (
    <Menu
      align="end"
      groups={groups}
      trigger={
        <button
          type="button"
          className={classes(styles['chip'], styles['press'])}
          aria-label={t('header.dialectMenu', { dialect: name })}
          title={
            choice !== 'auto'
              ? t('header.dialectChosen', { dialect: name })
              : recognised === null
                ? t('header.dialectUnknown')
                : t(by === 'assumed' ? 'header.dialectAssumed' : 'header.dialectRecognised', { dialect: name })
          }
        >
          {name}
          <ChevronDown aria-hidden />
        </button>
      }
    />
  )
}

const PlainTextChip = () => {
  const t = useWords('conversation')
  return (
    <Tooltip text={t('header.plainTextLong')}>
      <span className={classes(styles['chip'], styles['warn'])} tabIndex={0} role="note">
        <LockOpen aria-hidden />
        <span className={styles['chipText']}>{t('header.plainText')}</span>
        <span className="unseen">. {t('header.plainTextLong')}</span>
      </span>
    </Tooltip>
  )
}

const PeopleToggle = () => {
  const t = useWords('conversation')
  const shown = useView((view) => view.peopleShown)
  return (
    <span className={styles['narrowOnly']}>
      <IconButton
        label={t('header.showPeople')}
        icon={<Users aria-hidden />}
        aria-pressed={shown}
        onClick={() => showPeople(!shown)}
      />
    </span>
  )
}

/** Ways to other places in what was said here. */
const useReadingEntries = (): MenuGroups[number] => {
  const t = useWords('frame')
  const shortcut = useShortcut()
  const findKeys = shortcut('find')
  const keys = shortcut('goToDate')
  return [
    {
      label: t('menu.find'),
      icon: <Search aria-hidden />,
      ...(findKeys === undefined ? {} : { keys: findKeys }),
      run: () => openSearch(false)
    },
    {
      label: t('menu.goToDate'),
      icon: <CalendarSearch aria-hidden />,
      ...(keys === undefined ? {} : { keys }),
      run: goToDate
    }
  ]
}

const SearchToggle = () => {
  const t = useWords('frame')
  const shortcut = useShortcut()
  const open = useView((view) => view.search !== null)
  const keys = shortcut('find')
  return (
    <IconButton
      label={t('search.title')}
      icon={<Search aria-hidden />}
      aria-pressed={open}
      {...(keys === undefined ? {} : { keys })}
      onClick={() => (open ? closeSearch() : openSearch(false))}
    />
  )
}

const clearEntry = (conversation: Conversation, label: string): MenuGroups[number][number] => ({
  label,
  icon: <Eraser aria-hidden />,
  danger: true,
  run: () => openDialog({ dialog: 'clear-history', conversation: conversation.id })
})

const exportEntry = (conversation: Conversation, label: string): MenuGroups[number][number] => ({
  label,
  icon: <Download aria-hidden />,
  run: () => openDialog({ dialog: 'export', conversation: conversation.id })
})

/** The other side is known by its name alone since it came back. */
const UnverifiedChip = () => {
  const t = useWords('conversation')
  return (
    <Tooltip text={t('header.unverifiedLong')}>
      <span className={classes(styles['chip'], styles['warn'])} tabIndex={0} role="note">
        <UserRoundX aria-hidden />
        <span className={styles['chipText']}>{t('header.unverified')}</span>
        <span className="unseen">. {t('header.unverifiedLong')}</span>
      </span>
    </Tooltip>
  )
}

const RoomMenu = ({ conversation, room }: { conversation: Conversation; room: Room }) => {
  const t = useWords('conversation')
  const connected = room.status.state === 'connected'
  const mine: MenuGroups[number] = [
    {
      label: t('header.renameMe'),
      icon: <IdCard aria-hidden />,
      disabled: !connected || !room.capabilities.rename,
      ...(connected && !room.capabilities.rename ? { hint: t('header.cannotRename') } : {}),
      run: () => insertDraft(conversation.id, '/rename ', true)
    },
    {
      label: t('header.who'),
      icon: <ListChecks aria-hidden />,
      disabled: !connected,
      ...(connected && !room.capabilities.who ? { hint: t('header.cannotWho') } : {}),
      run: () => void perform({ type: 'who', room: room.id })
    }
  ]
  const groups = useRoomEntries(room)
  const reading = useReadingEntries()
  return (
    <Menu
      align="end"
      groups={[
        reading,
        ...(room.status.state === 'past' ? [] : [mine]),
        ...groups,
        [exportEntry(conversation, t('header.export')), clearEntry(conversation, t('header.clearHistory'))]
      ]}
      trigger={<IconButton label={t('header.menu')} icon={<Ellipsis aria-hidden />} />}
    />
  )
}

const RoomHeader = ({ conversation, room }: { conversation: Conversation; room: Room }) => {
  const t = useWords('conversation')
  const isPast = room.status.state === 'past'
  const address = isPast ? room.title : addressOf(room)
  return (
    <header className={styles['header']}>
      <div className={styles['names']}>
        <h1>
          <bdi dir="auto">{room.title}</bdi>
        </h1>
        <p>
          {address !== room.title && <bdi>{address}</bdi>}
          <PeopleCount room={room} separated={address !== room.title} />
        </p>
      </div>
      <div className={styles['chips']}>
        {room.hosting ? (
          <span className={classes(styles['chip'], styles['ok'])}>{t('header.host')}</span>
        ) : (
          !isPast && <DialectChip room={room} />
        )}
        {!isPast && <PlainTextChip />}
      </div>
      <SearchToggle />
      {!isPast && <PeopleToggle />}
      <RoomMenu conversation={conversation} room={room} />
    </header>
  )
}

const PrivateHeader = ({ conversation, room }: { conversation: Conversation; room: Room }) => {
  const t = useWords('conversation')
  const other = conversation.with ?? { address: null, name: null }
  const label = shownLabel(other)
  const ignored = room.ignored.includes(memberKey(other))
  const isPast = room.status.state === 'past'
  const reading = useReadingEntries()
  const groups: MenuGroups = [
    reading,
    [
      {
        label: ignored ? t('header.unignore') : t('header.ignore'),
        icon: ignored ? <Eye aria-hidden /> : <EyeOff aria-hidden />,
        run: () => void ignore(room, other, !ignored, t(ignored ? 'line.heardAgain' : 'line.ignored', { name: label }))
      }
    ],
    [
      exportEntry(conversation, t('header.export')),
      clearEntry(conversation, t('header.clearHistory')),
      {
        label: t('header.closePrivate'),
        icon: <X aria-hidden />,
        run: () => {
          selectRoom(room.id)
          void perform({ type: 'closePrivate', conversation: conversation.id })
        }
      }
    ]
  ]
  return (
    <header className={styles['header']}>
      <Avatar member={other} />
      <div className={styles['names']}>
        <h1>
          <bdi dir="auto">{label}</bdi>
        </h1>
        <p>
          {other.address !== null && other.address !== label && (
            <>
              <bdi>{other.address}</bdi> ·{' '}
            </>
          )}
          {conversation.present ? t('header.privateIn', { room: room.title }) : t('header.gone')}
        </p>
      </div>
      <div className={styles['chips']}>
        {conversation.unverified === true && <UnverifiedChip />}
        {!isPast && <PlainTextChip />}
      </div>
      <SearchToggle />
      {!isPast && <PeopleToggle />}
      <Menu
        align="end"
        groups={groups}
        trigger={<IconButton label={t('header.privateMenu')} icon={<Ellipsis aria-hidden />} />}
      />
    </header>
  )
}

/** Who or what this conversation is, and what can be done with it. */
export const ConversationHeader = (about: { conversation: Conversation; room: Room }) =>
  about.conversation.with === null ? <RoomHeader {...about} /> : <PrivateHeader {...about} />
