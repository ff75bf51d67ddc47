import type { Clock } from '../../shared/carriers.ts'
import type { ChatCommand } from '../../shared/commands.ts'
import type { Member, Noted, PeopleChanged, Refused, Said, SessionEvent } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { Line, LineBody, LineId, LineState, RoomId } from '../../shared/state.ts'
import type { History, HistoryOperation } from '../history/contract.ts'
import { makeConversations } from '../switchboard/conversations.ts'
import { mentions } from '../switchboard/mention.ts'
import { makeThreads } from '../switchboard/threads.ts'
import type { Gap, Gate } from './gate.ts'

/** Own lines of which more may come (a further piece, a late refusal): more than a script writes ahead of a server. */
const REMEMBERED_OWN_LINES = 2000

type SaidBody = Extract<LineBody, { kind: 'said' }>

/** An own line on its way. */
interface OwnLine {
  /** As it was given. */
  text: string
  /** Null: nothing of it was written yet. */
  line: LineId | null
  /** What came back so far: the session may split a text over several lines. */
  said: string
}

export interface VisitRecorderDeps {
  history: History
  gate: Gate
  clock: Clock
  room: RoomId
  /** `host:port`: what a room is called that the app does not know. */
  title: string
  /** The app knows this room: its titles, drafts and what was read there are its own to keep. */
  shared: boolean
  /** What we want to be called. */
  nick: string | null
  /** The server sends our own lines back. */
  echoes: () => boolean
  gapWords: (gap: Gap) => string
}

/** Writes down what one connection of the command line hears and says, as the app would: into the room it is in. */
export interface VisitRecorder {
  /** A command goes to the session, under this ref. */
  asked(command: ChatCommand, ref: string): void
  heard(event: SessionEvent): void
  gap(gap: Gap): void
  /** It ends. These were never written. */
  end(unwritten: readonly { ref: string | null; text: string }[]): void
}

