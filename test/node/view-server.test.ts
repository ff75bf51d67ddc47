import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CONTENT_SECURITY_POLICY } from '../../src/main/page-scheme.ts'
import { openViewServer, type ViewServer } from '../../src/node/view-server.ts'
import type { ViewSide } from '../../src/node/view/feed.ts'
import type { AnswerTo, Answers, ViewMessage } from '../../src/shared/bridge.ts'
import type { AppCommand, Question } from '../../src/shared/commands.ts'
import { until } from '../support/until.ts'

let pages = ''
beforeAll(() => {
  pages = mkdtempSync(join(tmpdir(), 'teahouse-pages-'))
  mkdirSync(join(pages, 'assets'))
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(pages, 'assets', 'index-abc.js'), 'export {}')
  writeFileSync(join(pages, 'assets', 'secret.unknown'), 'not a page')
})
afterAll(() => rmSync(pages, { recursive: true, force: true }))

interface FakeSide extends ViewSide {
  performed: AppCommand[]
  listeners: Set<(message: ViewMessage) => void>
}
const answers: Answers = {
  freePort: 8889,
  addresses: [],
  page: { lines: [], whole: true },
  held: [],
  pageAfter: { lines: [], newest: true },
  around: { found: false, why: 'nothing' },
  search: { state: 'nothing-asked' }
}
const makeSide = (): FakeSide => {
  const performed: AppCommand[] = []
  const listeners = new Set<(message: ViewMessage) => void>()
  return {
    performed,
    listeners,
    perform: (command) => {
      performed.push(command)
      if (command.type === 'forget') throw new Error('a bug with /secret/path in it')
      return Promise.resolve({ ok: true, room: 'r1' })
    },
    answer: <Q extends Question>(asked: Q): Promise<AnswerTo<Q>> => {
      const type: Q['type'] = asked.type
      return Promise.resolve(answers[type])
    },
    attach: (listener) => {
      listeners.add(listener)
      listener({ type: 'events', events: [] })
      return () => listeners.delete(listener)
    }
  }
}

let server: ViewServer | null = null
let bugs: unknown[] = []
afterEach(async () => {
  await server?.close()
  server = null
})

const open = async (side: ViewSide = makeSide()): Promise<ViewServer> => {
  bugs = []
  const result = await openViewServer({ pages, port: 0, side, bug: (error) => bugs.push(error) })
  if (!result.ok) throw new Error(result.text)
  server = result.server
  return result.server
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}
/** A request with exactly these headers: `fetch` would not let a test lie about Host. */
const ask = (port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })

const pathOf = (address: string): string => {
  const url = new URL(address)
  return `${url.pathname}${url.search}`
}
const enter = async (at: ViewServer, host = `127.0.0.1:${at.port}`): Promise<string> => {
  const { status, headers } = await ask(at.port, pathOf(at.address()), { host })
  expect(status).toBe(302)
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

/** The secret under every name it could have: the name alone must not be what keeps a foreign host out. */
const anyName = (cookie: string): string => `${cookie}; teahouse-=${cookie.split('=')[1] ?? ''}`

const openTab = (at: ViewServer, headers: Record<string, string>): Promise<WebSocket | number> =>
  new Promise((resolve) => {
    const tab = new WebSocket(`ws://127.0.0.1:${at.port}/bridge`, { headers })
    tab.on('open', () => resolve(tab))
    tab.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      response.resume()
    })
    tab.on('error', () => undefined)
  })
const tabOf = async (at: ViewServer): Promise<{ tab: WebSocket; heard: unknown[] }> => {
  const host = `127.0.0.1:${at.port}`
  const tab = await openTab(at, { host, origin: `http://${host}`, cookie: await enter(at) })
  if (typeof tab === 'number') throw new Error(`refused with ${tab}`)
  const heard: unknown[] = []
  tab.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString())))
  return { tab, heard }
}

