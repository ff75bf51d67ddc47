import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Hit, SearchAnswer } from '../../src/shared/search.ts'
import { marksIn, parseSearch } from '../../src/shared/search.ts'
import { answersOf, lineOf, longState } from './conversation/long-history.ts'
import type { Stage, StagedWindow } from '../support/stage.ts'
import { makeStage } from '../support/stage.ts'

// A real browser on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 60_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const LINES = 3000
const POLL = { timeout: 10_000 }

/** Looks through the long conversation as the app would. */
const search = (text: string, before: number | null, limit: number): SearchAnswer => {
  const { terms } = parseSearch(text)
  const hits: Hit[] = []
  for (let id = (before ?? LINES + 1) - 1; id > 0; id -= 1) {
    const line = lineOf(id)
    const marks = 'text' in line ? marksIn(line.text, terms) : null
    if (marks === null) continue
    if (hits.length === limit) return { state: 'found', hits, next: id + 1 }
    hits.push({ conversation: 'tea', room: 'tea', title: 'Tea', with: null, line, marks })
  }
  return { state: 'found', hits, next: null }
}

const open = async (options: { withoutPreload?: never; width?: number } = {}) => {
  const window = await stage.open(longState(LINES), options)
  Object.assign(
    window.script.answer,
    answersOf(() => LINES)
  )
  const asked: string[] = []
  window.script.answer.search = (question) => {
    asked.push(`${question.conversation ?? 'everywhere'} ${question.text} ${question.before ?? ''}`.trim())
    return search(question.text, question.before, question.limit)
  }
  await window.page.getByRole('log').waitFor()
  return { window, asked }
}
const panel = (window: StagedWindow) => window.page.getByRole('search')
const field = (window: StagedWindow) => panel(window).getByRole('combobox')
const hits = (window: StagedWindow) => panel(window).getByRole('option')
const status = (window: StagedWindow): Promise<string | null> => panel(window).getByRole('status').textContent()
const wish = (window: StagedWindow, name: 'find' | 'search'): Promise<void> =>
  window.push({ type: 'wished', wish: { wish: name } })
const focused = (window: StagedWindow): Promise<string> =>
  window.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')

