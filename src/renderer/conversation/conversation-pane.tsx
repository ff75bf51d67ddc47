import { Composer } from '../composer/composer.tsx'
import { conversationOf, roomOf, useApp, useView } from '../store.ts'
import type { Conversation, ConversationId, Room, Timeline as Lines } from '../../shared/state.ts'
import { ConversationHeader } from './conversation-header.tsx'
import { EmptyConversation, StateBar } from './room-state.tsx'
import { shownLabel } from './showable.ts'
import { Timeline } from './timeline.tsx'
import { UnsentBar } from './unsent-bar.tsx'
import styles from './conversation-pane.module.css'

/** What a conversation is called: the room's title, or the other's name. */
const titleOf = (conversation: Conversation, room: Room): string =>
  conversation.with === null ? room.title : shownLabel(conversation.with)

/** A few steps of our own on the way in; more of them is a story worth showing. */
const STEPS_IN = 8

/** Nobody has come or said anything: that we are in is told by what stands there instead. */
const nothingYet = ({ lines, whole }: Lines): boolean =>
  whole &&
  lines.length <= STEPS_IN &&
  lines.every((line) => line.kind === 'connected' || ((line.kind === 'joined' || line.kind === 'renamed') && line.own))

/** The middle pane: who this is, what was said, and where to say something. The frame puts it into `<main>`. */
export const ConversationPane = ({ conversation: id }: { conversation: ConversationId }) => {
  const conversation = useApp((state) => conversationOf(state, id))
  const room = useApp((state) => conversation && roomOf(state, conversation.room))
  const timeline = useApp((state) => state.timelines[id])
  const visit = useView((view) => (view.visit?.conversation === id ? view.visit : null))
  if (!conversation || !room) return null
  const title = titleOf(conversation, room)
  const empty = !timeline || (visit === null && nothingYet(timeline))
  return (
    <section className={styles['pane']} aria-label={title} data-conversation={id}>
      <ConversationHeader conversation={conversation} room={room} />
      {empty ? (
        <div className={styles['empty']}>
          <EmptyConversation conversation={conversation} room={room} />
        </div>
      ) : (
        <div className={styles['said']}>
          <StateBar room={room} />
          <Timeline key={id} conversation={conversation} room={room} timeline={timeline} visit={visit} title={title} />
        </div>
      )}
      <UnsentBar conversation={conversation} />
      {room.status.state !== 'past' && (
        <Composer key={`composer ${id}`} conversation={conversation} room={room} title={title} />
      )}
    </section>
  )
}
