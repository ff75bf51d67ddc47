// `npm test`. Plain JavaScript: on a Node too old for the rest it says so instead of failing strangely.
import { whatIsMissing } from './node-version.js'

const missing = whatIsMissing()
if (missing === null) {
  const { test } = await import('./test/test.ts')
  process.exitCode = await test()
} else {
  process.stderr.write(`${missing}\n`)
  process.exitCode = 1
}
