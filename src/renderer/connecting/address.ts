import { readJoinLink } from '../../shared/join-link.ts'

/** What a person may paste into the address field, taken apart. */
export interface Address {
  host: string
  /** Null where none was in the text. */
  port: number | null
}

export const LAST_PORT = 65_535

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//iu
const PATH = /\/[^]*/u

/** A port as a number, or null for anything that is not one. */
export const readPort = (text: string): number | null => {
  const trimmed = text.trim()
  if (!/^\d{1,5}$/u.test(trimmed)) return null
  const port = Number(trimmed)
  return port >= 1 && port <= LAST_PORT ? port : null
}

/** One line of what was pasted; null for one that names no port. */
const readPlace = (line: string): Address | null => {
  const link = /teahouse:\/\/\S+/iu.exec(line)?.[0]
  if (link !== undefined) return readJoinLink(link)
  const spoken = /^(?:(?:nc|ncat|netcat|telnet|connect)\s+)?(?:-\S+\s+)*(\S+)\s+(\d{1,5})$/iu.exec(line)
  if (spoken?.[1] !== undefined && spoken[2] !== undefined) {
    return { host: spoken[1].replace(/^\[|\]$/gu, ''), port: readPort(spoken[2]) }
  }
  const bare = line.replace(SCHEME, '').replace(PATH, '')
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/u.exec(bare)
  if (bracketed?.[1] !== undefined) return { host: bracketed[1], port: readPort(bracketed[2] ?? '') }
  const split = /^([^:\s]+):(\d{1,5})$/u.exec(bare)
  return split?.[1] !== undefined && split[2] !== undefined ? { host: split[1], port: readPort(split[2]) } : null
}

/**
 * Understands `host`, `host:port`, `[v6]:port`, a bare IPv6 address, `nc host port`, `telnet host port`, `host port`,
 * `tcp://host:port` and our own invitation, both lines of it. Never fails: what it does not understand is the host.
 */
export const readAddress = (text: string): Address => {
  const trimmed = text.trim()
  for (const line of trimmed.split(/\r?\n/u)) {
    const place = readPlace(line.trim())
    if (place) return place
  }
  return { host: trimmed.replace(SCHEME, '').replace(PATH, ''), port: null }
}

/** Good enough to dial: no blanks or signs that no name and no address has. The resolver has the last word. */
export const isHost = (host: string): boolean => /^[\p{L}\p{N}._:%-]+$/u.test(host) && host.length <= 255
