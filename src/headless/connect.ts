import { resolve } from 'node:path'
import type { VisitRecorder } from '../core/recording/visit.ts'
import { makeVisitRecorder } from '../core/recording/visit.ts'
import { makeSession } from '../core/session/session.ts'
import { newRoomId, roomAt } from '../core/switchboard/which-room.ts'
import { makeClock } from '../node/clock.ts'
import { makeCodec } from '../node/codec.ts'
import { profileFolder } from '../node/profile.ts'
import { makeDial } from '../node/tcp.ts'
import { watchNetwork } from '../node/wake.ts'
import { hostPort, plainHost, roomsAt } from '../shared/address.ts'
import type { ChatCommand } from '../shared/commands.ts'
import type { DialectChoice } from '../shared/dialect.ts'
import type { ClientEvent, DisconnectDetail, DisconnectReason, SessionEvent } from '../shared/events.ts'
import type { ConnectArguments } from './arguments.ts'
import { EXIT, onSignals, openConsole } from './console.ts'
import { makeDrain } from './drain.ts'
import { systemLanguage } from './language.ts'
import { readCommandObject, type CommandRefusal } from './json.ts'
import { makeLineReader } from './lines.ts'
import { textLine } from './text.ts'
import { printable } from '../shared/printable.ts'
import { gapWords, openRecording, readSettings, type Recording } from './recording.ts'
import { makePeople, readTyped, type Hall } from './typed.ts'

const WHY: Record<DisconnectReason | DisconnectDetail, string> = {
  left: 'left',
  closed: 'the server closed the connection',
  reset: 'the connection was cut off',
  refused: 'nobody answers',
  timeout: 'no answer in time',
  kicked: 'the server closed us out',
  silent: 'the server stopped answering',
  'not-a-chat': 'this is not a chat server',
  'no-such-host': 'there is no computer by this name',
  unreachable: 'there is no way to this address'
}

