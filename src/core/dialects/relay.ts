import { addressAt } from './address.ts'
import type { DialectSpec, Spoken } from './dialect.ts'

const read = (line: string): Spoken => {
  const address = addressAt(line, 0)
  if (address === null || line[address.length] !== ':') return { kind: 'line', text: line }
  return { kind: 'said', address, name: null, text: line.slice(address.length + 1) }
}

/** A silent server that puts `A:` before every line and has no notices (dialects 3.5, server 004). */
export const relay: DialectSpec = {
  name: 'relay',
  chunks: false,
  capabilities: () => ({ who: false, rename: false, whisper: false, echo: true }),
  recognise: (line) => {
    const spoken = read(line)
    // A blank after the colon is the mark of the book's servers; only their absence tells a relay.
    if (spoken.kind !== 'said' || spoken.text === '' || spoken.text.startsWith(' ')) return null
    return { by: 'message', self: null, came: null }
  },
  parse: (line) => [read(line)],
  parseTail: () => null,
  who: null,
  rename: null,
  whisper: null
}
