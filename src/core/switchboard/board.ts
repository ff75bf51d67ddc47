import { hostPort } from '../../shared/address.ts'
import type { Answers, AnswerTo } from '../../shared/bridge.ts'
import type { AppCommand, Outcome, OutcomeCode, Question } from '../../shared/commands.ts'
import { DEFAULT_PORT } from '../../shared/limits.ts'
import type { HostedBefore, Preferences, SavedRoom, Settings } from '../../shared/settings.ts'
import { MAX_SAVED_ROOMS } from '../../shared/settings.ts'
import type { AppEvent, AppState, Notice, NoticeBody, People, Room, RoomId } from '../../shared/state.ts'
import { applyEvent } from '../../shared/state.ts'
import type { HostEvent } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { OpenRoom } from '../hub/contract.ts'
import { DEFAULT_HUB_LIMITS } from '../hub/limits.ts'
import type { MakeSession } from '../session/contract.ts'
import type { Switchboard, SwitchboardDeps } from './contract.ts'
import { makeConversations } from './conversations.ts'
import { makeFeed } from './feed.ts'
import { makeNotifier } from './notifications.ts'
import { findAddressee } from './addressee.ts'
import type { RoomDesk } from './room.ts'
import { makeRoomDesk } from './room.ts'

/** A person sees at most a handful; a broken program must not pile them up. */
const MAX_NOTICES = 50
const LAST_PORT = 65_535

type Command<T extends AppCommand['type']> = Extract<AppCommand, { type: T }>

const done: Outcome = { ok: true }
const no = (code: OutcomeCode, detail?: string | number): Outcome =>
  detail === undefined ? { ok: false, code } : { ok: false, code, detail }
const outcome = (code: OutcomeCode | null): Outcome => (code === null ? done : no(code))

const preferencesOf = ({ name, theme, language, textSize }: Settings): Preferences => ({
  name,
  theme,
  language,
  textSize
})

/** `[::1]`, `EXAMPLE.lan.` and `example.lan` are what people type; one address is one room. */
const plainHost = (host: string): string => {
  const trimmed = host.trim()
  const bare = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed
  return bare.length > 1 && bare.endsWith('.') ? bare.slice(0, -1) : bare
}
const sameAddress = (a: { host: string; port: number }, b: { host: string; port: number }): boolean =>
  a.port === b.port && a.host.toLowerCase() === b.host.toLowerCase()

/** Where our own session reaches a door that listens there. */
const loopbackOf = (bound: string): string => {
  if (bound === '0.0.0.0' || bound === '::' || bound === '') return '127.0.0.1'
  return bound
}

/** Hosted rooms first, then those one is in, then the saved ones. */
const rank = (room: Room): number => (room.hosting === null ? (room.open ? 1 : 2) : 0)

interface Hosted {
  open: OpenRoom
  before: HostedBefore
}

