import { open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Timer } from '../shared/carriers.ts'
import type { Settings } from '../shared/settings.ts'
import { DEFAULT_SETTINGS, settings as settingsSchema } from '../shared/settings.ts'
import type { NoticeBody } from '../shared/state.ts'
import type { Log } from './log.ts'

const FILE = 'settings.json'
/** Hundreds of rooms need some 100 KiB: more is not ours, and reading it would cost the start. */
const MAX_SETTINGS_BYTES = 4 * 1024 * 1024
/** Gathers the changes of one moment (a slider, a reconnecting server) into one write. */
const SAVE_DELAY_MS = 200
/** A full disk is asked again so often: soon after somebody made room. */
const RETRY_MS = 5000
/** A temporary file this old was left behind by a program that died while saving. */
const STALE_TEMPORARY_MS = 60_000
/** Virus scanners on Windows hold a new file for a moment; the rename works after that. */
const RENAME_TRIES = 5
const RENAME_RETRY_MS = 100

export interface SettingsFile {
  /** As read, or the defaults. */
  settings: Settings
  /** What the person should know about the reading. */
  notices: NoticeBody[]
  /**
   * Keeps these settings soon; the last ones given win. Never throws: a failure becomes one notice, and is tried again.
   * `inPassing`: nobody chose anything; that it cannot be kept is not told, and what another program has saved meanwhile
   * stays.
   */
  save(settings: Settings, inPassing?: boolean): void
  /** Writes what is not written yet. */
  close(): Promise<void>
}

export interface SettingsFileDeps {
  folder: string
  clock: Clock
  log: Log
  /** Told later, while the app runs: that the settings cannot be saved. Once, until it works again. */
  notice: (notice: NoticeBody) => void
  /** It works again. */
  saved: () => void
}

/** The system's own word for what went wrong (`EACCES`, `ENOSPC`): stable, and searchable by the person. */
const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)

/** No file, or the folder itself is none: nothing to read, and nothing to set aside. */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR'])

type Reading = { found: 'nothing' } | { found: 'settings'; settings: Settings } | { found: 'broken'; why: string }

const read = async (path: string): Promise<Reading> => {
  try {
    const { size, ...info } = await stat(path).then((stats) => ({ size: stats.size, file: stats.isFile() }))
    if (!info.file) return { found: 'broken', why: 'not a file' }
    if (size > MAX_SETTINGS_BYTES) return { found: 'broken', why: `${size} bytes` }
    const text = await readFile(path, 'utf8')
    const parsed = settingsSchema.safeParse(JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text))
    if (!parsed.success) return { found: 'broken', why: parsed.error.issues[0]?.path.join('.') ?? 'schema' }
    return { found: 'settings', settings: parsed.data }
  } catch (error) {
    if (NOTHING_THERE.has(systemCode(error))) return { found: 'nothing' }
    return { found: 'broken', why: error instanceof SyntaxError ? 'not JSON' : systemCode(error) }
  }
}

/** Nothing is ever deleted: the broken file stays beside the new one, under a name nobody has yet. */
const setAside = async (folder: string, wall: number): Promise<string> => {
  const date = new Date(wall).toISOString().slice(0, 19).replaceAll(':', '-')
  const taken = new Set(await readdir(folder))
  let name = `settings.broken-${date}.json`
  for (let n = 2; taken.has(name); n += 1) name = `settings.broken-${date}-${n}.json`
  await rename(join(folder, FILE), join(folder, name))
  return name
}

const removeStale = async (folder: string, wall: number, log: Log): Promise<void> => {
  try {
    const left = (await readdir(folder)).filter((name) => name.startsWith(`${FILE}.`) && name.endsWith('.tmp'))
    for (const name of left) {
      const path = join(folder, name)
      if (wall - (await stat(path)).mtimeMs > STALE_TEMPORARY_MS) await unlink(path)
    }
  } catch (error) {
    log.info('old temporary files stay', { error: systemCode(error) })
  }
}

const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve)
  })

const renameOver = async (from: string, to: string, clock: Clock): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error))
      if (!held || tries >= RENAME_TRIES) throw error
      await pause(clock, RENAME_RETRY_MS)
    }
  }
}

/** After this the directory entry is on the disk too. Windows cannot do it and needs it less. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** When the file was written last, to tell whether another program did it; 0: there is none, or nobody can know. */
const writtenAt = async (folder: string): Promise<number> => {
  try {
    return (await stat(join(folder, FILE))).mtimeMs
  } catch {
    // Why is told by whoever reads or writes it.
    return 0
  }
}

/** At any moment, power loss included, `settings.json` is either the old one or the new one, whole. */
const write = async (folder: string, settings: Settings, clock: Clock): Promise<void> => {
  // Two programs may share a profile: each writes its own temporary file.
  const temporary = join(folder, `${FILE}.${process.pid}.tmp`)
  try {
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(settings, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await renameOver(temporary, join(folder, FILE), clock)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(folder)
}

/**
 * Reads `settings.json`, checked against the schema. What cannot be read (garbage, too new, too large, not a file) is
 * set aside under another name and the app starts with the defaults; a profile that cannot be written works too, and
 * says so. Never throws.
 */
export const openSettingsFile = async ({
  folder,
  clock,
  log,
  notice,
  saved
}: SettingsFileDeps): Promise<SettingsFile> => {
  const notices: NoticeBody[] = []
  await removeStale(folder, clock.wall(), log)
  const reading = await read(join(folder, FILE))
  // Saving over a broken file that could not be set aside would destroy what the person may still want to repair.
  let mayWrite = true
  if (reading.found === 'broken') {
    log.warn('settings set aside', { why: reading.why })
    try {
      notices.push({ kind: 'settings-set-aside', file: await setAside(folder, clock.wall()) })
    } catch (error) {
      mayWrite = false
      log.error('settings can be neither read nor set aside', { error: systemCode(error) })
      notices.push({ kind: 'settings-not-saved', reason: systemCode(error) })
    }
  }

  let wanted: Settings | null = null
  /** Somebody chose something among what waits to be saved. */
  let chosen = false
  let ours = await writtenAt(folder)
  let timer: Timer | null = null
  let closed = false
  let told = !mayWrite
  let writing: Promise<void> = Promise.resolve()

  const writeWanted = async (): Promise<void> => {
    const settings = wanted
    if (settings === null || !mayWrite) return
    const inPassing = !chosen
    wanted = null
    chosen = false
    if (inPassing && (await writtenAt(folder)) !== ours) return
    try {
      await write(folder, settings, clock)
      ours = await writtenAt(folder)
      if (told) saved()
      told = false
    } catch (error) {
      if (inPassing) return
      if (!told) {
        log.error('settings not saved', { error: systemCode(error) })
        notice({ kind: 'settings-not-saved', reason: systemCode(error) })
      }
      told = true
      wanted ??= settings
      chosen = true
      if (!closed) timer ??= clock.after(RETRY_MS, () => void flush())
    }
  }
  const flush = (): Promise<void> => {
    timer?.cancel()
    timer = null
    writing = writing.then(writeWanted)
    return writing
  }

  return {
    settings: reading.found === 'settings' ? reading.settings : DEFAULT_SETTINGS,
    notices,
    save: (settings, inPassing = false) => {
      wanted = settings
      chosen ||= !inPassing
      timer ??= clock.after(SAVE_DELAY_MS, () => void flush())
    },
    close: () => {
      closed = true
      return flush()
    }
  }
}
