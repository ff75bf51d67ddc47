import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { majorOf, whatIsMissing } from '../../scripts/node-version.js'
import { buildTrouble, needsBuild } from '../../scripts/start/build.ts'
import { hopeless, refusal } from '../../scripts/start/desktop.ts'
import { fetchRuntime, installedRuntime } from '../../scripts/start/runtime.ts'
import { viewOptions } from '../../scripts/start/start.ts'

const HOME = fileURLToPath(new URL('../..', import.meta.url))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'teahouse-start-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string, text: string, mode = 0o644): void => {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}

describe('the Node that runs the scripts', () => {
  test.each([
    ['v24.21.0', 24],
    ['20.20.2', 20],
    ['nonsense', 0]
  ])('%s has the major version %i', (version, major) => {
    expect(majorOf(version)).toBe(major)
  })

  test('too old is told in one sentence that says what to do', () => {
    expect(whatIsMissing('24.0.0')).toBeNull()
    expect(whatIsMissing('25.1.0')).toBeNull()
    expect(whatIsMissing('20.20.2')).toMatch(/^[^\n]*Node 24[^\n]*Node 20\.20\.2[^\n]*npm ci[^\n]*$/)
  })

  test.each(['scripts/start.js', 'scripts/test.js'])(
    '%s says so on an old one, before it reads anything newer',
    (script) => {
      write('old.mjs', "Object.defineProperty(process.versions, 'node', { value: '20.1.0' })\n")
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        ['--import', join(folder, 'old.mjs'), '--no-experimental-strip-types', join(HOME, script)],
        { encoding: 'utf8' }
      )
      expect(status).toBe(1)
      expect(stdout).toBe('')
      expect(stderr.trim()).toBe(whatIsMissing('20.1.0'))
    }
  )
})

describe('building', () => {
  const PRODUCTS = ['out/main/index.js', 'out/main/headless.js', 'out/preload/bridge.cjs', 'out/renderer/index.html']

  test('is needed when something is missing or older than its sources', () => {
    write('src/main/index.ts', '')
    expect(needsBuild(folder)).toBe(true)
    for (const product of PRODUCTS) write(product, '')
    for (const product of PRODUCTS) utimesSync(join(folder, product), new Date(), new Date(Date.now() + 10_000))
    expect(needsBuild(folder)).toBe(false)
    utimesSync(join(folder, 'src/main/index.ts'), new Date(), new Date(Date.now() + 20_000))
    expect(needsBuild(folder)).toBe(true)
  })
})

test('a builder that fails is quoted without its stack trace', () => {
  const words = '\u001b[31merror\u001b[0m during build:\nError: EACCES: x\n    at f (node:fs:1:1)\n    at async g (y)\n'
  expect(buildTrouble(words)).toBe('error during build:\nError: EACCES: x')
})

