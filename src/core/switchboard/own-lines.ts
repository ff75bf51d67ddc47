import type { Member, Noted, Refused, Said } from '../../shared/events.ts'
import type { ConversationId, Line, LineId, LineState } from '../../shared/state.ts'
import type { Conversations } from './conversations.ts'

/** Settled own lines of which more may come (a further piece, a late refusal): more than a person types in an hour. */
export const REMEMBERED_OWN_LINES = 2000

type SaidLine = Extract<Line, { kind: 'said' }>

/** An own line on its way. */
interface OwnLine {
  conversation: ConversationId
  line: LineId
  /** As the person wrote it. */
  text: string
  /** What came back so far: the session may split a text over several lines. */
  said: string | null
}

export interface OwnLinesDeps {
  conversations: Conversations
  /** A ref nobody has used yet. */
  nextRef: () => string
  /** Who we are here, as far as known. */
  self: () => Member
  /** The server sends our own lines back. */
  echoes: () => boolean
}

/** What the person said in one room, changed in place as its fate becomes known. */
export interface OwnLines {
  /** Shows a line as queued. Returns the ref its fate will be told by. */
  add(conversation: ConversationId, text: string): string
  noted(ref: string, state: Noted['state']): void
  /** `conversation`: where it belongs if nobody here said it. */
  said(event: Said, conversation: ConversationId): void
  /** False: what was refused is no line of ours. */
  refused(event: Refused): boolean
  /** The session ends: nothing is written any more, and nothing will be confirmed. `withdraw`: false if it is too late. */
  settleAll(withdraw: (ref: string) => boolean): void
  /** Null: through, or of an earlier session. */
  refOf(line: LineId): string | null
  /** Takes the line away and listens to its fate no longer. */
  remove(conversation: ConversationId, line: LineId): void
  /** The conversation is closed. */
  forget(conversation: ConversationId): void
}

export const makeOwnLines = ({ conversations, nextRef, self, echoes }: OwnLinesDeps): OwnLines => {
  const own = new Map<string, OwnLine>()
  /** Refs of own lines that are through, the oldest first. */
  const settled = new Set<string>()
  const refs = new Map<LineId, string>()

  const put = (
    ref: string,
    conversation: ConversationId,
    text: string,
    fate: Pick<SaidLine, 'state' | 'failure'>
  ): void => {
    const line = conversations.add(conversation, {
      kind: 'said',
      from: self(),
      text,
      own: true,
      mention: false,
      ...fate
    })
    own.set(ref, { conversation, line, text, said: null })
    refs.set(line, ref)
  }
  const forgetRef = (ref: string): void => {
    const mine = own.get(ref)
    if (!mine) return
    own.delete(ref)
    settled.delete(ref)
    refs.delete(mine.line)
  }
  const settle = (ref: string): void => {
    settled.add(ref)
    const [oldest] = settled
    if (settled.size > REMEMBERED_OWN_LINES && oldest !== undefined) forgetRef(oldest)
  }
  const shown = (mine: OwnLine): SaidLine | null => {
    const line = conversations.line(mine.conversation, mine.line)
    return line?.kind === 'said' ? line : null
  }
  const change = (mine: OwnLine, changed: Partial<SaidLine>): void => {
    const line = shown(mine)
    if (line) conversations.change(mine.conversation, { ...line, ...changed })
  }
  /** Some pieces of a split text came back and the rest will not: the rest becomes a line that says so. */
  const splitRest = (ref: string, mine: OwnLine, fate: Pick<SaidLine, 'state' | 'failure'>): void => {
    const said = mine.said ?? ''
    const text = mine.text.startsWith(said) ? mine.text.slice(said.length) : ''
    if (text.trim() === '') return
    refs.delete(mine.line)
    put(ref, mine.conversation, text, fate)
  }

  return {
    add: (conversation, text) => {
      const ref = nextRef()
      put(ref, conversation, text, { state: 'queued', failure: null })
      return ref
    },
    noted: (ref, state) => {
      const mine = own.get(ref)
      if (!mine) return
      if (mine.said === null) change(mine, { state, failure: null })
      else if (state === 'unconfirmed') splitRest(ref, mine, { state, failure: null })
    },
    said: (event, conversation) => {
      const text = event.text ?? ''
      const state: LineState = event.conversation === 'room' && echoes() ? 'delivered' : 'sent'
      const mine = event.ref === undefined ? undefined : own.get(event.ref)
      if (mine && mine.said === null && shown(mine)) {
        mine.said = text
        change(mine, { state, text, from: event.from, failure: null })
        if (event.ref !== undefined) settle(event.ref)
        return
      }
      if (mine) mine.said = (mine.said ?? '') + text
      conversations.add(
        mine?.conversation ?? conversation,
        { kind: 'said', from: event.from, text, own: true, state, failure: null, mention: false },
        Date.parse(event.at)
      )
    },
    refused: ({ ref, code, text }) => {
      const mine = ref === undefined ? undefined : own.get(ref)
      if (ref === undefined || !mine) return false
      const failed = { state: 'failed', failure: { code, text } } as const
      if (mine.said === null || conversations.get(mine.conversation)?.with !== null) change(mine, failed)
      else splitRest(ref, mine, failed)
      settle(ref)
      return true
    },
    settleAll: (withdraw) => {
      for (const [ref, mine] of own) {
        const state = shown(mine)?.state
        if (state === 'queued') {
          if (withdraw(ref)) change(mine, { state: 'failed', failure: { code: 'connection-lost', text: '' } })
          else change(mine, { state: 'unconfirmed' })
        } else if (state === 'written' || state === 'waiting') change(mine, { state: 'unconfirmed' })
      }
      own.clear()
      settled.clear()
      refs.clear()
    },
    refOf: (line) => refs.get(line) ?? null,
    remove: (conversation, line) => {
      const ref = refs.get(line)
      if (ref !== undefined) forgetRef(ref)
      conversations.remove(conversation, line)
    },
    forget: (conversation) => {
      for (const [ref, mine] of own) if (mine.conversation === conversation) forgetRef(ref)
    }
  }
}
