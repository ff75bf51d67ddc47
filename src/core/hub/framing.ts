const LF = 0x0a
const CR = 0x0d
const NUL = 0x00
/** The first room for a line that comes in pieces: most lines people type fit. */
const FIRST_ROOM_BYTES = 256

export interface FramerLimits {
  /** Longest line, LF not counted. */
  lineBytes: number
  /** Bytes without an LF after which nobody is typing any more. */
  unendedBytes: number
}
export interface FramerListener {
  /** One whole line: no LF, no CR before it, no NUL. May be empty. Only valid during the call. */
  line(bytes: Uint8Array): void
  /** A line grew over the limit and is being dropped up to its LF; told once for each. `head`: how it begins. */
  tooLong(head: Uint8Array): void
  /** The bytes without LF went over the second limit; nothing more will be told. */
  endless(): void
}

/** Bytes to lines, in bounded memory and in time linear in the bytes, wherever they are cut. */
export interface Framer {
  push(bytes: Uint8Array): void
  /** The other side sent FIN: what is left is a line, too. */
  end(): void
  /** Tells nothing any more. */
  stop(): void
}

const cleaned = (bytes: Uint8Array): Uint8Array => {
  const whole = bytes.includes(NUL) ? bytes.filter((byte) => byte !== NUL) : bytes
  return whole.at(-1) === CR ? whole.subarray(0, -1) : whole
}

export const makeFramer = (limits: FramerLimits, listener: FramerListener): Framer => {
  let pending = new Uint8Array(0)
  let length = 0
  /** Since the last LF, dropped ones too. */
  let unended = 0
  let dropping = false
  let stopped = false

  const keep = (bytes: Uint8Array): void => {
    const wanted = length + bytes.length
    if (wanted > pending.length) {
      const grown = new Uint8Array(Math.max(FIRST_ROOM_BYTES, wanted, Math.min(2 * pending.length, limits.lineBytes)))
      grown.set(pending.subarray(0, length))
      pending = grown
    }
    pending.set(bytes, length)
    length = wanted
  }
  const drop = (): void => {
    dropping = true
    const head = pending.slice(0, length)
    pending = new Uint8Array(0)
    length = 0
    listener.tooLong(head)
  }
  const take = (bytes: Uint8Array): void => {
    unended += bytes.length
    if (!dropping) {
      // Less than nothing, when the limit became smaller on the way.
      const room = Math.max(0, limits.lineBytes - length)
      keep(bytes.length > room ? bytes.subarray(0, room) : bytes)
      if (bytes.length > room) drop()
    }
    if (unended > limits.unendedBytes && !stopped) {
      stopped = true
      listener.endless()
    }
  }
  const finish = (): void => {
    const line = pending.subarray(0, length)
    const whole = !dropping
    unended = 0
    length = 0
    dropping = false
    if (whole) listener.line(cleaned(line))
  }

  return {
    push: (bytes) => {
      let start = 0
      while (start < bytes.length) {
        // The listener may have stopped us over the last line.
        if (stopped) return
        const at = bytes.indexOf(LF, start)
        const end = at === -1 ? bytes.length : at
        if (at !== -1 && unended === 0 && end - start <= limits.lineBytes) {
          listener.line(cleaned(bytes.subarray(start, end)))
        } else {
          take(bytes.subarray(start, end))
          if (at !== -1 && !stopped) finish()
        }
        start = end + 1
      }
    },
    end: () => {
      if (!stopped && unended > 0) finish()
      stopped = true
    },
    stop: () => {
      stopped = true
    }
  }
}
