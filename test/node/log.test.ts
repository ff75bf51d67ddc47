import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openLog } from '../../src/node/log.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
const temporary = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'teahouse-log-'))
  folders.push(folder)
  return folder
}

test('one entry is one line of JSON, for its owner alone, and no text can pretend to be two', async () => {
  const folder = await temporary()
  const log = openLog(folder)
  log.info('started')
  log.warn('line\nbreak \u001B[31m', { why: new Error('because'), n: 1 })
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  log.error('cycle', cycle)
  const path = join(folder, 'teahouse.log')
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  expect(lines).toHaveLength(3)
  expect(lines.join('')).not.toContain('\u001B')
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level: 'info', text: 'started' },
    { level: 'warn', text: 'line\nbreak \u001B[31m', details: { why: { message: 'because' }, n: 1 } },
    { level: 'error', text: 'cycle' }
  ])
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('the file does not grow for ever: one older file is kept', async () => {
  const folder = await temporary()
  const log = openLog(folder)
  for (let n = 0; n < 25; n += 1) log.info('x'.repeat(100_000))
  expect((await readdir(folder)).toSorted()).toEqual(['teahouse.log', 'teahouse.old.log'])
  expect((await stat(join(folder, 'teahouse.log'))).size).toBeLessThan(1_300_000)
})

test('a folder that cannot be written costs the log, nothing else, and not a word on the terminal', async () => {
  const file = join(await temporary(), 'file')
  await writeFile(file, '')
  const words: unknown[] = []
  const spies = (['log', 'warn', 'error'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => void words.push(args))
  )
  expect(() => openLog(file).error('x')).not.toThrow()
  for (const spy of spies) spy.mockRestore()
  expect(words).toEqual([])
})
