import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Export } from '../../../src/shared/export.ts'
import type { Stage } from '../../support/stage.ts'
import { makeStage, sampleState } from '../../support/stage.ts'

vi.setConfig({ testTimeout: 30_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(() => stage.close())

const about = { id: 1, conversation: null, format: 'html' } as const
const running = (lines: number): Export => ({ ...about, state: 'running', lines, total: 1_000_000 })

test('what, as what, how far, where: by keyboard, and read out', async () => {
  const state = sampleState()
  const window = await stage.open(state)
  const { page } = window
  await window.push({ type: 'wished', wish: { wish: 'export' } })
  const dialog = page.getByRole('dialog', { name: 'Export history' })
  await dialog.waitFor()
  expect(await window.accessibility()).toEqual([])
  // Everything, as JSON Lines, without a mouse. The keyboard begins at the choices, not at the way out.
  await expect
    .poll(() => dialog.getByRole('radio', { name: /Web page/ }).evaluate((one) => one.matches(':focus')))
    .toBe(true)
  await page.keyboard.press('Shift+Tab')
  expect(await dialog.getByLabel('What').evaluate((one) => one.matches(':focus'))).toBe(true)
  await page.keyboard.press('End')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => window.sent).toEqual([{ type: 'export', conversation: null, format: 'jsonl' }])

  await window.push({ type: 'exportChanged', exporting: { ...about, state: 'running', lines: 0, total: 0 } })
  const bar = dialog.getByRole('progressbar', { name: 'Writing…' })
  await bar.waitFor()
  expect(await bar.getAttribute('value')).toBe(null)
  await window.push({ type: 'exportChanged', exporting: running(120_000) })
  await dialog.getByText('120,000 of 1,000,000 lines').waitFor()
  expect(await bar.getAttribute('value')).toBe('120000')
  expect(await window.accessibility()).toEqual([])
  await dialog.getByRole('button', { name: 'Stop' }).click()
  await expect.poll(() => window.sent.at(-1)).toEqual({ type: 'endExport' })
  await window.push({ type: 'exportChanged', exporting: null })
  await dialog.getByLabel('What').waitFor()

  await window.push({ type: 'exportChanged', exporting: { ...about, id: 2, state: 'failed', reason: 'ENOSPC' } })
  await dialog.getByText('Nothing was written: the disk is full.').waitFor()
  expect(await window.accessibility()).toEqual([])
  await window.push({
    type: 'exportChanged',
    exporting: { ...about, id: 3, state: 'done', lines: 1, place: '/home/mei/Tea.html' }
  })
  await dialog.getByRole('status').getByText('1 line was written.').waitFor()
  await dialog.getByText('/home/mei/Tea.html').waitFor()
  expect(await window.accessibility()).toEqual([])
  await dialog.getByRole('button', { name: 'Show in its folder' }).click()
  await expect.poll(() => window.sent.at(-1)).toEqual({ type: 'showExport' })
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect.poll(() => window.sent.at(-1)).toEqual({ type: 'endExport' })
  await dialog.waitFor({ state: 'detached' })
  expect(window.troubles).toEqual([])
  await window.close()
})

test('goes on in the background, and tells how it ended', async () => {
  const window = await stage.open(sampleState())
  const { page } = window
  await window.push({ type: 'wished', wish: { wish: 'export' } }, { type: 'exportChanged', exporting: running(5) })
  const dialog = page.getByRole('dialog', { name: 'Export history' })
  const onward = dialog.getByRole('button', { name: 'Go on in the background' })
  await expect.poll(() => onward.evaluate((one) => one.matches(':focus'))).toBe(true)
  await onward.click()
  await dialog.waitFor({ state: 'detached' })
  await window.push({ type: 'exportChanged', exporting: { ...about, state: 'done', lines: 9, place: '/x' } })
  await page.getByText('History exported').waitFor()
  // The next time the dialog asks anew.
  await window.push({ type: 'wished', wish: { wish: 'export' } })
  await dialog.getByRole('button', { name: 'Choose the file…' }).waitFor()
  await window.close()
})

test('a tab fetches the file from where it was told, under its own origin', async () => {
  const state = sampleState()
  const window = await stage.open({ ...state, surroundings: { ...state.surroundings, carrier: 'browser' } })
  const { page } = window
  await page.route('**/export/*', (route) =>
    route.fulfill({ headers: { 'content-disposition': 'attachment; filename="all.txt"' }, body: 'everything' })
  )
  window.script.perform = (command) =>
    command.type === 'export' ? { ok: true, download: '/export/once' } : { ok: true }
  await page.getByRole('button', { name: 'Room menu' }).click()
  await page.getByRole('menuitem', { name: 'Export…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export history' })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export', exact: true }).click()
  ])
  expect(new URL(download.url()).pathname).toBe('/export/once')
  await window.push({ type: 'exportChanged', exporting: { ...about, state: 'done', lines: 2, place: null } })
  await dialog.getByText('Your browser keeps the file where it keeps downloads.').waitFor()
  expect(await window.accessibility()).toEqual([])
  await window.close()
})

test.each(['light', 'dark'] as const)('speaks Chinese, in %s', async (colorScheme) => {
  const state = sampleState()
  const window = await stage.open(
    { ...state, preferences: { ...state.preferences, language: 'zh-CN' } },
    { colorScheme }
  )
  await window.push({ type: 'wished', wish: { wish: 'export' } })
  const dialog = window.page.getByRole('dialog', { name: '导出聊天记录' })
  await dialog.getByRole('button', { name: '选择文件…' }).waitFor()
  expect(await window.accessibility()).toEqual([])
  await window.picture(`export-form-zh-${colorScheme}`)
  await window.push({ type: 'exportChanged', exporting: running(345_678) })
  await dialog.getByText('345,678 / 1,000,000 行').waitFor()
  await window.picture(`export-running-zh-${colorScheme}`)
  await window.push({
    type: 'exportChanged',
    exporting: { ...about, state: 'done', lines: 1_000_000, place: '/home/mei/Documents/Teahouse 二楼 2026-11-21.html' }
  })
  await dialog.getByText('已写入 1,000,000 行。').waitFor()
  expect(await window.accessibility()).toEqual([])
  await window.picture(`export-done-zh-${colorScheme}`)
  await window.close()
})
