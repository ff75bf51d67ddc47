import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AppState } from '../../../src/shared/state.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
import { emptyState, makeStage, sampleConversation, sampleRoom, sampleState } from '../../support/stage.ts'

vi.setConfig({ testTimeout: 30_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const list = (window: StagedWindow) => window.page.getByRole('navigation', { name: 'Rooms' })
const item = (window: StagedWindow, name: string | RegExp) => list(window).getByRole('button', { name }).first()
const entry = (window: StagedWindow, name: string) => window.page.getByRole('menuitem', { name })
/** Opens the menu behind a room's button by keyboard alone and walks to an entry. */
const choose = async (window: StagedWindow, room: string, name: string): Promise<void> => {
  await list(window)
    .getByRole('button', { name: `More for ${room}` })
    .focus()
  await window.page.keyboard.press('Enter')
  await window.page.getByRole('menu').waitFor()
  await entry(window, name).waitFor()
  for (let step = 0; step < 12; step++) {
    const at = await window.page.evaluate(() => document.activeElement?.textContent ?? '')
    if (at.startsWith(name)) break
    await window.page.keyboard.press('ArrowDown')
  }
  await window.page.keyboard.press('Enter')
  await window.page.getByRole('menu').waitFor({ state: 'detached' })
}
const clipboard = (window: StagedWindow): Promise<string> => window.page.evaluate(() => navigator.clipboard.readText())

describe('the menu of a room', () => {
  test('leaving and forgetting ask first; the harmless answer has the keyboard', async () => {
    const window = await stage.open(sampleState())
    await choose(window, 'Build lab', 'Leave…')
    const leaving = window.page.getByRole('alertdialog', { name: 'Leave Build lab?' })
    await leaving.waitFor()
    await expect.poll(() => window.page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    await window.page.keyboard.press('Enter')
    await leaving.waitFor({ state: 'detached' })
    expect(window.sent).toEqual([])
    await choose(window, 'Build lab', 'Leave…')
    await leaving.getByRole('button', { name: 'Leave' }).click()
    expect(window.sent).toEqual([{ type: 'leave', room: 'lab' }])

    // Where one is in, that one goes out is part of the question.
    await choose(window, 'Build lab', 'Forget…')
    await window.page
      .getByRole('alertdialog')
      .getByText('You go out of the room. Its address, everything said')
      .waitFor()
    await window.page.keyboard.press('Enter')
    await choose(window, 'Reading club', 'Forget…')
    const forgetting = window.page.getByRole('alertdialog', { name: 'Forget Reading club?' })
    await forgetting.getByText(/^Its address, everything said .* for good\./).waitFor()
    await forgetting.getByRole('button', { name: 'Forget' }).click()
    expect(window.sent.at(-1)).toEqual({ type: 'forget', room: 'club' })
    await window.close()
  })

  test('connects, tries now, disconnects, and offers what fits the state only', async () => {
    const window = await stage.open(sampleState())
    await choose(window, '10.0.4.7:9999', 'Try now')
    expect(window.sent).toEqual([{ type: 'reconnect', room: 'ten' }])
    await choose(window, 'Build lab', 'Disconnect')
    expect(window.sent.at(-1)).toEqual({ type: 'disconnect', room: 'lab' })
    await choose(window, '10.0.9.1:8000', 'Connect')
    expect(window.sent.at(-1)).toEqual({ type: 'reconnect', room: 'old' })
    await list(window).getByRole('button', { name: 'More for Reading club' }).click()
    await entry(window, 'Connect').waitFor()
    expect(await window.page.getByRole('menuitem').allTextContents()).toEqual([
      'Connect',
      'Copy invitation',
      'Change title…',
      'Room settings…',
      'Forget…'
    ])
    await window.close()
  })

  test('is the one of a right click and of the context menu key as well', async () => {
    const window = await stage.open(sampleState())
    await item(window, /^Second floor/).click({ button: 'right' })
    await entry(window, 'Stop hosting…').waitFor()
    await window.page.keyboard.press('Escape')
    await item(window, /^Build lab/).focus()
    await window.page.keyboard.press('Shift+F10')
    await entry(window, 'Disconnect').waitFor()
    await window.close()
  })

  test('changes the title, and shows the settings of the room', async () => {
    const window = await stage.open(sampleState())
    await choose(window, 'Build lab', 'Change title…')
    const field = window.page.getByRole('dialog', { name: 'Change title' }).getByLabel('Title')
    await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true)
    await window.page.keyboard.type('The lab')
    await window.page.keyboard.press('Enter')
    await expect.poll(() => window.sent).toEqual([{ type: 'configureRoom', room: 'lab', title: 'The lab' }])
    await choose(window, 'Build lab', 'Room settings…')
    const settings = window.page.getByRole('dialog', { name: 'Settings of Build lab' })
    await settings.getByText('Recognised as im').waitFor()
    // The room goes away under the dialog: so does the dialog.
    await window.push({ type: 'roomRemoved', room: 'lab' })
    await settings.waitFor({ state: 'detached' })
    // It does not come back with the room.
    await window.push({ type: 'roomChanged', room: sampleRoom('lab', { title: 'Back again' }) })
    await item(window, /^Back again/).waitFor()
    expect(await window.page.getByRole('dialog').count()).toBe(0)
    await window.close()
  })

  test('shows the addresses of a hosted room, and copies invitations', async () => {
    const window = await stage.open(sampleState())
    await choose(window, 'Second floor', 'Addresses and invitation…')
    const panel = window.page.getByRole('dialog', { name: 'Invite to Second floor' })
    await panel.getByRole('button', { name: 'Copy invitation' }).click()
    await window.page.getByText('Invitation copied').waitFor()
    expect(await clipboard(window)).toBe('teahouse://join?host=192.168.1.20&port=8888\nnc 192.168.1.20 8888')
    await panel.getByRole('button', { name: 'Done' }).click()
    await choose(window, 'Build lab', 'Copy invitation')
    await expect.poll(() => clipboard(window)).toBe('teahouse://join?host=192.168.1.9&port=8888\nnc 192.168.1.9 8888')
    await window.page.context().clearPermissions()
    await window.page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } })
    })
    await choose(window, 'Build lab', 'Copy invitation')
    await window.page.getByText('Copying is not allowed here').waitFor()
    await window.close()
  })

  test('a private thread is closed from its own', async () => {
    const window = await stage.open(sampleState())
    await item(window, /bob/).click({ button: 'right' })
    await entry(window, 'Close this conversation').click()
    expect(window.sent).toEqual([{ type: 'closePrivate', conversation: 'second/p/2' }])
    await window.close()
  })
})

