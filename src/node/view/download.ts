import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Download } from '../export/exporter.ts'

/** The name for every reader: ASCII for old ones, the whole of it for all others (RFC 6266, 4.3; RFC 8187). */
const disposition = (fileName: string): string => {
  const plain = fileName.replaceAll(/[^\w. -]/gu, '_')
  const whole = encodeURIComponent(fileName).replaceAll(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}

/** A download that is held so long is forgotten: what is kept cannot be tidied up while it is read. */
const HELD_MS = 10 * 60_000

/** A page may fetch what it asked for; a link on another page, an address typed or a frame may not. */
export const isOwnFetch = (request: IncomingMessage): boolean => {
  const site = request.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin'
}

/** Sends an export as it is written: at the reader's pace, never held in memory, cut off visibly when it breaks. */
export const sendDownload = (
  download: Download,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>
): void => {
  response.writeHead(200, {
    ...headers,
    'Content-Type': download.type,
    'Content-Disposition': disposition(download.fileName),
    'Cache-Control': 'no-store',
    // It is a file to keep, not a page of this origin: opened here it could do nothing.
    'Content-Security-Policy': "sandbox; default-src 'none'"
  })
  // The browser shows the download from here on, also before there is anything of it.
  response.flushHeaders()
  response.setTimeout(HELD_MS, () => response.destroy())
  let gone = false
  let release: (() => void) | null = null
  const stop = download.begin({
    write: async (text) => {
      if (gone) return false
      if (!response.write(text))
        await new Promise<void>((resolve) => {
          release = resolve
          response.once('drain', resolve)
        })
      return !gone
    },
    end: () => response.end(),
    // Without its last chunk the browser knows that it is not whole, and keeps nothing.
    abort: () => response.destroy()
  })
  response.on('close', () => {
    gone = true
    release?.()
    if (!response.writableFinished) stop()
  })
}
