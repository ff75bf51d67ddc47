import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Where a measurement was taken, and what else the machine did meanwhile. Called when it begins; the answer, when it ends. */
export const onThisMachine = (): ((how?: string) => string) => {
  const load = (): number => loadavg()[0] ?? 0
  const before = load()
  return (how = '') =>
    [
      `Measured ${new Date().toISOString().slice(0, 10)} on ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, ${cpus().length} cores,`,
      ` ${platform()} ${release()}, Node ${process.version}${how === '' ? '' : `, ${how}`};`,
      ` load average ${before.toFixed(2)} at the start, ${load().toFixed(2)} at the end`,
      before > cpus().length ? ' (**above the number of cores: others were using the machine**).' : '.'
    ].join('')
}

const formatted = (file: URL): void => {
  const oxfmt = fileURLToPath(new URL('../node_modules/oxfmt/bin/oxfmt', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [oxfmt, fileURLToPath(file)], { encoding: 'utf8' })
  if (status !== 0) process.stderr.write(`${fileURLToPath(file)} was written, but not formatted: ${stderr}\n`)
}

/** Keeps a report as a page of this folder. */
export const keepReport = (name: string, title: string, intro: string, report: string): void => {
  const file = new URL(name, import.meta.url)
  writeFileSync(file, `# ${title}\n\n${intro}\n\n${report.trim()}\n`)
  formatted(file)
}

/** Puts the figures people look for first between the marks `<!-- block -->` and `<!-- /block -->` of the README. */
export const keepInReadme = (block: string, text: string): void => {
  const file = new URL('../README.md', import.meta.url)
  const marked = new RegExp(`(<!-- ${block} -->)[^]*?(<!-- /${block} -->)`, 'u')
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(marked, (_, open: string, close: string) =>
      [open, `\n${text}\n`, close].join('\n')
    )
  )
  formatted(file)
}
