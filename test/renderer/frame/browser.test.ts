import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Page } from 'playwright-core'
import { WebSocket } from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openViewServer } from '../../../src/node/view-server.ts'
import type { ViewServer } from '../../../src/node/view-server.ts'
import type { ViewSide } from '../../../src/node/view/feed.ts'
import type { AnswerTo, Answers, ViewMessage } from '../../../src/shared/bridge.ts'
import type { AppCommand, Outcome, Question } from '../../../src/shared/commands.ts'
import type { AppState } from '../../../src/shared/state.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
import { emptyState, makeStage, sampleState } from '../../support/stage.ts'
import { until } from '../../support/until.ts'

vi.setConfig({ testTimeout: 30_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const inBrowser = (
  state: AppState = sampleState(),
  platform: AppState['surroundings']['platform'] = 'linux'
): AppState => ({
  ...state,
  surroundings: { ...state.surroundings, carrier: 'browser', platform }
})
const dialogs = (window: StagedWindow) => window.page.locator('[role=dialog], [role=alertdialog]')
const gone = async (window: StagedWindow): Promise<void> => {
  await window.page.keyboard.press('Escape')
  await dialogs(window).waitFor({ state: 'detached' })
}

describe('in a browser tab', () => {
  test('Alt+↓ is the next room, also on a button that opens a menu by ↓', async () => {
    const window = await stage.open(inBrowser())
    await window.page.getByRole('button', { name: 'More for Second floor' }).focus()
    await window.page.keyboard.press('Alt+ArrowDown')
    await window.page.getByRole('main').getByRole('heading', { name: 'Build lab' }).waitFor()
    expect(await window.page.getByRole('menu').count()).toBe(0)
    await window.close()
  })

  test('every entry of the desktop menu is behind the menu button', async () => {
    const window = await stage.open(inBrowser())
    const open = async (): Promise<void> => {
      await window.page.getByRole('button', { name: 'Menu', exact: true }).click()
      await window.page.getByRole('menu').waitFor()
    }
    const choose = async (name: string): Promise<void> => {
      await open()
      await window.page.getByRole('menuitem', { name, exact: true }).click()
      await window.page.getByRole('menu').waitFor({ state: 'detached' })
    }
    await open()
    expect(await window.page.getByRole('menuitem').locator('span:not([aria-hidden])').allTextContents()).toEqual([
      'Host a room…',
      'Connect…',
      'Copy invitation',
      'Stop hosting…',
      'Find in this conversation…',
      'Search everywhere…',
      'Switch to…',
      'Go to date…',
      'Next room',
      'Previous room',
      'Export…',
      'Settings…',
      'Help',
      'About Teahouse'
    ])
    // A tab cannot have Ctrl+N: it is not promised.
    expect(await window.page.getByRole('menuitem').locator('kbd').allTextContents()).toEqual([
      'Ctrl+Shift+H',
      'Ctrl+F',
      'Ctrl+Shift+F',
      'Ctrl+K',
      'Ctrl+G',
      'Alt+↓',
      'Alt+↑',
      'Ctrl+,'
    ])
    await window.page.keyboard.press('Escape')
    for (const [name, title] of [
      ['Host a room…', 'Host a room'],
      ['Connect…', 'Connect'],
      ['Stop hosting…', 'Stop hosting Second floor?'],
      ['Switch to…', 'Switch to'],
      ['Settings…', 'Settings'],
      ['Help', 'Help']
    ] as const) {
      await choose(name)
      await dialogs(window).getByRole('heading', { name: title, exact: true }).waitFor()
      await gone(window)
    }
    await choose('Next room')
    await window.page.getByRole('heading', { name: 'Build lab' }).waitFor()
    await open()
    await window.page.getByRole('menuitem', { name: 'Leave…' }).waitFor()
    await window.page.getByRole('menuitem', { name: 'Disconnect' }).click()
    expect(window.sent.at(-1)).toEqual({ type: 'disconnect', room: 'lab' })
    await choose('Previous room')
    await choose('Copy invitation')
    await window.page.getByText('Invitation copied').waitFor()
    await window.close()
  })

  test('the page catches the shortcuts; input methods keep theirs', async () => {
    const window = await stage.open(inBrowser())
    const press = (keys: string): Promise<void> => window.page.keyboard.press(keys)
    for (const [keys, title] of [
      ['Control+Shift+H', 'Host a room'],
      ['Control+k', 'Switch to'],
      ['Control+g', 'Go to date'],
      ['Control+,', 'Settings'],
      ['Control+n', 'Connect']
    ] as const) {
      await press(keys)
      await dialogs(window).getByRole('heading', { name: title, exact: true }).waitFor()
      await gone(window)
    }
    const search = window.page.getByRole('search')
    await press('Control+f')
    await search.getByRole('combobox', { name: /^Search in / }).waitFor()
    await press('Control+Shift+F')
    await search.getByRole('combobox', { name: 'Search everywhere' }).waitFor()
    await press('Escape')
    await search.waitFor({ state: 'detached' })
    await press('Alt+ArrowDown')
    await window.page.getByRole('heading', { name: 'Build lab' }).waitFor()
    await press('Alt+ArrowUp')
    await press('Alt+ArrowUp')
    await window.page.getByRole('heading', { name: 'Printer corner' }).waitFor()
    await window.page.evaluate(() =>
      document.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, isComposing: true, bubbles: true })
      )
    )
    await press('Control+Shift+K')
    await press('Control+Alt+k')
    expect(await dialogs(window).count()).toBe(0)
    await window.close()
  })

  test('a Mac has its own keys', async () => {
    const window = await stage.open(inBrowser(sampleState(), 'darwin'))
    await window.page.keyboard.press('Control+k')
    await window.page.keyboard.press('Meta+k')
    await dialogs(window).getByRole('heading', { name: 'Switch to' }).waitFor()
    await gone(window)
    await window.page.getByRole('button', { name: 'Menu', exact: true }).click()
    expect(await window.page.getByRole('menuitem').locator('kbd').allTextContents()).toEqual([
      '⇧⌘H',
      '⌘F',
      '⇧⌘F',
      '⌘K',
      '⌘G',
      '⌥↓',
      '⌥↑',
      '⌘,'
    ])
    await window.close()
  })

  test('in the desktop app the menu bar has them: the page has no menu button and catches no shortcut', async () => {
    const window = await stage.open(sampleState())
    expect(await window.page.getByRole('button', { name: 'Menu', exact: true }).count()).toBe(0)
    await window.page.getByRole('heading', { name: 'Second floor' }).waitFor()
    for (const keys of ['Control+k', 'Control+,', 'Alt+ArrowDown']) await window.page.keyboard.press(keys)
    expect(await dialogs(window).count()).toBe(0)
    await window.page.getByRole('heading', { name: 'Second floor' }).waitFor()
    await window.close()
  })
})

