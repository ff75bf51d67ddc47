import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import { CONTENT_SECURITY_POLICY } from '../../src/main/page-scheme.ts'
import { type Decoy, startDecoy } from './decoy.ts'
import { type AppUnderTest, expect, MAIN, test } from './fixtures.ts'
import { host } from './host.ts'

/** The page as a specification sees it: three functions. */
interface Teahouse {
  send(command: unknown): Promise<{ ok: boolean; code?: string }>
  ask(question: unknown): Promise<unknown>
  attach(listener: (message: unknown) => void): () => void
}
declare const window: Window & { teahouse: Teahouse; stillHere?: boolean }

const settled = (page: Page): Promise<unknown> => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)))

const withDecoy = async (run: (decoy: Decoy) => Promise<void>): Promise<void> => {
  const decoy = await startDecoy()
  try {
    await run(decoy)
    expect(decoy.hits()).toEqual([])
    // The decoy does count: otherwise nothing above would mean anything.
    await fetch(`${decoy.url}/counts`)
    expect(decoy.hits()).toContain('GET /counts')
  } finally {
    await decoy.close()
  }
}

test('the page has three functions and nothing of Node or Electron', async ({ page }) => {
  const found = await page.evaluate(() => ({
    bridge: Object.entries(window.teahouse).map(([name, value]) => `${name}: ${typeof value}`),
    reachable: [
      'require',
      'process',
      'module',
      'exports',
      'Buffer',
      'global',
      'electron',
      'ipcRenderer',
      '__dirname'
    ].filter((name) => name in window)
  }))
  expect(found.bridge.toSorted()).toEqual(['ask: function', 'attach: function', 'send: function'])
  expect(found.reachable).toEqual([])
})

test('the window is asked to be sandboxed and isolated', async ({ app }) => {
  test.skip(host !== 'stand-in', 'Electron does not tell what was asked; there the sandbox itself is looked at')
  await app.firstWindow()
  const asked = await app.evaluate((electron) => {
    const standInCalls: { api: string; args: unknown[] }[] = Reflect.get(electron, 'standInCalls')
    return standInCalls.filter(({ api }) => ['new BrowserWindow', 'app.enableSandbox'].includes(api))
  })
  expect(asked).toEqual([
    { api: 'app.enableSandbox', args: [] },
    {
      api: 'new BrowserWindow',
      args: [
        expect.objectContaining({
          webPreferences: expect.objectContaining({
            sandbox: true,
            contextIsolation: true,
            nodeIntegration: false,
            webviewTag: false
          })
        })
      ]
    }
  ])
})

test('the page process really is in a sandbox', async ({ app }) => {
  test.skip(host !== 'electron' || process.platform !== 'linux', 'only real Electron on Linux can show it')
  await app.firstWindow()
  const mode = await app.evaluate(async ({ BrowserWindow }) => {
    const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId()
    const { readFileSync } = await import('node:fs')
    return /^Seccomp:\s*(\d)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  })
  expect(mode).toBe('2')
})

