import { z } from 'zod'
import { LANGUAGES, TEXT_SIZES, THEMES } from './appearance.ts'
import { retention } from './history.ts'
import { HOST_LIMITS } from './limits.ts'
import { CHARSETS, DIALECT_CHOICES, DIALECTS, HOSTED_DIALECTS } from './dialect.ts'

/** What a person chose, kept in `settings.json` in the profile folder. */

export { TEXT_SIZES, THEMES } from './appearance.ts'
export type { Language, LanguageChoice, Theme } from './appearance.ts'

/** More saved rooms than this is a broken file, not a person. */
export const MAX_SAVED_ROOMS = 500
const MAX_IGNORED = 1000

export const savedRoom = z.object({
  /** Stable, our own; survives a change of address or dialect. */
  id: z.string().min(1).max(100),
  /** What the person calls it; empty: the address or the name our host told. */
  title: z.string().max(200),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
  dialect: z.enum(DIALECT_CHOICES),
  /** What was recognised last time at this address, shown until the server speaks again. */
  lastDialect: z.enum(DIALECTS).nullable(),
  charset: z.enum(CHARSETS),
  reconnect: z.boolean(),
  /** The person was in when the app ended: rejoin on start. */
  joined: z.boolean(),
  /** The own name last accepted here, for servers with names; null: use the profile's. */
  nick: z.string().max(200).nullable(),
  /** Keys or names of people whose lines are hidden. */
  ignored: z.array(z.string().max(300)).max(MAX_IGNORED),
  /** What is kept of what is said here; absent: everything. */
  history: retention.optional()
})
export type SavedRoom = z.infer<typeof savedRoom>

const within = ({ least, most }: { least: number; most: number }) => z.int().min(least).max(most).optional()
/** What a person set for a room of his own; what is absent is as it is for everybody (`limits.ts`). */
export const hostLimits = z.object({
  members: within(HOST_LIMITS.members),
  /** Connections of one address at once. */
  perAddress: within(HOST_LIMITS.perAddress),
  /** Of one member, for long; at once he may say some more. */
  linesPerSecond: within(HOST_LIMITS.linesPerSecond),
  /** Members silent for so long are told and closed. Absent: never. */
  idleMinutes: within(HOST_LIMITS.idleMinutes)
})
export type HostLimits = z.infer<typeof hostLimits>

/** The room hosted when the app ended, offered again on start. */
export const hostedBefore = z.object({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  doors: z
    .array(z.object({ port: z.int().min(0).max(65_535), dialect: z.enum(HOSTED_DIALECTS) }))
    .min(1)
    .max(10),
  language: z.enum(['en', 'zh-CN']),
  bare: z.boolean(),
  limits: hostLimits.optional()
})
export type HostedBefore = z.infer<typeof hostedBefore>

/** A conversation, and the line at the top of what is read in it; null: one stands at its end. */
const place = z.object({ conversation: z.string().max(200), line: z.int().nullable() })
export type Place = z.infer<typeof place>

export const settings = z.object({
  version: z.literal(1),
  /** My name, used on arrival where the server can. Empty: none. */
  name: z.string().max(200),
  theme: z.enum(THEMES),
  language: z.enum(LANGUAGES),
  textSize: z.literal(TEXT_SIZES),
  rooms: z.array(savedRoom).max(MAX_SAVED_ROOMS),
  hosted: hostedBefore.nullable(),
  /** What was looked at last: where the next start begins. Absent: nothing was. Nobody's choice, so never a reason to refuse the rest. */
  lookedAt: place.optional().catch(undefined)
})
export type Settings = z.infer<typeof settings>

export const DEFAULT_SETTINGS: Settings = {
  version: 1,
  name: '',
  theme: 'system',
  language: 'system',
  textSize: 14,
  rooms: [],
  hosted: null
}

/** What the view may change directly. Rooms change through room commands. */
export const settingsChange = z
  .object({
    name: z.string().trim().max(200),
    theme: z.enum(THEMES),
    language: z.enum(LANGUAGES),
    textSize: z.literal(TEXT_SIZES)
  })
  .partial()
export type SettingsChange = z.infer<typeof settingsChange>

/** The part of the settings a view needs to know. */
export type Preferences = Pick<Settings, 'name' | 'theme' | 'language' | 'textSize'>
