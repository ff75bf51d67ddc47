// Every screen, in both themes and both languages: a picture of each, and nothing serious for axe to find.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import { connectRaw } from '../support/clients/raw.ts'
import { startIm } from '../support/servers/im.ts'
import { freePort, type Person, personAt } from './driver.ts'
import { type AppUnderTest, expect, test } from './fixtures.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  id: string
  impact: string
  nodes: { html: string; summary: string }[]
}
declare const window: Window & {
  teahouse: { send(command: object): Promise<unknown> }
  axe: { run(options: object): Promise<{ violations: AxeViolation[] }> }
}
interface AxeViolation {
  id: string
  impact: string
  nodes: { html: string; failureSummary: string }[]
}

/** What axe finds serious or worse on what is shown now. */
const findings = async (page: Page): Promise<Finding[]> => {
  // Through the debugger: the page's own policy lets no foreign script in, which is as it should be.
  const debug = await page.context().newCDPSession(page)
  await debug.send('Runtime.evaluate', { expression: `if (!window.axe) { ${AXE} }` })
  await debug.detach()
  return page.evaluate(async () => {
    const { violations } = await window.axe.run({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
      resultTypes: ['violations']
    })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => ({
        id,
        impact,
        nodes: nodes.map(({ html, failureSummary }) => ({ html: html.slice(0, 200), summary: failureSummary }))
      }))
  })
}

type Theme = 'light' | 'dark'
const GROUND = { light: 'rgb(247, 245, 240)', dark: 'rgb(28, 29, 26)' }

const look = async (page: Page, name: string): Promise<void> => {
  // Things that fade in are judged when they are there.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished.catch(() => 0))
    )
  )
  await page.screenshot({ path: test.info().outputPath(`${name}.png`) })
  expect(await findings(page), name).toEqual([])
}

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

const wear = async (app: AppUnderTest, theme: Theme): Promise<void> => {
  const page = await app.firstWindow()
  await page.evaluate(
    (theme) =>
      window.teahouse.send({
        type: 'changeSettings',
        change: { theme }
      }),
    theme
  )
  await expect.poll(() => app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe(theme)
  await expect(page.locator('body')).toHaveCSS('background-color', GROUND[theme])
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