/** A line between browser and server that can be cut, as a tunnel or a suspended machine is. */
const makeTunnel = async (to: () => number) => {
  const sockets = new Set<Socket>()
  let up = true
  const server = createServer((near) => {
    if (!up) {
      near.destroy()
      return
    }
    const far = connect(to(), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        near.destroy()
        far.destroy()
        sockets.delete(socket)
      })
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('The tunnel has no port')
  const { port } = bound
  return {
    port,
    cut: () => {
      up = false
      for (const socket of sockets) socket.destroy()
    },
    mend: () => {
      up = true
    },
    close: () =>
      new Promise<void>((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      })
  }
}

interface Side extends ViewSide {
  state: AppState
  performed: AppCommand[]
  outcome: () => Promise<Outcome>
  listeners: Set<(message: ViewMessage) => void>
}
const makeSide = (): Side => {
  const answers: Answers = {
    freePort: null,
    addresses: [],
    page: { lines: [], whole: true },
    held: [],
    pageAfter: { lines: [], newest: true },
    around: { found: false, why: 'nothing' },
    search: { state: 'nothing-asked' }
  }
  const side: Side = {
    state: inBrowser(),
    performed: [],
    listeners: new Set(),
    outcome: () => Promise.resolve({ ok: true }),
    perform: (command) => {
      if (command.type === 'look' || command.type === 'read') return Promise.resolve({ ok: true })
      side.performed.push(command)
      return side.outcome()
    },
    answer: <Q extends Question>(asked: Q): Promise<AnswerTo<Q>> => {
      const type: Q['type'] = asked.type
      return Promise.resolve(answers[type])
    },
    attach: (listener) => {
      side.listeners.add(listener)
      listener({ type: 'snapshot', state: side.state })
      return () => side.listeners.delete(listener)
    }
  }
  return side
}

describe('the line to the app', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })
  const serve = async (side: Side): Promise<ViewServer> => {
    const opened = await openViewServer({
      pages: stage.pages,
      port: 0,
      side,
      bug: (error) => expect.fail(String(error))
    })
    if (!opened.ok) throw new Error(opened.text)
    closing.push(() => opened.server.close())
    return opened.server
  }
  const openTab = async (): Promise<Page> => {
    const context = await stage.browser.newContext({ reducedMotion: 'reduce' })
    closing.push(() => context.close())
    return context.newPage()
  }
  const bar = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text)
  const LOST = 'Reconnecting to Teahouse…'
  const REFUSED = /^Teahouse was started again and does not know this tab/

  test('comes back by itself with a fresh snapshot, and says so meanwhile', async () => {
    const side = makeSide()
    const server = await serve(side)
    const tunnel = await makeTunnel(() => server.port)
    closing.push(() => tunnel.close())
    const page = await openTab()
    await page.goto(server.address().replace(String(server.port), String(tunnel.port)))
    await page.getByRole('heading', { name: 'Second floor' }).waitFor()
    expect(await bar(page, LOST).count()).toBe(0)

    // What was under way is told as not heard; nothing waits for ever.
    let never: () => void = () => undefined
    side.outcome = () => new Promise((done) => (never = () => done({ ok: true })))
    await page.getByRole('button', { name: 'More for Build lab' }).click()
    await page.getByRole('menuitem', { name: 'Disconnect' }).click()
    await until(() => side.performed.length === 1)
    tunnel.cut()
    await page.locator('[aria-live=assertive]').getByText(LOST).waitFor()
    await page.locator('[aria-live=polite]').getByText(LOST).waitFor()
    never()
    await until(() => side.listeners.size === 0)

    side.state = {
      ...side.state,
      rooms: side.state.rooms.map((room) => (room.id === 'second' ? { ...room, title: 'Third floor' } : room))
    }
    tunnel.mend()
    await page.getByRole('heading', { name: 'Third floor' }).waitFor()
    await expect.poll(() => page.locator('[aria-live=assertive]').textContent()).toBe('')
    side.outcome = () => Promise.resolve({ ok: true })
    for (const hear of side.listeners) hear({ type: 'events', events: [{ type: 'wished', wish: { wish: 'help' } }] })
    await page.getByRole('dialog', { name: 'Help' }).waitFor()
  })

  test('a Teahouse started anew does not know the tab: it says what to do, and a new address mends it', async () => {
    let server = await serve(makeSide())
    const tunnel = await makeTunnel(() => server.port)
    closing.push(() => tunnel.close())
    const page = await openTab()
    const through = (address: string): string => address.replace(/127\.0\.0\.1:\d+/u, `127.0.0.1:${tunnel.port}`)
    await page.goto(through(server.address()))
    await page.getByRole('heading', { name: 'Second floor' }).waitFor()
    const next = await serve(makeSide())
    tunnel.cut()
    await bar(page, LOST).waitFor()
    server = next
    tunnel.mend()
    await bar(page, REFUSED).waitFor()
    // The new address in another tab of the same browser lets both in.
    const other = await page.context().newPage()
    await other.goto(through(server.address()))
    await other.getByRole('heading', { name: 'Second floor' }).waitFor()
    await expect.poll(() => page.locator('[aria-live=assertive]').textContent(), { timeout: 10_000 }).toBe('')
  })

  test('one tab too many is told so, and comes in when another is closed', async () => {
    const server = await serve(makeSide())
    const origin = `http://127.0.0.1:${server.port}`
    const entered = await fetch(server.address(), { redirect: 'manual' })
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    const tabs = Array.from(
      { length: 100 },
      () => new WebSocket(`ws://127.0.0.1:${server.port}/bridge`, { headers: { cookie, origin } })
    )
    await Promise.all(tabs.map((tab) => once(tab, 'open')))
    const page = await openTab()
    await page.goto(server.address())
    await bar(page, /^Teahouse answers, but does not let this tab in/).waitFor()
    tabs[0]?.close()
    await page.getByRole('heading', { name: 'Second floor' }).waitFor()
    await expect.poll(() => page.locator('[aria-live=assertive]').textContent()).toBe('')
  })
})

test('before anything is heard there is a sign of life', async () => {
  const window = await stage.open(emptyState(), { withoutPreload: true })
  await window.page.getByText('Opening Teahouse…').waitFor()
  await window.close()
})
