import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { App } from '../../src/node/app.ts'
import { openApp } from '../../src/node/app.ts'
import type { LineRow } from '../../src/node/history/rows.ts'
import { decodeLine } from '../../src/node/history/rows.ts'
import { HISTORY_FILE } from '../../src/node/history/store.ts'
import type { AppCommand, Outcome } from '../../src/shared/commands.ts'
import type { DialectChoice } from '../../src/shared/dialect.ts'
import type { AppState, Line, LineId, Room } from '../../src/shared/state.ts'
import { applyEvent } from '../../src/shared/state.ts'

/** One person: the whole app with its own profile and history file, and a view that looks at the disk each time. */
export interface Member {
  readonly name: string
  running(): boolean
  room(): Room | undefined
  perform(command: AppCommand): Promise<Outcome>
  /** Null: no room yet. */
  roomId(): string
  /** The whole conversation as it is shown: what the view holds, and what it gets by paging upwards. */
  lines(): Promise<Line[]>
  /** The conversation as the file has it. */
  kept(): Line[]
  readonly ever: Map<LineId, string>
  readonly removed: Set<LineId>
  /** What was shown as kept and was not. */
  readonly troubles: string[]
  /** Notices that stand there now. */
  notices(): string[]
  /** The program ends. */
  stop(): Promise<void>
  /** And starts again. */
  start(): Promise<void>
  /** Where the history is. */
  readonly file: string
  close(): Promise<void>
  /** What comes back when the program starts again, without going anywhere. */
  afterRestart(): Promise<Line[]>
}

const PAGE = 50
/** A program that ends or starts holds its file for itself for a moment. */
const BUSY_MS = 2000

export interface MemberOptions {
  name: string
  folder: string
  port: number
  dialect: DialectChoice
  /** The host has this text, at this moment. */
  isHeard: (text: string) => boolean
}

interface Running {
  app: App
  state: () => AppState
}

export const openMember = async ({ name, folder, port, dialect, isHeard }: MemberOptions): Promise<Member> => {
  const ever = new Map<LineId, string>()
  const removed = new Set<LineId>()
  const troubles: string[] = []
  let roomId = ''
  let disk: DatabaseSync | null = null

  const rowOf = (id: LineId): Line | null => {
    disk ??= new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true, timeout: BUSY_MS })
    const [row] = rowsOf(disk, 'lines.id = ?', id)
    return row ?? null
  }
  /** What is shown as kept must be on the disk at this moment, not soon. */
  const looked = (lines: readonly Line[]): void => {
    for (const line of lines) {
      if (line.kind === 'said' || line.kind === 'line') ever.set(line.id, line.text)
      // The moment counts: what is claimed too early may be taken back before anybody looks again.
      if (line.kind === 'said' && line.own && line.state === 'delivered' && !isHeard(line.text))
        troubles.push(`shown as delivered before the host had it: ${line.text}`)
      if (line.unsaved) continue
      const there = rowOf(line.id)
      const text = 'text' in line ? line.text : null
      if (there === null) troubles.push(`shown as kept before it was: ${JSON.stringify(line)}`)
      else if (text !== null && 'text' in there && there.text !== text)
        troubles.push(`shown as kept, and the file has ${JSON.stringify(there)}: ${JSON.stringify(line)}`)
      else if (
        line.kind === 'said' &&
        line.state === 'delivered' &&
        there.kind === 'said' &&
        there.state !== 'delivered'
      )
        troubles.push(`shown as delivered, and the file says ${there.state}: ${JSON.stringify(line)}`)
    }
  }

  const start = async (): Promise<Running> => {
    const app = await openApp({
      profile: folder,
      carrier: 'browser',
      version: '1.0.0',
      systemLanguage: 'en',
      notify: () => undefined,
      badge: () => undefined,
      openLink: () => false,
      exportTo: () => Promise.resolve(null),
      showFile: () => undefined
    })
    let state: AppState | null = null
    app.switchboard.attach((message) => {
      if (message.type === 'snapshot') {
        state = message.state
        for (const { lines } of Object.values(state.timelines)) looked(lines)
        return
      }
      for (const event of message.events) {
        if (event.type === 'linesAdded' || event.type === 'linesChanged') looked(event.lines)
        if (event.type === 'linesRemoved') for (const id of event.lines) removed.add(id)
        if (state !== null) state = applyEvent(state, event)
      }
    })
    return {
      app,
      state: () => {
        if (state === null) throw new Error('no snapshot came')
        return state
      }
    }
  }
  const allOf = async ({ app, state }: Running): Promise<Line[]> => {
    const timeline = state().timelines[roomId] ?? { lines: [], whole: true }
    let lines = timeline.lines
    for (let { whole } = timeline; !whole;) {
      const before = lines[0]?.id ?? Number.MAX_SAFE_INTEGER
      const page = await app.switchboard.answer({ type: 'page', conversation: roomId, before, limit: PAGE })
      lines = [...page.lines, ...lines]
      whole = page.whole || page.lines.length === 0
    }
    return lines
  }

  let running: Running | null = await start()
  const here = (): Running => {
    if (running === null) throw new Error(`${name} is not running`)
    return running
  }
  const perform = (command: AppCommand): Promise<Outcome> => here().app.switchboard.perform(command)
  await perform({ type: 'changeSettings', change: { name } })
  const connected = await perform({ type: 'connect', host: '127.0.0.1', port, dialect, charset: 'utf-8' })
  if (!connected.ok) throw new Error(`cannot connect: ${connected.code}`)
  roomId = connected.room ?? ''

  const stop = async (): Promise<void> => {
    const last = running
    running = null
    await last?.app.close()
  }
  return {
    name,
    file: join(folder, HISTORY_FILE),
    ever,
    removed,
    troubles,
    notices: () => running?.state().notices.map((notice) => JSON.stringify(notice)) ?? [],
    running: () => running !== null,
    room: () => running?.state().rooms.find((room) => room.id === roomId),
    perform,
    roomId: () => roomId,
    lines: () => allOf(here()),
    kept: () => {
      disk ??= new DatabaseSync(join(folder, HISTORY_FILE), { readOnly: true, timeout: BUSY_MS })
      return rowsOf(disk, 'conversations.id = ?', roomId)
    },
    stop,
    start: async () => {
      running = await start()
      running.app.switchboard.start()
    },
    close: async () => {
      await stop()
      disk?.close()
      disk = null
    },
    afterRestart: async () => {
      const again = await start()
      try {
        return await allOf(again)
      } finally {
        await again.app.close()
        disk?.close()
        disk = null
      }
    }
  }
}

const rowsOf = (db: DatabaseSync, where: string, value: string | number): Line[] =>
  db
    .prepare(`
      SELECT lines.id, at, kind, people.member AS who, state, text, more FROM lines
      JOIN conversations ON conversations.key = lines.conversation
      LEFT JOIN people ON people.key = lines.who WHERE ${where} ORDER BY lines.id`)
    .all(value)
    .flatMap((row) => {
      const line = decodeLine({
        id: Number(row['id']),
        at: Number(row['at']),
        kind: Number(row['kind']),
        who: typeof row['who'] === 'string' ? row['who'] : null,
        state: Number(row['state']),
        text: typeof row['text'] === 'string' ? row['text'] : null,
        more: typeof row['more'] === 'string' ? row['more'] : null
      } satisfies LineRow)
      return line === null ? [] : [line]
    })
