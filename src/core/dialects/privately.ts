import { bracketsIn } from './address.ts'
import type { Knowledge, Spoken } from './dialect.ts'

/** Private lines of the 002 family, received (dialects 3.4 rule 9, 3.7, wordings 5.1). */
const MARKS = ['对您说', '对你说', '私信'] as const
/** A real burst of glued private lines is far shorter; more is somebody's text. */
const MOST_PIECES = 200

/** A colon after the mark belongs to the wording of most forks, unless it begins a face the sender typed. */
const FACE = /^[:：][-'^]?[)(\][|/\\*DPpOo3]+(?:\s|$)/

interface Mark {
  at: number
  length: number
}

const marksIn = (text: string): Mark[] => {
  const found: Mark[] = []
  for (const mark of MARKS) {
    for (let at = text.indexOf(mark); at >= 0 && found.length < MOST_PIECES; at = text.indexOf(mark, at + 1)) {
      found.push({ at, length: mark.length })
    }
  }
  return found.toSorted((a, b) => a.at - b.at)
}

const textAfter = (text: string, marked: boolean): string => {
  // Our own host writes exactly `NAME对您说TEXT`.
  if (marked || !/^[:：]/.test(text) || FACE.test(text)) return text
  return text.slice(text[1] === ' ' ? 2 : 1)
}

const read = (part: string, known: Knowledge): Spoken | null => {
  const mark = marksIn(part).find((one) => one.at > 0)
  if (!mark) return null
  const name = part.slice(0, mark.at)
  return {
    kind: 'whispered',
    name: known.named(name) ? name : name.trimEnd(),
    text: textAfter(part.slice(mark.at + mark.length), known.marked)
  }
}

/** Where a name that somebody has stands right before a mark: there another private line begins. */
const beginnings = (text: string, known: Knowledge): number[] => {
  const cuts: number[] = []
  const lengths = known.nameLengths()
  for (const mark of marksIn(text)) {
    const length = lengths.find((length) => length <= mark.at && known.named(text.slice(mark.at - length, mark.at)))
    if (length !== undefined && mark.at > length) cuts.push(mark.at - length)
  }
  return cuts
}

/** One text without brackets in front: one or several private lines, or free text. */
export const parsePrivate = (text: string, known: Knowledge): Spoken[] => {
  if (!read(text, known)) return english(text)
  const cuts = known.marked ? [] : beginnings(text, known)
  const parts: Spoken[] = []
  let from = 0
  for (const cut of [...cuts, text.length]) {
    if (cut <= from) continue
    const part = text.slice(from, cut)
    parts.push(read(part, known) ?? { kind: 'line', text: part })
    from = cut
  }
  return parts
}

const ENGLISH = [' sent a private message to you: ', ' send to you : ', ' say: '] as const

const english = (text: string): Spoken[] => {
  if (text.startsWith('[private]')) {
    const at = text.indexOf(':')
    if (at > 9) return [{ kind: 'whispered', name: text.slice(9, at), text: text.slice(at + 1) }]
  }
  for (const mark of ENGLISH) {
    const at = text.indexOf(mark)
    if (at > 0) return [{ kind: 'whispered', name: text.slice(0, at), text: text.slice(at + mark.length) }]
  }
  return [{ kind: 'line', text }]
}

/**
 * A line may have private ones without LF glued in front: the ordinary line begins at `[A]` of somebody we know
 * (dialects 3.7). The index of that place, or null.
 */
export const ordinaryPart = (line: string, known: Knowledge): number | null => {
  const first = marksIn(line)[0]
  if (!first) return null
  for (const { at, address } of bracketsIn(line)) {
    if (at > first.at && known.knows(address)) return at
  }
  return null
}
