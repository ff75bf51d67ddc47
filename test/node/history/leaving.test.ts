import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { HISTORY_FILE } from '../../../src/node/history/store.ts'
import { until } from '../../support/until.ts'
import { later, temporary } from './support.ts'

const LEAVER = fileURLToPath(new URL('leaver.ts', import.meta.url))

test('a program that is quit while the disk takes nothing ends all the same', { timeout: 40_000 }, async () => {
  const folder = temporary()
  const child = spawn(process.execPath, [LEAVER, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  let told = ''
  let code: number | null = null
  child.stdout.on('data', (part: Buffer) => {
    told += part.toString()
  })
  child.on('exit', (exit) => {
    code = exit
  })
  later(() => child.kill('SIGKILL'))
  await until(() => told.includes('open'), { within: 10_000 })
  const other = new DatabaseSync(join(folder, HISTORY_FILE))
  later(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  child.stdin.write('go\n')
  // Not merely closed: nothing of it works on in the background.
  await until(() => code !== null, { within: 20_000, what: 'the program ends' })
  expect(code).toBe(0)
  expect(told).toContain('closed')
})
