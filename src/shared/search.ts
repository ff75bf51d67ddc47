import { classOf, fold, SEPARATOR, WORD } from './folding.ts'
import type { Member } from './events.ts'
import type { ConversationId, Line, LineId, RoomId } from './state.ts'

/**
 * The language of a search, and what it finds in a text. Words and phrases stand for sequences of *tokens*: a run of
 * letters and digits is one, and so is every character of a script that puts no blanks between words, and every symbol.
 * What a text is cut into is the same for what is looked for and for what is looked through, so that an index of tokens
 * and a look at the text itself find the same.
 */

/** Longer than any question; the field takes no more. */
export const SEARCH_CHARACTERS = 500
/** Conditions of one search: each costs a walk through the index. */
const MAX_CONDITIONS = 20
/** What is looked through of one text: twice the longest line of our own rooms. A hostile one may be a megabyte. */
export const SEARCHED_CHARACTERS = 16 * 1024
/** A longer run is several tokens that follow each other: an index keeps no token of a megabyte. */
const TOKEN_CHARACTERS = 64
/** Marks of one line: more help nobody to see anything. */
const MAX_MARKS = 200

/** A word or a phrase: its tokens must follow each other. */
export interface Term {
  tokens: string[]
  /** The last token may go on: `tea` finds `teahouse`. */
  open: boolean
}

/** A day, a month or a year: `month` and `day` are null where they were not given. Months count from 1. */
export interface Day {
  year: number
  month: number | null
  day: number | null
}

export const FILTERS = ['from', 'in', 'before', 'after'] as const
export type Filter = (typeof FILTERS)[number]

export interface Search {
  /** All of them must occur. */
  terms: Term[]
  /** Said by somebody whose name, or address where there is no name, has one of these. Empty: by anybody. */
  from: Term[]
  /** In a conversation whose title has one of these: the room's, or the person's of a private thread. */
  in: Term[]
  /** Before the beginning of that day, month or year, as the one who asks counts days. */
  before: Day | null
  /** Since its beginning: `after:2026-03 before:2026-04` is March. */
  after: Day | null
  /** Filters that are not applied because what follows them is missing or is no date; perhaps not yet. */
  unfinished: Filter[]
}

/** A stretch of a text, in UTF-16 code units; the end is exclusive. */
export type Mark = [start: number, end: number]

export interface Hit {
  conversation: ConversationId
  room: RoomId
  /** The room's title: also when the room is not known any more. */
  title: string
  /** The other side of a private thread; null: the room itself. */
  with: Member | null
  line: Line
  /** What was found in the line's text, in order, without overlaps. Empty where only filters were asked. */
  marks: Mark[]
}

export type SearchAnswer =
  /**
   * Newest first. `next`: what is older is asked for with `before: next`; null: that was all. There may be a `next`
   * without hits: where no index helps, one answer looks through a stretch of the history and no more.
   */
  | { state: 'found'; hits: Hit[]; next: LineId | null }
  /** No word, phrase or finished filter was given. */
  | { state: 'nothing-asked' }
  /** The same asker asked something newer meanwhile. */
  | { state: 'superseded' }
  /** The history cannot be read; `reason`: the system's own word, or empty where no history is kept. */
  | { state: 'unavailable'; reason: string }

/** A token, and where it stands in the text it was cut from. */
export interface Token {
  text: string
  start: number
  end: number
  /** Where the text's character ends that gave each character of the token; null: one for one. */
  ends: number[] | null
}

