import { beforeEach, expect, test, vi } from 'vitest'
import type { Log } from '../../src/node/log.ts'
import { CHANNELS } from '../../src/shared/bridge.ts'

type Handler = (event: object, ...values: unknown[]) => Promise<unknown>

const handlers = vi.hoisted(() => new Map<string, Handler>())
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, handler: Handler) => handlers.set(channel, handler) }
}))

const { carry } = await import('../../src/main/ipc.ts')

const frame = { origin: 'app://teahouse' }
const page = { mainFrame: frame, on: () => undefined, isDestroyed: () => false, send: () => undefined }
const ours = { sender: page, senderFrame: frame }
const logged: unknown[][] = []
const write = (...words: unknown[]): void => void logged.push(words)
const log: Log = { info: write, warn: write, error: write }
const invoke = async (channel: string, event: object, ...values: unknown[]): Promise<unknown> =>
  handlers.get(channel)?.(event, ...values)

beforeEach(() => {
  handlers.clear()
  logged.length = 0
})

const open = (perform: () => Promise<{ ok: true }>): void => {
  carry({
    switchboard: { perform, answer: () => Promise.reject(new Error('not asked here')), attach: () => () => undefined },
    log,
    window: () => page,
    onCommand: () => undefined,
    onAttached: () => undefined
  })
}

test('a bug behind the door is written down, and the page hears that it failed', async () => {
  const bug = new Error('boom')
  open(() => Promise.reject(bug))
  await expect(invoke(CHANNELS.send, ours, { type: 'who', room: 'r' })).rejects.toBe(bug)
  expect(logged).toEqual([['failure', { channel: CHANNELS.send, error: bug }]])
})

test('a stranger, a wrong value and a second value never reach the switchboard', async () => {
  open(() => Promise.reject(new Error('reached')))
  const command = { type: 'who', room: 'r' }
  await expect(invoke(CHANNELS.send, { ...ours, senderFrame: null }, command)).rejects.toThrow('unknown sender')
  await expect(invoke(CHANNELS.send, ours, { type: 'who' })).rejects.toThrow('not a value')
  await expect(invoke(CHANNELS.send, ours, command, command)).rejects.toThrow('not a value')
  expect(logged.map(([what]) => what)).toEqual(['refused', 'refused', 'refused'])
})
