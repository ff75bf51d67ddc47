import { makeSwitchboardWith } from '../../../src/core/switchboard/board.ts'
import type { Notification, Switchboard, SwitchboardDeps } from '../../../src/core/switchboard/contract.ts'
import type { OpenRoom, OpenRoomOptions, OpenRoomResult } from '../../../src/core/hub/contract.ts'
import type { MakeSession, Session, SessionDeps, SessionOptions } from '../../../src/core/session/contract.ts'
import type { ViewMessage } from '../../../src/shared/bridge.ts'
import type { AppCommand, ChatCommand, Outcome } from '../../../src/shared/commands.ts'
import type { Capabilities } from '../../../src/shared/dialect.ts'
import type { HostEvent, Member, PeopleChanged, SessionEvent } from '../../../src/shared/events.ts'
import type { Settings } from '../../../src/shared/settings.ts'
import { DEFAULT_SETTINGS } from '../../../src/shared/settings.ts'
import type { AppState, Conversation, Line, NoticeBody, Room } from '../../../src/shared/state.ts'
import { applyEvent } from '../../../src/shared/state.ts'
import type { HandClock } from '../../support/clock.ts'
import { makeHandClock } from '../../support/clock.ts'

/** A session that does nothing by itself: the test says what the server does, and sees what was asked for. */
export interface ScriptedSession extends Session {
  options: SessionOptions
  capable: Capabilities
  asked: ChatCommand[]
  configured: object[]
  retries: number
  attended: boolean
  left: boolean
  /** How many lines it would write at once. */
  free: number
  /** Each line it gets is one less. */
  paced: boolean
  /** Says that it would. */
  ready(): void
  /** Refs that can still be taken back. */
  waiting: Set<string>
  tell(...events: SessionEvent[]): void
  /** The ref of the newest command. */
  lastRef(): string
}

/** A view as the page has one: a snapshot, then the same `applyEvent`. */
export interface TestView {
  state(): AppState
  messages: ViewMessage[]
  detach(): void
}

export interface Rig {
  board: Switchboard
  clock: HandClock
  sessions: ScriptedSession[]
  session(): ScriptedSession
  view: TestView
  attach(): TestView
  saved(): Settings
  notified: Notification[]
  badges: [number, number][]
  opened: {
    options: OpenRoomOptions
    emit: (event: HostEvent) => void
    members: Member[]
    spared: string[]
    closed: boolean
  }[]
  run(command: AppCommand): Promise<Outcome>
  /** Performs, expects it to work, and gives the id it answers with. */
  join(host?: string, port?: number): Promise<string>
  room(id: string): Room
  conversation(id: string): Conversation
  lines(conversation: string): Line[]
}

export const ALL: Capabilities = { who: true, rename: true, whisper: true, echo: true }
export const ME: Member = { address: '10.0.0.1:1000', name: 'me' }
export const ANNA: Member = { address: '10.0.0.2:2000', name: 'Anna' }
export const BEN: Member = { address: '10.0.0.3:3000', name: 'Ben' }

export const present = (members: Member[], more: Partial<PeopleChanged> = {}): PeopleChanged => ({
  type: 'people',
  reset: false,
  present: members,
  gone: [],
  self: ME,
  complete: true,
  ...more
})

export const said = (from: Member, text: string): SessionEvent => ({
  type: 'said',
  conversation: 'room',
  from,
  text,
  own: false,
  at: '2026-01-01T00:00:00.000Z'
})
export const whispered = (from: Member, text: string): SessionEvent => ({
  type: 'said',
  conversation: 'private',
  from,
  text,
  own: false,
  at: '2026-01-01T00:00:00.000Z'
})
export const echoed = (ref: string, text: string, from = ME): SessionEvent => ({
  type: 'said',
  conversation: 'room',
  from,
  text,
  own: true,
  at: '2026-01-01T00:00:00.000Z',
  ref
})

export const settingsWith = (change: Partial<Settings>): Settings => ({ ...DEFAULT_SETTINGS, ...change })

export const makeView = (board: Switchboard): TestView => {
  let state: AppState | null = null
  const messages: ViewMessage[] = []
  const detach = board.attach((message) => {
    messages.push(message)
    if (message.type === 'snapshot') state = message.state
    else if (state === null) throw new Error('events came before the snapshot')
    else state = message.events.reduce(applyEvent, state)
  })
  return {
    messages,
    detach,
    state: () => {
      if (state === null) throw new Error('no snapshot came')
      return state
    }
  }
}

