import { connect, type Socket } from 'node:net'
import { until, type Wait } from '../until.ts'

/**
 * A socket without opinions: every byte that came, every byte that went, nothing interpreted. The tutorials' own
 * clients are built on it, and tests use it as `nc`.
 */
export interface RawClient {
  /** Our end as the other side sees it where nobody translates: `ip:port`, IPv6 in brackets. */
  readonly address: string
  /** One write. A string goes out as UTF-8. */
  readonly write: (data: string | Uint8Array) => void
  /** Everything received, as bytes. */
  readonly bytes: () => Buffer
  /** How many bytes were received. */
  readonly count: () => number
  /** Everything received, as UTF-8 (whole, so that no character is torn). */
  readonly text: () => string
  /** Complete lines received, LF removed (a CR stays); `rest` is what came after the last LF. */
  readonly lines: () => string[]
  readonly rest: () => string
  /** Chunks as the kernel handed them over. */
  readonly chunks: readonly Buffer[]
  /** Waits until this text has arrived, anywhere in the stream. */
  readonly untilText: (text: string | RegExp, wait?: Wait) => Promise<void>
  /** Waits until the other side has ended; tells how. */
  readonly untilClosed: (wait?: Wait) => Promise<'ended' | 'reset'>
  /** Undefined while the other side has not ended. */
  readonly ended: () => 'ended' | 'reset' | undefined
  /** Bytes we wrote and the kernel has not taken: the other side does not read. */
  readonly queued: () => number
  /** Stops and starts reading: a frozen terminal. */
  readonly stopReading: () => void
  readonly startReading: () => void
  /** Half-close (FIN) after what was written; still reads. */
  readonly end: () => void
  /** RST. */
  readonly reset: () => void
  /** Closes at once, as a program that exits. */
  readonly close: () => void
}

const printed = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

export const splitLines = (text: string): { lines: string[]; rest: string } => {
  const parts = text.split('\n')
  const rest = parts.pop() ?? ''
  return { lines: parts, rest }
}

/** Connects; resolves when the connection stands. */
export const connectRaw = (port: number, host = '127.0.0.1'): Promise<RawClient> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let how: 'ended' | 'reset' | undefined
    const socket: Socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
    socket.once('error', reject)
    let received = 0
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      received += chunk.length
    })
    socket.on('end', () => {
      how ??= 'ended'
    })
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.on('error', () => {
        how = 'reset'
      })
      socket.on('close', () => {
        how ??= 'ended'
      })
      const address = printed(socket.localAddress ?? '', socket.localPort ?? 0)
      const bytes = (): Buffer => Buffer.concat(chunks)
      const text = (): string => bytes().toString('utf8')
      resolve({
        address,
        write: (data) => {
          socket.write(data)
        },
        bytes,
        count: () => received,
        text,
        lines: () => splitLines(text()).lines,
        rest: () => splitLines(text()).rest,
        chunks,
        untilText: async (wanted, wait = {}) => {
          const there = (): boolean => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()))
          await until(there, wait).catch(() => {
            throw new Error(
              `${address} never read ${String(wanted)}; it read:\n${JSON.stringify(text().slice(-4000))} (${how ?? 'open'})`
            )
          })
        },
        untilClosed: async (wait = {}) => {
          await until(() => how !== undefined, { what: `the other side closes ${address}`, ...wait })
          return how ?? 'ended'
        },
        ended: () => how,
        queued: () => socket.writableLength,
        stopReading: () => {
          socket.pause()
        },
        startReading: () => {
          socket.resume()
        },
        end: () => {
          socket.end()
        },
        reset: () => {
          socket.resetAndDestroy()
        },
        close: () => {
          socket.destroy()
        }
      })
    })
  })
