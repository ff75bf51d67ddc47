import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { extname, join, normalize, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import type { AxeResults, Result } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import type { Answers } from '../../src/shared/bridge.ts'
import type { AppCommand, Outcome, Question } from '../../src/shared/commands.ts'
import { appCommand, question as questionSchema } from '../../src/shared/commands.ts'
import type { Line, LineBody, AppEvent, AppState, Conversation, LineId, Room } from '../../src/shared/state.ts'
import type { Member } from '../../src/shared/events.ts'

/**
 * The renderer alone, as built, in real Chromium, in front of a scripted app: for tests of the window and for looking
 * at it. What the page sends is checked by the same schemas the app uses.
 */

const root = resolve(import.meta.dirname, '../..')
const source = resolve(root, 'src/renderer')

/** The policy of the desktop app's own scheme: what breaks it breaks here too. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; " +
  "frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'"

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8'
}

/** What the scripted app answers. Every member may be replaced at any time. */
export interface Script {
  /** Default: everything succeeds. */
  perform: (command: AppCommand) => Outcome | Promise<Outcome>
  answer: { [T in Question['type']]: (question: Extract<Question, { type: T }>) => Answers[T] | Promise<Answers[T]> }
}

declare global {
  interface Window {
    stageSend(command: unknown): Promise<unknown>
    stageAsk(asked: unknown): Promise<unknown>
    stageFeed(message: unknown): void
    axe: { run(context: { exclude: string[][] }): Promise<AxeResults> }
  }
}

/** One window on the stage. */
export interface StagedWindow {
  page: Page
  /** What the person asked for, in order: without `look`, `draft` and `read`, which the page tells when it likes. */
  sent: AppCommand[]
  /** The lines told as read. */
  read: LineId[]
  /** Every command, those too. */
  all: AppCommand[]
  script: Script
  /** Uncaught errors, console errors and breaches of the content policy. */
  troubles: string[]
  /** Sends events to the page, as one batch. */
  push(...events: AppEvent[]): Promise<void>
  /** Sends a new snapshot. */
  show(state: AppState): Promise<void>
  /** Serious and critical findings of axe; empty is what is wanted. */
  accessibility(): Promise<string[]>
  /** Saves a picture into `.cache/pictures/NAME.png` and returns its path. */
  picture(name: string): Promise<string>
  close(): Promise<void>
}

export interface StageOptions {
  width?: number
  height?: number
  /** What the system prefers; the state's own theme wins. */
  colorScheme?: 'light' | 'dark'
  /** Leave `window.teahouse` out, as in a browser tab. */
  withoutPreload?: boolean
  /** Answers to what a page asks as it opens. */
  answer?: Partial<Script['answer']>
}

export interface Stage {
  address: string
  /** The folder of the built page, for a server of one's own. */
  pages: string
  browser: Browser
  open(state: AppState, options?: StageOptions): Promise<StagedWindow>
  close(): Promise<void>
}

/** Builds the renderer once, serves it on a free port and starts Chromium. Close it in `afterAll`. */
export const makeStage = async (): Promise<Stage> => {
  const out = mkdtempSync(join(tmpdir(), 'teahouse-stage-'))
  await build({
    configFile: false,
    root: source,
    logLevel: 'error',
    plugins: [react()],
    build: { outDir: out, emptyOutDir: true, reportCompressedSize: false }
  })
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://stage').pathname
    const file = join(out, normalize(path === '/' ? '/index.html' : path))
    const body = existsSync(file) ? readFileSync(file) : null
    response.writeHead(body ? 200 : 404, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY
    })
    response.end(body ?? '')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('The stage has no port')
  const address = `http://127.0.0.1:${bound.port}`
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

  const open = async (state: AppState, options: StageOptions = {}): Promise<StagedWindow> => {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1180, height: options.height ?? 760 },
      colorScheme: options.colorScheme ?? 'light',
      permissions: ['clipboard-read', 'clipboard-write'],
      locale: 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce'
    })
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('pageerror', (error) => troubles.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text())
    })
    const sent: AppCommand[] = []
    const read: LineId[] = []
    const all: AppCommand[] = []
    const script: Script = {
      perform: () => ({ ok: true }),
      answer: {
        page: () => ({ lines: [], whole: true }),
        held: () => [],
        pageAfter: () => ({ lines: [], newest: true }),
        around: () => ({ found: false, why: 'nothing' }),
        search: () => ({ state: 'nothing-asked' }),
        addresses: () => [
          { address: '192.168.1.20', card: 'eth0', virtual: false },
          { address: '172.17.0.1', card: 'docker0', virtual: true }
        ],
        freePort: (asked) => asked.port,
        ...options.answer
      }
    }
    await page.exposeBinding('stageSend', (_source, value: unknown) => {
      const command = appCommand.parse(value)
      all.push(command)
      if (command.type === 'read') read.push(command.line)
      else if (command.type !== 'look' && command.type !== 'draft') sent.push(command)
      return script.perform(command)
    })
    await page.exposeBinding('stageAsk', (_source, value: unknown) => {
      const asked = questionSchema.parse(value)
      switch (asked.type) {
        case 'page':
          return script.answer.page(asked)
        case 'held':
          return script.answer.held(asked)
        case 'pageAfter':
          return script.answer.pageAfter(asked)
        case 'around':
          return script.answer.around(asked)
        case 'search':
          return script.answer.search(asked)
        case 'addresses':
          return script.answer.addresses(asked)
        case 'freePort':
          return script.answer.freePort(asked)
      }
    })
    if (options.withoutPreload !== true)
      await page.addInitScript((first: AppState) => {
        const listeners = new Set<(message: unknown) => void>()
        Object.assign(window, {
          stageFeed: (message: unknown) => {
            for (const hear of listeners) hear(message)
          },
          teahouse: {
            send: (command: unknown) => window.stageSend(command),
            ask: (asked: unknown) => window.stageAsk(asked),
            attach: (hear: (message: unknown) => void) => {
              listeners.add(hear)
              hear({ type: 'snapshot', state: first })
              return () => listeners.delete(hear)
            }
          }
        })
      }, state)
    const feed = (message: unknown): Promise<void> =>
      page.evaluate((sentMessage) => {
        window.stageFeed(sentMessage)
      }, message)
    await page.goto(address)
    if (options.withoutPreload !== true) await page.locator('main').first().waitFor()
    return {
      page,
      sent,
      read,
      all,
      script,
      troubles,
      push: (...events) => feed({ type: 'events', events }),
      show: (next) => feed({ type: 'snapshot', state: next }),
      accessibility: async () => {
        await page.evaluate(axe)
        // The guards around an open menu pass the keyboard on at once and never hold it; axe cannot know.
        const exclude = [['[data-base-ui-focus-guard]']]
        const found = await page.evaluate(
          async (leftOut) => (await window.axe.run({ exclude: leftOut })).violations,
          exclude
        )
        return found
          .filter((result: Result) => result.impact === 'serious' || result.impact === 'critical')
          .map(
            (result: Result) =>
              `${result.id}: ${result.help}\n${result.nodes.map((node) => `  ${node.html}\n  ${node.failureSummary ?? ''}`).join('\n')}`
          )
      },
      picture: async (name) => {
        const folder = resolve(root, '.cache/pictures')
        mkdirSync(folder, { recursive: true })
        const path = join(folder, `${name}.png`)
        await page.screenshot({ path })
        return path
      },
      close: () => context.close()
    }
  }
  return {
    address,
    pages: out,
    browser,
    open,
    close: async () => {
      await browser.close()
      await new Promise((done) => server.close(done))
      rmSync(out, { recursive: true, force: true })
    }
  }
}

