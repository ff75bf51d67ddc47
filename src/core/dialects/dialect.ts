import type { Capabilities, Dialect } from '../../shared/dialect.ts'
import type { KickReason, LeaveReason, RefusalCode } from '../../shared/events.ts'

/** What one line of a server says, before it is held against what the session knows and asked. */
export type Spoken =
  /** Told to a newcomer only: this is your address. */
  | { kind: 'welcome'; address: string }
  /** `separator`: how this server parts name and text, where the line shows it. */
  | { kind: 'joined'; address: string | null; name: string | null; separator?: string }
  | { kind: 'left'; address: string | null; name: string | null; reason: LeaveReason }
  | { kind: 'said'; address: string | null; name: string | null; text: string }
  | { kind: 'whispered'; name: string; text: string }
  /** The server begins a list of people. */
  | { kind: 'listing' }
  | { kind: 'row'; address: string | null; name: string | null }
  /** The answer to our own wish; null: the name we asked for. */
  | { kind: 'accepted'; name: string | null }
  /** Our host tells everybody. */
  | { kind: 'announced'; was: string; name: string }
  /** `command` null: whichever of our requests is open. `line`: as it came, where that is more than `text`. */
  | { kind: 'refused'; command: 'rename' | 'whisper' | null; code: RefusalCode; text: string; line?: string }
  /** A private text of ours arrived: nothing new to show. */
  | { kind: 'confirmed' }
  /** Believed only as the last words before the end. */
  | { kind: 'kicked'; reason: KickReason; text: string; line?: string }
  /** Which relative this is: makes its other lines readable. */
  | { kind: 'relative'; relative: Relative; text: string }
  | { kind: 'line'; text: string }

/** Relatives of dialects 5.3 to 5.8 whose lines can be read once they showed who they are. */
export type Relative = 'plutov' | 'tokio' | 'ncat' | 'gist' | 'select' | 'nqbao'

/** What a parser may know: a line alone is often ambiguous (dialects 3.6). */
export interface Knowledge {
  /** Our address as the server prints it. */
  self: string | null
  /** The mark of a Teahouse host was seen on this connection. */
  marked: boolean
  /** Between name and text on this server. */
  separator: string
  relative: Relative | null
  /** Our own welcome was heard: its words are only words from now on. */
  welcomed: boolean
  knows: (address: string) => boolean
  /** Somebody whose coming was told, or who has spoken: cannot come again. */
  settled: (address: string) => boolean
  /** The newest name of an address; null: none, or the address itself. */
  nameOf: (address: string) => string | null
  /** Somebody has this name. */
  named: (name: string) => boolean
  /** Distinct lengths of all names known, longest first: to find one that ends at a place. */
  nameLengths: () => readonly number[]
  /** Own requests that are still open: answers to others are not believed. */
  asked: { who: boolean; rename: boolean; whisper: boolean }
}

/** What a line proves about the server. */
export interface Sign {
  by: 'welcome' | 'notice' | 'message'
  /** Our own address, where only a newcomer gets this line. */
  self: string | null
  /** Somebody who came, where it may be ourselves behind a NAT. */
  came: string | null
}

/** One dialect: how to know it, read it, speak it, and what it can do. */
export interface DialectSpec {
  name: Dialect
  /** One `read` is one message: lines must be paced and short (dialects 3.8). */
  chunks: boolean
  capabilities: (marked: boolean) => Capabilities
  /** `local`: our end of the connection as this machine sees it. */
  recognise: (line: string, local: string) => Sign | null
  /** One complete line, LF and one trailing CR removed. Total; several when the server glued them. */
  parse: (line: string, known: Knowledge) => Spoken[]
  /** Bytes without LF that have been quiet for a while; null: may still be the start of a line. */
  parseTail: (tail: string, known: Knowledge) => Spoken[] | null
  /** Commands without their LF; null where the dialect has no such verb. */
  who: string | null
  rename: ((name: string) => string) | null
  whisper: ((name: string, text: string) => string) | null
}
