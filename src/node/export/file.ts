import { randomBytes } from 'node:crypto'
import { open, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { noteExport, temporaryName } from './leftovers.ts'

/** Nobody else on this machine may read what was said. */
const PRIVATE_FILE = 0o600

/** A file on its way: it is there, whole, when `finish` is through, and not at all otherwise. */
export interface ExportFile {
  write(text: string): Promise<void>
  /** Durable and under its name; what was there before is replaced. */
  finish(): Promise<void>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

/** Where it really lies, so that a link stays a link. Throws for what is no plain file: it would be replaced by one. */
const resolved = async (path: string): Promise<string> => {
  const real = await realpath(path).catch(() => null)
  if (real === null) return join(await realpath(dirname(path)), basename(path))
  if ((await stat(real)).isFile()) return real
  throw Object.assign(new Error('not a plain file'), { code: 'EISDIR' })
}

const syncFolder = async (folder: string): Promise<void> => {
  // Windows cannot do it and needs it less.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Throws what the system throws; each of its functions does, too. `profile`: where it is noted, in case we are killed. */
export const openExportFile = async (path: string, profile: string): Promise<ExportFile> => {
  const target = await resolved(path)
  const folder = dirname(target)
  // A name of its own, of known length, in the same folder: a rename cannot cross file systems.
  const token = `${process.pid}-${randomBytes(6).toString('hex')}`
  const temporary = join(folder, temporaryName(token))
  const forget = await noteExport(profile, token, temporary)
  const handle = await open(temporary, 'wx', PRIVATE_FILE).catch(async (error: unknown) => {
    await forget()
    throw error
  })
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await handle.close()
  }
  return {
    write: (text) => handle.writeFile(text, 'utf8'),
    finish: async () => {
      await handle.sync()
      await close()
      await rename(temporary, target)
      await syncFolder(folder)
      await forget()
    },
    discard: async () => {
      await close().catch(() => undefined)
      const isGone = await unlink(temporary).then(
        () => true,
        (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
      )
      // What cannot be removed now is at the next start.
      if (isGone) await forget()
    }
  }
}
