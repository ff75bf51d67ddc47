import { showable, showableName } from '../../../shared/showable.ts'
import type { Line } from '../../../shared/state.ts'
import type { Format, FormatOptions, KeptConversation } from './format.ts'
import { PAGE_STYLE, PAGE_STYLE_HASH } from './html-style.ts'
import { makeNamesakes, NO_NAMESAKES, threadsAlike } from './namesakes.ts'
import { makeTimes } from './times.ts'
import { makeWords, type Who } from './words.ts'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/gu, (character) => ESCAPES[character] ?? '')
/** Any text from elsewhere, as it may stand between two tags or in an attribute. */
const safe = (text: string): string => escaped(showable(text))

/** Nothing is fetched, nothing runs: only this one style sheet applies. */
const POLICY = `default-src 'none'; style-src '${PAGE_STYLE_HASH}'; base-uri 'none'; form-action 'none'`

/** One page that holds everything it needs and can be printed. What was said is text in it, never anything else. */
export const makeHtml = ({ language, timeZone, program, at }: FormatOptions): Format => {
  const words = makeWords(language, timeZone)
  const times = makeTimes(language, timeZone)
  let day = ''
  /** What is open and has to be closed before the next of its kind. */
  let open: '' | 'conversation' | 'day' = ''
  let count = 0
  let alike: ReadonlySet<string> = new Set()
  let namesakes = NO_NAMESAKES

  const close = (): string => {
    const closing = open === 'day' ? '</section>\n</article>\n' : open === 'conversation' ? '</article>\n' : ''
    open = ''
    return closing
  }
  const titleOf = (conversation: KeptConversation): string => words.title(conversation, alike.has(conversation.id))
  const whoIs = ({ name, address }: Who): string =>
    `<bdi>${safe(name)}</bdi>${address === '' ? '' : ` <small><bdi dir="ltr">${safe(address)}</bdi></small>`}`
  const row = (line: Line): string => {
    const apart = namesakes.meet(line)
    const time = `<time datetime="${times.iso(line.at)}">${times.clock(line.at).slice(0, 5)}</time>`
    if (line.kind === 'line')
      return `<p class="free">${time}<b>${words.server}</b><span><bdi>${safe(line.text)}</bdi></span></p>\n`
    if (line.kind !== 'said')
      return `<p class="event">${time}<b></b><span><bdi dir="ltr">${safe(words.event(line, apart))}</bdi></span></p>\n`
    const state = words.state(line)
    const mark = state === '' ? '' : ` <i>${safe(state)}</i>`
    const kind = line.own ? ' class="own"' : line.mention ? ' class="mention"' : ''
    return `<p${kind}>${time}<b>${whoIs(words.who(line, apart))}</b><span><bdi dir="auto">${safe(line.text)}</bdi>${mark}</span></p>\n`
  }

  return {
    begin: (conversations) => {
      alike = threadsAlike(conversations)
      const [only] = conversations
      const single = conversations.length === 1 && only !== undefined
      const title = single ? showableName(titleOf(only)) : words.everything
      const contents = conversations
        .map(
          (one, index) =>
            `<li><a href="#c${index + 1}"><bdi>${safe(titleOf(one))}</bdi></a> <small>${words.lines(one.lines)}</small></li>\n`
        )
        .join('')
      return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${safe(program)}">
<title>${safe(title)} – Teahouse</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${safe(single ? titleOf(only) : words.everything)}</h1>
<p>${safe(words.exported(`${times.longDay(at)}, ${times.clock(at).slice(0, 5)}`, program))}</p>
</header>
${single || contents === '' ? '' : `<nav aria-label="${words.contents}">\n<h2>${words.contents}</h2>\n<ol>\n${contents}</ol>\n</nav>\n`}<main>
`
    },
    conversation: (conversation, people, earlier) => {
      const before = close()
      day = ''
      namesakes = makeNamesakes(conversation, earlier)
      count += 1
      open = 'conversation'
      const about = words
        .about(conversation, people)
        .map((sentence) => `<p class="about"><bdi>${safe(sentence)}</bdi></p>\n`)
      return `${before}<article id="c${count}" aria-labelledby="t${count}">\n<h2 id="t${count}"><bdi>${safe(titleOf(conversation))}</bdi></h2>\n${about.join('')}`
    },
    line: (line) => {
      const today = times.day(line.at)
      if (today === day) return row(line)
      const before = open === 'day' ? '</section>\n' : ''
      day = today
      open = 'day'
      return `${before}<section>\n<h3><time datetime="${today}">${safe(times.longDay(line.at))}</time></h3>\n${row(line)}`
    },
    end: (lines) =>
      `${close()}</main>\n<footer><p>${words.end} · ${words.lines(lines)}</p></footer>\n</body>\n</html>\n`
  }
}
