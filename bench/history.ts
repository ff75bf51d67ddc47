import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { History, HistoryOperation } from '../src/core/history/contract.ts'
import { makeClock } from '../src/node/clock.ts'
import { openHistory } from '../src/node/history/history.ts'
import { HISTORY_FILE } from '../src/node/history/store.ts'
import { parseSearch } from '../src/shared/search.ts'
import { silentLog } from '../test/support/quiet.ts'
import { keepInReadme, keepReport, onThisMachine } from './report.ts'

/**
 * `node bench/history.ts [--lines N]`: how fast history is written, read and searched. One database with N lines of 60 bytes on
 * average, half of them Chinese, in 20 conversations.
 */
const { values } = parseArgs({ options: { lines: { type: 'string', default: '1000000' } } })
const LINES = Number(values.lines)
const CONVERSATIONS = 20
const PEOPLE = 200
/** How many may wait for the disk at once: what a busy program has on its way. */
const IN_FLIGHT = 8000
const SAMPLES = 200
const SEARCHES = 40
/** From here on the tables in the repository are written. */
const FULL_LINES = 1_000_000
const PAGE = 500
const FIRST_SCREENS = 100
/** Hits of one answer: more than a screen. */
const HITS = 50

/** The same lines in every run. */
let seed = 20_261_121
const random = (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff
  return seed / 0x8000_0000
}
/** As in any language: few words make most of what is said, and most words are rare. */
const ranked = (size: number): number => Math.floor(size ** random()) - 1
const SYLLABLES = ['ta', 're', 'mo', 'ne', 'li', 'ka', 'su', 'vi', 'do', 'pe', 'ron', 'sel', 'ter', 'ing', 'ash', 'ump']
const english = (rank: number): string => {
  let word = ''
  for (let rest = rank * 31 + 7; rest > 0; rest = Math.floor(rest / 16)) word += SYLLABLES[rest % 16] ?? ''
  return word
}
/** Words of two of the characters that are used most; the same ones come in many words. */
const chinese = (rank: number): string =>
  String.fromCharCode(0x4e00 + ((rank * 7) % 2500), 0x4e00 + ((rank * 131) % 2500))
const FREQUENT = { word: 'kettle', share: 0.6 }
const FREQUENT_CHINESE = { word: '喝茶', share: 0.4 }
const RARE_CHINESE = { word: '茶馆', share: 0.0005 }
const RARE = { word: 'teahouse', share: 0.0005 }
const chosen = ({ word, share }: { word: string; share: number }): string => (random() < share ? word : '')
const textOf = (n: number): string => {
  if (n % 2 === 0) {
    let text = `${chosen(FREQUENT)} ${chosen(RARE)}`.trim()
    while (text.length < 54) text += ` ${english(ranked(20_000))}`
    return text.trim()
  }
  let text = chosen(FREQUENT_CHINESE) + chosen(RARE_CHINESE)
  while (text.length < 19) text += chinese(ranked(20_000)) + (random() < 0.2 ? '，' : '')
  return text
}

const openIn = async (folder: string): Promise<History> =>
  (await openHistory({ folder, clock: makeClock(), log: silentLog, notice: () => undefined })).history

