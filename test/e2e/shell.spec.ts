import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { connectRaw } from '../support/clients/raw.ts'
import { startSilentDecoy } from './decoy.ts'
import { freePort, personAt } from './driver.ts'
import { type AppUnderTest, expect, test } from './fixtures.ts'

interface Entry {
  label: string
  accelerator: string | null
  enabled: boolean
}

/** The entries of the application menu that are ours, by id. */
const menuOf = (app: AppUnderTest): Promise<Record<string, Entry>> =>
  app.evaluate(({ Menu }) => {
    const found: Record<string, Entry> = {}
    const walk = (menu: Electron.Menu | null): void => {
      for (const item of menu?.items ?? []) {
        // Electron makes up ids for entries without one: they are numbers.
        if (typeof item.id === 'string' && /^[a-z-]+$/.test(item.id))
          found[item.id] = {
            label: item.label,
            accelerator: item.accelerator ?? null,
            enabled: item.enabled
          }
        if (item.submenu) walk(item.submenu)
      }
    }
    walk(Menu.getApplicationMenu())
    return found
  })
const enabledIn = async (app: AppUnderTest): Promise<string[]> =>
  Object.entries(await menuOf(app)).flatMap(([id, { enabled }]) => (enabled ? id : []))

test('the menu has our entries with their keys, and offers only what can be done', async ({ app, page }) => {
  const me = personAt(app, page)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await menuOf(app)).toMatchObject({
    host: { label: 'Host a Room…', accelerator: 'CommandOrControl+Shift+H', enabled: true },
    connect: { label: 'Connect…', accelerator: 'CommandOrControl+N', enabled: true },
    'copy-invitation': { label: 'Copy Invitation', enabled: false },
    disconnect: { label: 'Disconnect', enabled: false },
    leave: { label: 'Leave', enabled: false },
    'stop-hosting': { label: 'Stop Hosting', enabled: false },
    settings: { accelerator: 'CommandOrControl+,', enabled: true },
    switch: { label: 'Switch to…', accelerator: 'CommandOrControl+K', enabled: false },
    find: { label: 'Find in Conversation…', accelerator: 'CommandOrControl+F', enabled: false },
    search: { label: 'Search Everywhere…', accelerator: 'CommandOrControl+Shift+F', enabled: true },
    'go-to-date': { label: 'Go to Date…', accelerator: 'CommandOrControl+G', enabled: false },
    'next-room': { accelerator: 'Alt+Down', enabled: false },
    'previous-room': { accelerator: 'Alt+Up', enabled: false },
    help: { label: 'Teahouse Help', enabled: true },
    about: { label: 'About Teahouse', enabled: true }
  })
  const always = ['host', 'connect', 'settings', 'help', 'about']
  await me.hostRoom({ name: 'One', port: await freePort() })
  await expect
    .poll(async () => (await enabledIn(app)).toSorted())
    .toEqual(
      [...always, 'copy-invitation', 'stop-hosting', 'export', 'find', 'search', 'switch', 'go-to-date'].toSorted()
    )
  await me.hostRoom({ name: 'Two', port: await freePort() })
  await expect.poll(() => enabledIn(app)).toEqual(expect.arrayContaining(['next-room', 'previous-room']))
  await me.menu('previous-room')
  await expect(page.getByRole('region', { name: 'One' })).toBeVisible()
})

test('the menu speaks the language that is chosen, at once', async ({ app, page }) => {
  const me = personAt(app, page)
  const settings = await me.settings('Language')
  await settings.getByText('简体中文').click()
  await expect.poll(async () => (await menuOf(app))['host']?.label).toBe('开设房间…')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
})

