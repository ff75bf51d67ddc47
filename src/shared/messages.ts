/** Whatever ends a line where texts are written or copied from. */
const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/u

/** The messages in what a person wrote or pasted: one for each line that holds more than blanks (decision 13). */
export const messagesIn = (text: string): string[] => text.split(LINE_BREAK).filter((line) => line.trim() !== '')
