import { until } from '../support/until.ts'
import { openOn } from './bad-disk.ts'

/** Opens the app on a folder that may not be used, chats, and waits for the day when it may. */
const [folder = '', port = ''] = process.argv.slice(2)
const opened = await openOn(folder)
process.stdout.write(`opened with ${opened.notices().join(' ')}\n`)
await opened.says(Number(port), 'not mine')
process.stdout.write('chatted\n')
await until(() => !opened.notices().includes('history-paused'), { within: 15_000 })
await opened.close()
process.stdout.write('kept\n')
