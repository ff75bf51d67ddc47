import type { Dialect } from '../../shared/dialect.ts'
import type { RecognisedBy } from '../../shared/events.ts'
import type { DialectSpec, Sign } from './dialect.ts'
import { gopl } from './gopl.ts'
import { goplZh } from './gopl-zh.ts'
import { readMark } from './house.ts'
import { iamhere } from './iamhere.ts'
import { im } from './im.ts'
import { plain } from './plain.ts'
import { relay } from './relay.ts'

/** Recognition is passive: a server is known by what it says, nothing is ever sent to find out (dialects 6). */

const SPECS: Record<Dialect, DialectSpec> = { gopl, 'gopl-zh': goplZh, iamhere, im, relay, plain }

export const specOf = (dialect: Dialect): DialectSpec => SPECS[dialect]

export interface Verdict {
  dialect: Dialect
  by: RecognisedBy
  /** A notice only this dialect has; false: a guess that a later notice may correct. */
  proven: boolean
  /** Our own address, if the line that decided told it. */
  self: string | null
}

/** The order of dialects 6.1: the particular before the general. */
const PROVING: readonly DialectSpec[] = [gopl, goplZh, iamhere, im, plain]

/** What one line proves, whoever sent it before. Null: nothing for sure. */
export const proof = (line: string, local: string): (Sign & { dialect: Dialect }) | null => {
  for (const spec of PROVING) {
    const sign = spec.recognise(line, local)
    if (sign && sign.by !== 'message') return { ...sign, dialect: spec.name }
  }
  return null
}

export interface Detector {
  /** One more line; not null: decided, nothing more to wait for. */
  hear(line: string): Verdict | null
  /** The server has been heard long enough: what it most probably is. */
  conclude(): Verdict
}

/** Ports break a tie between the dialects with names, nothing more (dialects 6.2 c). */
const IAMHERE_PORT = 8000

export const makeDetector = (about: { port: number; local: string; remembered: Dialect | null }): Detector => {
  const { local, port, remembered } = about
  let proven: (Sign & { dialect: Dialect }) | null = null
  let marked = false
  let bracketed = false
  let addressed = false
  let relayed = false
  let other = false

  const guess = (dialect: Dialect, by: RecognisedBy): Verdict => ({ dialect, by, proven: false, self: null })
  return {
    hear: (line) => {
      const sign = proof(line, local)
      if (sign && (!proven || sign.self !== null)) {
        proven = sign
        // Somebody else's notice proves the dialect, but our own welcome may come right after it.
        if (sign.self !== null || sign.dialect === 'plain') {
          return { dialect: sign.dialect, by: sign.by, proven: true, self: sign.self }
        }
      }
      if (sign) return null
      if (readMark(line) !== null) marked = true
      else if (im.recognise(line, local)) bracketed = true
      else if (relay.recognise(line, local)) relayed = true
      else if (gopl.recognise(line, local)) addressed = true
      else if (line !== '') other = true
      return null
    },
    conclude: () => {
      // Behind a NAT the first who comes is most probably ourselves: others came before us.
      if (proven) return { dialect: proven.dialect, by: proven.by, proven: true, self: proven.came }
      if (bracketed) {
        if (remembered === 'iamhere' || remembered === 'im') return guess(remembered, 'message')
        return guess(port === IAMHERE_PORT ? 'iamhere' : 'im', 'message')
      }
      if (relayed) return guess('relay', 'message')
      if (addressed) {
        const before = remembered === 'gopl' || remembered === 'gopl-zh' || remembered === 'relay' ? remembered : null
        return guess(before ?? 'gopl', 'message')
      }
      // Our host marks a relay room too: nothing else stands before the mark there.
      if (marked) return { dialect: 'relay', by: 'welcome', proven: true, self: null }
      if (other) return guess('plain', 'assumed')
      return guess(remembered === 'plain' ? 'plain' : 'relay', 'assumed')
    }
  }
}

const asciiOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 200))

/** What a service that is no chat says first (dialects 6.1). `whole`: nothing more of this line will come. */
export const looksLikeNoChat = (first: Uint8Array, whole: boolean): boolean => {
  if (first[0] === 0xff && first[1] !== undefined && first[1] >= 0xfb && first[1] <= 0xfe) return true
  if (first[0] === 0x16 && first[1] === 0x03) return true
  const text = asciiOf(first)
  if (/^(?:SSH-|220[ -]|HTTP\/\d|:\S{1,100} NOTICE )/.test(text)) return true
  // Binary protocols greet with zero bytes; a chat line that holds one begins with its sender.
  return whole && first.includes(0) && !/^[[\d<>]/.test(text)
}

/**
 * A web server says nothing until it is spoken to, or until it has waited long enough: its first words come after we
 * stopped listening. Only its status line counts then, which no person says by chance (RFC 9112, 4).
 */
export const looksLikeWeb = (first: Uint8Array): boolean => /^HTTP\/1\.[01] [1-5]\d\d(?: |$)/.test(asciiOf(first))