/** A fixed morning, so that pictures do not change: 2026-03-12 10:06 UTC. */
const MORNING = Date.UTC(2026, 2, 12, 10, 6)
const minutesAgo = (minutes: number): number => MORNING - minutes * 60_000

const me: Member = { address: '192.168.1.20:50112', name: '韩梅梅' }
const wang: Member = { address: '192.168.1.44:40018', name: 'wang' }
const lilei: Member = { address: '192.168.1.31:61220', name: '李雷' }
const ann: Member = { address: '192.168.1.9:52044', name: 'ann.k' }
const mei: Member = { address: '192.168.1.50:49900', name: 'mei' }
const netcat: Member = { address: '192.168.1.77:3391', name: null }

const said = (from: Member, text: string, more: Partial<Extract<LineBody, { kind: 'said' }>> = {}): LineBody => ({
  kind: 'said',
  from,
  text,
  own: from === me,
  state: 'delivered',
  failure: null,
  mention: false,
  ...more
})

/** Lines with ids from `first` on, at the given minutes before the fixed morning. */
const linesFrom = (first: number, ...bodies: readonly (readonly [number, LineBody])[]): Line[] =>
  bodies.map(([minutes, body], index) => ({ id: first + index, at: minutesAgo(minutes), ...body }))

/** A room with everything at its plainest: joined, connected, `im`, nothing unread. */
export const sampleRoom = (id: string, more: Partial<Room> = {}): Room => ({
  id,
  title: '10.0.4.7:9999',
  host: '10.0.4.7',
  port: 9999,
  status: { state: 'connected' },
  hosting: null,
  open: true,
  dialect: { choice: 'auto', recognised: 'im', by: 'welcome' },
  charset: 'auto',
  reconnect: true,
  capabilities: { who: true, rename: true, whisper: true, echo: true },
  marked: false,
  self: me,
  renaming: { state: 'idle' },
  ignored: [],
  ...more
})

