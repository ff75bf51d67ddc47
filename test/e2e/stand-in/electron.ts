/**
 * Stands in for Electron's `electron` module in the app's main process where there is no Electron. Windows are pages
 * of a real Chromium owned by the test process (host.ts). What is not here throws: a test can never pass because
 * something silently did nothing.
 *
 * Options come through the environment: STAND_IN_USER_DATA, the default folder for `userData`.
 */
import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runInThisContext } from 'node:vm'
import type { FromApp, ToApp } from './messages.ts'

type Arguments = unknown[]

const post = (message: FromApp): void => {
  process.send?.(message)
}
let count = 0
const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
type Question = { [T in FromApp['t']]: Extract<FromApp, { t: T }> }['create' | 'load' | 'script']
type WithoutSeq<Q> = Q extends { seq: number } ? Omit<Q, 'seq'> : never
const ask = (question: WithoutSeq<Question>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    pending.set(++count, { resolve, reject })
    post({ ...question, seq: count })
  })

/** Calls that have an effect outside the program, in order, for tests of the stand-in itself. */
export const standInCalls: { api: string; args: unknown[] }[] = []
const note = (api: string, ...args: unknown[]): void => {
  standInCalls.push({ api, args })
}

const harmless = new Set(['then', 'toJSON', 'default', 'constructor', 'prototype'])
/** Anything not stood in for fails loudly. */
const strict = <T extends object>(name: string, target: T): T =>
  new Proxy(target, {
    get: (object, key) => {
      if (typeof key === 'string' && !(key in object) && !harmless.has(key))
        throw new Error(`stand-in for Electron: ${name}.${key} is not implemented`)
      const value: unknown = Reflect.get(object, key, object)
      // Bound to the target, because private members do not pass through a Proxy.
      return typeof value === 'function' && typeof key === 'string' && !harmless.has(key) ? value.bind(object) : value
    },
    set: (object, key, value) => Reflect.set(object, key, value, object)
  })

interface Preventable {
  defaultPrevented: boolean
  preventDefault: () => void
}
const preventable = (more: object = {}): Preventable => {
  const event = {
    ...more,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true
    }
  }
  return event
}

// ---------- app ----------

