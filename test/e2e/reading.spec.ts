// A long history that lies on the disk: read upwards, searched, and jumped into.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { makeClock } from '../../src/node/clock.ts'
import { openHistory } from '../../src/node/history/history.ts'
import { DEFAULT_SETTINGS } from '../../src/shared/settings.ts'
import type { SavedRoom } from '../../src/shared/settings.ts'
import type { Line, LineBody } from '../../src/shared/state.ts'
import { silentLog } from '../support/quiet.ts'
import { startIm } from '../support/servers/im.ts'
import { personAt } from './driver.ts'
import { expect, test } from './fixtures.ts'

const LINES = 3000
/** A message every fifteen minutes: some hundred a day, a month in all. */
const EVERY_MS = 15 * 60_000
const FIRST = new Date(2026, 2, 1, 8).getTime()
const SAID: Record<number, string> = {
  706: 'Who brought the bergamot?',
  900: '这杯茗很香',
  1100: '下午喝龙井，三点见'
}

const bodyOf = (n: number): LineBody => {
  const member = { address: `10.0.0.${n % 2 === 0 ? 2 : 3}:2000`, name: n % 2 === 0 ? 'Anna' : '李雷' }
  const from = { address: '10.0.0.2:2000', name: n % 60 < 30 ? 'Anna' : '李雷' }
  if (n % 41 < 8) return n % 2 === 0 ? { kind: 'joined', member, own: false } : { kind: 'left', member, reason: 'left' }
  const text = SAID[n] ?? (n % 19 === 0 ? `line ${n}\n${'tall and long\n'.repeat(15)}` : `line ${n}`)
  return { kind: 'said', from, text, own: false, state: 'delivered', failure: null, mention: false }
}

/** A profile with one room, in which a month was talked; so many of the lines are new. */
const fill = async (profile: string, port: number, unread = 0): Promise<void> => {
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  const room: SavedRoom = {
    id: 'rlong',
    title: 'Long 茶',
    host: '127.0.0.1',
    port,
    dialect: 'im',
    lastDialect: 'im',
    charset: 'auto',
    reconnect: true,
    joined: true,
    nick: null,
    ignored: []
  }
  writeFileSync(join(profile, 'settings.json'), JSON.stringify({ ...DEFAULT_SETTINGS, rooms: [room] }))
  const { history } = await openHistory({
    folder: profile,
    clock: makeClock(),
    log: silentLog,
    notice: () => undefined
  })
  const about = { id: 'rlong', room: 'rlong', title: 'Long 茶', hosted: false, with: null, unverified: false }
  history.append({ op: 'conversation', conversation: { ...about, closed: false, readUpTo: 0, draft: '' } }, () => 0)
  let readUpTo = 0
  for (let n = 1; n <= LINES; n += 1) {
    const at = FIRST + n * EVERY_MS
    const line: Line = { id: history.nextLine(at), at, ...bodyOf(n) }
    if (n <= LINES - unread) readUpTo = line.id
    history.append({ op: 'line', conversation: 'rlong', line }, () => 0)
  }
  history.append({ op: 'conversation', conversation: { ...about, closed: false, readUpTo, draft: '' } }, () => 0)
  await history.close()
}

/** In the middle of what is in sight, not at its edge. */
const isInContext = async (log: Locator, line: Locator): Promise<void> => {
  await expect(line).toBeVisible()
  await expect
    .poll(async () => {
      const [at, frame] = [await line.boundingBox(), await log.boundingBox()]
      const part = ((at?.y ?? 0) - (frame?.y ?? 0)) / (frame?.height ?? 1)
      return part > 0.2 && part < 0.8
    })
    .toBe(true)
}

