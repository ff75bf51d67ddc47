import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Locator } from 'playwright-core'
import type { AppCommand } from '../../../src/shared/commands.ts'
import type { AppState } from '../../../src/shared/state.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
import { emptyState, makeStage, sampleConversation, sampleRoom, sampleState } from '../../support/stage.ts'

// A real browser on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const hosted = (window: StagedWindow): AppCommand[] => window.sent.filter((command) => command.type === 'host')
const asking = (window: StagedWindow) => window.page.getByRole('dialog', { name: 'Host a room' })
const submit = (window: StagedWindow) => asking(window).getByRole('button', { name: 'Open the room' })
const hasFocus = (field: Locator): Promise<boolean> => field.evaluate((one) => one === document.activeElement)
const openHost = async (state: AppState = emptyState()): Promise<StagedWindow> => {
  const window = await stage.open(state)
  await window.push({ type: 'wished', wish: { wish: 'host' } })
  await asking(window).waitFor()
  return window
}

const room = sampleRoom('fresh', {
  title: 'mei-laptop',
  host: '192.168.1.20',
  port: 8888,
  marked: true,
  hosting: {
    name: 'mei-laptop',
    doors: [
      { address: '::', port: 8888, dialect: 'im' },
      { address: '::', port: 8889, dialect: 'gopl' }
    ],
    addresses: ['192.168.1.20:8888', '172.17.0.1:8888', '[fd00::7]:8888'],
    guests: 0
  }
})
const appears = (window: StagedWindow): Promise<void> =>
  window.push(
    { type: 'roomChanged', room },
    { type: 'conversationChanged', conversation: sampleConversation('fresh', 'fresh') }
  )

