#!/usr/bin/env node
// Runs on any Node that knows ES modules: it finds one new enough for Teahouse, or says which one it needs.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { NEEDED_NODE, majorOf } from '../scripts/node-version.js'

const home = dirname(dirname(fileURLToPath(import.meta.url)))
const program = join(home, 'out', 'main', 'headless.js')
const executable = process.platform === 'win32' ? 'node.exe' : 'node'

const inFolder = (folder, ...below) => {
  try {
    return readdirSync(folder).map((name) => join(folder, name, ...below, executable))
  } catch {
    // No such version manager on this machine.
    return []
  }
}

const candidates = () => [
  join(home, 'node_modules', 'node', 'bin', executable),
  join(home, 'node_modules', '.bin', executable),
  ...(process.env.PATH || '').split(delimiter).map((folder) => join(folder, executable)),
  ...inFolder(join(process.env.NVM_DIR || join(homedir(), '.nvm'), 'versions', 'node'), 'bin'),
  ...inFolder(join(homedir(), '.local', 'share', 'fnm', 'node-versions'), 'installation', 'bin'),
  ...inFolder(join(homedir(), '.volta', 'tools', 'image', 'node'), 'bin')
]

const isNewEnough = (file) => {
  if (!existsSync(file)) return false
  try {
    return majorOf(execFileSync(file, ['--version'], { encoding: 'utf8', timeout: 5000 })) >= NEEDED_NODE
  } catch {
    // It does not run: not one for us.
    return false
  }
}

const fail = (sentence) => {
  process.stderr.write(`teahouse: ${sentence}\n`)
  process.exitCode = 1
}

if (!existsSync(program)) fail('it is not built yet: run npm run build')
else if (majorOf(process.version) >= NEEDED_NODE) {
  // The program reads its words from here, as if it had been started itself.
  process.argv[1] = program
  await import(pathToFileURL(program).href)
} else {
  const node = candidates().find(isNewEnough)
  if (node === undefined) fail(`it needs Node ${NEEDED_NODE} or newer, and this is ${process.version}`)
  else {
    const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
    // The terminal gives Ctrl+C to both of us; the rest is passed on.
    process.on('SIGINT', () => undefined)
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.on('error', () => fail(`${node} does not start`))
    child.on('exit', (code, signal) => {
      if (signal === null) process.exitCode = code
      else process.exitCode = 1
    })
  }
}
