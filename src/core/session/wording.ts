import type { Codec } from '../../shared/carriers.ts'
import { NAME_BYTES } from '../../shared/limits.ts'
import { isAddress } from '../dialects/address.ts'
import { hasBar } from '../dialects/guards.ts'

/** What a person typed, made fit for one line on the wire. */

/** The messages in a text, by what ends a line on the wire; NUL and CR can be in none. Other breaks are characters. */
export const messagesIn = (text: string): string[] =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replaceAll('\0', ''))
    .filter((line) => line.trim() !== '')

/** The invisible end our own host gives a text that reads like one of the dialect's notices: no part of the text. */
export const NOT_THE_NOTICE = /\u200B$/u

/** A text as far as a host leaves it alone: controls and other line ends become something else, blanks may come or go. */
export const asShown = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029\uFFFD]/gu, ' ')
    .replace(NOT_THE_NOTICE, '')
    .trim()

/** Different characters whose encoded length is kept: more than any language uses in one text. */
const MOST_REMEMBERED = 20_000

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Parts a text into pieces of at most `most` encoded bytes, between characters; between code points where a single
 * character is longer. The pieces together are the text. Null: the encoding cannot write it.
 */
export const piecesOf = (text: string, codec: Codec, most: number): string[] | null => {
  const whole = codec.encode(text)
  if (whole === null) return null
  if (whole.length <= most) return [text]
  // A long text has few different characters, and encoding one is slow in some encodings.
  const lengths = new Map<string, number | null>()
  const lengthOf = (part: string): number | null => {
    let length = lengths.get(part)
    if (length === undefined) {
      length = codec.encode(part)?.length ?? null
      if (lengths.size < MOST_REMEMBERED) lengths.set(part, length)
    }
    return length
  }
  const pieces: string[] = []
  let piece = ''
  let size = 0
  const add = (part: string): boolean => {
    const length = lengthOf(part)
    if (length === null) return false
    if (size + length > most && piece !== '') {
      pieces.push(piece)
      piece = ''
      size = 0
    }
    piece += part
    size += length
    return true
  }
  for (const { segment } of characters.segment(text)) {
    const length = lengthOf(segment)
    if (length === null) return null
    const parts = length > most ? Array.from(segment) : [segment]
    if (!parts.every(add)) return null
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}

/**
 * A name that no server of the family can misread: it must survive being cut at `|` and put before a colon
 * (dialects 3.4, 3.6). The server may still refuse it.
 */
export const isFitName = (name: string, codec: Codec): boolean => {
  if (name.trim() === '' || name !== name.trim() || /[|:[\],\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) return false
  if (name.startsWith('*') || isAddress(name)) return false
  const bytes = codec.encode(name)
  return bytes !== null && bytes.length <= NAME_BYTES && !hasBar(bytes)
}
