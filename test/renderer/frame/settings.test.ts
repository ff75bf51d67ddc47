import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AppCommand } from '../../../src/shared/commands.ts'
import type { Room } from '../../../src/shared/state.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
import { emptyState, makeStage, sampleRoom, sampleState } from '../../support/stage.ts'

vi.setConfig({ testTimeout: 30_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const dialog = (window: StagedWindow) => window.page.getByRole('dialog', { name: 'Settings' })
const openSettings = async (page: string, state = sampleState()): Promise<StagedWindow> => {
  const window = await stage.open(state)
  await window.push({ type: 'wished', wish: { wish: 'settings' } })
  await dialog(window).getByRole('tab', { name: page }).click()
  return window
}
const changes = (window: StagedWindow): AppCommand[] =>
  window.sent.filter((command) => command.type === 'changeSettings' || command.type === 'configureRoom')
const activeText = (window: StagedWindow): Promise<string | undefined> =>
  window.page.evaluate(() => document.activeElement?.textContent)

describe('the settings panel', () => {
  test('opens with the keyboard on the page shown; arrows turn pages, Escape closes', async () => {
    const window = await stage.open(sampleState())
    await window.push({ type: 'wished', wish: { wish: 'about' } })
    await dialog(window).waitFor()
    await expect.poll(() => activeText(window)).toBe('About')
    await dialog(window).getByText('/home/mei/.config/teahouse').waitFor()
    await window.page.keyboard.press('ArrowUp')
    await expect.poll(() => activeText(window)).toBe('History')
    await window.page.keyboard.press('ArrowUp')
    await expect.poll(() => activeText(window)).toBe('Connections')
    await dialog(window).getByText('Saved rooms').waitFor()
    await window.page.keyboard.press('Home')
    await dialog(window).getByLabel('My name', { exact: true }).waitFor()
    await window.page.keyboard.press('Escape')
    await dialog(window).waitFor({ state: 'detached' })
    await window.close()
  })

  test('theme, text size and language apply at once, by keyboard', async () => {
    const window = await openSettings('Appearance')
    const preferences = sampleState().preferences
    await dialog(window).getByText('Dark', { exact: true }).click()
    await expect.poll(() => changes(window)).toEqual([{ type: 'changeSettings', change: { theme: 'dark' } }])
    await window.push({ type: 'preferencesChanged', preferences: { ...preferences, theme: 'dark' } })
    await expect
      .poll(() => window.page.evaluate(() => getComputedStyle(document.body).backgroundColor))
      .toBe('rgb(28, 29, 26)')
    await dialog(window).getByRole('radio', { name: '14 pixels' }).focus()
    await window.page.keyboard.press('ArrowRight')
    await expect.poll(() => changes(window).at(-1)).toEqual({ type: 'changeSettings', change: { textSize: 16 } })
    await window.push({ type: 'preferencesChanged', preferences: { ...preferences, textSize: 16 } })
    await expect
      .poll(() => window.page.evaluate(() => getComputedStyle(document.documentElement).fontSize))
      .toBe('16px')
    await dialog(window).getByRole('tab', { name: 'Language' }).click()
    await dialog(window).getByText('简体中文', { exact: true }).click()
    await expect.poll(() => changes(window).at(-1)).toEqual({ type: 'changeSettings', change: { language: 'zh-CN' } })
    await window.push({ type: 'preferencesChanged', preferences: { ...preferences, language: 'zh-CN' } })
    await window.page.getByRole('dialog', { name: '设置' }).waitFor()
    expect(await window.page.evaluate(() => document.documentElement.lang)).toBe('zh-CN')
    await window.close()
  })

  test('my name is sent when typing rests, when the field is left, and on Enter, each time once', async () => {
    const window = await openSettings('Profile')
    const field = dialog(window).getByLabel('My name', { exact: true })
    await field.fill('mei')
    await expect
      .poll(() => changes(window), { timeout: 10_000 })
      .toEqual([{ type: 'changeSettings', change: { name: 'mei' } }])
    await window.push({ type: 'preferencesChanged', preferences: { ...sampleState().preferences, name: 'mei' } })
    await field.fill(' mei.h ')
    await field.press('Enter')
    await expect.poll(() => changes(window).at(-1)).toEqual({ type: 'changeSettings', change: { name: 'mei.h' } })
    await window.push({ type: 'preferencesChanged', preferences: { ...sampleState().preferences, name: 'mei.h' } })
    await field.blur()
    await window.page.clock.install()
    await window.page.clock.runFor(2000)
    expect(changes(window)).toHaveLength(2)
    // A name that comes from elsewhere is shown.
    await window.push({ type: 'preferencesChanged', preferences: { ...sampleState().preferences, name: 'other' } })
    await expect.poll(() => field.inputValue()).toBe('other')
    await window.close()
  })

  test('a name half typed is kept when the dialog closes, and not announced before', async () => {
    const window = await openSettings('Profile')
    await window.page.clock.install()
    await dialog(window).getByLabel('My name', { exact: true }).fill('me')
    await window.page.clock.runFor(1000)
    expect(changes(window)).toEqual([])
    await window.page.keyboard.press('Escape')
    await window.page.clock.runFor(1000)
    await expect.poll(() => changes(window)).toEqual([{ type: 'changeSettings', change: { name: 'me' } }])
    await window.close()
  })

  test('a change the app refuses, or cannot hear, is told', async () => {
    const window = await openSettings('Appearance')
    window.script.perform = () => ({ ok: false, code: 'bad-name' })
    await dialog(window).getByText('Dark', { exact: true }).click()
    await window.page.getByText('This name cannot be used').waitFor()
    window.script.perform = () => Promise.reject(new Error('gone'))
    await dialog(window).getByText('Light', { exact: true }).click()
    await window.page.getByText('Reconnecting to Teahouse…').waitFor()
    await window.close()
  })
})

describe('my name in a room', () => {
  const lab = (more: Partial<Room> = {}): Room => ({
    ...sampleRoom('lab', { title: 'Build lab', self: { address: '192.168.1.20:1', name: 'mei' } }),
    ...more
  })
  const openRenames = (room: Room = lab()): Promise<StagedWindow> =>
    openSettings('Profile', { ...emptyState(), rooms: [room] })
  const field = (window: StagedWindow) => dialog(window).getByLabel('Name in Build lab')
  const button = (window: StagedWindow) => dialog(window).getByRole('button', { name: 'Rename' })

  test("the server's answer stands at the field: waiting, refused, accepted", async () => {
    const window = await openRenames()
    expect(await field(window).inputValue()).toBe('mei')
    expect(await button(window).isDisabled()).toBe(true)
    await field(window).fill('Li Lei')
    await button(window).click()
    expect(window.sent).toEqual([{ type: 'rename', room: 'lab', name: 'Li Lei' }])
    await window.push({ type: 'roomChanged', room: lab({ renaming: { state: 'waiting', name: 'Li Lei' } }) })
    await dialog(window).getByText('Waiting for the answer of the server…').waitFor()
    expect(await button(window).isDisabled()).toBe(true)
    const refused = { state: 'refused', name: 'Li Lei', code: 'name-taken', text: '当前用户名被使用了' } as const
    await window.push({ type: 'roomChanged', room: lab({ renaming: refused }) })
    await dialog(window).getByText('Refused: Somebody here has this name (“当前用户名被使用了”)').waitFor()
    expect(await field(window).getAttribute('aria-invalid')).toBe('true')
    await field(window).fill('Lei')
    await field(window).press('Enter')
    await expect.poll(() => window.sent.at(-1)).toEqual({ type: 'rename', room: 'lab', name: 'Lei' })
    // The old answer is about another name.
    await expect.poll(() => dialog(window).getByText('Refused').count()).toBe(0)
    const self = { address: '192.168.1.20:1', name: 'Lei' }
    await window.push({ type: 'roomChanged', room: lab({ self, renaming: { state: 'accepted', name: 'Lei' } }) })
    await dialog(window).getByText('You are Lei here now.').waitFor()
    await window.close()
  })

  test('an answer from before this visit is not shown as if it were new', async () => {
    const window = await openRenames(lab({ renaming: { state: 'refused', name: 'x', code: 'bad-name', text: '' } }))
    await field(window).waitFor()
    expect(await dialog(window).getByText('Refused').count()).toBe(0)
    await window.close()
  })

  test('an empty name is asked for again, and what the app refuses at once is told', async () => {
    const window = await openRenames()
    await field(window).fill(' ')
    await field(window).press('Enter')
    await dialog(window).getByText('Enter a name').waitFor()
    expect(window.sent).toEqual([])
    window.script.perform = () => ({ ok: false, code: 'bad-name' })
    await field(window).fill('a|b')
    await field(window).press('Enter')
    await dialog(window).getByText('This name cannot be used').waitFor()
    await window.close()
  })

  test('a connection lost while typing takes the button away and keeps the name', async () => {
    const window = await openRenames()
    await field(window).fill('half a na')
    await expect.poll(() => button(window).isDisabled()).toBe(false)
    const status = { state: 'reconnecting', reason: 'reset', retryAt: Date.now() + 60_000 } as const
    await window.push({ type: 'roomChanged', room: lab({ status }) })
    await expect.poll(() => button(window).isDisabled()).toBe(true)
    expect(await field(window).inputValue()).toBe('half a na')
    await window.close()
  })

  test.each([
    ['where nobody has a name', { capabilities: { who: false, rename: false, whisper: false, echo: true } }],
    ['while not connected', { status: { state: 'connecting' } }]
  ] as const)('is disabled with the reason %s', async (why, more) => {
    const window = await openRenames(lab(more))
    expect(await field(window).isDisabled()).toBe(true)
    expect(await button(window).isDisabled()).toBe(true)
    await dialog(window)
      .getByText(
        why === 'while not connected'
          ? 'You can rename once you are connected.'
          : 'This server has no names: everybody is an address.'
      )
      .waitFor()
    await window.close()
  })
})

describe('saved rooms', () => {
  test('each change of a room is sent at once, checked first', async () => {
    const window = await openSettings('Connections')
    const saved = dialog(window).getByText('Reading club')
    await saved.click()
    const form = dialog(window).locator('details[open]')
    const last = () => changes(window).at(-1)
    await form.getByLabel('Title').fill('Books')
    await form.getByLabel('Title').press('Enter')
    await expect.poll(last).toEqual({ type: 'configureRoom', room: 'club', title: 'Books' })
    await form.getByLabel('Address').fill('book.local')
    await form.getByLabel('Port').focus()
    await expect.poll(last).toEqual({ type: 'configureRoom', room: 'club', host: 'book.local' })
    await form.getByLabel('Port').fill('0')
    await form.getByLabel('Dialect').focus()
    await form.getByText('A port is a number from 1 to 65535').waitFor()
    expect(last()).toEqual({ type: 'configureRoom', room: 'club', host: 'book.local' })
    await form.getByLabel('Port').fill('9001')
    await form.getByLabel('Port').press('Enter')
    await expect.poll(last).toEqual({ type: 'configureRoom', room: 'club', port: 9001 })
    await form.getByLabel('Dialect').selectOption('gopl')
    await expect.poll(last).toEqual({ type: 'configureRoom', room: 'club', dialect: 'gopl' })
    await form.getByLabel('Character set').selectOption('gb18030')
    await expect.poll(last).toEqual({ type: 'configureRoom', room: 'club', charset: 'gb18030' })
    await form.getByRole('switch', { name: 'Reconnect by itself' }).click()
    await expect.poll(last).toEqual({ type: 'configureRoom', room: 'club', reconnect: false })
    await form.getByLabel('Address').fill(' ')
    await form.getByLabel('Address').press('Enter')
    await form.getByText('Where to? Enter a name or an IP address').waitFor()
    await window.close()
  })

  test('what is hosted here is not among them; without any, a sentence says what will be', async () => {
    const window = await openSettings('Connections')
    expect(await dialog(window).getByText('Second floor').count()).toBe(0)
    await window.close()
    const empty = await openSettings('Connections', emptyState())
    await dialog(empty).getByText('Rooms you connect to are kept here.').waitFor()
    await empty.close()
  })
})
