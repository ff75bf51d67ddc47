import { z } from 'zod'
import { CHARSETS, DIALECT_CHOICES, HOSTED_DIALECTS } from './dialect.ts'
import { EXPORT_FORMATS } from './export.ts'
import { retention } from './history.ts'
import { SEARCH_CHARACTERS } from './search.ts'
import { hostLimits, settingsChange } from './settings.ts'

/**
 * What a person or a script wants, in the imperative. Every carrier (IPC, WebSocket, standard input) checks what it
 * receives against these schemas before anything else sees it.
 */

/** A pasted book is refused at the door; longer than any line limit of any dialect times a large paste. */
export const MAX_TEXT_CHARACTERS = 1_000_000
/** Longer than any DNS name or IPv6 literal with a zone. */
const MAX_HOST_CHARACTERS = 255
const MAX_NAME_CHARACTERS = 200

const text = z.string().max(MAX_TEXT_CHARACTERS)
const ref = z.string().max(200)
const id = z.string().min(1).max(500)

export const portNumber = z.int().min(1).max(65_535)
export const hostName = z.string().trim().min(1).max(MAX_HOST_CHARACTERS)

/** The commands of one connection: the objects `teahouse connect --json` reads (see command-line contract). */
export const chatCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('say'), text, ref: ref.optional() }),
  z.object({ type: z.literal('whisper'), to: text, text, ref: ref.optional() }),
  z.object({ type: z.literal('rename'), name: text, ref: ref.optional() }),
  z.object({ type: z.literal('who'), ref: ref.optional() }),
  z.object({ type: z.literal('quit'), ref: ref.optional() })
])
export type ChatCommand = z.infer<typeof chatCommand>

export const doorChoice = z.object({
  /** 0 means any free port. */
  port: z.int().min(0).max(65_535),
  dialect: z.enum(HOSTED_DIALECTS)
})

/** The commands of the app: what a view may ask of the switchboard. */
export const appCommand = z.discriminatedUnion('type', [
  /** Opens a room at an address; the same address twice is the same room. Answers with its room id. */
  z.object({
    type: z.literal('connect'),
    host: hostName,
    port: portNumber,
    dialect: z.enum(DIALECT_CHOICES),
    charset: z.enum(CHARSETS)
  }),
  /** Hosts a room. Answers with its room id, or `port-in-use` with the next free port in `detail`. */
  z.object({
    type: z.literal('host'),
    name: z.string().trim().min(1).max(MAX_NAME_CHARACTERS),
    /** The first door is the main one: its port is the one shown in addresses. */
    doors: z.array(doorChoice).min(1).max(10),
    language: z.enum(['en', 'zh-CN']),
    bare: z.boolean(),
    limits: hostLimits.optional()
  }),
  z.object({ type: z.literal('stopHosting'), room: id }),
  /** Closes the connection and takes the room out of today's list; it stays among the saved ones. */
  z.object({ type: z.literal('leave'), room: id }),
  /** Closes the connection and keeps the room open, away. */
  z.object({ type: z.literal('disconnect'), room: id }),
  /** Connects now: a saved room, a disconnected one, or one that waits for its next try. */
  z.object({ type: z.literal('reconnect'), room: id }),
  /** Removes a saved room and its conversations. */
  z.object({ type: z.literal('forget'), room: id }),
  z.object({
    type: z.literal('configureRoom'),
    room: id,
    title: z.string().max(MAX_NAME_CHARACTERS).optional(),
    host: hostName.optional(),
    port: portNumber.optional(),
    dialect: z.enum(DIALECT_CHOICES).optional(),
    charset: z.enum(CHARSETS).optional(),
    reconnect: z.boolean().optional(),
    history: retention.optional()
  }),
  /** Removes what was said in a conversation from this computer, for good; null: in all of them. */
  z.object({ type: z.literal('clearHistory'), conversation: id.nullable() }),
  /**
   * Writes what is kept of a conversation, or of all (null), to a place the person chooses. Answers once it has begun;
   * in a browser, with the path the page fetches it from. How far it is stands in `AppState.exporting`.
   */
  z.object({ type: z.literal('export'), conversation: id.nullable(), format: z.enum(EXPORT_FORMATS) }),
  /** Ends the export that runs, without a trace; forgets the one that is through. */
  z.object({ type: z.literal('endExport') }),
  /** Shows the file written last in the system's file manager. */
  z.object({ type: z.literal('showExport') }),
  /** Says a text in a conversation, room or private. Several lines become several messages. */
  z.object({ type: z.literal('say'), conversation: id, text }),
  /** Opens the private thread with a member of a room. `member` is a `memberKey`. Answers with the conversation id. */
  z.object({ type: z.literal('openPrivate'), room: id, member: id }),
  /** `/to NAME TEXT`: resolves the longest matching name, opens the thread, says the text. Answers with the conversation id. */
  z.object({ type: z.literal('whisper'), room: id, to: text, text }),
  z.object({ type: z.literal('closePrivate'), conversation: id }),
  /** Shows a conversation again that was closed by hand, to read in it. Answers with its id. */
  z.object({ type: z.literal('reopen'), conversation: id }),
  /** Asks the server for another name. The answer comes as an event and stands in `room.renaming`. */
  z.object({ type: z.literal('rename'), room: id, name: z.string().max(MAX_NAME_CHARACTERS) }),
  z.object({ type: z.literal('who'), room: id }),
  /** An own line that failed or is unconfirmed, once more, at the end of the conversation. */
  z.object({ type: z.literal('resend'), conversation: id, line: z.int() }),
  z.object({ type: z.literal('deleteLine'), conversation: id, line: z.int() }),
  /** Other words for an own line that still waits. One message; `too-late` once it is on its way. */
  z.object({ type: z.literal('editLine'), conversation: id, line: z.int(), text }),
  /** A line that is too old to go out by itself goes out; null: all of them. */
  z.object({ type: z.literal('sendHeld'), conversation: id, line: z.int().nullable() }),
  /** Those behind may overtake the lines that ask first, which stay. */
  z.object({ type: z.literal('passHeld'), conversation: id }),
  z.object({ type: z.literal('deleteHeld'), conversation: id }),
  /** The person has seen everything up to this line. */
  z.object({ type: z.literal('read'), conversation: id, line: z.int() }),
  z.object({ type: z.literal('draft'), conversation: id, text }),
  z.object({ type: z.literal('ignore'), room: id, member: id, on: z.boolean() }),
  z.object({ type: z.literal('changeSettings'), change: settingsChange }),
  /**
   * Which conversation the view shows, and whether the window is in front: for notifications and the menu. At its end,
   * what comes is read as it comes; further up, it is not. Where that is (the line at the top; null: at the end, or not
   * known yet), the next start shows again.
   */
  z.object({
    type: z.literal('look'),
    conversation: id.nullable(),
    inFront: z.boolean(),
    atEnd: z.boolean(),
    line: z.int().nullable()
  }),
  z.object({ type: z.literal('dismissNotice'), notice: z.int() }),
  /** Opens a link in the system's browser; http and https only, checked again by the one link gate. */
  z.object({ type: z.literal('openLink'), url: z.string().max(8192) })
])
export type AppCommand = z.infer<typeof appCommand>

