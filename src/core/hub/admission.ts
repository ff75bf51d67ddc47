import type { Clock } from '../../shared/carriers.ts'

export interface AdmissionLimits {
  /** Connections of one address at once. */
  perAddress: number
  /** Connections of one address admitted within a minute. */
  newPerMinute: number
}
export type Admission = { ok: true; leave: () => void } | { ok: false; why: 'too-many-at-once' | 'too-many-a-minute' }

/** Counts connections by where they come from. */
export interface Gate {
  /** `address` is `ip:port`. Call `leave` when the connection is dead. */
  enter(address: string): Admission
}

const MINUTE_MS = 60_000
const GROUPS = 8
/** From 1 on. */
const PORTS = 65_535

/** `ip` of `ip:port`, without the brackets and with the zone. */
export const ipOf = (address: string): string => {
  const bracketed = /^\[([^\]]*)\]/u.exec(address)
  return bracketed?.[1] ?? address.replace(/:\d*$/u, '')
}

/**
 * What a newcomer is known by: `ip:port` as it is, or with the next port nobody has. A system may use one port toward
 * two doors at once, and members who are told apart by their addresses alone must not share one.
 */
export const freeAddress = (address: string, isTaken: (address: string) => boolean): string => {
  const at = address.lastIndexOf(':') + 1
  const first = Number(address.slice(at))
  let free = address
  for (let step = 1; isTaken(free) && step < PORTS; step += 1)
    free = `${address.slice(0, at)}${((first - 1 + step) % PORTS) + 1}`
  return free
}

/** The eight groups of an IPv6 address; null when it is none. */
const groupsOf = (ip: string): number[] | null => {
  const [head = '', tail, more] = ip.split('::')
  if (more !== undefined) return null
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = GROUPS - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 0) return null
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right].map((group) =>
    /^[0-9a-f]{1,4}$/iu.test(group) ? Number.parseInt(group, 16) : Number.NaN
  )
  return groups.some(Number.isNaN) ? null : groups
}

/**
 * Who counts as one: an IPv4 address; an IPv6 address where a neighbour is one machine (loopback, link-local,
 * unique-local, on-link); else its /64, which one household owns as a whole (decision 6).
 */
export const originOf = (address: string, onLink: (ip: string) => boolean): string => {
  const ip = ipOf(address)
  const groups = ip.includes(':') ? groupsOf(ip.split('%', 1)[0] ?? '') : null
  const first = groups?.[0]
  if (!groups || first === undefined) return ip
  const loopback = groups.slice(0, -1).every((group) => group === 0)
  const linkLocal = (first & 0xffc0) === 0xfe80
  const uniqueLocal = (first & 0xfe00) === 0xfc00
  if (loopback || linkLocal || uniqueLocal || onLink(ip)) return ip
  return `${groups
    .slice(0, GROUPS / 2)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

interface Origin {
  present: number
  /** When the last ones were admitted, oldest first; none older than a minute after `enter` looked. */
  admitted: number[]
}

export const makeGate = (limits: AdmissionLimits, clock: Clock, onLink: (ip: string) => boolean): Gate => {
  const origins = new Map<string, Origin>()
  let sweptAt = clock.now()

  const recent = (origin: Origin, now: number): number[] => origin.admitted.filter((at) => now - at < MINUTE_MS)
  const sweep = (now: number): void => {
    if (now - sweptAt < MINUTE_MS) return
    sweptAt = now
    for (const [key, origin] of origins) {
      origin.admitted = recent(origin, now)
      if (origin.present === 0 && origin.admitted.length === 0) origins.delete(key)
    }
  }

  return {
    enter: (address) => {
      if (limits.perAddress === Infinity && limits.newPerMinute === Infinity)
        return { ok: true, leave: () => undefined }
      const now = clock.now()
      sweep(now)
      const key = originOf(address, onLink)
      const origin = origins.get(key) ?? { present: 0, admitted: [] }
      origins.set(key, origin)
      origin.admitted = recent(origin, now)
      if (origin.present >= limits.perAddress) return { ok: false, why: 'too-many-at-once' }
      if (origin.admitted.length >= limits.newPerMinute) return { ok: false, why: 'too-many-a-minute' }
      origin.present += 1
      if (limits.newPerMinute !== Infinity) origin.admitted.push(now)
      let here = true
      return {
        ok: true,
        leave: () => {
          if (here) origin.present -= 1
          here = false
        }
      }
    }
  }
}
