import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openApp } from '../node/app.ts'
import { profileFolder } from '../node/profile.ts'
import { openViewServer } from '../node/view-server.ts'
import { watchNetwork } from '../node/wake.ts'
import type { ViewArguments } from './arguments.ts'
import { EXIT, onSignals, openConsole } from './console.ts'
import { systemLanguage } from './language.ts'
import { version } from './version.ts'
import { hasDisplay, mayOpenWindow, openWindow } from './window.ts'

/** From out/main/headless.js and from src/headless/view.ts alike: the checkout or the package. */
const HOME = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')
const PAGES = join(HOME, 'out', 'renderer')

/**
 * Whether a key pressed in the terminal is for us. Reading in the background would stop the program (SIGTTIN).
 * `/proc/self/stat`: pgrp and tpgid are the third and sixth field after the name in parentheses.
 */
const inForeground = (): boolean => {
  if (!process.stdin.isTTY) return false
  if (process.platform !== 'linux') return true
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[2] === fields[5]
  } catch {
    // No /proc here: the printed address has to do.
    return false
  }
}

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    // An account without an entry, as in some containers.
    return 'USER'
  }
}

/** `teahouse view`: the app in this machine's browser. Resolves with the exit code. */
export const view = async (args: ViewArguments): Promise<number> => {
  const asked = Promise.withResolvers<void>()
  const out = openConsole(() => undefined)
  onSignals(() => asked.resolve())

  const profile = args.data === null ? profileFolder() : resolve(args.data)
  const app = await openApp({
    profile,
    carrier: 'browser',
    version,
    systemLanguage: systemLanguage(),
    // A tab tells of news by its title; system notifications belong to the desktop app.
    notify: () => undefined,
    badge: () => undefined,
    // The page itself opens what the gate let through.
    openLink: () => true,
    // The browser keeps it where it keeps downloads, which may be on another machine.
    exportTo: () => Promise.resolve({ to: 'page' }),
    showFile: () => undefined
  })
  const opened = await openViewServer({
    pages: PAGES,
    port: args.port,
    side: app.switchboard,
    download: (secret) => app.download(secret),
    bug: (error) => app.log.error('view server', { error })
  })
  if (!opened.ok) {
    out.complain(opened.text)
    await app.close()
    return EXIT.failed
  }
  const { server } = opened
  if (args.link !== null) app.switchboard.wish({ wish: 'connect', ...args.link })
  app.switchboard.start()
  const stopWatching = watchNetwork(() => app.switchboard.wake())

  const tellAddress = (): void => {
    out.text(
      `Teahouse runs. Open this address in a browser of this computer; it works once:\n\n  ${server.address()}\n`
    )
    if (!hasDisplay())
      out.text(
        `From another computer, first:  ssh -L ${server.port}:127.0.0.1:${server.port} ${userName()}@${hostname()}\n` +
          'and then open the same address there.'
      )
  }
  let child: ReturnType<typeof openWindow> = null
  tellAddress()
  if (args.window && mayOpenWindow())
    child = openWindow(server.address(), join(profile, 'browser'), () =>
      out.text('No window could be opened for it: use the address.')
    )
  const keys = inForeground()
  out.text(keys ? 'Enter prints a new address; Ctrl+C ends Teahouse.' : 'Ctrl+C or SIGTERM ends Teahouse.')
  if (keys) process.stdin.on('data', tellAddress)

  await asked.promise
  process.stdin.pause()
  stopWatching()
  child?.kill()
  await server.close()
  await app.close()
  await out.flush()
  return EXIT.fine
}
