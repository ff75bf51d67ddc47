import type { Answers, AnswerTo } from '../../shared/bridge.ts'
import type { AppCommand, Outcome, OutcomeCode, Question } from '../../shared/commands.ts'
import { memberKey, memberLabel } from '../../shared/events.ts'
import type { Preferences, Settings } from '../../shared/settings.ts'
import type { AppEvent, AppState, Line, Notice, NoticeBody, People, Room, RoomId } from '../../shared/state.ts'
import { applyEvent } from '../../shared/state.ts'
import type { MakeSession } from '../session/contract.ts'
import { findAddressee } from './addressee.ts'
import type { Switchboard, SwitchboardDeps } from './contract.ts'
import { makeConversations } from './conversations.ts'
import { makeExporting } from './exporting.ts'
import { makeFeed } from './feed.ts'
import { makeLooking } from './looking.ts'
import { makeMemory } from './memory.ts'
import { makeNotifier } from './notifications.ts'
import type { Command } from './outcome.ts'
import { done, no, outcome } from './outcome.ts'
import type { RoomDesk } from './room.ts'
import { makeRooms } from './rooms.ts'

/** A person sees at most a handful; a broken program must not pile them up. */
const MAX_NOTICES = 50
const preferencesOf = ({ name, theme, language, textSize }: Settings): Preferences => ({
  name,
  theme,
  language,
  textSize
})

