import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hostPort } from '../../../src/shared/address.ts'
import { isHost, readAddress, readPort } from '../../../src/renderer/connecting/address.ts'
import { invitationTo } from '../../../src/renderer/hosting/invitation.ts'
import { readJoinLink } from '../../../src/shared/join-link.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
import { emptyState, makeStage, sampleConversation, sampleRoom, sampleState } from '../../support/stage.ts'

vi.setConfig({ testTimeout: 30_000 })

describe('an address as people write it', () => {
  test.each([
    ['10.0.4.7', '10.0.4.7', null],
    [' 10.0.4.7:9999 ', '10.0.4.7', 9999],
    ['tea.local:8888', 'tea.local', 8888],
    ['tea.local 8888', 'tea.local', 8888],
    ['nc 10.0.4.7 8888', '10.0.4.7', 8888],
    ['nc -v -C 10.0.4.7 8888', '10.0.4.7', 8888],
    ['telnet 10.0.4.7 23', '10.0.4.7', 23],
    ['ncat fd00::7 8888', 'fd00::7', 8888],
    ['fd00::7', 'fd00::7', null],
    ['fe80::1%eth0', 'fe80::1%eth0', null],
    ['[fd00::7]:8888', 'fd00::7', 8888],
    ['[fd00::7]', 'fd00::7', null],
    ['[fe80::1%eth0]:8888', 'fe80::1%eth0', 8888],
    ['tcp://10.0.4.7:8000', '10.0.4.7', 8000],
    ['http://10.0.4.7:8000/room', '10.0.4.7', 8000],
    ['teahouse://join?host=10.0.4.7&port=8888', '10.0.4.7', 8888],
    ['Come in: teahouse://join?host=fd00%3A%3A7&port=8888', 'fd00::7', 8888],
    ['teahouse://join?host=10.0.4.7&port=8888\nnc 10.0.4.7 8888\n', '10.0.4.7', 8888],
    // A link never points at the machine it is opened on; the line below it is what a person wrote.
    ['teahouse://join?host=127.0.0.1&port=8888\r\nnc 127.0.0.1 8888', '127.0.0.1', 8888],
    ['10.0.4.7:99999', '10.0.4.7', null],
    ['10.0.4.7:0', '10.0.4.7', null],
    ['茶馆.local:8888', '茶馆.local', 8888],
    ['', '', null]
  ])('%j', (text, host, port) => {
    expect(readAddress(text)).toEqual({ host, port })
  })

  test('ports and hosts are told from what is none', () => {
    expect(['1', ' 65535 ', '08888'].map(readPort)).toEqual([1, 65_535, 8888])
    expect(['0', '65536', '-1', '1e3', '', '8 8', '8888888'].map(readPort)).toEqual(Array(7).fill(null))
    expect(['a', '10.0.0.1', 'fd00::7', 'fe80::1%eth0', '茶馆'].every(isHost)).toBe(true)
    expect(['', 'a b', 'a/b', 'a@b', 'teahouse://join', 'a'.repeat(256)].some(isHost)).toBe(false)
  })

  test('joined again it reads back the same', () => {
    for (const [host, port] of [
      ['10.0.4.7', 8888],
      ['fd00::7', 1],
      ['tea.local', 65_535]
    ] as const)
      expect(readAddress(hostPort(host, port))).toEqual({ host, port })
  })

  test('an invitation reads back as the room it was made of, on its own and by the link reader', () => {
    const room = sampleRoom('x', { host: 'fd00::7', port: 8888 })
    expect(invitationTo(room)).toBe('teahouse://join?host=fd00%3A%3A7&port=8888\nnc fd00::7 8888')
    expect(readAddress(invitationTo(room))).toEqual({ host: 'fd00::7', port: 8888 })
    expect(readJoinLink(invitationTo(room).split('\n')[0] ?? '')).toEqual({ host: 'fd00::7', port: 8888 })
  })
})

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const dialog = (window: StagedWindow) => window.page.getByRole('dialog', { name: 'Connect' })
const host = (window: StagedWindow) => dialog(window).getByLabel('Address', { exact: true })
const port = (window: StagedWindow) => dialog(window).getByLabel('Port', { exact: true })
const submit = (window: StagedWindow) => dialog(window).getByRole('button', { name: 'Connect', exact: true })
const openConnect = async (
  state = emptyState(),
  filled: { host: string | null; port: number | null } = { host: null, port: null }
): Promise<StagedWindow> => {
  const window = await stage.open(state)
  await window.push({ type: 'wished', wish: { wish: 'connect', ...filled } })
  await dialog(window).waitFor()
  return window
}
const paste = async (window: StagedWindow, text: string): Promise<void> => {
  await window.page.evaluate((value) => navigator.clipboard.writeText(value), text)
  await host(window).focus()
  await window.page.keyboard.press('Control+A')
  await window.page.keyboard.press('Control+V')
}