describe('searching in the conversation', () => {
  test('finds while one types, marks what was found, and Enter shows it where it was said', async () => {
    const { window, asked } = await open()
    await window.page.getByRole('combobox', { name: 'Message to Tea' }).focus()
    await wish(window, 'find')
    await expect.poll(() => focused(window), POLL).toBe('Search in Tea')
    await panel(window).getByText('What can be looked for').waitFor()
    await window.page.keyboard.type('message 77', { delay: 5 })
    await expect.poll(() => status(window), POLL).toBe('5 messages')
    // Not every letter is a question.
    expect(asked.length).toBeLessThan(10)
    expect(asked.at(-1)).toMatch(/^tea message 77/)
    expect(await hits(window).first().locator('mark').allTextContents()).toEqual(['message', '77'])
    const chosen = hits(window).locator('xpath=self::*[@aria-selected="true"]')
    await window.page.keyboard.press('ArrowDown')
    await window.page.keyboard.press('ArrowDown')
    await window.page.keyboard.press('ArrowUp')
    const text = await chosen.locator('bdi').last().textContent()
    expect(await field(window).getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'))
    await window.page.keyboard.press('Enter')
    const line = window.page.getByRole('log').getByText(text ?? '', { exact: true })
    await line.waitFor()
    const [box, frame] = [await line.boundingBox(), await window.page.getByRole('log').boundingBox()]
    const middle = (box?.y ?? 0) - (frame?.y ?? 0)
    expect(middle).toBeGreaterThan((frame?.height ?? 0) * 0.25)
    expect(middle).toBeLessThan((frame?.height ?? 0) * 0.75)
    expect(await line.locator('mark').count()).toBeGreaterThan(0)
    // It is told to whoever does not see it, and the keyboard stays in the field for the next one.
    await window.page
      .getByRole('status')
      .filter({ hasText: text ?? '' })
      .first()
      .waitFor({ state: 'attached' })
    expect(await focused(window)).toBe('Search in Tea')
    await window.page.keyboard.press('Escape')
    await panel(window).waitFor({ state: 'detached' })
    expect(await window.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('listitem')
    await window.close()
  })

  test('Escape without a jump gives the keyboard back; Ctrl+F again takes it once more', async () => {
    const { window } = await open()
    const composer = window.page.getByRole('combobox', { name: 'Message to Tea' })
    await composer.focus()
    await wish(window, 'find')
    await expect.poll(() => focused(window), POLL).toBe('Search in Tea')
    await window.page.keyboard.type('tall')
    await composer.focus()
    await wish(window, 'find')
    await expect.poll(() => focused(window), POLL).toBe('Search in Tea')
    // What stood there can be typed over.
    await window.page.keyboard.type('x')
    expect(await field(window).inputValue()).toBe('x')
    await window.page.keyboard.press('Escape')
    expect(await focused(window)).toBe('Message to Tea')
    await window.close()
  })

  test('Enter before the answer means the first of what comes; answers to older questions are dropped', async () => {
    const { window } = await open()
    const waiting: (() => void)[] = []
    window.script.answer.search = async (question) => {
      await new Promise<void>((done) => {
        waiting.push(done)
      })
      return search(question.text, question.before, question.limit)
    }
    await wish(window, 'find')
    await field(window).fill('message 100')
    await expect.poll(() => waiting.length, POLL).toBe(1)
    await field(window).fill('message 2211')
    await field(window).press('Enter')
    await expect.poll(() => waiting.length, POLL).toBe(2)
    // The older question is answered last.
    waiting[1]?.()
    await expect.poll(() => status(window), POLL).toBe('1 message')
    waiting[0]?.()
    await window.page.getByRole('log').getByText('message 2211', { exact: true }).waitFor()
    expect(await status(window)).toBe('1 message')
    await window.close()
  })

  test('older ones come as one scrolls, by wheel and by key', async () => {
    const { window, asked } = await open()
    await wish(window, 'find')
    await field(window).fill('message')
    await expect.poll(() => hits(window).count(), POLL).toBe(50)
    expect(await status(window)).toBe('More than 50 messages, newest first')
    await panel(window)
      .getByRole('listbox')
      .evaluate((list) => {
        list.scrollTop = list.scrollHeight
      })
    await expect.poll(() => hits(window).count(), POLL).toBeGreaterThanOrEqual(100)
    for (let n = 0; n < 14; n += 1) await field(window).press('PageDown')
    await expect.poll(() => hits(window).count(), POLL).toBeGreaterThanOrEqual(150)
    // A slow machine may have asked once more before it drew what had come: each question brings fifty, none twice.
    await expect.poll(async () => (await hits(window).count()) - 50 * asked.length, POLL).toBe(0)
    const ids = await hits(window).evaluateAll((all) => all.map((one) => one.textContent))
    expect(ids.length).toBeGreaterThanOrEqual(150)
    expect(new Set(ids).size).toBe(ids.length)
    await window.close()
  })
})

describe('searching everywhere', () => {
  test('says where each was said, leads there, and opens again what was closed', async () => {
    const { window } = await open()
    const state = longState(LINES)
    const thread = { ...lineOf(40), id: 40 }
    window.script.answer.search = (question) => {
      expect(question.conversation).toBeNull()
      return {
        state: 'found',
        next: null,
        hits: [
          {
            conversation: 'two/p/1',
            room: 'two',
            title: 'Two',
            with: { address: '10.0.0.3:3', name: '李雷' },
            line: thread,
            marks: [[0, 7]]
          }
        ]
      }
    }
    window.script.perform = async (command) => {
      if (command.type !== 'reopen') return { ok: true }
      const [first] = state.conversations
      if (!first) throw new Error('the state has conversations')
      await window.push({
        type: 'conversationChanged',
        conversation: { ...first, id: 'two/p/1', room: 'two', with: { address: '10.0.0.3:3', name: '李雷' } }
      })
      return { ok: true, conversation: command.conversation }
    }
    await wish(window, 'search')
    await expect.poll(() => focused(window), POLL).toBe('Search everywhere')
    await field(window).fill('message')
    await hits(window).getByText('李雷 · private in Two').waitFor()
    await field(window).press('Enter')
    await window.page.getByRole('heading', { name: '李雷' }).waitFor()
    await window.page.getByRole('log').getByText('message 40', { exact: true }).waitFor()
    expect(window.sent.filter(({ type }) => type === 'reopen')).toEqual([{ type: 'reopen', conversation: 'two/p/1' }])
    await window.close()
  })

  test('nothing found, nothing to be had, filters half typed: each says what it is', async () => {
    const { window } = await open()
    await wish(window, 'find')
    await field(window).fill('nobodysaidthis')
    await panel(window).getByText('Nobody said this here, as far as the history goes back.').waitFor()
    expect(await status(window)).toBe('Nothing found')
    await panel(window).getByRole('button', { name: 'Search everywhere instead' }).click()
    await panel(window).getByText('Nobody said this in any conversation').waitFor()
    await field(window).fill('message before:')
    await panel(window).getByText('before: needs a date').waitFor()
    await field(window).fill('message from:')
    await panel(window).getByText('from: needs a name.').waitFor()
    window.script.answer.search = () => ({ state: 'unavailable', reason: 'EIO' })
    await field(window).fill('tea')
    await panel(window)
      .getByRole('alert')
      .getByText('The history cannot be searched now: the disk cannot be read or written (EIO)')
      .waitFor()
    window.script.answer.search = () => search('message 1', null, 50)
    await panel(window).getByRole('button', { name: 'Try again' }).click()
    await hits(window).first().waitFor()
    // The filters are put into the field by a click.
    await field(window).fill('')
    await panel(window).getByRole('button', { name: 'from:' }).click()
    expect(await field(window).inputValue()).toBe('from:')
    expect(window.troubles).toEqual([])
    await window.close()
  })

  test('a room that writes nothing down says so', async () => {
    const state = longState(100)
    const window = await stage.open({ ...state, rooms: state.rooms.map((room) => ({ ...room, history: 'never' })) })
    await wish(window, 'find')
    await panel(window).getByText('This room writes nothing down').waitFor()
    expect(await window.accessibility()).toEqual([])
    await window.close()
  })
})

test('in a narrow window the search makes way for what it found', async () => {
  const { window } = await open({ width: 700 })
  await window.page.getByRole('button', { name: 'Search', exact: true }).click()
  await field(window).fill('message 2212')
  await hits(window).first().click()
  await panel(window).waitFor({ state: 'detached' })
  await expect
    .poll(() => window.page.evaluate(() => document.activeElement?.textContent ?? ''), POLL)
    .toContain('message 2212')
  await window.close()
})