/** The switchboard with the sessions handed in: what stands above them can be tested without a wire. */
export const makeSwitchboardWith =
  (makeSession: MakeSession) =>
  (deps: SwitchboardDeps): Switchboard => {
    const { clock } = deps
    const memory = makeMemory(deps.settings, deps.saveSettings)
    let closed = false
    let lastNotice = 0
    let look: { conversation: string | null; inFront: boolean } = { conversation: null, inFront: false }
    let told = { unread: -1, mentions: -1 }
    const history = deps.history ?? null
    const { lookedAt } = memory.now()
    /** Everything but timelines and people, which live where they can grow without being copied. */
    let frame: AppState = {
      surroundings: deps.surroundings,
      preferences: preferencesOf(memory.now()),
      rooms: [],
      people: {},
      conversations: [],
      timelines: {},
      notices: [],
      ...(lookedAt === undefined ? {} : { lookedAt })
    }

    const roomShown = (id: RoomId): Room | undefined => frame.rooms.find((room) => room.id === id)
    const people = (): Record<RoomId, People> => {
      const all: Record<RoomId, People> = {}
      for (const desk of rooms.all()) {
        const here = desk.people()
        if (here !== null) all[desk.id] = here
      }
      return all
    }

    const gather = (): void => {
      rooms.recount()
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
        case 'timelineReset':
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
        case 'exportChanged':
        case 'lookedAt':
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
      roomTitle: (room) => roomShown(room)?.title ?? '',
      history,
      keeps: (room) => memory.room(room)?.history !== 'never',
      hosted: (room) => {
        const { hosting = null, status } = roomShown(room) ?? {}
        return hosting !== null || (status?.state === 'past' && status.hosted)
      }
    })

    const looking = makeLooking({
      clock,
      history,
      unwritten: () => conversations.unwritten(),
      titles: () => Object.fromEntries(frame.rooms.map((room) => [room.id, room.title]))
    })

    const isAttended = (id: RoomId): boolean =>
      look.inFront && look.conversation !== null && conversations.get(look.conversation)?.room === id

    const rooms = makeRooms({
      ...deps,
      makeSession,
      memory,
      history,
      conversations,
      tell,
      soon: () => feed.soon(),
      rooms: () => frame.rooms,
      attended: isAttended
    })

    const host = async (command: Command<'host'>): Promise<Outcome> => {
      const result = await rooms.host(command)
      // What was hosted before is not offered any more beside what is hosted now.
      const offers = result.ok ? frame.notices.filter(({ kind }) => kind === 'host-again') : []
      for (const { id } of offers) tell({ type: 'noticeDismissed', notice: id })
      return result
    }

    // --- talking ---

    const say = (command: Command<'say'>): Outcome => {
      const conversation = conversations.get(command.conversation)
      const desk = conversation === null ? undefined : rooms.get(conversation.room)
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

    const reopen = (conversation: string): Outcome => {
      if (conversations.get(conversation) !== null) return { ok: true, conversation }
      for (const desk of rooms.all()) if (desk.reopen(conversation)) return { ok: true, room: desk.id, conversation }
      return rooms.reopen(conversation)
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
      const desk = found === null ? undefined : rooms.get(found.room)
      return desk === undefined ? no('no-such-conversation') : outcome(act(desk))
    }

    /** A line in memory, or on the disk only. */
    const onKeptLine = async (
      { conversation, line }: Command<'resend' | 'deleteLine'>,
      act: (desk: RoomDesk, line: Line | null) => OutcomeCode | null
    ): Promise<Outcome> => {
      const found = await conversations.recall(conversation, line)
      return onLine(conversation, (desk) => act(desk, conversations.line(conversation, line) ?? found))
    }

    const exporting = makeExporting({
      exporter: deps.exporter ?? null,
      tell,
      title: (id) => {
        const conversation = conversations.get(id)
        if (conversation === null) return null
        return conversation.with === null ? (roomShown(conversation.room)?.title ?? '') : memberLabel(conversation.with)
      },
      language: () =>
        frame.preferences.language === 'system' ? frame.surroundings.systemLanguage : frame.preferences.language
    })

    const clearHistory = async (id: string | null): Promise<Outcome> => {
      if (id !== null && conversations.get(id) === null) return no('no-such-conversation')
      // It may be the last copy that is being written.
      if (exporting.busy()) return no('history-busy')
      const cleared = history === null || (await history.clear(id === null ? null : [id]))
      if (!cleared) return no('history-busy')
      conversations.clear(id)
      for (const desk of rooms.all()) desk.cleared(id)
      return done
    }

    const changeSettings = ({ change }: Command<'changeSettings'>): Outcome => {
      const named = change.name !== undefined && change.name !== memory.now().name
      memory.keep({
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.theme === undefined ? {} : { theme: change.theme }),
        ...(change.language === undefined ? {} : { language: change.language }),
        ...(change.textSize === undefined ? {} : { textSize: change.textSize })
      })
      tell({ type: 'preferencesChanged', preferences: preferencesOf(memory.now()) })
      if (named) {
        // Rooms with a name of their own keep it.
        for (const desk of rooms.all())
          if ((memory.room(desk.id)?.nick ?? null) === null)
            desk.session()?.configure({ nick: memory.nickFor(desk.id) })
      }
      return done
    }

    const lookAt = ({ conversation, inFront, atEnd, line }: Command<'look'>): Outcome => {
      const gone = conversation !== null && conversations.get(conversation) === null
      look = { conversation: gone ? null : conversation, inFront }
      conversations.look(look.conversation, inFront, atEnd)
      for (const desk of rooms.all()) desk.session()?.attend(isAttended(desk.id))
      const place = look.conversation === null ? undefined : { conversation: look.conversation, line }
      const before = frame.lookedAt
      if (place && (place.conversation !== before?.conversation || place.line !== before.line)) {
        memory.keepInPassing({ lookedAt: place })
        tell({ type: 'lookedAt', place })
      }
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
      if (dismissed.kind === 'host-again' && memory.now().hosted?.id === dismissed.hosted.id)
        memory.keep({ hosted: null })
      return done
    }

    const withRoom = (
      room: RoomId,
      act: (desk: RoomDesk) => Outcome | Promise<Outcome>
    ): Outcome | Promise<Outcome> => {
      const desk = rooms.get(room)
      return desk === undefined ? no('no-such-room') : act(desk)
    }

    const act = (command: AppCommand): Outcome | Promise<Outcome> => {
      switch (command.type) {
        case 'connect':
          return rooms.connect(command)
        case 'host':
          return host(command)
        case 'stopHosting':
          return withRoom(command.room, (desk) => rooms.stopHosting(desk))
        case 'leave':
          return withRoom(command.room, (desk) => rooms.leave(desk))
        case 'disconnect':
          return withRoom(command.room, (desk) => rooms.disconnect(desk))
        case 'reconnect':
          return withRoom(command.room, (desk) => rooms.reconnect(desk))
        case 'forget':
          return withRoom(command.room, (desk) => (exporting.busy() ? no('history-busy') : rooms.forget(desk)))
        case 'configureRoom':
          return withRoom(command.room, (desk) => rooms.configure(command, desk))
        case 'clearHistory':
          return clearHistory(command.conversation)
        case 'export':
          return exporting.start(command)
        case 'endExport':
          return exporting.end()
        case 'showExport':
          return exporting.show()
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
            return desk.closePrivate(command.conversation)
          })
        case 'reopen':
          return reopen(command.conversation)
        case 'rename':
          return withRoom(command.room, (desk) => rename(desk, command.name))
        case 'who':
          return withRoom(command.room, (desk) => {
            if (desk.view().status.state !== 'connected') return no('not-connected')
            desk.who()
            return done
          })
        case 'resend':
          return onKeptLine(command, (desk, line) => desk.resend(command.conversation, line))
        case 'deleteLine':
          return onKeptLine(command, (desk, line) => desk.deleteLine(command.conversation, line))
        case 'editLine':
          return onLine(command.conversation, (desk) => desk.editLine(command.line, command.text))
        case 'sendHeld':
          return onLine(command.conversation, (desk) => {
            desk.sendHeld(command.conversation, command.line)
            return null
          })
        case 'passHeld':
          return onLine(command.conversation, (desk) => {
            desk.passHeld(command.conversation)
            return null
          })
        case 'deleteHeld':
          return onLine(command.conversation, (desk) => {
            desk.deleteHeld(command.conversation)
            return null
          })
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
          return lookAt(command)
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
        case 'pageAfter':
          return conversations.pageAfter(asked.conversation, asked.after, asked.limit)
        case 'around':
          return conversations.around(asked.conversation, asked.where, asked.limit)
        case 'search':
          return looking(asked)
        case 'held': {
          const room = conversations.get(asked.conversation)?.room
          return room === undefined ? [] : (rooms.get(room)?.held(asked.conversation) ?? [])
        }
        case 'addresses':
          return deps.addresses()
        case 'freePort':
          return deps.freePort(asked.port)
      }
    }

    const over = (kind: NoticeBody['kind']): void => {
      for (const one of frame.notices) if (one.kind === kind) tell({ type: 'noticeDismissed', notice: one.id })
    }

    for (const body of deps.notices) notice(body)
    history?.listen({
      found: (restored) => rooms.found(restored),
      stateChanged: (state, reason) => {
        if (state !== 'writing') conversations.showAll()
        over('history-paused')
        if (state === 'paused') notice({ kind: 'history-paused', reason })
        for (const desk of rooms.all()) desk.dispatch()
      }
    })

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
      over,
      guests: () => rooms.guests(),
      hosting: () => rooms.hosting(),
      start: () => {
        rooms.rejoin()
        const { hosted } = memory.now()
        if (hosted !== null && !rooms.hosting()) notice({ kind: 'host-again', hosted })
      },
      wake: () => rooms.wake(),
      close: async () => {
        if (closed) return
        closed = true
        notifier.close()
        await rooms.close()
        feed.flush()
      }
    }
  }
