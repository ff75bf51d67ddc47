import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Electron's program, if its package has fetched one. Never `require('electron')`: without one that starts a download. */
export const electronProgram = (): string | null => {
  const folder =
    process.env['ELECTRON_OVERRIDE_DIST_PATH'] ??
    join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist')
  const names: Partial<Record<NodeJS.Platform, string>> = {
    win32: 'electron.exe',
    darwin: 'Electron.app/Contents/MacOS/Electron'
  }
  const program = join(folder, names[process.platform] ?? 'electron')
  return existsSync(program) ? program : null
}

export type Host = 'electron' | 'stand-in'

/**
 * What carries the app in these tests: real Electron where it is, else the stand-in over Chromium. E2E_HOST chooses;
 * asking for Electron where there is none is an error, never a silent stand-in.
 */
export const chooseHost = (wanted: string | undefined, program: string | null): Host => {
  if (wanted === 'stand-in') return 'stand-in'
  if (wanted === 'electron') {
    if (program === null) throw new Error('E2E_HOST=electron, but there is no Electron here: npx install-electron')
    return 'electron'
  }
  if (wanted !== undefined && wanted !== '')
    throw new Error(`E2E_HOST=${wanted}: there are two hosts, electron and stand-in`)
  return program === null ? 'stand-in' : 'electron'
}

export const host = chooseHost(process.env['E2E_HOST'], electronProgram())

/** The stand-in's browser: CHROMIUM names another one. */
export const chromiumProgram = (): string => process.env['CHROMIUM'] ?? '/usr/bin/chromium'
