import { openExportFile } from '../../../src/node/export/file.ts'

/** Begins an export and never ends it: it is killed in the middle. */
const [target = '', profile = ''] = process.argv.slice(2)
const file = await openExportFile(target, profile)
await file.write('what was said, as far as')
process.stdout.write('writing\n')
setInterval(() => undefined, 60_000)
