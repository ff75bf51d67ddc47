import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HISTORY_FILE } from '../../../src/node/history/store.ts'

/**
 * In which order a program asks the system: a kill alone cannot tell a safe setting from an unsafe one, since what was
 * written and not synced survives the program, and only dies with the machine.
 */

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url))
/** One line at a time: what is told then can only be about the write before it. */
const ONE_LANE = '1'

/** Null: the calls can be watched here; else why not. */
export const cannotWatch = (): string | null => {
  if (process.platform !== 'linux') return 'strace is a program of Linux'
  const tried = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8' })
  if (tried.error) return 'strace is not here'
  return tried.status === 0 ? null : `strace may not watch here: ${tried.stderr.trim().split('\n')[0] ?? ''}`
}

export interface Order {
  /** Lines told as saved. */
  told: number
  /** Those of them that were told before the log was synced. */
  early: string[]
}

/** The log of strace: one call a line, one that was interrupted by another thread's in two. */
export const readOrder = (log: string): Order => {
  const wal = `${HISTORY_FILE}-wal>`
  /** Written to the log, and no sync that began after it has come back. */
  let dirty = false
  /** Threads whose sync of the log has begun and not ended. */
  const syncing = new Set<string>()
  let written = false
  let told = 0
  const early: string[] = []
  for (const line of log.split('\n')) {
    const thread = /^\d+/.exec(line)?.[0] ?? ''
    const call = line.replace(/^\d+\s+(?:[\d.]+\s+)?/, '')
    if (/^pwrite(?:64|v2?)\(/.test(call) && call.includes(wal)) {
      written = true
      dirty = true
      syncing.clear()
    } else if (/^f(?:data)?sync\(/.test(call) && call.includes(wal)) {
      if (call.endsWith('<unfinished ...>')) syncing.add(thread)
      else if (call.endsWith('= 0')) dirty = false
    } else if (/^<\.\.\. f(?:data)?sync resumed>/.test(call)) {
      if (syncing.delete(thread) && call.endsWith('= 0')) dirty = false
    } else if (/^writev?\(1</.test(call) && /"\d+\\n"/.test(call)) {
      told += 1
      if (dirty || !written) early.push(call)
      written = false
    }
  }
  return { told, early }
}

/** Lets a program write so many lines, one after the other, and tells in which order it asked the system. */
export const watchOrder = (folder: string, lines: number): Promise<Order> =>
  new Promise((resolve, reject) => {
    const log = join(folder, 'calls')
    const calls = 'trace=fsync,fdatasync,pwrite64,pwritev,pwritev2,write,writev'
    const child = spawn(
      'strace',
      [
        '-f',
        '-y',
        '-s',
        '64',
        '-e',
        calls,
        '-e',
        'signal=none',
        '-o',
        log,
        process.execPath,
        WRITER,
        folder,
        '0',
        ONE_LANE
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], detached: true }
    )
    let told = 0
    let trouble = ''
    child.stdout.on('data', (part: Buffer) => {
      told += part.toString().split('\n').length - 1
      // The whole group: a program whose watcher dies alone goes on by itself.
      if (told >= lines && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    })
    child.stderr.on('data', (part: Buffer) => {
      trouble += part.toString()
    })
    child.on('error', reject)
    child.on('close', () => {
      if (told < lines) reject(new Error(`ended by itself: ${trouble}`))
      else resolve(readOrder(readFileSync(log, 'utf8')))
    })
  })
