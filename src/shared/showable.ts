import type { Member } from './events.ts'

/**
 * Text from the wire, made harmless to its neighbours before it is shown: nothing invisible steers the page, nothing
 * leaves its own line. What a person copies is the text as it came.
 */

/** Combining marks shown on one character. Real scripts use up to four or five; more only climbs over other lines. */
export const MAX_MARKS = 8
/** A name is one short line; longer ones are cut where they are shown. */
const MAX_NAME_CHARACTERS = 64

const CONTROL_PICTURES = 0x2400
const DELETE_PICTURE = '\u2421'
const NEWLINE_PICTURE = '\u2424'
const REPLACEMENT = '\uFFFD'

/**
 * Controls, line and paragraph separators, annotation marks and tag characters. Tab and LF are layout a message may
 * have; a tag sequence behind the black flag is a flag (UTS 51, C.1.1) and stays.
 */
const UNSHOWABLE =
  /\u{1F3F4}[\u{E0020}-\u{E007F}]+|[\0-\x08\x0B-\x1F\x7F-\x9F\u2028\u2029\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]/gu

const visibleControl = (found: string): string => {
  const code = found.codePointAt(0) ?? 0
  if (found.length > 2 && code === 0x1f3f4) return found
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code)
  if (code === 0x7f) return DELETE_PICTURE
  if (code === 0x2028 || code === 0x2029 || code === 0x85) return NEWLINE_PICTURE
  if (code >= 0xe0000) return ''
  return REPLACEMENT
}

const TOO_MANY_MARKS = new RegExp(`([\\p{M}\\u200C\\u200D]{${MAX_MARKS}})[\\p{M}\\u200C\\u200D]+`, 'gu')

const BIDI_STEERING = /[\u202A-\u202E\u2066-\u2069]/u
const POP_EMBEDDING = '\u202C'
const POP_ISOLATE = '\u2069'

/**
 * UAX 9 works by paragraph: within each line, what was opened is closed at its end, and a closing mark nothing was
 * opened for is dropped: it would close the isolation this text is shown in.
 */
const balanced = (line: string): string => {
  if (!BIDI_STEERING.test(line)) return line
  const open: string[] = []
  let shown = ''
  for (const character of line) {
    switch (character) {
      case '\u202A':
      case '\u202B':
      case '\u202D':
      case '\u202E':
        open.push(POP_EMBEDDING)
        break
      case '\u2066':
      case '\u2067':
      case '\u2068':
        open.push(POP_ISOLATE)
        break
      case POP_EMBEDDING:
        if (open.at(-1) !== POP_EMBEDDING) continue
        open.pop()
        break
      case POP_ISOLATE: {
        const at = open.lastIndexOf(POP_ISOLATE)
        if (at < 0) continue
        open.length = at
        break
      }
      default:
    }
    shown += character
  }
  return shown + open.toReversed().join('')
}

/** A message as it may be shown: total, and everything a person could read is still in it. */
export const showable = (text: string): string => {
  const lines = text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(UNSHOWABLE, visibleControl)
    .replace(TOO_MANY_MARKS, '$1')
    .split('\n')
  return lines.map(balanced).join('\n')
}

/**
 * What has no place in a name: every control and format character, every kind of blank but the space, fillers and
 * the empty Braille cell. Joiners stay only where an emoji or a script needs them, between two visible characters.
 */
const NOT_IN_NAMES =
  /[^\P{C}\u200D]|(?<![\p{Extended_Pictographic}\p{M}])\u200D|\u200D(?!\p{Extended_Pictographic})|[\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFFA0\uFFFC]/gu

/** A name as it may be shown, in one line; empty when there is nothing to see in it. */
export const showableName = (name: string): string => {
  const shown = name
    .toWellFormed()
    .slice(0, MAX_NAME_CHARACTERS * 4)
    .replace(NOT_IN_NAMES, (found) => (/\s/u.test(found) ? ' ' : ''))
    .replace(TOO_MANY_MARKS, '$1')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  const characters = Array.from(shown)
  return characters.length > MAX_NAME_CHARACTERS ? `${characters.slice(0, MAX_NAME_CHARACTERS - 1).join('')}…` : shown
}

/** What to call somebody on the screen: the name where one can be seen, else the address. */
export const shownLabel = (member: Member): string => {
  const name = showableName(member.name ?? '')
  return name === '' ? showableName(member.address ?? '') : name
}
