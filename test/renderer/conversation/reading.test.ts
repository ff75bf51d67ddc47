import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { VISIT_LINES } from '../../../src/renderer/conversation/visit.ts'
import type { Stage, StagedWindow } from '../../support/stage.ts'
import { makeStage } from '../../support/stage.ts'
import { answersOf, lineOf, linesOf, longState } from './long-history.ts'

// A real browser on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 60_000 })

let stage: Stage
beforeAll(async () => {
  stage = await makeStage()
}, 60_000)
afterAll(async () => {
  await stage.close()
})

const POLL = { timeout: 10_000 }
const log = (window: StagedWindow) => window.page.getByRole('log')
const distanceFromEnd = (window: StagedWindow): Promise<number> =>
  log(window).evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop)
const atEnd = async (window: StagedWindow): Promise<void> => {
  await expect.poll(() => distanceFromEnd(window), POLL).toBeLessThan(3)
}
const rows = (window: StagedWindow): Promise<number> => log(window).getAttribute('data-rows').then(Number)
const frames = (window: StagedWindow, count = 3): Promise<void> =>
  window.page.evaluate(async (left) => {
    for (let n = 0; n < left; n += 1) await new Promise((done) => requestAnimationFrame(() => done(null)))
  }, count)
/** Where the words of each row in sight begin: not the row itself, which may have grown a day or a name above them. */
const places = (window: StagedWindow): Promise<Record<string, number>> =>
  log(window).evaluate((element) => {
    const frame = element.getBoundingClientRect()
    const found: Record<string, number> = {}
    for (const row of element.querySelectorAll<HTMLElement>('[data-key]')) {
      const words = row.querySelector('article bdi:last-of-type, button, p')
      const { top, bottom } = (words ?? row).getBoundingClientRect()
      if (bottom > frame.top && top < frame.bottom) found[row.dataset['key'] ?? ''] = top - frame.top
    }
    return found
  })
/** How far the rows moved that were in sight before and are now; NaN where none is left. */
const moved = (before: Record<string, number>, after: Record<string, number>): number => {
  const shared = Object.keys(before).filter((key) => key in after)
  if (shared.length === 0) return Number.NaN
  return Math.max(...shared.map((key) => Math.abs((after[key] ?? 0) - (before[key] ?? 0))))
}
const scrollTo = (window: StagedWindow, top: number): Promise<void> =>
  log(window).evaluate((element, to) => {
    element.scrollTop = to
  }, top)
const message = (window: StagedWindow, id: number) => log(window).getByText(`message ${id}`, { exact: true })

const openLong = async (count: number, held?: number): Promise<StagedWindow> => {
  const window = await stage.open(longState(count, held))
  await window.page.getByRole('log').waitFor()
  Object.assign(
    window.script.answer,
    answersOf(() => count)
  )
  await atEnd(window)
  return window
}

/** Pages wait until they are let go. */
const holdPages = (window: StagedWindow) => {
  const { page: answer } = window.script.answer
  let waiting: (() => void)[] = []
  const asked: number[] = []
  window.script.answer.page = async (question) => {
    asked.push(question.before)
    await new Promise<void>((done) => {
      waiting.push(done)
    })
    return answer(question)
  }
  return {
    asked,
    release: () => {
      const all = waiting
      waiting = []
      for (const done of all) done()
    }
  }
}

