/**
 * How a search sees a text: without case, without diacritics, full-width and other compatibility forms as plain ones.
 * Half of what is written here goes through once per line that is kept, so that what is common is a look into a table.
 */

/** Between tokens: blanks, punctuation, what cannot be seen. */
export const SEPARATOR = 1
/** Letters and digits of scripts that put blanks between words: a run of them is one token. */
export const WORD = 2
/** A token by itself: a character of a script without blanks between words, or a symbol. */
export const SINGLE = 3
export type CharacterClass = typeof SEPARATOR | typeof WORD | typeof SINGLE

/**
 * Scripts that do not part words, or whose words carry endings that nobody types: Chinese, Japanese, Korean, Thai, Lao,
 * Burmese, Khmer. By ranges, so that a newer Unicode in another program of the same history does not part differently.
 */
const SINGLES: readonly (readonly [number, number])[] = [
  [0x0e01, 0x0e3e],
  [0x0e40, 0x0e4e],
  [0x0e80, 0x0ecf],
  [0x0edc, 0x0eff],
  [0x1000, 0x103f],
  [0x1050, 0x109f],
  [0x1100, 0x11ff],
  [0x1780, 0x17d3],
  [0x2e80, 0x2fdf],
  [0x3005, 0x3007],
  [0x3021, 0x3029],
  [0x3031, 0x3035],
  [0x3038, 0x303c],
  [0x3040, 0x30fa],
  [0x30fc, 0x31ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa960, 0xa97f],
  [0xaa60, 0xaa7f],
  [0xac00, 0xd7ff],
  [0xe000, 0xfaff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3ffff]
]
const BETWEEN = /[\p{P}\p{Z}\p{Cc}\p{Cf}\p{Cs}\ufffd]/u
const SYMBOL = /\p{S}/u

const classify = (point: number): CharacterClass => {
  const character = String.fromCodePoint(point)
  if (BETWEEN.test(character)) return SEPARATOR
  if (SINGLES.some(([first, last]) => point >= first && point <= last)) return SINGLE
  return SYMBOL.test(character) ? SINGLE : WORD
}

/** Of the basic plane, as they are met; 0: not met yet. */
const classes = new Uint8Array(0x1_0000)

/** What a character of a folded text is to a search. */
export const classOf = (point: number): CharacterClass => {
  if (point > 0xffff) return classify(point)
  const known = classes[point]
  if (known === SEPARATOR || known === WORD || known === SINGLE) return known
  const found = classify(point)
  classes[point] = found
  return found
}

// Those of letters; the voice marks of kana and the vowels of Thai are no decoration.
const DIACRITICS = /[\u0300-\u036f]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]/gu
// Soft hyphens, joiners, marks of direction, variation selectors: two texts that look the same are the same.
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu

const foldUnit = (unit: string): string => {
  const bare = unit.normalize('NFKD').replace(DIACRITICS, '').replace(UNSEEN, '')
  // Down, up and down again: ß and ẞ are ss, and every sigma is one.
  return bare.toLowerCase().toUpperCase().toLowerCase().normalize('NFKD').replace(DIACRITICS, '').normalize('NFC')
}

/** What must be folded together: a letter with its marks, a half-width kana with its voice mark, a Korean syllable. */
const UNITS =
  /[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7\ud7b0-\ud7c6]?[\u11a8-\u11ff\ud7cb-\ud7fb]?|[^][\p{M}\uff9e\uff9f]*/gu
/** Changes what stands before it, or takes part in a syllable. */
const JOINING = /[\p{M}\uff9e\uff9f\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/u

/** What a character of the basic plane becomes where it becomes one character and changes no other. */
const simple = new Uint16Array(0x1_0000)
const NOT_MET = 0
/** No character is ever folded to this one. */
const NOT_SIMPLE = 0xffff

const meet = (code: number): number => {
  const character = String.fromCharCode(code)
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  const folded = isSurrogate || JOINING.test(character) ? '' : foldUnit(character)
  const found = folded.length === 1 && folded !== '\0' ? folded.charCodeAt(0) : NOT_SIMPLE
  simple[code] = found
  return found
}

export interface Folded {
  folded: string
  /** Where the piece of the text begins, and where it ends, that gave each UTF-16 unit of `folded`. Null: one for one. */
  starts: number[] | null
  ends: number[] | null
}

const foldPieces = (text: string): Folded => {
  // What was cut in half stays what a file would make of it.
  const whole = text.toWellFormed()
  const starts: number[] = []
  const ends: number[] = []
  let folded = ''
  for (const { 0: unit, index } of whole.matchAll(UNITS)) {
    const piece = foldUnit(unit)
    folded += piece
    for (let n = 0; n < piece.length; n += 1) {
      starts.push(index)
      ends.push(index + unit.length)
    }
  }
  return { folded, starts, ends }
}

/** Total: also for what is no well-formed text. */
export const fold = (text: string): Folded => {
  const codes: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const known = simple[code]
    const one = known === NOT_MET || known === undefined ? meet(code) : known
    if (one === NOT_SIMPLE) return foldPieces(text)
    codes.push(one)
  }
  let folded = ''
  // In portions: arguments of a call are limited.
  for (let at = 0; at < codes.length; at += 4096) folded += String.fromCharCode(...codes.slice(at, at + 4096))
  return { folded, starts: null, ends: null }
}
