import type { Language } from '../../../shared/settings.ts'

const MINUTE_MS = 60_000
/** What a `Date` can hold (ECMA-262, 21.4.1.1). */
const LAST_DATE = 8.64e15

/** Days and times of one place. */
export interface Times {
  /** `2026-11-21`: the same for all of one day there. */
  day(at: number): string
  /** `12:34:56`. */
  clock(at: number): string
  /** `Saturday, 21 November 2026`, in the language. */
  longDay(at: number): string
  /** ISO 8601 with milliseconds, UTC. */
  iso(at: number): string
}

/** A moment that was never one (a broken row) is shown as the nearest that is. */
const valid = (at: number): number => Math.min(Math.max(Math.trunc(at) || 0, 0), LAST_DATE)

export const makeTimes = (language: Language, timeZone: string | undefined): Times => {
  const zone = timeZone === undefined ? {} : { timeZone }
  const numbers = new Intl.DateTimeFormat('en-GB', {
    ...zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23'
  })
  const long = new Intl.DateTimeFormat(language, { ...zone, dateStyle: 'full' })
  // Formatting costs microseconds, and a million lines come in far fewer minutes.
  let minute = -1
  let day = ''
  let clock = ''
  const look = (at: number): void => {
    const wanted = Math.floor(at / MINUTE_MS)
    if (wanted === minute) return
    minute = wanted
    const parts = new Map(numbers.formatToParts(wanted * MINUTE_MS).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
    day = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
    clock = `${part('hour')}:${part('minute')}`
  }
  return {
    day: (at) => {
      look(valid(at))
      return day
    },
    clock: (at) => {
      const moment = valid(at)
      look(moment)
      return `${clock}:${String(Math.floor((moment % MINUTE_MS) / 1000)).padStart(2, '0')}`
    },
    longDay: (at) => long.format(valid(at)),
    iso: (at) => new Date(valid(at)).toISOString()
  }
}
