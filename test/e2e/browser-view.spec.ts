// The app in a browser tab: the real program, as it is started where there is no desktop runtime. It needs no Electron,
// so it runs the same beside either host; all it needs is a Chromium.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { connectRaw } from '../support/clients/raw.ts'
import { makeEventLog } from '../support/until.ts'
import { test as base, expect, MAIN } from './fixtures.ts'
import { startDecoy } from './decoy.ts'
import { freePort } from './driver.ts'
import { chromiumProgram } from './host.ts'
import { CHROMIUM_ARGUMENTS } from './stand-in/host.ts'

const PROGRAM = resolve(dirname(MAIN), 'headless.js')

interface View {
  /** The printed address, which works once. */
  address: string
  port: number
  /** Resolves with the exit code, or the signal's name. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>
  complaints(): string
}

const test = base.extend<
  { startView: (port?: number) => Promise<View>; tab: () => Promise<Page> },
  { chromium: Browser }
>({
  chromium: [
    async ({ playwright }, give) => {
      const browser = await playwright.chromium.launch({ executablePath: chromiumProgram(), args: CHROMIUM_ARGUMENTS })
      await give(browser)
      await browser.close()
    },
    { scope: 'worker' }
  ],
  startView: async ({ profile }, give) => {
    const running = new Set<ChildProcess>()
    await give(async (port = 0) => {
      const child = spawn(
        process.execPath,
        [PROGRAM, 'view', '--port', String(port), '--no-window', '--data', profile],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, LC_ALL: 'en_US.UTF-8' }
        }
      )
      running.add(child)
      const lines = makeEventLog<string>('teahouse view')
      let tail = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const whole = `${tail}${text}`.split('\n')
        tail = whole.pop() ?? ''
        for (const line of whole) lines.add(line.trim())
      })
      let complaints = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
      const exited = new Promise<number | string>((done) => {
        child.once('exit', (code, signal) => {
          running.delete(child)
          done(code ?? signal ?? 'unknown')
        })
      })
      const address = await lines.until((line) => line.startsWith('http://'), { within: 15_000 })
      return {
        address,
        port: Number(new URL(address).port),
        complaints: () => complaints,
        end: (signal) => {
          child.kill(signal)
          return exited
        }
      }
    })
    const ends = [...running].map((child) => new Promise((done) => child.once('exit', done)))
    for (const child of running) child.kill('SIGKILL')
    await Promise.all(ends)
  },
  tab: async ({ chromium }, give, info) => {
    const tabs: Page[] = []
    // Each in a browser of its own, as far as cookies go.
    await give(async () => {
      const context = await chromium.newContext({ viewport: { width: 1180, height: 760 } })
      const page = await context.newPage()
      tabs.push(page)
      return page
    })
    if (info.status !== info.expectedStatus)
      for (const page of tabs) await info.attach('tab', { body: await page.screenshot(), contentType: 'image/png' })
    for (const page of tabs) await page.context().close()
  }
})

test.skip(!existsSync(chromiumProgram()), `there is no ${chromiumProgram()}: CHROMIUM names another browser`)

const choose = async (page: Page, entry: string): Promise<void> => {
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: entry, exact: true }).click()
}
const hostRoom = async (page: Page, name: string): Promise<number> => {
  const port = await freePort()
  await choose(page, 'Host a room…')
  const asking = page.getByRole('dialog', { name: 'Host a room' })
  await asking.getByLabel('Name of the room').fill(name)
  await asking.getByLabel('Port', { exact: true }).fill(String(port))
  await asking.getByRole('button', { name: 'Open the room' }).click()
  const open = page.getByRole('dialog', { name: `${name} is open` })
  await expect(open.getByText(new RegExp(`^nc \\S+ ${port}$`))).toBeVisible()
  await open.getByRole('button', { name: 'Done' }).click()
  return port
}
const field = (page: Page) => page.getByRole('combobox', { name: /^Message to/ })
const message = (page: Page, text: string) => page.getByRole('log').getByRole('article').filter({ hasText: text })

test('a room is hosted and talked in from a tab, and a reload keeps everything', async ({ startView, tab }) => {
  const view = await startView()
  const page = await tab()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('console', (said) => {
    if (said.type() === 'error') troubles.push(said.text())
  })
  await page.goto(view.address)
  await expect(page).toHaveURL(`http://127.0.0.1:${view.port}/`)
  await expect(page.getByRole('heading', { name: 'Welcome to Teahouse' })).toBeVisible()

  const port = await hostRoom(page, 'Tab room')
  const guest = await connectRaw(port)
  await guest.untilText('* Teahouse 1 Tab room')
  guest.write('hello from a terminal\n')
  await expect(message(page, 'hello from a terminal')).toBeVisible()
  await field(page).fill('hello from a tab')
  await field(page).press('Enter')
  await guest.untilText('hello from a tab')

  await choose(page, 'Export…')
  const asking = page.getByRole('dialog', { name: 'Export history' })
  await asking.getByText('JSON Lines', { exact: true }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    asking.getByRole('button', { name: 'Export', exact: true }).click()
  ])
  expect(download.suggestedFilename()).toMatch(/^Teahouse Tab room \d{4}-\d\d-\d\d\.jsonl$/)
  const kept = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\n')
  expect(kept.filter((line) => line.startsWith('{"type":"said"')).map((line) => JSON.parse(line).text)).toEqual([
    'hello from a terminal',
    'hello from a tab'
  ])
  expect(kept.at(-1)).toMatch(/^\{"type":"end"/)
  await asking.getByRole('button', { name: 'Done' }).click()

  await page.reload()
  await expect(message(page, 'hello from a terminal')).toBeVisible()
  await expect(message(page, 'hello from a tab')).toBeVisible()
  guest.write('still here\n')
  await expect(message(page, 'still here')).toBeVisible()
  expect(troubles).toEqual([])

  expect(await view.end('SIGTERM')).toBe(0)
  await guest.untilClosed()
  expect(guest.text()).toMatch(/\* The room is closing\n$/)
  expect(view.complaints()).toBe('')
})

test('the printed address opens one browser, once', async ({ startView, tab }) => {
  const view = await startView()
  const first = await tab()
  await first.goto(view.address)
  await expect(first.getByRole('heading', { name: 'Welcome to Teahouse' })).toBeVisible()
  const second = await tab()
  const answer = await second.goto(view.address)
  expect(answer?.status()).toBe(403)
  await expect(second.getByText('it works once, in one browser')).toBeVisible()
  expect((await second.goto(`http://127.0.0.1:${view.port}/`))?.status()).toBe(403)
  // The browser that is in may use its old address again.
  expect((await first.goto(view.address))?.status()).toBe(200)
  await expect(first.getByRole('heading', { name: 'Welcome to Teahouse' })).toBeVisible()
})

test('a program that dies is missed at once; started anew it says how to get in, and offers the room', async ({
  startView,
  tab
}) => {
  const view = await startView()
  const page = await tab()
  await page.goto(view.address)
  await hostRoom(page, 'Survivor')
  await expect(field(page)).toBeVisible()
  await view.end('SIGKILL')
  await expect(page.getByText('Reconnecting to Teahouse…')).toBeVisible()

  const next = await startView(view.port)
  await expect(page.getByText(/^Teahouse was started again and does not know this tab/)).toBeVisible({
    timeout: 15_000
  })
  await expect(page.getByText('Reconnecting to Teahouse…')).toBeHidden()
  await page.goto(next.address)
  await expect(page.getByText('You hosted Survivor when Teahouse ended.')).toBeVisible()
  await page.getByRole('button', { name: 'Host it again' }).click()
  await expect(field(page)).toBeVisible()
  await expect(page.getByText('You hosted Survivor when Teahouse ended.')).toBeHidden()
})

test.describe('a page of somebody else, in the same browser', () => {
  /** Its name leads to this machine, as DNS rebinding would make it. */
  const ELSEWHERE = 'evil.example'
  const strange = test.extend<{ stranger: () => Promise<{ page: Page }>; mine: Page }>({
    mine: async ({ playwright }, give) => {
      const browser = await playwright.chromium.launch({
        executablePath: chromiumProgram(),
        args: [...CHROMIUM_ARGUMENTS, `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`]
      })
      const context = await browser.newContext()
      await give(await context.newPage())
      await browser.close()
    },
    stranger: async ({ mine }, give) => {
      const decoy = await startDecoy()
      await give(async () => {
        const page = await mine.context().newPage()
        await page.goto(`http://${ELSEWHERE}:${decoy.port}/`)
        return { page }
      })
      await decoy.close()
    }
  })
  /** What becomes of sockets that a page opens. */
  const tryToOpen = (page: Page, urls: string[]): Promise<('open' | 'refused')[]> =>
    page.evaluate(
      (urls) =>
        Promise.all(
          urls.map(
            (url) =>
              new Promise<'open' | 'refused'>((resolve) => {
                const socket = new WebSocket(url)
                socket.addEventListener('open', () => resolve('open'))
                // Not `close`: what the page's policy stops has none.
                socket.addEventListener('error', () => resolve('refused'))
              })
          )
        ),
      urls
    )

