import type { AnswerTo, LocalAddress, ViewMessage } from '../../shared/bridge.ts'
import type { Clock, Codec, Dial } from '../../shared/carriers.ts'
import type { AppCommand, Outcome, Question } from '../../shared/commands.ts'
import type { Charset } from '../../shared/dialect.ts'
import type { ExportFormat } from '../../shared/export.ts'
import type { ConversationId, NoticeBody, Surroundings, Wish } from '../../shared/state.ts'
import type { Language, Settings } from '../../shared/settings.ts'
import type { History } from '../history/contract.ts'
import type { OpenRoomAt } from '../hub/contract.ts'

/** A system notification: text only. */
export interface Notification {
  title: string
  body: string
  conversation: string
}

/** What is to be written out. */
export interface ExportWish {
  /** Null: everything. */
  conversations: readonly ConversationId[] | null
  /** What the file is about, for its name; empty: everything. May come from the wire. */
  title: string
  format: ExportFormat
  language: Language
}
/** What becomes of an export. The last call is one of `done`, `failed`, `cancelled`. */
export interface ExportTold {
  progress(lines: number, total: number): void
  /** `place`: the file; null where the page took it. */
  done(lines: number, place: string | null): void
  /** `reason`: see `Export`. Nothing half-written is left. */
  failed(reason: string): void
  cancelled(): void
}
/** Writes out what is kept, one export at a time, in nobody's way. */
export interface Exporter {
  /**
   * Asks where to, and begins. Null: the person changed their mind, and nothing is told. `download`: the path below
   * its own origin where the page fetches it, once.
   */
  start(wish: ExportWish, told: ExportTold): Promise<{ download: string | null } | null>
  /** The one that runs; told by `cancelled` when nothing is left of it. */
  cancel(): void
  /** Shows the file written last where it lies. */
  show(): void
}

export interface SwitchboardDeps {
  dial: Dial
  clock: Clock
  random: () => number
  codec: (charset: Charset) => Codec
  openRoom: OpenRoomAt
  addresses: () => LocalAddress[]
  /** The given port if free on all interfaces, else the next free one, null when none is near. */
  freePort: (port: number) => Promise<number | null>
  /** Keeps the settings; called with the whole of them after each change, may be slow. `inPassing`: nobody chose it. */
  saveSettings: (settings: Settings, inPassing: boolean) => void
  /** At most 3 in 10 s reach this, already cut. */
  notify: (notification: Notification) => void
  /** Unread lines in all, mentions and private ones: for title, dock and task bar. */
  badge: (unread: number, mentions: number) => void
  /** The one link gate of the program that runs us: opens http and https, refuses the rest. */
  openLink: (url: string) => boolean
  surroundings: Surroundings
  settings: Settings
  notices: NoticeBody[]
  /** Keeps what is said; without it everything is forgotten with the program. */
  history?: History
  /** Without it nothing can be written out. */
  exporter?: Exporter
}

/** Holds rooms and state, performs commands, feeds attached views. */
export interface Switchboard {
  perform(command: AppCommand): Promise<Outcome>
  answer<Q extends Question>(question: Q): Promise<AnswerTo<Q>>
  attach(listener: (message: ViewMessage) => void): () => void
  /** A wish from the menu, a link or a notification, to the views. */
  wish(wish: Wish): void
  /** The system language changed, or the view's surroundings did. */
  surround(change: Partial<Surroundings>): void
  notice(notice: NoticeBody): void
  /** What notices of this kind told of is over: they go by themselves. */
  over(kind: NoticeBody['kind']): void
  /** People besides the host in all hosted rooms: asked before quitting. */
  guests(): number
  /** Whether any room is hosted now. */
  hosting(): boolean
  /** Rejoins the rooms one was in; offers to host again. */
  start(): void
  /** The network changed or the machine woke up: try now. */
  wake(): void
  /** Leaves every room gracefully, closes hosted ones; remembers where one was. */
  close(): Promise<void>
}
export type MakeSwitchboard = (deps: SwitchboardDeps) => Switchboard