describe('the connect dialog', () => {
  test('what is pasted splits itself into address and port', async () => {
    const window = await openConnect()
    await paste(window, 'nc 10.0.4.7 9999\n')
    await expect.poll(() => port(window).inputValue()).toBe('9999')
    expect(await host(window).inputValue()).toBe('10.0.4.7')
    await paste(window, '[fd00::7]:8000')
    await expect.poll(() => port(window).inputValue()).toBe('8000')
    expect(await host(window).inputValue()).toBe('fd00::7')
    // Typed, it splits when the field is left, and at the latest when the form is sent.
    await host(window).fill('tea.local:7000')
    await port(window).focus()
    expect(await host(window).inputValue()).toBe('tea.local')
    expect(await port(window).inputValue()).toBe('7000')
    await host(window).fill('10.9.9.9:7001')
    await host(window).press('Enter')
    await expect
      .poll(() => window.sent)
      .toEqual([{ type: 'connect', host: '10.9.9.9', port: 7001, dialect: 'auto', charset: 'auto' }])
    await window.close()
  })

  test('nothing is dialled while a field is wrong, and the trouble stands there', async () => {
    const window = await openConnect()
    await submit(window).click()
    await dialog(window).getByText('Where to? Enter a name or an IP address').waitFor()
    expect(await host(window).evaluate((field) => field === document.activeElement)).toBe(true)
    await host(window).fill('not a host')
    await port(window).fill('x')
    await submit(window).click()
    await dialog(window).getByText('This is not a name or an IP address').waitFor()
    await dialog(window).getByText('A port is a number from 1 to 65535').waitFor()
    expect(await port(window).getAttribute('aria-invalid')).toBe('true')
    expect(window.sent).toEqual([])
    await window.close()
  })

  test('goes to the room as soon as the app tells of it, with the dialect and charset chosen', async () => {
    const window = await openConnect(sampleState())
    window.script.perform = () => ({ ok: true, room: 'new' })
    await host(window).fill('10.1.1.1')
    await dialog(window).getByLabel('Dialect').selectOption('iamhere')
    await dialog(window).getByLabel('Character set').selectOption('big5')
    await submit(window).click()
    await dialog(window).waitFor({ state: 'detached' })
    expect(window.sent.at(-1)).toEqual({
      type: 'connect',
      host: '10.1.1.1',
      port: 8888,
      dialect: 'iamhere',
      charset: 'big5'
    })
    await window.push(
      { type: 'roomChanged', room: sampleRoom('new', { title: 'New place' }) },
      { type: 'conversationChanged', conversation: sampleConversation('new', 'new') }
    )
    await window.page.getByRole('heading', { name: 'New place' }).waitFor()
    await window.close()
  })

  test('asks for my name until I have one, and keeps it before it knocks', async () => {
    const window = await openConnect()
    await host(window).fill('10.1.1.1')
    await dialog(window).getByLabel('My name').fill(' mei ')
    await submit(window).click()
    await expect
      .poll(() => window.sent)
      .toEqual([
        { type: 'changeSettings', change: { name: 'mei' } },
        { type: 'connect', host: '10.1.1.1', port: 8888, dialect: 'auto', charset: 'auto' }
      ])
    await window.close()
    const named = await openConnect({ ...emptyState(), preferences: { ...emptyState().preferences, name: 'mei' } })
    expect(await dialog(named).getByLabel('My name').count()).toBe(0)
    await named.close()
  })

  test('a refusal is told in the dialog, which stays', async () => {
    const window = await openConnect()
    window.script.perform = () => ({ ok: false, code: 'too-many' })
    await host(window).fill('10.1.1.1')
    await submit(window).click()
    await dialog(window).getByRole('alert').getByText('There are too many of these').waitFor()
    await window.close()
  })

  test('a link fills it in, says so, and never connects; a second one fills it anew', async () => {
    const window = await openConnect(sampleState(), { host: '10.6.6.6', port: 666 })
    expect(await host(window).inputValue()).toBe('10.6.6.6')
    expect(await port(window).inputValue()).toBe('666')
    await dialog(window).getByText('A link filled this in.').waitFor()
    await window.push({ type: 'wished', wish: { wish: 'connect', host: '10.7.7.7', port: 777 } })
    await expect.poll(() => host(window).inputValue()).toBe('10.7.7.7')
    expect(await port(window).inputValue()).toBe('777')
    expect(window.sent.filter((command) => command.type === 'connect' || command.type === 'reconnect')).toEqual([])
    await submit(window).click()
    await expect.poll(() => window.sent.at(-1)).toMatchObject({ type: 'connect', host: '10.7.7.7', port: 777 })
    await window.close()
  })

  test('recent rooms are one click away', async () => {
    const window = await openConnect(sampleState())
    await dialog(window)
      .getByRole('button', { name: /Reading club/ })
      .click()
    await dialog(window).waitFor({ state: 'detached' })
    expect(window.sent.at(-1)).toEqual({ type: 'reconnect', room: 'club' })
    await window.page.getByRole('heading', { name: 'Reading club' }).waitFor()
    await window.close()
  })
})
