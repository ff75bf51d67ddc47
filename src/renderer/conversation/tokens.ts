import { LinkifyIt } from 'linkify-it'

/**
 * The parts of a message: plain text, `code` in backticks, links, mentions of my name. The `source` of all parts put
 * together is the text, always: nothing is lost and nothing is added.
 */
export type Token =
  | { kind: 'text'; source: string }
  /** With its backticks; see `codeOf`. */
  | { kind: 'code'; source: string }
  | { kind: 'link'; source: string; url: string; host: string }
  | { kind: 'mention'; source: string }

/** The one URL gate: the address as it would be opened and its host in ASCII, or null for everything that stays text. */
export type LinkGate = (url: string) => { url: string; host: string } | null

const CODE = /`([^`\n]+)`/gu

/** Only what is written as an address: a bare `main.go` or `readme.md` is a file in a room of programmers, not a host. */
const linkify = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })

/** Chinese and Japanese put no blank before a link, and end it with their own punctuation. */
const LINK_WITHOUT_BLANK = /(?<=[^\0-\x7F])(?=https?:\/\/)/iu
const WIDE_PUNCTUATION = /[，。、；：！？（）［］｛｝〈〉《》「」『』【】〔〕“”‘’…　]/u

const linkedTokens = (text: string, gate: LinkGate): Token[] => {
  const tokens: Token[] = []
  let from = 0
  let offset = 0
  for (const stretch of text.split(LINK_WITHOUT_BLANK)) {
    for (const found of linkify.match(stretch) ?? []) {
      const wide = found.raw.search(WIDE_PUNCTUATION)
      const raw = wide < 0 ? found.raw : found.raw.slice(0, wide)
      const link = gate(raw)
      if (link === null) continue
      const start = offset + found.index
      if (start > from) tokens.push({ kind: 'text', source: text.slice(from, start) })
      tokens.push({ kind: 'link', source: raw, url: link.url, host: link.host })
      from = start + raw.length
    }
    offset += stretch.length
  }
  if (from < text.length) tokens.push({ kind: 'text', source: text.slice(from) })
  return tokens
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`)

/** A word character, for names written in letters with blanks around them; Chinese needs none. */
const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`
const NO_BLANKS_BETWEEN_WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

/** Finds my names in a text: as a word, ignoring case, or behind an `@` (decision 18). Null when I have none. */
export const mentionPattern = (names: readonly string[]): RegExp | null => {
  const alternatives = names
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .toSorted((a, b) => b.length - a.length)
    .map((name) => {
      const word = escaped(name)
      if (NO_BLANKS_BETWEEN_WORDS.test(name)) return `@?${word}`
      return `(?<!${LETTER})@?${word}(?!${LETTER})`
    })
  return alternatives.length === 0 ? null : new RegExp(alternatives.join('|'), 'giu')
}

const mentionedTokens = (text: string, mention: RegExp): Token[] => {
  const tokens: Token[] = []
  let from = 0
  for (const found of text.matchAll(mention)) {
    if (found[0] === '') continue
    if (found.index > from) tokens.push({ kind: 'text', source: text.slice(from, found.index) })
    tokens.push({ kind: 'mention', source: found[0] })
    from = found.index + found[0].length
  }
  if (from < text.length) tokens.push({ kind: 'text', source: text.slice(from) })
  return tokens
}

/** Takes a text apart. `mention` comes from `mentionPattern`; null where nobody can be meant (own lines). */
export const tokensOf = (text: string, gate: LinkGate, mention: RegExp | null): Token[] => {
  const tokens: Token[] = []
  const plain = (stretch: string): void => {
    if (stretch === '') return
    for (const token of linkedTokens(stretch, gate)) {
      if (token.kind === 'text' && mention) tokens.push(...mentionedTokens(token.source, mention))
      else tokens.push(token)
    }
  }
  let from = 0
  for (const found of text.matchAll(CODE)) {
    plain(text.slice(from, found.index))
    tokens.push({ kind: 'code', source: found[0] })
    from = found.index + found[0].length
  }
  plain(text.slice(from))
  return tokens
}

/** What stands between the backticks. */
export const codeOf = (source: string): string => source.slice(1, -1)
