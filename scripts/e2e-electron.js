// The end-to-end specs on real Electron, sandbox on: only on a machine that has its runtime.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../node_modules/@playwright/test/cli.js', import.meta.url))
const { status } = spawnSync(process.execPath, [cli, 'test', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, E2E_HOST: 'electron' }
})
process.exitCode = status ?? 1
