import type { Member, PeopleChanged } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import { isAddress, sameAddress } from '../dialects/address.ts'

/** More people than any room holds: a server that invents them costs no more memory than this. */
const MOST_PEOPLE = 20_000

interface Entry {
  address: string | null
  /** As the server has it, to the byte: private texts must name it so. */
  name: string | null
  /** Told to have come, or has spoken. */
  settled: boolean
}

/**
 * Who is there, as far as told. People are known by address; equal, empty and lying names change nothing
 * (dialects 3.6, hazard 7).
 */
export interface Roster {
  /** Somebody is there. `name` undefined: this line does not tell it. */
  seen(address: string | null, name: string | null | undefined, settled: boolean): Member
  gone(address: string | null, name: string | null): Member
  /** A list was asked for: from now on its rows and what is told between them count, in the order they come. */
  beginList(): void
  /** The list was whole: who was neither in it nor told of since it was asked for is not there. */
  completeList(): void
  members(): Member[]
  complete(): boolean
  /** By exact name or by address. Null where several have that name or nobody. */
  find(who: string): { address: string | null; name: string | null; shown: Member } | null
  setSelf(address: string): void
  self(): Member | null
  knows(address: string): boolean
  settled(address: string): boolean
  nameOf(address: string): string | null
  named(name: string): boolean
  nameLengths(): readonly number[]
  /** What changed since the last time, as one event; null: nothing. */
  takeChange(): PeopleChanged | null
}

/** A CR inside a name is what a client with CRLF left there (dialects 8.6): no part of the name. */
const shownName = (name: string | null): string | null => name?.replaceAll('\r', '') ?? null

export const makeRoster = (): Roster => {
  const entries = new Map<string, Entry>()
  /** Goes on where it was, past those it gave for removal: to begin anew each time would walk over all of these. */
  const oldestFirst = entries.keys()
  /** How many have a name. */
  const names = new Map<string, number>()
  let lengths: number[] | null = null
  let self: string | null = null
  let complete = false
  // Each connection starts from nothing, and says so.
  let reset = true
  let selfChanged = false
  const changed = new Set<string>()
  const left = new Set<string>()
  /** Told of since the last list was asked for. */
  const touched = new Set<string>()

  const keyOf = (address: string | null, name: string | null): string => memberKey({ address, name: shownName(name) })
  const shown = (entry: Entry): Member => ({ address: entry.address, name: shownName(entry.name) })
  const count = (name: string | null, by: 1 | -1): void => {
    if (name === null || name === '') return
    const now = (names.get(name) ?? 0) + by
    if (now > 0) names.set(name, now)
    else names.delete(name)
    lengths = null
  }
  const remove = (key: string): void => {
    const entry = entries.get(key)
    if (!entry) return
    entries.delete(key)
    count(entry.name, -1)
    changed.delete(key)
    touched.delete(key)
    left.add(key)
  }
  const selfKey = (): string | null => (self === null ? null : self)
  const put = (address: string | null, name: string | null | undefined, settled: boolean): Entry => {
    const key = keyOf(address, name ?? null)
    touched.add(key)
    const before = entries.get(key)
    if (before) {
      before.settled ||= settled
      if (name !== undefined && name !== before.name) {
        count(before.name, -1)
        before.name = name
        count(name, 1)
        changed.add(key)
        if (key === selfKey()) selfChanged = true
      }
      return before
    }
    if (entries.size >= MOST_PEOPLE) {
      const oldest = oldestFirst.next()
      if (oldest.done !== true) remove(oldest.value)
    }
    const entry = { address, name: name ?? null, settled }
    entries.set(key, entry)
    count(entry.name, 1)
    left.delete(key)
    changed.add(key)
    return entry
  }
  const roster: Roster = {
    seen: (address, name, settled) => shown(put(address, name, settled)),
    gone: (address, name) => {
      const key = keyOf(address, name)
      const entry = entries.get(key)
      remove(key)
      return entry && (name === null || entry.name === name) ? shown(entry) : { address, name: shownName(name) }
    },
    beginList: () => touched.clear(),
    completeList: () => {
      for (const key of entries.keys()) if (!touched.has(key)) remove(key)
      if (!complete) changed.add('')
      complete = true
    },
    members: () => Array.from(entries.values(), shown),
    complete: () => complete,
    find: (who) => {
      const byAddress = entries.get(who)
      if (byAddress) return { address: byAddress.address, name: byAddress.name, shown: shown(byAddress) }
      let found: Entry | null = null
      for (const entry of entries.values()) {
        if (entry.name !== who && shownName(entry.name) !== who) continue
        if (found) return null
        found = entry
      }
      return found ? { address: found.address, name: found.name, shown: shown(found) } : null
    },
    setSelf: (address) => {
      if (self === address) return
      self = address
      selfChanged = true
    },
    self: () => {
      if (self === null) return null
      const entry = entries.get(self)
      return entry ? shown(entry) : { address: self, name: null }
    },
    knows: (address) => entries.has(address),
    settled: (address) => entries.get(address)?.settled ?? false,
    nameOf: (address) => entries.get(address)?.name ?? null,
    named: (name) => names.has(name),
    nameLengths: () =>
      (lengths ??= Array.from(new Set(Array.from(names.keys(), (name) => name.length))).toSorted((a, b) => b - a)),
    takeChange: () => {
      if (!reset && !selfChanged && changed.size === 0 && left.size === 0) return null
      const present = [...changed].flatMap((key) => {
        const entry = entries.get(key)
        return entry ? [shown(entry)] : []
      })
      const event: PeopleChanged = {
        type: 'people',
        reset,
        present,
        gone: reset ? [] : [...left],
        self: roster.self(),
        complete
      }
      reset = false
      selfChanged = false
      changed.clear()
      left.clear()
      return event
    }
  }
  return roster
}

/** The member a private line's name means: an address where it is one or where only one person has that name. */
export const memberNamed = (roster: Roster, name: string): Member => {
  const found = roster.find(name)
  if (found) return found.shown
  return isAddress(name) ? { address: name, name: null } : { address: null, name: shownName(name) }
}

/** The row of ourselves is in a list. */
export const listsSelf = (rows: readonly { address: string | null }[], self: string | null): boolean =>
  self === null || rows.some((row) => row.address !== null && sameAddress(row.address, self))
