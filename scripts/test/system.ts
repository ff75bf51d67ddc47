import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What the tests need from the system: a browser, and fonts for Chinese and emoji in the screenshots. */

export interface Need {
  /** The Debian package that brings it. */
  pack: string
  what: string
  here: () => boolean
  /** One test is about it alone: where it cannot be had, that test says so, and the others run. */
  spared?: true
}

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      // Not in this folder.
      return false
    }
  })

const debianHas = (pack: string): boolean =>
  spawnSync('dpkg-query', ['-W', '-f', '${Status}', pack], { encoding: 'utf8' }).stdout?.includes(
    'install ok installed'
  ) ?? false

/** Any font of the system that can write this language or is called so (fontconfig pattern). */
const fontFor = (pattern: string): boolean =>
  (spawnSync('fc-list', [pattern], { encoding: 'utf8' }).stdout ?? '').trim() !== ''

/** Fonts come with macOS and Windows. */
const systemHasFonts = process.platform === 'darwin' || process.platform === 'win32'

export const NEEDS: Need[] = [
  {
    pack: 'chromium',
    what: 'Chromium (or its path in the variable CHROMIUM)',
    here: () => (process.env['CHROMIUM'] ?? '') !== '' || onPath('chromium')
  },
  {
    pack: 'fonts-noto-cjk',
    what: 'a font for Chinese',
    here: () => systemHasFonts || debianHas('fonts-noto-cjk') || fontFor(':lang=zh-cn')
  },
  {
    pack: 'fonts-noto-color-emoji',
    what: 'a font for emoji',
    here: () => systemHasFonts || debianHas('fonts-noto-color-emoji') || fontFor('Noto Color Emoji')
  },
  {
    pack: 'strace',
    what: 'strace, to see that the disk has a line before it is told as saved',
    here: () => process.platform !== 'linux' || onPath('strace'),
    spared: true
  }
]

/** How packages are installed here; null where we may not. */
export type Install = ((packs: string[]) => boolean) | null

const apt = (args: string[]): boolean =>
  spawnSync('apt-get', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  }).status === 0

/** apt, when this is root on a Debian. */
export const aptHere = (): Install =>
  process.getuid?.() === 0 && onPath('apt-get')
    ? (packs) => apt(['-qq', 'update']) && apt(['-qq', '-y', 'install', '--no-install-recommends', ...packs])
    : null

/** Sees to it that everything is there. Null: it is; else one sentence that names what is missing. */
export const prepare = (needs: Need[], install: Install, tell: (line: string) => void): string | null => {
  const missing = needs.filter((need) => !need.here())
  if (missing.length === 0) return null
  const packs = missing.map((need) => need.pack)
  if (install !== null) {
    tell(`Installing for the tests: ${packs.join(', ')}`)
    if (install(packs) && missing.every((need) => need.here())) return null
  }
  const spared = missing.filter((need) => need.spared && !need.here())
  for (const need of spared) tell(`Not here, and what needs it is not run: ${need.what}`)
  const lacking = missing.filter((need) => !need.spared && !need.here())
  if (lacking.length === 0) return null
  const named = lacking.map((need) => need.what).join(', ')
  const wanted = lacking.map((need) => need.pack).join(' ')
  return `The tests need ${named}. On Debian, as root: apt-get install -y --no-install-recommends ${wanted}`
}