describe('the list', () => {
  test('is walked by arrows, and tells states and counts to screen readers', async () => {
    const window = await stage.open(sampleState())
    await item(window, /^Second floor/).focus()
    await window.page.keyboard.press('ArrowDown')
    const active = (): Promise<string | undefined> => window.page.evaluate(() => document.activeElement?.textContent)
    expect(await active()).toContain('李雷')
    await window.page.keyboard.press('End')
    expect(await active()).toContain('10.0.9.1:8000')
    await window.page.keyboard.press('Home')
    await window.page.keyboard.press('Enter')
    expect(await item(window, /^Second floor/).getAttribute('aria-current')).toBe('true')
    await item(window, /^Build lab.*12 unread/).waitFor()
    await item(window, /^10\.0\.4\.7:9999.*Reconnecting in \d+ s….*140 unread, 2 for you/).waitFor()
    await item(window, /^10\.0\.9\.1:8000.*Nobody answers at this address/).waitFor()
    await window.close()
  })

  test('shows where one is, however many rooms there are', async () => {
    const state = sampleState()
    const ids = Array.from({ length: 40 }, (_, index) => `more-${index}`)
    const window = await stage.open({
      ...state,
      rooms: [...state.rooms, ...ids.map((id) => sampleRoom(id, { title: id }))],
      conversations: [...state.conversations, ...ids.map((id) => sampleConversation(id, id))]
    })
    await window.push({ type: 'wished', wish: { wish: 'show', conversation: 'more-39' } })
    await expect.poll(() => item(window, /^more-39/).isVisible()).toBe(true)
    const inSight = (): Promise<boolean> =>
      item(window, /^more-39/).evaluate(
        (one) => one.getBoundingClientRect().bottom < document.documentElement.clientHeight
      )
    await expect.poll(inSight).toBe(true)
    await window.close()
  })

  test('is empty at first, and says so', async () => {
    const window = await stage.open(emptyState())
    await list(window).getByText('No rooms yet').waitFor()
    await window.page.getByRole('heading', { name: 'Welcome to Teahouse' }).waitFor()
    await window.page
      .getByRole('main')
      .getByRole('button', { name: /Host a room/ })
      .click()
    await window.page.getByRole('dialog', { name: 'Host a room' }).waitFor()
    await window.page.keyboard.press('Escape')
    await window.page
      .getByRole('main')
      .getByRole('button', { name: /Join a room/ })
      .click()
    await window.page.getByRole('dialog', { name: 'Connect' }).waitFor()
    await window.close()
  })
})

