import { connectRaw } from '../support/clients/raw.ts'
import { startGopl } from '../support/servers/gopl.ts'
import { startIamhere } from '../support/servers/iamhere.ts'
import { startIm } from '../support/servers/im.ts'
import { startRelay } from '../support/servers/relay.ts'
import { startScripted } from '../support/servers/relatives.ts'
import { freePort, personAt } from './driver.ts'
import { expect, test } from './fixtures.ts'

test('the first start offers two large choices and says what each means', async ({ app, page }) => {
  const me = personAt(app, page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Welcome to Teahouse')
  await page.getByRole('button', { name: /^Host a room/ }).click()
  await expect(me.dialog('Host a room')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(me.dialog('Host a room')).toBeHidden()
  await page.getByRole('button', { name: /^Connect/ }).click()
  await expect(me.dialog('Connect')).toBeVisible()
})

test('a room hosted from the menu: somebody with nc walks in, and both talk', async ({ app, page }) => {
  const me = personAt(app, page)
  const port = await freePort()
  await me.hostRoom({ name: 'Tea at four', port })
  const guest = await connectRaw(port)
  await guest.untilText('* Teahouse 1 Tea at four\n')
  await expect(me.people().getByRole('listitem')).toHaveCount(2)
  guest.write('hello from nc\n')
  await expect(me.message('hello from nc')).toBeVisible()
  await me.say('welcome 🍵')
  await guest.untilText('welcome 🍵\n')
  await expect(me.message('welcome 🍵').getByText('Delivered')).toBeAttached()
  guest.write('rename|阿明\n')
  await expect(me.people().getByText('阿明')).toBeVisible()
  guest.close()
  await expect(me.people().getByRole('listitem')).toHaveCount(1)
})

test('hosting shows how others get in, word for word', async ({ app, page }) => {
  const me = personAt(app, page)
  const port = await freePort()
  await me.menu('host')
  const asking = me.dialog('Host a room')
  await asking.getByLabel('Name of the room').fill('Lobby')
  await asking.getByLabel('Port', { exact: true }).fill(String(port))
  await asking.getByRole('button', { name: 'Open the room' }).click()
  const shown = me.dialog('Lobby is open')
  await expect(shown.locator('code').filter({ hasText: new RegExp(`^nc \\S+ ${port}$`) })).toBeVisible()
  await shown.getByRole('button', { name: 'Copy invitation' }).click()
  await expect(page.getByText('Invitation copied')).toBeVisible()
})

test('a taken port is told, and the next free one offered', async ({ app, page }) => {
  const me = personAt(app, page)
  const taken = await startRelay({ host: '0.0.0.0' })
  try {
    await me.menu('host')
    const asking = me.dialog('Host a room')
    await asking.getByLabel('Name of the room').fill('Second')
    await asking.getByLabel('Port', { exact: true }).fill(String(taken.port))
    await asking.getByRole('button', { name: 'Open the room' }).click()
    await expect(asking.getByText(`Port ${taken.port} is in use.`)).toBeVisible()
    await asking.getByRole('button', { name: /^Use \d+ instead$/ }).click()
    await asking.getByRole('button', { name: 'Open the room' }).click()
    await expect(me.dialog('Second is open')).toBeVisible()
  } finally {
    await taken.close()
  }
})

const SERVERS = [
  { dialect: 'gopl', start: () => startGopl() },
  { dialect: 'gopl-zh', start: () => startGopl({ wording: 'zh' }) },
  { dialect: 'iamhere', start: () => startIamhere() },
  { dialect: 'im', start: () => startIm() },
  { dialect: 'relay', start: () => startRelay() },
  { dialect: 'plain', start: () => startScripted() }
]
for (const { dialect, start } of SERVERS)
  test(`a ${dialect} server that already runs`, async ({ app, page }) => {
    const me = personAt(app, page)
    const server = await start()
    try {
      await me.connectTo(server.port)
      const other = await connectRaw(server.port)
      await me.say('hello there')
      await server.received.until(({ text }) => text.includes('hello there'))
      await expect(me.message('hello there')).toBeVisible()
      // A server that is only a script relays nothing: its own words come from it.
      if (dialect === 'plain') server.inject('plain words\n')
      else {
        await other.untilText('hello there')
        other.write('plain words\n')
      }
      await expect(me.log().getByText('plain words')).toBeVisible()
      await expect(page.getByRole('button', { name: `What this server speaks: ${dialect}` })).toBeVisible()
      other.close()
    } finally {
      await server.close()
    }
  })

test('a private thread: opened from the people, answered, closed', async ({ app, page }) => {
  const me = personAt(app, page)
  const port = await freePort()
  await me.hostRoom({ name: 'Snug', port })
  const guest = await connectRaw(port)
  guest.write('rename|Ming\n')
  await expect(me.people().getByText('Ming')).toBeVisible()
  await me.openPrivate(/Ming/)
  await me.say('just between us')
  await guest.untilText('对您说just between us')
  await expect(me.message('just between us')).toBeVisible()
  await me.goTo('Snug')
  await expect(me.message('just between us')).toBeHidden()
})

test('a rename is accepted, another refused, at the field that asked', async ({ app, page }) => {
  const me = personAt(app, page)
  const port = await freePort()
  await me.hostRoom({ name: 'Names', port })
  const guest = await connectRaw(port)
  guest.write('rename|Ming\n')
  await expect(me.people().getByText('Ming')).toBeVisible()
  const settings = await me.settings('Profile')
  const field = settings.getByRole('textbox', { name: 'Name in Names' })
  await field.fill('Ming')
  await field.press('Enter')
  await expect(settings.getByText(/^Refused: Somebody here has this name/)).toBeVisible()
  await field.fill('Alice')
  await field.press('Enter')
  await expect(settings.getByText('You are Alice here now.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(me.people().getByText('Alice')).toBeVisible()
  await guest.untilText(/is now known as Alice/)
})

test('settings and rooms survive a restart', async ({ launchApp }) => {
  const server = await startIm()
  try {
    const first = await launchApp()
    const page = await first.firstWindow()
    const me = personAt(first, page)
    await me.connectTo(server.port)
    const settings = await me.settings('Appearance')
    await settings.getByText('Dark', { exact: true }).click()
    await expect.poll(() => first.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
    await first.close()
    expect(await first.exited).toBe(0)

    const second = await launchApp()
    const again = await second.firstWindow()
    expect(await second.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
    const you = personAt(second, again)
    await expect(you.field()).toBeVisible()
    await you.say('back again')
    await expect(you.message('back again').getByText('Delivered')).toBeAttached()
  } finally {
    await server.close()
  }
})

test('a server dies and comes back, and so do we', async ({ app, page }) => {
  const me = personAt(app, page)
  const server = await startIm()
  await me.connectTo(server.port)
  await me.say('before')
  await expect(me.message('before').getByText('Delivered')).toBeAttached()
  await server.close()
  await expect(
    page
      .getByRole('status')
      .filter({ hasText: /lost|again|closed/i })
      .first()
  ).toBeVisible()
  const back = await startIm({ port: server.port })
  try {
    await me.say('after')
    await expect(me.message('after').getByText('Delivered')).toBeAttached({ timeout: 15_000 })
    await expect(me.message('before')).toHaveCount(1)
  } finally {
    await back.close()
  }
})