class App extends EventEmitter {
  isPackaged = false
  name = 'stand-in'
  #isReady = false
  #quitting = false
  #badge = 0
  #holdsLock = false
  readonly #ready = Promise.withResolvers<void>()
  readonly #paths = new Map<string, string>([
    ['userData', process.env['STAND_IN_USER_DATA'] ?? join(tmpdir(), `stand-in-${process.pid}`)]
  ])
  readonly commandLine = {
    appendSwitch: (...args: Arguments) => note('app.commandLine.appendSwitch', ...args),
    hasSwitch: (name: string) => process.argv.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`)),
    getSwitchValue: (name: string) =>
      process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''
  }

  standInReady(): void {
    this.#isReady = true
    this.#ready.resolve()
    this.emit('ready', preventable(), {})
  }
  standInWindowGone(): void {
    if (windows.size > 0 || this.#quitting) return
    if (!this.emit('window-all-closed')) this.quit()
  }

  isReady(): boolean {
    return this.#isReady
  }
  whenReady(): Promise<void> {
    return this.#ready.promise
  }
  getName(): string {
    return this.name
  }
  setName(name: string): void {
    this.name = name
  }
  getVersion(): string {
    const manifest: { version: string } = JSON.parse(readFileSync(join(this.getAppPath(), 'package.json'), 'utf8'))
    return manifest.version
  }
  getLocale(): string {
    return this.commandLine.getSwitchValue('lang') || 'en-US'
  }
  getPreferredSystemLanguages(): string[] {
    return [this.getLocale()]
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? join(this.getPath('userData'), name)
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  getAppPath(): string {
    return dirname(dirname(dirname(process.argv[1] ?? '')))
  }
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
    note('app.enableSandbox')
  }
  setAppUserModelId(...args: Arguments): void {
    note('app.setAppUserModelId', ...args)
  }
  setAsDefaultProtocolClient(...args: Arguments): boolean {
    note('app.setAsDefaultProtocolClient', ...args)
    return true
  }
  setDesktopName(...args: Arguments): void {
    note('app.setDesktopName', ...args)
  }
  setAboutPanelOptions(...args: Arguments): void {
    note('app.setAboutPanelOptions', ...args)
  }
  setBadgeCount(badge: number): boolean {
    this.#badge = badge
    return true
  }
  getBadgeCount(): number {
    return this.#badge
  }
  focus(): void {
    note('app.focus')
  }
  /** One instance for each `userData`: the lock names the process that holds it, a socket carries the arguments over. */
  requestSingleInstanceLock(data?: unknown): boolean {
    const folder = this.getPath('userData')
    mkdirSync(folder, { recursive: true })
    const lock = join(folder, 'SingletonLock')
    const socket = join(folder, 'SingletonSocket')
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
    if (holder > 0 && holder !== process.pid && alive(holder)) {
      connect(socket).end(JSON.stringify({ argv: process.argv, cwd: process.cwd(), data }))
      return false
    }
    writeFileSync(lock, String(process.pid))
    this.#holdsLock = true
    rmSync(socket, { force: true })
    createServer((connection) => {
      let text = ''
      connection.setEncoding('utf8')
      connection.on('data', (part: string) => {
        text += part
      })
      connection.on('end', () => {
        const message: { argv: string[]; cwd: string; data?: unknown } = JSON.parse(text)
        this.emit('second-instance', preventable(), message.argv, message.cwd, message.data)
      })
    })
      .listen(socket)
      .unref()
    return true
  }
  quit(): void {
    if (this.#quitting) return
    this.#quitting = true
    const before = preventable()
    this.emit('before-quit', before)
    if (before.defaultPrevented) {
      this.#quitting = false
      return
    }
    for (const window of windows.values()) {
      window.close()
      if (!window.isDestroyed()) {
        this.#quitting = false
        return
      }
    }
    const will = preventable()
    this.emit('will-quit', will)
    if (will.defaultPrevented) {
      this.#quitting = false
      return
    }
    this.exit(0)
  }
  exit(code = 0): void {
    this.emit('quit', preventable(), code)
    if (this.#holdsLock) rmSync(join(this.getPath('userData'), 'SingletonLock'), { force: true })
    // After the messages that are still on their way to the test process.
    setTimeout(() => process.exit(code), 20)
  }
}
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
const theApp = new App()
export const app = strict('app', theApp)

// ---------- ipcMain ----------

type Handler = (event: unknown, ...args: Arguments) => unknown
class IpcMain extends EventEmitter {
  readonly standInHandlers = new Map<string, Handler>()
  handle(channel: string, handler: Handler): void {
    if (this.standInHandlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.standInHandlers.set(channel, handler)
  }
  removeHandler(channel: string): void {
    this.standInHandlers.delete(channel)
  }
}
const theIpcMain = new IpcMain()
export const ipcMain = strict('ipcMain', theIpcMain)

// ---------- session ----------

type Permission = (contents: unknown, permission: string, answer: (granted: boolean) => void, details: object) => void
type PermissionCheck = (contents: unknown, permission: string, origin: string, details: object) => boolean
/** What Chromium calls the permissions whose check handler it is told the answer of. */
const CHROMIUM_PERMISSIONS: Record<string, string> = {
  'clipboard-sanitized-write': 'clipboard-write',
  'clipboard-read': 'clipboard-read',
  notifications: 'notifications',
  geolocation: 'geolocation',
  midi: 'midi'
}
class Session extends EventEmitter {
  readonly protocol = {
    handle: (scheme: string, handler: SchemeHandler) => protocol.handle(scheme, handler)
  }
  standInRequest: Permission | null = null
  standInCheck: PermissionCheck | null = null
  standInDevice: ((details: object) => boolean) | null = null
  setPermissionRequestHandler(handler: Permission | null): void {
    this.standInRequest = handler
  }
  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.standInCheck = handler
  }
  /** Chromium gets for a page what the app's check grants it; without a check Electron grants everything. */
  standInGrant(contents: WebContents, origin: string): void {
    const granted = Object.entries(CHROMIUM_PERMISSIONS).filter(
      ([name]) => this.standInCheck?.(contents, name, origin, {}) ?? true
    )
    post({ t: 'grant', permissions: granted.map(([, name]) => name) })
  }
  setDevicePermissionHandler(handler: ((details: object) => boolean) | null): void {
    this.standInDevice = handler
  }
  setSpellCheckerEnabled(on: boolean): void {
    note('session.setSpellCheckerEnabled', on)
  }
}
const theSession = strict('session.defaultSession', new Session())
export const session = strict('session', { defaultSession: theSession })

// ---------- windows ----------

interface WebPreferences {
  preload?: string
  sandbox?: boolean
  contextIsolation?: boolean
  nodeIntegration?: boolean
}
interface Bounds {
  x: number
  y: number
  width: number
  height: number
}
interface WindowOptions extends Partial<Bounds> {
  name?: string
  title?: string
  show?: boolean
  backgroundColor?: string
  windowStatePersistence?: boolean | object
  webPreferences?: WebPreferences
}

/** A frame as `senderFrame` and `mainFrame` show it. */
class Frame {
  readonly parent: null = null
  readonly detached = false
  readonly #contents: WebContents
  constructor(contents: WebContents) {
    this.#contents = contents
  }
  get url(): string {
    return this.#contents.getURL()
  }
  get origin(): string {
    return /^[a-z-]+:\/\/[^/]+/.exec(this.url)?.[0] ?? 'null'
  }
  get top(): Frame {
    return this
  }
}

class WebContents extends EventEmitter {
  readonly id: number
  readonly mainFrame: Frame
  readonly session = theSession
  #url = ''
  #zoom = 0
  #open: ((details: { url: string }) => { action: string }) | null = null
  constructor(id: number) {
    super()
    this.id = id
    this.mainFrame = strict('webFrameMain', new Frame(this))
  }
  standInUrl(url: string): void {
    this.#url = url
  }
  standInOpen(url: string): void {
    const answer = this.#open?.({ url }) ?? { action: 'allow' }
    if (answer.action !== 'deny') throw new Error(`stand-in for Electron: the app let ${url} open a window`)
  }
  send(channel: string, ...args: Arguments): void {
    // A value that cannot be cloned fails here, in the caller, as in Electron.
    post({ t: 'send', id: this.id, channel, args: structuredClone(args) })
  }
  getURL(): string {
    return this.#url
  }
  isDestroyed(): boolean {
    return !windows.has(this.id)
  }
  isLoading(): boolean {
    return false
  }
  isCrashed(): boolean {
    return false
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#open = handler
  }
  executeJavaScript(code: string): Promise<unknown> {
    return ask({ t: 'script', id: this.id, code })
  }
  getZoomLevel(): number {
    return this.#zoom
  }
  setZoomLevel(level: number): void {
    this.#zoom = level
    // Chromium's own law: each level is 20 % of the one before.
    post({ t: 'zoom', id: this.id, factor: 1.2 ** level })
  }
  reload(): void {
    this.emit('did-start-navigation', preventable({ url: this.#url, isMainFrame: true, isSameDocument: false }))
    void ask({ t: 'load', id: this.id, url: this.#url }).then(() => this.emit('did-finish-load', preventable()))
  }
  close(): void {
    windows.get(this.id)?.close()
  }
}

const placesFile = (): string => join(theApp.getPath('userData'), 'stand-in-window-places.json')
const rememberedPlaces = (): Record<string, Bounds> =>
  JSON.parse(existsSync(placesFile()) ? readFileSync(placesFile(), 'utf8') : '{}')

const windows = new Map<number, StandInWindow>()
class StandInWindow extends EventEmitter {
  static #next = 1
  static getAllWindows(): StandInWindow[] {
    return [...windows.values()]
  }
  static fromWebContents(contents: WebContents): StandInWindow | null {
    return windows.get(contents.id) ?? null
  }
  static fromId(id: number): StandInWindow | null {
    return windows.get(id) ?? null
  }
  static getFocusedWindow(): StandInWindow | null {
    return [...windows.values()].find((window) => window.isFocused()) ?? null
  }

  readonly id = StandInWindow.#next++
  readonly webContents: WebContents
  readonly #place: string | null
  readonly #created: Promise<unknown>
  #bounds: Bounds
  #visible: boolean
  #focused = false
  #minimized = false
  #maximized = false
  #title: string
  #background: string
  constructor(options: WindowOptions = {}) {
    super()
    this.#place = options.windowStatePersistence && options.name ? options.name : null
    const size = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
    this.#bounds = (this.#place === null ? undefined : rememberedPlaces()[this.#place]) ?? size
    this.#visible = options.show !== false
    this.#title = options.title ?? theApp.name
    this.#background = options.backgroundColor ?? '#FFFFFF'
    note('new BrowserWindow', options)
    const contents = new WebContents(this.id)
    this.webContents = strict('webContents', contents)
    windows.set(this.id, this)
    const { width, height } = this.#bounds
    this.#created = ask({ t: 'create', id: this.id, width, height, preload: options.webPreferences?.preload ?? null })
    theApp.emit('web-contents-created', preventable(), this.webContents)
    theApp.emit('browser-window-created', preventable(), this)
  }

  standInTitle(title: string): void {
    const event = preventable()
    this.emit('page-title-updated', event, title, true)
    if (!event.defaultPrevented) this.#title = title
  }

  async loadURL(url: string): Promise<void> {
    await this.#created
    this.webContents.standInUrl(url)
    this.webContents.emit('did-start-navigation', preventable({ url, isMainFrame: true, isSameDocument: false }))
    theSession.standInGrant(this.webContents, `${this.webContents.mainFrame.origin}/`)
    await ask({ t: 'load', id: this.id, url })
    this.webContents.emit('did-finish-load', preventable())
    this.emit('ready-to-show')
  }
  show(): void {
    this.#visible = true
    this.emit('show')
    this.focus()
  }
  showInactive(): void {
    this.#visible = true
    this.emit('show')
  }
  hide(): void {
    this.#visible = false
    this.blur()
    this.emit('hide')
  }
  focus(): void {
    if (this.#focused) return
    this.#focused = true
    post({ t: 'focus', id: this.id, focused: true })
    this.emit('focus')
  }
  blur(): void {
    if (!this.#focused) return
    this.#focused = false
    post({ t: 'focus', id: this.id, focused: false })
    this.emit('blur')
  }
  minimize(): void {
    this.#minimized = true
    this.blur()
    this.emit('minimize')
  }
  restore(): void {
    this.#minimized = false
    this.emit('restore')
  }
  maximize(): void {
    this.#maximized = true
    this.emit('maximize')
  }
  unmaximize(): void {
    this.#maximized = false
    this.emit('unmaximize')
  }
  isVisible(): boolean {
    return this.#visible
  }
  isFocused(): boolean {
    return this.#focused
  }
  isMinimized(): boolean {
    return this.#minimized
  }
  isMaximized(): boolean {
    return this.#maximized
  }
  isFullScreen(): boolean {
    return false
  }
  isDestroyed(): boolean {
    return !windows.has(this.id)
  }
  getBounds(): Bounds {
    return { ...this.#bounds }
  }
  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds }
    if (this.#place !== null)
      writeFileSync(placesFile(), JSON.stringify({ ...rememberedPlaces(), [this.#place]: this.#bounds }))
    post({ t: 'resize', id: this.id, width: this.#bounds.width, height: this.#bounds.height })
    this.emit('resize')
  }
  setTitle(title: string): void {
    this.#title = title
  }
  getTitle(): string {
    return this.#title
  }
  setBackgroundColor(color: string): void {
    this.#background = color
  }
  getBackgroundColor(): string {
    return this.#background
  }
  flashFrame(on: boolean): void {
    note('window.flashFrame', on)
  }
  setOverlayIcon(...args: Arguments): void {
    note('window.setOverlayIcon', ...args)
  }
  close(): void {
    const event = preventable()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }
  destroy(): void {
    if (!windows.delete(this.id)) return
    post({ t: 'destroy', id: this.id })
    this.webContents.emit('destroyed')
    this.emit('closed')
    theApp.standInWindowGone()
  }
}
/** The instances are strict too: what the app does with a window must be here, or fail. */
export const BrowserWindow = new Proxy(strict('BrowserWindow', StandInWindow), {
  construct: (target, args: [WindowOptions?]) => {
    const window = new target(...args)
    const guarded = strict('window', window)
    windows.set(window.id, guarded)
    return guarded
  }
})

// ---------- what the desktop shows ----------

export const shell = strict('shell', {
  openExternal: (url: string): Promise<void> => {
    note('shell.openExternal', url)
    return Promise.resolve()
  },
  showItemInFolder: (path: string): void => note('shell.showItemInFolder', path),
  beep: (): void => note('shell.beep')
})

export const dialog = strict('dialog', {
  showMessageBox: (...args: Arguments): Promise<{ response: number; checkboxChecked: boolean }> => {
    note('dialog.showMessageBox', args.at(-1))
    return Promise.resolve({ response: 0, checkboxChecked: false })
  },
  /** Nobody is there to choose: a test that wants a file puts its own answer here. */
  showSaveDialog: (...args: Arguments): Promise<{ canceled: boolean; filePath: string }> => {
    note('dialog.showSaveDialog', args.at(-1))
    return Promise.resolve({ canceled: true, filePath: '' })
  },
  showErrorBox: (...args: Arguments): void => note('dialog.showErrorBox', ...args)
})

interface ItemOptions {
  id?: string
  label?: string
  role?: string
  type?: string
  accelerator?: string
  enabled?: boolean
  visible?: boolean
  checked?: boolean
  submenu?: ItemOptions[] | Menu
  click?: (item: MenuItem, window: unknown, event: object) => void
}
export class MenuItem {
  readonly id: string | undefined
  readonly label: string
  readonly role: string | undefined
  readonly type: string
  readonly accelerator: string | undefined
  readonly submenu: Menu | undefined
  readonly click: () => void
  enabled: boolean
  visible: boolean
  checked: boolean
  constructor(options: ItemOptions) {
    this.id = options.id
    this.role = options.role
    this.label = options.label ?? options.role ?? ''
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal')
    this.accelerator = options.accelerator
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.checked = options.checked ?? false
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : options.submenu
    this.click = () => {
      if (!this.enabled) return
      const window = StandInWindow.getFocusedWindow()
      if (options.click) options.click(this, window ?? undefined, {})
      else if (this.role === 'quit') theApp.quit()
      else if (this.role === 'close') window?.close()
      else if (this.role === 'minimize') window?.minimize()
      else if (window && this.role === 'zoomin')
        window.webContents.setZoomLevel(window.webContents.getZoomLevel() + 0.5)
      else if (window && this.role === 'zoomout')
        window.webContents.setZoomLevel(window.webContents.getZoomLevel() - 0.5)
      else if (window && this.role === 'resetzoom') window.webContents.setZoomLevel(0)
      else throw new Error(`stand-in for Electron: the menu role ${this.role ?? '(none)'} is not implemented`)
    }
  }
}
export class Menu {
  static #application: Menu | null = null
  readonly items: MenuItem[] = []
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application
  }
  static buildFromTemplate(template: ItemOptions[]): Menu {
    const menu = new Menu()
    for (const options of template)
      // Electron compares roles without regard to case and keeps them in lower case.
      menu.items.push(new MenuItem(options.role ? { ...options, role: options.role.toLowerCase() } : options))
    return menu
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : (item.submenu?.getMenuItemById(id) ?? null)
      if (found) return found
    }
    return null
  }
}

export class Notification extends EventEmitter {
  title: string
  body: string
  silent: boolean
  constructor(options: { title?: string; body?: string; silent?: boolean } = {}) {
    super()
    this.title = options.title ?? ''
    this.body = options.body ?? ''
    this.silent = options.silent ?? false
  }
  static isSupported(): boolean {
    return true
  }
  show(): void {
    note('Notification.show', { title: this.title, body: this.body })
    this.emit('show', preventable())
  }
  close(): void {
    this.emit('close', preventable())
  }
}

type ThemeSource = 'system' | 'light' | 'dark'
class NativeTheme extends EventEmitter {
  #source: ThemeSource = 'system'
  get themeSource(): ThemeSource {
    return this.#source
  }
  set themeSource(source: ThemeSource) {
    this.#source = source
    post({ t: 'theme', theme: source })
    this.emit('updated')
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark'
  }
}
export const nativeTheme = strict('nativeTheme', new NativeTheme())

interface Image {
  isEmpty: () => boolean
  getSize: () => { width: number; height: number }
}
const image = (empty: boolean, width = 0, height = 0): Image =>
  strict('nativeImage()', { isEmpty: () => empty, getSize: () => ({ width, height }) })
export const nativeImage = strict('nativeImage', {
  createFromPath: (path: string) => image(!existsSync(path)),
  createFromBitmap: (_bytes: Buffer, size: { width: number; height: number }) => image(false, size.width, size.height),
  createEmpty: () => image(true)
})

let clipped = ''
export const clipboard = strict('clipboard', {
  readText: (): string => clipped,
  writeText: (text: string): void => {
    clipped = text
  }
})
export const powerMonitor = strict('powerMonitor', new EventEmitter())
export const screen = strict('screen', {
  getPrimaryDisplay: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 }, scaleFactor: 1 })
})

type SchemeHandler = (request: Request) => Response | Promise<Response>
const schemes = new Map<string, SchemeHandler>()
export const protocol = strict('protocol', {
  registerSchemesAsPrivileged: (list: object[]): void => {
    if (theApp.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    note('protocol.registerSchemesAsPrivileged', ...list)
  },
  handle: (scheme: string, handler: SchemeHandler): void => {
    if (!theApp.isReady()) throw new Error('protocol.handle can only be used after app is ready')
    schemes.set(scheme, handler)
    post({ t: 'scheme', scheme })
  }
})

// ---------- what the test process says ----------

const words = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))

type Asked = Extract<ToApp, { seq: number }>
const answerTo = async (message: Exclude<Asked, { t: 'reply' }>): Promise<unknown> => {
  switch (message.t) {
    case 'invoke': {
      const handler = theIpcMain.standInHandlers.get(message.channel)
      const invoking = `Error invoking remote method '${message.channel}'`
      if (!handler) throw new Error(`${invoking}: Error: No handler registered for '${message.channel}'`)
      try {
        return structuredClone(await handler(senderOf(message), ...message.args))
      } catch (error) {
        throw new Error(`${invoking}: ${words(error)}`, { cause: error })
      }
    }
    case 'navigate': {
      const contents = windows.get(message.id)?.webContents
      const details = { url: message.url, isMainFrame: message.mainFrame, isSameDocument: false }
      const frame = preventable(details)
      contents?.emit('will-frame-navigate', frame)
      if (!message.mainFrame) return !frame.defaultPrevented
      const main = preventable(details)
      contents?.emit('will-navigate', main, message.url)
      const allowed = !frame.defaultPrevented && !main.defaultPrevented
      if (allowed) contents?.standInUrl(message.url)
      return allowed
    }
    case 'quit':
      theApp.quit()
      return undefined
    case 'evaluate': {
      const run: (electron: unknown, argument: unknown) => unknown = runInThisContext(`(${message.code})`)
      return structuredClone(await run(await import('./electron.ts'), message.argument))
    }
    case 'fetch': {
      const handler = schemes.get(message.scheme)
      if (!handler) throw new Error(`no handler for the scheme ${message.scheme}`)
      const response = await handler(new Request(message.url, { method: message.method }))
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: new Uint8Array(await response.arrayBuffer())
      }
    }
  }
}
const senderOf = (message: { id: number; url: string }): object => {
  const contents = windows.get(message.id)?.webContents
  if (!contents) return { sender: null, senderFrame: null }
  return { sender: contents, senderFrame: contents.mainFrame, frameId: 1, processId: message.id }
}

const isAsked = (message: ToApp): message is Exclude<Asked, { t: 'reply' }> => 'seq' in message && message.t !== 'reply'
process.on('message', (message: ToApp) => {
  if (isAsked(message)) {
    answerTo(message).then(
      (value) => post({ t: 'answer', seq: message.seq, value }),
      (error: unknown) =>
        post({ t: 'answer', seq: message.seq, error: error instanceof Error ? error.message : String(error) })
    )
    return
  }
  switch (message.t) {
    case 'reply': {
      const waiting = pending.get(message.seq)
      pending.delete(message.seq)
      if (message.error === undefined) waiting?.resolve(message.value)
      else waiting?.reject(new Error(message.error))
      return
    }
    case 'tell':
      theIpcMain.emit(message.channel, senderOf(message), ...message.args)
      return
    case 'popup':
      windows.get(message.id)?.webContents.standInOpen(message.url)
      return
    case 'title':
      windows.get(message.id)?.standInTitle(message.title)
      return
    case 'gone':
      windows.get(message.id)?.close()
      return
    case 'crashed':
      windows
        .get(message.id)
        ?.webContents.emit('render-process-gone', preventable(), { reason: 'crashed', exitCode: 139 })
  }
})

setImmediate(() => theApp.standInReady())
