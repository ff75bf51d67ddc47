import { hostPort, plainHost, roomsAt } from '../../shared/address.ts'
import type { Outcome } from '../../shared/commands.ts'
import { DEFAULT_PORT } from '../../shared/limits.ts'
import type { SavedRoom } from '../../shared/settings.ts'
import { MAX_SAVED_ROOMS } from '../../shared/settings.ts'
import type { AppEvent, ConversationId, Room, RoomId } from '../../shared/state.ts'
import type { History, RestoredConversation } from '../history/contract.ts'
import type { MakeSession } from '../session/contract.ts'
import type { SwitchboardDeps } from './contract.ts'
import type { Conversations } from './conversations.ts'
import { makeHosting } from './hosting.ts'
import type { Memory } from './memory.ts'
import type { Command } from './outcome.ts'
import { done, no } from './outcome.ts'
import type { RoomDesk } from './room.ts'
import { makeRoomDesk } from './room.ts'
import { hostedRoomOf, newRoomId, unsavedRoomAt } from './which-room.ts'

/** How often lines that are older than a room wants them are removed; the first time a while after the start. */
const PRUNE_EVERY_MS = 60 * 60_000
const FIRST_PRUNE_MS = 60_000
const DAY_MS = 24 * 60 * 60_000

/** Where our own session reaches a door that listens there. */
const loopbackOf = (bound: string): string => {
  if (bound === '0.0.0.0' || bound === '::' || bound === '') return '127.0.0.1'
  return bound
}

/** Hosted rooms first, then those one is in, then the saved ones. */
const rank = (room: Room): number => (room.hosting === null ? (room.open ? 1 : 2) : 0)

/** A room one is not in. */
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

export interface RoomsDeps extends Pick<
  SwitchboardDeps,
  'dial' | 'clock' | 'random' | 'codec' | 'openRoom' | 'freePort'
> {
  makeSession: MakeSession
  memory: Memory
  history: History | null
  conversations: Conversations
  tell: (event: AppEvent) => void
  /** Guests came or went: `recount` soon. */
  soon: () => void
  /** The rooms as the views have them, in their order. */
  rooms: () => readonly Room[]
  /** Somebody is looking at this room right now. */
  attended: (id: RoomId) => boolean
}

/** The rooms one knows: saved, joined, hosted. */
export interface Rooms {
  get(id: RoomId): RoomDesk | undefined
  all(): Iterable<RoomDesk>
  connect(command: Command<'connect'>): Outcome | Promise<Outcome>
  configure(command: Command<'configureRoom'>, desk: RoomDesk): Outcome
  leave(desk: RoomDesk): Promise<Outcome>
  disconnect(desk: RoomDesk): Promise<Outcome>
  reconnect(desk: RoomDesk): Outcome
  /** Opens a conversation that is not here now, to be read. */
  reopen(conversation: ConversationId): Outcome
  forget(desk: RoomDesk): Promise<Outcome>
  host(command: Command<'host'>): Promise<Outcome>
  stopHosting(desk: RoomDesk): Outcome | Promise<Outcome>
  /** What earlier runs left, read late. */
  found(late: readonly RestoredConversation[]): void
  /** Any room is hosted now. */
  hosting(): boolean
  /** Counts the guests where somebody came or went since the last time. */
  recount(): void
  /** People besides the host in all hosted rooms. */
  guests(): number
  /** Joins the rooms one was in. */
  rejoin(): void
  /** Tries now wherever a connection is wanted. */
  wake(): void
  /** Leaves everywhere. The settings stay as they are: they know where one was, and what was hosted. */
  close(): Promise<void>
}

