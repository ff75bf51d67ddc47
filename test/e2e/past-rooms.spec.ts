// What was said in a room one hosted, found and read when it is closed, and gone on with.
import type { Locator, Page } from '@playwright/test'
import { personAt } from './driver.ts'
import { expect, test } from './fixtures.ts'
import { look, wear } from './look.ts'

/** Where one writes, whatever the language. */
const composer = (page: Page): Locator => page.getByRole('main').getByRole('combobox')
const say = async (page: Page, text: string): Promise<void> => {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}
const WORDS = {
  en: { closed: 'This room is closed', again: 'Host again…', putAway: 'Close' },
  'zh-CN': { closed: '这个房间已关闭', again: '重新开设…', putAway: '收起' }
}

for (const language of ['en', 'zh-CN'] as const)
  test.describe(language, () => {
    test.use({ language })
    test('a room one hosted is read when it is closed, and goes on when it is hosted again', async ({ launchApp }) => {
      const words = WORDS[language]
      const first = await launchApp()
      const page = await first.firstWindow()
      const send = (command: object): Promise<{ room?: string }> =>
        page.evaluate((command) => window.teahouse.send(command), command)
      const host = { type: 'host', name: 'Tea 茶', doors: [{ port: 0, dialect: 'im' }], language: 'en', bare: false }
      const { room = '' } = await send(host)
      await page.getByRole('navigation').getByRole('button', { name: 'Tea 茶' }).first().click()
      await say(page, 'the bergamot is in 佛手柑')
      await expect(page.getByRole('log').getByText('the bergamot is in')).toBeVisible()
      await send({ type: 'stopHosting', room })
      await expect(page.getByRole('navigation').getByRole('button', { name: 'Tea 茶' })).toHaveCount(0)

      for (const restarted of language === 'en' ? [false, true] : [false]) {
        if (restarted) await first.close()
        const app = restarted ? await launchApp() : first
        const window = restarted ? await app.firstWindow() : page
        const me = personAt(app, window)
        await expect(window.getByRole('navigation')).toBeVisible()
        await me.menu('search')
        const field = window.getByRole('search').getByRole('combobox')
        await field.fill('bergamot')
        await expect(window.getByRole('option')).toHaveCount(1)
        await field.press('Enter')
        await expect(me.message('the bergamot is in')).toBeVisible()
        await expect(window.getByText(words.closed)).toBeVisible()
        await expect(composer(window)).toHaveCount(0)
        for (const theme of restarted ? [] : (['light', 'dark'] as const)) {
          await wear(app, theme)
          await look(window, `past-${theme}`)
        }
        await field.press('Escape')
        await look(window, 'past-alone')
        if (!restarted) {
          await window.getByRole('main').getByRole('button', { name: words.putAway, exact: true }).click()
          await expect(window.getByRole('navigation').getByRole('button', { name: 'Tea 茶' })).toHaveCount(0)
          continue
        }
        await window.getByRole('button', { name: words.again }).click()
        const dialog = window.getByRole('dialog')
        await expect(dialog.getByRole('textbox').first()).toHaveValue('Tea 茶')
        await dialog.getByRole('textbox').first().press('Enter')
        await expect(window.getByText(words.closed)).toHaveCount(0)
        await window.keyboard.press('Escape')
        await window.getByRole('navigation').getByRole('button', { name: 'Tea 茶' }).first().click()
        await say(window, 'and so is the jasmine')
        await expect(me.message('and so is the jasmine')).toBeVisible()
        await expect(me.message('the bergamot is in')).toBeVisible()
      }
    })
  })

declare const window: Window & { teahouse: { send(command: object): Promise<{ room?: string }> } }
