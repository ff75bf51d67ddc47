import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { AnswerTo, Bridge, ViewMessage } from '../shared/bridge.ts'
import type { AppCommand, Outcome, Question } from '../shared/commands.ts'
import type { HostedBefore } from '../shared/settings.ts'
import type { AppEvent, AppState, Conversation, ConversationId, LineId, Room, RoomId, Wish } from '../shared/state.ts'
import { applyEvent } from '../shared/state.ts'
import type { CarrierState } from './bridge.ts'
import type { Visit } from './conversation/visit.ts'
import { followed } from './conversation/visit.ts'

export type SettingsPage = 'profile' | 'appearance' | 'language' | 'connections' | 'history' | 'about'

/** The dialog on top of the window: one at a time. */
export type OpenDialog =
  | { dialog: 'host'; again: HostedBefore | null }
  | { dialog: 'invitation'; room: RoomId; fresh: boolean }
  | { dialog: 'connect'; host: string | null; port: number | null }
  | { dialog: 'stop-hosting'; room: RoomId }
  | { dialog: 'leave'; room: RoomId }
  | { dialog: 'forget'; room: RoomId }
  | { dialog: 'clear-history'; conversation: ConversationId | null }
  | { dialog: 'export'; conversation: ConversationId | null }
  | { dialog: 'unsent'; conversation: ConversationId }
  | { dialog: 'delete-unsent'; conversation: ConversationId }
  | { dialog: 'title'; room: RoomId }
  | { dialog: 'room'; room: RoomId }
  | { dialog: 'settings'; page: SettingsPage }
  | { dialog: 'help' }
  | { dialog: 'switch' }
  | { dialog: 'go-to-date'; conversation: ConversationId }

/** What is looked for, and where: in the conversation shown, or everywhere. `nth` tells one opening from the next. */
export interface OpenSearch {
  everywhere: boolean
  text: string
  nth: number
}

/** What belongs to this window alone and is forgotten with it. */
export interface View {
  /** The conversation in the middle; null while there is none. */
  selected: ConversationId | null
  /** Where the person reads in it; null: at its live end. */
  visit: Visit | null
  /** The line at the top of what they read, told now and then; null: they stand at the end. */
  topLine: LineId | null
  dialog: OpenDialog | null
  /** The search beside the conversation. */
  search: OpenSearch | null
  /** Whether the people pane is drawn over the conversation. Only narrow windows read it; wide ones always show it. */
  peopleShown: boolean
  /** A short confirmation, shown and read out once. */
  toast: { id: number; text: string } | null
  carrier: CarrierState
  /** The window is in front and has the keyboard. */
  inFront: boolean
}

const appStore = createStore<{ app: AppState | null }>(() => ({ app: null }))
const viewStore = createStore<View>(() => ({
  selected: null,
  visit: null,
  topLine: null,
  dialog: null,
  search: null,
  peopleShown: false,
  toast: null,
  carrier: 'waiting',
  inFront: document.hasFocus()
}))

let bridge: Bridge | null = null

const held = (app: AppState | null): AppState => {
  if (!app) throw new Error('The window is drawn before the first snapshot')
  return app
}

/** Reads the app's state. The selector must return a part of it (or a plain value), never a new object. */
export const useApp = <T>(selector: (state: AppState) => T): T =>
  useStore(appStore, (state) => selector(held(state.app)))

/** Whether the first snapshot is here; only the root asks. */
export const useAttached = (): boolean => useStore(appStore, (state) => state.app !== null)

/** Reads the state of this window. The same rule for selectors as `useApp`. */
export const useView = <T>(selector: (view: View) => T): T => useStore(viewStore, selector)

/** The state outside React: in event handlers. Null before the first snapshot. */
export const appNow = (): AppState | null => appStore.getState().app
export const viewNow = (): View => viewStore.getState()