export const makeRig = (
  more: Partial<SwitchboardDeps> & {
    openRoomResult?: (options: OpenRoomOptions) => OpenRoomResult | null
    /** Instead of sessions that do nothing by themselves. */
    makeSession?: MakeSession
  } = {}
): Rig => {
  const clock = makeHandClock()
  const sessions: ScriptedSession[] = []
  const notified: Notification[] = []
  const badges: [number, number][] = []
  const opened: Rig['opened'] = []
  const { openRoomResult, makeSession, ...given } = more
  let saved = given.settings ?? DEFAULT_SETTINGS
  let seed = 0
  const notices: NoticeBody[] = []

  const makeScripted = (options: SessionOptions, deps: SessionDeps): Session => {
    const session: ScriptedSession = {
      options,
      capable: { who: false, rename: false, whisper: false, echo: false },
      asked: [],
      configured: [],
      retries: 0,
      attended: false,
      left: false,
      free: 10_000,
      paced: false,
      ready: () => {
        deps.ready?.()
        clock.turn()
      },
      takes: () => session.free,
      waiting: new Set(),
      tell: (...events) => {
        for (const event of events) deps.emit(event)
        if (session.free > 0) deps.ready?.()
        clock.turn()
      },
      lastRef: () => {
        const ref = session.asked.at(-1)?.ref
        if (ref === undefined) throw new Error('nothing was asked')
        return ref
      },
      perform: (command) => {
        session.asked.push(command)
        if (session.paced) session.free -= 1
      },
      capabilities: () => session.capable,
      configure: (change) => {
        session.configured.push(change)
      },
      retryNow: () => {
        session.retries += 1
      },
      withdraw: (ref) => session.waiting.delete(ref),
      attend: (attended) => {
        session.attended = attended
      },
      hearOut: () => undefined,
      leave: () => {
        session.left = true
        return Promise.resolve()
      },
      unwritten: () => []
    }
    sessions.push(session)
    return session
  }

  const board = makeSwitchboardWith(makeSession ?? makeScripted)({
    dial: () => ({ abandon: () => {} }),
    clock,
    random: () => {
      seed = (seed + 0.137) % 1
      return seed
    },
    codec: () => ({ decode: () => '', encode: () => new Uint8Array() }),
    openRoom: (options, emit) => {
      const other = openRoomResult?.(options) ?? null
      if (other !== null) return Promise.resolve(other)
      const one: Rig['opened'][number] = { options, emit, members: [], spared: [], closed: false }
      opened.push(one)
      const room: OpenRoom = {
        doors: options.doors.map((door) => ({ address: '::', port: door.port || 50_000, dialect: door.dialect })),
        addresses: ['192.168.1.5:8888'],
        members: () => one.members,
        watch: () => {
          throw new Error('the switchboard does not watch its rooms')
        },
        change: () => {
          throw new Error('the switchboard does not change its rooms')
        },
        spare: (address) => void one.spared.push(address),
        close: () => {
          one.closed = true
          return Promise.resolve()
        }
      }
      return Promise.resolve({ ok: true, room })
    },
    addresses: () => [{ address: '192.168.1.5', card: 'eth0', virtual: false }],
    freePort: (port) => Promise.resolve(port),
    saveSettings: (settings) => {
      saved = settings
    },
    notify: (notification) => notified.push(notification),
    badge: (unread, mentions) => badges.push([unread, mentions]),
    openLink: (url) => url.startsWith('https:'),
    surroundings: {
      carrier: 'browser',
      platform: 'linux',
      version: '0.0.0',
      computer: 'here',
      systemLanguage: 'en',
      profile: '/nowhere'
    },
    settings: DEFAULT_SETTINGS,
    notices,
    ...given
  })
  const view = makeView(board)
  /** What the view shows, everything pending included. */
  const state = (): AppState => {
    clock.advance(1000)
    return view.state()
  }
  const run = async (command: AppCommand): Promise<Outcome> => {
    const outcome = await board.perform(command)
    clock.turn()
    return outcome
  }
  return {
    board,
    clock,
    sessions,
    session: () => {
      const session = sessions.at(-1)
      if (!session) throw new Error('no session was made')
      return session
    },
    view,
    attach: () => makeView(board),
    saved: () => saved,
    notified,
    badges,
    opened,
    run,
    join: async (host = 'tea.lan', port = 8888) => {
      const outcome = await run({ type: 'connect', host, port, dialect: 'auto', charset: 'auto' })
      if (!outcome.ok || outcome.room === undefined) throw new Error('could not connect')
      return outcome.room
    },
    room: (id) => {
      const room = state().rooms.find((one) => one.id === id)
      if (!room) throw new Error('no such room in the view')
      return room
    },
    conversation: (id) => {
      const conversation = state().conversations.find((one) => one.id === id)
      if (!conversation) throw new Error('no such conversation in the view')
      return conversation
    },
    lines: (conversation) => state().timelines[conversation]?.lines ?? []
  }
}

/** A standing connection to an `im` server with Anna and Ben in the room. */
export const settle = (session: ScriptedSession): void => {
  session.tell({ type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1000' })
  session.capable = ALL
  session.tell({ type: 'recognised', dialect: 'im', by: 'welcome' }, present([ME, ANNA, BEN], { reset: true }))
}
