// What is written while a server is away: it waits, can be changed, survives the program, and goes out once.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Locator, Page } from '@playwright/test'
import { startIm } from '../support/servers/im.ts'
import type { ReferenceServer } from '../support/servers/base.ts'
import { personAt } from './driver.ts'
import { expect, test } from './fixtures.ts'
import { look, wear } from './look.ts'

const HOUR = 60 * 60_000

/** What was said to the server, without the questions of the app. */
const heard = (server: ReferenceServer): string[] =>
  server
    .heard()
    .split('\n')
    .filter((line) => line !== '' && line !== 'who')

const write = (profile: string, run: (db: DatabaseSync) => void): void => {
  const db = new DatabaseSync(join(profile, 'history.sqlite'), { timeout: 2000 })
  run(db)
  db.close()
}

test('three lines typed while the server is away go out in order, after a restart, as they were changed', async ({
  launchApp
}) => {
  const server = await startIm()
  const first = await launchApp()
  const me = personAt(first, await first.firstWindow())
  await me.connectTo(server.port)
  await me.say('before')
  await expect(me.message('before').getByText('Delivered')).toBeAttached()
  await server.close()
  await expect(me.page.getByText('it waits here and goes out when you are back')).toBeVisible()
  for (const text of ['one', 'two', 'three', 'four']) {
    await me.say(text)
    await expect(me.message(text).getByText('Waiting to be sent')).toBeVisible()
  }

  // With the keyboard: up to the line, Enter, other words, Enter.
  await me.log().focus()
  await me.page.keyboard.press('End')
  const row = (text: string): Locator => me.log().getByRole('listitem').filter({ hasText: text })
  await expect(row('four')).toBeFocused()
  for (const text of ['three', 'two']) {
    await me.page.keyboard.press('ArrowUp')
    await expect(row(text)).toBeFocused()
  }
  await me.page.keyboard.press('Enter')
  const editor = me.page.getByRole('textbox', { name: 'Edit the waiting message' })
  await expect(editor).toHaveValue('two')
  await editor.fill('two, said better')
  for (const theme of ['dark', 'light'] as const) {
    await wear(first, theme)
    await look(me.page, `editing-${theme}`)
  }
  await editor.press('Enter')
  await expect(editor).toHaveCount(0)
  await expect(row('two, said better')).toBeFocused()
  // Escape leaves the words as they were.
  await me.page.keyboard.press('F2')
  await editor.fill('nonsense')
  await editor.press('Escape')
  await expect(me.message('nonsense')).toHaveCount(0)
  // With the mouse.
  await me.message('four').hover()
  await me.message('four').getByRole('button', { name: 'Delete' }).click()
  await expect(me.message('four')).toHaveCount(0)
  await first.close()

  const second = await launchApp()
  const you = personAt(second, await second.firstWindow())
  await expect(you.message('two, said better').getByText('Waiting to be sent')).toBeVisible()
  await you.message('one').hover()
  await you.message('one').getByRole('button', { name: 'Edit' }).click()
  await editorOn(you.page).fill('uno')
  await you.page.getByRole('button', { name: 'Save' }).click()
  await expect(you.message('uno')).toBeVisible()

  const back = await startIm({ port: server.port })
  try {
    // It may come back by itself before the button is reached, which is gone then.
    const tried = you.page.getByRole('button', { name: 'Try now' }).click({ timeout: 2000 })
    await tried.catch(() => expect(you.page.getByRole('button', { name: 'Try now' })).toHaveCount(0))
    await expect(you.message('three').getByText('Delivered')).toBeAttached()
    expect(heard(back)).toEqual(['uno', 'two, said better', 'three'])
    await expect(you.message('Waiting to be sent')).toHaveCount(0)
    await expect(you.log().getByRole('article')).toHaveText([/before/, /uno/, /two, said better/, /three/])
    await expect(you.log().getByText(/^You were away/)).toHaveCount(1)
  } finally {
    await back.close()
  }
})

const editorOn = (page: Page): Locator => page.getByRole('textbox', { name: 'Edit the waiting message' })

test('a line that goes out while it is edited says so, and the new words are kept', async ({ launchApp }) => {
  const server = await startIm()
  const app = await launchApp()
  const me = personAt(app, await app.firstWindow())
  await me.connectTo(server.port)
  await me.page.getByRole('button', { name: 'Room menu' }).click()
  await me.page.getByRole('menuitem', { name: /Disconnect/ }).click()
  await expect(me.page.getByText('it waits here and goes out when you connect')).toBeVisible()
  await me.say('as it stood')
  await me.message('as it stood').hover()
  await me.message('as it stood').getByRole('button', { name: 'Edit' }).click()
  await editorOn(me.page).fill('as it should be')
  await me.page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(me.page.getByText('It has just gone out and cannot be changed any more')).toBeVisible()
  await expect(me.message('as it stood').getByText('Delivered')).toBeAttached()
  await expect(me.field()).toHaveValue('as it should be')
  expect(heard(server)).toEqual(['as it stood'])
  await server.close()
})

