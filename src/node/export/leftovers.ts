import { open, lstat, readdir, readFile, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'

/**
 * A program that is killed while it exports leaves its temporary file beside the target, where nobody would look for
 * it. So each export stands in a note in the profile folder for as long as it runs; what is found there at the next
 * start is cleared away.
 */

const PRIVATE_FILE = 0o600
const TEMPORARY = /^\.teahouse-export-(?<token>\d+-[0-9a-f]{12})\.part$/u
const NOTE = /^export-(?<token>(?<pid>\d+)-[0-9a-f]{12})\.json$/u

const note = z.object({ computer: z.string(), path: z.string() })

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null)

/** The name of a temporary file; `token`: number of the process, a hyphen, twelve hexadecimal digits. */
export const temporaryName = (token: string): string => `.teahouse-export-${token}.part`

/**
 * Notes, durably, that this file is being written. Returns the way to take the note away, once the file is not there
 * any more. A profile that cannot be written is no reason not to export.
 */
export const noteExport = async (profile: string, token: string, path: string): Promise<() => Promise<void>> => {
  const place = join(profile, `export-${token}.json`)
  const remove = (): Promise<void> => unlink(place).catch(() => undefined)
  try {
    const handle = await open(place, 'wx', PRIVATE_FILE)
    try {
      await handle.writeFile(JSON.stringify({ computer: hostname(), path }))
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    await remove()
  }
  return remove
}

/** Whether the process that wrote a note, at this time (ms since 1970), may still be at it. */
const mayRun = (pid: number, at: number): boolean => {
  // The number may be the one of an earlier program: in a container it always is.
  if (pid === process.pid) return at >= Date.now() - process.uptime() * 1000
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** True: there is nothing left to note. */
const clearOne = async (path: string): Promise<boolean> => {
  try {
    if ((await lstat(path)).isFile()) await unlink(path)
    return true
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return false
    // A disk that is not there now may come back, with the file on it.
    const folder = await stat(dirname(path)).catch(() => null)
    return folder !== null
  }
}

/**
 * Removes what exports of this computer left behind that were killed: only files that a note of ours names, under the
 * name that only this export had. Never throws.
 */
export const clearLeftovers = async (profile: string): Promise<void> => {
  for (const name of await readdir(profile).catch(() => [])) {
    const { token, pid } = NOTE.exec(name)?.groups ?? {}
    if (token === undefined) continue
    const place = join(profile, name)
    try {
      if (mayRun(Number(pid), (await stat(place)).mtimeMs)) continue
      const told = note.safeParse(JSON.parse(await readFile(place, 'utf8')))
      // A profile on a network is used from several computers, each with processes of its own.
      if (told.data !== undefined && told.data.computer !== hostname()) continue
      const ours = TEMPORARY.exec(basename(told.data?.path ?? ''))?.groups?.['token'] === token
      if (told.data !== undefined && ours && !(await clearOne(told.data.path))) continue
      await unlink(place)
    } catch (error) {
      // A note that was cut off by the kill: its file was not begun yet. What cannot be read or removed stays.
      if (error instanceof SyntaxError) await unlink(place).catch(() => undefined)
    }
  }
}
