import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from '@playwright/test'
import { connectRaw } from '../support/clients/raw.ts'
import { startIm } from '../support/servers/im.ts'
import { personAt } from './driver.ts'
import { expect, test } from './fixtures.ts'

/** Waits for a draft that begins so, on the disk where a restart will look for it. */
const draftIsKept = (profile: string, text: string): Promise<void> =>
  expect
    .poll(() => {
      const db = new DatabaseSync(join(profile, 'history.sqlite'), { readOnly: true })
      try {
        return db
          .prepare('SELECT draft FROM conversations')
          .all()
          .some((row) => String(row['draft']).startsWith(text))
      } finally {
        db.close()
      }
    })
    .toBe(true)

test('a restart keeps what was said, what is unread, and the draft', async ({ launchApp, profile }) => {
  const [one, two] = [await startIm(), await startIm()]
  try {
    const first = await launchApp()
    const me = personAt(first, await first.firstWindow())
    await me.connectTo(two.port)
    await me.connectTo(one.port)
    await me.say('said before')
    await expect(me.message('said before').getByText('Delivered')).toBeAttached()
    await me.field().fill('half a sentence 半句')
    await draftIsKept(profile, 'half a sentence 半句')
    await me.goTo(`127.0.0.1:${two.port}`)
    const guest = await connectRaw(one.port)
    guest.write('你好，昨天\n')
    const list = me.page.getByRole('navigation')
    await expect(list.getByText('1 unread')).toBeAttached()
    await first.close()
    expect(await first.exited).toBe(0)
    guest.close()

    const second = await launchApp()
    const page = await second.firstWindow()
    const you = personAt(second, page)
    await expect(page.getByRole('navigation').getByText('1 unread')).toBeAttached()
    await you.goTo(`127.0.0.1:${one.port}`)
    await expect(you.message('said before').getByText('Delivered')).toBeAttached()
    await expect(you.message('你好，昨天')).toBeVisible()
    await expect(you.log().getByText('New', { exact: true })).toBeVisible()
    await expect(you.field()).toHaveValue('half a sentence 半句')
  } finally {
    await Promise.all([one.close(), two.close()])
  }
})

test('the plug is pulled in the middle of a sentence', async ({ launchApp, profile }) => {
  const server = await startIm()
  try {
    const first = await launchApp()
    const me = personAt(first, await first.firstWindow())
    await me.connectTo(server.port)
    const guest = await connectRaw(server.port)
    guest.write('你好，再见\n')
    await expect(me.message('你好，再见')).toBeVisible()
    await me.say('said before')
    await expect(me.message('said before').getByText('Delivered')).toBeAttached()
    let typing = true
    const sentence = 'and then I wanted to tell you that '.repeat(10)
    const typed = me
      .field()
      .pressSequentially(sentence, { delay: 50 })
      .catch(() => undefined)
      .finally(() => {
        typing = false
      })
    await draftIsKept(profile, 'and then')
    expect(typing).toBe(true)
    first.signal('SIGKILL')
    await first.exited
    await first.close()
    await typed
    guest.close()

    const second = await launchApp()
    const you = personAt(second, await second.firstWindow())
    await you.goTo(`127.0.0.1:${server.port}`)
    await expect(you.message('你好，再见')).toBeVisible()
    await expect(you.message('said before').getByText('Delivered')).toBeAttached()
    await expect(you.field()).toHaveValue(/^and then/)
  } finally {
    await server.close()
  }
})

test('a restart begins where one was', async ({ launchApp, profile }) => {
  const [one, two] = [await startIm(), await startIm()]
  try {
    const first = await launchApp()
    const me = personAt(first, await first.firstWindow())
    await me.connectTo(one.port)
    await me.connectTo(two.port)
    const shown = (page: Page, port: number) =>
      expect(page.getByRole('main').getByRole('heading', { name: String(port) })).toBeVisible()
    await me.field().fill('half a sentence')
    await draftIsKept(profile, 'half a sentence')
    await shown(me.page, two.port)
    await first.close()

    const second = await launchApp()
    const page = await second.firstWindow()
    await shown(page, two.port)
    await expect(personAt(second, page).field()).toHaveValue('half a sentence')
  } finally {
    await Promise.all([one.close(), two.close()])
  }
})

test('history that is cleared stays away', async ({ launchApp }) => {
  const server = await startIm()
  try {
    const first = await launchApp()
    const page = await first.firstWindow()
    const me = personAt(first, page)
    await me.connectTo(server.port)
    await me.say('forget this')
    await expect(me.message('forget this').getByText('Delivered')).toBeAttached()
    await page.getByRole('button', { name: 'Room menu' }).click()
    await page.getByRole('menuitem', { name: 'Clear history…' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Clear', exact: true }).click()
    await expect(page.getByText('History cleared')).toBeVisible()
    await expect(me.message('forget this')).toHaveCount(0)
    await me.say('but not this')
    await expect(me.message('but not this').getByText('Delivered')).toBeAttached()
    await first.close()

    const second = await launchApp()
    const you = personAt(second, await second.firstWindow())
    await expect(you.message('but not this')).toBeVisible()
    await expect(you.message('forget this')).toHaveCount(0)
  } finally {
    await server.close()
  }
})
