import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeFormat } from '../../../src/core/history/formats/format.ts'
import { PAGE_STYLE, PAGE_STYLE_HASH } from '../../../src/core/history/formats/html-style.ts'
import { BODIES, HOSTILE, line, NOON, said, tea, TWINS, written } from './lines.ts'

vi.setConfig({ testTimeout: 30_000 })

const format = (language: 'en' | 'zh-CN' = 'en') =>
  makeFormat('html', { language, timeZone: 'UTC', program: 'Teahouse 9.9.9', at: NOON })

let browser: Browser
let page: Page
const asked: string[] = []
const complaints: string[] = []
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox']
  })
  page = await browser.newPage()
  await page.route('**/*', (route) => {
    asked.push(route.request().url())
    return route.fulfill({ contentType: 'text/html; charset=utf-8', body: shown })
  })
  page.on('console', (message) => complaints.push(message.text()))
}, 60_000)
afterAll(() => browser.close())

let shown = ''
const open = async (html: string): Promise<void> => {
  shown = html
  asked.length = 0
  complaints.length = 0
  await page.goto('http://export.test/')
}
/** Every element, with its attributes, in order: what a page consists of. */
const skeleton = (): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('*')].map((element) =>
      [element.localName, ...[...element.attributes].map((one) => one.name).toSorted()].join(' ')
    )
  )
const texts = (selector: string): Promise<string[]> => page.locator(selector).allTextContents()

test('the policy names the one style sheet there is', () => {
  expect(PAGE_STYLE_HASH).toBe(`sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}`)
})

describe('the page', () => {
  test('tells of people with names from right to left in sentences that read from left to right', async () => {
    const left = line(1, { kind: 'left', member: { address: '10.0.0.9:9', name: 'محمد' }, reason: 'left' })
    await open(written(format(), [tea(1), [left]]))
    const places = await page.locator('.event bdi').evaluate((sentence) => {
      const text = sentence.firstChild
      return ['محمد', 'left'].map((word) => {
        const range = document.createRange()
        const at = text?.textContent?.indexOf(word) ?? -1
        if (text) range.setStart(text, at)
        if (text) range.setEnd(text, at + word.length)
        return range.getBoundingClientRect().left
      })
    })
    expect(places[0]).toBeLessThan(places[1] ?? 0)
  })

  test('shows what was said, by whom and when, under days, with its style and nothing fetched', async () => {
    const lines = [...BODIES.map((body, index) => line(index + 1, body)), line(99, said('tomorrow'), NOON + 86_400_000)]
    await open(written(format(), [tea(lines.length), lines]))
    expect(asked).toEqual(['http://export.test/'])
    expect(complaints).toEqual([])
    expect(await page.title()).toBe('Tea – Teahouse')
    expect(await texts('h3')).toEqual(['Saturday, November 21, 2026', 'Sunday, November 22, 2026'])
    expect(await texts('section p')).toHaveLength(22)
    expect((await texts('section p'))[0]).toBe('12:34Annahello 你好')
    expect((await texts('section p'))[3]).toBe('12:34我 (you)lost? Not confirmed')
    expect((await texts('.event'))[0]).toBe('12:34Anna came in')
    expect(await texts('.free')).toEqual(['12:34ServerMOTD'])
    expect(
      await page
        .locator('section p')
        .first()
        .evaluate((row) => getComputedStyle(row).display)
    ).toBe('grid')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
  })

  test('lists the conversations of everything, and leads to them', async () => {
    await open(written(format('zh-CN'), [tea(1), [line(1, said('甲'))]], [tea(0, { id: 'r2', title: '空' }), []]))
    expect(await texts('nav li')).toEqual(['Tea 1 行', '空 0 行'])
    const ids = await page.locator('article').evaluateAll((all) => all.map((one) => `#${one.id}`))
    expect(await page.locator('nav a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))).toEqual(ids)
    expect(await texts('article:nth-of-type(2) .about')).toEqual(['这里没有保存任何内容。'])
  })

  test('shows the address beside a name that somebody else there bears', async () => {
    const lines = TWINS.map((body, index) => line(index + 1, body))
    const thread = tea(0, { id: 'r1/p/1', with: { address: '10.0.0.7:40000', name: '<b>' } })
    await open(written(format(), [tea(lines.length), lines], [thread, []], [{ ...thread, id: 'r1/p/2' }, []]))
    expect(await texts('section p:not(.event) b')).toEqual([
      'Ming',
      'Ming 10.0.0.7:40000',
      'Ming 10.0.0.2:5012',
      'Anna',
      '我 (you)',
      'Ming'
    ])
    expect((await texts('.event'))[1]).toBe('12:34Ming (10.0.0.7:40000) left')
    expect((await texts('nav a')).slice(1)).toEqual(
      Array.from({ length: 2 }, () => '<b> (10.0.0.7:40000), private in Tea')
    )
    expect(complaints).toEqual([])
  })

  const around = (text: string): string => {
    const name = { address: text, name: text }
    const lines = [
      line(1, said(text, { from: name })),
      line(2, said(text, { from: name, own: true, state: 'failed', failure: { code: 'unsafe', text } })),
      line(3, { kind: 'line', text }),
      line(4, { kind: 'kicked', reason: 'flood', text: `.${text}` }),
      line(5, { kind: 'renamed', member: name, was: text, own: false })
    ]
    return written(format(), [tea(5, { title: text }), lines], [tea(0, { with: name }), []])
  }

  test('is the same whatever is said in it: no element, attribute or request that is not ours', async () => {
    await open(around('plain'))
    const ours = await skeleton()
    await open(around(HOSTILE.join(' ')))
    expect(await skeleton()).toEqual(ours)
    expect(asked).toHaveLength(1)
    expect(complaints).toEqual([])
    for (const text of HOSTILE) {
      await open(around(text))
      expect(await skeleton()).toEqual(ours)
      expect(await page.evaluate(() => document.body.innerText)).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/u
      )
    }
    // Many at once: a page that is opened for each would take minutes.
    const pieces = fc.sample(
      fc.array(
        fc.oneof(
          fc.constantFrom(...HOSTILE),
          fc.string({ unit: 'binary' }),
          fc.constantFrom('<', '>', '&', '"', "'", '/', '=', '`')
        ),
        { maxLength: 12 }
      ),
      300
    )
    const lines = pieces.map((parts, index) => line(index + 1, said(parts.join(''))))
    await open(written(format(), [tea(300), lines]))
    expect(await page.locator('section > p').count()).toBe(300)
    expect(await page.locator('section > p > *').evaluateAll((all) => all.map((one) => one.localName).join(' '))).toBe(
      Array.from({ length: 300 }, () => 'time b span').join(' ')
    )
    expect(await page.locator('p bdi *').count()).toBe(0)
  })

  test('cannot run anything, even if a script stood in it', async () => {
    await open(
      written(format(), [tea(1), [line(1, said('x'))]]).replace(
        '</main>',
        '<script>document.title = "ran"</script></main>'
      )
    )
    expect(await page.title()).toBe('Tea – Teahouse')
    expect(complaints.join()).toContain('Content Security Policy')
  })

  test('prints black on white, whatever the screen shows', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await open(written(format(), [tea(1), [line(1, said('x'))]]))
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(await ground()).toBe('rgb(28, 29, 26)')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ media: null, colorScheme: null })
  })
})
