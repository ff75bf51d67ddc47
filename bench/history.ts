import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, loadavg, platform, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { History, HistoryOperation } from '../src/core/history/contract.ts'
import { makeClock } from '../src/node/clock.ts'
import { openHistory } from '../src/node/history/history.ts'
import { HISTORY_FILE } from '../src/node/history/store.ts'
import { silentLog } from '../test/support/quiet.ts'

/**
 * `node bench/history.ts [--lines N]`: how fast history is written and read. One database with N lines of 60 bytes on
 * average, half of them Chinese, in 20 conversations.
 */
const { values } = parseArgs({ options: { lines: { type: 'string', default: '1000000' } } })
const LINES = Number(values.lines)
const CONVERSATIONS = 20
const PEOPLE = 200
/** How many may wait for the disk at once: what a busy program has on its way. */
const IN_FLIGHT = 8000
const SAMPLES = 200
const PAGE = 500
const FIRST_SCREENS = 100

const ENGLISH = 'the kettle is on and the second floor has biscuits come up '
const CHINESE = '二楼的茶已经泡好了大家快上来喝茶吧还有点心'
const textOf = (n: number): string => (n % 2 === 0 ? `${n} ${ENGLISH}`.slice(0, 60) : `${n}${CHINESE}`.slice(0, 23))

const openIn = async (folder: string): Promise<History> =>
  (await openHistory({ folder, clock: makeClock(), log: silentLog, notice: () => undefined })).history

const fill = async (history: History): Promise<{ ms: number; export: number }> => {
  let bytes = 0
  let waiting = 0
  let wake: (() => void) | null = null
  const put = (operation: HistoryOperation): void => {
    waiting += 1
    history.append(operation, () => {
      waiting -= 1
      if (waiting < IN_FLIGHT / 2) wake?.()
    })
  }
  for (let room = 0; room < CONVERSATIONS; room += 1) {
    const id = `room${room}`
    put({
      op: 'conversation',
      conversation: {
        id,
        room: id,
        title: id,
        hosted: false,
        with: null,
        unverified: false,
        closed: false,
        readUpTo: Number.MAX_SAFE_INTEGER,
        draft: ''
      }
    })
  }
  const began = performance.now()
  for (let n = 0; n < LINES; n += 1) {
    const text = textOf(n)
    const name = `member ${n % PEOPLE}`
    // What a plain-text export would hold: date, name, text.
    bytes += Buffer.byteLength(`2026-01-01 12:00:00 ${name}: ${text}\n`)
    put({
      op: 'line',
      conversation: `room${n % CONVERSATIONS}`,
      line: {
        id: history.nextLine(Date.now()),
        at: Date.now(),
        kind: 'said',
        from: { address: `10.0.0.${n % PEOPLE}:5000`, name },
        text,
        own: false,
        state: 'delivered',
        failure: null,
        mention: false
      }
    })
    if (waiting >= IN_FLIGHT)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  await history.unread('room0', 0)
  return { ms: performance.now() - began, export: bytes }
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
const p95 = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * 0.95)] ?? Number.NaN

const folder = mkdtempSync(join(tmpdir(), 'teahouse-bench-'))
try {
  const first = await openIn(folder)
  const filled = await fill(first)
  await first.close()
  const size = statSync(join(folder, HISTORY_FILE)).size

  const starting = performance.now()
  const history = await openIn(folder)
  const startMs = performance.now() - starting
  const opening: number[] = []
  const paging: number[] = []
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const id = `room${sample % CONVERSATIONS}`
    let at = performance.now()
    const end = await history.page(id, Number.MAX_SAFE_INTEGER, FIRST_SCREENS)
    opening.push(performance.now() - at)
    let before = end?.lines[0]?.id ?? 0
    // Some way up, where nobody has read before.
    for (let up = 0; up < sample % 20; up += 1) before -= 1024 * 7
    at = performance.now()
    await history.page(id, before, PAGE)
    paging.push(performance.now() - at)
  }
  await history.close()

  const whole = (n: number): string => Math.round(n).toLocaleString('en-US')
  const rate = LINES / (filled.ms / 1000)
  process.stdout.write(
    [
      `| ${whole(LINES)} lines in one database | measured | goal |`,
      '|---|---:|---|',
      `| written a second, each durable when told | ${whole(rate)} | ≥ 20,000 |`,
      `| opening a conversation, median (p95) | ${median(opening).toFixed(1)} ms (${p95(opening).toFixed(1)}) | ≤ 50 ms |`,
      `| a page of ${PAGE} upwards, median (p95) | ${median(paging).toFixed(1)} ms (${p95(paging).toFixed(1)}) | ≤ 20 ms |`,
      `| the file, against its plain-text export | ${(size / filled.export).toFixed(2)} | ≤ 3 |`,
      `| starting on it | ${whole(startMs)} ms | |`,
      '',
      `Measured ${new Date().toISOString().slice(0, 10)} on ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, ${cpus().length} cores, ${platform()} ${release()}, Node ${process.version}; load average ${(loadavg()[0] ?? 0).toFixed(2)} at the end.`,
      ''
    ].join('\n')
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