test('the policy stands on the page, and nothing gets out', async ({ page }) => {
  await withDecoy(async (decoy) => {
    const result = await page.evaluate(async (url) => {
      const violations: { directive: string; policy: string }[] = []
      document.addEventListener('securitypolicyviolation', (event) =>
        violations.push({ directive: event.effectiveDirective, policy: event.originalPolicy })
      )
      const outcome: Record<string, string> = {}
      outcome['fetch'] = await fetch(`${url}/fetch`).then(
        () => 'reached',
        () => 'blocked'
      )
      outcome['socket'] = await new Promise<string>((resolve) => {
        try {
          const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`)
          socket.addEventListener('open', () => resolve('reached'))
          socket.addEventListener('error', () => resolve('blocked'))
        } catch {
          resolve('blocked')
        }
      })
      outcome['events'] = await new Promise<string>((resolve) => {
        const source = new EventSource(`${url}/events`)
        source.addEventListener('open', () => resolve('reached'))
        source.addEventListener('error', () => {
          source.close()
          resolve('blocked')
        })
      })
      navigator.sendBeacon(`${url}/beacon`)
      const add = <K extends keyof HTMLElementTagNameMap>(
        tag: K,
        set: (element: HTMLElementTagNameMap[K]) => void
      ): Promise<string> =>
        new Promise((resolve) => {
          const element = document.createElement(tag)
          element.addEventListener('load', () => resolve('loaded'))
          element.addEventListener('error', () => resolve('blocked'))
          set(element)
          document.head.append(element)
          setTimeout(() => resolve('silent'), 200)
        })
      outcome['image'] = await add('img', (image) => {
        image.src = `${url}/image.png`
      })
      outcome['style'] = await add('link', (link) => {
        link.rel = 'stylesheet'
        link.href = `${url}/style.css`
      })
      await add('link', (link) => {
        link.rel = 'prefetch'
        link.href = `${url}/prefetch`
      })
      await add('iframe', (frame) => {
        frame.src = `${url}/frame`
      })
      outcome['script text'] = 'refused'
      try {
        await add('script', (script) => {
          script.textContent = 'window.inlined = true'
        })
        if ('inlined' in window) outcome['script text'] = 'ran'
      } catch {
        outcome['script text'] = 'refused'
      }
      for (const sink of ['innerHTML', 'outerHTML'] as const) {
        const element = document.createElement('div')
        document.body.append(element)
        try {
          Reflect.set(element, sink, '<img src=x>')
          outcome[sink] = 'taken'
        } catch {
          outcome[sink] = 'refused'
        }
        element.remove()
      }
      // Reports come in a task of their own.
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { outcome, violations, policies: [...new Set(violations.map(({ policy }) => policy))] }
    }, decoy.url)
    expect(result.outcome).toEqual({
      fetch: 'blocked',
      socket: 'blocked',
      events: 'blocked',
      image: 'blocked',
      style: 'blocked',
      'script text': 'refused',
      innerHTML: 'refused',
      outerHTML: 'refused'
    })
    expect(result.policies).toEqual([CONTENT_SECURITY_POLICY])
    const directives = new Set(result.violations.map(({ directive }) => directive))
    for (const directive of ['connect-src', 'img-src', 'style-src-elem', 'frame-src', 'require-trusted-types-for'])
      expect(directives).toContain(directive)
  })
})

test('the page stays where it is and opens no window', async ({ page, app }) => {
  await withDecoy(async (decoy) => {
    const before = page.url()
    await page.evaluate(() => {
      window.stillHere = true
    })
    const targets = [
      `${decoy.url}/page`,
      'http://127.0.0.1:9/',
      'https://evil.example/',
      'file:///etc/passwd',
      'data:text/html,<title>out</title>',
      // Chromium loads this one without a request, so the stand-in cannot ask first.
      ...(host === 'electron' ? ['about:blank'] : []),
      'smb://127.0.0.1/share/x',
      'teahouse://join?host=10.0.0.7&port=1',
      'vscode://x'
    ]
    const ways: Record<string, (url: string) => void> = {
      assign: (url) => window.location.assign(url),
      replace: (url) => window.location.replace(url),
      open: (url) => void window.open(url),
      'open in itself': (url) => void window.open(url, '_self'),
      click: (url) => {
        const link = Object.assign(document.createElement('a'), { href: url })
        document.body.append(link)
        link.click()
        link.remove()
      },
      'new window': (url) => {
        const link = Object.assign(document.createElement('a'), { href: url, target: '_blank' })
        document.body.append(link)
        link.click()
        link.remove()
      },
      'middle click': (url) => {
        const link = Object.assign(document.createElement('a'), { href: url })
        document.body.append(link)
        link.dispatchEvent(new MouseEvent('auxclick', { button: 1, bubbles: true, cancelable: true }))
        link.dispatchEvent(new MouseEvent('click', { ctrlKey: true, bubbles: true, cancelable: true }))
        link.remove()
      },
      form: (url) => {
        const form = Object.assign(document.createElement('form'), { action: url, method: 'post' })
        document.body.append(form)
        form.submit()
        form.remove()
      },
      refresh: (url) => {
        const meta = Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: `0;url=${url}` })
        document.head.append(meta)
        meta.remove()
      }
    }
    for (const way of Object.values(ways))
      for (const target of targets) await page.evaluate(way, target).catch(() => undefined)
    await settled(page)
    expect(page.url()).toBe(before)
    expect(await page.evaluate(() => window.stillHere)).toBe(true)
    expect(app.windows()).toHaveLength(1)
    expect(await page.evaluate(() => typeof window.teahouse.send)).toBe('function')
  })
})

test('what is no command is refused at the door, and the app lives on', async ({ page }) => {
  const refusals = await page.evaluate(async () => {
    const values: unknown[] = [
      undefined,
      null,
      0,
      '',
      [],
      {},
      { type: 'nonsense' },
      { type: 'say' },
      { type: 'say', conversation: 'a' },
      { type: 'say', conversation: 5, text: 'x' },
      { type: 'say', conversation: '', text: 'x' },
      { type: 'say', conversation: 'a', text: 'x'.repeat(1_000_001) },
      { type: 'connect', host: 'a', port: 0, dialect: 'auto', charset: 'auto' },
      { type: 'connect', host: 'a', port: 65_536, dialect: 'auto', charset: 'auto' },
      { type: 'connect', host: 'a', port: 1.5, dialect: 'auto', charset: 'auto' },
      { type: 'connect', host: '', port: 1, dialect: 'auto', charset: 'auto' },
      { type: 'connect', host: 'a', port: 1, dialect: 'klingon', charset: 'auto' },
      { type: 'host', name: 'x', doors: [], language: 'en', bare: false },
      { type: 'host', name: ' ', doors: [{ port: 0, dialect: 'im' }], language: 'en', bare: false },
      { type: 'changeSettings', change: { theme: 'pink' } },
      { type: 'openLink', url: 5 },
      { type: 'look', conversation: 1, inFront: true, atEnd: true, line: null },
      new Map([['type', 'quit']]),
      new Date(),
      new Uint8Array(10)
    ]
    const words = (error: unknown): string => (error instanceof Error ? error.message : 'no error')
    const answers: string[] = []
    for (const value of values) {
      answers.push(await window.teahouse.send(value).then(() => `performed ${JSON.stringify(value)}`, words))
      answers.push(await window.teahouse.ask(value).then(() => `answered ${JSON.stringify(value)}`, words))
    }
    return answers
  })
  for (const refusal of refusals) expect(refusal).toContain('refused: not a value of this channel')
  const still = await page.evaluate(() => window.teahouse.send({ type: 'leave', room: 'nobody' }))
  expect(still).toMatchObject({ ok: false, code: 'no-such-room' })
})

test('nobody but our window may ask', async ({ app, page }) => {
  expect(await page.evaluate(() => window.teahouse.send({ type: 'who', room: 'x' }))).toMatchObject({ ok: false })
  const opened = app.windows().length
  await app.evaluate(
    async ({ BrowserWindow }, preload) => {
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
      await other.loadURL('app://teahouse/index.html')
    },
    join(dirname(MAIN), '../preload/bridge.cjs')
  )
  await expect.poll(() => app.windows().length).toBe(opened + 1)
  const other = app.windows().find((window) => window !== page)
  const answer = await other?.evaluate(() =>
    window.teahouse.send({ type: 'who', room: 'x' }).catch((error: Error) => error.message)
  )
  expect(answer).toContain('refused: unknown sender')
})

/** Records what would be opened outside, instead of opening it. */
const watchLinks = (app: AppUnderTest): Promise<void> =>
  app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = (url) => {
      opened.push(url)
      return Promise.resolve()
    }
  })
const openedLinks = (app: AppUnderTest): Promise<string[]> => app.evaluate(() => Reflect.get(globalThis, 'opened'))

test('only plain web links are ever opened, as the parser writes them', async ({ app, page }) => {
  await watchLinks(app)
  const outcomes = await page.evaluate(async (urls) => {
    const answers: [string, boolean][] = []
    for (const url of urls)
      answers.push([
        url,
        await window.teahouse.send({ type: 'openLink', url }).then(
          ({ ok }) => ok,
          () => false
        )
      ])
    return answers
  }, HOSTILE_LINKS)
  expect(outcomes.filter(([, opened]) => opened)).toEqual([])
  expect(await openedLinks(app)).toEqual([])
  await page.evaluate(() =>
    window.teahouse.send({ type: 'openLink', url: 'HTTPS://Example.COM/a b'.replace(' ', '%20') })
  )
  expect(await openedLinks(app)).toEqual(['https://example.com/a%20b'])
})

const HOSTILE_LINKS = [
  '',
  ' ',
  'example.com',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'vbscript:msgbox(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://example.com/1',
  'view-source:https://example.com/',
  'about:blank',
  'file:///etc/passwd',
  'file://host/share/x.desktop',
  'smb://host/share/x',
  '\\\\host\\share\\x',
  '//host/share',
  'https:\\\\evil.example\\x',
  'http:example.com',
  'ftp://host/x',
  'mailto:a@b.example',
  'tel:1',
  'ssh://host',
  'steam://run/1',
  'search-ms:query=x',
  'ms-msdt:/id PCWDiagnostic',
  'ms-officecmd:{}',
  'ms-appinstaller:?source=https://evil.example',
  'ms-settings:',
  'shell:startup',
  'vscode://x',
  'teahouse://join?host=10.0.0.7&port=1',
  'app://teahouse/index.html',
  'chrome://settings',
  'devtools://devtools/bundled/inspector.html',
  'http://bank@evil.example/',
  'http://bank:secret@evil.example/',
  'http://',
  'http:///',
  'https://ev\u202Eil.example/',
  'https://evil.example/\u200Bx',
  'https://evil.example/ --no-sandbox',
  'https://evil.example/\r\nx',
  'https://[::1',
  `https://evil.example/${'x'.repeat(9000)}`
]

test('permissions are denied by default', async ({ page }) => {
  const denied = await page.evaluate(async () => ({
    notifications: await Notification.requestPermission(),
    location: await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('granted'),
        () => resolve('denied')
      )
    ),
    camera: await (
      navigator.mediaDevices?.getUserMedia({ video: true, audio: true }) ?? Promise.reject(new Error())
    ).then(
      () => 'granted',
      () => 'denied'
    )
  }))
  expect(denied).toEqual({ notifications: 'denied', location: 'denied', camera: 'denied' })
})