for (const language of ['en', 'zh-CN'] as const)
  test.describe(language, () => {
    test.use({ language })
    test('a word, and words of one and two characters, are found and shown where they were said', async ({
      launchApp,
      profile
    }) => {
      const server = await startIm()
      try {
        await fill(profile, server.port)
        const app = await launchApp()
        const page = await app.firstWindow()
        const me = personAt(app, page)
        await expect(page.getByRole('heading', { name: 'Long 茶' })).toBeVisible()
        await me.menu('find')
        const panel = page.getByRole('search')
        const field = panel.getByRole('combobox')
        await expect(field).toBeFocused()
        for (const [word, n] of [
          ['bergamot', 706],
          ['茗', 900],
          ['龙井', 1100]
        ] as const) {
          await field.fill(word)
          const hit = panel.getByRole('option')
          await expect(hit).toHaveCount(1)
          await expect(hit.locator('mark')).toHaveText([word])
          await field.press('Enter')
          const line = me.message(SAID[n] ?? '')
          await isInContext(me.log(), line)
          await expect(line.locator('mark')).toHaveText([word])
          // Which day this was: its heading is far above.
          const day = n === 706 ? /^(Sunday, March 8|3月8日星期日)$/ : /^(\w+, March \d+|3月\d+日星期.)$/
          await expect(page.getByText(day)).toBeVisible()
          // With what stood around it.
          await expect(me.log().getByText(`line ${n + 1}`, { exact: true })).toBeVisible()
        }
        await page.screenshot({ path: test.info().outputPath('found.png') })
        await me.menu('search')
        await expect(panel.getByRole('option').getByText('Long 茶')).toBeVisible()
        await page.screenshot({ path: test.info().outputPath('everywhere.png') })
        await field.press('Escape')
        await expect(panel).toBeHidden()
      } finally {
        await server.close()
      }
    })
  })

test('who goes through what was found keeps the keyboard in the search, from room to room', async ({
  launchApp,
  profile
}) => {
  const server = await startIm()
  try {
    await fill(profile, server.port)
    const { history } = await openHistory({
      folder: profile,
      clock: makeClock(),
      log: silentLog,
      notice: () => undefined
    })
    const other = { address: '10.0.0.3:2000', name: '李雷' }
    const thread = { id: 'rlong/p/1', room: 'rlong', title: 'Long 茶', hosted: false, with: other, unverified: false }
    const at = FIRST + LINES * EVERY_MS
    const id = history.nextLine(at)
    const said = { kind: 'said', own: false, state: 'delivered', failure: null, mention: false } as const
    const line: Line = { id, at, ...said, from: other, text: 'the oolong is mine' }
    history.append(
      { op: 'conversation', conversation: { ...thread, closed: false, readUpTo: id, draft: 'not finished' } },
      () => 0
    )
    history.append({ op: 'line', conversation: thread.id, line }, () => 0)
    await history.close()
    const app = await launchApp()
    const page = await app.firstWindow()
    const me = personAt(app, page)
    await expect(page.getByRole('heading', { name: 'Long 茶' })).toBeVisible()
    await me.menu('search')
    const field = page.getByRole('search').getByRole('combobox')
    await field.fill('oolong')
    await expect(page.getByRole('option')).toHaveCount(1)
    await field.press('Enter')
    await expect(me.message('the oolong is mine')).toBeVisible()
    await expect(me.field()).toHaveValue('not finished')
    await expect(field).toBeFocused()
    await page.keyboard.press('Enter')
    await field.fill('bergamot')
    await expect(page.getByRole('option').getByText('bergamot')).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(me.message('bergamot')).toBeVisible()
    await expect(field).toBeFocused()
    await page.getByRole('option').click()
    await expect(field).toBeFocused()
    await me.goTo('Private with 李雷')
    await expect(me.field()).toHaveValue('not finished')
    await expect(me.field()).toBeFocused()
  } finally {
    await server.close()
  }
})

