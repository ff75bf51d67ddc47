import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where a thread's program is. `from` is `import.meta.url` of who starts it: while it runs from its sources, `source`
 * lies beside it; bundled, `built` lies beside the program or above its chunks.
 */
export const threadFile = (from: string, source: string, built: string): string => {
  const here = dirname(fileURLToPath(from))
  if (from.endsWith('.ts')) return join(here, source)
  const beside = join(here, built)
  return existsSync(beside) ? beside : join(here, '..', built)
}
