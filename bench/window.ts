import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { makeClock } from '../src/node/clock.ts'
import { openHistory } from '../src/node/history/history.ts'
import { HISTORY_FILE } from '../src/node/history/store.ts'
import { DEFAULT_SETTINGS } from '../src/shared/settings.ts'
import { chromiumProgram } from '../test/e2e/host.ts'
import { CHROMIUM_ARGUMENTS, launchStandIn } from '../test/e2e/stand-in/host.ts'
import type { StandInApp } from '../test/e2e/stand-in/host.ts'
import { silentLog } from '../test/support/quiet.ts'
import { keepReport, onThisMachine } from './report.ts'

/**
 * `node bench/window.ts [--lines 10000,1000000] [--seconds 60] [--rate 10000]` (`npm run build` first): the built app
 * in a real Chromium, through the stand-in for Electron. How much memory its page needs with a short and with a long
 * history; and how fast it takes a keystroke while thousands of lines a second come into the open room, with every one
 * of them in the history afterwards.
 */
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000,1000000' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '10000' }
  }
})
const SIZES = values.lines.split(',').map(Number)
const SECONDS = Number(values.seconds)
/** A shorter flood is a trial of the benchmark, nothing to keep. */
const FULL_SECONDS = 60
const RATE = Number(values.rate)
const MAIN = resolve(import.meta.dirname, '../out/main/index.js')
const MiB = 1024 * 1024
const IN_FLIGHT = 8000
const PAGES_UP = 20
/** As fast as a quick typist. */
const BETWEEN_KEYS_MS = 120
const TICK_MS = 10
/** The history may be behind by what a slow disk holds back; then nothing more is on its way. */
const SETTLED_MS = 120_000

/** A room that greets, and says what it is told to say. */
const startRoom = async (): Promise<{ port: number; write(text: string): boolean; close(): Promise<void> }> => {
  let member: Socket | null = null
  const server = createServer((socket) => {
    const me = `127.0.0.1:${socket.remotePort ?? 0}`
    member = socket
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      if (bytes.toString().includes('who')) socket.write(`[${me}]${me}:在线...\n`)
    })
    socket.write(`[${me}]${me}:已上线\n`)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the room has no port')
  return {
    port: bound.port,
    write: (text) => member?.write(text) ?? false,
    close: async () => {
      member?.destroy()
      await new Promise((done) => server.close(done))
    }
  }
}

const profileFor = async (port: number, lines: number): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'teahouse-window-'))
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({
      ...DEFAULT_SETTINGS,
      rooms: [
        {
          id: 'r1',
          title: 'Tea',
          host: '127.0.0.1',
          port,
          dialect: 'im',
          lastDialect: 'im',
          charset: 'utf-8',
          reconnect: true,
          joined: true,
          nick: null,
          ignored: []
        }
      ]
    })
  )
  if (lines === 0) return folder
  const { history } = await openHistory({ folder, clock: makeClock(), log: silentLog, notice: () => undefined })
  let waiting = 0
  let wake: (() => void) | null = null
  const put = (operation: Parameters<typeof history.append>[0]): void => {
    waiting += 1
    history.append(operation, () => {
      waiting -= 1
      if (waiting < IN_FLIGHT / 2) wake?.()
    })
  }
  put({
    op: 'conversation',
    conversation: {
      id: 'r1',
      room: 'r1',
      title: 'Tea',
      hosted: false,
      with: null,
      unverified: false,
      closed: false,
      readUpTo: Number.MAX_SAFE_INTEGER,
      draft: ''
    }
  })
  for (let n = 0; n < lines; n += 1) {
    put({
      op: 'line',
      conversation: 'r1',
      line: {
        id: history.nextLine(Date.now()),
        at: Date.now(),
        kind: 'said',
        from: { address: `10.0.0.${n % 200}:5000`, name: `member ${n % 200}` },
        text:
          n % 2 === 0 ? `${n} the kettle is on and the second floor has biscuits` : `${n}二楼的茶已经泡好了大家快上来`,
        own: false,
        state: 'delivered',
        failure: null,
        mention: false
      }
    })
    if (waiting >= IN_FLIGHT)
      await new Promise<void>((go) => {
        wake = go
      })
  }
  await history.close()
  return folder
}

const openAppOn = async (browser: Browser, folder: string): Promise<{ app: StandInApp; page: Page }> => {
  const app = await launchStandIn({
    main: MAIN,
    browser,
    userData: folder,
    args: ['--lang=en-US'],
    env: { TEAHOUSE_PROFILE: folder }
  })
  const page = await app.firstWindow()
  await page.getByRole('combobox', { name: /^Message to/ }).waitFor({ timeout: 60_000 })
  return { app, page }
}

/** Bytes of what the page's program holds, with the rubbish taken out. */
const heapOf = async (page: Page): Promise<number> => {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.enable')
  // What is held by what is only then let go takes a second round.
  for (let round = 0; round < 2; round += 1) await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  await cdp.detach()
  return usedSize
}