describe('reading upwards', () => {
  test('moves nothing before the eyes: over tall texts, days, folds, and at the very top', async () => {
    const window = await openLong(4500)
    const pages = holdPages(window)
    for (let page = 1; page <= 6; page += 1) {
      // Sometimes near the top, sometimes at it: there, the row that changes its shape is the one before the eyes.
      await scrollTo(window, page % 3 === 0 ? 0 : 350)
      await expect.poll(() => pages.asked.length, POLL).toBe(page)
      await frames(window, 6)
      const before = await places(window)
      const first = await log(window).getAttribute('data-first')
      pages.release()
      await expect.poll(() => log(window).getAttribute('data-first'), POLL).not.toBe(first)
      await frames(window)
      expect(moved(before, await places(window)), `page ${page}`).toBeLessThan(2)
    }
    expect(window.troubles).toEqual([])
    await window.close()
  })

  test('comes to the beginning, holds no more than it may, and the newest is one click away', async () => {
    const window = await openLong(5000)
    let most = 0
    for (let id = 0; id !== 1;) {
      await scrollTo(window, 0)
      await frames(window, 2)
      most = Math.max(most, await rows(window))
      id = Number(await log(window).getAttribute('data-first'))
    }
    expect(most).toBeLessThanOrEqual(VISIT_LINES)
    expect(await log(window).getAttribute('data-live')).toBe('false')
    await scrollTo(window, 0)
    await message(window, 12).waitFor()
    // What is said meanwhile is not put here, and not lost.
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: linesOf(5008, 5009) })
    const back = window.page.getByRole('button', { name: 'Back to the newest · 2 new messages' })
    await back.waitFor()
    expect(await message(window, 12).isVisible()).toBe(true)
    await back.click()
    await message(window, 5009).waitFor()
    await atEnd(window)
    expect(await log(window).getAttribute('data-live')).toBe('true')
    await back.waitFor({ state: 'detached' })
    await window.close()
  })

  test('a history that cannot be read says so, and is asked again when one wants it', async () => {
    const window = await openLong(2000)
    window.script.answer.page = () => ({ lines: [], whole: false })
    await scrollTo(window, 0)
    await window.page.getByText('The history cannot be read now.').waitFor()
    expect(await window.accessibility()).toEqual([])
    Object.assign(
      window.script.answer,
      answersOf(() => 2000)
    )
    await window.page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => log(window).getAttribute('data-first').then(Number), POLL).toBeLessThan(1501)
    await window.close()
  })

  test('a flood takes nothing away from somebody who reads, and the rest is read on', async () => {
    let count = 2000
    const window = await openLong(2000, 2000)
    Object.assign(
      window.script.answer,
      answersOf(() => count)
    )
    await scrollTo(window, 2000)
    await frames(window, 6)
    const before = await places(window)
    for (let batch = 0; batch < 10; batch += 1) {
      await window.push({ type: 'linesAdded', conversation: 'tea', lines: linesOf(count + 1, count + 400) })
      count += 400
    }
    await expect.poll(() => log(window).getAttribute('data-live'), POLL).toBe('false')
    await frames(window)
    expect(moved(before, await places(window))).toBeLessThan(2)
    // Down again, page by page, until the live end is reached: no line is left out.
    for (let live = 'false'; live !== 'true';) {
      await scrollTo(window, 10_000_000)
      await frames(window, 2)
      live = (await log(window).getAttribute('data-live')) ?? ''
    }
    await scrollTo(window, 10_000_000)
    await atEnd(window)
    expect(Number(await log(window).getAttribute('data-last'))).toBe(count)
    await window.close()
  })
})

test('a conversation of which nothing is in hand yet is fetched, and shown at its end', async () => {
  const window = await openLong(800)
  await window.push({ type: 'timelineReset', conversation: 'tea', timeline: { lines: [], whole: false } })
  await message(window, 798).waitFor()
  await atEnd(window)
  expect(await log(window).getAttribute('data-live')).toBe('true')
  await window.push({ type: 'linesAdded', conversation: 'tea', lines: linesOf(801, 801) })
  await message(window, 801).waitFor()
  await atEnd(window)
  await window.close()
})

test('what is unread further up than the view holds is one click away', async () => {
  const state = longState(3000)
  const conversations = state.conversations.map((one) =>
    one.id === 'tea' ? { ...one, readUpTo: 700, unread: 1700 } : one
  )
  const window = await stage.open({ ...state, conversations })
  Object.assign(
    window.script.answer,
    answersOf(() => 3000)
  )
  await window.page.getByRole('button', { name: '1700 unread messages' }).click()
  await window.page.getByText('New', { exact: true }).waitFor()
  await message(window, 701).waitFor()
  expect(await log(window).getAttribute('data-live')).toBe('false')
  await window.close()
})

