import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { makeEventLog, type EventLog } from '../support/until.ts'

/** The real program, as a process of its own, and raw sockets against it. */

/** The program, as it stands in the sources. */
export const ENTRY = fileURLToPath(new URL('../../src/headless/index.ts', import.meta.url))

/** A program comes up in half a second, on a machine that does ten other things in many. */
export const START_MS = 15_000

export type Json = Record<string, unknown> & { type: string }

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

export interface Program {
  child: ChildProcess
  /** Lines of standard output. */
  lines: EventLog<string>
  /** The same as events, with `--json`. */
  events: EventLog<Json>
  stderr(): string
  say(line: string): void
  /** The exit code, or the signal's name. */
  exited: Promise<number | string>
  /** Standard output, whole, byte for byte. */
  stdout(): string
}

const running = new Set<ChildProcess>()
/** Profiles of programs that were given none. */
const profiles: string[] = []
/** A fresh profile folder, removed by `endAll`. */
export const freshProfile = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'teahouse-headless-'))
  profiles.push(folder)
  return folder
}

/** Starts `teahouse …`; its standard input stays open unless it is given whole. */
export const teahouse = (args: string[], stdin?: string, env: Record<string, string> = {}): Program => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8', TEAHOUSE_PROFILE: freshProfile(), ...env }
  })
  running.add(child)
  const lines = makeEventLog<string>(`stdout of ${args.join(' ')}`)
  const events = makeEventLog<Json>(`events of ${args.join(' ')}`)
  let stdout = ''
  let tail = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    stdout += text
    const whole = `${tail}${text}`.split('\n')
    tail = whole.pop() ?? ''
    for (const line of whole) {
      lines.add(line)
      if (!args.includes('--json')) continue
      const event: unknown = JSON.parse(line)
      if (!isJson(event)) throw new Error(`not an event: ${line}`)
      expect(line.startsWith('{"type":')).toBe(true)
      events.add(event)
    }
  })
  let stderr = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => (stderr += text))
  // The program may end before it has read everything.
  child.stdin.on('error', () => undefined)
  if (stdin !== undefined) child.stdin.end(stdin)
  return {
    child,
    lines,
    events,
    stderr: () => stderr,
    stdout: () => stdout,
    say: (line) => void child.stdin.write(`${line}\n`),
    exited: new Promise((resolve) => {
      child.on('close', (code, signal) => {
        running.delete(child)
        resolve(code ?? signal ?? 'unknown')
      })
    })
  }
}

/** Ends what a failed test left running. */
export const endAll = async (): Promise<void> => {
  const ends = [...running].map((child) => new Promise((resolve) => child.on('close', resolve)))
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(ends)
  for (const folder of profiles.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** A hosted room on a free port, with its port. */
export const hostRoom = async (...args: string[]): Promise<{ program: Program; port: number; ports: number[] }> => {
  const program = teahouse(['host', '--port', '0', '--bind', '127.0.0.1', '--language', 'en', '--json', ...args])
  const hosting = await program.events.until((event) => event.type === 'hosting', { within: START_MS })
  const { doors } = hosting
  if (!Array.isArray(doors)) throw new Error('no doors')
  const ports = doors.map((door: unknown) => {
    if (typeof door === 'object' && door !== null && 'port' in door && typeof door.port === 'number') return door.port
    throw new Error('a door without a port')
  })
  return { program, port: ports[0] ?? 0, ports }
}

export interface Netcat {
  socket: Socket
  /** Everything received, as text. */
  text(): string
  lines: EventLog<string>
  say(line: string): void
  /** Resolves when the other side has sent FIN; rejects on a reset. */
  ended: Promise<void>
  address: string
}

/** `nc 127.0.0.1 PORT`. */
export const netcat = async (port: number): Promise<Netcat> => {
  const socket = connect({ host: '127.0.0.1', port })
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const lines = makeEventLog<string>('nc')
  let text = ''
  let tail = ''
  socket.setEncoding('utf8')
  socket.on('data', (piece: string) => {
    text += piece
    const whole = `${tail}${piece}`.split('\n')
    tail = whole.pop() ?? ''
    for (const line of whole) lines.add(line)
  })
  return {
    socket,
    text: () => text,
    lines,
    say: (line) => void socket.write(`${line}\n`),
    ended: new Promise((resolve, reject) => {
      socket.on('end', resolve)
      socket.on('error', reject)
    }),
    address: `${socket.localAddress ?? ''}:${socket.localPort ?? ''}`
  }
}