describe('hosting a room', () => {
  test('Enter opens one with the defaults, and how others get in is shown', async () => {
    const window = await openHost()
    const name = asking(window).getByLabel('Name of the room')
    await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true)
    expect(await name.inputValue()).toBe('mei-laptop')
    expect(await asking(window).getByLabel('Port', { exact: true }).inputValue()).toBe('8888')
    expect(await asking(window).getByLabel('Dialect', { exact: true }).inputValue()).toBe('im')
    window.script.perform = async (command) => {
      if (command.type !== 'host') return { ok: true }
      await appears(window)
      return { ok: true, room: 'fresh' }
    }
    await asking(window).getByLabel('My name').fill('mei')
    await name.press('Enter')
    const panel = window.page.getByRole('dialog', { name: 'mei-laptop is open' })
    await panel.waitFor()
    expect(window.sent[0]).toEqual({ type: 'changeSettings', change: { name: 'mei' } })
    expect(hosted(window)).toEqual([
      { type: 'host', name: 'mei-laptop', doors: [{ port: 8888, dialect: 'im' }], language: 'en', bare: false }
    ])
    await panel.getByText('docker0 · virtual network').waitFor()
    await panel.getByText('eth0 · try this first').waitFor()
    await panel.getByText('Port 8889 speaks gopl').waitFor()
    // Every door needs its way through the firewall.
    await panel.getByText('let TCP port 8888 and 8889 through, for example with sudo ufw allow 8888,8889/tcp').waitFor()
    await panel.getByRole('button', { name: 'Copy nc 192.168.1.20 8888' }).click()
    expect(await window.page.evaluate(() => navigator.clipboard.readText())).toBe('nc 192.168.1.20 8888')
    await panel.getByRole('button', { name: 'Copy [fd00::7]:8888' }).click()
    expect(await window.page.evaluate(() => navigator.clipboard.readText())).toBe('[fd00::7]:8888')
    await panel.getByRole('button', { name: 'Done' }).click()
    await window.page.getByRole('combobox', { name: 'Message to' }).waitFor()
    await window.close()
  })

  test('a room that is told of late shows its panel then; one that never comes leaves nothing behind', async () => {
    const window = await openHost()
    window.script.perform = () => ({ ok: true, room: 'fresh' })
    await submit(window).click()
    await asking(window).waitFor({ state: 'detached' })
    await appears(window)
    await window.page.getByRole('dialog', { name: 'mei-laptop is open' }).waitFor()
    await window.close()

    const other = await openHost()
    other.script.perform = () => ({ ok: true, room: 'fresh' })
    await other.page.clock.install()
    await submit(other).click()
    await asking(other).waitFor({ state: 'detached' })
    await other.page.clock.runFor(6_000)
    await appears(other)
    await other.page.getByRole('combobox', { name: 'Message to' }).waitFor()
    expect(await other.page.getByRole('dialog').count()).toBe(0)
    await other.close()
  })

  test('a port somebody has is told at once, with the next free one a click away', async () => {
    const window = await stage.open(emptyState())
    window.script.answer.freePort = ({ port }) => (port === 8888 ? 8890 : port)
    await window.push({ type: 'wished', wish: { wish: 'host' } })
    await asking(window).getByText('Port 8888 is in use.').waitFor()
    await asking(window).getByRole('button', { name: 'Use 8890 instead' }).click()
    expect(await asking(window).getByLabel('Port', { exact: true }).inputValue()).toBe('8890')
    expect(await asking(window).getByText('Another program').count()).toBe(0)
    // The offer is gone, the keyboard is not.
    expect(await hasFocus(asking(window).getByLabel('Port', { exact: true }))).toBe(true)
    await submit(window).click()
    expect(hosted(window)).toMatchObject([{ doors: [{ port: 8890, dialect: 'im' }] }])
    await window.close()
  })

  test('a port taken in the last moment is told at its field, and the dialog stays', async () => {
    const window = await openHost()
    window.script.perform = () => ({ ok: false, code: 'port-in-use', detail: 8889 })
    await submit(window).click()
    await asking(window).getByRole('button', { name: 'Use 8889 instead' }).waitFor()
    expect(await asking(window).getByLabel('Port', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    window.script.perform = () => ({ ok: false, code: 'port-forbidden' })
    await asking(window).getByLabel('Port', { exact: true }).fill('80')
    await submit(window).click()
    await asking(window).getByRole('alert').getByText('The system does not allow this port').waitFor()
    await window.close()
  })

  test('no door is offered a port that another one wants, and the first wrong one gets the keyboard', async () => {
    const window = await openHost()
    await asking(window).getByText('Advanced').click()
    await asking(window).getByRole('button', { name: 'Add a door' }).click()
    await asking(window).getByRole('button', { name: 'Add a door' }).click()
    await asking(window).getByText('Advanced').click()
    window.script.answer.freePort = ({ port }) => (port === 8888 || port === 8889 ? 8890 : port)
    window.script.perform = () => ({ ok: false, code: 'port-in-use', detail: 8891 })
    await submit(window).click()
    await asking(window).getByRole('button', { name: 'Use 8891 instead' }).waitFor()
    expect(await hasFocus(asking(window).getByLabel('Port', { exact: true }))).toBe(true)
    await asking(window).getByRole('button', { name: 'Use 8891 instead' }).click()
    await asking(window).getByText('Advanced').click()
    await asking(window).getByRole('button', { name: 'Use 8892 instead' }).click()
    const second = asking(window).getByLabel('Port of door 2')
    expect([await second.inputValue(), await hasFocus(second)]).toEqual(['8892', true])
    // Written twice by hand: shown, also where it was folded away.
    await second.fill('8890')
    await asking(window).getByText('Advanced').click()
    await submit(window).click()
    await asking(window).getByText('Two doors cannot share a port').waitFor()
    expect(await hasFocus(asking(window).getByLabel('Port of door 3'))).toBe(true)
    await window.close()
  })

  test('nothing is sent while a field is wrong; each trouble stands at its field', async () => {
    const window = await openHost()
    await asking(window).getByLabel('Name of the room').fill('  ')
    await asking(window).getByLabel('Port', { exact: true }).fill('70000')
    await submit(window).click()
    await asking(window).getByText('Give the room a name').waitFor()
    await asking(window).getByText('A port is a number from 1 to 65535').waitFor()
    expect(
      await asking(window)
        .getByLabel('Name of the room')
        .evaluate((field) => field === document.activeElement)
    ).toBe(true)
    expect(hosted(window)).toEqual([])
    await window.close()
  })

  test('further doors: offered with a free dialect, never with the same port, and removable', async () => {
    const window = await openHost()
    await asking(window).getByText('Advanced').click()
    const add = asking(window).getByRole('button', { name: 'Add a door' })
    await add.click()
    await add.click()
    const second = asking(window).getByLabel('Port of door 2')
    expect(await second.inputValue()).toBe('8889')
    expect(await asking(window).getByLabel('Port of door 3').inputValue()).toBe('8890')
    const dialects = [await asking(window).getByLabel('Dialect of door 2').inputValue()]
    dialects.push(await asking(window).getByLabel('Dialect of door 3').inputValue(), 'im')
    expect(new Set(dialects).size).toBe(3)
    await second.fill('8888')
    await submit(window).click()
    await asking(window).getByText('Two doors cannot share a port').waitFor()
    expect(hosted(window)).toEqual([])
    await asking(window).getByRole('button', { name: 'Remove the door at port 8890' }).click()
    await second.fill('9000')
    await asking(window).getByLabel('Dialect of door 2').selectOption('gopl-zh')
    await asking(window).getByLabel('Language of the room').selectOption('zh-CN')
    await asking(window).getByRole('switch', { name: 'Bare' }).click()
    await submit(window).click()
    expect(hosted(window)).toEqual([
      {
        type: 'host',
        name: 'mei-laptop',
        doors: [
          { port: 8888, dialect: 'im' },
          { port: 9000, dialect: 'gopl-zh' }
        ],
        language: 'zh-CN',
        bare: true
      }
    ])
    await window.close()
  })
})

describe('limits', () => {
  const field = (window: StagedWindow, label: string) => asking(window).getByLabel(label)

  test('show what holds anyway, and only what was changed is sent', async () => {
    const window = await openHost()
    await asking(window).getByText('Advanced').click()
    expect(await field(window, 'Members at most').inputValue()).toBe('5000')
    expect(await field(window, 'Connections from one address').inputValue()).toBe('16')
    expect(await field(window, 'Lines a second from one member').inputValue()).toBe('5')
    expect(await field(window, 'Minutes of silence, then closed').inputValue()).toBe('')
    await field(window, 'Members at most').fill(' 40 ')
    // Emptied: as for everybody.
    await field(window, 'Connections from one address').fill('')
    await field(window, 'Minutes of silence, then closed').fill('30')
    await submit(window).click()
    expect(hosted(window)).toMatchObject([{ limits: { members: 40, idleMinutes: 30 } }])
    expect(hosted(window)[0]).not.toHaveProperty('limits.perAddress')
    await window.close()
  })

  test('what cannot be so is told at its field, which is opened and has the keyboard', async () => {
    const window = await openHost()
    await asking(window).getByText('Advanced').click()
    for (const wrong of ['101', '0', '2.5', '1e1', '-3', 'many']) {
      await field(window, 'Lines a second from one member').fill(wrong)
      await asking(window).getByText('Advanced').click()
      await submit(window).click()
      await asking(window).getByText('A whole number from 1 to 100', { exact: true }).waitFor()
      expect(
        await field(window, 'Lines a second from one member').evaluate((input) => input === document.activeElement)
      ).toBe(true)
      expect(await field(window, 'Lines a second from one member').getAttribute('aria-invalid')).toBe('true')
    }
    expect(hosted(window)).toEqual([])
    await window.page.keyboard.press('ControlOrMeta+a')
    await window.page.keyboard.type('100')
    await window.page.keyboard.press('Enter')
    await expect.poll(() => hosted(window)).toMatchObject([{ limits: { linesPerSecond: 100 } }])
    await window.close()
  })
})

describe('stop hosting', () => {
  test.each([
    [0, 'Nobody else is in the room.'],
    [1, 'One other person is in the room.'],
    [5, '5 other people are in the room.']
  ])('asks with the number of people (%i), and only the button does it', async (guests, sentence) => {
    const state = sampleState()
    const rooms = state.rooms.map((each) => (each.hosting ? { ...each, hosting: { ...each.hosting, guests } } : each))
    const window = await stage.open({ ...state, rooms })
    const question = window.page.getByRole('alertdialog', { name: 'Stop hosting Second floor?' })
    const stopped = () => window.sent.filter((command) => command.type === 'stopHosting')
    await window.push({ type: 'wished', wish: { wish: 'stop-hosting' } })
    await question.getByText(sentence).waitFor()
    // The harmless answer has the keyboard.
    await expect
      .poll(() => window.page.evaluate(() => document.activeElement?.textContent), { timeout: 8000 })
      .toBe('Cancel')
    await window.page.keyboard.press('Enter')
    await question.waitFor({ state: 'detached' })
    expect(stopped()).toEqual([])
    // Leaving or disconnecting from a room of one's own is closing it: the same question.
    await window.push({ type: 'wished', wish: { wish: 'disconnect' } })
    await question.waitFor()
    await window.page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    await window.push({ type: 'wished', wish: { wish: 'leave' } })
    await question.getByRole('button', { name: 'Stop hosting' }).click()
    expect(stopped()).toEqual([{ type: 'stopHosting', room: 'second' }])
    await window.close()
  })
})
