/** The part of the WHATWG URL parser that every runtime of ours has and that the pure library does not declare. */
interface ParsedUrl {
  readonly href: string
  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly hostname: string
}
interface UrlParser {
  new (text: string): ParsedUrl
}

/** Longer is no link a person follows; the bridge refuses it as well. */
export const MAX_LINK_CHARACTERS = 8192

/**
 * Controls, format characters (bidirectional overrides, zero width, tags), line and paragraph separators, private and
 * unassigned code points: they make a link look like another one. Blanks are never part of a link either.
 */
const DECEIVING = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u

const parser = (): UrlParser | null => {
  const parse = (globalThis as { URL?: UrlParser }).URL
  return parse ?? null
}

/**
 * The one judgement about links from the wire: what may be opened outside the app, as the parser writes it again, or
 * null. Judged on the parsed URL only: raw text fools every test (`java\tscript:`, `https:\\host`).
 * http and https; no user name or password in it (`http://bank@elsewhere`); nothing that deceives the eye.
 */
export const safeLink = (text: string): string | null => {
  if (text.length > MAX_LINK_CHARACTERS || DECEIVING.test(text) || text.includes('\\')) return null
  const Parser = parser()
  if (Parser === null) return null
  let url: ParsedUrl
  try {
    url = new Parser(text)
  } catch {
    // The parser says "not a URL" by throwing; that is its answer, not a failure of ours.
    return null
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null
  // `http:example.com` and `http://@example.com` parse, but nobody reads them so: the host must be written out.
  if (!/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(text)) return null
  return url.href.length > MAX_LINK_CHARACTERS ? null : url.href
}
