import { ipcMain, type WebContents } from 'electron'
import { z } from 'zod'
import type { Log } from '../node/log.ts'
import type { ViewSide } from '../node/view/feed.ts'
import { CHANNELS } from '../shared/bridge.ts'
import { type AppCommand, appCommand, question } from '../shared/commands.ts'
import { isOurPage } from './sender.ts'

/** Starts or stops a feed. The page numbers its feeds, so a late batch of an old one is never taken for a new one's. */
const feedWish = z.strictObject({ feed: z.int().min(1), on: z.boolean() })

/** One page has one feed, and for a moment two while it swaps them; more is a page gone mad. */
const MAX_FEEDS = 4

export interface IpcDeps {
  switchboard: ViewSide
  log: Log
  /** The contents of our window, while there is one. */
  window: () => { mainFrame: object } | null
  /** A command the page sent, before it is performed: the shell follows where the person looks. */
  onCommand: (command: AppCommand) => void
  /** A view has its snapshot and hears what comes now. */
  onAttached: () => void
}

export interface Carrier {
  /** A page hears the feed now. */
  attached(): boolean
}

/** The one door from the page: three channels, each value checked, each sender known. */
export const carry = ({ switchboard, log, window, onCommand, onAttached }: IpcDeps): Carrier => {
  const feeds = new Map<number, () => void>()
  const stopFeeds = (): void => {
    for (const stop of feeds.values()) stop()
    feeds.clear()
  }
  const watched = new WeakSet<WebContents>()

  const handle = <S extends z.ZodType>(
    channel: string,
    schema: S,
    run: (value: z.infer<S>, sender: WebContents) => unknown
  ): void =>
    ipcMain.handle(channel, async (event, ...values: unknown[]) => {
      if (!isOurPage(event, window())) {
        log.warn('refused', { what: 'sender', channel })
        throw new Error('refused: unknown sender')
      }
      const value = values.length === 1 ? schema.safeParse(values[0]) : null
      if (!value?.success) {
        log.warn('refused', { what: 'value', channel })
        throw new Error('refused: not a value of this channel')
      }
      try {
        return await run(value.data, event.sender)
      } catch (error) {
        // The page hears that it failed; what a bug was, only the log can tell.
        log.error('failure', { channel, error })
        throw error
      }
    })

  handle(CHANNELS.send, appCommand, (command) => {
    onCommand(command)
    return switchboard.perform(command)
  })
  handle(CHANNELS.ask, question, (asked) => switchboard.answer(asked))
  handle(CHANNELS.attach, feedWish, ({ feed, on }, sender) => {
    feeds.get(feed)?.()
    feeds.delete(feed)
    if (!on) return
    if (feeds.size >= MAX_FEEDS) throw new Error('refused: too many feeds')
    if (!watched.has(sender)) {
      watched.add(sender)
      // A page that goes takes its feeds with it; the next one attaches anew.
      sender.on('did-start-navigation', (details) => {
        if (details.isMainFrame && !details.isSameDocument) stopFeeds()
      })
      sender.on('render-process-gone', stopFeeds)
      sender.on('destroyed', stopFeeds)
    }
    const stop = switchboard.attach((message) => {
      if (!sender.isDestroyed()) sender.send(CHANNELS.feed, { feed, message })
    })
    feeds.set(feed, stop)
    onAttached()
  })
  return { attached: () => feeds.size > 0 }
}
