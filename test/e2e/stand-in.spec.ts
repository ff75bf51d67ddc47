// The stand-in's own tests: what it promises about Electron's ways, on a program as small as possible.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { chooseHost, host } from './host.ts'
import { launchStandIn, type StandInApp } from './stand-in/host.ts'

test.skip(host !== 'stand-in', 'these are about the stand-in itself')

const MAIN = `
import { app, BrowserWindow, ipcMain, protocol } from 'electron'
const order = []
globalThis.order = order
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
for (const name of ['ready', 'before-quit', 'will-quit', 'quit', 'window-all-closed'])
  app.on(name, () => order.push(name))
ipcMain.handle('echo', (event, value) => value)
ipcMain.handle('kinds', (event, value) => Object.fromEntries(Object.entries(value).map(([k, v]) => [k, Object.prototype.toString.call(v)])))
ipcMain.handle('sender', (event) => [event.senderFrame === event.sender.mainFrame, event.senderFrame.origin, event.senderFrame.url])
ipcMain.handle('fail', () => { throw new TypeError('no tea') })
ipcMain.handle('function', () => () => 1)
ipcMain.handle('flood', (event, count) => { for (let i = 0; i < count; i++) event.sender.send('drop', i); return count })
const page = (body) => new Response('<!doctype html><title>sample</title>' + body, { headers: {
  'content-type': 'text/html', 'content-security-policy': "default-src 'none'; script-src 'none'" } })
if (app.requestSingleInstanceLock()) app.whenReady().then(() => {
  protocol.handle('app', (request) => page('<p>' + request.method + ' ' + request.url + '</p>'))
  app.on('second-instance', (event, argv) => { globalThis.second = argv.at(-1) })
  const window = new BrowserWindow({ show: false, webPreferences: { preload: import.meta.dirname + '/preload.cjs' } })
  window.on('close', (event) => { order.push('close'); if (globalThis.stay) event.preventDefault() })
  window.on('closed', () => order.push('closed'))
  window.loadURL('app://sample/index.html')
})
else app.quit()
`
const PRELOAD = `
const { contextBridge, ipcRenderer } = require('electron')
let dropped = []
ipcRenderer.on('drop', (event, n) => dropped.push(n))
contextBridge.exposeInMainWorld('sample', {
  invoke: (channel, value) => ipcRenderer.invoke(channel, value),
  echo: (value) => ipcRenderer.invoke('echo', value),
  kinds: (value) => ipcRenderer.invoke('kinds', value),
  dropped: () => dropped,
  later: (back) => Promise.resolve().then(() => back(new Map([[1, new Date(0)]]))),
  deep: { list: [1, { two: 2 }] },
  throws: () => { throw new Error('from the preload') },
  modules: () => { try { require('node:fs'); return 'reached' } catch (error) { return error.message } }
})
`

interface Sample {
  invoke(channel: string, value?: unknown): Promise<unknown>
  echo<T>(value: T): Promise<T>
  kinds(value: unknown): Promise<Record<string, string>>
  dropped(): number[]
  later(back: (value: Map<number, Date>) => unknown): Promise<unknown>
  deep: { list: unknown[] }
  throws(): void
  modules(): string
}
declare const window: { sample: Sample; process?: unknown; require?: unknown; ipcRenderer?: unknown }

const start = (browser: Browser | null, folder: string, args: string[] = []): Promise<StandInApp> => {
  if (!browser) throw new Error('no browser')
  // The manifest is looked for two folders above the program, as for the built app.
  const out = join(folder, 'out/main')
  mkdirSync(out, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module","version":"1.2.3"}')
  writeFileSync(join(out, 'index.js'), MAIN)
  writeFileSync(join(out, 'preload.cjs'), PRELOAD)
  return launchStandIn({ main: join(out, 'index.js'), browser, userData: join(folder, 'data'), args })
}

test('values cross as structured clones, both ways', async ({ browserForStandIn, profile }) => {
  const app = await start(browserForStandIn, profile)
  const page = await app.firstWindow()
  const kinds = await page.evaluate(() =>
    window.sample.kinds({
      date: new Date(5),
      map: new Map([[1, 2]]),
      set: new Set([1]),
      bytes: new Uint8Array([1, 2]),
      error: new RangeError('far'),
      big: 5n,
      list: [1],
      nothing: undefined,
      nan: Number.NaN
    })
  )
  expect(kinds).toEqual({
    date: '[object Date]',
    map: '[object Map]',
    set: '[object Set]',
    bytes: '[object Uint8Array]',
    error: '[object Error]',
    big: '[object BigInt]',
    list: '[object Array]',
    nothing: '[object Undefined]',
    nan: '[object Number]'
  })
  const back = await page.evaluate(async () => {
    const value = { date: new Date(5), big: 5n, bytes: new Uint8Array([1, 2]), map: new Map([['a', new Set([1])]]) }
    const echoed = await window.sample.echo(value)
    return [
      echoed !== value,
      echoed.date.getTime(),
      String(echoed.big),
      [...echoed.bytes].join(),
      echoed.map.get('a')?.has(1)
    ]
  })
  expect(back).toEqual([true, 5, '5', '1,2', true])
  const refused = await page.evaluate(() =>
    window.sample.invoke('echo', { run: () => 1 }).then(
      () => 'crossed',
      (error: Error) => error.message
    )
  )
  expect(refused).not.toBe('crossed')
  const answer = await page.evaluate(() => window.sample.invoke('function').catch((error: Error) => error.message))
  expect(answer).toMatch(/could not be cloned/)
  await app.close()
})

test('errors arrive in the words of Electron', async ({ browserForStandIn, profile }) => {
  const app = await start(browserForStandIn, profile)
  const page = await app.firstWindow()
  const fail = (channel: string): Promise<unknown> =>
    page.evaluate((name) => window.sample.invoke(name).catch((error: Error) => error.message), channel)
  expect(await fail('fail')).toBe("Error invoking remote method 'fail': TypeError: no tea")
  expect(await fail('nobody')).toBe("Error invoking remote method 'nobody': Error: No handler registered for 'nobody'")
  await app.close()
})

test('the page sees what the bridge exposes and nothing of the preload', async ({ browserForStandIn, profile }) => {
  const app = await start(browserForStandIn, profile)
  const page = await app.firstWindow()
  const seen = await page.evaluate(() => ({
    names: Object.keys(window.sample).toSorted(),
    deep: JSON.stringify(window.sample.deep),
    frozen: Object.isFrozen(window.sample),
    leaked: ['require', 'process', 'module', 'ipcRenderer', 'standInHost', 'standInDeliver'].filter(
      (name) => name in window
    ),
    modules: window.sample.modules()
  }))
  expect(seen).toEqual({
    names: ['deep', 'dropped', 'echo', 'invoke', 'kinds', 'later', 'modules', 'throws'],
    deep: '{"list":[1,{"two":2}]}',
    frozen: true,
    leaked: [],
    modules: 'module not found: node:fs'
  })
  expect(await page.evaluate(() => window.sample.later((value) => value.get(1)?.getTime()))).toBe(0)
  expect(
    await page.evaluate(() => {
      try {
        window.sample.throws()
        return ''
      } catch (error) {
        return error instanceof Error ? error.message : 'no error'
      }
    })
  ).toBe('from the preload')
  // A frame inside the page gets no bridge, and its calls no ear.
  const inner = await page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement('iframe'))
    return frame.contentWindow === null ? 'blocked' : 'sample' in frame.contentWindow
  })
  expect(inner).not.toBe(true)
  await app.close()
})

