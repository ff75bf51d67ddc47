import { hostPort } from '../../shared/address.ts'
import type { Clock, Codec, Dial } from '../../shared/carriers.ts'
import type { OutcomeCode } from '../../shared/commands.ts'
import type { Charset } from '../../shared/dialect.ts'
import type { Member, PeopleChanged, Refused, Renamed, Said, SessionEvent } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { SavedRoom } from '../../shared/settings.ts'
import type { AppEvent, ConversationId, Line, LineId, People, Room, RoomId } from '../../shared/state.ts'
import type { RestoredConversation } from '../history/contract.ts'
import type { MakeSession, Session, SessionOptions } from '../session/contract.ts'
import { awayAfter, isHeard, makeAbsence } from './absence.ts'
import type { Conversations } from './conversations.ts'
import { makeIgnoring, MAX_KEPT_NAME } from './ignoring.ts'
import { mentions } from './mention.ts'
import type { Speech } from './speech.ts'
import { makeSpeech, ROSTER_WAIT_MS } from './speech.ts'
import { makeThreads, sameMembers } from './threads.ts'

/** A server that has not answered a rename by now has other words for it, or none: the field stops waiting. */
export const RENAME_ANSWER_MS = 10_000

export interface RoomDeps {
  makeSession: MakeSession
  dial: Dial
  clock: Clock
  random: () => number
  codec: (charset: Charset) => Codec
  conversations: Conversations
  tell: (event: AppEvent) => void
  /** A ref nobody has used yet. */
  nextRef: () => string
  /** Keeps what was learnt about this address (last dialect, accepted name, ignored people). */
  remember: (change: Partial<Pick<SavedRoom, 'lastDialect' | 'nick' | 'ignored'>>) => void
  /** What the person calls this room; empty: nothing. */
  givenTitle: () => string
  /** What a person is called here before the server says it: the room's own name, else the profile's. */
  nick: () => string | null
  /** The name in the profile: a mention too, on servers without names. */
  profileName: () => string
  /** What is said here is written down. */
  keeps: () => boolean
  /** For the id of a new private thread; null: nothing is kept, and counting does. */
  threadNumber: (() => number) | null
  /** Somebody is looking at this room right now. */
  attended: () => boolean
  /** Our session is in the room, from this end. */
  arrived: (own: string) => void
}

/** One room: our session in it, who is there, our own lines, private threads. */
export interface RoomDesk extends Speech {
  readonly id: RoomId
  /**
   * Opens the private threads of an earlier run and takes over what waits to be sent: once, when the room itself is open,
   * or later, when the disk could be read. `left`: the room and its threads as they were when the program ended last.
   */
  restore(left: readonly RestoredConversation[]): void
  view(): Room
  patch(change: Partial<Room>): void
  /** What the room is called may have changed. */
  retitle(): void
  people(): People | null
  session(): Session | null
  /** Our end of the connection as the other side sees it without NAT. */
  localEnd(): string | null
  start(options: SessionOptions): void
  /**
   * Ends the session; what was not written yet waits for the next one. What still comes until the server has ended it too
   * (at most 1 s) is heard, unless somebody connects again before. What was not confirmed by then stays unconfirmed.
   */
  stop(): Promise<void>
  /** The same without waiting: nothing is heard afterwards. */
  cut(): Promise<void>
  openPrivate(key: string): ConversationId | null
  /** With somebody the roster does not know, by name: while it is not complete, the server knows better. */
  openPrivateNamed(name: string): ConversationId
  closePrivate(conversation: ConversationId): OutcomeCode | null
  /** Shows a thread again that was closed by hand; false: there is none of this id. */
  reopen(conversation: ConversationId): boolean
  /** The room and its private threads, as they are found again when the room is opened the next time. */
  left(): RestoredConversation[]
  /** Asks for another name; `keep` remembers it for this room once accepted. */
  rename(name: string): void
  who(): void
  ignore(key: string, on: boolean): boolean
}