// Those of the first are in hand at once; where the others begin has to be fetched.
for (const unread of [100, 1000])
  test(`a room with ${unread} new lines opens where they begin, and those out of sight stay new`, async ({
    launchApp,
    profile
  }) => {
    const server = await startIm()
    try {
      await fill(profile, server.port, unread)
      const app = await launchApp()
      const page = await app.firstWindow()
      const log = personAt(app, page).log()
      const isAtTop = async (): Promise<boolean> => {
        const [line, frame] = [await log.getByText('New', { exact: true }).boundingBox(), await log.boundingBox()]
        return line !== null && frame !== null && line.y >= frame.y && line.y < frame.y + 100
      }
      await expect(log.getByText('New', { exact: true })).toBeVisible()
      // Above what is new stand few lines: the page before them comes by itself, and must move nothing.
      await expect.poll(async () => Number(await log.getAttribute('data-rows'))).toBeGreaterThan(400)
      await expect.poll(isAtTop).toBe(true)
      const badge = page.getByRole('navigation').getByText(/^, \d+ unread/)
      const left = async (): Promise<number> => Number(/\d+/.exec(await badge.innerText({ timeout: 3000 }))?.[0])
      // A fifth of the lines are comings and goings.
      await expect.poll(left).toBeLessThan(unread * 0.8)
      await expect.poll(left).toBeGreaterThan(unread * 0.8 - 40)
      // What was seen is told by now, and nothing else pulls the list away.
      expect([await isAtTop(), Number(await log.getAttribute('data-rows')) < 900]).toEqual([true, true])
      await page.screenshot({ path: test.info().outputPath('new.png') })
      if (unread === 100) {
        // The way back up lies over the list: not over the row that was gone to.
        await log.press('End')
        const up = page.getByRole('button', { name: /unread messages$/ })
        await expect(up).toBeVisible()
        const row = log.locator('[data-key]:focus')
        const over = await up.boundingBox()
        /** How far below the way up the row stands. */
        const under = async (): Promise<number> =>
          ((await row.boundingBox())?.y ?? Number.NaN) - (over?.y ?? Number.NaN) - (over?.height ?? Number.NaN)
        for (let n = 0; n < 3; n += 1) {
          const before = await row.getAttribute('data-key')
          await page.keyboard.press('PageUp')
          await expect(row).not.toHaveAttribute('data-key', before ?? '')
        }
        await expect.poll(under).toBeLessThan(60)
        expect(await under()).toBeGreaterThanOrEqual(0)
        return
      }
      // A jump further down, into what is new: only what it shows is seen.
      await personAt(app, page).menu('find')
      await page.getByRole('search').getByRole('combobox').fill('2500')
      await expect(page.getByRole('option')).toHaveCount(1)
      await page.keyboard.press('Enter')
      await isInContext(log, log.getByText('line 2500', { exact: true }))
      await expect.poll(left).toBeLessThan(430)
      expect(await left()).toBeGreaterThan(388)
    } finally {
      await server.close()
    }
  })

test('a restart keeps the place one read at, near and far, and draws it no further each time', async ({
  launchApp,
  profile
}) => {
  const server = await startIm()
  const keptLine = (): unknown => {
    const { lookedAt } = JSON.parse(readFileSync(join(profile, 'settings.json'), 'utf8'))
    return lookedAt?.line
  }
  try {
    await fill(profile, server.port)
    for (const date of [null, '2026-03-10'] as const) {
      const app = await launchApp()
      const page = await app.firstWindow()
      const me = personAt(app, page)
      await expect(me.message('line 2992')).toBeVisible()
      expect(keptLine() ?? null).toBeNull()
      if (date === null) {
        await me.log().hover()
        await page.mouse.wheel(0, -1500)
      } else {
        await me.menu('go-to-date')
        await page.getByLabel('Date', { exact: true }).fill(date)
        await page.keyboard.press('Enter')
        await expect(me.log().getByText('Tuesday, March 10')).toBeVisible()
        await me.log().hover()
        await page.mouse.wheel(0, 600)
      }
      /** The line kept is that of the row that stands at the top now, below what floats over it. */
      const isKept = async (): Promise<boolean> => {
        const [from = 0, to = 0] = await me.log().evaluate((log) => {
          const top = log.getBoundingClientRect().top + 3.2 * 14 + 1
          const below = [...log.querySelectorAll<HTMLElement>('[data-key]')]
            .filter((row) => row.getBoundingClientRect().bottom > top)
            .toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          return below.slice(0, 2).map((row) => Number(row.dataset['key']?.slice(1)))
        })
        const line = keptLine()
        return typeof line === 'number' && line >= from && line < to
      }
      await expect.poll(isKept).toBe(true)
      const message = me.log().getByText(/^line \d+$/)
      /** Where some message in the middle stands. */
      const middle = await message.evaluateAll((all) => {
        const one = all.find((element) => element.getBoundingClientRect().top > innerHeight / 2)
        return { text: one?.textContent ?? '', top: one?.getBoundingClientRect().top ?? 0 }
      })
      await app.close()
      let drift = 320
      for (const restart of date === null ? ['last'] : ['first', 'last']) {
        const next = await launchApp()
        const you = personAt(next, await next.firstWindow())
        await expect(you.message(middle.text)).toBeInViewport()
        const top = async (): Promise<number> => (await you.message(middle.text).boundingBox())?.y ?? Number.NaN
        // The row at the top begins there, of which perhaps only a part was in sight; from then on it stands.
        await expect.poll(async () => Math.abs((await top()) - middle.top)).toBeLessThan(drift)
        drift = 4
        middle.top = await top()
        if (restart === 'last') {
          await you.log().press('End')
          await expect(you.message('line 2992')).toBeVisible()
          await expect.poll(keptLine).toBeNull()
        }
        await next.close()
      }
    }
  } finally {
    await server.close()
  }
})

