import type { AppCommand, Outcome, Question } from '../shared/commands.ts'
import type { AnswerTo, Bridge, ViewMessage } from '../shared/bridge.ts'

/**
 * How the page stands to the app behind it. `refused`: the app runs, but was started anew and does not know this tab.
 * `barred`: it runs and knows this tab, and yet lets it not in: there are too many, or something between them is in the way.
 */
export type CarrierState = 'waiting' | 'attached' | 'lost' | 'refused' | 'barred'

declare global {
  interface Window {
    /** Put there by the preload in the desktop app; absent in a browser tab. */
    readonly teahouse?: Bridge
  }
}

/** First wait after the view server went away; doubles up to the last. It runs on this machine, so soon and often. */
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 5_000

/** A WebSocket does not tell why it was refused; a request to the same place does. */
const whyShut = async (): Promise<CarrierState> => {
  try {
    const { ok, status } = await fetch('/', { method: 'HEAD', cache: 'no-store' })
    if (status === FORBIDDEN) return 'refused'
    return ok ? 'barred' : 'lost'
  } catch {
    // Nobody there at all.
    return 'lost'
  }
}
const FORBIDDEN = 403

/** `value` is what was asked for: only the one who asked knows its type. */
type FromServer = { reply: number; value: never } | { reply: number; error: string } | { feed: ViewMessage }

interface Pending {
  resolve(value: never): void
  reject(why: Error): void
}

/**
 * The carrier for a browser tab: one WebSocket to the server the page came from. JSON text frames,
 * page → server `{id, send}`, `{id, ask}`, `{attach: true}`; server → page `{reply, value}`, `{reply, error}`, `{feed}`.
 * It comes back by itself; every attach begins with a snapshot, so nothing needs to be caught up.
 */
const openSocketBridge = (onCarrier: (state: CarrierState) => void): Bridge => {
  const address = new URL('/bridge', window.location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const pending = new Map<number, Pending>()
  let listener: ((message: ViewMessage) => void) | null = null
  let socket: WebSocket | null = null
  let nextId = 1
  let wait = FIRST_RETRY_MS
  let retry: ReturnType<typeof setTimeout> | undefined

  const received = (message: FromServer): void => {
    if ('feed' in message) {
      if (message.feed.type === 'snapshot') {
        wait = FIRST_RETRY_MS
        onCarrier('attached')
      }
      listener?.(message.feed)
      return
    }
    const asked = pending.get(message.reply)
    pending.delete(message.reply)
    if ('error' in message) asked?.reject(new Error(message.error))
    else asked?.resolve(message.value)
  }

  const dial = (): void => {
    clearTimeout(retry)
    const line = new WebSocket(address)
    let wasOpen = false
    socket = line
    line.addEventListener('open', () => {
      wasOpen = true
      line.send(JSON.stringify({ attach: true }))
    })
    line.addEventListener('message', (event: MessageEvent<unknown>) => {
      // The server is the app itself and checked every value before sending it.
      if (typeof event.data === 'string') received(JSON.parse(event.data))
    })
    line.addEventListener('close', () => {
      if (socket !== line) return
      socket = null
      for (const asked of pending.values()) asked.reject(new Error('The connection to Teahouse was lost'))
      pending.clear()
      const again = (state: CarrierState): void => {
        // Let go of, or dialled again, while the question was under way.
        if (!listener || socket) return
        onCarrier(state)
        // Also when refused: a new address opened in another tab lets this one in, too.
        retry = setTimeout(dial, wait)
        wait = Math.min(wait * 2, LAST_RETRY_MS)
      }
      if (wasOpen) again('lost')
      else void whyShut().then(again)
    })
  }

  const dialNow = (): void => {
    if (listener && !socket && document.visibilityState === 'visible') dial()
  }
  document.addEventListener('visibilitychange', dialNow)
  window.addEventListener('online', dialNow)

  const request = <T>(body: { send: AppCommand } | { ask: Question }): Promise<T> =>
    new Promise((resolve, reject) => {
      if (socket?.readyState !== WebSocket.OPEN) {
        reject(new Error('Not connected to Teahouse'))
        return
      }
      const id = nextId++
      pending.set(id, { resolve, reject })
      socket.send(JSON.stringify({ id, ...body }))
    })

  return {
    send: (command) => request<Outcome>({ send: command }),
    ask: <Q extends Question>(question: Q) => request<AnswerTo<Q>>({ ask: question }),
    attach: (hear) => {
      listener = hear
      dial()
      return () => {
        listener = null
        clearTimeout(retry)
        const line = socket
        socket = null
        line?.close()
      }
    }
  }
}

/** The one way to the app: the preload's bridge where there is one, else a WebSocket to where the page came from. */
export const openBridge = (onCarrier: (state: CarrierState) => void): Bridge => {
  const { teahouse } = window
  if (!teahouse) return openSocketBridge(onCarrier)
  return {
    send: (command) => teahouse.send(command),
    ask: (question) => teahouse.ask(question),
    attach: (hear) =>
      teahouse.attach((message) => {
        if (message.type === 'snapshot') onCarrier('attached')
        hear(message)
      })
  }
}
