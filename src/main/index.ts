import { app, dialog, Menu, nativeTheme, powerMonitor, protocol, session, shell, type BrowserWindow } from 'electron'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openApp } from '../node/app.ts'
import { profileFolder } from '../node/profile.ts'
import { JOIN_SCHEME, joinLinkAmong, type JoinTarget, readJoinLink } from '../shared/join-link.ts'
import type { AppState, ConversationId, Wish } from '../shared/state.ts'
import { makeAttention } from './attention.ts'
import { chooseFile } from './choose-file.ts'
import { watchFailures } from './failure.ts'
import { follow } from './follow.ts'
import { carry } from './ipc.ts'
import { openLinkWith } from './link.ts'
import { CHANGING, enabledEntries, menuTemplate } from './menu.ts'
import { makeNotifier } from './notify.ts'
import { PAGE_SCHEME, servePage } from './page-scheme.ts'
import { makeLeaving } from './quit.ts'
import { closeDoors } from './security.ts'
import { watchNetwork } from '../node/wake.ts'
import { openWindow, present } from './window.ts'
import { languageOf, wordsIn } from './words.ts'

const APP_ID = 'org.teahouse.desktop'
/** Wishes kept for a page that is not there yet: the last ones are what the person wants. */
const WISHES_KEPT = 5
/** Rooms that do not let go in this time are left anyway. */
const CLOSE_MS = 8000