export const sampleConversation = (id: string, room: string, more: Partial<Conversation> = {}): Conversation => ({
  id,
  room,
  with: null,
  present: true,
  unread: 0,
  mentions: 0,
  readUpTo: 0,
  draft: '',
  preview: null,
  ...more
})

/** Nobody has been anywhere yet. */
export const emptyState = (): AppState => ({
  surroundings: {
    carrier: 'electron',
    platform: 'linux',
    version: '0.1.0',
    computer: 'mei-laptop',
    systemLanguage: 'en',
    profile: '/home/mei/.config/teahouse'
  },
  preferences: { name: '', theme: 'system', language: 'system', textSize: 14 },
  rooms: [],
  people: {},
  conversations: [],
  timelines: {},
  notices: []
})

/**
 * A working morning: a hosted room with a private thread, joined rooms (one with many unread lines, one reconnecting,
 * one that closed us out, one bare relay), saved rooms, Chinese and English names.
 */
export const sampleState = (): AppState => {
  const second = linesFrom(
    1,
    [26 * 60, said(wang, 'Welcome, everybody.')],
    [25, said(wang, 'Server room door code changed, ask me in private.')],
    [25, said(wang, 'Also: `nc 192.168.1.20 8888` works from the old terminals.')],
    [22, { kind: 'joined', member: ann, own: false }],
    [22, { kind: 'joined', member: mei, own: false }],
    [22, { kind: 'joined', member: netcat, own: false }],
    [21, { kind: 'left', member: { address: '192.168.1.60:1234', name: 'bob' }, reason: 'left' }],
    [8, said(lilei, '@韩梅梅 下午两点开会可以吗？', { mention: true })],
    [4, said(ann, 'Slides are at http://192.168.1.9/plan.pdf')],
    [1, { kind: 'renamed', member: ann, was: 'ann', own: false }],
    [0, said(me, '可以，会议室见 👍')],
    [
      0,
      said(me, 'I will bring the projector', {
        state: 'failed',
        failure: { code: 'connection-lost', text: '' }
      })
    ]
  )
  return {
    ...emptyState(),
    preferences: { name: '韩梅梅', theme: 'system', language: 'system', textSize: 14 },
    rooms: [
      sampleRoom('second', {
        title: 'Second floor',
        host: '192.168.1.20',
        port: 8888,
        marked: true,
        hosting: {
          name: 'Second floor',
          doors: [
            { address: '::', port: 8888, dialect: 'im' },
            { address: '::', port: 8000, dialect: 'gopl' }
          ],
          addresses: ['192.168.1.20:8888', '10.8.0.2:8888'],
          guests: 5
        }
      }),
      sampleRoom('lab', { title: 'Build lab', host: '192.168.1.9', port: 8888 }),
      sampleRoom('ten', {
        status: { state: 'reconnecting', reason: 'reset', retryAt: Date.now() + 45_000 },
        capabilities: { who: false, rename: false, whisper: false, echo: true }
      }),
      sampleRoom('desk', {
        title: '技术支持',
        host: 'desk.local',
        port: 8888,
        status: { state: 'kicked', reason: 'idle', text: '你被踢出了', retryAt: Date.now() + 30_000 }
      }),
      sampleRoom('relay', {
        title: 'Printer corner',
        host: '192.168.1.80',
        port: 6000,
        dialect: { choice: 'auto', recognised: 'relay', by: 'assumed' },
        capabilities: { who: false, rename: false, whisper: false, echo: false }
      }),
      sampleRoom('club', {
        title: 'Reading club',
        host: '10.0.0.12',
        port: 8888,
        open: false,
        status: { state: 'away', reason: 'left' }
      }),
      sampleRoom('old', {
        title: '10.0.9.1:8000',
        host: '10.0.9.1',
        port: 8000,
        open: false,
        status: { state: 'away', reason: 'refused' }
      })
    ],
    people: {
      second: { members: [me, lilei, ann, wang, mei, netcat], complete: true },
      lab: { members: [me, ann, wang], complete: true },
      ten: { members: [], complete: false },
      desk: { members: [], complete: false },
      relay: { members: [netcat, wang], complete: false }
    },
    conversations: [
      sampleConversation('second', 'second', {
        readUpTo: 8,
        unread: 1,
        preview: { from: '韩梅梅', text: '可以，会议室见 👍' }
      }),
      sampleConversation('second/p/1', 'second', {
        with: lilei,
        unread: 1,
        mentions: 1,
        preview: { from: '李雷', text: '好的，下午见' }
      }),
      sampleConversation('second/p/2', 'second', {
        with: { address: '192.168.1.60:1234', name: 'bob' },
        present: false,
        preview: { from: 'bob', text: 'thanks' }
      }),
      sampleConversation('lab', 'lab', {
        unread: 12,
        preview: { from: 'ann', text: 'tests are green again' }
      }),
      sampleConversation('ten', 'ten', { mentions: 2, unread: 140, preview: { from: 'zoe', text: 'anyone?' } }),
      sampleConversation('desk', 'desk', { preview: { from: '小王', text: '打印机修好了' } }),
      sampleConversation('relay', 'relay'),
      sampleConversation('club', 'club', { preview: { from: 'mei', text: 'see you on Thursday' } }),
      sampleConversation('old', 'old')
    ],
    timelines: {
      second: { lines: second, whole: true },
      'second/p/1': {
        lines: linesFrom(40, [12, said(me, '下午见？', { state: 'sent' })], [10, said(lilei, '好的，下午见')]),
        whole: true
      },
      'second/p/2': {
        lines: linesFrom(
          50,
          [90, said({ address: '192.168.1.60:1234', name: 'bob' }, 'what was the code?')],
          [89, said(me, 'it is on the board', { state: 'sent' })],
          [88, said({ address: '192.168.1.60:1234', name: 'bob' }, 'thanks')]
        ),
        whole: true
      },
      lab: {
        lines: linesFrom(
          60,
          [30, { kind: 'connected', again: false }],
          [20, said(wang, 'who broke the build?')],
          [2, said(ann, 'tests are green again')]
        ),
        whole: false
      },
      ten: {
        lines: linesFrom(
          80,
          [60, said({ address: '10.0.4.9:5000', name: 'zoe' }, 'anyone?')],
          [1, { kind: 'disconnected', reason: 'reset' }]
        ),
        whole: true
      },
      desk: {
        lines: linesFrom(
          90,
          [30, said({ address: '10.0.0.8:4000', name: '小王' }, '打印机修好了')],
          [2, { kind: 'kicked', reason: 'idle', text: '你被踢出了' }]
        ),
        whole: true
      },
      relay: {
        lines: linesFrom(100, [5, said(netcat, 'hello from the corridor')], [4, { kind: 'line', text: 'PING 17' }]),
        whole: true
      },
      club: { lines: [], whole: true },
      old: { lines: [], whole: true }
    }
  }
}
