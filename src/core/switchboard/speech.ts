import type { Clock } from '../../shared/carriers.ts'
import type { OutcomeCode } from '../../shared/commands.ts'
import type { Member } from '../../shared/events.ts'
import { messagesIn } from '../../shared/messages.ts'
import type { ConversationId, Line, LineId, Room } from '../../shared/state.ts'
import { isAddress } from '../dialects/address.ts'
import type { Session } from '../session/contract.ts'
import type { Conversations } from './conversations.ts'
import type { OwnLines } from './own-lines.ts'
import { makeOwnLines } from './own-lines.ts'
import type { Threads } from './threads.ts'

/** Lines of one paste; more is a file, not a message. */
const LINES_AT_ONCE = 1000
/** The longest a private line waits for the roster, by which its person is found under a new address. */
export const ROSTER_WAIT_MS = 3000
/** Dialects without a private verb. */
const SILENT: ReadonlySet<string> = new Set(['gopl', 'gopl-zh', 'relay', 'plain'])

/** What the person says in one room, and does with what was said. */
export interface Speech {
  /** Sends each line of a text; what cannot go now waits. */
  say(conversation: ConversationId, text: string): OutcomeCode | null
  resend(conversation: ConversationId, line: Line | null): OutcomeCode | null
  deleteLine(conversation: ConversationId, line: Line | null): OutcomeCode | null
  editLine(line: LineId, text: string): OutcomeCode | null
  /** Own lines that are too old to go out by themselves. */
  held(conversation: ConversationId): Line[]
  /** Lets one of them go, or all. */
  sendHeld(conversation: ConversationId, line: LineId | null): void
  /** Lets the newer ones overtake them. */
  passHeld(conversation: ConversationId): void
  deleteHeld(conversation: ConversationId): void
  /** Something that lines waited for may have come. */
  dispatch(): void
  keepingChanged(): void
  /** What was said there is gone, and so is what was still to be said; null: everywhere. */
  cleared(conversation: ConversationId | null): void
}

export interface SpeechDeps {
  room: () => Room
  clock: Clock
  conversations: Conversations
  threads: Threads
  session: () => Session | null
  /** A ref nobody has used yet. */
  nextRef: () => string
  nick: () => string | null
  /** When this connection was recognised (monotonic ms). Null: it was not, and nothing is sent. */
  recognisedAt: () => number | null
  people: () => { members: ReadonlyMap<string, Member> | null; complete: boolean }
}

export const makeSpeech = (deps: SpeechDeps): { ownLines: OwnLines; speech: Speech } => {
  const { clock, conversations, threads, recognisedAt } = deps
  const otherIn = (conversation: ConversationId): Member | null => conversations.get(conversation)?.with ?? null

  /** Whether a line in this conversation would reach the one it is for. */
  const reach = (conversation: ConversationId): 'now' | 'later' | 'never' => {
    const other = otherIn(conversation)
    if (other === null) return 'now'
    // Ended: nobody can be told by an address that means somebody else after each connection.
    if (!threads.goesOn(conversation)) return 'never'
    const { members, complete } = deps.people()
    const to = threads.addressee(conversation, other)
    if (complete || members?.has(to) === true || !isAddress(to)) return 'now'
    const since = recognisedAt()
    return since !== null && clock.now() - since >= ROSTER_WAIT_MS ? 'now' : 'later'
  }

  const ownLines = makeOwnLines({
    room: deps.room().id,
    clock,
    conversations,
    nextRef: deps.nextRef,
    self: () => deps.room().self ?? { address: null, name: deps.nick() },
    echoes: () => deps.room().capabilities.echo,
    takes: () => (recognisedAt() === null ? 0 : (deps.session()?.takes() ?? 0)),
    reach,
    perform: (conversation, text, ref) => {
      const other = otherIn(conversation)
      const session = deps.session()
      if (other === null) session?.perform({ type: 'say', text, ref })
      else session?.perform({ type: 'whisper', to: threads.addressee(conversation, other), text, ref })
    }
  })
  const { waiting } = ownLines

  /** Why what is written in a conversation could never go out as things stand. */
  const cannotSay = (conversation: ConversationId, lines: number): OutcomeCode | null => {
    const { status, dialect, capabilities } = deps.room()
    // Nobody to talk to, or nobody who lets us: nothing is promised.
    if (status.state === 'past') return 'not-connected'
    if (status.state === 'away' && status.reason === 'not-a-chat') return 'not-connected'
    if (status.state === 'kicked' && status.retryAt === null) return 'not-connected'
    if (otherIn(conversation) !== null) {
      const silent = recognisedAt() === null ? SILENT.has(dialect.recognised ?? '') : !capabilities.whisper
      if (silent) return 'not-supported'
      if (reach(conversation) === 'never') return 'no-such-member'
    }
    return waiting.full(lines) ? 'too-many' : null
  }

  const speech: Speech = {
    say: (conversation, text) => {
      const lines = messagesIn(text)
      if (lines.length === 0) return 'empty-text'
      if (lines.length > LINES_AT_ONCE) return 'too-many'
      const cannot = cannotSay(conversation, lines.length)
      if (cannot !== null) return cannot
      for (const line of lines) ownLines.say(conversation, line)
      return null
    },
    resend: (conversation, line) => {
      if (line?.kind !== 'said' || !line.own) return 'no-such-line'
      if (line.state !== 'failed' && line.state !== 'unconfirmed') return 'bad-command'
      const cannot = cannotSay(conversation, 1)
      if (cannot !== null) return cannot
      // An unconfirmed line may have arrived: it stays where it is. A failed one moves.
      if (line.state === 'failed') ownLines.remove(conversation, line.id)
      ownLines.say(conversation, line.text)
      return null
    },
    deleteLine: (conversation, line) => {
      if (line?.kind !== 'said' || !line.own) return 'no-such-line'
      if (waiting.get(line.id) === null && line.state !== 'failed' && line.state !== 'unconfirmed') return 'too-late'
      ownLines.remove(conversation, line.id)
      return null
    },
    editLine: (line, text) => {
      const [only, ...more] = messagesIn(text)
      if (only === undefined) return 'empty-text'
      return more.length > 0 ? 'bad-command' : ownLines.edit(line, only)
    },
    held: (conversation) => waiting.held(conversation),
    sendHeld: (conversation, line) => waiting.agree(conversation, line),
    passHeld: (conversation) => waiting.pass(conversation),
    deleteHeld: (conversation) => {
      for (const { id } of waiting.held(conversation)) ownLines.remove(conversation, id)
    },
    dispatch: () => waiting.dispatch(),
    keepingChanged: () => waiting.keepingChanged(),
    cleared: (conversation) => ownLines.cleared(conversation)
  }
  return { ownLines, speech }
}
