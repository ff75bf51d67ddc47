/** The test process's half of the stand-in: owns a real Chromium, starts the built app, carries messages between them. */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, CDPSession, Page, Request } from 'playwright-core'
import { type Fetched, type FromApp, fromChromium, toChromium, type ToApp } from './messages.ts'
import { decode, encode, mainWorldScript, preloadScript } from './page.ts'

/** Chromium may run without its sandbox here: it stands in for Electron, whose own sandbox no test switches off. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1'
]

const WORLD = 'electron-preload'
/** An app that does not leave by itself in this time is ended. */
const QUIT_MS = 5000

interface Window {
  page: Page
  cdp: CDPSession
  contextId: number
  /** Deliveries, one after the other. */
  sent: Promise<unknown>
  queue: string[]
  /** Navigations the app itself asked for by `loadURL`: not announced as the page's. */
  loading: string | null
}

export interface StandInOptions {
  main: string
  browser: Browser
  userData: string
  args?: string[]
  env?: Record<string, string>
  /** Another program than this Node, for example one that enters a network namespace first. */
  execPath?: string
}

export interface StandInApp {
  process(): ChildProcess
  /** Resolves with the exit code; null when a signal ended it. */
  exited: Promise<number | null>
  windows(): Page[]
  firstWindow(): Promise<Page>
  evaluate<R, A = undefined>(
    run: (electron: typeof import('electron'), argument: A) => R,
    argument?: A
  ): Promise<Awaited<R>>
  close(): Promise<void>
  stderr(): string
}

const WINDOW_MARGIN = { viewport: { width: 1000, height: 700 } }

