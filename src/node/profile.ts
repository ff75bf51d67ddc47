import { chmod, mkdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/** Nobody else on this machine may read who one talks to. */
const PRIVATE_FOLDER = 0o700

/**
 * The profile folder of this person: the same for the app and the command line. `TEAHOUSE_PROFILE` names another one
 * (tests, a second identity).
 */
export const profileFolder = (
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir()
): string => {
  const chosen = env['TEAHOUSE_PROFILE']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'teahouse')
  if (platform === 'win32') {
    const roaming = env['APPDATA']
    return join(roaming === undefined || roaming === '' ? join(home, 'AppData', 'Roaming') : roaming, 'teahouse')
  }
  // The XDG base directory specification: a relative path is invalid and must be ignored.
  const config = env['XDG_CONFIG_HOME']
  return join(config !== undefined && isAbsolute(config) ? config : join(home, '.config'), 'teahouse')
}

/**
 * Makes the folder, private to its owner, whatever the umask. Never throws: a folder that cannot be made or written
 * shows itself when the settings are saved, and the person is told there.
 */
export const openProfile = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
    const { mode } = await stat(folder)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(folder, PRIVATE_FOLDER)
  } catch {
    // Told by the settings file, which is the first to need the folder.
  }
}
