import { makeClock } from '../../../src/node/clock.ts'
import { openHistory } from '../../../src/node/history/history.ts'
import { silentLog } from '../../support/quiet.ts'
import { room, saidLine } from './lines.ts'

/** Writes a line and ends, by itself, as a program does that is quit. */
const [folder = ''] = process.argv.slice(2)
const { history } = await openHistory({ folder, clock: makeClock(), log: silentLog, notice: () => undefined })
process.stdout.write('open\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
process.stdin.destroy()
history.append({ op: 'conversation', conversation: room() }, () => undefined)
history.append({ op: 'line', conversation: 'r1', line: saidLine(history, 'last words') }, () => undefined)
// A reader that asks while the program goes must not keep it.
void history.unread('r1', 0)
await history.close()
process.stdout.write('closed\n')
