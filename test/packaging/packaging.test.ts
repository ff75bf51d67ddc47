import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIG_KINDS, readArguments } from '../../src/headless/arguments.ts'
import { readConfigFile } from '../../src/headless/config.ts'

const root = resolve(import.meta.dirname, '../..')
const unit = readFileSync(join(root, 'packaging/teahouse-host.service'), 'utf8')
const container = readFileSync(join(root, 'packaging/Containerfile'), 'utf8')

const analyze = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' })
const why = analyze.status === 0 ? '' : ' — skipped: there is no systemd-analyze on this machine'

test.skipIf(analyze.status !== 0)(`systemd finds nothing wrong with the unit${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'teahouse-unit-'))
  try {
    const file = join(folder, 'teahouse-host.service')
    // It looks for the program: the Node of this machine stands for the one the guide installs.
    const verify = (text: string): { status: number | null; stderr: string } => {
      writeFileSync(file, text.replace('/usr/bin/node', process.execPath))
      return spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
    }
    const { status, stderr } = verify(unit)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    // That it would have found something.
    expect(verify(unit.replace('NoNewPrivileges=yes', 'NoNewPrivilege=yes')).stderr).toContain('NoNewPrivilege')
    expect(verify(unit.replace('ExecStart=', 'ExecStart=/nonexistent')).status).not.toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('unit and container run what the command line takes', () => {
  const file = readConfigFile(join(root, 'packaging/room.json'), CONFIG_KINDS)
  if (!file.ok) throw new Error(file.text)
  const started = /^ExecStart=\S+ \S+\/bin\/teahouse\.js (.+)$/m.exec(unit)?.[1]?.split(' ') ?? []
  expect(readArguments(started, file.config)).toMatchObject({
    verb: 'host',
    config: '/etc/teahouse/room.json',
    name: 'Second floor',
    json: true
  })
  const lists = [...container.matchAll(/^(?:ENTRYPOINT|CMD) (\[.*\])$/gm)].flatMap((found): unknown[] => {
    const words: unknown = JSON.parse(found[1] ?? '')
    return Array.isArray(words) ? words : []
  })
  expect(readArguments(lists.slice(2).map(String), file.config)).toMatchObject({ verb: 'host', json: true })
  expect(container).toContain('NOT RUN')
})
