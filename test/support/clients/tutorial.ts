import { connectRaw, splitLines, type RawClient } from './raw.ts'
import { scanlnWords } from './scanln.ts'
import type { Wait } from '../until.ts'

/**
 * The clients people really have, as a server meets them (dialects 4): what a typed line becomes on the wire, and
 * what of the answer their user gets to read.
 */
export interface TutorialClient {
  readonly address: string
  /** The user types this and presses Enter. */
  readonly send: (text: string) => void
  /** What the user has read, line by line. */
  readonly lines: () => string[]
  readonly bytes: () => Buffer
  readonly untilText: (text: string | RegExp, wait?: Wait) => Promise<void>
  readonly untilClosed: (wait?: Wait) => Promise<'ended' | 'reset'>
  /** The socket below, for what the program itself would never do. */
  readonly raw: RawClient
  /** The user quits the program the usual way. */
  readonly close: () => void
}

const over = (raw: RawClient, send: (text: string) => void, close: () => void): TutorialClient => ({
  address: raw.address,
  send,
  lines: raw.lines,
  bytes: raw.bytes,
  untilText: raw.untilText,
  untilClosed: raw.untilClosed,
  raw,
  close
})

/** `nc`, and the netcat of 000 and 003: bytes as typed, LF at the end, everything shown; closes the socket. */
export const connectNetcat = async (port: number, host?: string): Promise<TutorialClient> => {
  const raw = await connectRaw(port, host)
  return over(raw, (text) => raw.write(`${text}\n`), raw.close)
}

/** `ncat -C`: CRLF lines, half-close at the end. */
export const connectNcatCrlf = async (port: number, host?: string): Promise<TutorialClient> => {
  const raw = await connectRaw(port, host)
  return over(raw, (text) => raw.write(`${text}\r\n`), raw.end)
}

const IAC = 0xff
/** WILL, suppress go-ahead; DO, suppress go-ahead; SB terminal type "xterm" SE: what a telnet may open with (RFC 854). */
export const TELNET_OPENING = Buffer.from([
  IAC,
  0xfb,
  0x03,
  IAC,
  0xfd,
  0x03,
  IAC,
  0xfa,
  0x18,
  0x00,
  ...Buffer.from('xterm'),
  IAC,
  0xf0
])

export interface TelnetOptions {
  host?: string
  /** Each key press is its own write (Windows telnet, `mode character`). */
  characterMode?: boolean
  /** Negotiates first. inetutils telnet on a port other than 23 does not. */
  negotiates?: boolean
}

/** telnet: CRLF, perhaps letter by letter, perhaps with option negotiation in front. */
export const connectTelnet = async (port: number, options: TelnetOptions = {}): Promise<TutorialClient> => {
  const raw = await connectRaw(port, options.host)
  if (options.negotiates === true) raw.write(TELNET_OPENING)
  const send = (text: string): void => {
    // A literal FF must be doubled on a telnet line; UTF-8 has none, so text is never affected.
    if (options.characterMode !== true) {
      raw.write(`${text}\r\n`)
      return
    }
    for (const character of text) raw.write(character)
    raw.write('\r\n')
  }
  return over(raw, send, raw.close)
}

export interface RelayClient extends TutorialClient {
  /** Standard input ended (a closed terminal): floods empty lines until `close`. */
  readonly flood: () => void
}

/** Bytes of LF in one go and the pause: 360 KB a second in all, as measured (dialects 4). */
const FLOOD_BURST = 3600
const FLOOD_EVERY_MS = 10

/**
 * The relay's own client (004): `Scanln` words, each its own write; an empty line is sent; `quit` ends. Shows only
 * complete lines, each followed by an empty one.
 */
export const connectRelayClient = async (port: number, host?: string): Promise<RelayClient> => {
  const raw = await connectRaw(port, host)
  let flooding: ReturnType<typeof setInterval> | undefined
  const close = (): void => {
    clearInterval(flooding)
    raw.close()
  }
  const send = (text: string): void => {
    for (const word of scanlnWords(text)) {
      if (word === 'quit') {
        close()
        return
      }
      raw.write(`${word}\n`)
    }
  }
  return {
    ...over(raw, send, close),
    lines: () => splitLines(raw.text()).lines.flatMap((line) => [line, '']),
    flood: () => {
      flooding ??= setInterval(() => {
        if (raw.ended() === undefined && raw.queued() === 0) raw.write('\n'.repeat(FLOOD_BURST))
      }, FLOOD_EVERY_MS)
    }
  }
}

export interface MenuClient extends TutorialClient {
  /** Menu entry 1, public: empty words are not sent, the others arrive glued in one segment. */
  readonly send: (text: string) => void
  /** Menu entry 2, private: asks `who` first and again after the partner; two LFs after the text. */
  readonly whisper: (to: string, text: string) => void
  /** Menu entry 3. */
  readonly rename: (name: string) => void
  readonly who: () => void
}

/** The menu client of the aceld family (dialects 4). It shows every byte as it comes and knows no answers. */
export const connectMenuClient = async (port: number, host?: string): Promise<MenuClient> => {
  const raw = await connectRaw(port, host)
  const words = (text: string): string[] => scanlnWords(text).filter((word) => word !== '')
  const send = (text: string): void => {
    const glued = words(text)
      .map((word) => `${word}\n`)
      .join('')
    if (glued !== '') raw.write(glued)
  }
  return {
    ...over(raw, send, raw.end),
    send,
    whisper: (to, text) => {
      for (const word of words(text)) raw.write(`to|${to}|${word}\n\n`)
    },
    rename: (name) => {
      const [word] = words(name)
      if (word !== undefined) raw.write(`rename|${word}\n`)
    },
    who: () => raw.write('who\n')
  }
}
