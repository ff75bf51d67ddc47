export { MAX_MARKS, showable, showableName, shownLabel } from '../../shared/showable.ts'

/** Where a long message is folded at first, and how much more each "more" shows. */
export const FOLD_CHARACTERS = 2000
export const FOLD_LINES = 40
const FOLD_GROWTH = 10

/** The first part of a text at a step of unfolding (0: as it comes), and whether there is more. */
export const folded = (text: string, step: number): { text: string; more: boolean } => {
  const growth = FOLD_GROWTH ** step
  let end = Math.min(text.length, FOLD_CHARACTERS * growth)
  let at = -1
  for (let line = 0; line < FOLD_LINES * growth; line++) {
    at = text.indexOf('\n', at + 1)
    if (at < 0 || at >= end) break
    if (line === FOLD_LINES * growth - 1) end = at
  }
  if (end >= text.length) return { text, more: false }
  // Never cut between two halves of a character.
  const last = text.charCodeAt(end - 1)
  if (last >= 0xd800 && last < 0xdc00) end -= 1
  return { text: text.slice(0, end), more: true }
}