  strange('gets no bridge, by whatever name it calls this machine (T25)', async ({ startView, mine, stranger }) => {
    const view = await startView()
    await mine.goto(view.address)
    await expect(mine.getByRole('heading', { name: 'Welcome to Teahouse' })).toBeVisible()
    const names = ['127.0.0.1', 'localhost', ELSEWHERE]
    const bridges = names.map((name) => `ws://${name}:${view.port}/bridge`)
    const { page } = await stranger()
    expect(await tryToOpen(page, bridges)).toEqual(['refused', 'refused', 'refused'])
    // Rebound to our own port, the page is not even given our page, nor the cookie.
    const answer = await page.goto(`http://${ELSEWHERE}:${view.port}/`)
    expect(answer?.status()).toBe(403)
    expect(await tryToOpen(page, bridges)).toEqual(['refused', 'refused', 'refused'])
    // The same try from our own page, so that the ones above can be trusted.
    expect(await tryToOpen(mine, bridges.slice(0, 1))).toEqual(['open'])
    await expect(mine.getByRole('heading', { name: 'Welcome to Teahouse' })).toBeVisible()
  })

  strange('is not heard in a room it posts to (T24)', async ({ startView, mine, stranger }) => {
    const view = await startView()
    await mine.goto(view.address)
    const port = await hostRoom(mine, 'Quiet room')
    const guest = await connectRaw(port)
    await guest.untilText('* Teahouse 1 Quiet room')
    const before = guest.text().length
    const { page } = await stranger()
    const went = await page.evaluate(async (port) => {
      const post = async (host: string, init: RequestInit): Promise<string> => {
        try {
          await fetch(`http://${host}:${port}/`, { method: 'POST', mode: 'no-cors', ...init })
          return 'answered'
        } catch {
          return 'failed'
        }
      }
      const body = 'rename|evil\nfrom a web page\n'
      return Promise.all([
        post('127.0.0.1', { body }),
        post('localhost', { body, headers: { 'content-type': 'text/plain' } }),
        post('evil.example', { body: new Blob([body]) })
      ])
    }, port)
    expect(went).toEqual(['failed', 'failed', 'failed'])
    expect(await tryToOpen(page, [`ws://127.0.0.1:${port}/`])).toEqual(['refused'])
    guest.write('are we alone?\n')
    await guest.untilText('are we alone?')
    const heard = guest.text().slice(before)
    expect(heard).not.toContain('web page')
    expect(heard).not.toContain('evil')
    expect(heard).not.toContain('HTTP')
  })
})
