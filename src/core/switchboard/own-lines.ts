import type { Clock } from '../../shared/carriers.ts'
import type { OutcomeCode } from '../../shared/commands.ts'
import type { Member, Noted, Refused, Said } from '../../shared/events.ts'
import type { ConversationId, LineId, LineState, RoomId } from '../../shared/state.ts'
import { sameAddress } from '../dialects/address.ts'
import type { RestoredConversation } from '../history/contract.ts'
import { asShown } from '../session/wording.ts'
import type { Conversations } from './conversations.ts'
import type { SaidLine, WaitingLine, WaitingLines } from './waiting-lines.ts'
import { makeWaitingLines } from './waiting-lines.ts'

/** Settled own lines of which more may come (a further piece, a late refusal): more than a person types in an hour. */
export const REMEMBERED_OWN_LINES = 2000
/**
 * A frozen server reads what we left in its buffers when it thaws, and tells it under the address we had then. After
 * this the address may be somebody else's.
 */
export const LATE_ECHO_MS = 60 * 60_000
/** Unconfirmed lines whose echo may still come through a later connection. */
const MOST_LATE = 200

/** An own line on its way. */
interface OwnLine {
  conversation: ConversationId
  line: SaidLine
  /** As the person wrote it. */
  text: string
  /** What came back so far: the session may split a text over several lines. */
  said: string | null
  /** The connection it was written on; the first is 0. */
  on: number
}

export interface OwnLinesDeps {
  room: RoomId
  clock: Clock
  conversations: Conversations
  /** A ref nobody has used yet. */
  nextRef: () => string
  /** Who we are here, as far as known. */
  self: () => Member
  /** The server sends our own lines back. */
  echoes: () => boolean
  takes: () => number
  reach: (conversation: ConversationId) => 'now' | 'later' | 'never'
  /** Writes a line; its fate is told by the ref. */
  perform: (conversation: ConversationId, text: string, ref: string) => void
}

/** What the person said in one room, changed in place as its fate becomes known. */
export interface OwnLines {
  /** Those that are not on their way yet. */
  readonly waiting: WaitingLines
  /** Shows a line, and sends it: at once, or when its turn comes. */
  say(conversation: ConversationId, text: string): void
  noted(ref: string, state: Noted['state']): void
  /** Who we are on this connection, as the server tells it: also what was written before that is told so from now on. */
  learnt(self: Member): void
  /** `conversation`: where it belongs if nobody here said it. */
  said(event: Said, conversation: ConversationId): void
  /** Somebody's line that is an own one of an earlier connection: false, it is not. */
  late(from: Member, text: string): boolean
  /** Addresses under which own lines may still be told. */
  formerSelves(): string[]
  /** False: what was refused is no line of ours. */
  refused(event: Refused): boolean
  /** The connection is gone. What was not written waits again. `withdraw`: false if it is too late. */
  takeBack(withdraw: (ref: string) => boolean): void
  /** The session ends: nothing of what was written will be confirmed. */
  settleAll(withdraw: (ref: string) => boolean): void
  edit(line: LineId, text: string): OutcomeCode | null
  /** Takes the line away and listens to its fate no longer. */
  remove(conversation: ConversationId, line: LineId): void
  /** The conversation is closed. */
  forget(conversation: ConversationId): void
  /** What was said there is gone, and what was to be said; null: everywhere. */
  cleared(conversation: ConversationId | null): void
  /** What an earlier run left. */
  restore(conversation: RestoredConversation): void
}

