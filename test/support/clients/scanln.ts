/**
 * What Go's `fmt.Scanln(&word)` makes of one typed line when it is called in a loop, as the relay's and the
 * menu client do (dialects 4): each call takes one word, then eats blanks *and the first letter of the next word*
 * before it complains. `hello world` becomes `hello` and `orld`. A call that finds only the end of the line gives
 * an empty word.
 */
export const scanlnWords = (line: string): string[] => {
  const words: string[] = []
  let rest: string | null = line
  while (rest !== null) {
    const trimmed: string = rest.replace(/^[ \t\r]+/u, '')
    const word: string = /^[^ \t\r]*/u.exec(trimmed)?.[0] ?? ''
    words.push(word)
    const after = trimmed.slice(word.length).replace(/^[ \t\r]+/u, '')
    const [lost] = after
    rest = lost === undefined ? null : after.slice(lost.length)
  }
  return words
}