describe('the printed address', () => {
  test('works once and becomes a cookie that only this browser has', async () => {
    const at = await open()
    const path = pathOf(at.address())
    const first = await ask(at.port, path)
    expect(first.status).toBe(302)
    expect(first.headers.location).toBe('/')
    expect(first.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^teahouse-${at.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`)
    )
    const again = await ask(at.port, path)
    expect(again.status).toBe(403)
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  test('leads in again where the cookie is there already', async () => {
    const at = await open()
    const path = pathOf(at.address())
    const cookie = (await ask(at.port, path)).headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect((await ask(at.port, path, { cookie })).status).toBe(302)
    expect((await ask(at.port, '/', { cookie })).status).toBe(200)
    expect((await ask(at.port, '/', { cookie })).body).toContain('<title>page</title>')
  })

  test('is not used up by a look that only asks for its head', async () => {
    const at = await open()
    const path = pathOf(at.address())
    expect((await ask(at.port, path, {}, 'HEAD')).status).toBe(403)
    expect((await ask(at.port, path)).status).toBe(302)
  })

  test('each one is new, and a wrong one opens nothing', async () => {
    const at = await open()
    expect(at.address()).not.toBe(at.address())
    for (const token of ['', 'x', 'A'.repeat(43)]) expect((await ask(at.port, `/?token=${token}`)).status).toBe(403)
  })

  test('names its cookie by the port the browser sees, through a tunnel too', async () => {
    const at = await open()
    const cookie = await enter(at, 'localhost:4000')
    expect(cookie).toMatch(/^teahouse-4000=/)
    expect((await ask(at.port, '/', { host: 'localhost:4000', cookie })).status).toBe(200)
    expect((await ask(at.port, '/', { host: 'localhost:5000', cookie })).status).toBe(403)
  })

  test('a link clicked in another site loads once more, from here', async () => {
    const at = await open()
    const elsewhere = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    const once = await ask(at.port, '/', elsewhere)
    expect(once.status).toBe(200)
    expect(once.body).toContain('http-equiv="refresh"')
    expect(once.body).not.toContain('<title>page</title>')
    expect((await ask(at.port, '/', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' })).status).toBe(
      403
    )
  })
})

describe('who is served', () => {
  test.each(['evil.example', 'evil.example:80', '192.168.1.5:8080', '127.0.0.1.evil.example', 'localhost.evil'])(
    'not somebody who calls this machine %j (DNS rebinding)',
    async (host) => {
      const at = await open()
      const { status, body } = await ask(at.port, '/', { host, cookie: anyName(await enter(at)) })
      expect(status).toBe(403)
      expect(body).not.toContain('<title>page</title>')
      expect((await ask(at.port, pathOf(at.address()), { host })).status).toBe(403)
    }
  )

  test.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST:1234'])('somebody who calls it %s', async (host) => {
    const at = await open()
    expect((await ask(at.port, '/', { host, cookie: await enter(at, host) })).status).toBe(200)
  })

  test('nobody without the cookie, not even for a script', async () => {
    const at = await open()
    expect((await ask(at.port, '/')).status).toBe(403)
    expect((await ask(at.port, '/assets/index-abc.js')).status).toBe(403)
    expect((await ask(at.port, '/', { cookie: `teahouse-${at.port}=` })).status).toBe(403)
    expect((await ask(at.port, '/', { cookie: `teahouse-${at.port}=${'A'.repeat(43)}` })).status).toBe(403)
  })

  test('on 127.0.0.1 only', async () => {
    const at = await open()
    const others = Object.values(networkInterfaces())
      .flatMap((card) => card ?? [])
      .filter((card) => card.address !== '127.0.0.1' && !card.address.startsWith('fe80'))
    for (const { address } of others) {
      const outcome = await new Promise((resolve) => {
        const socket = connect({ host: address, port: at.port, timeout: 1_000 })
        socket.on('connect', () => resolve('connected'))
        socket.on('error', () => resolve('refused'))
        socket.on('timeout', () => resolve('refused'))
        socket.on('close', () => socket.destroy())
      })
      expect(outcome, address).toBe('refused')
    }
  })

  test('by GET and HEAD only, and only what was built', async () => {
    const at = await open()
    const cookie = await enter(at)
    expect((await ask(at.port, '/', { cookie }, 'POST')).status).toBe(405)
    for (const path of ['/assets/secret.unknown', '/../package.json', '/%2e%2e/package.json', '//evil.example/', '/x'])
      expect((await ask(at.port, path, { cookie })).status, path).toBe(404)
    const script = await ask(at.port, '/assets/index-abc.js', { cookie })
    expect(script.headers['content-type']).toContain('text/javascript')
    expect(script.headers['cache-control']).toContain('immutable')
  })

  test('with headers that leave other pages nothing to do', async () => {
    const at = await open()
    for (const { headers } of [
      await ask(at.port, '/'),
      await ask(at.port, '/', { cookie: await enter(at) }),
      await ask(at.port, pathOf(at.address()))
    ]) {
      expect(headers['content-security-policy']).toBe(
        CONTENT_SECURITY_POLICY.replace("connect-src 'none'", "connect-src 'self'")
      )
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY'
      })
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })
})

describe('the bridge', () => {
  test('opens for our own page and for nobody else', async () => {
    const at = await open()
    const host = `127.0.0.1:${at.port}`
    const cookie = await enter(at)
    const origin = `http://${host}`
    expect(await openTab(at, { host, origin })).toBe(403)
    expect(await openTab(at, { host, cookie })).toBe(403)
    expect(await openTab(at, { host, cookie, origin: 'http://evil.example' })).toBe(403)
    expect(await openTab(at, { host, cookie, origin: 'null' })).toBe(403)
    expect(await openTab(at, { host, cookie, origin: `https://${host}` })).toBe(403)
    expect(await openTab(at, { host, cookie, origin: `http://localhost:${at.port}` })).toBe(403)
    const evil = { host: 'evil.example', origin: 'http://evil.example' }
    expect(await openTab(at, { ...evil, cookie: anyName(cookie) })).toBe(403)
    expect(await openTab(at, { host, cookie, origin })).toBeInstanceOf(WebSocket)
  })

  test('carries commands, questions and the feed, to several tabs', async () => {
    const side = makeSide()
    const at = await open(side)
    const one = await tabOf(at)
    const two = await tabOf(at)
    one.tab.send(JSON.stringify({ attach: true }))
    two.tab.send(JSON.stringify({ attach: true }))
    one.tab.send(JSON.stringify({ id: 1, send: { type: 'leave', room: 'r1' } }))
    one.tab.send(JSON.stringify({ id: 2, ask: { type: 'freePort', port: 8888 } }))
    await until(() => one.heard.length === 3 && two.heard.length === 1)
    expect(one.heard).toEqual([
      { feed: { type: 'events', events: [] } },
      { reply: 1, value: { ok: true, room: 'r1' } },
      { reply: 2, value: 8889 }
    ])
    expect(side.performed).toEqual([{ type: 'leave', room: 'r1' }])
    for (const listener of side.listeners) listener({ type: 'events', events: [] })
    await until(() => one.heard.length === 4 && two.heard.length === 2)
    one.tab.close()
    await until(() => side.listeners.size === 1)
    expect(two.tab.readyState).toBe(WebSocket.OPEN)
  })

  test('attached twice, a tab still hears everything once', async () => {
    const side = makeSide()
    const { tab, heard } = await tabOf(await open(side))
    tab.send(JSON.stringify({ attach: true }))
    tab.send(JSON.stringify({ attach: true }))
    await until(() => heard.length === 2)
    expect(side.listeners.size).toBe(1)
  })

  test('checks every command and question before anybody else sees it', async () => {
    const side = makeSide()
    const { tab, heard } = await tabOf(await open(side))
    tab.send(JSON.stringify({ id: 1, send: { type: 'format', disk: 'C' } }))
    tab.send(JSON.stringify({ id: 2, send: { type: 'connect', host: '', port: 99999 } }))
    tab.send(JSON.stringify({ id: 3, ask: { type: 'page', conversation: 'c', before: 1, limit: 1e9 } }))
    await until(() => heard.length === 3)
    expect(heard).toEqual([
      { reply: 1, error: 'bad-command' },
      { reply: 2, error: 'bad-command' },
      { reply: 3, error: 'bad-question' }
    ])
    expect(side.performed).toEqual([])
  })

  test.each(['not json', '[]', '{"id":1}', '{"id":-1,"send":{}}', '{"attach":false}', '{"attach":true,"x":1}'])(
    'closes on what is not its language: %s',
    async (text) => {
      const { tab } = await tabOf(await open())
      const code = new Promise((resolve) => tab.on('close', resolve))
      tab.send(text)
      expect(await code).toBe(1008)
    }
  )

  test('closes on binary frames and on frames longer than any command', async () => {
    const at = await open()
    const binary = await tabOf(at)
    const closed = new Promise((resolve) => binary.tab.on('close', resolve))
    binary.tab.send(Buffer.from('{"attach":true}'))
    expect(await closed).toBe(1008)
    const long = await tabOf(at)
    const cut = new Promise((resolve) => long.tab.on('close', resolve))
    long.tab.send('x'.repeat(7_000_000))
    expect(await cut).toBe(1009)
  })

  test('a bug behind it is logged and stays behind it', async () => {
    const { tab, heard } = await tabOf(await open())
    tab.send(JSON.stringify({ id: 7, send: { type: 'forget', room: 'r1' } }))
    await until(() => heard.length === 1)
    expect(heard).toEqual([{ reply: 7, error: 'internal' }])
    expect(bugs).toHaveLength(1)
  })

  test('ends with the server', async () => {
    const at = await open()
    const { tab } = await tabOf(at)
    const closed = new Promise((resolve) => tab.on('close', resolve))
    await at.close()
    expect(await closed).toBe(1001)
  })
})

test('a taken port and a missing page are told, not thrown', async () => {
  const at = await open()
  const taken = await openViewServer({ pages, port: at.port, side: makeSide(), bug: () => undefined })
  expect(taken).toMatchObject({ ok: false, code: 'port-in-use', text: expect.stringContaining(String(at.port)) })
  const missing = await openViewServer({ pages: join(pages, 'none'), port: 0, side: makeSide(), bug: () => undefined })
  expect(missing).toMatchObject({ ok: false, code: 'no-page' })
})