export const makeRooms = (deps: RoomsDeps): Rooms => {
  const { makeSession, clock, memory, history, conversations, tell, soon, attended } = deps
  const desks = new Map<RoomId, RoomDesk>()
  /** Hosted rooms in which somebody came or went since the guests were counted last. */
  const moved = new Set<RoomId>()
  /** Hosted rooms on their way out: the last lines said there are still heard. */
  const closing = new Map<RoomId, Promise<Outcome>>()
  /** What earlier runs left, and rooms that were closed in this one. They may be read, hosted again, or connected to. */
  const restored = new Map<string, RestoredConversation>(history?.restored.map((one) => [one.id, one]))
  let lastRef = 0
  const hosting = makeHosting({
    openRoom: deps.openRoom,
    freePort: deps.freePort,
    moved: (id) => {
      moved.add(id)
      soon()
    }
  })

  const newId = (): RoomId => newRoomId(deps.random, (id) => desks.has(id) || memory.now().hosted?.id === id)

  const isPast = (desk: RoomDesk): boolean => desk.view().status.state === 'past'
  const drop = (id: RoomId): void => {
    for (const one of restored.values()) if (one.room === id) restored.delete(one.id)
  }

  const addDesk = (room: Room): RoomDesk => {
    const { id } = room
    // Opened to be read: from here on it goes on.
    const past = desks.get(id)
    if (past !== undefined) putAway(past)
    const desk = makeRoomDesk(room, {
      makeSession,
      dial: deps.dial,
      clock,
      random: deps.random,
      codec: deps.codec,
      conversations,
      tell,
      nextRef: () => `own-${(lastRef += 1)}`,
      remember: (change) => memory.remember(id, change),
      givenTitle: () => hosting.name(id) ?? memory.room(id)?.title ?? '',
      nick: () => memory.nickFor(id),
      profileName: () => memory.now().name,
      threadNumber: history === null ? null : () => history.nextLine(clock.wall()),
      keeps: () => history !== null && memory.room(id)?.history !== 'never',
      attended: () => attended(id),
      arrived: (own) => hosting.spare(id, own)
    })
    desks.set(id, desk)
    tell({ type: 'roomChanged', room })
    conversations.open(id, id, null, restored.get(id))
    desk.restore([...restored.values()].filter((one) => one.room === id))
    // Read once: what happens from here on is not in it. In a room of the past nothing does.
    if (!isPast(desk)) drop(id)
    return desk
  }

  const addSaved = (saved: SavedRoom): RoomDesk =>
    addDesk({
      ...roomOf(saved),
      reconnect: saved.reconnect,
      dialect: { choice: saved.dialect, recognised: saved.lastDialect, by: null },
      ignored: saved.ignored,
      ...(saved.history === undefined ? {} : { history: saved.history })
    })

  const reorder = (): void => {
    const rooms = deps.rooms()
    const order = rooms.toSorted((a, b) => rank(a) - rank(b)).map((room) => room.id)
    if (order.some((id, index) => rooms[index]?.id !== id)) tell({ type: 'roomsOrdered', order })
  }

  const startSession = (desk: RoomDesk): void => {
    const room = desk.view()
    desk.patch({ open: true })
    memory.remember(desk.id, { joined: true })
    desk.start({
      host: room.host,
      port: room.port,
      dialect: room.dialect.choice,
      remembered: memory.room(desk.id)?.lastDialect ?? null,
      charset: room.charset,
      nick: memory.nickFor(desk.id),
      reconnect: room.reconnect
    })
    reorder()
  }

  /** Hosted by us, or closed for its last lines only. */
  const isOurs = (id: RoomId): boolean => hosting.has(id) || closing.has(id)

  /** Takes a room out of the view that may come back, with what was said there. */
  const putAway = (desk: RoomDesk): void => {
    drop(desk.id)
    for (const one of desk.left()) restored.set(one.id, one)
    removeDesk(desk)
  }
  const removeDesk = (desk: RoomDesk): void => {
    for (const conversation of conversations.of(desk.id)) conversations.close(conversation.id, false)
    desks.delete(desk.id)
    tell({ type: 'roomRemoved', room: desk.id })
  }

  const connect = (command: Command<'connect'>): Outcome | Promise<Outcome> => {
    const host = plainHost(command.host)
    if (host === '') return no('bad-command')
    const address = { host, port: command.port }
    const known = roomsAt(deps.rooms(), address)[0]
    const there = known === undefined ? undefined : desks.get(known.id)
    // A room of ours that goes away in a moment: nobody is let in there any more.
    const shutting = there === undefined ? undefined : closing.get(there.id)
    if (shutting !== undefined) return shutting.then(() => connect(command))
    if (there !== undefined) {
      // What was chosen for this address before stays, unless something else is chosen now.
      const change = {
        ...(command.dialect === 'auto' ? {} : { dialect: command.dialect }),
        ...(command.charset === 'auto' ? {} : { charset: command.charset })
      }
      if (!hosting.has(there.id)) configure(there, change)
      if (there.session() === null) startSession(there)
      else if (there.view().status.state !== 'connected') retry(there)
      return { ok: true, room: there.id, conversation: there.id }
    }
    if (memory.now().rooms.length >= MAX_SAVED_ROOMS) return no('too-many', MAX_SAVED_ROOMS)
    const saved: SavedRoom = {
      // The command line may have been there before: its room goes on.
      id: unsavedRoomAt(memory.now(), restored.values(), host, command.port) ?? newId(),
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
    memory.keep({ rooms: [...memory.now().rooms, saved] })
    const desk = addSaved(saved)
    startSession(desk)
    return { ok: true, room: desk.id, conversation: desk.id }
  }

  const reopen = (conversation: ConversationId): Outcome => {
    const left = restored.get(conversation)
    if (left === undefined) return no('no-such-conversation')
    const id = left.room
    const { title, hosted } = restored.get(id) ?? left
    const room = roomOf({ id, title, host: '', port: 0, dialect: 'auto', charset: 'auto' })
    const desk = desks.get(id) ?? addDesk({ ...room, title, status: { state: 'past', hosted } })
    const isHere = conversations.get(conversation) !== null || desk.reopen(conversation)
    return isHere ? { ok: true, room: id, conversation } : no('no-such-conversation')
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
    memory.remember(desk.id, { ...change, ...(moved ? { lastDialect: null } : {}) })
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
    if (isOurs(desk.id) || isPast(desk)) return no('not-supported')
    const room = desk.view()
    const host = command.host === undefined ? room.host : plainHost(command.host)
    const port = command.port ?? room.port
    if (host === '') return no('bad-command')
    const moved = host !== room.host || port !== room.port
    const others = deps.rooms().filter((other) => other.id !== desk.id)
    if (moved && roomsAt(others, { host, port }).length > 0) return no('bad-command', hostPort(host, port))
    configure(desk, {
      ...(command.title === undefined ? {} : { title: command.title.trim() }),
      ...(host === room.host ? {} : { host }),
      ...(port === room.port ? {} : { port }),
      ...(command.dialect === undefined ? {} : { dialect: command.dialect }),
      ...(command.charset === undefined ? {} : { charset: command.charset }),
      ...(command.reconnect === undefined ? {} : { reconnect: command.reconnect })
    })
    if (command.history !== undefined) {
      // What waits for the disk is shown first: what comes now does not wait behind it.
      conversations.showAll()
      memory.remember(desk.id, { history: command.history })
      desk.patch({ history: command.history })
      conversations.keepingChanged(desk.id)
      desk.keepingChanged()
      prune(desk.id)
    }
    return done
  }

  /** Removes what is older than the room wants. A file that cannot be changed now is tried again in an hour. */
  const prune = (id: RoomId): void => {
    const days = memory.room(id)?.history
    if (typeof days === 'number') void history?.prune(id, clock.wall() - days * DAY_MS)
  }
  const pruneAll = (): void => {
    for (const saved of memory.now().rooms) prune(saved.id)
    clock.after(PRUNE_EVERY_MS, pruneAll)
  }

  const leave = async (desk: RoomDesk): Promise<Outcome> => {
    if (isOurs(desk.id)) return stopHosting(desk)
    if (isPast(desk)) {
      putAway(desk)
      return done
    }
    memory.remember(desk.id, { joined: false })
    conversations.settle(desk.id)
    const stopped = desk.stop()
    desk.patch({ open: false })
    reorder()
    await stopped
    if (!desk.view().open) conversations.settle(desk.id)
    return done
  }

  const disconnect = async (desk: RoomDesk): Promise<Outcome> => {
    if (desk.session() === null) return no('not-connected')
    memory.remember(desk.id, { joined: false })
    await desk.stop()
    return done
  }

  const reconnect = (desk: RoomDesk): Outcome => {
    if (isPast(desk) || closing.has(desk.id)) return no('not-connected')
    if (desk.session() === null) startSession(desk)
    else if (desk.view().status.state !== 'connected') retry(desk)
    return done
  }

  const forget = async (desk: RoomDesk): Promise<Outcome> => {
    if (isOurs(desk.id)) return stopHosting(desk)
    // What cannot be removed now stays where one sees it.
    if (history !== null && history.state() !== 'writing') return no('history-busy')
    memory.keep({ rooms: memory.now().rooms.filter((room) => room.id !== desk.id) })
    const stopped = desk.cut()
    const gone = conversations.of(desk.id).map((conversation) => conversation.id)
    removeDesk(desk)
    drop(desk.id)
    await stopped
    // Threads closed by hand are of this room too.
    const removed = (await history?.forgetRoom(desk.id, gone)) ?? true
    return removed ? done : no('history-busy')
  }

  // --- hosting ---

  const countGuests = (id: RoomId): void => {
    const desk = desks.get(id)
    const before = desk?.view().hosting
    if (!desk || !before || !hosting.has(id)) return
    const guests = hosting.guests(id, desk.localEnd())
    if (guests !== before.guests) desk.patch({ hosting: { ...before, guests } })
  }

  /** A room of this name that was hosted before goes on, with its history. */
  const sameRoomAs = (name: string): RoomId | null =>
    hostedRoomOf(memory.now(), restored.values(), name, (id) => hosting.has(id))

  const host = async (command: Command<'host'>): Promise<Outcome> => {
    // It may be the same room that is being closed.
    await Promise.all(closing.values())
    const opened = await hosting.open(sameRoomAs(command.name) ?? newId(), command)
    if (!opened.ok) return opened
    const { room, before } = opened
    const [main] = room.doors
    const desk = addDesk({
      ...roomOf({
        id: before.id,
        title: command.name,
        host: loopbackOf(main?.address ?? ''),
        port: main?.port ?? DEFAULT_PORT,
        dialect: main?.dialect ?? 'im',
        charset: 'auto'
      }),
      hosting: { name: command.name, doors: room.doors, addresses: room.addresses, guests: 0 }
    })
    memory.keep({ hosted: before })
    startSession(desk)
    return { ok: true, room: desk.id, conversation: desk.id }
  }

  const shut = async (desk: RoomDesk): Promise<Outcome> => {
    // The members are told before the host himself is seen to go.
    const closed = hosting.close(desk.id)
    if (memory.now().hosted?.id === desk.id) memory.keep({ hosted: hosting.newest() })
    await Promise.all([closed, desk.stop()])
    closing.delete(desk.id)
    putAway(desk)
    return done
  }
  const stopHosting = (desk: RoomDesk): Outcome | Promise<Outcome> => {
    const already = closing.get(desk.id)
    if (already !== undefined) return already
    if (!hosting.has(desk.id)) return no('no-such-room')
    const outcome = shut(desk)
    closing.set(desk.id, outcome)
    return outcome
  }

  for (const saved of memory.now().rooms) addSaved(saved)
  if (history !== null) clock.after(FIRST_PRUNE_MS, pruneAll)

  return {
    get: (id) => desks.get(id),
    all: () => desks.values(),
    connect,
    configure: configureRoom,
    leave,
    disconnect,
    reconnect,
    reopen,
    forget,
    host,
    stopHosting,
    found: (late) => {
      for (const one of late) if (!restored.has(one.id)) restored.set(one.id, one)
      for (const desk of desks.values()) {
        if (isPast(desk)) continue
        const left = late.filter((one) => one.room === desk.id)
        for (const one of left) conversations.found(one)
        desk.restore(left)
        drop(desk.id)
      }
    },
    hosting: () => hosting.any(),
    recount: () => {
      for (const id of moved) countGuests(id)
      moved.clear()
    },
    guests: () => {
      let guests = 0
      for (const id of hosting.ids()) {
        countGuests(id)
        guests += desks.get(id)?.view().hosting?.guests ?? 0
      }
      return guests
    },
    rejoin: () => {
      for (const saved of memory.now().rooms) {
        const desk = saved.joined ? desks.get(saved.id) : undefined
        if (desk?.session() === null) startSession(desk)
      }
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
      await Promise.all([hosting.closeAll(), ...[...desks.values()].map((desk) => desk.stop())])
    }
  }
}
