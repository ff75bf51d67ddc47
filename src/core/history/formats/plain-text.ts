import { printable } from '../../../shared/printable.ts'
import type { Line } from '../../../shared/state.ts'
import type { Format, FormatOptions } from './format.ts'
import { makeTimes } from './times.ts'
import { makeWords, type Words } from './words.ts'

/** One line as people read it, without its time; in one line, whatever it holds. */
export const plainLine = (line: Line, words: Words): string => {
  if (line.kind === 'line') return printable(`| ${line.text}`)
  if (line.kind !== 'said') return printable(`* ${words.event(line)}`)
  const state = words.state(line)
  return printable(`${words.who(line)}: ${line.text}${state === '' ? '' : ` [${state}]`}`)
}

/**
 * For people, in UTF-8, LF at the end of each line. Each thing said is one line that begins with its time, so that
 * nothing said can pass for a heading or for another's line; what could disturb a terminal is written out.
 */
export const makePlainText = ({ language, timeZone, program, at }: FormatOptions): Format => {
  const words = makeWords(language, timeZone)
  const times = makeTimes(language, timeZone)
  let day = ''
  return {
    begin: (conversations) => {
      const [only] = conversations
      const head = `${words.exported(`${times.day(at)} ${times.clock(at)}`, program)}\n`
      return conversations.length === 1 && only !== undefined
        ? printable(head.trimEnd()) + '\n'
        : `${words.everything}\n${head}`
    },
    conversation: (conversation, people) => {
      day = ''
      const title = printable(words.title(conversation))
      const about = words.about(conversation, people).map((sentence) => `${printable(sentence)}\n`)
      return `\n# ${title}\n${about.join('')}`
    },
    line: (line) => {
      const today = times.day(line.at)
      const head = today === day ? '' : `\n## ${today}, ${times.longDay(line.at)}\n`
      day = today
      return `${head}${times.clock(line.at)} ${plainLine(line, words)}\n`
    },
    end: (lines) => `\n${words.end} (${words.lines(lines)})\n`
  }
}
