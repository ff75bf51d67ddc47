import type { Clock, Timer } from '../../shared/carriers.ts'
import type { ConversationId, Line, LineId, Unsent } from '../../shared/state.ts'
import type { Conversations } from './conversations.ts'

/** What waited longer asks before it goes out: half a day later a sentence may not be true any more. */
export const HOLD_AFTER_MS = 12 * 60 * 60_000
/** Own lines of one room that wait: a page pasted ten times. More is a program's, and its author is told. */
export const MOST_WAITING = 10_000
/** A line another program took is known to be delivered or unconfirmed by now: it is read once more. */
export const TAKEN_SETTLED_MS = 11_000

export type SaidLine = Extract<Line, { kind: 'said' }>

export interface WaitingLine {
  conversation: ConversationId
  line: SaidLine
  /** Of an earlier run or another program: only the disk knows whether it is still to be sent. */
  inherited: boolean
  /** The right to send it, which one program has. */
  claim: 'none' | 'asked' | 'ours'
  /** The person said that it may go, however old it is. */
  agreed: boolean
}

export interface WaitingLinesDeps {
  clock: Clock
  conversations: Conversations
  /** How many lines the server would be given at once now. */
  takes: () => number
  /** Whether a conversation's lines reach somebody now; `never`: nobody any more. */
  reach: (conversation: ConversationId) => 'now' | 'later' | 'never'
  /** Writes it; it does not wait any more. */
  handOver: (waiting: WaitingLine) => void
  /** It can never be sent. */
  fail: (waiting: WaitingLine) => void
}

const plain = ({ held: _held, ...line }: SaidLine): SaidLine => line

/** Own lines of one room that are not on their way yet, oldest first. */
export interface WaitingLines {
  /** Told at the end of the turn: a page of lines is one change. */
  add(conversation: ConversationId, line: SaidLine, inherited: boolean): void
  /** Nothing goes before it: what is said now is on its way at once. */
  goesAtOnce(conversation: ConversationId): boolean
  full(more: number): boolean
  /** Hands over what may go, as much as is taken. */
  dispatch(): void
  /** What was claimed and not handed over may be sent by whoever can. */
  release(): void
  /** It comes back unsent. */
  putBack(waiting: Pick<WaitingLine, 'conversation' | 'line'>): void
  get(line: LineId): WaitingLine | null
  edit(line: LineId, text: string): void
  /** Takes it out; its line is left to the caller. */
  take(line: LineId): void
  /** Null: all of the conversation that ask. */
  agree(conversation: ConversationId, line: LineId | null): void
  /** Newer ones may overtake those that ask. */
  pass(conversation: ConversationId): void
  /** Those that ask first. */
  held(conversation: ConversationId): SaidLine[]
  in(conversation: ConversationId): readonly WaitingLine[]
  /** Null: everywhere. Nothing waits there any more. */
  forget(conversation: ConversationId | null): void
  /** Whether lines are written down has changed. */
  keepingChanged(): void
}

/**
 * Lines in the order they were written. One that is too old asks first, and what stands behind it in its conversation
 * waits with it: an answer must not arrive before what it answers, nor a correction before the mistake.
 */
