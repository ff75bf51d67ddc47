import { spawn } from 'node:child_process'

/** Starts Electron and tells whether it came up. Its sandbox is never switched off here (decision 22). */

/** Electron that refuses to start ends within this time; one that lives longer has opened. */
const REFUSAL_MS = 10_000
/** What it writes in its first moments is held back: if it refuses, one sentence says it better. */
const QUIET_MS = 3_000
const LAST_WORDS_MS = 500

export type DesktopEnd = { came: true; code: number } | { came: false; reason: string }

/** Known last words of Electron, and what they mean. */
const LAST_WORDS: [RegExp, (found: RegExpExecArray) => string][] = [
  [/running as root without --no-sandbox/i, () => 'it does not run as root with its sandbox on'],
  [/error while loading shared libraries: ([\w.+-]+)/, (found) => `this system lacks the library ${found[1] ?? ''}`],
  [
    /no usable sandbox|suid sandbox helper|credentials\.cc|zygote_host_impl/i,
    () => 'this system does not allow its sandbox'
  ],
  [/missing x server|unable to open x display|cannot open display|ozone_platform/i, () => 'there is no display']
]

/** Why Electron ended at once, in a few words. */
export const refusal = (stderr: string, code: number | null, signal: string | null): string => {
  for (const [pattern, meaning] of LAST_WORDS) {
    const found = pattern.exec(stderr)
    if (found !== null) return meaning(found)
  }
  return code === null ? `it was ended by ${signal ?? 'a signal'}` : `it ended with code ${code}`
}

/** Why there is no point in trying, before anything is fetched or started; null: try. */
export const hopeless = (
  flags: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  uid: number | undefined = process.getuid?.()
): string | null => {
  if (platform === 'linux' && uid === 0 && !flags.includes('--no-sandbox'))
    return 'it does not run as root with its sandbox on'
  const display = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((value) => value !== undefined && value !== '')
  const own = flags.some((flag) => /^--(?:headless|ozone-platform)\b/.test(flag))
  return platform === 'linux' && !display && !own ? 'there is no display' : null
}

/** Runs the app in Electron until it ends. */
export const runDesktop = (executable: string, home: string, flags: readonly string[]): Promise<DesktopEnd> =>
  new Promise((resolve) => {
    const started = performance.now()
    const child = spawn(executable, [home, ...flags], { stdio: ['inherit', 'inherit', 'pipe'] })
    let held: string | null = ''
    const release = (): void => {
      if (held !== null) process.stderr.write(held)
      held = null
    }
    const quiet = setTimeout(release, QUIET_MS)
    child.stderr.setEncoding('utf8')
    let words = ''
    child.stderr.on('data', (text: string) => {
      words = `${words}${text}`.slice(-20_000)
      if (held === null) process.stderr.write(text)
      else held += text
    })
    let asked = false
    const forward = (signal: NodeJS.Signals) => (): void => {
      asked = true
      child.kill(signal)
    }
    const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => [signal, forward(signal)] as const)
    for (const [signal, run] of signals) process.on(signal, run)
    const done = (end: DesktopEnd): void => {
      clearTimeout(quiet)
      for (const [signal, run] of signals) process.off(signal, run)
      resolve(end)
    }
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (code !== 0 && !asked && performance.now() - started < REFUSAL_MS) {
        done({ came: false, reason: refusal(words, code, signal) })
        return
      }
      release()
      done({ came: true, code: code ?? (asked ? 0 : 1) })
    }
    child.on('error', (error) => done({ came: false, reason: `it does not start: ${error.message}` }))
    // A helper process may hold the pipe open after its parent died: its last words are waited for, not for ever.
    child.on('exit', (code, signal) => setTimeout(ended, LAST_WORDS_MS, code, signal))
    child.on('close', ended)
  })
