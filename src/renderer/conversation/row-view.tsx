import { Check, CheckCheck, ChevronRight, Clock, Ellipsis, Save, TriangleAlert } from 'lucide-react'
import { Fragment, memo, useMemo } from 'react'
import type { MouseEvent, ReactNode } from 'react'
import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { Term } from '../../shared/search.ts'
import type { Away, ConversationId } from '../../shared/state.ts'
import { perform } from '../actions.ts'
import { Avatar } from '../parts/avatar.tsx'
import { classes } from '../parts/class-names.ts'
import { useLanguage, useWords } from '../words.ts'
import type { Words } from '../words.ts'
import { useIsEdited } from './editing.ts'
import type { Comings, NewName } from './comings.ts'
import { comingsOf } from './comings.ts'
import { useFailure } from './fates.ts'
import { MessageText } from './message-text.tsx'
import { Name, inSlots, slot } from './name.tsx'
import type { FreeLine, NoteLine, PresenceLine, Row, SaidLine } from './rows.ts'
import { showableName, shownLabel } from './showable.ts'
import { clockTime, dayName, fullTime, momentInSentence } from './times.ts'
import { LineEditor, WaitingMark } from './waiting-line.tsx'
import styles from './row-view.module.css'

/** The words of a note are not what people said. */
const NOTHING_SOUGHT: readonly Term[] = []

/** What rows need to know of the conversation around them. */
export interface RowContext {
  conversation: ConversationId
  /** Labels several people bear. */
  alike: ReadonlySet<string>
  mention: RegExp | null
  /** What is looked for beside it; empty: nothing. */
  sought: readonly Term[]
  /** Now, to the day: for "today". */
  today: number
  unfold: (lines: readonly PresenceLine[]) => void
}

const Time = ({ at }: { at: number }) => {
  const language = useLanguage()
  return (
    <time className={styles['time']} dateTime={new Date(at).toISOString()} title={fullTime(at, language)}>
      {clockTime(at, language)}
    </time>
  )
}

const isAlike = (member: Member, context: RowContext): boolean => context.alike.has(shownLabel(member))

/** The person's own words about what can still be done with a line that did not arrive. */
const LineTrouble = ({ line, conversation }: { line: SaidLine; conversation: ConversationId }) => {
  const t = useWords('conversation')
  const reasonOf = useFailure()
  const onLine = (type: 'resend' | 'deleteLine') => (): void => void perform({ type, conversation, line: line.id })
  const failed = line.state === 'failed'
  return (
    <p className={classes(styles['trouble'], failed ? styles['failed'] : styles['unsure'])}>
      <TriangleAlert aria-hidden />
      <span title={failed ? (line.failure?.text ?? '') : t('line.unconfirmedLong')}>
        {failed ? t('line.failed', { reason: reasonOf(line) }) : t('line.unconfirmed')}
      </span>
      <button type="button" onClick={onLine('resend')}>
        {failed ? t('line.retry') : t('line.sendAgain')}
      </button>
      <button type="button" onClick={onLine('deleteLine')}>
        {t('line.delete')}
      </button>
    </p>
  )
}

/** Where an own line stands, in a sign; its word is there for the eyes that hover and for those that do not see. */
const LineMark = ({ state }: { state: SaidLine['state'] }) => {
  const t = useWords('conversation')
  switch (state) {
    case 'waiting':
      return (
        <span className={styles['mark']}>
          <Clock aria-hidden /> {t('line.waiting')}
        </span>
      )
    case 'delivered':
    case 'sent':
      return (
        <span className={styles['mark']} title={t(`line.${state}`)}>
          {state === 'delivered' ? <CheckCheck aria-hidden /> : <Check aria-hidden />}
          <span className="unseen">{t(`line.${state}`)}</span>
        </span>
      )
    case 'queued':
    case 'written':
    case 'unconfirmed':
    case 'failed':
      return null
  }
}

/** Shown, and not on the disk yet: a sign with its word. */
const UnsavedMark = () => {
  const t = useWords('conversation')
  return (
    <span className={styles['mark']} title={t('line.unsavedLong')}>
      <Save aria-hidden /> {t('line.unsaved')}
    </span>
  )
}

/** Opens the row's context menu where the button is, so that there is one menu and not one for each row. */
const openMenu = (event: MouseEvent<HTMLButtonElement>): void => {
  const box = event.currentTarget.getBoundingClientRect()
  event.currentTarget.dispatchEvent(
    new window.MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      clientX: box.left,
      clientY: box.bottom
    })
  )
}

