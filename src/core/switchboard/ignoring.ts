import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { Room } from '../../shared/state.ts'

/** What the settings can hold; a server may tell a name of a megabyte. */
export const MAX_KEPT_NAME = 200
const MAX_KEPT_IGNORED = 1000

/** A name to ignore for longer than one connection; only where names are unique it means somebody. */
const nameKey = (name: string): string => `name:${name}`

/** The names stay, which a person chose; of the addresses these came back with, the newest: there is no end of them. */
const newest = (keys: readonly string[]): string[] => {
  const names = keys.filter((key) => key.startsWith(nameKey('')))
  const addresses = keys.filter((key) => !key.startsWith(nameKey('')))
  return [...names, ...addresses.slice(-MAX_KEPT_IGNORED)]
}

/** Whose lines in one room are not shown. */
export interface Ignoring {
  has(member: Member): boolean
  /** Somebody is there: under another address, perhaps, but a name that means them. */
  meet(present: readonly Member[]): void
  /** False: it is nobody, or oneself. */
  set(key: string, on: boolean): boolean
}

export const makeIgnoring = (deps: {
  room: () => Room
  namesAreUnique: () => boolean
  /** Who has this key, as far as known. */
  member: (key: string) => Member | null
  show: (ignored: string[]) => void
  /** Keeps those that mean somebody for longer than this server runs. */
  remember: (ignored: string[]) => void
}): Ignoring => {
  /** The name by which an address came to be ignored. */
  let cameWith = new Map<string, string>()
  const show = (ignored: string[]): void => {
    const shown = new Set(ignored)
    cameWith = new Map([...cameWith].filter(([address]) => shown.has(address)))
    deps.show(ignored)
  }
  const has = (member: Member): boolean => deps.room().ignored.includes(memberKey(member))
  return {
    has,
    meet: (present) => {
      if (!deps.namesAreUnique()) return
      const { ignored } = deps.room()
      const back: string[] = []
      for (const member of present) {
        if (has(member) || member.name === null || !ignored.includes(nameKey(member.name))) continue
        cameWith.set(memberKey(member), nameKey(member.name))
        back.push(memberKey(member))
      }
      if (back.length > 0) show(newest([...ignored, ...back]))
    },
    set: (key, on) => {
      const { self, ignored: before } = deps.room()
      const member = deps.member(key)
      if (on && (member === null || (self !== null && memberKey(self) === key))) return false
      const name = member?.name ?? null
      const lasting = name !== null && name !== '' && deps.namesAreUnique() ? nameKey(name) : null
      // Who is heard again is so under every address they came back with, and under the name they had then.
      const names = new Set([lasting, cameWith.get(key)].filter((one) => typeof one === 'string'))
      const keys = on
        ? new Set([key, ...(lasting === null ? [] : [lasting])])
        : new Set([key, ...names, ...before.filter((other) => names.has(cameWith.get(other) ?? ''))])
      const others = before.filter((other) => !keys.has(other))
      const ignored = on ? [...others, ...keys] : others
      if (on && lasting !== null) cameWith.set(key, lasting)
      show(ignored)
      // An address with a port means somebody only as long as this server runs; a unique name means them for longer.
      const kept = ignored.filter((other) => other.startsWith(nameKey('')) && other.length <= MAX_KEPT_NAME)
      deps.remember(kept.slice(-MAX_KEPT_IGNORED))
      return true
    }
  }
}
