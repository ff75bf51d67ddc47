import type { Outbox } from './outbox.ts'
import { asShown } from './wording.ts'

/** More than anybody says to a server before it wakes up. */
const MOST_UNECHOED = 50

/** Lines that were told as sent to a server taken for one that never echoes: their echo may come all the same. */
export interface Unechoed {
  add(text: string): void
  any(): boolean
  /** A line of ours came back: true, it is one of these, and told already. */
  takes(text: string): boolean
}

export const makeUnechoed = (outbox: Pick<Outbox, 'awaits'>): Unechoed => {
  /** The oldest first. */
  const texts: string[] = []
  return {
    add: (text) => {
      texts.push(text)
      if (texts.length > MOST_UNECHOED) texts.shift()
    },
    any: () => texts.length > 0,
    takes: (text) => {
      const shown = asShown(text)
      const isIt = (other: string): boolean => asShown(other) === shown
      const at = texts.findIndex(isIt)
      // Said once more: whichever of the two comes back first confirms the one that waits for it.
      if (at < 0 || outbox.awaits(isIt)) return false
      texts.splice(at, 1)
      return true
    }
  }
}
