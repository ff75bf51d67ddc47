import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, needsBuild } from './build.ts'
import { hopeless, runDesktop } from './desktop.ts'
import { readJoinLink } from '../../src/shared/join-link.ts'
import { fetchRuntime, installedRuntime } from './runtime.ts'

/** `npm start`: the desktop app, or the same app in the browser where Electron cannot be had. */

const HOME = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Options of the browser view that may be given to `npm start` as well. */
const VIEW_OPTIONS = /^--(?:port|data)(?:=|$)|^--no-window$/

/**
 * Of what a person gave, what the browser view understands. An invitation that cannot be read is left out, as the desktop
 * app leaves it.
 */
export const viewOptions = (args: readonly string[]): string[] => {
  const taken: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (readJoinLink(arg) !== null) taken.push(arg)
    if (!VIEW_OPTIONS.test(arg)) continue
    taken.push(arg)
    const value = args[at + 1]
    if ((arg === '--port' || arg === '--data') && value !== undefined) {
      taken.push(value)
      at++
    }
  }
  return taken
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/** On a terminal the progress stays on one line; elsewhere every tenth step is a line. */
const progressTeller = (): { step: (progress: string) => void; end: () => void } => {
  const { stderr } = process
  let shown = false
  let steps = 0
  return {
    step: (progress) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[KFetching Electron's runtime: ${progress}`)
      else if (steps++ % 10 === 0) tell(`Fetching Electron's runtime: ${progress}`)
      shown = true
    },
    end: () => {
      if (shown && stderr.isTTY) stderr.write('\n')
    }
  }
}

const openBrowserView = async (args: readonly string[], reason: string | null): Promise<void> => {
  if (reason !== null)
    tell(`The desktop window cannot open here (${reason}), so Teahouse opens in the browser instead.`)
  const program = join(HOME, 'out', 'main', 'headless.js')
  // The program reads its words from here, as if it had been started itself.
  process.argv = [process.execPath, program, 'view', ...viewOptions(args)]
  await import(pathToFileURL(program).href)
}

/** Why the desktop app did not open; null when it did and has ended. */
const openDesktop = async (args: readonly string[]): Promise<string | null> => {
  const reason = hopeless(args)
  if (reason !== null) return reason
  const electron = process.env['TEAHOUSE_ELECTRON'] ?? join(HOME, 'node_modules', 'electron')
  let executable = installedRuntime(electron)
  if (executable === null) {
    tell("Fetching Electron's runtime, once (about 110 MB)…")
    const progress = progressTeller()
    const fetched = await fetchRuntime(electron, progress.step)
    progress.end()
    if (!fetched.ok) return `Electron's runtime could not be fetched: ${fetched.reason}`
    executable = fetched.executable
  }
  const end = await runDesktop(executable, HOME, args)
  if (!end.came) return end.reason
  process.exitCode = end.code
  return null
}

/** How soon a program that npm left behind notices. */
const ORPHAN_MS = 1000

/**
 * npm passes a signal on to the shell it runs us in, and that shell may die of it without a word: then the wish to end
 * was meant for us.
 */
const endWithNpm = (): void => {
  if (process.env['npm_lifecycle_event'] !== 'start') return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, ORPHAN_MS)
  timer.unref()
}

export const start = async (args: readonly string[] = process.argv.slice(2)): Promise<void> => {
  endWithNpm()
  if (needsBuild(HOME)) {
    tell('Building Teahouse…')
    const trouble = build(HOME)
    if (trouble !== null) {
      tell(trouble)
      process.exitCode = 1
      return
    }
  }
  if (args.includes('--browser')) {
    await openBrowserView(args, null)
    return
  }
  const reason = await openDesktop(args)
  if (reason !== null) await openBrowserView(args, reason)
}
