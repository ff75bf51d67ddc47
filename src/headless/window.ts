import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** An app-style window of a Chromium that is already on this machine. */

const ON_PATH = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser'
]
const ON_MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'
]
const ON_WINDOWS = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']

type Env = Readonly<Record<string, string | undefined>>

const runs = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us: the next candidate.
    return false
  }
}

/** The first Chromium of this machine, or null. */
export const findChromium = (env: Env = process.env, platform: NodeJS.Platform = process.platform): string | null => {
  const candidates =
    platform === 'darwin'
      ? ON_MAC
      : platform === 'win32'
        ? [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].flatMap((folder) =>
            folder === undefined ? [] : ON_WINDOWS.map((file) => join(folder, file))
          )
        : (env['PATH'] ?? '').split(delimiter).flatMap((folder) => ON_PATH.map((name) => join(folder, name)))
  return candidates.find(runs) ?? null
}

/** Whether a window could be seen here. */
export const hasDisplay = (env: Env = process.env, platform: NodeJS.Platform = process.platform): boolean =>
  platform !== 'linux' ||
  [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((display) => display !== undefined && display !== '')

/**
 * Whether Chromium would start: as root it refuses unless its sandbox is switched off, which is not ours to do
 * (decision 22).
 */
export const mayOpenWindow = (): boolean => hasDisplay() && process.getuid?.() !== 0

/** Opens the address in a window of its own. Null where there is no Chromium. `failed`: it did not start or broke off. */
export const openWindow = (address: string, folder: string, failed: () => void): ChildProcess | null => {
  const chromium = findChromium()
  if (chromium === null) return null
  const child = spawn(
    chromium,
    [`--app=${address}`, `--user-data-dir=${folder}`, '--no-first-run', '--no-default-browser-check'],
    { stdio: 'ignore' }
  )
  child.on('error', failed)
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) failed()
  })
  return child
}
