import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { findChromium, hasDisplay, openWindow } from '../../src/headless/window.ts'
import { makeEventLog, until } from '../support/until.ts'
import { endAll, netcat, teahouse } from './program.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'teahouse-view-'))
})
afterEach(async () => {
  await endAll()
  rmSync(folder, { recursive: true, force: true })
})

const BUILT = fileURLToPath(new URL('../../out/renderer/index.html', import.meta.url))

describe('teahouse view', () => {
  test('prints an address that opens the app, hosts from it, and ends cleanly', async () => {
    expect(existsSync(BUILT), 'npm run build comes first').toBe(true)
    const program = teahouse(['view', '--no-window', '--data', folder], undefined, { DISPLAY: '', WAYLAND_DISPLAY: '' })
    const address = (await program.lines.until((line) => line.includes('?token='))).trim()
    const { port, origin } = new URL(address)
    await program.lines.until((line) => line.includes(`ssh -L ${port}:127.0.0.1:${port} `))

    const entered = await fetch(address, { redirect: 'manual' })
    expect(entered.status).toBe(302)
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    const page = await fetch(origin, { headers: { cookie } })
    expect(await page.text()).toBe(readFileSync(BUILT, 'utf8'))

    const tab = new WebSocket(`ws://127.0.0.1:${port}/bridge`, { headers: { cookie, origin } })
    const heard = makeEventLog<Record<string, unknown>>('tab')
    tab.on('message', (data: Buffer) => heard.add(JSON.parse(data.toString())))
    await new Promise((resolve) => tab.once('open', resolve))
    tab.send(JSON.stringify({ attach: true }))
    expect(await heard.until((message) => 'feed' in message)).toMatchObject({
      feed: { type: 'snapshot', state: { surroundings: { carrier: 'browser', profile: folder }, rooms: [] } }
    })
    const doors = [{ port: 0, dialect: 'gopl' }]
    tab.send(JSON.stringify({ id: 1, send: { type: 'host', name: 'tea', doors, language: 'en', bare: false } }))
    expect(await heard.until((message) => message['reply'] === 1)).toMatchObject({ value: { ok: true } })
    const told = () => /"doors":\[\{"address":"[^"]*","port":(\d+)/.exec(JSON.stringify(heard.entries))?.[1]
    await until(() => told() !== undefined)
    const nc = await netcat(Number(told()))
    await nc.lines.until((line) => line.startsWith('You are '))

    program.child.kill('SIGTERM')
    await nc.ended
    expect(nc.text().endsWith('* The room is closing\n')).toBe(true)
    expect(await program.exited).toBe(0)
    expect(program.stderr()).toBe('')
  })

  test('a taken port is one line, exit 1', async () => {
    const first = teahouse(['view', '--no-window', '--data', folder])
    const address = await first.lines.until((line) => line.includes('?token='))
    const { port } = new URL(address.trim())
    const second = teahouse(['view', '--no-window', '--data', folder, '--port', port])
    expect(await second.exited).toBe(1)
    expect(second.stdout()).toBe('')
    expect(second.stderr()).toBe(`teahouse: port ${port} is in use\n`)
  })
})

describe('a window of its own', () => {
  test('is a Chromium found on the path', () => {
    expect(findChromium({ PATH: folder }, 'linux')).toBeNull()
    const file = join(folder, 'google-chrome')
    writeFileSync(file, '')
    expect(findChromium({ PATH: `/nonexistent:${folder}` }, 'linux')).toBeNull()
    chmodSync(file, 0o755)
    expect(findChromium({ PATH: `/nonexistent:${folder}` }, 'linux')).toBe(file)
  })

  test('needs a display on Linux', () => {
    expect(hasDisplay({}, 'linux')).toBe(false)
    expect(hasDisplay({ DISPLAY: '' }, 'linux')).toBe(false)
    expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true)
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true)
    expect(hasDisplay({}, 'darwin')).toBe(true)
  })

  test('opens app-style, with a profile of its own and its sandbox on; a refusal is told', async () => {
    const said = join(folder, 'said')
    writeFileSync(join(folder, 'chromium'), `#!/bin/sh\necho "$@" > ${said}\nexit 1\n`, { mode: 0o755 })
    const path = process.env['PATH']
    try {
      process.env['PATH'] = `${folder}:${path ?? ''}`
      let failed = false
      const child = openWindow('http://127.0.0.1:1/?token=x', join(folder, 'browser'), () => (failed = true))
      expect(child).not.toBeNull()
      await until(() => failed)
    } finally {
      process.env['PATH'] = path
    }
    const args = readFileSync(said, 'utf8')
    expect(args).toContain('--app=http://127.0.0.1:1/?token=x')
    expect(args).toContain(`--user-data-dir=${join(folder, 'browser')}`)
    expect(args).not.toContain('sandbox')
  })
})