/** The tokens of a text, in order. Total: any string has some or none. */
export const tokensOf = (text: string): Token[] => {
  const looked = text.length > SEARCHED_CHARACTERS ? text.slice(0, SEARCHED_CHARACTERS) : text
  const { folded, starts, ends } = fold(looked)
  const tokens: Token[] = []
  let from = -1
  const cut = (at: number): void => {
    const start = starts === null ? from : (starts[from] ?? 0)
    const end = ends === null ? at : (ends[at - 1] ?? 0)
    tokens.push({ text: folded.slice(from, at), start, end, ends: ends === null ? null : ends.slice(from, at) })
    from = -1
  }
  for (let at = 0; at < folded.length;) {
    const point = folded.codePointAt(at) ?? 0
    const width = point > 0xffff ? 2 : 1
    const kind = classOf(point)
    if (from >= 0 && (kind !== WORD || at + width - from > TOKEN_CHARACTERS)) cut(at)
    if (kind === WORD) {
      if (from < 0) from = at
    } else if (kind !== SEPARATOR) {
      from = at
      cut(at + width)
    }
    at += width
  }
  if (from >= 0) cut(folded.length)
  return tokens
}

const endsInWord = (token: string): boolean => classOf(token.codePointAt(0) ?? 0) === WORD

/** `whole`: its last word does not go on. Null: nothing in it can be looked for. */
const termOf = (text: string, whole: boolean): Term | null => {
  const tokens = tokensOf(text).map((token) => token.text)
  const last = tokens.at(-1)
  return last === undefined ? null : { tokens, open: !whole && endsInWord(last) }
}

// What Chinese input methods and word processors type for a quotation mark counts as one.
const QUOTES = '"“”„‟＂'
const BLANKS = /\s*/uy
const FILTER = /(from|in|before|after)\s*[:：]\s*/iuy
const QUOTED = new RegExp(`[${QUOTES}]([^${QUOTES}]*)([${QUOTES}]?)`, 'uy')
const BARE = new RegExp(`[^\\s${QUOTES}]+`, 'uy')
const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/u

const dayOf = (text: string): Day | null => {
  const [, year, month, day] = DATE.exec(text.normalize('NFKC')) ?? []
  if (year === undefined) return null
  const found: Day = {
    year: Number(year),
    month: month === undefined ? null : Number(month),
    day: day === undefined ? null : Number(day)
  }
  if (found.month !== null && (found.month < 1 || found.month > 12)) return null
  const inMonth = new Date(Date.UTC(2000 + (found.year % 400), found.month ?? 12, 0)).getUTCDate()
  return found.day !== null && (found.day < 1 || found.day > inMonth) ? null : found
}

const compareDays = (a: Day, b: Day): number =>
  a.year - b.year || (a.month ?? 1) - (b.month ?? 1) || (a.day ?? 1) - (b.day ?? 1)
const isFilter = (text: string): text is Filter => FILTERS.some((filter) => filter === text)

/**
 * Reads what was typed: words, `"phrases"`, `from:NAME`, `in:TITLE`, `before:DATE`, `after:DATE` with dates such as
 * 2026, 2026-03 and 2026-03-01, in any order; names and titles may be quoted. Total: what cannot be understood is
 * looked for or left out, never refused.
 */
export const parseSearch = (text: string): Search => {
  const typed = text.slice(0, SEARCH_CHARACTERS)
  const search: Search = { terms: [], from: [], in: [], before: null, after: null, unfinished: [] }
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(typed)
    if (found !== null) at += found[0].length
    return found
  }
  /** A quoted or a bare value; `whole`: it was quoted to its end. */
  const value = (): { text: string; whole: boolean } | null => {
    const quoted = take(QUOTED)
    if (quoted !== null) return { text: quoted[1] ?? '', whole: quoted[2] !== '' }
    const bare = take(BARE)
    return bare === null ? null : { text: bare[0], whole: false }
  }
  const apply = (filter: Filter): void => {
    FILTER.lastIndex = at
    // `from: in:tea` is a `from:` that nothing follows.
    const given = FILTER.test(typed) ? null : value()
    if (filter === 'from' || filter === 'in') {
      const term = given === null ? null : termOf(given.text, given.whole)
      if (term === null) search.unfinished.push(filter)
      else search[filter].push(term)
      return
    }
    const day = given === null ? null : dayOf(given.text)
    const known = search[filter]
    if (day === null) search.unfinished.push(filter)
    else if (known === null || compareDays(day, known) < 0 === (filter === 'before')) search[filter] = day
  }
  for (let conditions = 0; conditions < MAX_CONDITIONS; conditions += 1) {
    take(BLANKS)
    const filter = take(FILTER)?.[1]?.toLowerCase() ?? ''
    if (isFilter(filter)) {
      apply(filter)
      continue
    }
    const given = value()
    if (given === null) break
    const term = termOf(given.text, given.whole)
    if (term !== null) search.terms.push(term)
  }
  return search
}