test('the title of the window says the room and what is unread everywhere', async () => {
  const state = sampleState()
  const window = await stage.open(state)
  await expect.poll(() => window.page.title()).toMatch(/^\(\d+\) Second floor – Teahouse$/)
  const read: AppState['conversations'] = state.conversations.map((each) => ({ ...each, unread: 0, mentions: 0 }))
  await window.push(...read.map((conversation) => ({ type: 'conversationChanged', conversation }) as const))
  await expect.poll(() => window.page.title()).toBe('Second floor – Teahouse')
  await window.push({
    type: 'conversationChanged',
    conversation: sampleConversation('lab', 'lab', { unread: 7 })
  })
  await expect.poll(() => window.page.title()).toBe('(7) Second floor – Teahouse')
  await window.show(emptyState())
  await expect.poll(() => window.page.title()).toBe('Teahouse')
  await window.close()
})

describe('the switcher', () => {
  const field = (window: StagedWindow) => window.page.getByRole('combobox', { name: 'Room or person' })
  const chosen = (window: StagedWindow) => window.page.getByRole('option', { selected: true })
  const openSwitcher = async (): Promise<StagedWindow> => {
    const window = await stage.open(sampleState())
    await window.push({ type: 'wished', wish: { wish: 'switch' } })
    await field(window).waitFor()
    return window
  }

  test('mentions first, then unread; arrows go round; Enter goes there', async () => {
    const window = await openSwitcher()
    await expect.poll(() => field(window).evaluate((input) => input === document.activeElement)).toBe(true)
    const first = await window.page.getByRole('option').allTextContents()
    expect(first.slice(0, 2).join()).toMatch(/李雷.*10\.0\.4\.7:9999/u)
    await window.page.keyboard.press('ArrowUp')
    expect(await chosen(window).textContent()).toBe(first.at(-1))
    await window.page.keyboard.press('ArrowDown')
    expect(await chosen(window).textContent()).toBe(first[0])
    const active = await field(window).getAttribute('aria-activedescendant')
    expect(await chosen(window).getAttribute('id')).toBe(active)
    await window.page.keyboard.press('Enter')
    await field(window).waitFor({ state: 'detached' })
    await window.page.getByRole('heading', { name: '李雷' }).waitFor()
    await window.close()
  })

  test('finds by beginnings, words, addresses and the room of a person; nothing is said so', async () => {
    const window = await openSwitcher()
    const found = async (typed: string): Promise<string[]> => {
      await field(window).fill(typed)
      return window.page.getByRole('option').allTextContents()
    }
    expect((await found('lab'))[0]).toContain('Build lab')
    expect((await found('技'))[0]).toContain('技术支持')
    expect((await found('192.168.1.80'))[0]).toContain('Printer corner')
    expect((await found('ＢＵＩＬＤ'))[0]).toContain('Build lab')
    expect(await found('second')).toHaveLength(3)
    expect(await found('zzz')).toEqual([])
    await window.page.getByText('Nothing by that name').waitFor()
    await window.page.keyboard.press('Enter')
    await field(window).waitFor()
    await window.page.keyboard.press('Escape')
    await field(window).waitFor({ state: 'detached' })
    await window.page.getByRole('heading', { name: 'Second floor' }).waitFor()
    await window.close()
  })
})
