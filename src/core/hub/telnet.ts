const IAC = 0xff
const SE = 0xf0
const SB = 0xfa
const WILL = 0xfb
const DONT = 0xfe

/** Takes the commands of a telnet client out of what it sends (RFC 854), across any cut of the bytes. */
export interface TelnetFilter {
  /** The text among the bytes; the very same array where there was nothing to take out. */
  text(bytes: Uint8Array): Uint8Array
}

export const makeTelnetFilter = (): TelnetFilter => {
  let state: 'text' | 'command' | 'option' | 'negotiation' | 'negotiation-command' = 'text'
  return {
    text: (bytes) => {
      if (state === 'text' && !bytes.includes(IAC)) return bytes
      const out = new Uint8Array(bytes.length + 1)
      let length = 0
      for (const byte of bytes) {
        switch (state) {
          case 'text':
            if (byte === IAC) state = 'command'
            else out[length++] = byte
            break
          case 'command':
            if (byte === SB) state = 'negotiation'
            else if (byte >= WILL && byte <= DONT) state = 'option'
            else {
              // IAC IAC is one byte 255 of text; below SE it is no command: a stray byte must not swallow a letter or LF.
              if (byte === IAC || byte < SE) out[length++] = byte
              state = 'text'
            }
            break
          case 'option':
            state = 'text'
            break
          case 'negotiation':
            if (byte === IAC) state = 'negotiation-command'
            break
          case 'negotiation-command':
            // Anything but SE, also a doubled IAC, is still inside.
            state = byte === SE ? 'text' : 'negotiation'
            break
        }
      }
      return out.subarray(0, length)
    }
  }
}
