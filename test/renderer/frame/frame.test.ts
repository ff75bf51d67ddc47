import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppState } from '../../../src/shared/state.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
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

/** What is reached from the rooms and in other windows: each with the way to it. */
describe.each([
  ['light', 'en'],
  ['dark', 'zh-CN']
] as const)(
  'further screens in %s, %s',
  (theme, language) => {
    const chosen = (state: AppState, more: Partial<AppState['surroundings']> = {}): AppState => ({
      ...state,
      surroundings: { ...state.surroundings, ...more },
      preferences: { ...state.preferences, theme, language }
    })
    const look = async (window: StagedWindow, name: string): Promise<void> => {
      await window.picture(`${name}-${theme}-${language}`)
      expect(await window.accessibility(), name).toEqual([])
    }
    /** The menu of the nth room, and its entry at this place. */
    const choose = async (window: StagedWindow, room: number, entry: number): Promise<void> => {
      const { page } = window
      await page.locator('nav [data-item] + [aria-haspopup=menu]').nth(room).click()
      await page.getByRole('menuitem').nth(entry).click()
      await page.locator('[role=dialog], [role=alertdialog]').waitFor()
    }

    test('what is about a room', async () => {
      const window = await stage.open(chosen(sampleState()))
      for (const [name, room, entry] of [
        ['invitation', 0, 0],
        ['title', 1, 1],
        ['room-settings', 1, 2],
        ['leave', 1, 4],
        ['forget', 1, 5]
      ] as const) {
        await choose(window, room, entry)
        await look(window, name)
        await window.page.keyboard.press('Escape')
        await window.page.locator('[role=dialog], [role=alertdialog]').waitFor({ state: 'detached' })
      }
      await window.page.locator('nav [aria-haspopup=menu]').nth(3).click()
      await window.page.getByRole('menu').waitFor()
      await look(window, 'room-menu')
      await window.close()
    })

    test('every page of the settings, and a room unfolded', async () => {
      const window = await stage.open(chosen(sampleState()))
      await window.push({ type: 'wished', wish: { wish: 'settings' } })
      for (const [index, name] of ['profile', 'appearance', 'language', 'connections', 'about'].entries()) {
        await window.page.getByRole('tab').nth(index).click()
        if (name === 'connections') await window.page.locator('summary').nth(1).click()
        await look(window, `settings-${name}`)
      }
      await window.close()
    })

    test('host dialog with doors and trouble', async () => {
      const window = await stage.open(chosen(sampleState()))
      window.script.answer.freePort = ({ port }) => (port === 8888 ? 8890 : port)
      await window.push({ type: 'wished', wish: { wish: 'host' } })
      await window.page.locator('dialog summary, [role=dialog] summary').click()
      await window.page.locator('fieldset button').last().click()
      await look(window, 'host-doors')
      await window.close()
    })

    test('notices, a toast and a private thread', async () => {
      const state = sampleState()
      const hosted = {
        id: 'x',
        name: '二楼 Second floor',
        doors: [{ port: 8888, dialect: 'im' as const }],
        bare: false
      }
      const window = await stage.open({
        ...chosen(state),
        notices: [
          { id: 1, kind: 'settings-set-aside', file: '/home/mei/.config/teahouse/settings.2026-03-12.json' },
          { id: 2, kind: 'host-again', hosted: { ...hosted, language: 'en' } }
        ]
      })
      await window.push({ type: 'wished', wish: { wish: 'show', conversation: 'second/p/2' } })
      await window.push({ type: 'wished', wish: { wish: 'copy-invitation' } })
      await window.page.locator('[aria-live=polite] p').first().waitFor()
      await look(window, 'notices-thread')
      await window.close()
    })

    test('the menu of a browser tab', async () => {
      const window = await stage.open(chosen(sampleState(), { carrier: 'browser' }))
      await window.page.locator('nav [aria-haspopup=menu]').first().click()
      await window.page.getByRole('menu').waitFor()
      await look(window, 'browser-menu')
      await window.close()
    })

    test.each([480, 700, 900])('a window of %i pixels, and its people', async (width) => {
      const window = await stage.open(chosen(sampleState()), { width, height: 640 })
      await look(window, `narrow-${width}`)
      const wide = await window.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wide).toBeLessThanOrEqual(0)
      await window.page.locator('main header button[aria-pressed]').last().click()
      await window.page.locator('aside').waitFor()
      await look(window, `narrow-people-${width}`)
      await window.page.keyboard.press('Escape')
      await window.push({ type: 'wished', wish: { wish: 'settings' } })
      const heights = new Set<number>()
      for (const tab of await window.page.getByRole('tab').all()) {
        await tab.click()
        heights.add(Math.round((await window.page.getByRole('dialog').boundingBox())?.height ?? 0))
      }
      // The panel does not jump from page to page.
      expect(heights.size).toBe(1)
      await window.page.getByRole('tab').first().click()
      await look(window, `narrow-settings-${width}`)
      await window.close()
      const first = await stage.open(chosen(emptyState()), { width, height: 640 })
      await look(first, `narrow-first-${width}`)
      await first.close()
    })
  },
  60_000
)
