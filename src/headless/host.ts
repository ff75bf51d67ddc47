import { hostname } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import type { OpenRoom } from '../core/hub/contract.ts'
import { makeClock } from '../node/clock.ts'
import { makeCodec } from '../node/codec.ts'
import { openRoomWith } from '../node/host.ts'
import { serveMetrics, type Metrics } from '../node/metrics.ts'
import type { HostEvent } from '../shared/events.ts'
import type { Arguments, HostArguments } from './arguments.ts'
import { EXIT, onSignals, openConsole } from './console.ts'
import { systemLanguage } from './language.ts'
import { textLine } from './text.ts'

/** From the wish to stop until the end, also with members who do not hang up and a reader who does not read. */
const STOP_MS = 1900
/** What the reader of the events gets of it at least. */
const FLUSH_LEAST_MS = 100

const roomName = (args: HostArguments): string => args.name ?? hostname()

/** What a room can take over while it is open, by the names of the options. */
const CHANGES = {
  name: roomName,
  idle: (args: HostArguments) => args.idleMs,
  limits: (args: HostArguments) => args.limits
} as const
/** What it cannot. */
const FIXED = {
  port: (args: HostArguments) => args.doors[0]?.port,
  dialect: (args: HostArguments) => args.doors[0]?.dialect,
  door: (args: HostArguments) => args.doors.slice(1),
  bind: (args: HostArguments) => args.bind,
  data: (args: HostArguments) => args.data,
  bare: (args: HostArguments) => args.bare,
  language: (args: HostArguments) => args.language,
  metrics: (args: HostArguments) => args.metrics,
  json: (args: HostArguments) => args.json
} as const

const different = (
  table: Record<string, (args: HostArguments) => unknown>,
  was: HostArguments,
  now: HostArguments
): string[] =>
  Object.entries(table)
    .filter(([, of]) => !isDeepStrictEqual(of(was), of(now)))
    .map(([option]) => option)

/**
 * `teahouse host`: resolves with the exit code when the room is closed. `again` reads the options anew, with the file
 * they come from.
 */
export const host = async (args: HostArguments, again: () => Arguments): Promise<number> => {
  const asked = Promise.withResolvers<void>()
  const out = openConsole(() => asked.resolve())
  let room: OpenRoom | null = null
  let present = args

  const reload = (): void => {
    if (room === null) return
    const read = again()
    if (read.verb !== 'host') {
      out.complain(`nothing was changed: ${read.verb === 'wrong' ? read.line : 'the options ask for something else'}`)
      return
    }
    const changed = different(CHANGES, present, read)
    const fixed = different(FIXED, present, read)
    room.change({ name: roomName(read), idleMs: read.idleMs, limits: read.limits })
    present = { ...present, name: read.name, idleMs: read.idleMs, limits: read.limits }
    const kept = fixed.length === 0 ? '' : `; what needs a new start stays as it is: ${fixed.join(', ')}`
    out.complain(`${args.config ?? ''} was read again, changed: ${changed.join(', ') || 'nothing'}${kept}`)
  }
  // On Windows the signal is the window that closes, and cannot be answered.
  if (args.config === null || process.platform === 'win32') onSignals(() => asked.resolve())
  else {
    onSignals(() => asked.resolve(), ['SIGINT', 'SIGTERM'])
    process.on('SIGHUP', reload)
  }

  const print = (event: HostEvent): void => {
    if (args.json) {
      out.json(event)
      return
    }
    const line = textLine(event)
    if (line !== null) out.text(line)
  }
  let metrics: Metrics | null = null
  if (args.metrics !== null) {
    const served = await serveMetrics(args.metrics, () => room?.watch() ?? null)
    if (!served.ok) {
      out.complain(served.text)
      return EXIT.failed
    }
    metrics = served.metrics
  }
  const openRoom = openRoomWith({ clock: makeClock(), codec: makeCodec, log: (text) => out.complain(text) })
  const opened = await openRoom(
    {
      name: roomName(args),
      language: args.language ?? systemLanguage(),
      bare: args.bare,
      idleMs: args.idleMs,
      limits: args.limits,
      doors: args.doors,
      bind: args.bind
    },
    print
  )
  if (!opened.ok) {
    await metrics?.close()
    out.complain(opened.text)
    return EXIT.failed
  }
  room = opened.room
  if (metrics !== null) out.complain(`numbers for Prometheus: ${metrics.url}`)
  await asked.promise
  const stopBy = performance.now() + STOP_MS
  await Promise.all([opened.room.close(), metrics?.close()])
  await out.flush(Math.max(FLUSH_LEAST_MS, stopBy - performance.now()))
  return EXIT.fine
}
