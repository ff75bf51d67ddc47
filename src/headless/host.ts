import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { OpenRoom } from '../core/hub/contract.ts'
import type { HostedRecorder } from '../core/recording/hosted.ts'
import { makeHostedRecorder } from '../core/recording/hosted.ts'
import { hostedRoomOf, newRoomId } from '../core/switchboard/which-room.ts'
import { makeClock } from '../node/clock.ts'
import { makeCodec } from '../node/codec.ts'
import { openRoomWith } from '../node/host.ts'
import { serveMetrics, type Metrics } from '../node/metrics.ts'
import { profileFolder } from '../node/profile.ts'
import type { HostEvent } from '../shared/events.ts'
import type { Language } from '../shared/settings.ts'
import type { Arguments, HostArguments } from './arguments.ts'
import { EXIT, onSignals, openConsole } from './console.ts'
import { systemLanguage } from './language.ts'
import { gapWords, openRecording, type Recording } from './recording.ts'
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
  'no-history': (args: HostArguments) => args.history,
  'keep-days': (args: HostArguments) => args.keepDays,
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

/** Null: the app's settings say that nothing of this room is written down. */
const beginRecording = (
  recording: Recording,
  name: string,
  days: number | null,
  language: Language
): HostedRecorder | null => {
  const { settings, history, gate } = recording
  const room =
    hostedRoomOf(settings, history.restored, name, () => false) ??
    newRoomId(Math.random, (id) => history.restored.some((one) => one.room === id))
  const kept = settings.rooms.find((saved) => saved.id === room)?.history
  if (kept === 'never') return null
  const most = typeof kept === 'number' ? Math.min(kept, days ?? kept) : days
  if (most !== null) recording.keepDays(room, most)
  return makeHostedRecorder({ history, gate, wall: () => Date.now(), room, name, gapWords: gapWords(language) })
}

/**
 * `teahouse host`: resolves with the exit code when the room is closed. `again` reads the options anew, with the file
 * they come from.
 */
export const host = async (args: HostArguments, again: () => Arguments): Promise<number> => {
  const asked = Promise.withResolvers<void>()
  const out = openConsole(() => asked.resolve())
  let room: OpenRoom | null = null
  let present = args
  let recorder: HostedRecorder | null = null
  const language = args.language ?? systemLanguage()

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
    recorder?.named(roomName(read))
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
  const clock = makeClock()
  const recording = args.history
    ? await openRecording({
        folder: args.data === null ? profileFolder() : resolve(args.data),
        clock,
        complain: (line) => out.complain(line),
        gap: (gap) => recorder?.gap(gap)
      })
    : null
  const begun = recording === null ? null : beginRecording(recording, roomName(args), args.keepDays, language)
  const heard = (event: HostEvent): void => {
    if (recording === null || begun === null) {
      print(event)
      return
    }
    begun.heard(event)
    // What is told is on the disk, unless the disk takes too long.
    recording.gate.after(() => print(event))
  }
  const openRoom = openRoomWith({ clock, codec: makeCodec, log: (text) => out.complain(text) })
  const opened = await openRoom(
    {
      name: roomName(args),
      language,
      bare: args.bare,
      idleMs: args.idleMs,
      limits: args.limits,
      doors: args.doors,
      bind: args.bind
    },
    heard
  )
  if (!opened.ok) {
    await Promise.all([metrics?.close(), recording?.close()])
    out.complain(opened.text)
    return EXIT.failed
  }
  room = opened.room
  recorder = begun
  if (metrics !== null) out.complain(`numbers for Prometheus: ${metrics.url}`)
  await asked.promise
  const stopBy = performance.now() + STOP_MS
  await Promise.all([opened.room.close(), metrics?.close()])
  recorder?.end()
  await recording?.close(Math.max(FLUSH_LEAST_MS, stopBy - performance.now()))
  await out.flush(Math.max(FLUSH_LEAST_MS, stopBy - performance.now()))
  return EXIT.fine
}