export const makeOwnLines = (deps: OwnLinesDeps): OwnLines => {
  const { conversations, clock, nextRef, self, echoes } = deps
  const own = new Map<string, OwnLine>()
  /** Refs of own lines that are through, the oldest first. */
  const settled = new Set<string>()
  const refs = new Map<LineId, string>()
  /** Said to the room under an address the server knew, and never confirmed; the oldest first. */
  let lost: SaidLine[] = []
  let connection = 0

  const follow = (ref: string, conversation: ConversationId, line: SaidLine, text: string): void => {
    own.set(ref, { conversation, line, text, said: null, on: connection })
    refs.set(line.id, ref)
  }
  const put = (conversation: ConversationId, text: string, fate: Pick<SaidLine, 'state' | 'failure'>): SaidLine => {
    const body = { kind: 'said', from: self(), text, own: true, mention: false, ...fate } as const
    const at = clock.wall()
    return { id: conversations.add(conversation, body, at), at, ...body }
  }
  const forgetRef = (ref: string): void => {
    const mine = own.get(ref)
    if (!mine) return
    own.delete(ref)
    settled.delete(ref)
    refs.delete(mine.line.id)
  }
  const settle = (ref: string): void => {
    settled.add(ref)
    const [oldest] = settled
    if (settled.size > REMEMBERED_OWN_LINES && oldest !== undefined) forgetRef(oldest)
  }
  const lose = (conversation: ConversationId, line: SaidLine): void => {
    if (conversation !== deps.room || line.from.address === null) return
    lost = [...lost.filter((one) => one.id !== line.id), line].slice(-MOST_LATE)
  }
  const change = (mine: OwnLine, changed: Partial<SaidLine>): void => {
    const now = conversations.line(mine.conversation, mine.line.id)
    mine.line = { ...(now?.kind === 'said' ? now : mine.line), ...changed }
    conversations.change(mine.conversation, mine.line)
    if (mine.line.state === 'unconfirmed') lose(mine.conversation, mine.line)
    else if (changed.state !== undefined) lost = lost.filter((one) => one.id !== mine.line.id)
  }
  /** Some pieces of a split text came back and the rest will not: the rest becomes a line that says so. */
  const splitRest = (ref: string, mine: OwnLine, fate: Pick<SaidLine, 'state' | 'failure'>): void => {
    const said = mine.said ?? ''
    const text = mine.text.startsWith(said) ? mine.text.slice(said.length) : ''
    if (text.trim() === '') return
    refs.delete(mine.line.id)
    follow(ref, mine.conversation, put(mine.conversation, text, fate), text)
  }

  const handOver = ({ conversation, line }: WaitingLine): void => {
    const ref = nextRef()
    const { held: _held, ...plain } = line
    follow(ref, conversation, plain, line.text)
    const mine = own.get(ref)
    if (mine) change(mine, { state: 'written', from: self() })
    deps.perform(conversation, line.text, ref)
  }
  const waiting = makeWaitingLines({
    clock,
    conversations,
    takes: deps.takes,
    reach: deps.reach,
    handOver,
    fail: ({ conversation, line }) => {
      const { held: _held, ...plain } = line
      conversations.change(conversation, { ...plain, state: 'failed', failure: { code: 'no-such-member', text: '' } })
    }
  })

  /** The oldest own line that may have been told late: said from there, in these words, within the time named. */
  const landLate = (from: Member, text: string): boolean => {
    const { address } = from
    if (address === null) return false
    const earliest = clock.wall() - LATE_ECHO_MS
    lost = lost.filter((line) => line.at >= earliest)
    const found = lost.find(
      (line) =>
        line.from.address !== null && sameAddress(line.from.address, address) && asShown(line.text) === asShown(text)
    )
    if (found === undefined) return false
    lost = lost.filter((line) => line !== found)
    const ref = refs.get(found.id)
    if (ref !== undefined) forgetRef(ref)
    conversations.change(deps.room, { ...found, state: 'delivered' })
    return true
  }

  const learnt = (now: Member): void => {
    if (now.address === null) return
    for (const [ref, mine] of own)
      if (mine.on === connection && !settled.has(ref) && mine.line.from.address !== now.address)
        change(mine, { from: now })
  }

  const takeBack = (withdraw: (ref: string) => boolean): void => {
    connection += 1
    waiting.release()
    for (const [ref, mine] of own) {
      if (mine.said !== null || mine.line.state !== 'written' || !withdraw(ref)) continue
      forgetRef(ref)
      waiting.putBack({ conversation: mine.conversation, line: { ...mine.line, state: 'queued' } })
    }
  }

  return {
    waiting,
    say: (conversation, text) => {
      if (!waiting.goesAtOnce(conversation)) {
        waiting.add(conversation, put(conversation, text, { state: 'queued', failure: null }), false)
        waiting.dispatch()
        return
      }
      const ref = nextRef()
      follow(ref, conversation, put(conversation, text, { state: 'written', failure: null }), text)
      deps.perform(conversation, text, ref)
    },
    noted: (ref, state) => {
      const mine = own.get(ref)
      // Queued is what waits with us; what the session has is on its way.
      if (!mine || state === 'queued' || state === mine.line.state) return
      if (mine.said === null) change(mine, { state, failure: null })
      else if (state === 'unconfirmed') splitRest(ref, mine, { state, failure: null })
    },
    learnt,
    said: (event, conversation) => {
      const text = event.text ?? ''
      const state: LineState = event.conversation === 'room' && echoes() ? 'delivered' : 'sent'
      const mine = event.ref === undefined ? undefined : own.get(event.ref)
      if (mine && mine.said === null) {
        mine.said = text
        if (mine.on === connection && mine.line.from.address !== event.from.address) learnt(event.from)
        change(mine, { state, text, from: event.from, failure: null })
        if (event.ref !== undefined) settle(event.ref)
        return
      }
      if (mine) mine.said = (mine.said ?? '') + text
      else if (event.conversation === 'room' && landLate(event.from, text)) return
      conversations.add(
        mine?.conversation ?? conversation,
        { kind: 'said', from: event.from, text, own: true, state, failure: null, mention: false },
        Date.parse(event.at)
      )
    },
    late: landLate,
    formerSelves: () => [...new Set(lost.flatMap(({ from }) => from.address ?? []))],
    refused: ({ ref, code, text }) => {
      const mine = ref === undefined ? undefined : own.get(ref)
      if (ref === undefined || !mine) return false
      const failed = { state: 'failed', failure: { code, text } } as const
      if (mine.said === null || conversations.get(mine.conversation)?.with !== null) change(mine, failed)
      else splitRest(ref, mine, failed)
      settle(ref)
      return true
    },
    takeBack,
    settleAll: (withdraw) => {
      takeBack(withdraw)
      for (const mine of own.values())
        if (mine.line.state === 'written' || mine.line.state === 'waiting') change(mine, { state: 'unconfirmed' })
      own.clear()
      settled.clear()
      refs.clear()
    },
    edit: (line, text) => {
      const one = waiting.get(line)
      if (one === null || one.claim !== 'none') return 'too-late'
      waiting.edit(line, text)
      return null
    },
    remove: (conversation, line) => {
      const ref = refs.get(line)
      if (ref !== undefined) forgetRef(ref)
      waiting.take(line)
      lost = lost.filter((one) => one.id !== line)
      conversations.remove(conversation, line)
    },
    forget: (conversation) => {
      for (const [ref, mine] of own) if (mine.conversation === conversation) forgetRef(ref)
    },
    cleared: (conversation) => {
      waiting.forget(conversation)
      if (conversation === null || conversation === deps.room) lost = []
    },
    restore: ({ id, queued = [], newest }) => {
      for (const line of queued) if (line.kind === 'said') waiting.add(id, line, true)
      for (const line of newest.lines)
        if (line.kind === 'said' && line.own && line.state === 'unconfirmed') lose(id, line)
    }
  }
}
