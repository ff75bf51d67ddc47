import type { Dialect, HostedDialect } from './dialect.ts'

/**
 * What happened in a room, in the past tense: the public events of the command line (`--json` prints them as
 * they are), and what the switchboard feeds on. Unions only, never a bag of optional fields.
 */

/** Somebody, as the server tells us about them. People are known by address; the name is decoration. */
export interface Member {
  /** `ip:port` as the server prints it; null where the dialect has no addresses. */
  address: string | null
  /** Only where it differs from the address. May be empty: some servers allow that. */
  name: string | null
}

export type RecognisedBy = 'user' | 'welcome' | 'notice' | 'message' | 'echo' | 'assumed'
export type LeaveReason = 'left' | 'idle' | 'kicked'
export type KickReason = 'idle' | 'flood' | 'moderator' | 'slow-reader' | 'unknown'
export type DisconnectReason = 'left' | 'closed' | 'reset' | 'refused' | 'timeout' | 'kicked' | 'silent' | 'not-a-chat'
/** Where a connection could not be made: the name leads nowhere (told as `refused`); no way there (`timeout`). */
export type DisconnectDetail = 'no-such-host' | 'unreachable'
export type RefusalCode =
  | 'name-taken'
  | 'bad-name'
  | 'no-such-member'
  | 'bad-format'
  | 'empty-text'
  | 'not-supported'
  | 'unsafe'
  | 'too-long'
  | 'flood'
  | 'bad-command'
export type CommandName = 'say' | 'whisper' | 'rename' | 'who' | 'quit'

export interface Door {
  /** The address the door listens on, as bound. */
  address: string
  port: number
  dialect: HostedDialect
}

/** A host: every door listens. */
export interface Hosting {
  type: 'hosting'
  doors: Door[]
  /** `ip:port` pairs others can use, best first. */
  addresses: string[]
}
/** The TCP connection stands. */
export interface Connected {
  type: 'connected'
  room: string
  self: string
}
/** Again if the guess is corrected. */
export interface Recognised {
  type: 'recognised'
  dialect: Dialect
  by: RecognisedBy
}
export interface Joined {
  type: 'joined'
  member: Member
  own: boolean
}
export interface Left {
  type: 'left'
  member: Member
  reason: LeaveReason
}
export interface Said {
  type: 'said'
  conversation: 'room' | 'private'
  from: Member
  /** Private: the other side. */
  to?: Member
  /** Absent in a host's report of a private conversation: the host does not read it. */
  text?: string
  own: boolean
  /** ISO 8601 with milliseconds. */
  at: string
  ref?: string
}
/** The answer to a `who` of the user, whole. */
export interface Listed {
  type: 'listed'
  members: Member[]
  complete: boolean
  ref?: string
}
export interface Renamed {
  type: 'renamed'
  /** With the new name. */
  member: Member
  was: string
  own: boolean
  ref?: string
}
export interface Refused {
  type: 'refused'
  command: CommandName
  code: RefusalCode
  text: string
  ref?: string
  /** Host only: who was refused. */
  member?: Member
}
export interface Kicked {
  type: 'kicked'
  reason: KickReason
  text: string
  /** Host only: who was closed. */
  member?: Member
}
/** A line that fits no pattern of the dialect. */
export interface FreeLine {
  type: 'line'
  text: string
}
export interface Disconnected {
  type: 'disconnected'
  reason: DisconnectReason
  /** More exactly, where the system says so. */
  detail?: DisconnectDetail
  /** Milliseconds until the next try by itself; null when there will be none. */
  retryInMs: number | null
}
/** The state of an own line before its `said`. */
export interface Noted {
  type: 'noted'
  state: 'queued' | 'written' | 'waiting' | 'unconfirmed'
  ref: string
}

/** The public events of a client connection (`teahouse connect --json`). */
export type ClientEvent =
  | Connected
  | Recognised
  | Joined
  | Left
  | Said
  | Listed
  | Renamed
  | Refused
  | Kicked
  | FreeLine
  | Disconnected
  | Noted

/** The public events of a hosted room (`teahouse host --json`). */
export type HostEvent = Hosting | Joined | Left | Said | Renamed | Refused | Kicked

/**
 * The session's roster, as a change. Internal: the view needs to show people as they come to be known, also from
 * `who` questions of our own, which emit no `listed`.
 */
export interface PeopleChanged {
  type: 'people'
  /** True: forget everybody first (a new connection, or a complete list). */
  reset: boolean
  /** Came, or changed their name. */
  present: Member[]
  /** Keys (see `memberKey`) of those who went. */
  gone: string[]
  /** Ourselves, once the server told our address. */
  self: Member | null
  /** True when the server gave the whole list; false means "seen so far". */
  complete: boolean
}
/** Our own host's mark was seen: the room has a name and the client may trust more (decision 1). Internal. */
export interface Introduced {
  type: 'introduced'
  roomName: string
}

/** Everything a session tells its owner. The command line prints the `ClientEvent`s of it. */
export type SessionEvent = ClientEvent | PeopleChanged | Introduced

/**
 * The key a person is known by on one connection: the address where there is one, else the name.
 * Names can lie; addresses are given by the server.
 */
export const memberKey = (member: Member): string => member.address ?? `name:${member.name ?? ''}`

/** What to call somebody: the name if it is worth showing, else the address. */
export const memberLabel = (member: Member): string => {
  const name = member.name?.trim() ?? ''
  return name === '' ? (member.address ?? '') : name
}
