/**
 * Programs that take our door for something else: browsers (also ones that a web page makes talk to us), TLS, SSH.
 * Judged on the first bytes of a connection only: whoever has spoken may say what he likes (decision 7).
 */
export type Foreign = 'tls' | 'ssh' | 'http'

/** A record of TLS: handshake, version 3.x. */
const TLS_HELLO = [0x16, 0x03]
const SSH_HELLO = [0x53, 0x53, 0x48, 0x2d]
const REQUEST_LINE = /^[A-Za-z-]{1,32} \S+ (?:HTTP|RTSP|SIP)\/\d/u
/** The beginning of a request whose target is longer than a line may be. */
const LONG_REQUEST = /^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|CONNECT|TRACE|PRI) \S+$/u

/** Looks at the first bytes as they come. */
export interface Opening {
  /** What it is, as soon as it is known; null: nothing foreign so far. Give it every byte until `settled`. */
  bytes(bytes: Uint8Array): Foreign | null
  /** No further byte can change the judgement of `bytes`. */
  settled(): boolean
}

export const makeOpening = (): Opening => {
  const first: number[] = []
  const begins = (hello: number[]): boolean =>
    first.length >= hello.length && hello.every((byte, index) => first[index] === byte)
  return {
    bytes: (bytes) => {
      for (const byte of bytes.subarray(0, SSH_HELLO.length - first.length)) first.push(byte)
      if (begins(TLS_HELLO)) return 'tls'
      return begins(SSH_HELLO) ? 'ssh' : null
    },
    settled: () => first.length >= SSH_HELLO.length
  }
}

/** Whether a connection's first line is a request of HTTP or one of its relatives. */
export const isRequestLine = (line: string): boolean => REQUEST_LINE.test(line)
/** The same for the beginning of a first line that was too long to keep. */
export const beginsLongRequest = (head: string): boolean => REQUEST_LINE.test(head) || LONG_REQUEST.test(head)
