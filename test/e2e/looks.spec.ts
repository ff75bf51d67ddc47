// Every screen, in both themes and both languages: a picture of each, and nothing serious for axe to find.
import { connectRaw } from '../support/clients/raw.ts'
import { startIm } from '../support/servers/im.ts'
import { freePort, type Person, personAt } from './driver.ts'
import { expect, test } from './fixtures.ts'
import { look, wear } from './look.ts'

declare const window: Window & { teahouse: { send(command: object): Promise<unknown> } }

/** Opens what a menu entry opens, looks, closes it. */
const lookAt = async (me: Person, id: string, name: string): Promise<void> => {
  await me.menu(id)
  const dialog = me.page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  // What is folded away is looked at too.
  for (const more of await dialog.locator('summary').all()) await more.click()
  await look(me.page, name)
  await me.page.keyboard.press('Escape')
  await expect(me.page.getByRole('dialog')).toBeHidden()
}

for (const language of ['en', 'zh-CN'] as const)
  for (const theme of ['light', 'dark'] as const)
    test.describe(`${language}, ${theme}`, () => {
      test.use({ language })

      test('first start and every dialog', async ({ app, page }) => {
        const me = personAt(app, page)
        await expect(page.locator('html')).toHaveAttribute('lang', language)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await wear(app, theme)
        await look(page, 'first-start')
        for (const id of ['host', 'connect', 'help', 'about', 'settings']) await lookAt(me, id, id)
        await me.menu('settings')
        for (const [index, tab] of (await page.getByRole('tab').all()).entries()) {
          await tab.click()
          await look(page, `settings-${index + 1}`)
        }
      })

      test('a room with people, a private thread, trouble', async ({ app, page }) => {
        const me = personAt(app, page)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await wear(app, theme)
        const port = await freePort()
        const send = (command: object): Promise<unknown> =>
          page.evaluate((command) => window.teahouse.send(command), command)
        await send({ type: 'host', name: '茶馆 Tea', doors: [{ port, dialect: 'im' }], language, bare: false })
        await page.getByRole('navigation').getByRole('button', { name: '茶馆 Tea' }).first().click()
        const guest = await connectRaw(port)
        await guest.untilText('* Teahouse 1')
        guest.write('rename|Ming\n')
        guest.write('a line with a link https://example.com/x and `code`\n')
        guest.write('<b>not bold</b> 🍵 مرحبا\n')
        await expect(me.message('not bold')).toBeVisible()
        await look(page, 'room')
        await me.menu('switch')
        await expect(page.getByRole('dialog')).toBeVisible()
        await look(page, 'switcher')
        await page.keyboard.press('Escape')
        await lookAt(me, 'go-to-date', 'go-to-date')
        await me.menu('find')
        const field = page.getByRole('search').getByRole('combobox')
        await expect(field).toBeFocused()
        await look(page, 'search')
        await field.fill('bold')
        await expect(page.getByRole('search').getByRole('option')).toHaveCount(1)
        await field.press('Enter')
        await look(page, 'search-found')
        await me.menu('search')
        await field.fill('nobody said this from:')
        await expect(page.getByRole('search').getByRole('option')).toHaveCount(0)
        await look(page, 'search-nothing')
        await page.keyboard.press('Escape')
        await me.menu('stop-hosting')
        await expect(page.getByRole('alertdialog').or(page.getByRole('dialog'))).toBeVisible()
        await look(page, 'stop-hosting')
        await page.keyboard.press('Escape')
        // A server that goes away: the state of trouble.
        const server = await startIm()
        await send({ type: 'connect', host: '127.0.0.1', port: server.port, dialect: 'auto', charset: 'auto' })
        await page
          .getByRole('navigation')
          .getByRole('button', { name: `127.0.0.1:${server.port}` })
          .first()
          .click()
        await server.close()
        await expect(page.getByRole('main').getByRole('status').filter({ hasText: /\S/ }).first()).toBeVisible()
        await look(page, 'reconnecting')
      })
    })
