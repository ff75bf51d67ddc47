import type { Timer } from '../../shared/carriers.ts'
import type { Knowledge, Spoken } from '../dialects/dialect.ts'
import { lastWords } from '../dialects/im.ts'
import { bounded } from './bounded.ts'
import type { Framer } from './framing.ts'
import { endsInCharacter, endsInSender } from './framing.ts'
import type { Standing } from './standing.ts'

/** What has come without the end of its line: private lines of some servers, prompts, and lines cut off for good. */

/** Unterminated bytes that are quiet so long may be a whole private line (dialects 3.7). */
const TAIL_MS = 120
/** Prompts and raw chunks of unknown servers: a line torn in two is worse than one that comes late. */
const PLAIN_TAIL_MS = 500
/** A longer tail is no private line; reading it again and again would cost. */
const LONGEST_TAIL = 64 * 1024

export interface TailDeps {
  standing: Standing
  framer: Framer
  read: (bytes: Uint8Array) => string
  known: () => Knowledge
  /** Not run any more once the connection is over. */
  later: (ms: number, run: () => void) => Timer
  hear: (spoken: Spoken) => void
}

export interface Tail {
  /** Bytes have come: what stays quiet from now on may be whole as it is. */
  arm(): void
  /** What a dead connection left of a line. `said`: words to be understood; `kick`: those of a kick. Null: neither. */
  dying(tail: string): { said: string | null; kick: string | null }
}

export const makeTail = ({ standing, framer, read, known, later, hear }: TailDeps): Tail => {
  let timer: Timer | null = null

  const quiet = (patient: boolean): void => {
    if (!standing.spec || standing.listening || framer.tailLength() > LONGEST_TAIL) return
    // Our own host ends every line: what is quiet there is a line that is still on its way.
    if (standing.marked) return
    const bytes = framer.tail()
    const tail = read(bytes)
    if (tail.trim() === '') return
    // The rest of a character is on its way, however slowly; unless the server cut it off.
    if (!patient && endsInCharacter(bytes)) {
      timer = later(PLAIN_TAIL_MS, () => quiet(true))
      return
    }
    const spoken = standing.spec.parseTail(tail, known())
    if (!spoken) return
    framer.takeTail()
    for (const one of bounded(tail, spoken)) hear(one)
  }

  return {
    arm: () => {
      timer?.cancel()
      timer = null
      if (framer.tailLength() === 0) return
      const plain = standing.spec?.name === 'plain'
      timer = later(plain ? PLAIN_TAIL_MS : TAIL_MS, () => quiet(plain))
    },
    dying: (tail) => {
      // Our own host ends every line: this is a torn one, and what it says nobody said.
      if (tail.trim() === '' || !standing.spec || standing.marked) return { said: null, kick: null }
      const last = standing.spec.name === 'im' ? lastWords(tail) : null
      const before = last ? last.before : tail
      // Cut between the sender and his first word, nobody has said anything.
      const saysNothing =
        before.trim() === '' ||
        (standing.spec.chunks && endsInSender(before)) ||
        standing.spec.parse(before, known()).every((spoken) => spoken.kind === 'said' && spoken.text.trim() === '')
      return { said: saysNothing ? null : before, kick: last?.kick ?? null }
    }
  }
}
