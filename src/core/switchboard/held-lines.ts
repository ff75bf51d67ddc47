import type { Line, LineId } from '../../shared/state.ts'
import { indexOfLine, lineWeight, newestFrom, TIMELINE_CHARACTERS, TIMELINE_SLACK } from '../../shared/state.ts'

/**
 * Texts of all conversations together, some 128 MiB at worst: a server that invents two hundred people, each with a
 * megabyte to say, must not fill the memory.
 */
export const HELD_CHARACTERS = 64 * 1024 * 1024
/** What is left of a limit when it is reached: cutting at each line would copy the whole list each time. */
const LEFT = 0.9

/** The end of one conversation in memory, by growing id. */
export interface HeldLines {
  readonly lines: readonly Line[]
  /** Nothing is older than what is in memory. */
  readonly whole: boolean
  /** Where a line is, or would be. */
  indexOf(id: LineId): number
  find(id: LineId): Line | null
  add(line: Line): void
  /** False: it is not in memory. */
  replace(line: Line): boolean
  /** False: it is not in memory. */
  remove(id: LineId): boolean
  /** There is something older. */
  uncover(): void
  /** Nothing was ever said. */
  clear(): void
  /** Its share is the others'. */
  close(): void
}

/** The oldest lines go where there are too many: of one conversation, or of the longest of all. */
export interface Holding {
  /** `most`: how many lines it may hold now. */
  open(lines: readonly Line[], whole: boolean, most: () => number): HeldLines
}

const weightOf = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + lineWeight(line), 0)

export const makeHolding = (): Holding => {
  const all = new Set<{ weight: () => number; cut: (most: number, characters: number) => void; count: () => number }>()
  let total = 0

  const share = (): void => {
    const each = (HELD_CHARACTERS * LEFT) / all.size
    for (const one of all) if (one.weight() > each) one.cut(one.count(), each)
  }

  return {
    open: (given, isWhole, most) => {
      let lines = [...given]
      let whole = isWhole
      let weight = 0
      const weigh = (by: number): void => {
        weight += by
        total += by
      }
      const cut = (left: number, characters: number): void => {
        const gone = lines.splice(0, newestFrom(lines, lines.length, left, characters))
        weigh(-weightOf(gone))
        if (gone.length > 0) whole = false
      }
      const one = { weight: () => weight, cut, count: () => lines.length }
      const shorten = (): void => {
        if (lines.length > most() + TIMELINE_SLACK || weight > TIMELINE_CHARACTERS)
          cut(most(), TIMELINE_CHARACTERS * LEFT)
        if (total > HELD_CHARACTERS) share()
      }
      const indexOf = (id: LineId): number => indexOfLine(lines, id)
      const find = (id: LineId): Line | null => {
        const found = lines[indexOf(id)]
        return found?.id === id ? found : null
      }
      all.add(one)
      weigh(weightOf(lines))
      shorten()
      return {
        get lines() {
          return lines
        },
        get whole() {
          return whole
        },
        indexOf,
        find,
        add: (line) => {
          lines.push(line)
          weigh(lineWeight(line))
          shorten()
        },
        replace: (line) => {
          const before = find(line.id)
          if (before === null) return false
          weigh(lineWeight(line) - lineWeight(before))
          lines[indexOf(line.id)] = line
          return true
        },
        remove: (id) => {
          const before = find(id)
          if (before === null) return false
          weigh(-lineWeight(before))
          lines.splice(indexOf(id), 1)
          return true
        },
        uncover: () => {
          whole = false
        },
        clear: () => {
          weigh(-weight)
          lines = []
          whole = true
        },
        close: () => {
          weigh(-weight)
          all.delete(one)
        }
      }
    }
  }
}
