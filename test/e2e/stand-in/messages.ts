/** What the two halves of the stand-in tell each other over the child-process channel (V8 serialisation). */

/** A value that was asked for: whoever asked knows its type. */
export type Reply<V = unknown> = { value: V; error?: undefined } | { value?: undefined; error: string }

/** From the app's process, which believes it runs on Electron, to the process that owns Chromium. */
export type FromApp<V = unknown> =
  | { t: 'create'; seq: number; id: number; width: number; height: number; preload: string | null }
  | { t: 'load'; seq: number; id: number; url: string }
  | { t: 'script'; seq: number; id: number; code: string }
  | { t: 'send'; id: number; channel: string; args: unknown[] }
  | { t: 'destroy'; id: number }
  | { t: 'resize'; id: number; width: number; height: number }
  | { t: 'focus'; id: number; focused: boolean }
  | { t: 'zoom'; id: number; factor: number }
  | { t: 'theme'; theme: 'system' | 'light' | 'dark' }
  | { t: 'scheme'; scheme: string }
  | { t: 'grant'; permissions: string[] }
  | ({ t: 'answer'; seq: number } & Reply<V>)

/** From the process that owns Chromium to the app's process. */
export type ToApp =
  | ({ t: 'reply'; seq: number } & Reply)
  | { t: 'invoke'; seq: number; id: number; url: string; channel: string; args: unknown[] }
  | { t: 'tell'; id: number; url: string; channel: string; args: unknown[] }
  | { t: 'navigate'; seq: number; id: number; url: string; mainFrame: boolean }
  | { t: 'popup'; id: number; url: string }
  | { t: 'title'; id: number; title: string }
  | { t: 'gone'; id: number }
  | { t: 'crashed'; id: number }
  | { t: 'quit'; seq: number }
  | { t: 'evaluate'; seq: number; code: string; argument: unknown }
  | { t: 'fetch'; seq: number; scheme: string; url: string; method: string }

export interface Fetched {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

/**
 * Chromium itself has no `app://`. A private scheme is shown to it as a host below `.localhost` (a secure context),
 * and every request to it is answered by the app's own handler. Only `location` differs from Electron.
 */
export const toChromium = (url: string): string =>
  url.replace(/^(?!https?:|file:|about:|data:)([a-z-]+):\/\/([^/]+)/, 'http://$2.$1.localhost')
export const fromChromium = (url: string): string =>
  url.replace(/^http:\/\/([^./]+)\.([a-z-]+)\.localhost/, (_, host: string, scheme: string) => `${scheme}://${host}`)
