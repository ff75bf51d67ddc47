/**
 * Bytes to lines. Cut at LF before anything is decoded, so that no character is ever cut (architecture, "One line's
 * journey"). The same bytes give the same lines, however they arrive.
 */
export interface Framer {
  push(bytes: Uint8Array): void
  /** Bytes after the last LF; a copy. */
  tail(): Uint8Array
  tailLength(): number
  /** Takes the tail as if it had ended: what comes next begins a new line. */
  takeTail(): Uint8Array
}

const LF = 0x0a

/** Whether the last character lacks bytes, read as UTF-8 (RFC 3629, section 3). */
export const endsInCharacter = (bytes: Uint8Array): boolean => {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes.at(-back)
    if (byte === undefined || byte < 0x80) return false
    // What does not continue a character begins one of two, three or four bytes.
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2)
  }
  return false
}

/** Half a line of an unnamed sender, `[A]A:text`, cut within the second A: what it has of it looks like words. */
export const endsInSender = (half: string): boolean => {
  const end = half.indexOf(']')
  const sender = half.slice(1, end)
  return half.startsWith('[') && /:\d{1,5}$/u.test(sender) && `${sender}:`.startsWith(half.slice(end + 1))
}

/** `longest`: bytes of a line after which it is given as far as it goes, and the rest up to its LF is let go. */
export const makeFramer = (longest: number, take: (line: Uint8Array, cut: boolean) => void): Framer => {
  let pieces: Uint8Array[] = []
  let length = 0
  /** In the rest of a line that was too long. */
  let skipping = false

  const joined = (): Uint8Array => {
    const [only] = pieces
    if (only && pieces.length === 1) return only
    const whole = new Uint8Array(length)
    let at = 0
    for (const piece of pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }
  const clear = (): Uint8Array => {
    const whole = joined()
    pieces = []
    length = 0
    return whole
  }
  const keep = (bytes: Uint8Array): void => {
    if (skipping || bytes.length === 0) return
    const room = longest - length
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes
    if (kept.length > 0) {
      pieces.push(kept)
      length += kept.length
    }
    if (bytes.length > room) {
      take(clear(), true)
      skipping = true
    }
  }
  return {
    push: (bytes) => {
      let from = 0
      for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, from)) {
        keep(bytes.subarray(from, at))
        from = at + 1
        if (skipping) skipping = false
        else take(clear(), false)
      }
      // A slice, so that a short tail does not hold a whole read buffer.
      if (from < bytes.length) keep(bytes.slice(from))
    },
    tail: joined,
    tailLength: () => length,
    takeTail: clear
  }
}