const fill = async (history: History, lines = LINES): Promise<{ ms: number; export: number; tenth: number }> => {
  let bytes = 0
  /** The id of the line a tenth from the beginning. */
  let tenth = 0
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
  for (let n = 0; n < lines; n += 1) {
    const text = textOf(n)
    const name = `member ${n % PEOPLE}`
    // What a plain-text export would hold: date, name, text.
    bytes += Buffer.byteLength(`2026-01-01 12:00:00 ${name}: ${text}\n`)
    const id = history.nextLine(Date.now())
    if (n === Math.floor(lines / 10)) tenth = id
    put({
      op: 'line',
      conversation: `room${n % CONVERSATIONS}`,
      line: {
        id,
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
  return { ms: performance.now() - began, export: bytes, tenth }
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
const p95 = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * 0.95)] ?? Number.NaN

const measured = onThisMachine()
const folder = mkdtempSync(join(tmpdir(), 'teahouse-bench-'))
try {
  const first = await openIn(folder)
  const filled = await fill(first)
  await first.close()
  const size = statSync(join(folder, HISTORY_FILE)).size

  const starting = performance.now()
  const history = await openIn(folder)
  const anywhere = {
    since: null,
    until: null,
    conversation: null,
    before: null,
    limit: HITS,
    asker: 'bench',
    titles: {}
  }
  const startMs = performance.now() - starting
  const oldest = filled.tenth
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
  const places: { name: string; text: string; conversation?: string; before?: number; inReadme?: true }[] = [
    {
      name: `a frequent word, in ${Math.round(FREQUENT.share * 50)} of 100 lines`,
      text: `"${FREQUENT.word}"`,
      inReadme: true
    },
    { name: 'the same while it is typed', text: FREQUENT.word.slice(0, 4) },
    { name: 'one letter', text: FREQUENT.word.slice(0, 1) },
    {
      name: `a Chinese word of two characters, in ${Math.round(FREQUENT_CHINESE.share * 50)} of 100`,
      text: FREQUENT_CHINESE.word,
      inReadme: true
    },
    { name: 'a rare Chinese word of two characters', text: RARE_CHINESE.word, inReadme: true },
    { name: 'one Chinese character', text: '茶' },
    { name: 'a phrase', text: `"${english(1)} ${english(0)}"` },
    { name: 'a Chinese phrase', text: `"${chinese(1)}${chinese(0)}"` },
    { name: 'two frequent words', text: `${FREQUENT.word} ${english(0)}` },
    { name: 'a frequent and a rare one', text: `${FREQUENT.word} ${RARE.word}` },
    { name: 'words that never meet', text: `${FREQUENT.word} ${FREQUENT_CHINESE.word}` },
    { name: '`from:` and a word', text: `from:"member 8" ${FREQUENT.word}` },
    { name: '`from:` alone', text: 'from:"member 8"' },
    { name: 'a frequent word in one conversation', text: FREQUENT.word, conversation: 'room2' },
    { name: 'a rare word in one conversation', text: RARE.word, conversation: 'room2' },
    { name: 'a frequent word in the oldest tenth', text: FREQUENT.word, before: oldest },
    { name: 'a word nobody said', text: 'nobodysaidthis' }
  ]
  const searching: { name: string; times: number[]; hits: number }[] = []
  for (const { name, text, conversation, before } of places) {
    const times: number[] = []
    let hits = 0
    for (let sample = 0; sample < SEARCHES; sample += 1) {
      const at = performance.now()
      const answer = await history.search({
        ...anywhere,
        search: parseSearch(text),
        conversation: conversation ?? null,
        before: before ?? null
      })
      times.push(performance.now() - at)
      hits = answer.state === 'found' ? answer.hits.length : Number.NaN
    }
    searching.push({ name, times, hits })
  }
  // Typing a word as fast as the keys go: only the last answer counts.
  const typing: number[] = []
  for (let sample = 0; sample < SEARCHES; sample += 1) {
    let last = performance.now()
    const answers = Array.from({ length: FREQUENT.word.length }, (_, n) => {
      last = performance.now()
      return history.search({ ...anywhere, search: parseSearch(FREQUENT.word.slice(0, n + 1)) })
    })
    await Promise.all(answers)
    typing.push(performance.now() - last)
  }
  // Somebody searches without a pause while lines come in.
  const enough = new AbortController()
  let asked = 0
  const looking = (async () => {
    for (; !enough.signal.aborted; asked += 1)
      await history.search({ ...anywhere, search: parseSearch(`${FREQUENT.word} ${FREQUENT_CHINESE.word}`) })
  })()
  const besides = await fill(history, LINES / 20)
  enough.abort()
  await looking
  await history.close()

  // The same file as the first version left it: without an index.
  const old = new DatabaseSync(join(folder, HISTORY_FILE))
  old.exec('DROP TABLE found; DROP TABLE search; DROP TABLE late; PRAGMA user_version = 1')
  old.close()
  const upgrading = performance.now()
  const upgraded = await openIn(folder)
  const upgradeMs = performance.now() - upgrading
  const scanning: number[] = []
  const behind = new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true })
  const reach = behind.prepare('SELECT indexed_from AS reach FROM search')
  do {
    const at = performance.now()
    await upgraded.search({ ...anywhere, search: parseSearch(FREQUENT_CHINESE.word) })
    scanning.push(performance.now() - at)
    await pause(200)
  } while (reach.get()?.['reach'] !== 0)
  const takenInMs = performance.now() - upgrading
  behind.close()
  await upgraded.close()

  const whole = (n: number): string => Math.round(n).toLocaleString('en-US')
  const ms = (times: number[]): string => `${median(times).toFixed(1)} ms (${p95(times).toFixed(1)})`
  const head = [`| ${whole(LINES)} lines in one database; times: median (p95) | measured | goal |`, '|---|---:|---|']
  const kept = [
    `| written a second, each durable when told, and indexed | ${whole(LINES / (filled.ms / 1000))} | ≥ 20,000 |`,
    `| opening a conversation | ${ms(opening)} | ≤ 50 ms |`,
    `| a page of ${PAGE} upwards | ${ms(paging)} | ≤ 20 ms |`,
    `| the file with its index, against its plain-text export | ${(size / filled.export).toFixed(2)} | ≤ 3 |`
  ]
  const searches = searching.map(
    ({ name, times, hits }) => `| search: ${name}; ${hits} hits | ${ms(times)} | ≤ 100 ms |`
  )
  const more = [
    `| search while ${FREQUENT.word.length} letters are typed at once, from the last one on | ${ms(typing)} | ≤ 100 ms |`,
    `| written a second while somebody searches without a pause (${whole(asked)} searches) | ${whole(LINES / 20 / (besides.ms / 1000))} | ≥ 20,000 |`,
    `| starting on it | ${whole(startMs)} ms | |`,
    `| starting on such a file without an index | ${whole(upgradeMs)} ms | ≤ 3,000 ms |`,
    `| search on it until all is taken in, ${whole(takenInMs / 1000)} s later | ${ms(scanning)} | |`
  ]
  const machine = measured()
  const report = [...head, ...kept, ...searches, ...more, '', machine].join('\n')
  process.stdout.write(`${report}\n`)
  if (LINES >= FULL_LINES) {
    keepReport(
      'HISTORY.md',
      'History',
      `Written by \`node bench/history.ts\`: lines of 60 bytes on average, half of them Chinese, in ${CONVERSATIONS} conversations of ${PEOPLE} people; words as frequent and as rare as in a language. Every search asks for the newest ${HITS} hits, through the thread that the program uses.`,
      report
    )
    const short = [...head, ...kept, ...searches.filter((_, n) => places[n]?.inReadme === true), '', machine].join('\n')
    keepInReadme('history', `${short} All numbers: [bench/HISTORY.md](bench/HISTORY.md).`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
