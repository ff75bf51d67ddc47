// `npm start`. Plain JavaScript: on a Node too old for the rest it says so instead of failing strangely.
import { whatIsMissing } from './node-version.js'

const missing = whatIsMissing()
if (missing === null) {
  const { start } = await import('./start/start.ts')
  await start()
} else {
  process.stderr.write(`${missing}\n`)
  process.exitCode = 1
}