/** Why a command of the app was not performed. Stable codes; the view chooses the words. */
export type OutcomeCode =
  | 'bad-command'
  | 'no-such-room'
  | 'no-such-conversation'
  | 'no-such-member'
  | 'no-such-line'
  | 'not-connected'
  | 'not-supported'
  | 'empty-text'
  | 'bad-name'
  | 'bad-link'
  | 'port-in-use'
  | 'port-forbidden'
  | 'cannot-listen'
  | 'too-many'
  | 'history-busy'
  | 'export-busy'
  /** The line is on its way and cannot be changed any more. */
  | 'too-late'
  /** Own lines still wait to be sent there. */
  | 'still-waiting'

export type Outcome =
  /** `download`: a path of this origin, good for one request. */
  | { ok: true; room?: string; conversation?: string; download?: string }
  | { ok: false; code: OutcomeCode; detail?: string | number }

/** Lines in one answer: more is not read before the next page is asked for. */
const pageLimit = z.int().min(1).max(2000)

/** Questions: what must answer with data. */
export const question = z.discriminatedUnion('type', [
  /** Lines of a conversation before a line, oldest first. */
  z.object({ type: z.literal('page'), conversation: id, before: z.int(), limit: pageLimit }),
  /** Lines of a conversation after a line, oldest first. */
  z.object({ type: z.literal('pageAfter'), conversation: id, after: z.int(), limit: pageLimit }),
  /** The lines around a line, or around the first one since a moment (ms since 1970), half before and half after. */
  z.object({
    type: z.literal('around'),
    conversation: id,
    where: z.union([z.object({ line: z.int() }), z.object({ moment: z.int() })]),
    limit: pageLimit
  }),
  /** Lines that fit what was typed (`shared/search.ts` has its language), newest first. */
  z.object({
    type: z.literal('search'),
    text: z.string().max(SEARCH_CHARACTERS),
    /** Null: everywhere. */
    conversation: id.nullable(),
    /** For more: the `next` of the answer before. Null: from the newest on. */
    before: z.int().nullable(),
    limit: z.int().min(1).max(500),
    /** An IANA name: dates are days of whoever asks. */
    timeZone: z.string().max(100),
    /** Any word for the field that asks: its next question makes the one before superfluous. */
    asker: ref
  }),
  /** The own lines of a conversation that wait and are too old to go out by themselves, oldest first. */
  z.object({ type: z.literal('held'), conversation: id }),
  /** The addresses of this machine that others can use, real cards first, virtual ones last. */
  z.object({ type: z.literal('addresses') }),
  /** The given port if it is free on all interfaces, else the next free one. */
  z.object({ type: z.literal('freePort'), port: portNumber })
])
export type Question = z.infer<typeof question>