test('messages arrive all, in order', async ({ browserForStandIn, profile }) => {
  const app = await start(browserForStandIn, profile)
  const page = await app.firstWindow()
  expect(await page.evaluate(() => window.sample.invoke('flood', 2000))).toBe(2000)
  await expect.poll(() => page.evaluate(() => window.sample.dropped().length)).toBe(2000)
  expect(await page.evaluate(() => window.sample.dropped().every((n, i) => n === i))).toBe(true)
  await app.close()
})

test('the sender is the main frame on its own scheme', async ({ browserForStandIn, profile }) => {
  const app = await start(browserForStandIn, profile)
  const page = await app.firstWindow()
  expect(await page.evaluate(() => window.sample.invoke('sender'))).toEqual([
    true,
    'app://sample',
    'app://sample/index.html'
  ])
  await expect(page.locator('p')).toHaveText('GET app://sample/index.html')
  await app.close()
})

test('what is not stood in for fails loudly', async ({ browserForStandIn, profile }) => {
  const app = await start(browserForStandIn, profile)
  await app.firstWindow()
  const missing = (run: (electron: typeof import('electron')) => unknown): Promise<unknown> =>
    app.evaluate(run).catch((error: Error) => error.message)
  expect(await missing(({ app }) => app.getGPUInfo('basic'))).toMatch(/app\.getGPUInfo is not implemented/)
  expect(await missing(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setOpacity(1))).toMatch(
    /window\.setOpacity is not implemented/
  )
  expect(await missing(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.openDevTools())).toMatch(
    /webContents\.openDevTools is not implemented/
  )
  expect(await missing(({ session }) => session.defaultSession.clearCache())).toMatch(/clearCache is not implemented/)
  expect(await missing(({ Menu }) => Menu.buildFromTemplate([{ role: 'services' }]).items[0]?.click())).toMatch(
    /role services is not implemented/
  )
  await app.close()
})

test('closing and quitting go in the order of Electron', async ({ browserForStandIn, profile }) => {
  const app = await start(browserForStandIn, profile)
  await app.firstWindow()
  const order = (): Promise<string[]> => app.evaluate(() => Reflect.get(globalThis, 'order'))
  await app.evaluate(({ app }) => {
    Object.assign(globalThis, { stay: true })
    app.quit()
  })
  expect(await order()).toEqual(['ready', 'before-quit', 'close'])
  // A quit closes windows without telling that all are closed; a person who closes the last one does tell.
  const last = app.evaluate(({ app }) => {
    Object.assign(globalThis, { stay: false })
    app.quit()
    return Reflect.get(globalThis, 'order')
  })
  expect((await last).slice(3)).toEqual(['before-quit', 'close', 'closed', 'will-quit', 'quit'])
  expect(await app.exited).toBe(0)
  await app.close()
})

test('a second start hands its arguments over and ends', async ({ browserForStandIn, profile }) => {
  const first = await start(browserForStandIn, profile)
  await first.firstWindow()
  const second = await start(browserForStandIn, profile, ['hello'])
  expect(await second.exited).toBe(0)
  await expect.poll(() => first.evaluate(() => Reflect.get(globalThis, 'second'))).toBe('hello')
  await second.close()
  await first.close()
})

test('the host is named, never assumed', () => {
  expect(chooseHost(undefined, null)).toBe('stand-in')
  expect(chooseHost(undefined, '/e')).toBe('electron')
  expect(chooseHost('stand-in', '/e')).toBe('stand-in')
  expect(() => chooseHost('electron', null)).toThrow('no Electron')
  expect(() => chooseHost('firefox', '/e')).toThrow('two hosts')
})
