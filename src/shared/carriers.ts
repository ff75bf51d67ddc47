/**
 * What the pure core is given by whoever runs it: time, sockets, character encodings. Nothing here may exist
 * only on one platform; `src/node` implements these with Node.
 */

export interface Timer {
  cancel(): void
}
export interface Clock {
  /** Monotonic milliseconds: for every delay and limit. Never jumps. */
  now(): number
  /** Wall clock, ms since 1970: only to show and to store. */
  wall(): number
  /** Does not keep the program alive by itself. */
  after(ms: number, run: () => void): Timer
  /** Runs once the present turn of the event loop has read everything it can (Node: `setImmediate`). */
  endOfTurn(run: () => void): void
}

/** A byte stream to somebody. The one who made it delivers what arrives through the listener it was given. */
export interface Wire {
  /** Hands bytes to the kernel in one piece. False when they could not go at once and are queued here. */
  write(bytes: Uint8Array): boolean
  /** Bytes handed over and not yet taken by the kernel. */
  queued(): number
  /** Half-closes after everything written has gone (FIN). */
  end(): void
  /** Gives the connection up at once. */
  destroy(): void
}
export interface WireListener {
  received(bytes: Uint8Array): void
  /** Queued bytes went out. */
  drained?(): void
  /** The other side sent FIN. */
  ended(): void
  /** Nothing more will come; after this the wire is dead. `reset`: by RST or an error on a standing connection. */
  closed(how: 'ended' | 'reset'): void
}

/** Where a connection attempt stands. */
export type DialFailure = 'refused' | 'timeout' | 'unreachable' | 'no-such-host'
export interface DialListener extends WireListener {
  /** `local` is our end as `ip:port`; `loopback` or `lan` decide how long to wait for a first line. */
  connected(wire: Wire, local: string, nearness: 'loopback' | 'lan' | 'far'): void
  failed(why: DialFailure): void
}
/** Starts one attempt (all addresses of the name, both families). Returns the way to give it up. */
export type Dial = (host: string, port: number, listener: DialListener) => { abandon(): void }

/** A character encoding both ways. */
export interface Codec {
  /** A whole line, LF removed. Never throws; what cannot be decoded becomes U+FFFD. */
  decode(bytes: Uint8Array): string
  /** Null when the text has a character this encoding cannot write: never a `?`. */
  encode(text: string): Uint8Array | null
}
