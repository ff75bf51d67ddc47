import { printable } from '../../../shared/printable.ts'
import type { Line } from '../../../shared/state.ts'
import type { Format, FormatOptions } from './format.ts'
import type { Apart } from './namesakes.ts'
import { makeNamesakes, NO_NAMESAKES, threadsAlike } from './namesakes.ts'
import { makeTimes } from './times.ts'
import { makeWords, type Words } from './words.ts'

/** One line as people read it, without its time; in one line, whatever it holds. `apart`: whose address it shows. */
export const plainLine = (line: Line, words: Words, apart: Apart): string => {
  if (line.kind === 'line') return printable(`| ${line.text}`)
  if (line.kind !== 'said') return printable(`* ${words.event(line, apart)}`)
  const state = words.state(line)
  return printable(`${words.inFull(words.who(line, apart))}: ${line.text}${state === '' ? '' : ` [${state}]`}`)
}

/**
 * For people, in UTF-8, LF at the end of each line. Each thing said is one line that begins with its time, so that
 * nothing said can pass for a heading or for another's line; what could disturb a terminal is written out.
 */
export const makePlainText = ({ language, timeZone, program, at }: FormatOptions): Format => {
  const words = makeWords(language, timeZone)
  const times = makeTimes(language, timeZone)
  let day = ''
  let alike: ReadonlySet<string> = new Set()
  let namesakes = NO_NAMESAKES
  return {
    begin: (conversations) => {
      alike = threadsAlike(conversations)
      const [only] = conversations
      const head = `${words.exported(`${times.day(at)} ${times.clock(at)}`, program)}\n`
      return conversations.length === 1 && only !== undefined
        ? printable(head.trimEnd()) + '\n'
        : `${words.everything}\n${head}`
    },
    conversation: (conversation, people, earlier) => {
      day = ''
      namesakes = makeNamesakes(conversation, earlier)
      const title = printable(words.title(conversation, alike.has(conversation.id)))
      const about = words.about(conversation, people).map((sentence) => `${printable(sentence)}\n`)
      return `\n# ${title}\n${about.join('')}`
    },
    line: (line) => {
      const today = times.day(line.at)
      const head = today === day ? '' : `\n## ${today}, ${times.longDay(line.at)}\n`
      day = today
      return `${head}${times.clock(line.at)} ${plainLine(line, words, namesakes.meet(line))}\n`
    },
    end: (lines) => `\n${words.end} (${words.lines(lines)})\n`
  }
}