const memoryAt = async (browser: Browser, lines: number): Promise<{ opened: number; scrolled: number }> => {
  const room = await startRoom()
  const folder = await profileFor(room.port, lines)
  try {
    const { app, page } = await openAppOn(browser, folder)
    await wait(2000)
    const opened = await heapOf(page)
    const log = page.getByRole('log')
    for (let up = 0; up < PAGES_UP; up += 1) {
      await log.evaluate((element) => {
        const scrolled = [element, ...element.querySelectorAll('*')].find(
          (one) => one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflowY !== 'visible'
        )
        scrolled?.scrollTo({ top: 0 })
      })
      await wait(150)
    }
    const scrolled = await heapOf(page)
    await app.close()
    return { opened, scrolled }
  } finally {
    await room.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Flood {
  sent: number
  missing: number
  keys: number
  median: number
  p95: number
  worst: number
  heap: number
}

const flood = async (browser: Browser): Promise<Flood> => {
  const room = await startRoom()
  const folder = await profileFor(room.port, 0)
  try {
    const { app, page } = await openAppOn(browser, folder)
    await wait(2000)
    const field = page.getByRole('combobox', { name: /^Message to/ })
    await field.focus()
    // From the moment the system gave the key to the browser until what it changed has been painted.
    await page.evaluate(() => {
      const took: number[] = []
      Object.assign(window, { took })
      addEventListener(
        'keydown',
        (event) => {
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.addEventListener('message', () => void took.push(performance.now() - event.timeStamp))
            port1.start()
            port2.postMessage(null)
          })
        },
        { capture: true }
      )
    })
    const began = performance.now()
    let sent = 0
    const ticking = setInterval(() => {
      const due = Math.min(Math.floor(((performance.now() - began) / 1000) * RATE), SECONDS * RATE)
      let text = ''
      for (; sent < due; sent += 1)
        text += `[10.0.0.${sent % 200}:5000]member ${sent % 200}:${sent} the second floor has biscuits 二楼有点心\n`
      if (text !== '') room.write(text)
    }, TICK_MS)
    const words = 'the quick brown fox jumps over the lazy dog '
    for (let n = 0; performance.now() - began < SECONDS * 1000; n += 1) {
      await page.keyboard.press(words[n % words.length] === ' ' ? 'Space' : (words[n % words.length] ?? 'x'))
      await wait(BETWEEN_KEYS_MS)
    }
    const isThrough = (): boolean => sent >= SECONDS * RATE
    while (!isThrough()) await wait(TICK_MS)
    clearInterval(ticking)
    const heap = await heapOf(page)
    const took: number[] = await page.evaluate(() => Reflect.get(window, 'took'))
    const db = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true, timeout: 5000 })
    const kept = (): number =>
      Number(
        db.prepare("SELECT count(DISTINCT text) AS n FROM lines WHERE text LIKE '% the second floor has %'").get()?.[
          'n'
        ]
      )
    const patience = performance.now() + SETTLED_MS
    while (kept() < sent && performance.now() < patience) await wait(500)
    const missing = sent - kept()
    db.close()
    await app.close()
    const sorted = took.toSorted((a, b) => a - b)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
    return { sent, missing, keys: took.length, median: at(0.5), p95: at(0.95), worst: at(1), heap }
  } finally {
    await room.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const measured = onThisMachine()
const browser = await chromium.launch({ executablePath: chromiumProgram(), args: CHROMIUM_ARGUMENTS })
try {
  const mib = (bytes: number): string => `${(bytes / MiB).toFixed(1)} MiB`
  const whole = (n: number): string => Math.round(n).toLocaleString('en-US')
  const rows: string[] = []
  const heaps: { lines: number; opened: number; scrolled: number }[] = []
  for (const lines of SIZES) heaps.push({ lines, ...(await memoryAt(browser, lines)) })
  for (const { lines, opened, scrolled } of heaps)
    rows.push(`| heap of the page, ${whole(lines)} lines: opened, scrolled up | ${mib(opened)}, ${mib(scrolled)} | |`)
  const [first, last] = [heaps[0], heaps.at(-1)]
  if (first && last && first !== last)
    rows.push(
      `| the last to the first | ${(last.opened / first.opened).toFixed(2)}, ${(last.scrolled / first.scrolled).toFixed(2)} | about 1 |`
    )
  if (SECONDS > 0) {
    const { sent, missing, keys, median, p95, worst, heap } = await flood(browser)
    rows.push(
      `| ${whole(RATE)} lines a second for ${SECONDS} s: a key until it is painted, median, p95, worst of ${keys} | ${median.toFixed(0)}, ${p95.toFixed(0)}, ${worst.toFixed(0)} ms | p95 ≤ 100 ms |`,
      `| of ${whole(sent)} lines missing in the history | ${missing} | 0 |`,
      `| heap of the page afterwards | ${mib(heap)} | |`
    )
  }
  const report = [
    '| the window | measured | goal |',
    '|---|---:|---|',
    ...rows,
    '',
    measured(`Chromium ${browser.version()}`)
  ].join('\n')
  process.stdout.write(`${report}\n`)
  if (SIZES.length > 1 && SECONDS >= FULL_SECONDS)
    keepReport(
      'WINDOW.md',
      'The window',
      'Written by `node bench/window.ts`: the built app, on Chromium through the stand-in for Electron. In the flood, the room is open and at its end, and somebody types.',
      report
    )
} finally {
  await browser.close()
}