test('every entry that opens something opens it', async ({ app, page }) => {
  const me = personAt(app, page)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  for (const [id, title] of [
    ['host', 'Host a room'],
    ['connect', 'Connect'],
    ['settings', 'Settings'],
    ['help', 'Help'],
    ['about', 'Settings']
  ] as const) {
    await me.menu(id)
    await expect(me.dialog(title)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(me.dialog(title)).toBeHidden()
  }
})

/** An address of this machine that is not its loopback: what an invitation may name. */
const outerAddress = (): string | null =>
  Object.values(networkInterfaces())
    .flatMap((card) => card ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null

test('a link fills the Connect dialog and connects to nothing', async ({ launchApp }) => {
  const address = outerAddress()
  test.skip(address === null, 'this machine has no network address to be invited to')
  const decoy = await startSilentDecoy(address ?? '')
  try {
    const app = await launchApp({ args: [`teahouse://join?host=${address}&port=${decoy.port}`] })
    const page = await app.firstWindow()
    const me = personAt(app, page)
    const asking = me.dialog('Connect')
    await expect(asking.getByLabel('Address')).toHaveValue(address ?? '')
    await expect(asking.getByLabel('Port', { exact: true })).toHaveValue(String(decoy.port))
    // A round trip through everything: had it connected by itself, it would have by now.
    await page.keyboard.press('Escape')
    await me.menu('help')
    await expect(me.dialog('Help')).toBeVisible()
    expect(decoy.hits()).toEqual([])
  } finally {
    await decoy.close()
  }
})

test('a second start hands its link to the first window and ends', async ({ launchApp }) => {
  const app = await launchApp()
  const page = await app.firstWindow()
  const me = personAt(app, page)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  const second = await launchApp({ args: ['teahouse://join?host=10.0.0.7&port=9000'] })
  expect(await second.exited).toBe(0)
  await expect(me.dialog('Connect').getByLabel('Address')).toHaveValue('10.0.0.7')
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())).toBe(false)
  expect(app.windows()).toHaveLength(1)
  const third = await launchApp({ args: ['teahouse://join?host=127.0.0.1&port=1', '--evil'] })
  expect(await third.exited).toBe(0)
  await expect(me.dialog('Connect').getByLabel('Address')).toHaveValue('10.0.0.7')
})

/** Answers the question before leaving, and keeps what was asked. */
const answerWith = (app: AppUnderTest, response: number): Promise<void> =>
  app.evaluate(({ dialog }, response) => {
    const asked: { message: string; detail?: string; buttons?: string[] }[] = []
    Object.assign(globalThis, { asked })
    dialog.showMessageBox = (...args: unknown[]) => {
      const options = args.at(-1)
      asked.push(JSON.parse(JSON.stringify(options)))
      return Promise.resolve({ response, checkboxChecked: false })
    }
  }, response)
const asked = (app: AppUnderTest): Promise<{ message: string; detail?: string; buttons?: string[] }[]> =>
  app.evaluate(() => Reflect.get(globalThis, 'asked'))
const closeWindow = (app: AppUnderTest): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => {
    // Later, because the last answer of an app that ends might not arrive.
    setTimeout(() => BrowserWindow.getAllWindows()[0]?.close(), 10)
  })

test('closing the window while hosting asks with the number of people, and tells them', async ({ app, page }) => {
  const me = personAt(app, page)
  const port = await freePort()
  await me.hostRoom({ name: 'Full', port })
  const guests = [await connectRaw(port), await connectRaw(port)]
  for (const guest of guests) await guest.untilText('* Teahouse 1 Full')
  await answerWith(app, 1)
  await closeWindow(app)
  await expect
    .poll(() => asked(app))
    .toMatchObject([{ message: 'Stop hosting and quit?', buttons: ['Stop Hosting and Quit', 'Keep Hosting'] }])
  expect((await asked(app))[0]?.detail).toContain('2 people are in the room')
  await me.say('still here')
  await guests[0]?.untilText('still here')
  await answerWith(app, 0)
  await closeWindow(app)
  expect(await app.exited).toBe(0)
  for (const guest of guests) {
    expect(await guest.untilClosed()).toBe('ended')
    expect(guest.lines().at(-1)).toBe('* The room is closing')
  }
})

