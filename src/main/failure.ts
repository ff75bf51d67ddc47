import { app, dialog } from 'electron'
import { join } from 'node:path'
import type { Log } from '../node/log.ts'
import type { Say } from './words.ts'

/** What is still open is closed in this time, or left. */
const LEAVE_MS = 3000

export interface Failures {
  /** The app stands: write to its log and close it before leaving. */
  known(log: Log, close: () => Promise<void>): void
  /** Writes it down, tells the person, leaves. */
  fail(error: unknown, text?: 'fault.text' | 'fault.window'): void
}

/**
 * The one handler for what must not happen. An exception is a bug: it is written down, the person is told once, rooms
 * are left properly as far as possible, and the program ends with a failure.
 */
export const watchFailures = (say: () => Say, profile: string): Failures => {
  let log: Log | null = null
  let close: () => Promise<void> = () => Promise.resolve()
  let failing = false
  const fail: Failures['fail'] = (error, text = 'fault.text') => {
    log?.error('failure', { error })
    console.error(error)
    if (failing) return
    failing = true
    const leave = (): void => app.exit(1)
    setTimeout(leave, LEAVE_MS)
    dialog.showErrorBox(say()('fault.title'), say()(text, { file: join(profile, 'teahouse.log') }))
    void closing(leave)
  }
  const closing = async (leave: () => void): Promise<void> => {
    try {
      await close()
    } catch (failed) {
      log?.error('failure while leaving', { error: failed })
    }
    leave()
  }
  process.on('uncaughtException', (error) => fail(error))
  process.on('unhandledRejection', (error) => fail(error))
  return {
    known: (itsLog, itsClose) => {
      log = itsLog
      close = itsClose
    },
    fail
  }
}