/** Electron keeps its own files below the profile, and takes its one-instance lock there. */
const liveIn = (profile: string): void => {
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    app.setPath('userData', profile)
    const browser = join(profile, 'browser')
    mkdirSync(browser, { recursive: true, mode: 0o700 })
    app.setPath('sessionData', browser)
  } catch (error) {
    // A profile that cannot be written must not keep the app from opening: the settings file tells the person.
    console.error(`The profile ${profile} cannot be written: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

/** Links of our scheme open this program. The two dashes keep a link from becoming a switch of ours. */
const offerScheme = (): void => {
  if (app.isPackaged) app.setAsDefaultProtocolClient(JOIN_SCHEME, process.execPath, ['--'])
  else if (process.platform === 'win32')
    app.setAsDefaultProtocolClient(JOIN_SCHEME, process.execPath, [app.getAppPath(), '--'])
}

const start = (profile: string): void => {
  let say = wordsIn('en')
  let state: AppState | null = null
  let looking: ConversationId | null = null
  let window: BrowserWindow | null = null
  let unread = 0
  let mentions = 0
  let wishes: Wish[] = []
  /** Hands a wish to the page; false while there is none. */
  let deliver = (_wished: Wish): boolean => false
  const wish = (wished: Wish): void => {
    if (!deliver(wished)) wishes = [...wishes, wished].slice(-WISHES_KEPT)
  }
  let comeForward = (): void => {}

  const failures = watchFailures(() => say, profile)
  const invite = (target: JoinTarget | null): void => {
    comeForward()
    // The link fills the Connect dialog; connecting is the person's to decide.
    if (target) wish({ wish: 'connect', ...target })
  }
  // A link may come before anything stands: macOS sends it while the app starts.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    invite(readJoinLink(url))
  })
  app.on('second-instance', (_event, args) => invite(joinLinkAmong(args)))

  const open = async (): Promise<void> => {
    await app.whenReady()
    say = wordsIn(languageOf(app.getLocale()))
    offerScheme()
    const attention = makeAttention(() => window)
    const showAttention = (): void => attention.show(unread, mentions, say)
    const notifier = makeNotifier((conversation) => {
      comeForward()
      wish({ wish: 'show', conversation })
    })
    const teahouse = await openApp({
      profile,
      carrier: 'electron',
      version: app.getVersion(),
      systemLanguage: languageOf(app.getLocale()),
      notify: (told) => notifier.show(told),
      badge: (unreadNow, mentionsNow) => {
        unread = unreadNow
        mentions = mentionsNow
        showAttention()
      },
      openLink: (url) => openLink(url),
      exportTo: (fileName, { format }) => chooseFile(fileName, format, say, window),
      showFile: (path) => shell.showItemInFolder(path)
    })
    const { switchboard, log } = teahouse
    const openLink = openLinkWith(log)
    failures.known(log, () => teahouse.close())

    closeDoors(app, session.defaultSession, log)
    protocol.handle(PAGE_SCHEME, servePage(join(import.meta.dirname, '../renderer')))

    const leaving = makeLeaving({
      hosting: () => switchboard.hosting(),
      ask: async () => {
        const guests = switchboard.guests()
        const options = {
          type: 'question' as const,
          message: say('leaving.question'),
          detail: guests === 0 ? say('leaving.nobody') : say('leaving.people', { count: guests }),
          buttons: [say('leaving.quit'), say('leaving.stay')],
          defaultId: 1,
          cancelId: 1,
          noLink: true
        }
        comeForward()
        const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options))
        return response === 0
      },
      close: async () => {
        const tooLong = setTimeout(() => app.exit(0), CLOSE_MS)
        stopWatching()
        notifier.close()
        window?.hide()
        await teahouse.close()
        clearTimeout(tooLong)
      },
      end: () => {
        window?.destroy()
        app.quit()
      },
      failed: (error) => log.error('failure while leaving', { error })
    })
    process.on('SIGINT', () => leaving.now())
    process.on('SIGTERM', () => leaving.now())
    powerMonitor.on('shutdown', () => leaving.now())
    app.on('before-quit', (event) => {
      if (leaving.gone()) return
      event.preventDefault()
      leaving.wish()
    })
    app.on('window-all-closed', () => app.quit())

    const wake = (): void => switchboard.wake()
    powerMonitor.on('resume', wake)
    const stopWatching = watchNetwork(wake)

    let language = say
    const drawMenu = (): void => {
      const enabled = enabledEntries(state, looking)
      const menu = Menu.getApplicationMenu()
      if (language !== say || !menu?.getMenuItemById('host')) {
        language = say
        Menu.setApplicationMenu(
          Menu.buildFromTemplate(menuTemplate({ say, platform: process.platform, enabled, wish }))
        )
        return
      }
      for (const id of CHANGING) {
        const item = menu.getMenuItemById(id)
        if (item) item.enabled = enabled[id]
      }
    }
    let spoken: string | null = null
    follow(
      (listener) => switchboard.attach(listener),
      (now) => {
        state = now
        const { theme, language: chosen } = now.preferences
        if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme
        const speak = chosen === 'system' ? now.surroundings.systemLanguage : chosen
        if (speak !== spoken) {
          spoken = speak
          say = wordsIn(speak)
          showAttention()
        }
        drawMenu()
      }
    )

    const page = carry({
      switchboard,
      log,
      window: () => (window && !window.isDestroyed() ? window.webContents : null),
      onCommand: (command) => {
        if (command.type !== 'look') return
        looking = command.conversation
        if (command.inFront && command.conversation !== null) notifier.seen(command.conversation)
        drawMenu()
      },
      onAttached: () => {
        const waiting = wishes
        wishes = []
        for (const wished of waiting) wish(wished)
      }
    })
    deliver = (wished) => {
      if (!page.attached()) return false
      switchboard.wish(wished)
      return true
    }

    window = openWindow({
      preload: join(import.meta.dirname, '../preload/bridge.cjs'),
      title: say('app'),
      log,
      mayClose: () => {
        if (!leaving.gone()) leaving.wish()
        return leaving.gone()
      },
      lost: () => failures.fail(new Error('the page died too often'), 'fault.window'),
      sessionEnds: () => leaving.now()
    })
    window.on('closed', () => {
      window = null
    })
    showAttention()
    // Before the window can be called forward: it shows itself once it is drawn.
    invite(joinLinkAmong(process.argv))
    comeForward = () => {
      if (window) present(window)
    }
    switchboard.start()
  }
  open().catch((error: unknown) => failures.fail(error))
}

app.enableSandbox()
// Rooms speak through Node's sockets; Chromium itself has nobody to call, not even ahead of a request it would refuse.
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } }])
app.setAppUserModelId(APP_ID)
const profile = profileFolder()
liveIn(profile)
// A second start hands its arguments to the first and ends.
if (app.requestSingleInstanceLock()) start(profile)
else app.quit()
