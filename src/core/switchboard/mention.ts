/** Scripts written without blanks between words: there a name's neighbour is no reason to doubt it. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const WORD = /[\p{L}\p{N}\p{M}_]/u

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

const before = (text: string, at: number): string => {
  const code = text.codePointAt(at - 1) ?? 0
  const low = code >= 0xdc00 && code <= 0xdfff
  return low && at >= 2 ? text.slice(at - 2, at) : text.slice(at - 1, at)
}
const from = (text: string, at: number): string => {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}

/** Whether two neighbouring characters belong to one word. */
const together = (left: string, right: string): boolean =>
  WORD.test(left) && WORD.test(right) && !UNSPACED.test(left) && !UNSPACED.test(right)

/**
 * Whether a text names somebody: the name as a word of its own, ignoring case and width, or `@name`. Boundaries are
 * Unicode ones; between characters of scripts that put no blanks between words every place is a boundary.
 */
export const mentions = (text: string, name: string): boolean => {
  const wanted = fold(name.trim())
  if (wanted === '') return false
  const folded = fold(text)
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
    const end = at + wanted.length
    if (!together(before(folded, at), from(wanted, 0)) && !together(before(folded, end), from(folded, end))) return true
  }
  return false
}
