import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from 'node:sqlite'

/**
 * A disk that takes nothing for a while, as far as a program can tell: another program holds the lock for writing. In a
 * process of its own, so that nothing of ours can keep it from letting go.
 */
export interface Staller {
  stall(file: string, ms: number): void
  close(): void
}

const HERE = fileURLToPath(import.meta.url)

export const startStaller = (): Staller => {
  const child: ChildProcess = fork(HERE, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  return {
    stall: (file, ms) => void child.send({ file, ms }),
    close: () => child.disconnect()
  }
}

const hold = (file: string, ms: number): void => {
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec('BEGIN IMMEDIATE')
  } catch {
    // It is being written at this very moment.
    db.close()
    return
  }
  setTimeout(() => {
    db.exec('ROLLBACK')
    db.close()
  }, ms)
}

if (process.argv[1] === HERE && process.send !== undefined)
  process.on('message', (told: { file: string; ms: number }) => hold(told.file, told.ms))
