import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** What the built app is made from, and what shows that it is whole. */
const SOURCES = ['src', 'package.json', 'electron.vite.config.ts', 'tsconfig.base.json']
const PRODUCTS = ['out/main/index.js', 'out/main/headless.js', 'out/preload/bridge.cjs', 'out/renderer/index.html']

/** When something below a path was changed last, in ms since 1970; a path that is not there: 0. */
const newest = (path: string): number => {
  if (!existsSync(path)) return 0
  const own = statSync(path)
  if (!own.isDirectory()) return own.mtimeMs
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce(
    (latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs),
    own.mtimeMs
  )
}

/** Whether the app has to be built: something of it is missing, or older than what it is made from. */
export const needsBuild = (home: string): boolean => {
  const made = PRODUCTS.map((product) => join(home, product))
  if (!made.every((product) => existsSync(product))) return true
  const changed = Math.max(...SOURCES.map((source) => newest(join(home, source))))
  return made.some((product) => statSync(product).mtimeMs < changed)
}

/** The builder's words without its stack traces and colours. */
export const buildTrouble = (words: string): string =>
  stripVTControlCharacters(words)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .join('\n')

/** Builds the app. Null when it is there; else why not, to be shown as it is. */
export const build = (home: string): string | null => {
  const builder = join(home, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  if (!existsSync(builder)) return 'Teahouse cannot be built: electron-vite is not installed, run "npm ci" first.'
  const { status, stderr } = spawnSync(process.execPath, [builder, 'build'], { cwd: home, encoding: 'utf8' })
  return status === 0 ? null : `Teahouse cannot be built:\n${buildTrouble(stderr)}`
}