/** `teahouse connect`: resolves with the exit code when the line is closed. */
export const connect = async (args: ConnectArguments): Promise<number> => {
  const clock = makeClock()
  const drain = makeDrain(() => clock.now())
  const ended = Promise.withResolvers<'asked' | 'lost'>()
  const out = openConsole(() => ended.resolve('asked'))
  const address = hostPort(args.host, args.port)
  const folder = args.data === null ? profileFolder() : resolve(args.data)
  const at = { host: plainHost(args.host), port: args.port }
  const [saved] = roomsAt(readSettings(folder).rooms, at)
  let recorder: VisitRecorder | null = null
  const recording: Recording | null =
    args.history && saved?.history !== 'never'
      ? await openRecording({ folder, clock, complain: (line) => out.complain(line), gap: (gap) => recorder?.gap(gap) })
      : null
  let quit = false
  let arrived = false
  const losses: (DisconnectReason | DisconnectDetail)[] = []

  /**
   * The session gets refs of our own, so that every command can be followed to its answer; what goes out carries the
   * ref its author gave, or none.
   */
  const refs = new Map<string, string | undefined>()
  let nextRef = 1

  const print = (event: ClientEvent): void => {
    if (!args.json) {
      const line = textLine(event)
      if (line !== null) out.text(line)
      return
    }
    const ref = 'ref' in event ? event.ref : undefined
    const given = ref === undefined ? undefined : refs.get(ref)
    if (ref === undefined) out.json(event)
    else if (given !== undefined) out.json({ ...event, ref: given })
    // The state of a line whose author gave it no ref is nobody's to follow.
    else if (event.type !== 'noted') out.json({ ...event, ref: undefined })
  }

  const people = makePeople()
  let dialect: DialectChoice = args.dialect
  let marked = false
  const follow = (event: SessionEvent): void => {
    if (event.type === 'people') people.changed(event)
    else if (event.type === 'introduced') marked = true
    else if (event.type === 'recognised') dialect = event.dialect
    else if (event.type === 'connected') {
      arrived = true
      marked = false
    }
  }

  const emit = (event: SessionEvent): void => {
    drain.heard(event)
    follow(event)
    recorder?.heard(event)
    if (event.type === 'people' || event.type === 'introduced') return
    // What is told is on the disk, unless the disk takes too long.
    if (recording === null) print(event)
    else recording.gate.after(() => print(event))
    if (event.type === 'disconnected' && event.reason !== 'left' && event.retryInMs === null) {
      losses.push(event.detail ?? event.reason)
      ended.resolve('lost')
    }
  }

  const session = makeSession(
    {
      host: args.host,
      port: args.port,
      dialect: args.dialect,
      remembered: saved?.lastDialect ?? null,
      charset: args.charset,
      nick: args.nick,
      reconnect: args.reconnect
    },
    { dial: makeDial(), clock, random: Math.random, codec: makeCodec, emit }
  )
  if (recording !== null) {
    const { history, gate, settings } = recording
    const room =
      roomAt(settings, history.restored, args.host, args.port) ??
      newRoomId(Math.random, (id) => history.restored.some((one) => one.room === id))
    recorder = makeVisitRecorder({
      history,
      gate,
      clock,
      room,
      title: hostPort(at.host.toLowerCase(), at.port),
      shared: saved !== undefined,
      nick: args.nick,
      echoes: () => session.capabilities().echo,
      gapWords: gapWords(systemLanguage())
    })
    if (typeof saved?.history === 'number') recording.keepDays(room, saved.history)
  }
  // A script is always looking: without the keepalive of 001 it would go deaf after a silent minute (dialects 3.3).
  session.attend(true)
  const stopWatching = watchNetwork(() => session.retryNow())

  const perform = (command: ChatCommand): void => {
    if (quit) return
    if (command.type === 'quit') {
      quit = true
      ended.resolve('asked')
      return
    }
    const ref = String(nextRef++)
    refs.set(ref, command.ref)
    drain.asked(ref)
    recorder?.asked(command, ref)
    session.perform({ ...command, ref })
  }

  const server = (): Hall['server'] => (dialect === 'plain' ? 'plain' : marked ? 'marked' : 'other')

  /** A line of standard input that is no command: said where answers are said. */
  const refuse = (refusal: CommandRefusal): void => {
    if (args.json) out.json(refusal)
    else out.text(printable(`* ${refusal.text}`))
  }
  const tellHelp = (text: string): void => {
    if (args.json) out.complain(text)
    else out.text(`* ${text}`)
  }
  const heard = (line: string): void => {
    const command =
      args.json && line.startsWith('{')
        ? readCommandObject(line)
        : readTyped(line, { people: people.all(), server: server() })
    if (command.type === 'refused') refuse(command)
    else if (command.type === 'help') tellHelp(command.text)
    else perform(command)
  }
  const reader = makeLineReader(heard, () => out.complain('a line of standard input is longer than any text: left out'))
  const { stdin } = process
  stdin.setEncoding('utf8')
  stdin.on('data', (text: string) => reader.received(text))
  stdin.on('end', () => {
    reader.ended()
    ended.resolve('asked')
  })
  // A terminal that went away reads as an error: the end, too.
  stdin.on('error', () => ended.resolve('asked'))
  onSignals(() => {
    quit = true
    ended.resolve('asked')
  })

  const asked = (await ended.promise) === 'asked'
  if (asked) await drain.finish(session, quit)
  stdin.pause()
  stopWatching()
  const rest = session.unwritten()
  await session.leave()
  recorder?.end(rest)
  await recording?.close()
  for (const { text } of rest) out.complain(`not sent: ${text}`)
  const [lost] = losses
  // A server that hangs up on the way out, after everything was written, takes nothing away.
  const failed = rest.length > 0 || (lost !== undefined && !(asked && arrived))
  if (lost !== undefined && failed) out.complain(`${address}: ${WHY[lost]}`)
  await out.flush()
  return failed ? EXIT.failed : EXIT.fine
}