const Message = ({ line, head, context }: { line: SaidLine; head: boolean; context: RowContext }) => {
  const t = useWords('conversation')
  const language = useLanguage()
  // Where nobody has a name, I would not know myself among the addresses.
  const nameless = line.own && showableName(line.from.name ?? '') === ''
  const from = nameless && shownLabel(line.from) === '' ? { address: null, name: t('log.me') } : line.from
  const edited = useIsEdited(line.id)
  const pending = line.own && (line.state === 'queued' || line.state === 'written' || line.state === 'waiting')
  return (
    <article
      className={classes(styles['message'], head && styles['head'], line.mention && styles['hit'])}
      aria-label={`${shownLabel(from)}, ${clockTime(line.at, language)}`}
    >
      <div className={styles['side']}>{head ? <Avatar member={from} own={line.own} /> : <Time at={line.at} />}</div>
      <div className={styles['body']}>
        {head && (
          <div className={styles['who']}>
            <Name member={from} apart={isAlike(from, context)} />
            {nameless && from === line.from && <span className={styles['mine']}>{t('people.you')}</span>}
            <Time at={line.at} />
          </div>
        )}
        {edited ? (
          <LineEditor line={line} conversation={context.conversation} />
        ) : (
          <div className={classes(styles['words'], pending && styles['pending'])}>
            <MessageText text={line.text} mention={line.mention ? context.mention : null} sought={context.sought} />
            {line.own && <LineMark state={line.state} />}
            {line.unsaved && <UnsavedMark />}
            {line.own && line.state === 'queued' && <WaitingMark line={line} conversation={context.conversation} />}
          </div>
        )}
        {line.own && (line.state === 'failed' || line.state === 'unconfirmed') && (
          <LineTrouble line={line} conversation={context.conversation} />
        )}
      </div>
      {!edited && (
        <button
          type="button"
          className={styles['actions']}
          aria-label={t('line.actions')}
          aria-haspopup="menu"
          tabIndex={-1}
          onClick={openMenu}
        >
          <Ellipsis aria-hidden />
        </button>
      )}
    </article>
  )
}

const Renamed = ({ member, was, context }: NewName & { context: RowContext }) => {
  const t = useWords('conversation')
  return inSlots(
    t('log.renamed', { name: slot(0), was: slot(1) }),
    <Name key="name" member={member} apart={isAlike(member, context)} />,
    <Name key="was" member={{ address: member.address, name: was }} />
  )
}

const Presence = ({ line, context }: { line: PresenceLine; context: RowContext }) => {
  const t = useWords('conversation')
  if (line.kind === 'renamed') return <Renamed member={line.member} was={line.was} context={context} />
  const key =
    line.kind === 'joined' ? 'joined' : ({ left: 'left', idle: 'leftIdle', kicked: 'leftKicked' } as const)[line.reason]
  return inSlots(
    t(`log.${key}`, { names: slot(0) }),
    <Name key="name" member={line.member} apart={isAlike(line.member, context)} />
  )
}

/** Names in a summary; of more, the first two stand for the rest. */
const NAMED_AT_MOST = 3
const namedOf = (members: readonly Member[]): readonly Member[] =>
  members.slice(0, members.length > NAMED_AT_MOST ? NAMED_AT_MOST - 1 : NAMED_AT_MOST)

/** "A, B and 2 others", with a slot for each name. */
const namesSentence = (members: readonly Member[], t: Words<'conversation'>): string => {
  const count = members.length
  const named = namedOf(members)
  const [first = '', second = '', third = ''] = named.map((_, index) => slot(index))
  if (count > NAMED_AT_MOST) return t('log.namesMore', { first, second, count: count - named.length, total: count })
  if (count === 3) return t('log.namesThree', { first, second, third })
  return count === 2 ? t('log.namesTwo', { first, second }) : first
}

