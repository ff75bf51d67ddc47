import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AppState, NoticeBody, Wish } from '../../../src/shared/state.ts'
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

const wish = (window: StagedWindow, wished: Wish): Promise<void> => window.push({ type: 'wished', wish: wished })
const heading = (window: StagedWindow, name: string) => window.page.getByRole('main').getByRole('heading', { name })

describe('wishes from the menu, a link, a notification', () => {
  test('each opens what it names', async () => {
    const window = await stage.open(sampleState())
    const dialogs = window.page.locator('[role=dialog], [role=alertdialog]')
    const named: [Wish, string][] = [
      [{ wish: 'host' }, 'Host a room'],
      [{ wish: 'connect', host: null, port: null }, 'Connect'],
      [{ wish: 'settings' }, 'Settings'],
      [{ wish: 'about' }, 'Settings'],
      [{ wish: 'switch' }, 'Switch to'],
      [{ wish: 'go-to-date' }, 'Go to date'],
      [{ wish: 'help' }, 'Help'],
      [{ wish: 'stop-hosting' }, 'Stop hosting Second floor?'],
      [{ wish: 'leave' }, 'Stop hosting Second floor?'],
      [{ wish: 'disconnect' }, 'Stop hosting Second floor?']
    ]
    for (const [wished, title] of named) {
      // One on top of the other: the newest wish wins.
      await wish(window, wished)
      await dialogs.getByRole('heading', { name: title, exact: true, level: 2 }).waitFor()
      expect(await dialogs.count()).toBe(1)
    }
    expect(window.sent).toEqual([])
    expect(window.troubles).toEqual([])
    await window.close()
  })

  test('rooms go round, closed ones are left out, and a notification leads to its conversation', async () => {
    const window = await stage.open(sampleState())
    await heading(window, 'Second floor').waitFor()
    await wish(window, { wish: 'next-room' })
    await heading(window, 'Build lab').waitFor()
    await wish(window, { wish: 'previous-room' })
    await wish(window, { wish: 'previous-room' })
    await heading(window, 'Printer corner').waitFor()
    await wish(window, { wish: 'next-room' })
    await heading(window, 'Second floor').waitFor()
    await wish(window, { wish: 'help' })
    await wish(window, { wish: 'show', conversation: 'second/p/1' })
    await heading(window, '李雷').waitFor()
    expect(await window.page.getByRole('dialog').count()).toBe(0)
    // From a private thread the next room is the one after its own.
    await wish(window, { wish: 'next-room' })
    await heading(window, 'Build lab').waitFor()
    await expect.poll(() => window.all.at(-1)).toMatchObject({ type: 'look', conversation: 'lab' })
    await window.close()
  })

  test('a window begins where the last one was left, and with an open room where that is gone', async () => {
    for (const [lookedAt, title] of [
      ['second/p/1', '李雷'],
      ['lab', 'Build lab'],
      ['forgotten', 'Second floor']
    ] as const) {
      const window = await stage.open({ ...sampleState(), lookedAt: { conversation: lookedAt, line: null } })
      await heading(window, title).waitFor()
      await window.close()
    }
  })

  test('a dialog gives the keyboard back, or to the conversation it led to', async () => {
    const window = await stage.open(sampleState())
    const { page } = window
    const add = page.getByRole('button', { name: 'Host or connect' })
    const hasKeyboard = (locator: Locator): Promise<boolean> =>
      locator.evaluate((element) => element === document.activeElement)
    const connecting = page.getByRole('dialog', { name: 'Connect' })
    const openConnect = async (): Promise<void> => {
      await add.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: /^Connect/ }).press('Enter')
      await connecting.waitFor()
    }
    await openConnect()
    await page.keyboard.press('Escape')
    await connecting.waitFor({ state: 'detached' })
    await expect.poll(() => hasKeyboard(add)).toBe(true)

    window.script.perform = () => ({ ok: true, room: 'lab' })
    await openConnect()
    await connecting.getByLabel('Address').fill('192.168.1.9')
    await page.keyboard.press('Enter')
    await heading(window, 'Build lab').waitFor()
    await connecting.waitFor({ state: 'detached' })
    await expect.poll(() => hasKeyboard(page.getByRole('combobox', { name: 'Message to Build lab' }))).toBe(true)

    await add.focus()
    await wish(window, { wish: 'switch' })
    await page.keyboard.type('Printer')
    await page.keyboard.press('Enter')
    await heading(window, 'Printer corner').waitFor()
    await expect.poll(() => hasKeyboard(page.getByRole('combobox', { name: 'Message to Printer corner' }))).toBe(true)
    await window.close()
  })

  test('leave asks, disconnect does, the invitation is copied', async () => {
    const window = await stage.open(sampleState())
    await wish(window, { wish: 'show', conversation: 'lab' })
    await wish(window, { wish: 'disconnect' })
    await expect.poll(() => window.sent.at(-1)).toEqual({ type: 'disconnect', room: 'lab' })
    await wish(window, { wish: 'stop-hosting' })
    expect(await window.page.getByRole('alertdialog').count()).toBe(0)
    await wish(window, { wish: 'copy-invitation' })
    await window.page.getByText('Invitation copied').waitFor()
    expect(await window.page.evaluate(() => navigator.clipboard.readText())).toContain('nc 192.168.1.9 8888')
    await wish(window, { wish: 'leave' })
    await window.page.getByRole('alertdialog', { name: 'Leave Build lab?' }).waitFor()
    await window.close()
  })

  test('where there is no room, wishes about one do nothing', async () => {
    const window = await stage.open(emptyState())
    for (const name of [
      'next-room',
      'previous-room',
      'leave',
      'disconnect',
      'stop-hosting',
      'copy-invitation',
      'go-to-date',
      'find'
    ] as const)
      await wish(window, { wish: name })
    await wish(window, { wish: 'help' })
    await window.page.getByRole('dialog', { name: 'Help' }).waitFor()
    expect(window.sent).toEqual([])
    expect(window.troubles).toEqual([])
    await window.close()
  })
})

