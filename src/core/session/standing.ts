import type { Capabilities } from '../../shared/dialect.ts'
import type { RecognisedBy } from '../../shared/events.ts'
import type { DialectSpec, Knowledge, Relative } from '../dialects/dialect.ts'
import type { Listing } from './listing.ts'
import type { Roster } from './roster.ts'

/** What is known of one connection so far; read and changed by those who hear and those who speak. */
export interface Standing {
  /** Waiting for the first words: nothing is read out and nothing is written yet. */
  listening: boolean
  /** Null: still listening. */
  spec: DialectSpec | null
  by: RecognisedBy
  /** Not merely assumed: only this dialect's guards apply. */
  proven: boolean
  /** The server itself showed that it has the dialect's verbs: questions may be asked (dialects 6.2 a). */
  established: boolean
  marked: boolean
  separator: string
  relative: Relative | null
  /** Our address was told, not only likely. */
  selfSure: boolean
  welcomed: boolean
  /** `joined` with `own` was told on this connection. */
  joinedTold: boolean
  /** A copy written on Windows cuts two bytes of every read (dialects 5.2). */
  crlf: boolean
  inPlutovRoom: boolean
  /** Wishes for a name the server has not answered, oldest first. `told`: the announcement came before the answer. */
  renames: { name: string; ref: string | null; told: boolean }[]
  /** Private texts that may still be refused, oldest first. */
  whispers: { ref: string | null }[]
}

export const newStanding = (): Standing => ({
  listening: true,
  spec: null,
  by: 'assumed',
  proven: false,
  established: false,
  marked: false,
  separator: ':',
  relative: null,
  selfSure: false,
  welcomed: false,
  joinedTold: false,
  crlf: false,
  inPlutovRoom: false,
  renames: [],
  whispers: []
})

export const NO_CAPABILITIES: Capabilities = { who: false, rename: false, whisper: false, echo: false }

export const capabilitiesOf = (standing: Standing): Capabilities =>
  standing.spec?.capabilities(standing.marked) ?? NO_CAPABILITIES

/** Lines must be paced, short, and guarded against a server that reads chunks. Our own host reads lines. */
export const isPaced = (standing: Standing): boolean => (standing.spec?.chunks ?? false) && !standing.marked

export const knowledgeOf = (standing: Standing, roster: Roster, listing: Listing): Knowledge => ({
  self: roster.self()?.address ?? null,
  marked: standing.marked,
  separator: standing.separator,
  relative: standing.relative,
  welcomed: standing.welcomed,
  knows: (address) => roster.knows(address),
  settled: (address) => roster.settled(address),
  nameOf: (address) => roster.nameOf(address),
  named: (name) => roster.named(name),
  nameLengths: () => roster.nameLengths(),
  asked: { who: listing.open(), rename: standing.renames.length > 0, whisper: standing.whispers.length > 0 }
})
