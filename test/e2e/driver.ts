import { createServer } from 'node:net'
import { expect, type Locator, type Page } from '@playwright/test'
import type { AppUnderTest } from './fixtures.ts'

/**
 * What a person does and sees, in a person's words, by roles and labels only. English: specs that speak Chinese look
 * for their words themselves.
 */
export interface Person {
  page: Page
  /** Chooses an entry of the application menu by its id; fails where it is disabled or missing. */
  menu(id: string): Promise<void>
  dialog(name: string | RegExp): Locator
  hostRoom(options: { name: string; port: number; dialect?: string }): Promise<void>
  connectTo(port: number, options?: { dialect?: string; charset?: string }): Promise<void>
  /** The conversation shown in the middle. */
  log(): Locator
  field(): Locator
  say(text: string): Promise<void>
  /** A message in the conversation shown, by its text. */
  message(text: string | RegExp): Locator
  people(): Locator
  /** Goes to a room of the list on the left. */
  goTo(room: string): Promise<void>
  openPrivate(name: string | RegExp): Promise<void>
  /** Opens a page of the settings. */
  settings(page: 'Profile' | 'Appearance' | 'Language' | 'Connections' | 'About'): Promise<Locator>
}

export const personAt = (app: AppUnderTest, page: Page): Person => {
  const dialog = (name: string | RegExp): Locator => page.getByRole('dialog', { name })
  const menu = async (id: string): Promise<void> => {
    const trouble = await app.evaluate(({ Menu }, id) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(id)
      if (!item) return `the menu has no entry ${id}`
      if (!item.enabled) return `the entry ${id} is disabled`
      item.click()
      return null
    }, id)
    expect(trouble).toBeNull()
  }
  const log = (): Locator => page.getByRole('log')
  const field = (): Locator => page.getByRole('combobox', { name: /^Message to/ })
  const people = (): Locator => page.getByRole('complementary', { name: 'People' })
  return {
    page,
    menu,
    dialog,
    log,
    field,
    people,
    hostRoom: async ({ name, port, dialect }) => {
      await menu('host')
      const asking = dialog('Host a room')
      await asking.getByLabel('Name of the room').fill(name)
      await asking.getByLabel('Port', { exact: true }).fill(String(port))
      if (dialect !== undefined) await asking.getByLabel('Dialect', { exact: true }).selectOption(dialect)
      await asking.getByRole('button', { name: 'Open the room' }).click()
      await dialog(`${name} is open`).getByRole('button', { name: 'Done' }).click()
      await expect(field()).toBeVisible()
    },
    connectTo: async (port, { dialect, charset } = {}) => {
      await menu('connect')
      const asking = dialog('Connect')
      await asking.getByLabel('Address').fill('127.0.0.1')
      await asking.getByLabel('Port', { exact: true }).fill(String(port))
      if (dialect !== undefined) await asking.getByLabel('Dialect', { exact: true }).selectOption(dialect)
      if (charset !== undefined) await asking.getByLabel('Character set').selectOption(charset)
      await asking.getByRole('button', { name: 'Connect', exact: true }).click()
      await expect(asking).toBeHidden()
      await expect(field()).toBeVisible()
    },
    say: async (text) => {
      await field().fill(text)
      await field().press('Enter')
      await expect(field()).toHaveValue('')
    },
    message: (text) => log().getByRole('article').filter({ hasText: text }),
    goTo: async (room) => {
      await page.getByRole('navigation').getByRole('button', { name: room }).first().click()
    },
    openPrivate: async (name) => {
      await people().getByRole('button', { name }).click()
      await page.getByRole('menuitem', { name: /^Message privately/ }).click()
    },
    settings: async (name) => {
      await menu('settings')
      const shown = dialog('Settings')
      await shown.getByRole('tab', { name }).click()
      return shown
    }
  }
}

/** A port nobody listens on just now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
