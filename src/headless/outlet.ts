/**
 * Bytes waiting for a program that does not read what we write. More would cost the machine, and stopping would
 * cost the room: lines beyond it are counted and left out.
 */
const WAITING_BYTES = 64 * 1024 * 1024
/** How long the end waits for a reader who is slow. */
const FLUSH_MS = 2_000

/** Standard output or standard error, one line at a time, never in the way of the room. */
export interface Outlet {
  /** Writes a line (without its line end). */
  line(text: string): void
  /** Resolves when everything has gone to the reader, or the reader is gone, or after `withinMs` (2 s). */
  flush(withinMs?: number): Promise<void>
}

/** `gone` is called once when the reader has closed its end. */
export const makeOutlet = (stream: NodeJS.WriteStream, complain: (line: string) => void, gone: () => void): Outlet => {
  let closed = false
  let leftOut = 0
  stream.on('error', () => {
    if (closed) return
    closed = true
    gone()
  })
  return {
    line: (text) => {
      if (closed) return
      if (stream.writableLength > WAITING_BYTES) {
        if (leftOut === 0) complain('nobody reads standard output: events are left out from here')
        leftOut += 1
        return
      }
      if (leftOut > 0) {
        complain(`standard output is read again: ${leftOut} events were left out`)
        leftOut = 0
      }
      stream.write(`${text}\n`)
    },
    flush: (withinMs = FLUSH_MS) =>
      new Promise((resolve) => {
        if (closed) {
          resolve()
          return
        }
        const limit = setTimeout(resolve, withinMs)
        stream.write('', () => {
          clearTimeout(limit)
          resolve()
        })
      })
  }
}
