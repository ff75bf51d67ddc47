import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Download, DownloadSink } from '../../src/node/export/exporter.ts'
import { openViewServer } from '../../src/node/view-server.ts'
import { until } from '../support/until.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const SECRET = 'a-secret'
interface Stand {
  port: number
  host: string
  cookie: string
  /** How often the download was asked for by its secret. */
  taken: () => number
  sink: () => DownloadSink
  stopped: () => boolean
  ask(path: string, headers?: Record<string, string>, method?: string): Promise<IncomingMessage>
}
const stand = async (): Promise<Stand> => {
  const pages = mkdtempSync(join(tmpdir(), 'teahouse-pages-'))
  cleanups.push(() => rmSync(pages, { recursive: true }))
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>page</title>')
  let sink: DownloadSink | null = null
  let stopped = false
  let taken = 0
  const download: Download = {
    fileName: 'Teahouse 茶"1".txt',
    type: 'text/plain; charset=utf-8',
    begin: (given) => {
      sink = given
      return () => {
        stopped = true
      }
    }
  }
  const opened = await openViewServer({
    pages,
    port: 0,
    side: {
      perform: () => Promise.resolve({ ok: true }),
      answer: () => Promise.reject(new Error('not asked here')),
      attach: () => () => undefined
    },
    download: (secret) => {
      if (secret !== SECRET) return null
      taken += 1
      return taken === 1 ? download : null
    },
    bug: (error) => {
      throw error
    }
  })
  if (!opened.ok) throw new Error(opened.text)
  const { server } = opened
  cleanups.push(() => server.close())
  const host = `127.0.0.1:${server.port}`
  const ask: Stand['ask'] = (path, headers = {}, method = 'GET') =>
    new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: server.port, path, method, headers: { host, ...headers } },
        resolve
      )
      asked.on('error', reject)
      asked.end()
    })
  const url = new URL(server.address())
  const first = await ask(`${url.pathname}${url.search}`)
  first.resume()
  return {
    port: server.port,
    host,
    cookie: first.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
    taken: () => taken,
    sink: () => {
      if (sink === null) throw new Error('not begun')
      return sink
    },
    stopped: () => stopped,
    ask
  }
}
const body = async (response: IncomingMessage): Promise<string> => {
  response.setEncoding('utf8')
  let text = ''
  for await (const part of response) text += String(part)
  return text
}

test('a page that came through the door gets its file, once, as a file', async () => {
  const at = await stand()
  const own = { cookie: at.cookie, 'sec-fetch-site': 'same-origin' }
  const response = await at.ask(`/export/${SECRET}`, own)
  expect(response.statusCode).toBe(200)
  expect(response.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': `attachment; filename="Teahouse __1_.txt"; filename*=UTF-8''Teahouse%20%E8%8C%B6%221%22.txt`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store'
  })
  void at.sink().write('one 二\n')
  await at.sink().write('three\n')
  at.sink().end()
  expect(await body(response)).toBe('one 二\nthree\n')
  expect(at.stopped()).toBe(false)
  const again = await at.ask(`/export/${SECRET}`, own)
  expect([again.statusCode, await body(again)]).toEqual([404, 'There is nothing to fetch here, or not any more.\n'])
})

test.each([
  ['without the cookie', {}, 403],
  ['under a foreign name of this machine', { host: 'evil.example' }, 403],
  ['from another site', { 'sec-fetch-site': 'cross-site' }, 404],
  ['from another port of this machine', { 'sec-fetch-site': 'same-site' }, 404],
  ['typed into the address bar', { 'sec-fetch-site': 'none' }, 404]
])('%s nothing is given, and the address stays good', async (how, headers: Record<string, string>, status) => {
  const at = await stand()
  const response = await at.ask(
    `/export/${SECRET}`,
    how === 'without the cookie' ? headers : { cookie: at.cookie, ...headers }
  )
  response.resume()
  expect(response.statusCode).toBe(status)
  expect(at.taken()).toBe(0)
})

test('a look at it (HEAD) and a wrong secret do not use it up', async () => {
  const at = await stand()
  const look = await at.ask(`/export/${SECRET}`, { cookie: at.cookie }, 'HEAD')
  look.resume()
  const wrong = await at.ask('/export/other', { cookie: at.cookie })
  wrong.resume()
  expect([look.statusCode, wrong.statusCode, at.taken()]).toEqual([404, 404, 0])
})

test('it goes at the pace of the reader, and one who leaves ends it', async () => {
  const at = await stand()
  const response = await at.ask(`/export/${SECRET}`, { cookie: at.cookie })
  const piece = 'x'.repeat(64 * 1024)
  let written = 0
  let room: Promise<boolean> = Promise.resolve(true)
  // Nobody reads: after what the kernel takes, there is no room any more.
  for (let stuck = false; !stuck && written < 100 * piece.length; written += piece.length) {
    room = at.sink().write(piece)
    stuck = await Promise.race([
      room.then(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, 300, true))
    ])
  }
  expect(written).toBeLessThan(100 * piece.length)
  response.destroy()
  expect(await room).toBe(false)
  await until(() => at.stopped())
})

test('one that breaks is not whole, and the browser can tell', async () => {
  const at = await stand()
  const response = await at.ask(`/export/${SECRET}`, { cookie: at.cookie })
  await at.sink().write('half')
  at.sink().abort()
  await expect(body(response)).rejects.toMatchObject({ code: 'ECONNRESET' })
})
