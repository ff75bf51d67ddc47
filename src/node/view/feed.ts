import { z } from 'zod'
import type { RawData, WebSocket } from 'ws'
import type { Switchboard } from '../../core/switchboard/contract.ts'
import { appCommand, question } from '../../shared/commands.ts'

/** The bridge over one WebSocket: `src/renderer/bridge.ts` is its other end. */

/** A tab that does not read: cut off here, it comes back with a snapshot. */
const FROZEN_TAB_BYTES = 32 * 1024 * 1024
/** Policy violation (RFC 6455, 7.4.1): what came is not the bridge's language. */
const NOT_OUR_LANGUAGE = 1008

const id = z.int().min(0)
const fromPage = z.union([
  z.object({ id, send: z.unknown() }).strict(),
  z.object({ id, ask: z.unknown() }).strict(),
  z.object({ attach: z.literal(true) }).strict()
])

const parsed = (data: RawData, binary: boolean): z.infer<typeof fromPage> | null => {
  if (binary) return null
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data
  try {
    return fromPage.safeParse(JSON.parse(bytes.toString('utf8'))).data ?? null
  } catch {
    // Not JSON: answered like anything else that is not our language.
    return null
  }
}

/** What a view may use of the switchboard. */
export type ViewSide = Pick<Switchboard, 'perform' | 'answer' | 'attach'>

/** Carries the bridge until the socket closes. `bug` is told of exceptions, which are ours. */
export const carryBridge = (socket: WebSocket, side: ViewSide, bug: (error: unknown) => void): void => {
  let detach: (() => void) | null = null
  const tell = (message: object): void => {
    if (socket.readyState !== socket.OPEN) return
    socket.send(JSON.stringify(message))
    if (socket.bufferedAmount > FROZEN_TAB_BYTES) socket.terminate()
  }
  const reply = async (to: number, work: () => Promise<unknown>): Promise<void> => {
    try {
      tell({ reply: to, value: await work() })
    } catch (error) {
      bug(error)
      tell({ reply: to, error: 'internal' })
    }
  }
  const answer = (message: z.infer<typeof fromPage>): void => {
    if ('attach' in message) {
      detach?.()
      detach = side.attach((feed) => tell({ feed }))
      return
    }
    if ('send' in message) {
      const command = appCommand.safeParse(message.send)
      if (command.success) void reply(message.id, () => side.perform(command.data))
      else tell({ reply: message.id, error: 'bad-command' })
      return
    }
    const asked = question.safeParse(message.ask)
    if (asked.success) void reply(message.id, () => side.answer(asked.data))
    else tell({ reply: message.id, error: 'bad-question' })
  }
  socket.on('message', (data, binary) => {
    const message = parsed(data, binary)
    if (message === null) socket.close(NOT_OUR_LANGUAGE)
    else answer(message)
  })
  // A tab that went away in the middle: `close` follows and is what counts.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    detach?.()
    detach = null
  })
}
