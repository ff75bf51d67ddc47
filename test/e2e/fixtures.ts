import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type Browser, expect, type Page, test as base } from '@playwright/test'
import { chromiumProgram, electronProgram, host } from './host.ts'
import { CHROMIUM_ARGUMENTS, launchStandIn } from './stand-in/host.ts'

/** What specs may use: the part of Playwright's ElectronApplication that the stand-in has too. */
export interface AppUnderTest {
  firstWindow(): Promise<Page>
  windows(): Page[]
  evaluate<R, A = undefined>(
    run: (electron: typeof import('electron'), argument: A) => R,
    argument?: A
  ): Promise<Awaited<R>>
  /** Ends by itself, asked or not; resolves with its exit code. */
  exited: Promise<number | null>
  /** What a system sends to end a program; with SIGKILL it has no time for anything. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void
  /** Quits as from the menu, without the question whether to stop hosting; ends the process if it will not. */
  close(): Promise<void>
}

export interface LaunchOptions {
  /** The language of the system. */
  language?: 'en' | 'zh-CN'
  /** Further arguments, for example a link. */
  args?: string[]
}

/** E2E_OUT names another build than the one of the checkout. */
export const MAIN = resolve(process.env['E2E_OUT'] ?? resolve(import.meta.dirname, '../../out'), 'main/index.js')

const launch = async (
  browser: Browser | null,
  profile: string,
  { language = 'en', args = [] }: LaunchOptions
): Promise<AppUnderTest> => {
  if (!existsSync(MAIN)) throw new Error('out/ is not built: npm run build')
  const env = { TEAHOUSE_PROFILE: profile }
  const all = [`--lang=${language === 'en' ? 'en-US' : language}`, ...args]
  if (browser) {
    const app = await launchStandIn({ main: MAIN, browser, userData: profile, args: all, env })
    return {
      firstWindow: () => app.firstWindow(),
      windows: () => app.windows(),
      evaluate: (run, argument) => app.evaluate(run, argument),
      exited: app.exited,
      signal: (name) => void app.process().kill(name),
      close: async () => {
        await app.evaluate(quietly).catch(() => undefined)
        await app.close()
      }
    }
  }
  const program = electronProgram()
  if (program === null) throw new Error('there is no Electron here')
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined)
  )
  // Nothing here may switch Electron's sandbox off: it is one of the things these tests are about.
  const app = await _electron.launch({
    executablePath: program,
    args: [MAIN, ...all],
    env: { ...inherited, ...env }
  })
  const child = app.process()
  const exited = new Promise<number | null>((done) => {
    child.on('exit', (code) => done(code))
  })
  // Playwright types the argument as a structure that may hold handles; what specs hand over is plain data.
  const overElectron: AppUnderTest['evaluate'] = Reflect.get(app, 'evaluate').bind(app)
  return {
    firstWindow: () => app.firstWindow(),
    windows: () => app.windows(),
    evaluate: overElectron,
    exited,
    signal: (name) => void child.kill(name),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      await app.evaluate(quietly).catch(() => undefined)
      await app.close()
    }
  }
}
/** Answers "Stop hosting and quit?" with its first button, so that a test's end needs nobody. */
const quietly = (electron: typeof import('electron')): void => {
  electron.dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false })
}

export const test = base.extend<
  {
    /** A fresh profile folder; apps of one test share it. */
    profile: string
    language: 'en' | 'zh-CN'
    launchApp: (options?: LaunchOptions & { profile?: string }) => Promise<AppUnderTest>
    app: AppUnderTest
    page: Page
  },
  { browserForStandIn: Browser | null }
>({
  browserForStandIn: [
    async ({ playwright }, give) => {
      const browser =
        host === 'stand-in'
          ? await playwright.chromium.launch({
              executablePath: chromiumProgram(),
              headless: !process.env['HEADED'],
              args: CHROMIUM_ARGUMENTS
            })
          : null
      await give(browser)
      await browser?.close()
    },
    { scope: 'worker' }
  ],
  language: ['en', { option: true }],
  profile: async ({ language }, give) => {
    const folder = mkdtempSync(join(tmpdir(), `teahouse-e2e-${language}-`))
    await give(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  },
  launchApp: async ({ browserForStandIn, profile, language }, give, info) => {
    const apps: AppUnderTest[] = []
    await give(async ({ profile: other, ...options } = {}) => {
      const app = await launch(browserForStandIn, other ?? profile, { language, ...options })
      apps.push(app)
      return app
    })
    if (info.status !== info.expectedStatus)
      for (const [index, window] of apps.flatMap((app) => app.windows()).entries()) {
        const body = await window.screenshot().catch(() => null)
        if (body) await info.attach(`window ${index + 1}`, { body, contentType: 'image/png' })
      }
    for (const app of apps) await app.close()
  },
  app: async ({ launchApp }, give) => {
    await give(await launchApp())
  },
  page: async ({ app }, give) => {
    await give(await app.firstWindow())
  }
})

export { expect }