test('without a room of ours nobody is asked', async ({ app, page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await answerWith(app, 1)
  await closeWindow(app)
  expect(await app.exited).toBe(0)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} asks nobody and tells everybody`, async ({ app, page }) => {
    test.skip(process.platform === 'win32', 'Windows has no such signals')
    const me = personAt(app, page)
    const port = await freePort()
    await me.hostRoom({ name: 'Brief', port })
    const guest = await connectRaw(port)
    await guest.untilText('* Teahouse 1 Brief')
    await answerWith(app, 1)
    app.signal(signal)
    expect(await app.exited).toBe(0)
    expect(await guest.untilClosed()).toBe('ended')
    expect(guest.lines().at(-1)).toBe('* The room is closing')
  })

/** Keeps the notifications that are shown; `click` presses the last one. */
const watchNotifications = (app: AppUnderTest): Promise<void> =>
  app.evaluate(({ Notification }) => {
    const shown: Electron.Notification[] = []
    Object.assign(globalThis, { shown })
    Notification.prototype.show = function show(this: Electron.Notification) {
      shown.push(this)
    }
  })
const notifications = (app: AppUnderTest): Promise<{ title: string; body: string }[]> =>
  app.evaluate(() => {
    const shown: Electron.Notification[] = Reflect.get(globalThis, 'shown')
    return shown.map(({ title, body }) => ({ title, body }))
  })
const turnAway = (app: AppUnderTest): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.blur())

test('a private message while one looks elsewhere: a notification, a badge, a title; a click shows it', async ({
  app,
  page
}) => {
  const me = personAt(app, page)
  const port = await freePort()
  await watchNotifications(app)
  await me.hostRoom({ name: 'Den', port })
  const guest = await connectRaw(port)
  await guest.untilText('* Teahouse 1 Den')
  guest.write('rename|Ming\nwho\n')
  await guest.untilText('* Teahouse 1 Den')
  await expect(me.people().getByText('Ming')).toBeVisible()
  const host = await me.people().getByRole('listitem').first().innerText()
  await turnAway(app)
  const address = /127\.0\.0\.1:\d+|\[::1\]:\d+/.exec(host)?.[0] ?? ''
  guest.write(`to|${address}|psst <b>you</b>\n`)
  await expect.poll(() => notifications(app)).toHaveLength(1)
  const [told] = await notifications(app)
  expect(told?.title).toContain('Ming')
  expect(told?.body).toContain('psst <b>you</b>')
  await expect.poll(() => app.evaluate(({ app }) => app.getBadgeCount())).toBe(1)
  await expect(page).toHaveTitle(/^\(1\) /)
  await app.evaluate(() => {
    const shown: Electron.Notification[] = Reflect.get(globalThis, 'shown')
    shown.at(-1)?.emit('click')
  })
  await expect(me.message('psst <b>you</b>')).toBeVisible()
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isFocused())).toBe(true)
  await expect.poll(() => app.evaluate(({ app }) => app.getBadgeCount())).toBe(0)
})

test('what is said while one looks on makes no noise', async ({ app, page }) => {
  const me = personAt(app, page)
  const port = await freePort()
  await watchNotifications(app)
  await me.hostRoom({ name: 'Calm', port })
  const guest = await connectRaw(port)
  await guest.untilText('* Teahouse 1 Calm')
  guest.write('hello\n')
  await expect(me.message('hello')).toBeVisible()
  expect(await notifications(app)).toEqual([])
  expect(await app.evaluate(({ app }) => app.getBadgeCount())).toBe(0)
})

test('the window comes back where it was', async ({ launchApp }) => {
  const first = await launchApp()
  await first.firstWindow()
  await first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ width: 900, height: 640 }))
  await first.close()
  const second = await launchApp()
  await second.firstWindow()
  expect(await second.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject({
    width: 900,
    height: 640
  })
})

test('a page that dies is loaded again and finds everything where it was', async ({ app, page }) => {
  const me = personAt(app, page)
  await me.hostRoom({ name: 'Tough', port: await freePort() })
  await me.say('before the fall')
  await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    contents?.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 })
  })
  await expect(me.message('before the fall')).toBeVisible()
  await me.say('after the fall')
  await expect(me.message('after the fall').getByText('Delivered')).toBeAttached()
})

test('a fault is written down, told once, and the rooms are closed properly', async ({ app, page, profile }) => {
  const me = personAt(app, page)
  const port = await freePort()
  await me.hostRoom({ name: 'Frail', port })
  const guest = await connectRaw(port)
  await guest.untilText('* Teahouse 1 Frail')
  await app.evaluate(
    ({ dialog }, path) => {
      const { writeFileSync } = process.getBuiltinModule('node:fs')
      dialog.showErrorBox = (title, text) => writeFileSync(path, `${title}\n${text}`)
      setTimeout(() => {
        throw new Error('a fault for this test')
      }, 10)
    },
    join(profile, 'told.txt')
  )
  expect(await app.exited).toBe(1)
  expect(await guest.untilClosed()).toBe('ended')
  expect(guest.lines().at(-1)).toBe('* The room is closing')
  expect(readFileSync(join(profile, 'told.txt'), 'utf8')).toMatch(/^Teahouse has to close\n.*teahouse\.log/)
  expect(readFileSync(join(profile, 'teahouse.log'), 'utf8')).toContain('a fault for this test')
})

test('a broken settings file is set aside and told, not fatal', async ({ launchApp, profile }) => {
  writeFileSync(join(profile, 'settings.json'), '{"version":1,"rooms":[')
  const app = await launchApp()
  const page = await app.firstWindow()
  await expect(page.getByText(/Your settings could not be read and were set aside as/)).toBeVisible()
  await app.close()
  const kept = readdirSync(profile).filter((name) => name.startsWith('settings') && name !== 'settings.json')
  expect(kept.map((name) => readFileSync(join(profile, name), 'utf8'))).toContain('{"version":1,"rooms":[')
})
