import iconv from 'iconv-lite'
import type { Codec } from '../shared/carriers.ts'
import type { Charset } from '../shared/dialect.ts'

const encoder = new TextEncoder()
// A byte order mark in the middle of a chat is a character like any other: nothing is dropped silently.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 writes every character, except half of a surrogate pair, which is none. */
const encodeUtf8 = (text: string): Uint8Array | null => (text.isWellFormed() ? encoder.encode(text) : null)

const decodeOther = (bytes: Uint8Array, encoding: string): string => iconv.decode(bytes, encoding, { stripBOM: false })

/** The library writes `?` for what it cannot: only what reads back the same was really written. */
const encodeOther = (text: string, encoding: string): Uint8Array | null => {
  const bytes = iconv.encode(text, encoding, { addBOM: false })
  return decodeOther(bytes, encoding) === text ? new Uint8Array(bytes) : null
}

/** A server that tears a character leaves one broken sequence at an end, or the three last bytes of one in front. */
const MOST_TORN = 4
/** Readable characters beyond ASCII for each broken sequence: a text in another encoding never comes near. */
const READABLE_PER_TORN = 8

/** UTF-8 with a character torn at an end, as 001 and 002 cut long lines (dialects 3.8, 8.8). */
const isTornUtf8 = (text: string): boolean => {
  const torn = text.split('\ufffd').length - 1
  if (torn > MOST_TORN) return false
  let readable = 0
  for (const character of text) if (character > '\u007f' && character !== '\ufffd') readable++
  return readable >= torn * READABLE_PER_TORN
}

const decodeAuto = (bytes: Uint8Array): string => {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    const torn = lenientUtf8.decode(bytes)
    // A line is in one encoding or the other, never in both (dialects 7.1.9).
    return isTornUtf8(torn) ? torn : decodeOther(bytes, 'gb18030')
  }
}

/**
 * One character encoding, both ways. `auto` writes UTF-8 and reads a line that is not UTF-8 as GB18030, the line as
 * a whole.
 */
export const makeCodec = (charset: Charset): Codec => {
  switch (charset) {
    case 'auto':
      return { decode: decodeAuto, encode: encodeUtf8 }
    case 'utf-8':
      return { decode: (bytes) => lenientUtf8.decode(bytes), encode: encodeUtf8 }
    case 'gb18030':
    case 'big5':
    case 'shift_jis':
    case 'latin1':
      return { decode: (bytes) => decodeOther(bytes, charset), encode: (text) => encodeOther(text, charset) }
  }
}
