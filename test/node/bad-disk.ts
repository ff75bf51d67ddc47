import { openApp } from '../../src/node/app.ts'
import type { AppState } from '../../src/shared/state.ts'
import { applyEvent } from '../../src/shared/state.ts'
import { until } from '../support/until.ts'

/** The limit for a start, whatever the disk is like: ten times what it takes on a machine that does nothing else. */
export const OPENS_WITHIN_MS = 3000

export interface OnDisk {
  /** Kinds of the notices that stand there. */
  notices(): string[]
  /** Everything said that is shown. */
  texts(): string[]
  /** Joins the room there, says a text, and has it delivered. */
  says(port: number, text: string): Promise<void>
  close(): Promise<void>
}

/** The whole app on a profile folder, with a view that must have its snapshot in time. */
export const openOn = async (folder: string): Promise<OnDisk> => {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`not open within ${OPENS_WITHIN_MS} ms`)), OPENS_WITHIN_MS).unref()
  })
  const app = await Promise.race([
    openApp({
      profile: folder,
      carrier: 'browser',
      version: '1.0.0',
      systemLanguage: 'en',
      notify: () => undefined,
      badge: () => undefined,
      openLink: () => false,
      exportTo: () => Promise.resolve(null),
      showFile: () => undefined
    }),
    late
  ])
  let state: AppState | null = null
  app.switchboard.attach((message) => {
    if (message.type === 'snapshot') state = message.state
    else if (state !== null) state = message.events.reduce(applyEvent, state)
  })
  const now = (): AppState => {
    if (state === null) throw new Error('no snapshot came')
    return state
  }
  now()
  const lines = () => Object.values(now().timelines).flatMap((timeline) => timeline.lines)
  return {
    notices: () => now().notices.map((notice) => notice.kind),
    texts: () => lines().flatMap((line) => (line.kind === 'said' ? [line.text] : [])),
    says: async (port, text) => {
      const joined = await app.switchboard.perform({
        type: 'connect',
        host: '127.0.0.1',
        port,
        dialect: 'auto',
        charset: 'auto'
      })
      if (!joined.ok) throw new Error(`refused: ${joined.code}`)
      await app.switchboard.perform({ type: 'say', conversation: joined.room ?? '', text })
      await until(() =>
        lines().some((line) => line.kind === 'said' && line.text === text && line.state === 'delivered')
      )
    },
    close: () => app.close()
  }
}