for (const language of ['en', 'zh-CN'] as const)
  test.describe(`in ${language}`, () => {
    test.use({ language })

    test('what waited for more than twelve hours asks first', async ({ launchApp, profile }) => {
      const words =
        language === 'en'
          ? {
              not: /3 messages from yesterday have not been sent/,
              behind: '1 newer one waits behind.',
              look: 'Look at each…',
              title: '3 messages have not been sent',
              send: 'Send',
              done: 'Done',
              delete: 'Delete',
              bar: 'Messages that have not been sent',
              delivered: 'Delivered'
            }
          : {
              not: /昨天的 3 条消息还没有发送/,
              behind: '后面还有 1 条较新的在等待。',
              look: '逐条查看…',
              title: '3 条消息还没有发送',
              send: '发送',
              done: '完成',
              delete: '删除',
              bar: '尚未发送的消息',
              delivered: '已送达'
            }
      const server = await startIm()
      const first = await launchApp()
      const page = await first.firstWindow()
      const send = (command: object): Promise<{ room?: string }> =>
        page.evaluate((command) => window.teahouse.send(command), command)
      const { room = '' } = await send({
        type: 'connect',
        host: '127.0.0.1',
        port: server.port,
        dialect: 'auto',
        charset: 'auto'
      })
      await page
        .getByRole('navigation')
        .getByRole('button', { name: String(server.port) })
        .first()
        .click()
      await expect(page.getByRole('main').getByRole('combobox')).toBeVisible()
      await server.close()
      await expect(page.getByRole('main').getByRole('status').filter({ hasText: /\S/ }).first()).toBeVisible()
      await send({ type: 'say', conversation: room, text: 'lunch at one? 一点吃饭？\nI booked a table\nsee you there' })
      await send({ type: 'say', conversation: room, text: 'good morning 早上好' })
      await expect(page.getByRole('log').getByRole('article')).toHaveCount(4)
      await first.close()
      // The first three were written the day before.
      write(profile, (db) => {
        const noon = new Date().setHours(12, 0, 0, 0) - 24 * HOUR
        db.prepare(
          'UPDATE lines SET at = ? WHERE id IN (SELECT id FROM lines WHERE state = 1 ORDER BY id LIMIT 3)'
        ).run(noon)
      })

      const second = await launchApp()
      const window2 = await second.firstWindow()
      const me = personAt(second, window2)
      const bar = window2.getByRole('region', { name: words.bar })
      await expect(bar.getByText(words.not)).toBeVisible()
      await expect(bar.getByText(words.behind)).toBeVisible()
      for (const theme of ['light', 'dark'] as const) {
        await wear(second, theme)
        await look(window2, `unsent-${theme}`)
      }
      const back = await startIm({ port: server.port })
      try {
        await window2.evaluate((room) => window.teahouse.send({ type: 'reconnect', room }), room)
        await back.arrivals.until(() => true)
        await bar.getByRole('button', { name: words.look }).focus()
        await window2.keyboard.press('Enter')
        const dialog = window2.getByRole('dialog')
        await expect(dialog.getByRole('heading', { name: words.title })).toBeVisible()
        await expect(dialog.getByRole('listitem')).toHaveCount(3)
        for (const theme of ['light', 'dark'] as const) {
          await wear(second, theme)
          await look(window2, `unsent-each-${theme}`)
        }
        await dialog.getByRole('listitem').nth(1).getByRole('button', { name: words.delete }).click()
        await expect(dialog.getByRole('listitem')).toHaveCount(2)
        await dialog.getByRole('button', { name: words.done }).click()
        expect(heard(back)).toEqual([])
        await bar.getByRole('button', { name: words.delete }).click()
        await expect(window2.getByRole('alertdialog')).toBeVisible()
        await look(window2, 'unsent-delete')
        await window2.keyboard.press('Escape')
        await bar.getByRole('button', { name: words.send, exact: true }).click()
        await expect(me.message('good morning').getByText(words.delivered)).toBeAttached()
        await expect(bar).toHaveCount(0)
        expect(heard(back)).toEqual(['lunch at one? 一点吃饭？', 'see you there', 'good morning 早上好'])
        for (const theme of ['light', 'dark'] as const) {
          await wear(second, theme)
          await look(window2, `gap-${theme}`)
        }
      } finally {
        await back.close()
      }
    })
  })

declare const window: Window & { teahouse: { send(command: object): Promise<{ room?: string }> } }
