import { sameAddress, addressAt } from './address.ts'
import { aboutUnnamed, nameBefore, ownNameOf, plainWords, readBracketed, splitNamed } from './bracketed.ts'
import type { DialectSpec, Knowledge, Sign, Spoken } from './dialect.ts'
import { refusalCode } from './house.ts'
import { parsePrivate } from './privately.ts'

// The wording of the copies, dialects 5.2.
const SELF = new Set(['i am here', '我在线'])
const JOINED = new Set(['login', 'log in'])
const LEFT = new Set(['login out', 'logout', 'log out'])
const TIMED_OUT = new Set(['time out leave out', 'time out leave'])
const REFUSED = 'rename refused: '

const read = (line: string, known: Knowledge): Spoken => {
  const from = readBracketed(line)
  if (from) {
    const notice = aboutUnnamed(from)
    if (notice) {
      const words = plainWords(notice.words)
      // An unnamed person can type these words: only the first of an address is believed (dialects 3.3).
      if (SELF.has(words) && !known.welcomed && (known.self === null || sameAddress(known.self, from.address))) {
        return { kind: 'welcome', address: from.address }
      }
      if (JOINED.has(words) && !known.settled(from.address)) {
        return { kind: 'joined', address: from.address, name: null, separator: notice.separator }
      }
    }
    const own = known.self !== null && sameAddress(known.self, from.address)
    const late = nameBefore(from.rest, TIMED_OUT)
    // Our host tells the one it closes as well (dialects 7.2); the reference server never does.
    if (late !== null && own) return { kind: 'kicked', reason: 'idle', text: line }
    if (late !== null) {
      return { kind: 'left', address: from.address, name: ownNameOf(late, from.address), reason: 'idle' }
    }
    const gone = own ? null : nameBefore(from.rest, LEFT)
    if (gone !== null) {
      return { kind: 'left', address: from.address, name: ownNameOf(gone, from.address), reason: 'left' }
    }
    const parted = splitNamed(from, known)
    return parted ? { kind: 'said', address: from.address, ...parted } : { kind: 'line', text: line }
  }
  if (known.asked.who) {
    if (/^user list ?:$/.test(line)) return { kind: 'listing' }
    const address = addressAt(line, 0)
    if (address !== null && line[address.length] === ':') {
      return { kind: 'row', address, name: ownNameOf(line.slice(address.length + 1), address) }
    }
  }
  if (known.asked.rename) {
    if (line === 'rename ok') return { kind: 'accepted', name: null }
    if (line.startsWith(REFUSED)) {
      const text = line.slice(REFUSED.length)
      const code = refusalCode(text) === 'name-taken' ? 'name-taken' : 'bad-name'
      return { kind: 'refused', command: 'rename', code, text }
    }
  }
  return { kind: 'line', text: line }
}

const recognise = (line: string, local: string): Sign | null => {
  const from = readBracketed(line)
  if (!from) return null
  const words = plainWords(aboutUnnamed(from)?.words ?? '')
  if (SELF.has(words)) return { by: 'welcome', self: from.address, came: null }
  if (JOINED.has(words)) {
    const own = sameAddress(from.address, local)
    return { by: own ? 'welcome' : 'notice', self: own ? from.address : null, came: from.address }
  }
  return { by: 'message', self: null, came: null }
}

/** Who, rename and an idle limit; equal and empty names; a silent zombie after 60 s (dialects 3.3, server 001). */
export const iamhere: DialectSpec = {
  name: 'iamhere',
  chunks: true,
  // Only our host understands `to|` here; elsewhere it would be shown to everybody.
  capabilities: (marked) => ({ who: true, rename: true, whisper: marked, echo: true }),
  recognise,
  parse: (line, known) => {
    const spoken = read(line, known)
    return spoken.kind === 'line' && known.marked ? parsePrivate(line, known) : [spoken]
  },
  parseTail: (tail, known) => {
    const spoken = read(tail, known)
    return spoken.kind === 'accepted' ? [spoken] : null
  },
  who: 'who',
  rename: (name) => `rename|${name}`,
  whisper: (name, text) => `to|${name}|${text}`
}
