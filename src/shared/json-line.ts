/** What JSON leaves alone and some line readers take for the end of a line, or a terminal for a command. */
const UNESCAPED_BY_JSON = /[\u007f-\u009f\u2028\u2029]/g

/** One event as one line of UTF-8, `type` first, without the line end. */
export const jsonLine = (event: { type: string }): string => {
  const { type, ...fields } = event
  return JSON.stringify({ type, ...fields }).replace(
    UNESCAPED_BY_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}