export const roomOf = (state: AppState, id: RoomId): Room | undefined => state.rooms.find((room) => room.id === id)
export const conversationOf = (state: AppState, id: ConversationId | null): Conversation | undefined =>
  state.conversations.find((conversation) => conversation.id === id)
/** The room of the selected conversation, if one is selected. */
export const useSelectedRoom = (): Room | undefined => {
  const selected = useView((view) => view.selected)
  return useApp((state) => {
    const conversation = conversationOf(state, selected)
    return conversation && roomOf(state, conversation.room)
  })
}

/** Performs a command of the app. Rejects only when the carrier is gone; a refusal is a value. */
export const send = (command: AppCommand): Promise<Outcome> =>
  bridge ? bridge.send(command) : Promise.reject(new Error('The window is not attached yet'))

/** Sends without waiting, where the answer comes as an event. A lost carrier has its own bar at the top. */
export const tell = (command: AppCommand): void => {
  send(command).catch((error: unknown) => {
    console.warn('Not sent:', command.type, error)
  })
}

export const ask = <Q extends Question>(question: Q): Promise<AnswerTo<Q>> =>
  bridge ? bridge.ask(question) : Promise.reject(new Error('The window is not attached yet'))

/** A room just opened or connected to, of which the app has not told yet. */
let awaited: RoomId | null = null

/** Shows a conversation in the middle. */
export const select = (conversation: ConversationId | null): void => {
  awaited = null
  const { selected, visit, topLine } = viewNow()
  // Gone away from and come back to, a conversation shows its end.
  const place = conversation === selected ? { visit, topLine } : { visit: null, topLine: null }
  viewStore.setState({ selected: conversation, ...place, peopleShown: false })
}

/** Shows a conversation at a place in it. */
export const selectVisit = (visit: Visit): void => {
  awaited = null
  const { selected, topLine } = viewNow()
  const stays = visit.conversation === selected
  viewStore.setState({ selected: visit.conversation, visit, topLine: stays ? topLine : null, peopleShown: false })
}

/** Tells where the person reads in a conversation, if it is the one shown. */
export const readFrom = (conversation: ConversationId, topLine: LineId | null): void => {
  const now = viewNow()
  if (now.selected === conversation && now.topLine !== topLine) viewStore.setState({ topLine })
}

/**
 * The reader stands at the live end of what is shown: without a visit, everything is shown to its end, or on its way to
 * where the window before this one was left.
 */
const isAtEnd = ({ visit, topLine }: View): boolean => (visit === null ? topLine === null : visit.joined && visit.atEnd)

/** Changes the visit of a conversation, if it is the one shown. */
export const changeVisit = (conversation: ConversationId, change: (visit: Visit | null) => Visit | null): void => {
  const { selected, visit } = viewNow()
  if (selected !== conversation) return
  const next = change(visit?.conversation === conversation ? visit : null)
  if (next !== visit) viewStore.setState({ visit: next })
}

/** Shows a room's own conversation (its id is the room's): now, or as soon as the app has told of it. */
export const selectRoom = (room: RoomId): void => {
  const app = appNow()
  awaited = app && conversationOf(app, room) ? null : room
  if (awaited === null) select(room)
}

export const openDialog = (dialog: OpenDialog): void => viewStore.setState({ dialog })
export const closeDialog = (): void => viewStore.setState({ dialog: null })

let searches = 0
/** Opens the search, or goes back to its field; what was typed before stays. */
export const openSearch = (everywhere: boolean): void => {
  const { search, selected } = viewNow()
  const nth = ++searches
  viewStore.setState({
    search: { text: search?.text ?? '', everywhere: everywhere || selected === null, nth },
    dialog: null,
    peopleShown: false
  })
}
export const changeSearch = (change: Partial<Pick<OpenSearch, 'everywhere' | 'text'>>): void => {
  const { search } = viewNow()
  if (search) viewStore.setState({ search: { ...search, ...change } })
}
export const closeSearch = (): void => viewStore.setState({ search: null })

