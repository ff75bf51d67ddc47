/**
 * Characters that could move a terminal's cursor, end a line, or turn the reading order: C0 but TAB, DEL, C1 (ESC and
 * CSI among them), the Unicode line ends, the bidirectional controls, and halves of a surrogate pair.
 */
const DISTURBING = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu

const escaped = (character: string): string => {
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** A text from elsewhere as it may stand in one line of a terminal: everything disturbing is shown, not obeyed. */
export const printable = (text: string): string => text.replace(DISTURBING, escaped)
