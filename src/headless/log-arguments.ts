import { z } from 'zod'
import { EXPORT_FORMATS, type ExportFormat } from '../shared/export.ts'
import { asksNothing, parseSearch, SEARCH_CHARACTERS } from '../shared/search.ts'
import type { Language } from '../shared/settings.ts'
import { FILE, FOLDER, type Given, LANGUAGE, Mistake, oneOf, rule, shown } from './rules.ts'

/** `teahouse log`, checked. */
export interface LogArguments {
  verb: 'log'
  /** An id, a room's title or address, a person's name. Null: all of them. */
  conversation: string | null
  /** The newest so many; null: what is usual. */
  lines: number | null
  /** Moments, ms since 1970: at or after, before. */
  since: number | null
  until: number | null
  follow: boolean
  search: string | null
  /** Where it is written out to; `-`: standard output. Null: it is not. */
  export: string | null
  format: ExportFormat
  /** Null: the system's. */
  language: Language | null
  data: string | null
  json: boolean
}

/** More is an export. */
const MOST_LINES = 1_000_000
const UNITS_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const AGO = /^(\d{1,6})([mhd])$/
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/
/** ISO 8601 with a time; without a zone it is the time of this machine. */
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?$/

const LINES = rule(
  z
    .string()
    .regex(/^\d{1,7}$/)
    .transform(Number)
    .refine((lines) => lines <= MOST_LINES),
  `a number from 0 to ${MOST_LINES}`
)
const FORMAT = rule(z.string().pipe(z.enum(EXPORT_FORMATS)), oneOf(EXPORT_FORMATS))
const SEARCH = rule(
  z
    .string()
    .max(SEARCH_CHARACTERS)
    .refine((text) => !asksNothing(parseSearch(text))),
  `words, a phrase or a filter, of at most ${SEARCH_CHARACTERS} characters`
)

/** The beginning of a day of this machine, or of the day after. Null: there is no such day. */
const dayOf = (year: number, month: number, day: number, whole: boolean): number | null => {
  const began = new Date(year, month - 1, day)
  if (began.getMonth() !== month - 1 || began.getDate() !== day) return null
  return whole ? new Date(year, month - 1, day + 1).getTime() : began.getTime()
}
/** `whole`: a day counts to its end. */
const momentOf = (text: string, whole: boolean): number | null => {
  const ago = AGO.exec(text)
  if (ago !== null) return Date.now() - Number(ago[1]) * (UNITS_MS[ago[2] ?? ''] ?? 0)
  const day = DAY.exec(text)
  if (day !== null) return dayOf(Number(day[1]), Number(day[2]), Number(day[3]), whole)
  const moment = MOMENT.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN
  return Number.isNaN(moment) ? null : moment
}
const when = (whole: boolean) =>
  rule(
    z.string().transform((text, context) => {
      const moment = momentOf(text, whole)
      if (moment !== null) return moment
      context.addIssue('no moment')
      return z.NEVER
    }),
    'a day like 2026-11-21, a moment like 2026-11-21T12:30, or a time ago like 90m, 12h or 7d'
  )

/** Throws a `Mistake`. */
export const readLog = (given: Given): LogArguments => {
  const [conversation, extra] = given.positionals
  if (extra !== undefined) throw new Mistake(`log takes one conversation, and there is also ${shown(extra)}`)
  const follow = given.on('follow')
  const search = given.value('search', SEARCH)
  const place = given.value('export', FILE)
  const format = given.value('format', FORMAT)
  const wishes = [follow && '--follow', search !== null && '--search', place !== null && '--export'].filter(
    (wish) => wish !== false
  )
  const [first, second] = wishes
  if (first !== undefined && second !== undefined) throw new Mistake(`${first} and ${second} do not go together`)
  if (place === null && format !== null) throw new Mistake('--format is for --export')
  const lines = given.value('lines', LINES)
  if (place !== null && lines !== null) throw new Mistake('--export writes everything: --since and --until limit it')
  if (place !== null && given.on('json')) throw new Mistake('--export takes --format jsonl, not --json')
  const until = given.value('until', when(true))
  if (follow && until !== null) throw new Mistake('--follow has no end: --until does not go with it')
  return {
    verb: 'log',
    conversation: conversation ?? null,
    lines,
    since: given.value('since', when(false)),
    until,
    follow,
    search,
    export: place,
    format: format ?? 'text',
    language: given.value('language', LANGUAGE),
    data: given.value('data', FOLDER),
    json: given.on('json')
  }
}
