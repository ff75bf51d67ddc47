import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { aptHere, NEEDS, prepare } from './system.ts'

/** `npm test`: everything that is checked, step by step, until one fails. */

const HOME = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

interface Step {
  name: string
  /** An npm script and what is added to it. */
  script: string
  more: string[]
}

export interface Counts {
  passed: number
  failed: number
}

const unitReportSchema = z.object({ numPassedTests: z.number(), numFailedTests: z.number() })
const e2eReportSchema = z.object({
  stats: z.object({ expected: z.number(), flaky: z.number(), unexpected: z.number() })
})

/** From Vitest's JSON report. */
export const countUnit = (report: unknown): Counts => {
  const { numPassedTests, numFailedTests } = unitReportSchema.parse(report)
  return { passed: numPassedTests, failed: numFailedTests }
}

/** From Playwright's JSON report: a test that passed only when repeated counts as passed, as in its own summary. */
export const countE2e = (report: unknown): Counts => {
  const { stats } = e2eReportSchema.parse(report)
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected }
}

const run = (step: Step, env: Record<string, string>): Promise<number> =>
  new Promise((done) => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const child = spawn(npm, ['run', '--silent', step.script, ...(step.more.length > 0 ? ['--', ...step.more] : [])], {
      cwd: HOME,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
      env: { ...process.env, ...env }
    })
    child.on('error', () => done(1))
    child.on('exit', (code) => done(code ?? 1))
  })

const tell = (line: string): void => void process.stdout.write(`${line}\n`)
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

const readCounts = (file: string, count: (report: unknown) => Counts): Counts | null => {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // The runner did not come so far as to write its report: nothing is claimed about it.
    return null
  }
}

/** Resolves with the exit code of the first step that failed, or 0. */
export const test = async (): Promise<number> => {
  const lacking = prepare(NEEDS, aptHere(), tell)
  if (lacking !== null) {
    process.stderr.write(`${lacking}\n`)
    return 1
  }
  const reports = mkdtempSync(join(tmpdir(), 'teahouse-test-'))
  const unitReport = join(reports, 'unit.json')
  const e2eReport = join(reports, 'e2e.json')
  const steps: Step[] = [
    { name: 'type check', script: 'typecheck', more: [] },
    { name: 'lint', script: 'lint', more: [] },
    { name: 'build', script: 'build', more: [] },
    {
      name: 'unit and integration tests',
      script: 'unit',
      more: ['--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`]
    },
    { name: 'end-to-end tests', script: 'e2e', more: ['--reporter=list,json'] }
  ]
  const started = performance.now()
  try {
    for (const step of steps) {
      const since = performance.now()
      tell(`\n── ${step.name}`)
      const code = await run(step, { PLAYWRIGHT_JSON_OUTPUT_FILE: e2eReport, PLAYWRIGHT_JSON_OUTPUT_NAME: e2eReport })
      tell(`── ${step.name}: ${code === 0 ? 'ok' : `failed (exit ${code})`}, ${seconds(since)}`)
      if (code !== 0) {
        sum(unitReport, e2eReport, started)
        return code
      }
    }
    sum(unitReport, e2eReport, started)
    return 0
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** The closing line: what the runners' own reports say, or nothing. */
const sum = (unitReport: string, e2eReport: string, started: number): void => {
  const counts = [readCounts(unitReport, countUnit), readCounts(e2eReport, countE2e)].filter((count) => count !== null)
  tell(`\n── in all ${seconds(started)}`)
  if (counts.length === 0) return
  const total = counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }))
  tell(`${total.passed} passed, ${total.failed} failed`)
}
