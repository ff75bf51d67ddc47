import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { MAX_TEXT_CHARACTERS } from '../shared/commands.ts'
import type { Download } from './export/exporter.ts'
import { DOWNLOADS } from './export/exporter.ts'
import { isOwnFetch, sendDownload } from './view/download.ts'
import { makeViewDoor, ownHostPort } from './view/door.ts'
import { carryBridge, type ViewSide } from './view/feed.ts'
import { contentPolicy, readPages } from './view/pages.ts'

/**
 * The app in a browser of this machine: the built page and its bridge, on 127.0.0.1 only. Threats: other pages in the
 * same browser (Host, Origin, SameSite), other people on the machine (token, cookie), frames (headers).
 */

export interface ViewServerOptions {
  /** The folder of the built page. */
  pages: string
  /** 0: any free one. */
  port: number
  side: ViewSide
  /** An export a page asked for, by the secret of its address; once. */
  download?: (secret: string) => Download | null
  /** An exception, which is a bug of ours: for the log. */
  bug: (error: unknown) => void
}
export interface ViewServer {
  port: number
  /** An address that works once, in one browser. */
  address(): string
  close(): Promise<void>
}
export type ViewServerResult =
  | { ok: true; server: ViewServer }
  | { ok: false; code: 'port-in-use' | 'cannot-listen' | 'no-page'; text: string }

/** The longest command with every character escaped, and room for what is around it. */
const LONGEST_MESSAGE_BYTES = 6 * MAX_TEXT_CHARACTERS + 64 * 1024
/** A tab behind a dead tunnel is noticed within two of these. */
const HEARTBEAT_MS = 30_000
/** Tabs of one person; more is a loop. */
const MOST_TABS = 100

const HEADERS: Record<string, string> = {
  // As in the desktop app, but the page may talk to where it came from.
  'Content-Security-Policy': contentPolicy("'self'"),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()'
}

const USED_UP = `This address does not open Teahouse: it works once, in one browser.
Press Enter where Teahouse runs to get a new one, or start it again.
此地址只能使用一次。请在运行 Teahouse 的终端中按回车键获取新地址，或重新启动。
`
/**
 * A link clicked in a page (a terminal in a browser) starts cross-site, and its redirect arrives without the new
 * cookie. Loading once more from here is same-site.
 */
const ONCE_MORE = '<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>Teahouse</title>'

const answer = (
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  more: Record<string, string> = {}
): void => {
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...more
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
const PLAIN = 'text/plain; charset=utf-8'

const listen = (server: ReturnType<typeof createServer>, port: number): Promise<NodeJS.ErrnoException | null> =>
  new Promise((resolve) => {
    server.once('error', resolve)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', resolve)
      resolve(null)
    })
  })

export const openViewServer = async (options: ViewServerOptions): Promise<ViewServerResult> => {
  const pages = await readPages(options.pages).catch(() => new Map<string, never>())
  const index = pages.get('/index.html')
  if (index === undefined)
    return { ok: false, code: 'no-page', text: `the built page is missing in ${options.pages}: run npm run build` }

  const door = makeViewDoor()
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE_BYTES,
    perMessageDeflate: false
  })

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const host = request.headers.host ?? ''
    if (ownHostPort(host) === null) {
      answer(response, 403, PLAIN, 'Teahouse answers to this computer only.\n')
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, PLAIN, 'Only GET.\n', { Allow: 'GET, HEAD' })
      return
    }
    const target = request.url ?? '/'
    // `//elsewhere` would be another host to a URL parser: a path begins with one slash here.
    const [path = '/', query = ''] = target.split('?', 2)
    const known = door.knows(host, request.headers.cookie)
    const token = path === '/' ? new URLSearchParams(query).get('token') : null
    // A HEAD (a link preview) must not use the token up.
    if (token !== null && request.method === 'GET' && (door.redeem(token) || known)) {
      answer(response, 302, PLAIN, '', { Location: '/', ...(known ? {} : { 'Set-Cookie': door.cookie(host) }) })
      return
    }
    if (!known) {
      const fromElsewhere = request.headers['sec-fetch-site'] === 'cross-site'
      if (fromElsewhere && token === null && path === '/' && request.headers['sec-fetch-mode'] === 'navigate')
        answer(response, 200, 'text/html; charset=utf-8', ONCE_MORE)
      else answer(response, 403, PLAIN, USED_UP)
      return
    }
    if (path.startsWith(DOWNLOADS)) {
      // A HEAD must not use the address up.
      const wanted = request.method === 'GET' && isOwnFetch(request)
      const download = wanted ? (options.download?.(path.slice(DOWNLOADS.length)) ?? null) : null
      if (download === null) answer(response, 404, PLAIN, 'There is nothing to fetch here, or not any more.\n')
      else sendDownload(download, response, HEADERS)
      return
    }
    const page = path === '/' ? index : pages.get(path)
    if (page === undefined) answer(response, 404, PLAIN, 'There is no such page.\n')
    else
      answer(response, 200, page.type, page.bytes, {
        'Cache-Control': page.lasting ? 'private, max-age=31536000, immutable' : 'no-cache'
      })
  }

  const http = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000 }, serve)

  const refuse = (socket: Duplex, status: string): void => {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The page went away during its own request: nothing to answer.
    socket.on('error', () => undefined)
    const host = request.headers.host ?? ''
    if (request.url !== '/bridge') refuse(socket, '404 Not Found')
    else if (
      ownHostPort(host) === null ||
      request.headers.origin !== `http://${host}` ||
      !door.knows(host, request.headers.cookie)
    )
      refuse(socket, '403 Forbidden')
    else if (sockets.clients.size >= MOST_TABS) refuse(socket, '503 Service Unavailable')
    else
      sockets.handleUpgrade(request, socket, head, (tab) => {
        carryBridge(tab, options.side, options.bug)
        alive.add(tab)
        tab.on('pong', () => alive.add(tab))
      })
  })

  const alive = new WeakSet<WebSocket>()
  const heartbeat = setInterval(() => {
    for (const tab of sockets.clients) {
      if (!alive.delete(tab)) tab.terminate()
      else tab.ping()
    }
  }, HEARTBEAT_MS)
  heartbeat.unref()

  const failure = await listen(http, options.port)
  if (failure !== null) {
    clearInterval(heartbeat)
    return failure.code === 'EADDRINUSE'
      ? { ok: false, code: 'port-in-use', text: `port ${options.port} is in use` }
      : { ok: false, code: 'cannot-listen', text: `cannot listen on 127.0.0.1: ${failure.code ?? failure.message}` }
  }
  http.on('error', options.bug)
  const listening = http.address()
  const port = typeof listening === 'object' && listening !== null ? listening.port : options.port

  return {
    ok: true,
    server: {
      port,
      address: () => `http://127.0.0.1:${port}/?token=${door.token()}`,
      close: () =>
        new Promise((resolve) => {
          clearInterval(heartbeat)
          // Going away (RFC 6455, 7.4.1).
          for (const tab of sockets.clients) tab.close(1001)
          http.close(() => resolve())
          http.closeAllConnections()
          for (const tab of sockets.clients) tab.terminate()
        })
    }
  }
}
