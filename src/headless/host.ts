import { hostname } from 'node:os'
import { DEFAULT_HUB_LIMITS, UNLIMITED } from '../core/hub/limits.ts'
import { makeClock } from '../node/clock.ts'
import { makeCodec } from '../node/codec.ts'
import { openRoomWith } from '../node/host.ts'
import type { HostEvent } from '../shared/events.ts'
import type { HostArguments } from './arguments.ts'
import { EXIT, onSignals, openConsole } from './console.ts'
import { systemLanguage } from './language.ts'
import { textLine } from './text.ts'

/** `teahouse host`: resolves with the exit code when the room is closed. */
export const host = async (args: HostArguments): Promise<number> => {
  const asked = Promise.withResolvers<void>()
  const out = openConsole(() => asked.resolve())
  onSignals(() => asked.resolve())

  const print = (event: HostEvent): void => {
    if (args.json) {
      out.json(event)
      return
    }
    const line = textLine(event)
    if (line !== null) out.text(line)
  }
  const openRoom = openRoomWith({ clock: makeClock(), codec: makeCodec, log: (text) => out.complain(text) })
  const opened = await openRoom(
    {
      name: args.name ?? hostname(),
      language: args.language ?? systemLanguage(),
      bare: args.bare,
      idleMs: args.idleMs,
      limits: args.unlimited ? UNLIMITED : DEFAULT_HUB_LIMITS,
      doors: args.doors,
      bind: args.bind
    },
    print
  )
  if (!opened.ok) {
    out.complain(opened.text)
    return EXIT.failed
  }
  await asked.promise
  await opened.room.close()
  await out.flush()
  return EXIT.fine
}
