import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../../support/stage.ts'
import { emptyState, makeStage, sampleState } from '../../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const DIALOGS = [
  ['host', { wish: 'host' }],
  ['connect', { wish: 'connect', host: null, port: null }],
  ['settings', { wish: 'settings' }],
  ['about', { wish: 'about' }],
  ['switch', { wish: 'switch' }],
  ['help', { wish: 'help' }],
  ['stop-hosting', { wish: 'stop-hosting' }]
] as const

test('the page carries no schema library: what it reads, the app has checked', async () => {
  const index = await (await fetch(stage.address)).text()
  const script = /src="([^"]+\.js)"/u.exec(index)?.[1] ?? ''
  const code = await (await fetch(new URL(script, stage.address))).text()
  expect(code.length).toBeGreaterThan(100_000)
  expect(code).not.toContain('_zod')
})

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(['en', 'zh-CN'] as const)(
    'every screen and dialog is without serious findings (%s)',
    async (language) => {
      const state = sampleState()
      const chosen = { ...state, preferences: { ...state.preferences, theme, language } }
      const window = await stage.open(chosen)
      expect(await window.accessibility()).toEqual([])
      await window.picture(`frame-${theme}-${language}`)
      for (const [name, wish] of DIALOGS) {
        await window.push({ type: 'wished', wish })
        await window.page.getByRole(name === 'stop-hosting' ? 'alertdialog' : 'dialog').waitFor()
        await window.picture(`${name}-${theme}-${language}`)
        expect(await window.accessibility()).toEqual([])
        await window.page.keyboard.press('Escape')
        await window.page.locator('[role=dialog], [role=alertdialog]').waitFor({ state: 'detached' })
      }
      expect(window.troubles).toEqual([])
      await window.close()

      const empty = emptyState()
      const first = await stage.open({ ...empty, preferences: { ...empty.preferences, theme, language } })
      await first.picture(`first-start-${theme}-${language}`)
      expect(await first.accessibility()).toEqual([])
      await first.close()
    },
    60_000
  )
})
