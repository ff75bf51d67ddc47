import type { Clock, Timer } from '../../shared/carriers.ts'
import type { Notification } from './contract.ts'

/** Longer texts are read in the window. */
export const NOTIFICATION_CHARACTERS = 200
const TITLE_CHARACTERS = 80
/** More than this many in the window of time is noise: the rest is summed up. */
export const NOTIFICATIONS_AT_ONCE = 3
export const NOTIFICATION_WINDOW_MS = 10_000
/** Texts shown in the sum. */
const SUMMED_TEXTS = 3
/** Enough to find the cut, whatever the text weighs. */
const LOOK_AHEAD = 20

/**
 * Controls, bidirectional and other format characters, separators: they could rewrite the neighbours of our text in a
 * place we do not draw. Joiners stay, they hold emoji and Indic letters together.
 */
const DISTURBING = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u2800\u3164\u115F\u1160\uFFA0]+/gu

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** One line of plain text, at most `length` UTF-16 units, never cut inside a grapheme. */
export const plainText = (text: string, length: number): string => {
  const clean = text
    .slice(0, length * LOOK_AHEAD)
    .toWellFormed()
    .replaceAll(DISTURBING, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  if (clean.length <= length) return clean
  let end = 0
  for (const { index, segment } of segmenter.segment(clean)) {
    // One place is kept for the ellipsis.
    if (index + segment.length > length - 1) break
    end = index + segment.length
  }
  return `${clean.slice(0, end).trimEnd()}…`
}

export interface Notifier {
  notify(notification: Notification): void
  close(): void
}

/**
 * Lets at most 3 notifications through in 10 s. The rest is gathered and comes as one when there is room again: the
 * newest texts, with the number of all of them in the title.
 */
export const makeNotifier = (
  clock: Clock,
  show: (notification: Notification) => void,
  /** False once the person has seen that conversation meanwhile. */
  wanted: (conversation: string) => boolean
): Notifier => {
  let shown: number[] = []
  let waiting: Notification[] = []
  let waitingIn = new Map<string, number>()
  let timer: Timer | null = null

  const showNow = (notification: Notification): void => {
    shown.push(clock.now())
    show(notification)
  }
  const fresh = (): void => {
    const since = clock.now() - NOTIFICATION_WINDOW_MS
    shown = shown.filter((at) => at > since)
  }
  const later = (): void => {
    const oldest = shown[0] ?? clock.now()
    timer ??= clock.after(Math.max(oldest + NOTIFICATION_WINDOW_MS - clock.now(), 0), sumUp)
  }
  const sumUp = (): void => {
    timer = null
    fresh()
    if (shown.length >= NOTIFICATIONS_AT_ONCE) return later()
    const all = waiting.filter((one) => wanted(one.conversation))
    let count = 0
    for (const [conversation, n] of waitingIn) if (wanted(conversation)) count += n
    waiting = []
    waitingIn = new Map()
    const newest = all.at(-1)
    if (newest === undefined) return
    if (count === 1) return showNow(newest)
    const titles = [...new Set(all.map((one) => one.title))]
    const single = titles.length === 1
    showNow({
      title: plainText(`${titles.join(', ')} (${count})`, TITLE_CHARACTERS),
      body: plainText(
        all.map((one) => (single ? one.body : `${one.title}: ${one.body}`)).join(' · '),
        NOTIFICATION_CHARACTERS
      ),
      conversation: newest.conversation
    })
  }

  return {
    notify: ({ title, body, conversation }) => {
      const notification = {
        title: plainText(title, TITLE_CHARACTERS),
        body: plainText(body, NOTIFICATION_CHARACTERS),
        conversation
      }
      fresh()
      if (shown.length < NOTIFICATIONS_AT_ONCE && waitingIn.size === 0) return showNow(notification)
      waiting = [...waiting, notification].slice(-SUMMED_TEXTS)
      waitingIn.set(conversation, (waitingIn.get(conversation) ?? 0) + 1)
      later()
    },
    close: () => {
      timer?.cancel()
      timer = null
      waiting = []
      waitingIn = new Map()
    }
  }
}
