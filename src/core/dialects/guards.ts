import type { Dialect } from '../../shared/dialect.ts'

/**
 * What keeps a text from acting as a command or killing a server (dialects 8.16, 8.17; decision 11). Looks at the
 * encoded bytes, because that is what a server compares.
 */
export interface GuardSituation {
  dialect: Dialect
  /** False: assumed, not proven. Then the guards of all dialects apply. */
  certain: boolean
  marked: boolean
  /** Nothing of ours was written on this connection yet. */
  first: boolean
  /** A plutov server told that we are in one of its rooms (dialects 5.3). */
  inPlutovRoom: boolean
}

const BLANK = 0x20
const bytesOf = (ascii: string): readonly number[] => Array.from(ascii, (char) => char.charCodeAt(0))
const WHO = bytesOf('who')
const RENAME = bytesOf('rename')
const TO = bytesOf('to|')
const MESSAGE = bytesOf('/msg')
const SSH = bytesOf('SSH-')
/** 0x7C also stands inside characters of GBK, Big5 and Shift_JIS: a server cuts there all the same. */
const BAR = 0x7c

const begins = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, at) => bytes[at] === byte)

const spaced = (bytes: Uint8Array): Uint8Array => {
  const longer = new Uint8Array(bytes.length + 1)
  longer[0] = BLANK
  longer.set(bytes, 1)
  return longer
}

/** `VERB target HTTP/…`, TLS, SSH: what a host of ours takes for a stranger's program (decision 7). */
const looksForeign = (bytes: Uint8Array): boolean => {
  if (begins(bytes, SSH) || (bytes[0] === 0x16 && bytes[1] === 0x03)) return true
  // Only the first blank-free word and the last words matter; the rest of a long text does not.
  const head = String.fromCharCode(...bytes.subarray(0, 20))
  if (!/^[A-Z]{3,16} /.test(head)) return false
  return begins(bytes.subarray(Math.max(0, bytes.length - 8)), bytesOf('HTTP/'))
}

/** The text as it may go out: with one blank in front where it would do more than be read. */
export const guarded = (bytes: Uint8Array, situation: GuardSituation): Uint8Array => {
  const { dialect, certain, marked, first, inPlutovRoom } = situation
  const all = !marked && (dialect === 'plain' || !certain)
  const verbs = all || dialect === 'iamhere' || dialect === 'im'
  if (verbs && (begins(bytes, RENAME) || begins(bytes, TO) || (bytes.length === WHO.length && begins(bytes, WHO)))) {
    return spaced(bytes)
  }
  // `who` with blanks or a CR after it is compared differently by forks: none of them may take it for the verb.
  if (verbs && begins(bytes, WHO) && bytes.subarray(WHO.length).every((byte) => byte === BLANK || byte === 9)) {
    return spaced(bytes)
  }
  if (all && !inPlutovRoom && begins(bytes, MESSAGE)) return spaced(bytes)
  if (first && looksForeign(bytes)) return spaced(bytes)
  return bytes
}

/** A private text or a name an unmarked server would cut in two. */
export const hasBar = (bytes: Uint8Array): boolean => bytes.includes(BAR)