export const makeWaitingLines = (deps: WaitingLinesDeps): WaitingLines => {
  const { clock, conversations } = deps
  let list: WaitingLine[] = []
  /** Conversations whose newer lines may overtake. */
  const passing = new Set<ConversationId>()
  /** What was told about each conversation last. */
  const told = new Map<ConversationId, string>()
  let timer: Timer | null = null
  let refreshing = false

  const isHeld = ({ line, agreed }: WaitingLine): boolean => !agreed && clock.wall() - line.at > HOLD_AFTER_MS

  const unsentOf = (conversation: ConversationId): Unsent | null => {
    const here = list.filter((one) => one.conversation === conversation)
    if (here.length === 0) return null
    const first = here.findIndex(isHeld)
    if (first < 0) return { waiting: here.length, held: 0, since: 0, until: 0, behind: 0 }
    const held = here.filter(isHeld).map(({ line }) => line.at)
    const behind = here.slice(first).filter((one) => !isHeld(one) && !one.agreed)
    return {
      waiting: here.length,
      held: held.length,
      since: Math.min(...held),
      until: Math.max(...held),
      behind: passing.has(conversation) ? 0 : behind.length
    }
  }
  /** Tells what asks now, and looks again when the next one does. */
  const refresh = (): void => {
    timer?.cancel()
    timer = null
    let next = Number.POSITIVE_INFINITY
    const where = new Set(told.keys())
    for (const one of list) {
      where.add(one.conversation)
      const held = isHeld(one)
      if (!held && !one.agreed) next = Math.min(next, one.line.at + HOLD_AFTER_MS - clock.wall())
      if (held === (one.line.held === true)) continue
      one.line = held ? { ...plain(one.line), held } : plain(one.line)
      conversations.mark(one.conversation, one.line)
    }
    for (const conversation of where) {
      const unsent = unsentOf(conversation)
      const text = JSON.stringify(unsent)
      if (unsent === null || unsent.held === 0) passing.delete(conversation)
      if (unsent === null) {
        if (!told.delete(conversation)) continue
      } else if (told.get(conversation) === text) continue
      else told.set(conversation, text)
      conversations.update(conversation, { unsent })
    }
    if (Number.isFinite(next)) timer = clock.after(Math.max(0, next) + 1, refresh)
  }

  /** What may go, in order; and the conversations in which something else must go first. */
  const scan = (): { may: WaitingLine[]; blocked: Set<ConversationId> } => {
    const may: WaitingLine[] = []
    const blocked = new Set<ConversationId>()
    const reach = new Map<ConversationId, ReturnType<WaitingLinesDeps['reach']>>()
    for (const one of list) {
      const { conversation } = one
      if (isHeld(one)) {
        if (!passing.has(conversation)) blocked.add(conversation)
        continue
      }
      if (blocked.has(conversation) && !one.agreed) continue
      // It cannot be known whether another program sent it: it waits for the disk, and nothing waits for it.
      if (one.inherited && one.claim === 'none' && !conversations.claimable()) continue
      const reached = reach.get(conversation) ?? deps.reach(conversation)
      reach.set(conversation, reached)
      if (reached === 'later') blocked.add(conversation)
      else may.push(one)
    }
    return { may, blocked }
  }

  const take = (one: WaitingLine): void => {
    list = list.filter((other) => other !== one)
  }
  const put = (one: WaitingLine): void => {
    const at = list.findLastIndex((other) => other.line.id < one.line.id)
    list = list.toSpliced(at + 1, 0, one)
  }
  const release = (one: WaitingLine): void => {
    one.claim = 'none'
    conversations.change(one.conversation, one.line, { released: true })
  }

  /** Another program of this profile has it: what it made of it is shown. */
  const taken = async (one: WaitingLine): Promise<void> => {
    const found = await conversations.reread(one.conversation, one.line.id)
    if (found === null) {
      if (one.inherited || !list.includes(one)) {
        // Deleted by another program, or gone with its file: nobody knows whether it was sent.
        if (list.includes(one)) conversations.mark(one.conversation, { ...plain(one.line), state: 'unconfirmed' })
        return drop(one)
      }
      // Not on the disk at all, which is a new one since: nobody else can have sent it.
      one.claim = 'ours'
      dispatch()
      return
    }
    drop(one)
    if (found.kind === 'said' && (found.state === 'written' || found.state === 'waiting'))
      clock.after(TAKEN_SETTLED_MS, () => void conversations.reread(one.conversation, one.line.id))
  }
  const drop = (one: WaitingLine): void => {
    take(one)
    refresh()
    dispatch()
  }

  const claimed = (one: WaitingLine, ours: boolean): void => {
    if (!list.includes(one)) return
    if (!ours) {
      void taken(one)
      return
    }
    one.claim = 'ours'
    dispatch()
    // The server went away meanwhile. Whoever can send it first may have it.
    if (list.includes(one) && deps.takes() <= 0) release(one)
  }

  function dispatch(): void {
    let room = deps.takes()
    if (list.length === 0 || room <= 0) return
    refresh()
    let asked = false
    for (const one of scan().may) {
      if (room <= 0) break
      if (deps.reach(one.conversation) === 'never') {
        take(one)
        deps.fail(one)
        continue
      }
      room -= 1
      if (one.claim === 'none') {
        const needed = conversations.claim(one.conversation, one.line.id, one.inherited, (ours) => claimed(one, ours))
        one.claim = needed ? 'asked' : 'ours'
      }
      // Those behind are claimed along with it, and go after it.
      if (one.claim === 'asked') asked = true
      if (asked) continue
      take(one)
      deps.handOver(one)
    }
    refresh()
  }

  return {
    add: (conversation, line, inherited) => {
      put({ conversation, line, inherited, claim: 'none', agreed: false })
      if (refreshing) return
      refreshing = true
      clock.endOfTurn(() => {
        refreshing = false
        refresh()
      })
    },
    goesAtOnce: (conversation) => {
      if (deps.takes() <= 0 || deps.reach(conversation) !== 'now') return false
      if (list.length === 0) return true
      const { may, blocked } = scan()
      return may.length === 0 && !blocked.has(conversation)
    },
    full: (more) => list.length + more > MOST_WAITING,
    dispatch,
    release: () => {
      for (const one of list) if (one.claim === 'ours') release(one)
    },
    putBack: ({ conversation, line }) => {
      const one: WaitingLine = { conversation, line, inherited: false, claim: 'none', agreed: false }
      put(one)
      release(one)
      refresh()
    },
    get: (line) => list.find((one) => one.line.id === line) ?? null,
    edit: (line, text) => {
      const one = list.find((other) => other.line.id === line)
      if (one === undefined) return
      one.line = { ...one.line, text }
      conversations.change(one.conversation, one.line, { refused: () => void taken(one) })
    },
    take: (line) => {
      list = list.filter((one) => one.line.id !== line)
      refresh()
    },
    agree: (conversation, line) => {
      for (const one of list)
        if (one.conversation === conversation && (line === null || one.line.id === line)) one.agreed = true
      refresh()
      dispatch()
    },
    pass: (conversation) => {
      passing.add(conversation)
      refresh()
      dispatch()
    },
    held: (conversation) =>
      list.filter((one) => one.conversation === conversation && isHeld(one)).map(({ line }) => line),
    in: (conversation) => list.filter((one) => one.conversation === conversation),
    forget: (conversation) => {
      list = conversation === null ? [] : list.filter((one) => one.conversation !== conversation)
      refresh()
    },
    keepingChanged: () => {
      for (const one of list) conversations.keepLine(one.conversation, one.line)
    }
  }
}