export const launchStandIn = async (options: StandInOptions): Promise<StandInApp> => {
  const context: BrowserContext = await options.browser.newContext(WINDOW_MARGIN)
  const windows = new Map<number, Window>()
  const isOurs = (request: Request): boolean => {
    try {
      const page = request.frame().page()
      return [...windows.values()].some((window) => window.page === page)
    } catch {
      // The first request of a page that is just opening has no frame yet: a popup, for ours are known before.
      return false
    }
  }
  // Chromium opens a popup before anybody can refuse it: it must not load anything in the moment until it is closed.
  await context.route('**/*', (route) => (isOurs(route.request()) ? route.fallback() : route.abort('aborted')))
  const pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  const waiting: ((page: Page) => void)[] = []
  let count = 0
  let stderr = ''
  let theme: 'system' | 'light' | 'dark' = 'system'

  const child = fork(options.main, options.args ?? [], {
    ...(options.execPath === undefined ? {} : { execPath: options.execPath }),
    execArgv: ['--import', join(import.meta.dirname, 'register.ts'), '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...options.env, STAND_IN_USER_DATA: options.userData },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  })
  child.stdout?.resume()
  child.stderr?.on('data', (part: Buffer) => {
    stderr += part.toString()
    if (process.env['STAND_IN_LOG']) process.stderr.write(part)
  })
  const exited = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => {
      resolve(code)
      for (const { reject } of pending.values()) reject(new Error(`the app's process ended (${code})\n${stderr}`))
      pending.clear()
    })
  })

  const post = (message: ToApp): void => {
    // An app that ends at this moment needs no message; what it was asked is answered by its exit.
    if (child.connected) child.send(message, () => undefined)
  }
  type Asked = Exclude<Extract<ToApp, { seq: number }>, { t: 'reply' }>
  type WithoutSeq<Q> = Q extends { seq: number } ? Omit<Q, 'seq'> : never
  // What comes back is what was asked for: the one who asks knows its type.
  const ask = <T = unknown>(question: WithoutSeq<Asked>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (!child.connected) {
        reject(new Error(`the app's process ended\n${stderr}`))
        return
      }
      pending.set(++count, { resolve, reject })
      post({ ...question, seq: count })
    })

  /** Keeps order; everything queued while one delivery is under way goes in the next, in one round trip. */
  const deliver = (window: Window, message: object): void => {
    window.queue.push(JSON.stringify(message))
    if (window.queue.length > 1) return
    const before = window.sent
    const flush = async (): Promise<void> => {
      await before
      const batch = window.queue.splice(0)
      if (window.contextId === 0) return
      const expression = `for (const message of ${JSON.stringify(batch)}) standInDeliver(message)`
      await window.cdp.send('Runtime.evaluate', { contextId: window.contextId, expression })
    }
    // A page that is being closed or reloaded no longer listens; Electron drops such messages too.
    window.sent = flush().catch(() => undefined)
  }

  const fromPage = async (id: number, window: Window, payload: string): Promise<void> => {
    const message: { t: string; seq: number; channel: string; args: unknown; url: string } = JSON.parse(payload)
    if (message.t === 'popup') {
      post({ t: 'popup', id, url: message.url })
      return
    }
    const call = { id, url: fromChromium(window.page.url()), channel: message.channel }
    const args = [decode(message.args)].flat(1)
    if (message.t === 'tell') {
      post({ t: 'tell', ...call, args })
      return
    }
    try {
      const value = await ask({ t: 'invoke', ...call, args })
      deliver(window, { t: 'returned', seq: message.seq, value: encode(value) })
    } catch (error) {
      deliver(window, { t: 'returned', seq: message.seq, error: error instanceof Error ? error.message : 'failed' })
    }
  }

  const scheme = (): 'dark' | 'light' | null => (theme === 'system' ? null : theme)
  const create = async (message: Extract<FromApp, { t: 'create' }>): Promise<void> => {
    const page = await context.newPage()
    await page.setViewportSize({ width: message.width, height: message.height })
    await page.emulateMedia({ colorScheme: scheme() })
    const cdp = await context.newCDPSession(page)
    const window: Window = { page, cdp, contextId: 0, sent: Promise.resolve(), queue: [], loading: null }
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const frame: { frameId?: string } | undefined = context.auxData
      if (context.name === WORLD && frame?.frameId === mainFrame) window.contextId = context.id
    })
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === 'standInHost' && executionContextId === window.contextId) void fromPage(message.id, window, payload)
    })
    cdp.on('Page.windowOpen', ({ url }) => post({ t: 'popup', id: message.id, url }))
    await cdp.send('Page.enable')
    const mainFrame = (await cdp.send('Page.getFrameTree')).frameTree.frame.id
    await cdp.send('Runtime.enable')
    await cdp.send('Runtime.addBinding', { name: 'standInHost', executionContextName: WORLD })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      source: preloadScript(message.preload === null ? '' : readFileSync(message.preload, 'utf8')),
      worldName: WORLD
    })
    page.on('popup', (popup) => void popup.close())
    page.on('crash', () => post({ t: 'crashed', id: message.id }))
    page.on('close', () => {
      if (windows.delete(message.id)) post({ t: 'gone', id: message.id })
    })
    // What the page itself wants to load as a document is announced first, and goes nowhere unless the app allows it.
    await page.route('**/*', async (route) => {
      const request = route.request()
      const url = fromChromium(request.url())
      if (!request.isNavigationRequest() || url === window.loading) return route.fallback()
      const mainFrame = request.frame() === page.mainFrame()
      // An app that is just leaving answers no more: then nothing may load either.
      const allowed = await ask({ t: 'navigate', id: message.id, url, mainFrame }).catch(() => false)
      return allowed === true ? route.fallback() : route.abort('aborted')
    })
    windows.set(message.id, window)
  }

  const serve = async (name: string): Promise<void> => {
    await context.route(
      (url) => url.hostname.endsWith(`.${name}.localhost`),
      async (route) => {
        const request = route.request()
        const url = fromChromium(request.url())
        const answer = await ask<Fetched>({ t: 'fetch', scheme: name, url, method: request.method() })
        await route.fulfill({ status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) })
      }
    )
  }

  const fromApp = async (message: FromApp<never>): Promise<unknown> => {
    switch (message.t) {
      case 'create':
        return create(message)
      case 'load': {
        const window = windows.get(message.id)
        if (!window) throw new Error('this window is closed')
        window.loading = message.url
        await window.page.goto(toChromium(message.url))
        window.loading = null
        const title = await window.page.title()
        if (title !== '') post({ t: 'title', id: message.id, title })
        for (const ready of waiting.splice(0)) ready(window.page)
        return undefined
      }
      case 'script':
        return windows.get(message.id)?.page.evaluate(message.code)
      case 'send': {
        const window = windows.get(message.id)
        if (window) deliver(window, { t: 'send', channel: message.channel, args: encode(message.args) })
        return undefined
      }
      case 'destroy': {
        const window = windows.get(message.id)
        windows.delete(message.id)
        return window?.page.close()
      }
      case 'resize':
        return windows.get(message.id)?.page.setViewportSize({ width: message.width, height: message.height })
      case 'focus':
        // A page under test always believes it has the keyboard; here the window decides.
        return windows.get(message.id)?.page.evaluate((focused) => {
          document.hasFocus = () => focused
          window.dispatchEvent(new Event(focused ? 'focus' : 'blur'))
        }, message.focused)
      case 'zoom':
        return windows.get(message.id)?.cdp.send('Emulation.setPageScaleFactor', { pageScaleFactor: message.factor })
      case 'theme': {
        theme = message.theme
        return Promise.all([...windows.values()].map(({ page }) => page.emulateMedia({ colorScheme: scheme() })))
      }
      case 'scheme':
        return serve(message.scheme)
      case 'grant':
        return context.grantPermissions(message.permissions)
      case 'answer': {
        const asked = pending.get(message.seq)
        pending.delete(message.seq)
        if (message.error !== undefined) asked?.reject(new Error(message.error))
        else if (asked) asked.resolve(message.value)
        return undefined
      }
    }
  }
  child.on('message', (message: FromApp<never>) => {
    const done = fromApp(message)
    if ('seq' in message && message.t !== 'answer') {
      const { seq } = message
      done.then(
        (value) => post({ t: 'reply', seq, value }),
        (error: unknown) => post({ t: 'reply', seq, error: String(error) })
      )
    } else
      done.catch((error: unknown) => {
        // A window or browser that closes meanwhile is no fault; anything else must be seen.
        if (!/closed|detached/i.test(String(error))) process.stderr.write(`stand-in: ${String(error)}\n`)
      })
  })

  const later = (ms: number): Promise<null> =>
    new Promise((resolve) => {
      setTimeout(() => resolve(null), ms).unref()
    })
  return {
    process: () => child,
    exited,
    stderr: () => stderr,
    windows: () => [...windows.values()].map(({ page }) => page),
    firstWindow: () => {
      const [first] = windows.values()
      if (first && first.loading === null && first.page.url() !== 'about:blank') return Promise.resolve(first.page)
      return Promise.race([
        new Promise<Page>((resolve) => waiting.push(resolve)),
        exited.then((code): never => {
          throw new Error(`the app's process ended (${code}) before a window was there\n${stderr}`)
        })
      ])
    },
    evaluate: async <R, A>(
      run: (electron: typeof import('electron'), argument: A) => R,
      argument?: A
    ): Promise<Awaited<R>> => ask<Awaited<R>>({ t: 'evaluate', code: run.toString(), argument }),
    close: async () => {
      if (child.connected) {
        await Promise.race([ask({ t: 'quit' }).catch(() => undefined), exited])
        await Promise.race([exited, later(QUIT_MS)])
      }
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
      await context.close()
    }
  }
}
