import type { Language } from '../../shared/settings.ts'

interface Formats {
  clock: Intl.DateTimeFormat
  day: Intl.DateTimeFormat
  dayOfYear: Intl.DateTimeFormat
  full: Intl.DateTimeFormat
}

// Making a format costs more than using it a thousand times.
const made = new Map<Language, Formats>()
const formats = (language: Language): Formats => {
  const known = made.get(language)
  if (known) return known
  const fresh: Formats = {
    clock: new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    day: new Intl.DateTimeFormat(language, { weekday: 'long', month: 'long', day: 'numeric' }),
    dayOfYear: new Intl.DateTimeFormat(language, { year: 'numeric', month: 'long', day: 'numeric' }),
    full: new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' })
  }
  made.set(language, fresh)
  return fresh
}

/** The time of day, such as 09:41. */
export const clockTime = (at: number, language: Language): string => formats(language).clock.format(at)
/** The moment to the second, for whoever asks. */
export const fullTime = (at: number, language: Language): string => formats(language).full.format(at)

/** Days of the calendar from one moment to another. */
export const daysBetween = (at: number, now: number): number => {
  const from = new Date(at)
  const to = new Date(now)
  // By the calendar, in UTC: a day with 23 or 25 hours is one day too.
  const day = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000
  return day(to) - day(from)
}

/** What to call a day, seen from `now`. */
export const dayName = (
  at: number,
  now: number,
  language: Language,
  words: { today: string; yesterday: string }
): string => {
  const days = daysBetween(at, now)
  if (days === 0) return words.today
  if (days === 1) return words.yesterday
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (sameYear ? formats(language).day : formats(language).dayOfYear).format(at)
}

/** A moment within a sentence: the time alone while it is of the day of `now`, else with its day. */
export const momentInSentence = (
  at: number,
  now: number,
  language: Language,
  words: { today: string; yesterday: string }
): string =>
  daysBetween(at, now) === 0
    ? clockTime(at, language)
    : `${dayName(at, now, language, words)} ${clockTime(at, language)}`
