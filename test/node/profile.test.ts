import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openProfile, profileFolder } from '../../src/node/profile.ts'

describe('the profile folder', () => {
  test.each([
    [{}, 'linux', '/home/a/.config/teahouse'],
    [{ XDG_CONFIG_HOME: '/cfg' }, 'linux', '/cfg/teahouse'],
    [{ XDG_CONFIG_HOME: 'relative' }, 'linux', '/home/a/.config/teahouse'],
    [{ XDG_CONFIG_HOME: '' }, 'freebsd', '/home/a/.config/teahouse'],
    [{ XDG_CONFIG_HOME: '/cfg' }, 'darwin', '/home/a/Library/Application Support/teahouse'],
    [{ APPDATA: '/roaming' }, 'win32', '/roaming/teahouse'],
    [{}, 'win32', '/home/a/AppData/Roaming/teahouse'],
    [{ TEAHOUSE_PROFILE: '/other', XDG_CONFIG_HOME: '/cfg' }, 'linux', '/other'],
    [{ TEAHOUSE_PROFILE: '' }, 'linux', '/home/a/.config/teahouse']
  ] as const)('with %j on %s is %s', (env, platform, folder) => {
    expect(profileFolder(env, platform, '/home/a')).toBe(folder)
  })
  test('named relatively stands where the program was started', () => {
    expect(profileFolder({ TEAHOUSE_PROFILE: 'here' }, 'linux', '/home/a')).toBe(resolve('here'))
  })
})

describe.skipIf(process.platform === 'win32')('opening it', () => {
  const folders: string[] = []
  const temporary = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'teahouse-profile-'))
    folders.push(folder)
    return folder
  }
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
  })
  const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

  test('makes it for its owner alone, whatever the umask', async () => {
    const folder = join(await temporary(), 'a', 'b')
    const before = process.umask(0)
    try {
      await openProfile(folder)
    } finally {
      process.umask(before)
    }
    expect(await mode(folder)).toBe(0o700)
  })
  test('closes one that others can read', async () => {
    const folder = await temporary()
    await chmod(folder, 0o755)
    await openProfile(folder)
    expect(await mode(folder)).toBe(0o700)
  })
  test('is no failure where it cannot be made', async () => {
    const file = join(await temporary(), 'file')
    await writeFile(file, '')
    await expect(openProfile(join(file, 'below'))).resolves.toBeUndefined()
  })
})
