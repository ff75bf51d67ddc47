// Looking at a screen: a picture of it, and nothing serious for axe to find.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import { type AppUnderTest, expect, test } from './fixtures.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  id: string
  impact: string
  nodes: { html: string; summary: string }[]
}
declare const window: Window & {
  teahouse: { send(command: object): Promise<unknown> }
  axe: { run(options: object): Promise<{ violations: AxeViolation[] }> }
}
interface AxeViolation {
  id: string
  impact: string
  nodes: { html: string; failureSummary: string }[]
}

/** What axe finds serious or worse on what is shown now. */
const findings = async (page: Page): Promise<Finding[]> => {
  // Through the debugger: the page's own policy lets no foreign script in, which is as it should be.
  const debug = await page.context().newCDPSession(page)
  await debug.send('Runtime.evaluate', { expression: `if (!window.axe) { ${AXE} }` })
  await debug.detach()
  return page.evaluate(async () => {
    const { violations } = await window.axe.run({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
      resultTypes: ['violations']
    })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => ({
        id,
        impact,
        nodes: nodes.map(({ html, failureSummary }) => ({ html: html.slice(0, 200), summary: failureSummary }))
      }))
  })
}

export type Theme = 'light' | 'dark'
const GROUND = { light: 'rgb(247, 245, 240)', dark: 'rgb(28, 29, 26)' }

/** Takes a picture of what is shown, and holds it against the rules for everybody's eyes and ears. */
export const look = async (page: Page, name: string): Promise<void> => {
  // Things that fade in are judged when they are there.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished.catch(() => 0))
    )
  )
  await page.screenshot({ path: test.info().outputPath(`${name}.png`) })
  expect(await findings(page), name).toEqual([])
}

/** Puts a theme on. */
export const wear = async (app: AppUnderTest, theme: Theme): Promise<void> => {
  const page = await app.firstWindow()
  await page.evaluate(
    (theme) =>
      window.teahouse.send({
        type: 'changeSettings',
        change: { theme }
      }),
    theme
  )
  await expect.poll(() => app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe(theme)
  await expect(page.locator('body')).toHaveCSS('background-color', GROUND[theme])
}
