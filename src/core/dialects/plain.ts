import { addressAt, isAddress } from './address.ts'
import type { DialectSpec, Knowledge, Relative, Spoken } from './dialect.ts'

/**
 * Anything else: lines are shown as they came, nothing is promised. Relatives that show who they are (dialects 5.3
 * to 5.8) are read a little further; a line that only looks like one of theirs is not believed before that.
 */

const said = (name: string | null, text: string, address: string | null = null): Spoken => ({
  kind: 'said',
  address,
  name,
  text
})
const came = (name: string | null, address: string | null = null): Spoken => ({ kind: 'joined', address, name })
const went = (name: string | null, address: string | null = null): Spoken => ({
  kind: 'left',
  address,
  name,
  reason: 'left'
})

/** The text before `end`, if the line has that end and something before it. */
const before = (line: string, end: string): string | null =>
  line.length > end.length && line.endsWith(end) ? line.slice(0, -end.length) : null

/** Ncat writes bytes beyond ASCII as `\ooo`: undone where they make whole UTF-8 characters (dialects 5.5). */
export const withoutOctal = (text: string): string =>
  text.replace(/(?:\\[23][0-7]{2})+/g, (escapes) => {
    const percent = escapes.replace(/\\([0-7]{3})/g, (_, digits: string) => `%${parseInt(digits, 8).toString(16)}`)
    try {
      return decodeURIComponent(percent)
    } catch {
      return escapes
    }
  })

const plutov = (line: string): Spoken | null => {
  if (!line.startsWith('> ')) return null
  const rest = line.slice(2)
  const comer = before(rest, ' joined the room')
  if (comer !== null) return came(comer)
  const leaver = before(rest, ' has left the room')
  if (leaver !== null) return went(leaver)
  const at = rest.indexOf(': ')
  return at > 0 && !rest.startsWith('available rooms: ') ? said(rest.slice(0, at), rest.slice(at + 2)) : null
}
const tokio = (line: string): Spoken | null => {
  const comer = before(line, ' has joined the chat')
  if (comer !== null) return came(comer)
  const leaver = before(line, ' has left the chat')
  if (leaver !== null) return went(leaver)
  const at = line.indexOf(': ')
  return at > 0 ? said(line.slice(0, at), line.slice(at + 2)) : null
}
const ncat = (line: string): Spoken | null => {
  const found = /^<(user\d{1,9})> /.exec(line)
  if (found?.[1] !== undefined) return said(found[1], withoutOctal(line.slice(found[0].length)))
  const leaver = /^<announce> <?(user\d{1,9})>? is disconnected\.?$/.exec(line)?.[1]
  if (leaver !== undefined) return went(leaver)
  const comer = /^<announce> \S{1,60} is connected as <?(user\d{1,9})>?\.?$/.exec(line)?.[1]
  return comer === undefined ? null : came(comer)
}
const gist = (line: string): Spoken | null => {
  const address = addressAt(line, 0)
  if (address === null) return null
  const rest = line.slice(address.length)
  if (rest === ' joined the chat') return came(null, address)
  if (rest === ' left the chat.') return went(null, address)
  return rest.startsWith('> ') ? said(null, rest.slice(2), address) : null
}
const SELECT_HEAD = /^\r?<\('([^']{1,60})', (\d{1,5})\)>\s?/
const select = (line: string): Spoken | null => {
  const entered = /^\[(\S{3,80})\] entered room$/.exec(line)?.[1]
  if (entered !== undefined && isAddress(entered)) return came(null, entered)
  const found = SELECT_HEAD.exec(line)
  return found ? said(null, line.slice(found[0].length), `${found[1]}:${found[2]}`) : null
}
const nqbao = (line: string): Spoken | null => {
  if (!line.startsWith('MESSAGE ')) return null
  const at = line.indexOf(' ', 8)
  return at > 8 ? said(line.slice(8, at), line.slice(at + 1)) : null
}
const READERS: Record<Relative, (line: string) => Spoken | null> = { plutov, tokio, ncat, gist, select, nqbao }

/** Which relative only this line can come from. */
export const relativeOf = (line: string): Relative | null => {
  if (/^Please enter your username:\s?$/.test(line)) return 'tokio'
  if (line.startsWith('<announce> ') || /^<user\d{1,9}> /.test(line)) return 'ncat'
  if (line.startsWith('err: unknown command:') || line.startsWith('> all right, I will call you ')) return 'plutov'
  if (line.startsWith('> welcome to ')) return 'plutov'
  if (line.startsWith('Welcome ') && isAddress(line.slice(8))) return 'gist'
  const address = addressAt(line, 0)
  if (address !== null && line.slice(address.length, address.length + 17) === ' joined the chat') return 'gist'
  if (SELECT_HEAD.test(line) || select(line)) return 'select'
  return nqbao(line) ? 'nqbao' : null
}

const read = (line: string, known: Knowledge): Spoken => {
  const relative = known.relative ?? relativeOf(line)
  if (relative === null) return { kind: 'line', text: line }
  const spoken = READERS[relative](line)
  if (spoken) return spoken
  return known.relative === null ? { kind: 'relative', relative, text: line } : { kind: 'line', text: line }
}

/** Names and texts of a server nobody knows, as honestly as can be. */
export const plain: DialectSpec = {
  name: 'plain',
  chunks: false,
  capabilities: () => ({ who: false, rename: false, whisper: false, echo: false }),
  recognise: (line) => (relativeOf(line) === null ? null : { by: 'notice', self: null, came: null }),
  parse: (line, known) => {
    const spoken = read(line, known)
    const relative = known.relative === null ? relativeOf(line) : null
    // A message may be the first proof: it is told, and kept in mind.
    return relative !== null && spoken.kind !== 'relative'
      ? [{ kind: 'relative', relative, text: '' }, spoken]
      : [spoken]
  },
  // Prompts and lines of servers that relay raw chunks often have no LF at all.
  parseTail: (tail, known) => [read(tail, known)],
  who: null,
  rename: null,
  whisper: null
}
