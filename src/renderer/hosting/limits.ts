import { CONNECTIONS_PER_ADDRESS, HOST_LIMITS, MEMBERS, RATE_LINES_PER_SECOND } from '../../shared/limits.ts'
import type { HostLimits } from '../../shared/settings.ts'

/** The limits of a room as they are typed; empty: as for everybody, or never. */
export type LimitName = keyof typeof HOST_LIMITS
export type LimitDraft = Record<LimitName, string>

/** What holds where nothing is set; null: no limit. */
const USUAL: Record<LimitName, number | null> = {
  members: MEMBERS,
  perAddress: CONNECTIONS_PER_ADDRESS,
  linesPerSecond: RATE_LINES_PER_SECOND,
  idleMinutes: null
}
export const LIMIT_NAMES = ['members', 'perAddress', 'linesPerSecond', 'idleMinutes'] as const satisfies LimitName[]

const drafted = (make: (name: LimitName) => string): LimitDraft => ({
  members: make('members'),
  perAddress: make('perAddress'),
  linesPerSecond: make('linesPerSecond'),
  idleMinutes: make('idleMinutes')
})
export const limitDraft = (set: HostLimits | undefined): LimitDraft =>
  drafted((name) => String(set?.[name] ?? USUAL[name] ?? ''))

/** Digits only: what a person typed must mean what it looks like. */
const numberOf = (text: string): number => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN)

/** What cannot be so. */
export const wrongLimits = (draft: LimitDraft): LimitName[] =>
  LIMIT_NAMES.filter((name) => {
    if (draft[name].trim() === '') return false
    const number = numberOf(draft[name])
    return !(number >= HOST_LIMITS[name].least && number <= HOST_LIMITS[name].most)
  })

/** What differs from what holds anyway; null: nothing. The draft must have no wrong one. */
export const limitsOf = (draft: LimitDraft): HostLimits | null => {
  const set = LIMIT_NAMES.flatMap((name): [LimitName, number][] => {
    const number = numberOf(draft[name])
    return Number.isNaN(number) || number === USUAL[name] ? [] : [[name, number]]
  })
  return set.length === 0 ? null : Object.fromEntries(set)
}