test('a date leads to its first message, and the newest are one click away', async ({ launchApp, profile }) => {
  const server = await startIm()
  try {
    await fill(profile, server.port)
    const app = await launchApp()
    const page = await app.firstWindow()
    const me = personAt(app, page)
    await expect(page.getByRole('heading', { name: 'Long 茶' })).toBeVisible()
    await me.menu('go-to-date')
    const field = me.dialog('Go to date').getByLabel('Date', { exact: true })
    await field.fill('2026-03-10')
    await field.press('Enter')
    await expect(me.dialog('Go to date')).toBeHidden()
    const row = me.log().locator('[data-key]:focus')
    await expect(row.getByText('Tuesday, March 10')).toBeVisible()
    const back = page.getByRole('button', { name: /^Back to the newest/ })
    // By keys alone: what was pressed is gone then, and the keyboard is still in the list.
    await back.press('Enter')
    await expect(me.log()).toHaveAttribute('data-live', 'true')
    await expect(back).toBeHidden()
    await expect(me.log()).toBeFocused()
    await page.keyboard.press('ArrowUp')
    await expect(row).toBeInViewport()
    await page.keyboard.press('Home')
    await expect(row.getByText('Sunday, March 1')).toBeInViewport()
    // The row that has the keyboard goes out of sight: what is in sight goes on by keys.
    await me.log().hover()
    await page.mouse.wheel(0, 4000)
    await expect(me.log()).toBeFocused()
    await page.keyboard.press('ArrowUp')
    await expect(row).toBeInViewport()
    await page.keyboard.press('End')
    await expect(me.log()).toHaveAttribute('data-live', 'true')
    await page.keyboard.press('Escape')
    await me.say('here again')
    await expect(me.message('here again')).toBeVisible()
    await me.menu('go-to-date')
    await field.fill('2099-01-01')
    await field.press('Enter')
    await expect(page.getByText('Nothing was said on that day or since')).toBeVisible()
  } finally {
    await server.close()
  }
})

test('reading up through thousands of lines moves nothing but by what one scrolls', async ({ launchApp, profile }) => {
  const server = await startIm()
  try {
    await fill(profile, server.port)
    const app = await launchApp()
    const page = await app.firstWindow()
    const me = personAt(app, page)
    await expect(me.message('line 2992')).toBeVisible()
    const walked = await me.log().evaluate(async (log) => {
      const frames = async (count: number): Promise<void> => {
        for (let n = 0; n < count; n += 1) await new Promise((done) => requestAnimationFrame(done))
      }
      const places = (): Map<string, number> => {
        const { top, bottom } = log.getBoundingClientRect()
        const found = new Map<string, number>()
        for (const row of log.querySelectorAll<HTMLElement>('[data-key]')) {
          // Where its words begin: a row may grow a day or a name above them.
          const words = (row.querySelector('article bdi:last-of-type, button, p') ?? row).getBoundingClientRect()
          const box = row.getBoundingClientRect()
          if (box.bottom > top && box.top < bottom) found.set(row.dataset['key'] ?? '', words.top)
        }
        return found
      }
      let worst = 0
      let pages = 0
      let first = log.getAttribute('data-first')
      let since = 0
      for (let step = 0; step < 200 && pages < 5; step += 1) {
        // The way between two pages is gone in one leap.
        if (since > 8 && log.scrollTop > 1500) {
          log.scrollTop = 1400
          await frames(6)
        }
        since += 1
        const by = Math.min(350, log.scrollTop)
        const before = places()
        log.scrollTop -= by
        for (let frame = 0; frame < (by === 0 ? 6 : 3); frame += 1) {
          await frames(1)
          const now = places()
          // A correction between the step and the event that tells of it takes the step back: then nothing moves at all.
          const off = [...before].flatMap(([key, place]) => {
            const moved = (now.get(key) ?? Number.NaN) - place
            return Number.isNaN(moved) ? [] : [Math.min(Math.abs(moved - by), Math.abs(moved))]
          })
          worst = Math.max(worst, off.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...off))
        }
        if (log.getAttribute('data-first') !== first) {
          pages += 1
          since = 0
        }
        first = log.getAttribute('data-first')
      }
      return { worst, pages }
    })
    expect(walked.pages).toBe(5)
    expect(walked.worst).toBeLessThan(3)
  } finally {
    await server.close()
  }
})