describe('notices', () => {
  const withNotice = (notice: NoticeBody): AppState => ({ ...emptyState(), notices: [{ id: 7, ...notice }] })
  const bar = (window: StagedWindow) => window.page.getByRole('status', { name: 'Notices' })

  test.each([
    [{ kind: 'settings-set-aside', file: '/p/settings.broken.json' }, 'set aside as /p/settings.broken.json'],
    [{ kind: 'settings-not-saved', reason: 'ENOSPC' }, 'could not be saved: the disk is full (ENOSPC)'],
    [{ kind: 'settings-not-saved', reason: 'EROFS' }, 'the profile folder cannot be written to (EROFS)'],
    [{ kind: 'history-paused', reason: 'slow' }, 'nothing is being saved: the disk does not answer. It goes on'],
    [{ kind: 'history-paused', reason: 'SQLite 7' }, 'nothing is being saved: SQLite 7.'],
    [{ kind: 'runtime-missing', reason: 'no network' }, 'opened in the browser: no network']
  ] as const)('%o is told until it is dismissed', async (notice, sentence) => {
    const window = await stage.open(withNotice(notice))
    await bar(window).getByText(sentence).waitFor()
    await bar(window).getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => window.sent).toEqual([{ type: 'dismissNotice', notice: 7 }])
    await window.push({ type: 'noticeDismissed', notice: 7 })
    await expect.poll(() => bar(window).textContent()).toBe('')
    await window.close()
  })

  const doors = [
    { port: 8888, dialect: 'im' as const },
    { port: 9000, dialect: 'gopl' as const }
  ]
  const limits = { members: 40, idleMinutes: 30 }
  const hosted = { id: 'old', name: '二楼', doors, language: 'zh-CN' as const, bare: true, limits }
  const command = { type: 'host', name: '二楼', doors, language: 'zh-CN', bare: true, limits }

  test('hosting again is one click, as it was, and leads into the room', async () => {
    const window = await stage.open(withNotice({ kind: 'host-again', hosted }))
    await bar(window).getByText('You hosted 二楼 when Teahouse ended.').waitFor()
    window.script.perform = async (asked) => {
      if (asked.type !== 'host') return { ok: true }
      await window.push(
        { type: 'roomChanged', room: sampleRoom('again', { title: '二楼' }) },
        { type: 'conversationChanged', conversation: sampleConversation('again', 'again') }
      )
      return { ok: true, room: 'again' }
    }
    await bar(window).getByRole('button', { name: 'Host it again' }).click()
    await heading(window, '二楼').waitFor()
    expect(window.sent).toEqual([command])
    await window.close()
  })

  test('where the port is taken by now, the dialog is there with everything filled in', async () => {
    const window = await stage.open(withNotice({ kind: 'host-again', hosted }))
    window.script.perform = () => ({ ok: false, code: 'port-in-use', detail: 8889 })
    window.script.answer.freePort = ({ port }) => (port === 8888 ? 8889 : port)
    await bar(window).getByRole('button', { name: 'Host it again' }).click()
    const dialog = window.page.getByRole('dialog', { name: 'Host a room' })
    await dialog.getByRole('button', { name: 'Use 8889 instead' }).click()
    expect(await dialog.getByLabel('Name of the room').inputValue()).toBe('二楼')
    expect(await dialog.getByLabel('Port of door 2').inputValue()).toBe('9000')
    window.script.perform = () => ({ ok: true, room: 'again' })
    await dialog.getByRole('button', { name: 'Open the room' }).click()
    await expect
      .poll(() => window.sent.filter((sent) => sent.type === 'host').at(-1))
      .toEqual({ ...command, doors: [{ port: 8889, dialect: 'im' }, doors[1]] })
    await window.close()
  })

  test('changing first opens the dialog filled in; dismissing hosts nothing', async () => {
    const window = await stage.open(withNotice({ kind: 'host-again', hosted }))
    await bar(window).getByRole('button', { name: 'Change first…' }).click()
    const dialog = window.page.getByRole('dialog', { name: 'Host a room' })
    await dialog.waitFor()
    expect(await dialog.getByLabel('Language of the room').inputValue()).toBe('zh-CN')
    expect(await dialog.getByRole('switch', { name: 'Bare' }).getAttribute('aria-checked')).toBe('true')
    expect(await dialog.getByLabel('Members at most').inputValue()).toBe('40')
    expect(await dialog.getByLabel('Minutes of silence, then closed').inputValue()).toBe('30')
    await window.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    // Nothing hosted, and the offer still stands.
    expect(window.sent).toEqual([])
    await bar(window).getByRole('button', { name: 'Host it again' }).waitFor()
    await window.close()
    const other = await stage.open(withNotice({ kind: 'host-again', hosted }))
    await bar(other).getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => other.sent).toEqual([{ type: 'dismissNotice', notice: 7 }])
    await other.close()
  })
})
