import type { ExportFormat } from '../../../shared/export.ts'
import type { Member } from '../../../shared/events.ts'
import type { Language } from '../../../shared/settings.ts'
import type { ConversationId, Line, RoomId } from '../../../shared/state.ts'
import { makeHtml } from './html.ts'
import { makeJsonLines } from './json-lines.ts'
import { makePlainText } from './plain-text.ts'

/** A conversation as it is kept, for its heading. */
export interface KeptConversation {
  id: ConversationId
  room: RoomId
  /** What the room is called. */
  title: string
  /** The room was hosted here. */
  hosted: boolean
  /** Null: the room itself. */
  with: Member | null
  unverified: boolean
  /** How many lines of it follow. */
  lines: number
}
/** Who speaks or moves in it, as far as a heading has room: the first ones, and the number of the others. */
export interface KeptPeople {
  members: Member[]
  more: number
}

export interface FormatOptions {
  language: Language
  /** IANA name; undefined: the computer's. */
  timeZone?: string | undefined
  /** What wrote it, with its version. */
  program: string
  /** When, wall clock in ms. */
  at: number
}

/** Turns what is kept into one text, piece by piece: called in this order, the pieces in a row are the whole. */
export interface Format {
  /** All that follow, in their order. */
  begin(conversations: readonly KeptConversation[]): string
  /** `earlier`: the lines before those that follow, oldest first, as far as it matters who was there. */
  conversation(conversation: KeptConversation, people: KeptPeople, earlier: readonly Line[]): string
  /** Of the conversation begun last, oldest first. */
  line(line: Line): string
  /** The number of lines in all of it. */
  end(lines: number): string
}

const MAKERS: Record<ExportFormat, (options: FormatOptions) => Format> = {
  text: makePlainText,
  jsonl: makeJsonLines,
  html: makeHtml
}

export const makeFormat = (format: ExportFormat, options: FormatOptions): Format => MAKERS[format](options)