/** Narrow windows: draws the people pane over the conversation, or takes it away. */
export const showPeople = (shown: boolean): void =>
  viewStore.setState(shown ? { peopleShown: true, search: null } : { peopleShown: false })

let toasts = 0
/** A short confirmation, shown for a moment and read out by screen readers. */
export const announce = (text: string): void => viewStore.setState({ toast: { id: ++toasts, text } })
export const clearToast = (): void => viewStore.setState({ toast: null })

/** What to show when what was shown is gone, and at first: an open room, else any. */
const somewhere = (app: AppState, wanted: ConversationId | null, roomBefore: RoomId | undefined) => {
  if (conversationOf(app, wanted)) return wanted
  const sameRoom = app.conversations.find((conversation) => conversation.room === roomBefore)
  if (sameRoom) return sameRoom.id
  const open = new Set(app.rooms.filter((room) => room.open).map((room) => room.id))
  return app.conversations.find((conversation) => open.has(conversation.room))?.id ?? null
}

/** Whether nothing is left of what was said in a conversation, nor a place in it. */
const clears = (event: AppEvent, conversation: ConversationId | null): boolean =>
  event.type === 'timelineReset' &&
  event.conversation === conversation &&
  event.timeline.whole &&
  event.timeline.lines.length === 0

/** Starts the feed. `onWish` fulfils what comes from outside the page: the menu, a link, a notification. */
export const attachTo = (to: Bridge, onWish: (wish: Wish) => void): (() => void) => {
  bridge = to
  const hear = (message: ViewMessage): void => {
    const before = appNow()
    const after =
      message.type === 'snapshot' ? message.state : before && message.events.reduce<AppState>(applyEvent, before)
    if (!after) return
    const { selected, visit } = viewNow()
    const arrived = conversationOf(after, awaited)?.id
    // A window that has shown nothing yet goes on where the last one was left.
    const left = before === null ? after.lookedAt : undefined
    const wanted = selected ?? left?.conversation ?? null
    const next = arrived ?? somewhere(after, wanted, before ? conversationOf(before, selected)?.room : undefined)
    if (arrived !== undefined) awaited = null
    appStore.setState({ app: after })
    const stays = next === selected ? followed(visit, message) : null
    if (next !== selected)
      viewStore.setState({ selected: next, visit: stays, topLine: next === left?.conversation ? left.line : null })
    else if (stays !== visit) viewStore.setState({ visit: stays })
    if (message.type === 'events') {
      if (message.events.some((event) => clears(event, next))) viewStore.setState({ topLine: null })
      for (const event of message.events) if (event.type === 'wished') onWish(event.wish)
    }
  }
  const detach = to.attach(hear)

  const looked = (): void => {
    const inFront = document.visibilityState === 'visible' && document.hasFocus()
    if (inFront !== viewNow().inFront) viewStore.setState({ inFront })
  }
  window.addEventListener('focus', looked)
  window.addEventListener('blur', looked)
  document.addEventListener('visibilitychange', looked)

  // The app decides about notifications and the menu by what the window shows.
  const tellLook = (): void => {
    const { selected, inFront, topLine } = viewNow()
    if (appNow()) tell({ type: 'look', conversation: selected, inFront, atEnd: isAtEnd(viewNow()), line: topLine })
  }
  const stopLook = viewStore.subscribe((now, then) => {
    const moved = now.selected !== then.selected || isAtEnd(now) !== isAtEnd(then) || now.topLine !== then.topLine
    if (moved || now.inFront !== then.inFront) tellLook()
  })
  const stopFirst = appStore.subscribe((now, then) => {
    if (now.app && !then.app) tellLook()
  })
  // A carrier may have the snapshot at hand.
  tellLook()
  return () => {
    detach()
    stopLook()
    stopFirst()
    window.removeEventListener('focus', looked)
    window.removeEventListener('blur', looked)
    document.removeEventListener('visibilitychange', looked)
  }
}

export const setCarrier = (carrier: CarrierState): void => viewStore.setState({ carrier })