/** The switchboard with the sessions handed in: what stands above them can be tested without a wire. */
export const makeSwitchboardWith =
  (makeSession: MakeSession) =>
  (deps: SwitchboardDeps): Switchboard => {
    const { clock } = deps
    let settings = deps.settings
    let closed = false
    let lastRef = 0
    let lastNotice = 0
    let look: { conversation: string | null; inFront: boolean } = { conversation: null, inFront: false }
    let told = { unread: -1, mentions: -1 }
    const desks = new Map<RoomId, RoomDesk>()
    const hosted = new Map<RoomId, Hosted>()
    /** Hosted rooms in which somebody came or went since the guests were counted last. */
    const recount = new Set<RoomId>()

    /** Everything but timelines and people, which live where they can grow without being copied. */
    let frame: AppState = {
      surroundings: deps.surroundings,
      preferences: preferencesOf(settings),
      rooms: [],
      people: {},
      conversations: [],
      timelines: {},
      notices: []
    }

    const people = (): Record<RoomId, People> => {
      const all: Record<RoomId, People> = {}
      for (const [id, desk] of desks) {
        const here = desk.people()
        if (here !== null) all[id] = here
      }
      return all
    }

    const gather = (): void => {
      for (const id of recount) countGuests(id)
      recount.clear()
      conversations.gather()
      const now = conversations.totals()
      if (now.unread !== told.unread || now.mentions !== told.mentions) {
        told = now
        deps.badge(now.unread, now.mentions)
      }
    }

    const feed = makeFeed({
      clock,
      gather,
      snapshot: () => ({ ...frame, people: people(), timelines: conversations.timelines() })
    })

    const tell = (event: AppEvent): void => {
      switch (event.type) {
        case 'linesAdded':
        case 'linesChanged':
        case 'linesRemoved':
        case 'peopleChanged':
          break
        case 'surroundingsChanged':
        case 'preferencesChanged':
        case 'roomChanged':
        case 'roomsOrdered':
        case 'roomRemoved':
        case 'conversationChanged':
        case 'conversationRemoved':
        case 'noticed':
        case 'noticeDismissed':
        case 'wished':
          frame = applyEvent(frame, event)
      }
      feed.tell(event)
    }

    const notifier = makeNotifier(clock, deps.notify, (id) => !conversations.inSight(id))
    const conversations = makeConversations({
      clock,
      tell,
      soon: () => feed.soon(),
      notify: (notification) => notifier.notify(notification),
      roomTitle: (room) => desks.get(room)?.view().title ?? ''
    })

    // --- settings ---

    const keep = (change: Partial<Settings>): void => {
      settings = { ...settings, ...change }
      deps.saveSettings(settings)
    }
    const savedRoom = (id: RoomId): SavedRoom | null => settings.rooms.find((room) => room.id === id) ?? null
    const remember = (id: RoomId, change: Partial<SavedRoom>): void => {
      const saved = savedRoom(id)
      if (saved === null) return
      const next: SavedRoom = { ...saved, ...change }
      if (JSON.stringify(next) === JSON.stringify(saved)) return
      keep({ rooms: settings.rooms.map((room) => (room.id === id ? next : room)) })
    }
    const nickFor = (id: RoomId): string | null => savedRoom(id)?.nick ?? (settings.name === '' ? null : settings.name)

    const newId = (): RoomId => {
      for (;;) {
        const id = `r${Math.floor(deps.random() * 36 ** 8).toString(36)}`
        if (!desks.has(id) && settings.hosted?.id !== id) return id
      }
    }

    // --- rooms ---

    const isAttended = (id: RoomId): boolean =>
      look.inFront && look.conversation !== null && conversations.get(look.conversation)?.room === id

    const addDesk = (room: Room): RoomDesk => {
      const { id } = room
      const desk = makeRoomDesk(room, {
        makeSession,
        dial: deps.dial,
        clock,
        random: deps.random,
        codec: deps.codec,
        conversations,
        tell,
        nextRef: () => `own-${(lastRef += 1)}`,
        remember: (change) => remember(id, change),
        givenTitle: () => hosted.get(id)?.before.name ?? savedRoom(id)?.title ?? '',
        nick: () => nickFor(id),
        profileName: () => settings.name,
        attended: () => isAttended(id)
      })
      desks.set(id, desk)
      tell({ type: 'roomChanged', room })
      conversations.open(id, id, null)
      return desk
    }

    const roomOf = (saved: Pick<SavedRoom, 'id' | 'title' | 'host' | 'port' | 'dialect' | 'charset'>): Room => ({
      id: saved.id,
      title: saved.title || hostPort(saved.host, saved.port),
      host: saved.host,
      port: saved.port,
      status: { state: 'away', reason: null },
      hosting: null,
      open: false,
      dialect: { choice: saved.dialect, recognised: null, by: null },
      charset: saved.charset,
      reconnect: true,
      capabilities: { who: false, rename: false, whisper: false, echo: false },
      marked: false,
      self: null,
      renaming: { state: 'idle' },
      ignored: []
    })

    const addSaved = (saved: SavedRoom): RoomDesk =>
      addDesk({
        ...roomOf(saved),
        reconnect: saved.reconnect,
        dialect: { choice: saved.dialect, recognised: saved.lastDialect, by: null },
        ignored: saved.ignored
      })

    const reorder = (): void => {
      const order = frame.rooms.toSorted((a, b) => rank(a) - rank(b)).map((room) => room.id)
      if (order.some((id, index) => frame.rooms[index]?.id !== id)) tell({ type: 'roomsOrdered', order })
    }

    const startSession = (desk: RoomDesk): void => {
      const room = desk.view()
      desk.patch({ open: true })
      remember(desk.id, { joined: true })
      desk.start({
        host: room.host,
        port: room.port,
        dialect: room.dialect.choice,
        remembered: savedRoom(desk.id)?.lastDialect ?? null,
        charset: room.charset,
        nick: nickFor(desk.id),
        reconnect: room.reconnect
      })
      reorder()
    }

    const removeDesk = (desk: RoomDesk): void => {
      for (const conversation of conversations.of(desk.id)) conversations.close(conversation.id)
      desks.delete(desk.id)
      tell({ type: 'roomRemoved', room: desk.id })
    }

    const connect = (command: Command<'connect'>): Outcome => {
      const host = plainHost(command.host)
      if (host === '') return no('bad-command')
      const address = { host, port: command.port }
      const known = frame.rooms.find((room) => sameAddress(room, address))
      const there = known === undefined ? undefined : desks.get(known.id)
      if (there !== undefined) {
        // What was chosen for this address before stays, unless something else is chosen now.
        const change = {
          ...(command.dialect === 'auto' ? {} : { dialect: command.dialect }),
          ...(command.charset === 'auto' ? {} : { charset: command.charset })
        }
        if (!hosted.has(there.id)) configure(there, change)
        if (there.session() === null) startSession(there)
        else if (there.view().status.state !== 'connected') retry(there)
        return { ok: true, room: there.id, conversation: there.id }
      }
      if (settings.rooms.length >= MAX_SAVED_ROOMS) return no('too-many', MAX_SAVED_ROOMS)
      const saved: SavedRoom = {
        id: newId(),
        title: '',
        ...address,
        dialect: command.dialect,
        lastDialect: null,
        charset: command.charset,
        reconnect: true,
        joined: true,
        nick: null,
        ignored: []
      }
      keep({ rooms: [...settings.rooms, saved] })
      const desk = addSaved(saved)
      startSession(desk)
      return { ok: true, room: desk.id, conversation: desk.id }
    }

    const retry = (desk: RoomDesk): void => {
      desk.patch({ status: { state: 'connecting' } })
      desk.session()?.retryNow()
    }

    const configure = (
      desk: RoomDesk,
      change: Partial<Pick<SavedRoom, 'title' | 'host' | 'port' | 'dialect' | 'charset' | 'reconnect'>>
    ): void => {
      const { title: _title, ...forSession } = change
      const room = desk.view()
      const moved =
        (change.host !== undefined && change.host !== room.host) ||
        (change.port !== undefined && change.port !== room.port)
      remember(desk.id, { ...change, ...(moved ? { lastDialect: null } : {}) })
      const dialect =
        change.dialect === undefined || change.dialect === room.dialect.choice
          ? room.dialect
          : { ...room.dialect, choice: change.dialect }
      desk.patch({
        host: change.host ?? room.host,
        port: change.port ?? room.port,
        charset: change.charset ?? room.charset,
        reconnect: change.reconnect ?? room.reconnect,
        dialect: moved ? { ...dialect, recognised: null, by: null } : dialect
      })
      desk.retitle()
      if (Object.keys(forSession).length > 0) desk.session()?.configure(forSession)
    }

    const configureRoom = (command: Command<'configureRoom'>, desk: RoomDesk): Outcome => {
      if (hosted.has(desk.id)) return no('not-supported')
      const room = desk.view()
      const host = command.host === undefined ? room.host : plainHost(command.host)
      const port = command.port ?? room.port
      if (host === '') return no('bad-command')
      const elsewhere = frame.rooms.some((other) => other.id !== desk.id && sameAddress(other, { host, port }))
      if (elsewhere) return no('bad-command', hostPort(host, port))
      configure(desk, {
        ...(command.title === undefined ? {} : { title: command.title.trim() }),
        ...(host === room.host ? {} : { host }),
        ...(port === room.port ? {} : { port }),
        ...(command.dialect === undefined ? {} : { dialect: command.dialect }),
        ...(command.charset === undefined ? {} : { charset: command.charset }),
        ...(command.reconnect === undefined ? {} : { reconnect: command.reconnect })
      })
      return done
    }

    const leave = async (desk: RoomDesk): Promise<Outcome> => {
      if (hosted.has(desk.id)) return stopHosting(desk)
      remember(desk.id, { joined: false })
      conversations.settle(desk.id)
      const stopped = desk.stop()
      desk.patch({ open: false })
      reorder()
      await stopped
      return done
    }

    const disconnect = async (desk: RoomDesk): Promise<Outcome> => {
      if (desk.session() === null) return no('not-connected')
      remember(desk.id, { joined: false })
      await desk.stop()
      return done
    }

    const reconnect = (desk: RoomDesk): Outcome => {
      if (desk.session() === null) startSession(desk)
      else if (desk.view().status.state !== 'connected') retry(desk)
      return done
    }

    const forget = async (desk: RoomDesk): Promise<Outcome> => {
      if (hosted.has(desk.id)) return stopHosting(desk)
      keep({ rooms: settings.rooms.filter((room) => room.id !== desk.id) })
      const stopped = desk.stop()
      removeDesk(desk)
      await stopped
      return done
    }

    // --- hosting ---

    const countGuests = (id: RoomId): void => {
      const room = hosted.get(id)
      const desk = desks.get(id)
      const view = desk?.view()
      if (room === undefined || desk === undefined || !view?.hosting) return
      const end = desk.localEnd()
      const guests = room.open.members().filter((member) => member.address !== end).length
      if (guests !== view.hosting.guests) desk.patch({ hosting: { ...view.hosting, guests } })
    }

    /** The next port that is free and not wanted by another door of the same room. */
    const nextFreePort = async (taken: number, wanted: readonly number[]): Promise<number | null> => {
      for (let port = taken; port < LAST_PORT;) {
        const free = await deps.freePort(port + 1)
        if (free === null || !wanted.includes(free)) return free
        port = free
      }
      return null
    }

    const host = async (command: Command<'host'>): Promise<Outcome> => {
      const ports = command.doors.map((door) => door.port).filter((port) => port !== 0)
      const twice = ports.find((port, index) => ports.indexOf(port) !== index)
      if (twice !== undefined) {
        const free = await nextFreePort(twice, ports)
        return free === null ? no('port-in-use') : no('port-in-use', free)
      }
      const before: HostedBefore = {
        id: newId(),
        name: command.name,
        doors: command.doors,
        language: command.language,
        bare: command.bare
      }
      const heard = (event: HostEvent): void => {
        if (event.type !== 'joined' && event.type !== 'left') return
        recount.add(before.id)
        feed.soon()
      }
      const opened = await deps.openRoom(
        {
          name: command.name,
          language: command.language,
          bare: command.bare,
          idleMs: 0,
          limits: DEFAULT_HUB_LIMITS,
          doors: command.doors,
          bind: null
        },
        heard
      )
      if (!opened.ok) {
        if (opened.code !== 'port-in-use') return no(opened.code, opened.text)
        const free = await nextFreePort(opened.port, ports)
        return free === null ? no('port-in-use') : no('port-in-use', free)
      }
      const { room } = opened
      if (closed) {
        await room.close()
        return no('cannot-listen')
      }
      const main = room.doors[0]
      const choice = main?.dialect ?? 'im'
      // The ports that were really opened: people come back to them.
      const opensAgain = { ...before, doors: room.doors.map(({ port, dialect }) => ({ port, dialect })) }
      hosted.set(before.id, { open: room, before: opensAgain })
      const desk = addDesk({
        ...roomOf({
          id: before.id,
          title: command.name,
          host: loopbackOf(main?.address ?? ''),
          port: main?.port ?? DEFAULT_PORT,
          dialect: choice,
          charset: 'auto'
        }),
        hosting: { name: command.name, doors: room.doors, addresses: room.addresses, guests: 0 }
      })
      keep({ hosted: opensAgain })
      for (const notice of frame.notices)
        if (notice.kind === 'host-again') tell({ type: 'noticeDismissed', notice: notice.id })
      startSession(desk)
      return { ok: true, room: desk.id, conversation: desk.id }
    }

    const stopHosting = async (desk: RoomDesk): Promise<Outcome> => {
      const room = hosted.get(desk.id)
      if (room === undefined) return no('no-such-room')
      hosted.delete(desk.id)
      if (settings.hosted?.id === desk.id) keep({ hosted: [...hosted.values()].at(-1)?.before ?? null })
      // The members are told before the host himself is seen to go.
      const shut = room.open.close()
      const stopped = desk.stop()
      removeDesk(desk)
      await Promise.all([shut, stopped])
      return done
    }

    // --- talking ---

    const say = (command: Command<'say'>): Outcome => {
      const conversation = conversations.get(command.conversation)
      const desk = conversation === null ? undefined : desks.get(conversation.room)
      if (desk === undefined) return no('no-such-conversation')
      return outcome(desk.say(command.conversation, command.text))
    }

    const cannotWhisper = (desk: RoomDesk): OutcomeCode | null => {
      const room = desk.view()
      if (desk.session() === null) return 'not-connected'
      return room.status.state === 'connected' && !room.capabilities.whisper ? 'not-supported' : null
    }

    const openPrivate = (desk: RoomDesk, key: string): Outcome => {
      const conversation = desk.openPrivate(key)
      if (conversation !== null) return { ok: true, room: desk.id, conversation }
      return no('no-such-member')
    }

    const whisper = (desk: RoomDesk, command: Command<'whisper'>): Outcome => {
      const cannot = cannotWhisper(desk)
      if (cannot !== null) return no(cannot)
      const here = desk.people()
      const found = findAddressee(here?.members ?? [], command.to, command.text)
      const text = found?.text ?? command.text
      if (text.trim() === '') return no('empty-text')
      const name = command.to.trim()
      // "Seen so far" is not everybody: the server is asked, and its refusal stands at the line.
      if (found === null && (here?.complete === true || name === '')) return no('no-such-member', command.to)
      const conversation = found === null ? desk.openPrivateNamed(name) : desk.openPrivate(memberKey(found.member))
      if (conversation === null) return no('no-such-member', command.to)
      const failed = desk.say(conversation, text)
      return failed === null ? { ok: true, room: desk.id, conversation } : no(failed)
    }

    const rename = (desk: RoomDesk, name: string): Outcome => {
      if (name.trim() === '') return no('bad-name')
      if (desk.view().status.state !== 'connected') return no('not-connected')
      if (!desk.view().capabilities.rename) return no('not-supported')
      desk.rename(name.trim())
      return done
    }

    const onLine = (conversation: string, act: (desk: RoomDesk) => OutcomeCode | null): Outcome => {
      const found = conversations.get(conversation)
      const desk = found === null ? undefined : desks.get(found.room)
      return desk === undefined ? no('no-such-conversation') : outcome(act(desk))
    }

    const changeSettings = ({ change }: Command<'changeSettings'>): Outcome => {
      const named = change.name !== undefined && change.name !== settings.name
      keep({
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.theme === undefined ? {} : { theme: change.theme }),
        ...(change.language === undefined ? {} : { language: change.language }),
        ...(change.textSize === undefined ? {} : { textSize: change.textSize })
      })
      tell({ type: 'preferencesChanged', preferences: preferencesOf(settings) })
      if (named) {
        // Rooms with a name of their own keep it.
        for (const desk of desks.values())
          if ((savedRoom(desk.id)?.nick ?? null) === null) desk.session()?.configure({ nick: nickFor(desk.id) })
      }
      return done
    }

    const lookAt = (conversation: string | null, inFront: boolean): Outcome => {
      const gone = conversation !== null && conversations.get(conversation) === null
      look = { conversation: gone ? null : conversation, inFront }
      conversations.look(look.conversation, inFront)
      for (const desk of desks.values()) desk.session()?.attend(isAttended(desk.id))
      return gone ? no('no-such-conversation') : done
    }

    const notice = (body: NoticeBody): void => {
      lastNotice += 1
      const oldest = frame.notices.length >= MAX_NOTICES ? frame.notices[0] : undefined
      if (oldest) tell({ type: 'noticeDismissed', notice: oldest.id })
      tell({ type: 'noticed', notice: { id: lastNotice, ...body } satisfies Notice })
    }

    const dismiss = (id: number): Outcome => {
      const dismissed = frame.notices.find((one) => one.id === id)
      if (dismissed === undefined) return done
      tell({ type: 'noticeDismissed', notice: id })
      // Not wanted now, not offered again; a room hosted meanwhile is remembered for itself.
      if (dismissed.kind === 'host-again' && settings.hosted?.id === dismissed.hosted.id) keep({ hosted: null })
      return done
    }

    const withRoom = (
      room: RoomId,
      act: (desk: RoomDesk) => Outcome | Promise<Outcome>
    ): Outcome | Promise<Outcome> => {
      const desk = desks.get(room)
      return desk === undefined ? no('no-such-room') : act(desk)
    }

    const act = (command: AppCommand): Outcome | Promise<Outcome> => {
      switch (command.type) {
        case 'connect':
          return connect(command)
        case 'host':
          return host(command)
        case 'stopHosting':
          return withRoom(command.room, stopHosting)
        case 'leave':
          return withRoom(command.room, leave)
        case 'disconnect':
          return withRoom(command.room, disconnect)
        case 'reconnect':
          return withRoom(command.room, reconnect)
        case 'forget':
          return withRoom(command.room, forget)
        case 'configureRoom':
          return withRoom(command.room, (desk) => configureRoom(command, desk))
        case 'say':
          return say(command)
        case 'openPrivate':
          return withRoom(command.room, (desk) => {
            const cannot = cannotWhisper(desk)
            return cannot === null ? openPrivate(desk, command.member) : no(cannot)
          })
        case 'whisper':
          return withRoom(command.room, (desk) => whisper(desk, command))
        case 'closePrivate':
          return onLine(command.conversation, (desk) => {
            if (conversations.get(command.conversation)?.with === null) return 'no-such-conversation'
            desk.closePrivate(command.conversation)
            return null
          })
        case 'rename':
          return withRoom(command.room, (desk) => rename(desk, command.name))
        case 'who':
          return withRoom(command.room, (desk) => {
            if (desk.view().status.state !== 'connected') return no('not-connected')
            desk.who()
            return done
          })
        case 'resend':
          return onLine(command.conversation, (desk) => desk.resend(command.conversation, command.line))
        case 'deleteLine':
          return onLine(command.conversation, (desk) => desk.deleteLine(command.conversation, command.line))
        case 'read':
          return onLine(command.conversation, () => {
            conversations.read(command.conversation, command.line)
            return null
          })
        case 'draft':
          return onLine(command.conversation, () => {
            conversations.update(command.conversation, { draft: command.text })
            return null
          })
        case 'ignore':
          return withRoom(command.room, (desk) =>
            desk.ignore(command.member, command.on) ? done : no('no-such-member')
          )
        case 'changeSettings':
          return changeSettings(command)
        case 'look':
          return lookAt(command.conversation, command.inFront)
        case 'dismissNotice':
          return dismiss(command.notice)
        case 'openLink':
          return deps.openLink(command.url) ? done : no('bad-link')
      }
    }

    // One signature for who asks (the answer fits the question), one for the body: the compiler relates the two.
    function answer<Q extends Question>(asked: Q): Promise<AnswerTo<Q>>
    async function answer(asked: Question): Promise<Answers[keyof Answers]> {
      switch (asked.type) {
        case 'page':
          return conversations.page(asked.conversation, asked.before, asked.limit)
        case 'addresses':
          return deps.addresses()
        case 'freePort':
          return deps.freePort(asked.port)
      }
    }

    for (const saved of settings.rooms) addSaved(saved)
    for (const body of deps.notices) notice(body)

    return {
      perform: async (command) => {
        if (closed) return no('bad-command')
        const result = await act(command)
        // Whoever is told of a new room or thread finds it in the view already.
        if (result.ok && (result.room !== undefined || result.conversation !== undefined)) feed.flush()
        return result
      },
      answer,
      attach: (listener) => feed.attach(listener),
      wish: (wish) => tell({ type: 'wished', wish }),
      surround: (change) => tell({ type: 'surroundingsChanged', surroundings: { ...frame.surroundings, ...change } }),
      notice,
      guests: () => {
        let guests = 0
        for (const id of hosted.keys()) {
          countGuests(id)
          guests += desks.get(id)?.view().hosting?.guests ?? 0
        }
        return guests
      },
      hosting: () => hosted.size > 0,
      start: () => {
        for (const saved of settings.rooms) {
          const desk = saved.joined ? desks.get(saved.id) : undefined
          if (desk?.session() === null) startSession(desk)
        }
        if (settings.hosted !== null && hosted.size === 0) notice({ kind: 'host-again', hosted: settings.hosted })
      },
      wake: () => {
        for (const desk of desks.values()) {
          const { status } = desk.view()
          // Not where nobody comes back by himself; a standing connection may be dead after a sleep, and is asked.
          const stays = status.state === 'away' || (status.state === 'kicked' && status.retryAt === null)
          if (!stays) desk.session()?.retryNow()
        }
      },
      close: async () => {
        if (closed) return
        closed = true
        notifier.close()
        // The settings stay as they are: they know where one was, and what was hosted.
        const shut = [...hosted.values()].map((room) => room.open.close())
        hosted.clear()
        await Promise.all([...shut, ...[...desks.values()].map((desk) => desk.stop())])
        feed.flush()
      }
    }
  }