export const makeRoomDesk = (initial: Room, deps: RoomDeps): RoomDesk => {
  const { id } = initial
  const { conversations, tell, clock } = deps
  let room = initial
  let session: Session | null = null
  let stops: (() => void) | null = null
  /** A session that has said goodbye and still listens. */
  let leaving: { session: Session; hearOut: () => void; done: Promise<void> } | null = null
  let localEnd: string | null = null
  let wasConnected = false
  /** The line of the first connection of this run, while it is not known since when one was away. */
  let cameBack: LineId | null = null
  let standing = false
  let members: Map<string, Member> | null = null
  let complete = false
  /** The name our host told. */
  let toldName = ''
  /** When this connection was recognised (monotonic ms): before that nothing is sent. */
  let recognisedAt: number | null = null
  const absence = makeAbsence(clock)
  const threads = makeThreads(
    id,
    conversations,
    deps.keeps,
    (thread) => ownLines.waiting.in(thread).length > 0,
    deps.threadNumber
  )
  const { ownLines, speech } = makeSpeech({
    room: () => room,
    clock,
    conversations,
    threads,
    session: () => session,
    nextRef: deps.nextRef,
    nick: deps.nick,
    recognisedAt: () => recognisedAt,
    people: () => ({ members, complete })
  })
  let asked: { ref: string; name: string } | null = null
  /** Of a flood, hundreds of lines have the same time. */
  let lastAt = { text: '', ms: Number.NaN }
  const wallOf = (at: string): number => {
    if (at !== lastAt.text) lastAt = { text: at, ms: Date.parse(at) }
    return lastAt.ms
  }

  const patch = (change: Partial<Room>): void => {
    room = { ...room, ...change }
    tell({ type: 'roomChanged', room })
  }
  const retitle = (): void => {
    const title = deps.givenTitle() || toldName || hostPort(room.host, room.port)
    if (title !== room.title) patch({ title })
  }
  const refreshCapabilities = (): void => {
    const now = (session ?? leaving?.session)?.capabilities()
    if (now === undefined) return
    const { who, rename, whisper, echo } = room.capabilities
    if (now.who !== who || now.rename !== rename || now.whisper !== whisper || now.echo !== echo)
      patch({ capabilities: { who: now.who, rename: now.rename, whisper: now.whisper, echo: now.echo } })
  }

  const namesAreUnique = (): boolean => room.marked || room.dialect.recognised === 'im'

  const ignoring = makeIgnoring({
    room: () => room,
    namesAreUnique,
    member: (key) => {
      const thread = threads.get(key)
      return members?.get(key) ?? (thread === null ? null : conversations.get(thread)?.with) ?? null
    },
    show: (ignored) => patch({ ignored }),
    remember: (ignored) => deps.remember({ ignored })
  })

  // --- people ---

  /** The one person the roster knows by a name, where a line gives only the name (002: `NAME对您说`). */
  const resolve = (member: Member): Member => {
    if (member.address !== null || member.name === null || members === null) return member
    let found: Member | null = null
    for (const other of members.values()) {
      if (other.name !== member.name) continue
      if (found !== null) return member
      found = other
    }
    return found ?? member
  }

  const forgetPeople = (): void => {
    if (members === null || (members.size === 0 && !complete)) return
    members = new Map()
    complete = false
    tell({ type: 'peopleChanged', room: id, reset: true, present: [], gone: [], complete: false })
    threads.allGone()
  }

  const heardPeople = (event: PeopleChanged): void => {
    const before = members
    const isNew = ({ address, name }: Member): boolean =>
      (name ?? '') !== '' && (before?.get(memberKey({ address, name }))?.name?.trim() ?? '') === ''
    const arrived = event.present.filter(isNew)
    const known = event.reset || members === null ? new Map<string, Member>() : members
    members = known
    complete = event.complete
    for (const key of event.gone) known.delete(key)
    for (const member of event.present) known.set(memberKey(member), member)
    tell({
      type: 'peopleChanged',
      room: id,
      reset: event.reset,
      present: event.present,
      gone: event.gone,
      complete: event.complete
    })
    threads.follow(event, known, arrived, resolve)
    ignoring.meet(event.present)
    if (!sameMembers(event.self, room.self) && event.self !== null) {
      patch({ self: event.self })
      ownLines.learnt(event.self)
    }
  }

  // --- what the session tells ---

  const heardSaid = (event: Said): void => {
    const other = event.own ? event.to : event.from
    if (event.own) {
      const conversation =
        event.conversation === 'private' && event.ref === undefined && other ? threads.with(resolve(other)) : id
      ownLines.said(event, conversation)
      return
    }
    const from = event.conversation === 'private' ? resolve(event.from) : event.from
    const text = event.text ?? ''
    if (event.conversation === 'room' && ownLines.late(from, text)) return
    if (ignoring.has(from)) return
    const conversation = event.conversation === 'private' ? threads.with(from) : id
    if (event.conversation === 'private') threads.present(from)
    const names = new Set([room.self?.name ?? '', deps.nick() ?? '', deps.profileName()])
    conversations.add(
      conversation,
      {
        kind: 'said',
        from,
        text,
        own: false,
        state: 'delivered',
        failure: null,
        mention: event.conversation === 'room' && [...names].some((name) => mentions(text, name))
      },
      wallOf(event.at)
    )
  }

  const heardRenamed = (event: Renamed): void => {
    const { member } = event
    if (event.own) {
      const name = member.name ?? ''
      if (asked !== null && asked.ref === event.ref) {
        const nick = name !== '' && name.length <= MAX_KEPT_NAME ? name : asked.name
        asked = null
        deps.remember({ nick })
        session?.configure({ nick })
      }
      patch({ self: member, renaming: { state: 'accepted', name } })
    } else {
      threads.renamed(member, event.was)
      if (ignoring.has(member)) return
    }
    conversations.add(id, { kind: 'renamed', member, was: event.was, own: event.own })
  }

  const heardRefused = (event: Refused): void => {
    const { ref, command, code, text } = event
    if (ownLines.refused(event)) return
    if (command === 'rename') {
      if (ref !== undefined && asked?.ref === ref) {
        patch({ renaming: { state: 'refused', name: asked.name, code, text } })
        asked = null
        return
      }
      const name = deps.nick() ?? ''
      // Our own try on arrival: shown at the field, and in the room, where the person is looking.
      if (room.renaming.state !== 'waiting') patch({ renaming: { state: 'refused', name, code, text } })
    }
    conversations.add(id, { kind: 'refused', command, code, text })
  }

  const heardDisconnected = (reason: Extract<SessionEvent, { type: 'disconnected' }>): void => {
    const { retryInMs } = reason
    const detail = reason.detail === undefined ? {} : { detail: reason.detail }
    // We renew the connection ourselves: another address, another character set.
    const renewing = reason.reason === 'left' && retryInMs === 0
    const retryAt = retryInMs === null ? null : clock.wall() + retryInMs
    localEnd = null
    if (standing && reason.reason !== 'kicked') conversations.add(id, { kind: 'disconnected', reason: reason.reason })
    if (standing) absence.begin(reason.reason)
    standing = false
    recognisedAt = null
    const current = session
    if (current !== null) ownLines.takeBack((ref) => current.withdraw(ref))
    const kicked = room.status.state === 'kicked' && reason.reason === 'kicked' ? room.status : null
    patch({
      status:
        kicked !== null
          ? { ...kicked, retryAt }
          : renewing
            ? { state: 'connecting' }
            : retryAt === null
              ? { state: 'away', reason: reason.reason, ...detail }
              : { state: 'reconnecting', reason: reason.reason, ...detail, retryAt },
      renaming: room.renaming.state === 'waiting' ? { state: 'idle' } : room.renaming
    })
    if (retryAt === null) forgetPeople()
  }

  const arrive = (): void => {
    const away = absence.end()
    // A room of our own is closed while we are away: nothing is said there that we could miss.
    const missed = away === null || room.hosting !== null ? {} : { away }
    const line = conversations.add(id, { kind: 'connected', again: wasConnected, ...missed })
    if (!wasConnected && away === null) cameBack = line
    wasConnected = true
  }
  /** What an earlier run heard last is known late: the line that told of coming back tells since when. */
  const cameBackAfter = (lines: readonly Line[]): void => {
    const line = cameBack === null ? null : conversations.line(id, cameBack)
    const away = awayAfter(lines)
    cameBack = null
    if (line?.kind === 'connected' && away !== null && room.hosting === null)
      conversations.change(id, { ...line, away })
  }

  const heard = (event: SessionEvent): void => {
    if (isHeard(event, room.capabilities.echo)) absence.heard()
    hear(event)
    // What can be done changes with what is learnt; in a flood of lines nothing is.
    if (event.type === 'said' || event.type === 'line' || event.type === 'noted') return
    // The end of a room one has left is told when nothing more is heard.
    if (session !== null || event.type !== 'disconnected') refreshCapabilities()
  }
  const hear = (event: SessionEvent): void => {
    switch (event.type) {
      case 'connected':
        deps.arrived(event.self)
        standing = true
        // Left by hand before it was told: the room was entered, and one is away.
        if (session !== null) localEnd = event.self
        patch({ status: session === null ? room.status : { state: 'connected' }, marked: false, self: null })
        arrive()
        return
      case 'recognised':
        patch({ dialect: { ...room.dialect, recognised: event.dialect, by: event.by } })
        deps.remember({ lastDialect: event.dialect })
        if (recognisedAt === null && session !== null) {
          recognisedAt = clock.now()
          clock.after(ROSTER_WAIT_MS, () => ownLines.waiting.dispatch())
        }
        return
      case 'introduced':
        toldName = event.roomName.trim()
        patch({ marked: true })
        retitle()
        return
      case 'people':
        heardPeople(event)
        return
      case 'joined':
        if (!ignoring.has(event.member)) conversations.add(id, { kind: 'joined', member: event.member, own: event.own })
        return
      case 'left':
        if (!ignoring.has(event.member))
          conversations.add(id, { kind: 'left', member: event.member, reason: event.reason })
        return
      case 'said':
        heardSaid(event)
        return
      case 'listed':
        conversations.add(id, { kind: 'listed', members: event.members, complete: event.complete })
        return
      case 'renamed':
        heardRenamed(event)
        return
      case 'refused':
        heardRefused(event)
        return
      case 'kicked':
        conversations.add(id, { kind: 'kicked', reason: event.reason, text: event.text })
        patch({ status: { state: 'kicked', reason: event.reason, text: event.text, retryAt: null } })
        return
      case 'line':
        conversations.add(id, { kind: 'line', text: event.text })
        return
      case 'disconnected':
        // We left by hand: told when nothing more is heard.
        if (session !== null) heardDisconnected(event)
        return
      case 'noted':
        ownLines.noted(event.ref, event.state)
    }
  }

  const stop = (): Promise<void> => {
    const ending = session
    if (ending === null) return leaving?.done ?? Promise.resolve()
    const deaf = stops
    const withdraw = (ref: string): boolean => ending.withdraw(ref)
    session = null
    stops = null
    asked = null
    localEnd = null
    recognisedAt = null
    patch({ status: { state: 'away', reason: 'left' }, renaming: { state: 'idle' } })
    ownLines.takeBack(withdraw)
    const hearOut = (): void => {
      if (leaving?.hearOut !== hearOut) return
      ending.hearOut()
      deaf?.()
      leaving = null
      ownLines.settleAll(withdraw)
      if (standing) {
        conversations.add(id, { kind: 'disconnected', reason: 'left' })
        absence.begin('left')
      }
      standing = false
      forgetPeople()
    }
    const left = ending.leave()
    const done = left.then(hearOut)
    leaving = { session: ending, hearOut, done }
    return done
  }

  return {
    ...speech,
    id,
    restore: (left) => {
      threads.restore(left)
      for (const one of left) if (conversations.get(one.id) !== null) ownLines.restore(one)
      const own = left.find((one) => one.id === id)
      if (own !== undefined && wasConnected) cameBackAfter(own.newest.lines)
      else if (own !== undefined) absence.beginAfter(own.newest.lines)
      if (members === null) return
      // Who is there already is met now.
      const present = [...members.values()]
      threads.follow(
        { type: 'people', reset: true, present, gone: [], self: room.self, complete },
        members,
        present,
        resolve
      )
    },
    view: () => room,
    patch,
    retitle,
    people: () => (members === null ? null : { members: [...members.values()], complete }),
    session: () => session,
    localEnd: () => localEnd,
    start: (options) => {
      if (session !== null) return
      leaving?.hearOut()
      let current = true
      stops = () => {
        current = false
      }
      patch({ status: { state: 'connecting' }, renaming: { state: 'idle' } })
      const formerSelves = ownLines.formerSelves()
      session = deps.makeSession(formerSelves.length > 0 ? { ...options, formerSelves } : options, {
        dial: deps.dial,
        clock: deps.clock,
        random: deps.random,
        codec: deps.codec,
        emit: (event) => {
          if (current) heard(event)
        },
        ready: () => {
          if (current) ownLines.waiting.dispatch()
        }
      })
      session.attend(deps.attended())
      refreshCapabilities()
    },
    stop,
    cut: () => {
      const done = stop()
      leaving?.hearOut()
      return done
    },
    openPrivate: (key) => {
      const there = threads.get(key)
      if (there !== null) return there
      const member = members?.get(key)
      return member === undefined ? null : threads.with(member)
    },
    openPrivateNamed: (name) => threads.with(resolve({ address: null, name })),
    closePrivate: (conversation) => {
      if (ownLines.waiting.in(conversation).length > 0) return 'still-waiting'
      ownLines.forget(conversation)
      threads.close(conversation)
      return null
    },
    reopen: (conversation) => threads.reopen(conversation, members),
    left: () => {
      const hosted = room.hosting !== null || (room.status.state === 'past' && room.status.hosted)
      return threads.left({ title: room.title, hosted }, (one) => ownLines.waiting.in(one).map(({ line }) => line))
    },
    rename: (name) => {
      if (room.self?.name === name) {
        // Some servers refuse the name one has already as taken (dialects 3.4): there is nothing to ask.
        asked = null
        deps.remember({ nick: name })
        session?.configure({ nick: name })
        patch({ renaming: { state: 'accepted', name } })
        return
      }
      const ref = deps.nextRef()
      asked = { ref, name }
      patch({ renaming: { state: 'waiting', name } })
      session?.perform({ type: 'rename', name, ref })
      clock.after(RENAME_ANSWER_MS, () => {
        // A late answer still counts; only the waiting ends.
        if (asked?.ref === ref && room.renaming.state === 'waiting') patch({ renaming: { state: 'idle' } })
      })
    },
    who: () => session?.perform({ type: 'who', ref: deps.nextRef() }),
    ignore: (key, on) => ignoring.set(key, on)
  }
}
