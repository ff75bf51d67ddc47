import type { Dialect } from '../../shared/dialect.ts'
import { addressAt, isAddress } from './address.ts'
import type { DialectSpec, Sign, Spoken } from './dialect.ts'

/** The words that tell one broadcast server in the style of the book from another. */
export interface AddressedWords {
  /** Before the address. */
  welcome: string
  /** After the address. */
  joined: string
  left: string
}

/**
 * Servers that know people by address only and prefix every message with `A: ` (dialects 3.1, 3.2). No member's
 * text can look like a notice here, because it cannot lose its prefix.
 */
export const makeAddressed = (name: Dialect, words: AddressedWords): DialectSpec => {
  const read = (line: string): Spoken => {
    if (line.startsWith(words.welcome)) {
      const address = line.slice(words.welcome.length)
      if (isAddress(address)) return { kind: 'welcome', address }
    }
    const address = addressAt(line, 0)
    if (address === null) return { kind: 'line', text: line }
    const rest = line.slice(address.length)
    if (rest === words.joined) return { kind: 'joined', address, name: null }
    if (rest === words.left) return { kind: 'left', address, name: null, reason: 'left' }
    if (rest.startsWith(': ')) return { kind: 'said', address, name: null, text: rest.slice(2) }
    return { kind: 'line', text: line }
  }
  const recognise = (line: string): Sign | null => {
    const spoken = read(line)
    switch (spoken.kind) {
      case 'welcome':
        return { by: 'welcome', self: spoken.address, came: null }
      case 'joined':
      case 'left':
        return { by: 'notice', self: null, came: null }
      case 'said':
        return { by: 'message', self: null, came: null }
      case 'whispered':
      case 'listing':
      case 'row':
      case 'accepted':
      case 'announced':
      case 'refused':
      case 'confirmed':
      case 'kicked':
      case 'relative':
      case 'line':
        return null
    }
  }
  return {
    name,
    chunks: false,
    capabilities: () => ({ who: false, rename: false, whisper: false, echo: true }),
    recognise,
    parse: (line) => [read(line)],
    parseTail: () => null,
    who: null,
    rename: null,
    whisper: null
  }
}