/** Nothing that could be looked for was given. */
export const asksNothing = (search: Search): boolean =>
  search.terms.length === 0 &&
  search.from.length === 0 &&
  search.in.length === 0 &&
  search.before === null &&
  search.after === null

const standsAt = (tokens: readonly Token[], at: number, { tokens: wanted, open }: Term): boolean => {
  const last = wanted.length - 1
  for (let n = 0; n <= last; n += 1) {
    const here = tokens[at + n]?.text
    const want = wanted[n] ?? ''
    if (here === undefined || (n === last && open ? !here.startsWith(want) : here !== want)) return false
  }
  return true
}

const markAt = (tokens: readonly Token[], at: number, { tokens: wanted }: Term): Mark => {
  const last = tokens[at + wanted.length - 1]
  const length = wanted.at(-1)?.length ?? 0
  const end = last === undefined ? 0 : last.ends === null ? last.start + length : (last.ends[length - 1] ?? last.end)
  return [tokens[at]?.start ?? 0, end]
}

/** Where the terms stand in a text, in order and without overlaps; null: one of them does not occur. */
export const marksIn = (text: string, terms: readonly Term[]): Mark[] | null => {
  if (terms.length === 0) return []
  const tokens = tokensOf(text)
  const found: Mark[] = []
  for (const term of terms) {
    let there = false
    for (let at = 0; at + term.tokens.length <= tokens.length; at += 1) {
      if (!standsAt(tokens, at, term)) continue
      there = true
      if (found.length < MAX_MARKS * terms.length) found.push(markAt(tokens, at, term))
    }
    if (!there) return null
  }
  const marks: Mark[] = []
  for (const [start, end] of found.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = marks.at(-1)
    if (last === undefined || start >= last[1]) marks.push([start, end])
    else last[1] = Math.max(last[1], end)
  }
  return marks.slice(0, MAX_MARKS)
}

/** One of the terms stands in one of the texts, or nothing was asked of them. */
export const hasOne = (texts: readonly string[], terms: readonly Term[]): boolean =>
  terms.length === 0 || terms.some((term) => texts.some((text) => marksIn(text, [term]) !== null))

const MINUTE_MS = 60_000

/** How far a zone's clocks are ahead of UTC at a moment, in ms. A zone nobody knows is UTC. */
const offsetOf = (timeZone: string): ((moment: number) => number) => {
  try {
    const shown = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric'
    })
    return (moment) => {
      const parts = new Map(shown.formatToParts(moment).map(({ type, value }) => [type, value]))
      const number = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name))
      const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year')
      const local = new Date(0)
      local.setUTCFullYear(year, number('month') - 1, number('day'))
      local.setUTCHours(number('hour'), number('minute'), number('second'))
      return local.getTime() - Math.floor(moment / 1000) * 1000
    }
  } catch {
    // What is no name of a zone.
    return () => 0
  }
}

/** When a day, month or year begins in a time zone (an IANA name such as `Asia/Shanghai`), in ms since 1970. */
export const beginningOf = ({ year, month, day }: Day, timeZone: string): number => {
  const date = new Date(0)
  date.setUTCFullYear(year, (month ?? 1) - 1, day ?? 1)
  const local = date.getTime()
  const offset = offsetOf(timeZone)
  // Clocks may change in that night: the moment whose own offset leads to it, or the first one after a gap.
  const guesses = [local - offset(local - 1440 * MINUTE_MS), local - offset(local + 1440 * MINUTE_MS)]
  const right = guesses.filter((moment) => moment + offset(moment) === local)
  return right.length > 0 ? Math.min(...right) : Math.max(...guesses)
}
