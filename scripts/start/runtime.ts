import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'

/**
 * Electron's runtime: where it is, and how to get it. It is fetched by Electron's own installer; what is added here is
 * progress, and an end to waiting.
 */

/** The first byte comes within this time, or nobody answers. */
const ANSWER_MS = 10_000
/** A transfer that stands still for so long is over. */
const STALL_MS = 20_000

export type RuntimeResult = { ok: true; executable: string } | { ok: false; reason: string }

const progressSchema = z.object({ transferred: z.number(), total: z.number().nullable() })
type Progress = z.infer<typeof progressSchema>

const aboutSchema = z.object({ version: z.string() })
const checksumsSchema = z.record(z.string(), z.string())
/** The part of `@electron/get` (Electron's own dependency) that is used here. */
const getterSchema = z.object({
  downloadArtifact: z.custom<(details: object) => Promise<unknown>>((value) => typeof value === 'function')
})

const readText = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not there: the runtime is not installed.
    return null
  }
}

/** The executable, when the runtime that belongs to this version is there. */
export const installedRuntime = (electron: string): string | null => {
  const name = readText(join(electron, 'path.txt'))
  if (name === null) return null
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(electron, 'dist')
  const executable = join(folder, name)
  return existsSync(executable) ? executable : null
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

/** The first line of what went wrong, deepest cause first: `fetch failed` alone helps nobody. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reasonOf(error.cause)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const line = error.message.split('\n', 1)[0] ?? ''
  return line === '' ? code : line
}

const MIB = 1024 * 1024
const shownProgress = ({ transferred, total }: Progress): string =>
  total === null
    ? `${Math.round(transferred / MIB)} MB`
    : `${Math.floor((transferred / total) * 100)} % of ${Math.round(total / MIB)} MB`

/** Fetches the runtime of an installed `electron` package. `tell` gets each step of the progress. */
export const fetchRuntime = async (electron: string, tell: (progress: string) => void): Promise<RuntimeResult> => {
  const require = createRequire(join(electron, 'package.json'))
  const gone = new AbortController()
  let patience: NodeJS.Timeout | undefined
  const waitFor = (ms: number, reason: string): void => {
    clearTimeout(patience)
    patience = setTimeout(() => gone.abort(new Error(reason)), ms)
  }
  try {
    const { version } = aboutSchema.parse(readJson(join(electron, 'package.json')))
    const loaded: unknown = await import(pathToFileURL(require.resolve('@electron/get')).href)
    const getter = getterSchema.parse(loaded)
    let last = ''
    waitFor(ANSWER_MS, 'no answer in time')
    const aborted = new Promise<never>((_resolve, reject) => {
      gone.signal.addEventListener('abort', () => reject(gone.signal.reason))
    })
    const fetched = getter.downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      checksums: checksumsSchema.parse(readJson(join(electron, 'checksums.json'))),
      downloadOptions: {
        quiet: true,
        signal: gone.signal,
        getProgressCallback: (told: unknown) => {
          const progress = progressSchema.parse(told)
          waitFor(STALL_MS, 'the transfer stands still')
          const step = shownProgress(progress)
          if (step !== last) tell(step)
          last = step
          return Promise.resolve()
        }
      }
    })
    await Promise.race([fetched, aborted])
    clearTimeout(patience)
    // Its own installer finds the file in the cache, checks it once more and unpacks it.
    const { status, stderr } = spawnSync(process.execPath, [join(electron, 'install.js')], { encoding: 'utf8' })
    const executable = installedRuntime(electron)
    if (status === 0 && executable !== null) return { ok: true, executable }
    return { ok: false, reason: stderr.trim().split('\n', 1)[0] || 'it could not be unpacked' }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  } finally {
    clearTimeout(patience)
  }
}