test('who leaves a room before its first new line is there is not called back to it', async () => {
  const state = longState(3000)
  const conversations = state.conversations.map((one) =>
    one.id === 'two' ? { ...one, readUpTo: 700, unread: 1700 } : one
  )
  const timelines = { ...state.timelines, two: { lines: linesOf(2501, 3000), whole: false } }
  const window = await stage.open({ ...state, conversations, timelines })
  const answers = answersOf(() => 3000)
  const [asked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  Object.assign(window.script.answer, answers, {
    around: async (question: Parameters<typeof answers.around>[0]) => {
      asked.resolve()
      await goOn.promise
      return answers.around(question)
    }
  })
  const show = (conversation: string): Promise<void> =>
    window.push({ type: 'wished', wish: { wish: 'show', conversation } })
  await show('two')
  await asked.promise
  await show('tea')
  await window.page.getByRole('heading', { name: 'Tea' }).waitFor()
  goOn.resolve()
  await frames(window, 10)
  expect(await window.page.getByRole('heading', { name: 'Tea' }).isVisible()).toBe(true)
  await show('two')
  await window.page.getByText('New', { exact: true }).waitFor()
  await message(window, 701).waitFor()
  await window.close()
})

test('on its way to where the last window was left, one stands at no end, and the place is not forgotten', async () => {
  const answers = answersOf(() => 3000)
  const goOn = Promise.withResolvers<void>()
  const around = async (question: Parameters<typeof answers.around>[0]) => {
    await goOn.promise
    return answers.around(question)
  }
  const left = { conversation: 'tea', line: 700 }
  const window = await stage.open({ ...longState(3000), lookedAt: left }, { answer: { ...answers, around } })
  const looks = () => window.all.filter((command) => command.type === 'look')
  await log(window).waitFor()
  await window.push({ type: 'linesAdded', conversation: 'tea', lines: linesOf(3001, 3001) })
  await frames(window, 40)
  goOn.resolve()
  await message(window, 700).waitFor()
  await expect.poll(() => looks().length, POLL).toBeGreaterThan(0)
  for (const look of looks()) expect(look).toMatchObject({ atEnd: false, line: 700 })
  expect(window.read).toEqual([])
  await log(window).press('End')
  await expect.poll(() => looks().at(-1), POLL).toMatchObject({ atEnd: true, line: null })
  await window.close()
})

test('what was cleared takes the place with it where one read', async () => {
  const answers = answersOf(() => 3000)
  const left = { conversation: 'tea', line: 700 }
  const window = await stage.open({ ...longState(3000), lookedAt: left }, { answer: answers })
  const looks = () => window.all.filter((command) => command.type === 'look')
  await message(window, 700).waitFor()
  await window.push({ type: 'timelineReset', conversation: 'tea', timeline: { lines: [], whole: true } })
  await window.page.getByText('Nothing has been said yet').waitFor()
  await window.push({ type: 'linesAdded', conversation: 'tea', lines: linesOf(3001, 3003) })
  await message(window, 3003).waitFor()
  await expect.poll(() => looks().at(-1), POLL).toMatchObject({ atEnd: true, line: null })
  await window.close()
})

test.each([
  ['en', 1160],
  ['zh-CN', 560]
] as const)(
  'with large text the way back to the newest, with what is new there, is one line (%s)',
  async (language, width) => {
    const answers = answersOf(() => 3000)
    const state = longState(3000)
    const window = await stage.open(
      {
        ...state,
        lookedAt: { conversation: 'tea', line: 700 },
        preferences: { ...state.preferences, textSize: 20, language }
      },
      { answer: answers }
    )
    await window.page.setViewportSize({ width, height: 600 })
    await message(window, 700).waitFor()
    const more = linesOf(3001, 3040)
    await window.push({ type: 'linesAdded', conversation: 'tea', lines: more })
    const back = window.page.getByRole('button', { name: /Back to the newest.*new|回到最新消息.*新消息/ })
    await back.waitFor()
    const { height = 0 } = (await back.boundingBox()) ?? {}
    expect(height).toBeGreaterThan(20)
    expect(height).toBeLessThan(50)
    await window.close()
  }
)

describe('going to a date', () => {
  const goTo = async (window: StagedWindow, date: string): Promise<void> => {
    await window.push({ type: 'wished', wish: { wish: 'go-to-date' } })
    const dialog = window.page.getByRole('dialog', { name: 'Go to date' })
    await dialog.getByLabel('Date', { exact: true }).fill(date)
    await dialog.getByLabel('Date', { exact: true }).press('Enter')
  }
  const dayOf = (id: number): string => new Date(lineOf(id).at).toISOString().slice(0, 10)
  const firstOf = (day: string): number => {
    for (let id = 1; ; id += 1) if (dayOf(id) === day) return id
  }

  test('shows the first message of that day under its day, marked, with the keyboard there', async () => {
    const window = await openLong(4000)
    await goTo(window, '2026-01-20')
    const first = firstOf('2026-01-20')
    await window.page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect
      .poll(() => window.page.evaluate(() => document.activeElement?.getAttribute('data-key') ?? ''), POLL)
      .toMatch(new RegExp(`^[mpn]${first}$`))
    const row = log(window).locator(':focus')
    await row.getByText('Tuesday, January 20').waitFor()
    const [at, frame] = [await row.boundingBox(), await log(window).boundingBox()]
    expect(Math.abs((at?.y ?? 0) - (frame?.y ?? 0))).toBeLessThan(3)
    expect(await row.evaluate((element) => getComputedStyle(element).backgroundColor)).not.toBe('rgba(0, 0, 0, 0)')
    // Read on from there, both ways, without a jump.
    await window.page.keyboard.press('ArrowDown')
    await expect.poll(() => log(window).locator(':focus').count()).toBe(1)
    const before = await places(window)
    await frames(window, 20)
    expect(moved(before, await places(window))).toBeLessThan(2)
    await window.close()
  })

  test('says when there is nothing, when another day is shown, and what is no date', async () => {
    const window = await openLong(3000)
    await goTo(window, '2030-05-05')
    await window.page.getByText('Nothing was said on that day or since').waitFor()
    expect(await window.accessibility()).toEqual([])
    await window.page.getByLabel('Date', { exact: true }).fill('')
    await window.page.getByLabel('Date', { exact: true }).press('Enter')
    await window.page.getByText('Enter a date', { exact: true }).waitFor()
    await window.page.getByLabel('Date', { exact: true }).fill('2025-06-01')
    await window.page.getByLabel('Date', { exact: true }).press('Enter')
    await window.page.getByText('Nothing was said on June 1, 2025. This is Thursday, January 1.').waitFor()
    window.script.answer.around = () => ({ found: false, why: 'unreadable' })
    await goTo(window, '2026-01-02')
    await window.page.getByText('The history cannot be read now; try again in a moment').waitFor()
    await window.page.keyboard.press('Escape')
    await window.close()
  })

  test('the beginning is one click away; another room and back shows the end again', async () => {
    const window = await openLong(5000)
    await window.page.getByRole('button', { name: 'Room menu' }).click()
    await window.page.getByRole('menuitem', { name: 'Go to date…' }).click()
    await window.page.getByRole('button', { name: 'The beginning' }).click()
    await message(window, 12).waitFor()
    await window.push({ type: 'wished', wish: { wish: 'show', conversation: 'two' } })
    await message(window, 40).waitFor()
    await window.push({ type: 'wished', wish: { wish: 'show', conversation: 'tea' } })
    await message(window, 4999).waitFor()
    await atEnd(window)
    await window.close()
  })

  test('what I say goes to the end, from wherever I read', async () => {
    const window = await openLong(5000)
    await goTo(window, '2026-01-10')
    await window.page.getByRole('button', { name: 'Back to the newest' }).waitFor()
    const mine = { kind: 'said', from: { address: '10.0.0.9:4009', name: 'mei' }, text: 'mine', own: true } as const
    await window.push({
      type: 'linesAdded',
      conversation: 'tea',
      lines: [{ id: 5001, at: lineOf(5001).at, ...mine, state: 'written', failure: null, mention: false }]
    })
    await window.page.getByText('mine', { exact: true }).waitFor()
    await atEnd(window)
    await window.close()
  })
})
