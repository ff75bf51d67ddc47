import { MAX_TEXT_CHARACTERS } from '../shared/commands.ts'

/** Room for a command object around the longest text, every character of it escaped. */
const LONGEST_LINE = 6 * MAX_TEXT_CHARACTERS + 1024

/** Cuts a stream of text into lines at LF; one CR before it is dropped. A last line without LF counts. */
export const makeLineReader = (
  line: (text: string) => void,
  tooLong: () => void
): { received(text: string): void; ended(): void } => {
  let parts: string[] = []
  let held = 0
  let skipping = false
  const finish = (): void => {
    const whole = parts.join('')
    parts = []
    held = 0
    if (skipping) {
      skipping = false
      tooLong()
    } else line(whole.endsWith('\r') ? whole.slice(0, -1) : whole)
  }
  const keep = (text: string): void => {
    held += text.length
    if (held > LONGEST_LINE) {
      skipping = true
      parts = []
    } else parts.push(text)
  }
  return {
    received: (text) => {
      let from = 0
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
        keep(text.slice(from, at))
        finish()
        from = at + 1
      }
      if (from < text.length) keep(text.slice(from))
    },
    ended: () => {
      if (held > 0) finish()
    }
  }
}
