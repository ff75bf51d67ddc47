import { makeClock } from '../../../src/node/clock.ts'
import { openHistory } from '../../../src/node/history/history.ts'
import { silentLog } from '../../support/quiet.ts'
import { room, saidLine } from './lines.ts'

/** Writes lines, some at a time, and tells the number of each one that is saved, until it is killed. */
const [folder = '', start = '0', lanes = '20'] = process.argv.slice(2)
const { history } = await openHistory({ folder, clock: makeClock(), log: silentLog, notice: () => undefined })
history.append({ op: 'conversation', conversation: room() }, () => undefined)
let n = Number(start)
const writeNext = (): void => {
  const number = n
  n += 1
  history.append({ op: 'line', conversation: 'r1', line: saidLine(history, `#${number}`) }, () => {
    // Written at once on this system's pipes, not kept in a buffer that dies with the program.
    process.stdout.write(`${number}\n`)
    writeNext()
  })
}
for (let lane = 0; lane < Number(lanes); lane += 1) writeNext()
setInterval(() => undefined, 1000)
