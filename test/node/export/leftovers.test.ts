import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openExportFile } from '../../../src/node/export/file.ts'
import { clearLeftovers } from '../../../src/node/export/leftovers.ts'
import { filesIn, later, temporary } from './support.ts'

const VICTIM = fileURLToPath(new URL('victim.ts', import.meta.url))
const HEX = '0123456789ab'
/** Greater than any number a process has here. */
const NOBODY = 2 ** 30

/** A note as an export leaves it, and the file it is about. */
const leave = (
  { profile, target }: { profile: string; target: string },
  more: { pid?: number; computer?: string; path?: string } = {}
): { note: string; part: string } => {
  const token = `${more.pid ?? NOBODY}-${HEX}`
  const part = more.path ?? join(target, `.teahouse-export-${token}.part`)
  const note = join(profile, `export-${token}.json`)
  if (!existsSync(part)) writeFileSync(part, 'half')
  writeFileSync(note, JSON.stringify({ computer: more.computer ?? hostname(), path: part }))
  return { note, part }
}
const folders = (): { profile: string; target: string } => ({ profile: temporary(), target: temporary() })

describe('an export that is killed', () => {
  test('leaves nothing beside its target after the next start', async () => {
    const { profile, target } = folders()
    writeFileSync(join(target, 'x.txt'), 'before')
    const victim = spawn(process.execPath, [VICTIM, join(target, 'x.txt'), profile])
    later(() => victim.kill('SIGKILL'))
    await once(victim.stdout, 'data')
    // It runs: nobody touches what it writes.
    await clearLeftovers(profile)
    expect(filesIn(target)).toHaveLength(2)
    victim.kill('SIGKILL')
    await once(victim, 'exit')
    expect(filesIn(target)).toEqual([expect.stringMatching(/^\.teahouse-export-/u), 'x.txt'])
    await clearLeftovers(profile)
    expect(filesIn(target)).toEqual(['x.txt'])
    expect(readFileSync(join(target, 'x.txt'), 'utf8')).toBe('before')
    expect(filesIn(profile)).toEqual([])
  })

  test('one that ends, either way, leaves no note', async () => {
    const { profile, target } = folders()
    const whole = await openExportFile(join(target, 'whole'), profile)
    const given = await openExportFile(join(target, 'given up'), profile)
    await clearLeftovers(profile)
    expect(filesIn(profile)).toHaveLength(2)
    expect(filesIn(target)).toHaveLength(2)
    await whole.write('all')
    await whole.finish()
    await given.discard()
    expect(filesIn(profile)).toEqual([])
    expect(filesIn(target)).toEqual(['whole'])
    await expect(openExportFile(join(target, 'x'.repeat(300), 'y'), profile)).rejects.toThrow('ENAMETOOLONG')
    expect(filesIn(profile)).toEqual([])
  })

  test('before today’s program began, under its number, is one of an earlier one', async () => {
    const at = folders()
    const { note, part } = leave(at, { pid: process.pid })
    await clearLeftovers(at.profile)
    expect(existsSync(part)).toBe(true)
    utimesSync(note, new Date(0), new Date(0))
    await clearLeftovers(at.profile)
    expect([existsSync(part), existsSync(note)]).toEqual([false, false])
  })

  test('on a disk that is not there now is cleared away when it is', async () => {
    const at = folders()
    const disk = join(at.target, 'disk')
    mkdirSync(disk)
    const { note, part } = leave({ ...at, target: disk })
    renameSync(disk, join(at.target, 'unplugged'))
    await clearLeftovers(at.profile)
    expect(existsSync(note)).toBe(true)
    renameSync(join(at.target, 'unplugged'), disk)
    await clearLeftovers(at.profile)
    expect([existsSync(part), existsSync(note)]).toEqual([false, false])
  })
})

describe('never removed', () => {
  test('is what another program, or another computer, writes', async () => {
    const at = folders()
    const parent = leave(at, { pid: process.ppid })
    const elsewhere = leave(at, { pid: NOBODY, computer: 'another' })
    await clearLeftovers(at.profile)
    for (const { note, part } of [parent, elsewhere]) expect([existsSync(note), existsSync(part)]).toEqual([true, true])
  })

  test('is a file of any other name, whatever a note says', async () => {
    const at = folders()
    const theirs = join(at.target, 'letters.txt')
    const others = join(at.target, '.teahouse-export-1-ffffffffffff.part')
    for (const path of [theirs, others]) {
      const { note } = leave(at, { path })
      await clearLeftovers(at.profile)
      expect([existsSync(path), existsSync(note)]).toEqual([true, false])
    }
  })

  test.skipIf(process.platform === 'win32')('is a folder or a link in its place', async () => {
    const at = folders()
    const name = `.teahouse-export-${NOBODY}-${HEX}.part`
    writeFileSync(join(at.target, 'theirs'), '')
    symlinkSync(join(at.target, 'theirs'), join(at.target, name))
    leave(at)
    await clearLeftovers(at.profile)
    expect(filesIn(at.target)).toEqual([name, 'theirs'])
  })

  test('are files beside the notes; a note that was cut off goes', async () => {
    const at = folders()
    writeFileSync(join(at.profile, 'settings.json'), '{}')
    writeFileSync(join(at.profile, `export-${NOBODY}-${HEX}.json`), '{"computer":')
    await clearLeftovers(at.profile)
    expect(filesIn(at.profile)).toEqual(['settings.json'])
    await clearLeftovers(join(at.profile, 'nowhere'))
  })
})
