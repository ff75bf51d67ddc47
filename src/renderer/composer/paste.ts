/** From so many messages on, a person is asked before a text goes out: three lines are a thought, a page is a mistake. */
export const ASK_FROM_MESSAGES = 5

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/u

/** The messages a text becomes: one for each line that is not blank (decision 13). */
export const messagesOf = (text: string): string[] => text.split(LINE_BREAK).filter((line) => line.trim() !== '')