/** Chinese sets a blank beside a name, none between its own words: 等 4 人进来了. */
const withoutStrayBlanks = (sentence: string): string =>
  sentence.replaceAll(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')

/** What the lines of a fold come down to, in a sentence. */
const PresenceSummary = ({ comings, context }: { comings: Comings; context: RowContext }) => {
  const t = useWords('conversation')
  const { came, passed, left, renamed } = comings
  const about = (key: 'joined' | 'passed' | 'left' | 'renamedMany', members: readonly Member[]): ReactNode[] =>
    members.length === 0
      ? []
      : [
          inSlots(
            withoutStrayBlanks(t(`log.${key}`, { names: namesSentence(members, t) })),
            ...namedOf(members).map((member) => (
              <Name key={memberKey(member)} member={member} apart={isAlike(member, context)} />
            ))
          )
        ]
  const [only] = renamed
  const parts = [
    ...about('joined', came),
    ...about('passed', passed),
    ...about('left', left),
    ...(only && renamed.length === 1
      ? [<Renamed key="renamed" member={only.member} was={only.was} context={context} />]
      : about(
          'renamedMany',
          renamed.map(({ member }) => member)
        ))
  ]
  return parts.map((part, index) => (
    // Sentences of one line, in a fixed order: their place is their name.
    <Fragment key={`part ${index + 1}`}>
      {index > 0 && t('log.andThen')}
      {part}
    </Fragment>
  ))
}

interface FoldProps {
  row: Extract<Row, { kind: 'presence' }>
  open: boolean
  context: RowContext
}

/** More of them unfolded at once is a wall: the rest is counted. */
const UNFOLDED_AT_MOST = 200

const PresenceFold = ({ row, open, context }: FoldProps) => {
  const t = useWords('conversation')
  const comings = useMemo(() => comingsOf(row.lines), [row.lines])
  const [first] = row.lines
  const last = row.lines.at(-1)
  if (!first || !last) return null
  const people = comings.came.length + comings.passed.length + comings.left.length + comings.renamed.length
  if (row.lines.length === 1 || people === 0) {
    return (
      <p className={styles['note']}>
        <Presence line={last} context={context} /> <Time at={last.at} />
      </p>
    )
  }
  const [newcomer] = comings.came
  if (newcomer && people === 1 && row.lines.length === 2) {
    // Came and took a name: the address tells who of the nameless it is.
    return (
      <p className={styles['note']}>
        {inSlots(t('log.joined', { names: slot(0) }), <Name key="name" member={newcomer} apart />)}{' '}
        <Time at={first.at} />
      </p>
    )
  }
  const rest = row.lines.length - UNFOLDED_AT_MOST
  return (
    <div className={styles['note']}>
      <button type="button" className={styles['fold']} aria-expanded={open} onClick={() => context.unfold(row.lines)}>
        <ChevronRight aria-hidden />
        <span>
          <PresenceSummary comings={comings} context={context} />
        </span>
      </button>{' '}
      <Time at={last.at} />
      {open && (
        <ul className={styles['unfolded']}>
          {row.lines.slice(0, UNFOLDED_AT_MOST).map((line) => (
            <li key={line.id}>
              <Presence line={line} context={context} /> <Time at={line.at} />
            </li>
          ))}
          {rest > 0 && <li>{t('log.listedAnd', { count: rest })}</li>}
        </ul>
      )}
    </div>
  )
}

/** We did not hear the room: what was said then is not here. */
const Gap = ({ away, until, today }: { away: Away; until: number; today: number }) => {
  const t = useWords('conversation')
  const language = useLanguage()
  const days = { today: t('when.today'), yesterday: t('when.yesterday') }
  const seconds = Math.max(1, Math.round((until - away.since) / 1000))
  const from = momentInSentence(away.since, today, language, days)
  const to = momentInSentence(until, today, language, days)
  return (
    <p className={styles['gap']}>
      <span>
        {away.sure && seconds < SECONDS_TOLD
          ? t('log.gapShort', { count: seconds })
          : t(away.sure ? 'log.gap' : 'log.gapUnsure', { from, to })}
      </span>
    </p>
  )
}
/** A shorter absence is told by its length: from 9:41 to 9:41 says nothing. */
const SECONDS_TOLD = 60

/** We are in, and as whom. */
const Arrival = ({ row, today }: { row: Extract<Row, { kind: 'arrival' }>; today: number }) => {
  const t = useWords('conversation')
  const { self, again, away } = row
  const arrived = (
    <div className={classes(styles['note'], again && styles['good'])}>
      {self === null || shownLabel(self) === ''
        ? t(again ? 'log.connectedAgain' : 'log.connected')
        : inSlots(
            t(again ? 'log.connectedAgainAs' : 'log.joinedOwnAs', { name: slot(0) }),
            <Name key="name" member={self} />
          )}{' '}
      <Time at={row.began} />
    </div>
  )
  if (away === null) return arrived
  return (
    <>
      <Gap away={away} until={row.began} today={today} />
      {arrived}
    </>
  )
}

/** Names in an answer to `/who`; a long list is cut, the people pane has them all. */
const LISTED_AT_MOST = 40

const NoteWords = ({ line }: { line: NoteLine }): ReactNode => {
  const t = useWords('conversation')
  const terms = useWords('terms')
  switch (line.kind) {
    case 'joined':
      return shownLabel(line.member) === ''
        ? t('log.joinedOwn')
        : inSlots(t('log.joinedOwnAs', { name: slot(0) }), <Name key="name" member={line.member} />)
    case 'renamed':
      return inSlots(t('log.renamedOwn', { name: slot(0) }), <Name key="name" member={line.member} />)
    case 'listed':
      return t(line.complete ? 'log.listed' : 'log.listedSeen', { count: line.members.length })
    case 'refused':
      return t('log.refused', { reason: terms(`refusal.${line.code}`) })
    case 'kicked':
      return terms(`kick.${line.reason}`)
    case 'disconnected':
      return terms(`disconnect.${line.reason}`)
  }
}

/** What the sentence of a note is about, below it: people, or the server's own words. */
const NoteMore = ({ line }: { line: NoteLine }) => {
  const t = useWords('conversation')
  switch (line.kind) {
    case 'listed': {
      const rest = line.members.length - LISTED_AT_MOST
      return (
        <span className={styles['listed']}>
          {line.members.slice(0, LISTED_AT_MOST).map((member) => (
            <span key={memberKey(member)} className={styles['person']}>
              <Name member={member} apart={member.name !== null} />
            </span>
          ))}
          {rest > 0 && <span>{t('log.listedAnd', { count: rest })}</span>}
        </span>
      )
    }
    case 'refused':
    case 'kicked':
      return line.text === '' ? null : (
        <span className={styles['quoted']}>
          <MessageText text={line.text} mention={null} sought={NOTHING_SOUGHT} />
        </span>
      )
    case 'joined':
    case 'renamed':
    case 'disconnected':
      return null
  }
}

const Note = ({ line, times }: { line: NoteLine; times: number }) => {
  const t = useWords('conversation')
  const bad = line.kind === 'refused' || line.kind === 'kicked'
  const lost = line.kind === 'disconnected' && line.reason !== 'left'
  return (
    <div className={classes(styles['note'], bad && styles['bad'], lost && styles['lost'])}>
      <NoteWords line={line} />
      {times > 1 && <span className={styles['times']}> · {t('log.times', { count: times })}</span>}{' '}
      <Time at={line.at} />
      <NoteMore line={line} />
    </div>
  )
}

/** A line that is nobody's: set apart in type, so that it cannot pass for a person or for us. */
const Free = ({ line, head, context }: { line: FreeLine; head: boolean; context: RowContext }) => {
  const t = useWords('conversation')
  return (
    <div className={classes(styles['free'], head && styles['head'])}>
      {head && <span className="unseen">{t('log.freeLine')}</span>}
      <div className={styles['freeText']}>
        <MessageText text={line.text} mention={null} sought={context.sought} /> {line.unsaved && <UnsavedMark />}
      </div>
      <Time at={line.at} />
    </div>
  )
}

const Content = ({ row, open, context }: { row: Row; open: boolean; context: RowContext }) => {
  switch (row.kind) {
    case 'message':
      return <Message line={row.line} head={row.head} context={context} />
    case 'presence':
      return <PresenceFold row={row} open={open} context={context} />
    case 'arrival':
      return <Arrival row={row} today={context.today} />
    case 'note':
      return <Note line={row.line} times={row.times} />
    case 'free':
      return <Free line={row.line} head={row.head} context={context} />
  }
}

interface RowViewProps {
  row: Row
  /** Of a fold: whether it is unfolded. */
  open: boolean
  context: RowContext
}

/** One row of the timeline with the separators above it. */
export const RowView = memo(({ row, open, context }: RowViewProps) => {
  const t = useWords('conversation')
  const language = useLanguage()
  return (
    <>
      {row.day !== null && (
        <div className={styles['day']}>
          <span>
            {dayName(row.day, context.today, language, { today: t('log.today'), yesterday: t('log.yesterday') })}
          </span>
        </div>
      )}
      {row.unread && (
        <div className={classes(styles['day'], styles['new'])}>
          <span>{t('log.new')}</span>
        </div>
      )}
      <Content row={row} open={open} context={context} />
    </>
  )
})
RowView.displayName = 'RowView'