export const makeVisitRecorder = (deps: VisitRecorderDeps): VisitRecorder => {
  const { history, gate, clock, room } = deps
  const restored = history.restored.filter((one) => one.room === room)
  let gathering = false
  let wasConnected = false
  let standing = false
  let self: Member | null = null
  let people = new Map<string, Member>()
  const own = new Map<string, OwnLine>()

  /** A script that answers has not read for the person. */
  const handedOver = (operation: HistoryOperation): HistoryOperation =>
    operation.op === 'conversation' && deps.shared
      ? { ...operation, conversation: { ...operation.conversation, readUpTo: 0 }, shared: true }
      : operation

  const conversations = makeConversations({
    clock,
    tell: () => undefined,
    soon: () => {
      if (gathering) return
      gathering = true
      clock.endOfTurn(() => {
        gathering = false
        conversations.gather()
      })
    },
    notify: () => undefined,
    roomTitle: () => deps.title,
    history: {
      ...history,
      restored: history.restored,
      // Everything passes the gate, which knows by it when to tell.
      append: (operation, saved) => gate.put(handedOver(operation), saved)
    },
    keeps: () => true,
    hosted: () => false
  })
  const threads = makeThreads(
    room,
    conversations,
    () => true,
    // The command line keeps what waits in its own hands.
    () => false,
    () => history.nextLine(clock.wall())
  )
  conversations.open(
    room,
    room,
    null,
    restored.find((one) => one.id === room)
  )
  threads.restore(restored.filter((one) => one.id !== room))
  // Whoever runs this sees it: nothing of it waits to be read.
  if (!deps.shared) conversations.look(room, true, true)

  const add = (conversation: string, body: LineBody, at = clock.wall()): LineId =>
    conversations.add(conversation, body, at)
  const addOwn = (text: string, state: LineState, failure: SaidBody['failure'] = null): LineId =>
    add(room, {
      kind: 'said',
      from: self ?? { address: null, name: deps.nick },
      text,
      own: true,
      state,
      failure,
      mention: false
    })
  const change = (id: LineId, changed: Partial<SaidBody>): void => {
    const line: Line | null = conversations.line(room, id)
    if (line?.kind === 'said') conversations.change(room, { ...line, ...changed })
  }

  /** The one person the roster knows by a name, where a line gives only the name. */
  const resolve = (member: Member): Member => {
    if (member.address !== null || member.name === null) return member
    const namesakes = [...people.values()].filter((other) => other.name === member.name)
    return namesakes.length === 1 ? (namesakes[0] ?? member) : member
  }
  const heardPeople = (event: PeopleChanged): void => {
    const before = people
    const isNew = ({ address, name }: Member): boolean =>
      (name ?? '') !== '' && (before.get(memberKey({ address, name }))?.name?.trim() ?? '') === ''
    const arrived = event.present.filter(isNew)
    people = new Map(event.reset ? [] : before)
    for (const key of event.gone) people.delete(key)
    for (const member of event.present) people.set(memberKey(member), member)
    threads.follow(event, people, arrived, resolve)
    if (event.self !== null) self = event.self
  }

  const heardOwn = (event: Said): void => {
    const text = event.text ?? ''
    const state: LineState = event.conversation === 'room' && deps.echoes() ? 'delivered' : 'sent'
    const mine = event.ref === undefined ? undefined : own.get(event.ref)
    if (mine !== undefined && mine.line !== null && mine.said === '') {
      change(mine.line, { state, text, from: event.from, failure: null })
      mine.said = text
      return
    }
    if (mine !== undefined) mine.said += text
    const conversation = event.conversation === 'private' && event.to ? threads.with(resolve(event.to)) : room
    const body = { kind: 'said', from: event.from, text, own: true, state, failure: null, mention: false } as const
    const line = add(conversation, body, Date.parse(event.at))
    if (mine !== undefined) mine.line = line
  }
  const heardSaid = (event: Said): void => {
    if (event.own) {
      heardOwn(event)
      return
    }
    const isPrivate = event.conversation === 'private'
    const from = isPrivate ? resolve(event.from) : event.from
    const text = event.text ?? ''
    const conversation = isPrivate ? threads.with(from) : room
    if (isPrivate) threads.present(from)
    const mention = !isPrivate && [self?.name ?? '', deps.nick ?? ''].some((name) => mentions(text, name))
    add(
      conversation,
      { kind: 'said', from, text, own: false, state: 'delivered', failure: null, mention },
      Date.parse(event.at)
    )
  }

  /** Some pieces of a split text came back and the rest did not: the rest becomes a line that says so. */
  const restOf = ({ text, said }: OwnLine): string => (text.startsWith(said) ? text.slice(said.length) : '')
  const heardNoted = ({ ref, state }: Noted): void => {
    const mine = own.get(ref)
    // What is queued is in nobody's hands yet: if this program ends, it was never said.
    if (mine === undefined || state === 'queued') return
    if (mine.line === null) mine.line = addOwn(mine.text, state)
    else if (mine.said === '') change(mine.line, { state })
    else if (state === 'unconfirmed' && restOf(mine).trim() !== '') addOwn(restOf(mine), state)
  }
  const heardRefused = ({ ref, command, code, text }: Refused): void => {
    const mine = ref === undefined ? undefined : own.get(ref)
    if (mine === undefined) {
      add(room, { kind: 'refused', command, code, text })
      return
    }
    const failure = { code, text }
    if (mine.line !== null && mine.said === '') change(mine.line, { state: 'failed', failure })
    else if (restOf(mine).trim() !== '') addOwn(restOf(mine), 'failed', failure)
  }

  const heard = (event: SessionEvent): void => {
    switch (event.type) {
      case 'connected':
        standing = true
        self = null
        add(room, { kind: 'connected', again: wasConnected })
        wasConnected = true
        return
      case 'disconnected':
        if (standing && event.reason !== 'kicked') add(room, { kind: 'disconnected', reason: event.reason })
        standing = false
        if (event.retryInMs === null) threads.allGone()
        return
      case 'people':
        heardPeople(event)
        return
      case 'joined':
        add(room, { kind: 'joined', member: event.member, own: event.own })
        return
      case 'left':
        add(room, { kind: 'left', member: event.member, reason: event.reason })
        return
      case 'renamed':
        if (event.own) self = event.member
        else threads.renamed(event.member, event.was)
        add(room, { kind: 'renamed', member: event.member, was: event.was, own: event.own })
        return
      case 'said':
        heardSaid(event)
        return
      case 'listed':
        add(room, { kind: 'listed', members: event.members, complete: event.complete })
        return
      case 'refused':
        heardRefused(event)
        return
      case 'kicked':
        add(room, { kind: 'kicked', reason: event.reason, text: event.text })
        return
      case 'line':
        add(room, { kind: 'line', text: event.text })
        return
      case 'noted':
        heardNoted(event)
        return
      case 'recognised':
      case 'introduced':
    }
  }

  return {
    asked: (command, ref) => {
      if (command.type !== 'say') return
      own.set(ref, { text: command.text, line: null, said: '' })
      const [oldest] = own.keys()
      if (own.size > REMEMBERED_OWN_LINES && oldest !== undefined) own.delete(oldest)
    },
    heard,
    gap: (gap) => void add(room, { kind: 'line', text: deps.gapWords(gap) }),
    end: (unwritten) => {
      for (const { ref, text } of unwritten) {
        const mine = ref === null ? undefined : own.get(ref)
        if (mine === undefined || mine.line !== null || text.trim() === '') continue
        mine.line = addOwn(text, 'failed', { code: 'connection-lost', text: '' })
      }
      // What was written and not told of by now will not be.
      for (const mine of own.values()) {
        const line = mine.line === null ? null : conversations.line(room, mine.line)
        if (line?.kind === 'said' && (line.state === 'written' || line.state === 'waiting'))
          change(line.id, { state: 'unconfirmed' })
      }
      conversations.gather()
    }
  }
}
