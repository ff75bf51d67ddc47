import { NAME_BYTES, NAME_GRAPHEMES } from '../../shared/limits.ts'

/** Why a name cannot be had. The room's voice has the words. */
export type NameFault = 'empty' | 'too-long' | 'characters' | 'address' | 'star' | 'reserved'
export type NameCheck = { ok: true; name: string } | { ok: false; fault: NameFault }

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The separators of the wire: with one of these in a name, `[A]name:text` could be read in two ways. */
const SEPARATORS = /[|:[\],]/u
/**
 * Controls, unassigned and private characters, halves of pairs; also what looks like nothing (Braille blank) and the
 * mark of bytes that could not be read.
 */
const NEVER = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\u2800\uFFF9-\uFFFD]/u
/** Invisible, and at home only inside an emoji. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u
/** Joiners and selectors are part of an emoji, also of one that no list names yet. */
const EMOJI =
  /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})*(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})*)*)$/v
/** A name with one of these could lend its owner another's voice in a line that begins with a name. */
const PHRASES = /对[您你]说|私信|改名为|is now known as|\(private\)/iu
/** An IPv4 address, also one written with letters that look like digits (after `keysOf`). */
const ADDRESS_SHAPE = /^[\dlo]{1,3}(?:\.[\dlo]{1,3}){3}$/u

const LOOKS: Record<string, string> = {
  // Cyrillic
  А: 'A',
  В: 'B',
  Е: 'E',
  З: '3',
  К: 'K',
  М: 'M',
  Н: 'H',
  О: 'O',
  Р: 'P',
  С: 'C',
  Т: 'T',
  У: 'Y',
  Х: 'X',
  Ч: '4',
  Ь: 'b',
  Ѕ: 'S',
  І: 'l',
  Ј: 'J',
  Ү: 'Y',
  Ԛ: 'Q',
  Ԝ: 'W',
  Ԍ: 'G',
  Ӏ: 'l',
  а: 'a',
  б: '6',
  г: 'r',
  е: 'e',
  з: '3',
  к: 'k',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  ь: 'b',
  ѕ: 's',
  і: 'i',
  ј: 'j',
  һ: 'h',
  ԁ: 'd',
  ԛ: 'q',
  ԝ: 'w',
  ѵ: 'v',
  ү: 'y',
  ӏ: 'l',
  // Greek
  Α: 'A',
  Β: 'B',
  Ε: 'E',
  Ζ: 'Z',
  Η: 'H',
  Ι: 'l',
  Κ: 'K',
  Μ: 'M',
  Ν: 'N',
  Ο: 'O',
  Ρ: 'P',
  Τ: 'T',
  Υ: 'Y',
  Χ: 'X',
  α: 'a',
  γ: 'y',
  η: 'n',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  σ: 'o',
  υ: 'u',
  χ: 'x',
  // Latin letters that pass for others, and digits that pass for letters
  ı: 'i',
  ɩ: 'i',
  ɑ: 'a',
  ɡ: 'g',
  I: 'l',
  '0': 'o'
}
/** A `1` passes for a small `l` and for a capital `I`, which is an `i` to whoever ignores case. */
const ONE_PASSES_FOR = 'il'

const fold = (text: string): string => text.toUpperCase().toLowerCase().normalize('NFKC').replaceAll('ς', 'σ')
const shape = (text: string): string => {
  let out = ''
  for (const character of text) out += LOOKS[character] ?? character
  return out
}

/** Two capitals and no small letter but `l`: among them it is read as an `I`, as in `MlNG`. */
const SHOUTED = /^(?=.*\p{Lu}.*\p{Lu})(?:l|\P{Ll})*$/u

const plainOf = (name: string): string => {
  const plain = name
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  return SHOUTED.test(plain) ? plain.replaceAll('l', '1') : plain
}

/**
 * What a name looks like to an eye that does not look twice. Two keys, because capitals resemble other letters than
 * their small forms do: `В` is a `B`, `в` is not a `b`.
 */
const keysOf = (name: string): string[] => {
  const plain = plainOf(name)
  const keys = [fold(shape(plain)), shape(fold(plain))]
  return keys[0] === keys[1] ? keys.slice(1) : keys
}

/** Keys that may be the same are in one drawer. */
const drawerOf = (key: string): string => key.replaceAll(/[i1]/gu, 'l')

/** Letter by letter: a `1` is like an `i` and like an `l`, and yet these two are not alike. */
const sameKey = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) {
    const [one, other] = [a.charAt(at), b.charAt(at)]
    if (one === other) continue
    if (!(one === '1' && ONE_PASSES_FOR.includes(other)) && !(other === '1' && ONE_PASSES_FOR.includes(one)))
      return false
  }
  return true
}

/** Bytes of the text in UTF-8. */
const utf8Length = (text: string): number => {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/**
 * The name as it will be shown, or why not: NFKC, 1 to 32 graphemes and at most 96 bytes, trimmed, no separator of
 * the wire, nothing invisible, nothing like an address, not beginning with `*` (decision 4).
 */
export const checkName = (wanted: string): NameCheck => {
  const name = wanted.normalize('NFKC').trim()
  if (name === '') return { ok: false, fault: 'empty' }
  if (utf8Length(name) > NAME_BYTES) return { ok: false, fault: 'too-long' }
  const parts = [...graphemes.segment(name)].map((part) => part.segment)
  if (parts.length > NAME_GRAPHEMES) return { ok: false, fault: 'too-long' }
  if (parts.some((part) => SEPARATORS.test(part) || NEVER.test(part) || (INVISIBLE.test(part) && !EMOJI.test(part)))) {
    return { ok: false, fault: 'characters' }
  }
  if (name.startsWith('*')) return { ok: false, fault: 'star' }
  if (keysOf(name).some((key) => ADDRESS_SHAPE.test(key))) return { ok: false, fault: 'address' }
  if (PHRASES.test(name)) return { ok: false, fault: 'reserved' }
  return { ok: true, name }
}

/** The names of a room: who has which, one name space for all doors. */
export interface NameBook<Owner> {
  /** Gives the owner this name instead of the last one. False: somebody else has it, or one that looks like it. */
  claim(owner: Owner, name: string): boolean
  release(owner: Owner): void
  /** Who has this name, however it was typed. */
  find(name: string): Owner | null
}

export const makeNameBook = <Owner>(): NameBook<Owner> => {
  const drawers = new Map<string, { key: string; owner: Owner }[]>()
  const owned = new Map<Owner, string[]>()
  const drawer = (key: string): { key: string; owner: Owner }[] => drawers.get(drawerOf(key)) ?? []
  const release = (owner: Owner): void => {
    for (const key of owned.get(owner) ?? []) {
      const left = drawer(key).filter((entry) => entry.owner !== owner)
      if (left.length === 0) drawers.delete(drawerOf(key))
      else drawers.set(drawerOf(key), left)
    }
    owned.delete(owner)
  }
  return {
    claim: (owner, name) => {
      const keys = keysOf(name)
      const taken = (key: string): boolean =>
        drawer(key).some((entry) => entry.owner !== owner && sameKey(entry.key, key))
      if (keys.some(taken)) return false
      release(owner)
      for (const key of keys) drawers.set(drawerOf(key), [...drawer(key), { key, owner }])
      owned.set(owner, keys)
      return true
    },
    release,
    find: (name) => {
      for (const key of keysOf(name)) {
        // What is said to one is never handed to another: a `1` may pass for two of them.
        const found = drawer(key).find((entry) => entry.key === key)
        if (found !== undefined) return found.owner
      }
      return null
    }
  }
}