describe('whether Electron has a chance', () => {
  const display = { DISPLAY: ':0' }
  test('not as root with its sandbox on', () => {
    expect(hopeless([], display, 'linux', 0)).toContain('root')
    expect(hopeless(['--no-sandbox'], display, 'linux', 0)).toBeNull()
    expect(hopeless([], display, 'linux', 1000)).toBeNull()
  })
  test('not without a display, on Linux', () => {
    expect(hopeless([], {}, 'linux', 1000)).toContain('display')
    expect(hopeless([], { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', 1000)).toBeNull()
    expect(hopeless(['--ozone-platform=headless'], {}, 'linux', 1000)).toBeNull()
    expect(hopeless([], {}, 'darwin', 501)).toBeNull()
    expect(hopeless([], {}, 'win32', undefined)).toBeNull()
  })

  test.each([
    ['[1:1/2.3:FATAL:electron_main_delegate.cc(1)] Running as root without --no-sandbox is not supported.', 'root'],
    ['electron: error while loading shared libraries: libnss3.so: cannot open shared object file', 'libnss3.so'],
    ['FATAL:setuid_sandbox_host.cc(157)] The SUID sandbox helper binary was found, but is not configured', 'sandbox'],
    ['FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If this is a Debian system', 'sandbox'],
    ['ERROR:ozone_platform_x11.cc(250)] Missing X server or $DISPLAY', 'display'],
    ['something else\n    at stack (trace.js:1:1)', 'code 7']
  ])('what it wrote last is told in a few words: %s', (stderr, words) => {
    expect(refusal(stderr, 7, null)).toContain(words)
    expect(refusal(stderr, 7, null)).not.toContain('\n')
  })

  test('what the person gave goes to the browser view where it understands it', () => {
    expect(viewOptions(['--no-sandbox', '--port', '7000', '--data=x', '--no-window', '--enable-logging'])).toEqual([
      '--port',
      '7000',
      '--data=x',
      '--no-window'
    ])
  })
})

/** An `electron` package without its runtime, whose `@electron/get` does what a test wants. */
const fakeElectron = (getter: string): string => {
  write('electron/package.json', '{"name":"electron","version":"45.4.1"}')
  write('electron/checksums.json', '{"electron-v45.4.1-linux-x64.zip":"0"}')
  write(
    'electron/node_modules/@electron/get/package.json',
    '{"name":"@electron/get","type":"module","exports":"./i.js"}'
  )
  write('electron/node_modules/@electron/get/i.js', getter)
  write(
    'electron/install.js',
    "const fs = require('fs'), d = __dirname; fs.mkdirSync(d + '/dist'); fs.writeFileSync(d + '/dist/electron', '');" +
      "fs.writeFileSync(d + '/path.txt', 'electron')"
  )
  return join(folder, 'electron')
}

describe("Electron's runtime", () => {
  test('is fetched with progress, then unpacked by its own installer', async () => {
    const electron = fakeElectron(
      'export const downloadArtifact = async ({ version, checksums, downloadOptions: o }) => {' +
        'for (const n of [0, 0.5, 1]) await o.getProgressCallback({ transferred: n * 1048576, total: 1048576, percent: n });' +
        "if (version !== '45.4.1' || Object.keys(checksums).length !== 1) throw new Error('wrong'); return '/zip' }"
    )
    expect(installedRuntime(electron)).toBeNull()
    const steps: string[] = []
    const result = await fetchRuntime(electron, (step) => steps.push(step))
    expect(result).toEqual({ ok: true, executable: join(electron, 'dist', 'electron') })
    expect(steps).toEqual(['0 % of 1 MB', '50 % of 1 MB', '100 % of 1 MB'])
    expect(installedRuntime(electron)).toBe(join(electron, 'dist', 'electron'))
  })

  test('that cannot be reached is told by its cause, in one line', async () => {
    const electron = fakeElectron(
      "export const downloadArtifact = () => Promise.reject(new TypeError('fetch failed', { cause: " +
        "Object.assign(new Error('getaddrinfo ENOTFOUND github.com\\n at x'), { code: 'ENOTFOUND' }) }))"
    )
    expect(await fetchRuntime(electron, () => undefined)).toEqual({
      ok: false,
      reason: 'getaddrinfo ENOTFOUND github.com'
    })
  })

  test('that does not answer is given up after 10 s', async () => {
    const electron = fakeElectron(
      "export const downloadArtifact = () => { process.emit('asked'); return new Promise(() => undefined) }"
    )
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const asked = once(process, 'asked')
      const result = fetchRuntime(electron, () => undefined)
      await asked
      await vi.advanceTimersByTimeAsync(9_900)
      const early = await Promise.race([result, Promise.resolve('still waiting')])
      expect(early).toBe('still waiting')
      await vi.advanceTimersByTimeAsync(200)
      expect(await result).toEqual({ ok: false, reason: 'no answer in time' })
    } finally {
      vi.useRealTimers()
    }
  })

  test('that breaks in unpacking is told without a stack trace', async () => {
    const electron = fakeElectron("export const downloadArtifact = () => Promise.resolve('/zip')")
    writeFileSync(join(electron, 'install.js'), "console.error('Error: bad zip\\n    at x.js:1'); process.exit(1)")
    expect(await fetchRuntime(electron, () => undefined)).toEqual({ ok: false, reason: 'Error: bad zip' })
  })
})

/** A checkout with the real launcher and the app it starts replaced by programs that tell how they were called. */
const fakeCheckout = (electronProgram: string | null): string => {
  cpSync(join(HOME, 'scripts'), join(folder, 'scripts'), { recursive: true })
  cpSync(join(HOME, 'src/shared/join-link.ts'), join(folder, 'src/shared/join-link.ts'))
  write('package.json', '{"type":"module"}')
  write('src/x.ts', '')
  const later = new Date(Date.now() + 10_000)
  for (const product of ['out/main/index.js', 'out/preload/bridge.cjs', 'out/renderer/index.html']) write(product, '')
  write('out/main/headless.js', 'console.log("VIEW " + JSON.stringify(process.argv.slice(2)))')
  for (const product of ['main/index.js', 'main/headless.js', 'preload/bridge.cjs', 'renderer/index.html'])
    utimesSync(join(folder, 'out', product), later, later)
  mkdirSync(join(folder, 'node_modules'))
  cpSync(join(HOME, 'node_modules', 'zod'), join(folder, 'node_modules', 'zod'), { recursive: true })
  fakeElectron(
    "export const downloadArtifact = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), {}))"
  )
  if (electronProgram !== null) {
    write('electron/path.txt', 'electron')
    write('electron/dist/electron', `#!/bin/sh\n${electronProgram}\n`, 0o755)
  }
  return folder
}

const launch = (
  home: string,
  args: string[],
  env: Record<string, string> = {}
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(home, 'scripts/start.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DISPLAY: ':9', TEAHOUSE_ELECTRON: join(home, 'electron'), ...env }
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

const asRoot = process.getuid?.() === 0
/** As root Electron is not even tried, unless the person says this. */
const flags = asRoot ? ['--no-sandbox'] : []

describe('npm start', () => {
  test('starts Electron with the app and passes the flags on', async () => {
    const home = fakeCheckout('echo "ELECTRON $@"; exit 0')
    const { code, stdout, stderr } = await launch(home, [...flags, '--x', 'teahouse://join?host=a'])
    expect(stdout).toBe(`ELECTRON ${[home, ...flags, '--x', 'teahouse://join?host=a'].join(' ')}\n`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('where Electron refuses, one sentence and the browser view', async () => {
    const home = fakeCheckout('echo "electron: error while loading shared libraries: libnss3.so: x" >&2; exit 127')
    const { code, stdout, stderr } = await launch(home, [...flags, '--port', '7000'])
    expect(stderr).toBe(
      'The desktop window cannot open here (this system lacks the library libnss3.so), ' +
        'so Teahouse opens in the browser instead.\n'
    )
    expect(stdout).toBe('VIEW ["view","--port","7000"]\n')
    expect(code).toBe(0)
  })

  test('where its runtime cannot be fetched, one sentence and the browser view', async () => {
    const home = fakeCheckout(null)
    const { code, stdout, stderr } = await launch(home, flags)
    expect(stderr).toContain(
      "(Electron's runtime could not be fetched: connect ECONNREFUSED), so Teahouse opens in the browser"
    )
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(stdout).toBe('VIEW ["view"]\n')
    expect(code).toBe(0)
  })

  test('without a display, nothing is fetched', async () => {
    const home = fakeCheckout(null)
    const { stdout, stderr } = await launch(home, flags, { DISPLAY: '', WAYLAND_DISPLAY: '' })
    expect(stderr).toMatch(/^The desktop window cannot open here \(there is no display\)[^\n]*\n$/)
    expect(stdout).toBe('VIEW ["view"]\n')
  })

  test.runIf(asRoot)('as root Electron is not tried: its sandbox is never switched off by itself', async () => {
    const home = fakeCheckout('echo ELECTRON; exit 0')
    const { stdout, stderr } = await launch(home, [])
    expect(stderr).toMatch(/^The desktop window cannot open here \([^\n]*root[^\n]*\n$/)
    expect(stdout).toBe('VIEW ["view"]\n')
  })

  test('--browser is a wish, not a failure', async () => {
    const home = fakeCheckout('echo ELECTRON')
    const { stdout, stderr } = await launch(home, ['--browser'])
    expect(stderr).toBe('')
    expect(stdout).toBe('VIEW ["view"]\n')
  })

  test('an invitation goes to the browser view too; what is none is left out', async () => {
    const home = fakeCheckout(null)
    const link = 'teahouse://join?host=10.0.0.5&port=8888'
    const { stdout } = await launch(home, ['--browser', link, 'teahouse://join?host=127.0.0.1&port=1', 'x'])
    expect(stdout).toBe(`VIEW ${JSON.stringify(['view', link])}\n`)
  })

  test.skipIf(process.platform === 'win32')(
    'ends when the shell that npm ran it in was ended in its place',
    async () => {
      const home = fakeCheckout(null)
      const waiting =
        "process.on('SIGTERM', () => { console.log('ASKED'); process.exit() }); setTimeout(() => 0, 20_000); "
      write('out/main/headless.js', `${waiting}console.log('READY')`)
      utimesSync(join(folder, 'out/main/headless.js'), new Date(), new Date(Date.now() + 10_000))
      const script = `"${process.execPath}" "${join(home, 'scripts/start.js')}" --browser; true`
      const shell = spawn('/bin/sh', ['-c', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, npm_lifecycle_event: 'start' }
      })
      let said = ''
      shell.stdout.on('data', (piece: Buffer) => {
        said += piece.toString()
        if (said === 'READY\n') shell.kill('SIGTERM')
      })
      // The pipe closes when the program at its end has ended, too.
      await once(shell, 'close')
      expect(said).toBe('READY\nASKED\n')
    }
  )

  test('an app that cannot be built is told', async () => {
    const home = fakeCheckout(null)
    rmSync(join(home, 'out/main/index.js'))
    const { code, stderr } = await launch(home, flags)
    expect(stderr).toBe(
      'Building Teahouse…\nTeahouse cannot be built: electron-vite is not installed, run "npm ci" first.\n'
    )
    expect(code).toBe(1)
  })
})

test('.ci/run is the two commands, and runs', () => {
  const script = join(HOME, '.ci/run')
  expect(existsSync(script)).toBe(true)
  expect(readFileSync(script, 'utf8')).toMatch(/npm ci .*\nnpm test /)
  expect(spawnSync('bash', ['-n', script]).status).toBe(0)
})
