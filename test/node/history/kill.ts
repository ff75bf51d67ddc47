import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { HISTORY_FILE } from '../../../src/node/history/store.ts'

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url))
/** Lives longer than the slowest start, so that most are killed while they write. */
const LIVES_MS = 150

/** Lets a program write and kills it at a random moment after its first line. Resolves with what it had told as saved. */
export const killWriter = (folder: string, start: number, random: () => number): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, folder, String(start)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let trouble = ''
    let armed = false
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString()
      if (armed) return
      armed = true
      setTimeout(() => child.kill('SIGKILL'), random() * LIVES_MS)
    })
    child.stderr.on('data', (part: Buffer) => {
      trouble += part.toString()
    })
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the writer ended by itself: ${trouble}`))
      // The last number may be cut off in the middle.
      else
        resolve(
          out
            .slice(0, out.lastIndexOf('\n') + 1)
            .split('\n')
            .filter(Boolean)
            .map(Number)
        )
    })
  })

/** What of these is not in the file, and what SQLite says of the file. */
export const examine = (
  folder: string,
  told: readonly number[]
): { missing: number[]; integrity: unknown; lines: number } => {
  const db = new DatabaseSync(join(folder, HISTORY_FILE))
  try {
    const there = new Set(
      db
        .prepare('SELECT text FROM lines')
        .all()
        .map((row) => String(row['text']))
    )
    return {
      missing: told.filter((number) => !there.has(`#${number}`)),
      integrity: db.prepare('PRAGMA integrity_check').get()?.['integrity_check'],
      lines: there.size
    }
  } finally {
    db.close()
  }
}
