import { UNLIMITED } from '../src/core/hub/hub.ts'
import { makeClock } from '../src/node/clock.ts'
import { makeCodec } from '../src/node/codec.ts'
import { openRoomWith } from '../src/node/host.ts'

/** Our host as `teahouse host --unlimited --dialect gopl` runs it, with nobody reading its events. */
const open = openRoomWith({ clock: makeClock(), codec: makeCodec })
const opened = await open(
  {
    name: 'bench',
    language: 'en',
    bare: false,
    idleMs: 0,
    limits: UNLIMITED,
    doors: [{ port: 0, dialect: 'gopl' }],
    bind: '127.0.0.1'
  },
  () => undefined
)
if (!opened.ok) throw new Error(opened.text)
process.stdout.write(`${JSON.stringify(opened.room.doors[0])}\n`)
