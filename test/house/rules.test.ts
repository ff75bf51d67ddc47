import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { afterAll, describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'teahouse-rules-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** The linter's verdict on one file, as if it stood at `path` in the house. */
const rulesBroken = (path: string, source: string): string[] => {
  const file = join(scratch, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
  cpSync(join(root, '.oxlintrc.json'), join(scratch, '.oxlintrc.json'))
  const { stdout: output } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['-f', 'json', file], {
    cwd: scratch,
    encoding: 'utf8'
  })
  rmSync(file)
  const report = z.object({ diagnostics: z.array(z.object({ code: z.string() })) }).parse(JSON.parse(output))
  return report.diagnostics.map((diagnostic) => diagnostic.code)
}

describe('who may import whom', () => {
  test.each([
    ['src/shared/x.ts', 'node:net'],
    ['src/shared/x.ts', '../core/hub/hub.ts'],
    ['src/core/x.ts', 'node:fs'],
    ['src/core/x.ts', '../node/tcp.ts'],
    ['src/core/x.ts', 'electron'],
    ['src/node/x.ts', 'electron'],
    ['src/node/x.ts', '../main/window.ts'],
    ['src/headless/x.ts', 'electron/main'],
    ['src/headless/x.ts', '../main/window.ts'],
    ['src/main/x.ts', 'react'],
    ['src/main/x.ts', '../headless/host.ts'],
    ['src/preload/x.ts', 'node:fs'],
    ['src/preload/x.ts', '../core/hub/hub.ts'],
    ['src/renderer/x.ts', 'node:fs'],
    ['src/renderer/x.ts', 'electron'],
    ['src/renderer/x.ts', '../core/hub/hub.ts'],
    ['src/renderer/deep/er/x.ts', '../../../node/tcp.ts']
  ])('%s may not import %s', (path, target) => {
    expect(rulesBroken(path, `import { thing } from '${target}'\n\nexport const other = thing\n`)).toContain(
      'eslint(no-restricted-imports)'
    )
  })

  test.each([
    ['src/core/x.ts', '../shared/events.ts'],
    ['src/node/x.ts', '../core/hub/hub.ts'],
    ['src/node/x.ts', 'node:net'],
    ['src/main/x.ts', 'electron'],
    ['src/preload/x.ts', 'electron'],
    ['src/renderer/x.ts', '../shared/state.ts']
  ])('%s may import %s', (path, target) => {
    expect(rulesBroken(path, `import { thing } from '${target}'\n\nexport const other = thing\n`)).toEqual([])
  })
})

describe('one door each', () => {
  test.each([
    ['src/main/x.ts', "import { shell } from 'electron'\n\nvoid shell.openExternal('https://a.example')\n"],
    ['src/main/x.ts', "import { ipcMain } from 'electron'\n\nipcMain.handle('x', () => 1)\n"],
    ['src/renderer/x.ts', "document.body.innerHTML = 'x'\n"],
    ['src/renderer/x.ts', "document.body.insertAdjacentHTML('beforeend', 'x')\n"],
    ['src/renderer/x.ts', "document.write('x')\n"]
  ])('%s: %s', (path, source) => {
    expect(rulesBroken(path, source)).toContain('eslint(no-restricted-properties)')
  })
})

test('a socket does not compile in core, nor does the page', () => {
  const config = join(scratch, 'tsconfig.json')
  mkdirSync(join(scratch, 'pure'), { recursive: true })
  const compile = (source: string): boolean => {
    writeFileSync(join(scratch, 'pure/x.ts'), source)
    writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.pure.json'), include: ['pure'] }))
    try {
      execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config])
      return true
    } catch {
      return false
    }
  }
  expect(compile('export const a = 1\n')).toBe(true)
  expect(compile("import { connect } from 'node:net'\n\nexport const a = connect\n")).toBe(false)
  expect(compile('export const a = document.title\n')).toBe(false)
  expect(compile('export const a = setTimeout(() => undefined, 1)\n')).toBe(false)
})
