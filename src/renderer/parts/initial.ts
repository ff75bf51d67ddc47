const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** More characters than any letter with its marks: a tower of marks becomes a plain sign. */
const LONGEST_LETTER = 8

/** The end of an address's port: among the nameless, all first digits are the same. Null: no address. */
const endOfPort = (label: string): string | null => {
  const at = label.lastIndexOf(':')
  const host = label.slice(0, Math.max(at, 0))
  const port = label.slice(at + 1)
  const isAddress = /^[\da-f.:[\]]+$/iu.test(host) && /\d/u.test(host) && /^\d{2,5}$/u.test(port)
  return isAddress ? port.slice(-2) : null
}

/** The first letter, digit or sign worth showing of a name, the last digits of an address; `?` where there is none. */
export const initialOf = (label: string): string => {
  const end = endOfPort(label.slice(0, 64))
  if (end !== null) return end
  for (const { segment } of segments.segment(label.slice(0, 64))) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment))
      return segment.length > LONGEST_LETTER ? '?' : segment.toLocaleUpperCase()
  }
  return '?'
}
