import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release } from 'node:os'
import { parseArgs } from 'node:util'

/**
 * Fan-out, measured against the host everybody would write first. Everything in one run: two hosts and a load, each
 * a process of its own, in turns. Prints a Markdown table; the full run also keeps it in `bench/RESULTS.md`.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const plan = values.quick
  ? { members: 40, senders: 5, warmMs: 100, measureMs: 300, rounds: 1, latencyMs: 1000, pairs: 1 }
  : { members: 1000, senders: 50, warmMs: 1000, measureMs: 3000, rounds: 3, latencyMs: 6000, pairs: 7 }
const PER_SECOND = 5
const RATIO_GOAL = 10
const LATENCY_GOAL = 1.2
/** A load that does not come back by then is broken. */
const LOAD_TIMEOUT_MS = 60_000

/** Host and load do not take each other's core, where the system lets us say so. */
const canPin = cpus().length >= 2 && spawnSync('taskset', ['--version']).status === 0
const onCore = (core: number, file: string, args: string[]): ChildProcess => {
  const script = [new URL(file, import.meta.url).pathname, ...args]
  const [command, all] = canPin
    ? ['taskset', ['-c', String(core), process.execPath, ...script]]
    : [process.execPath, script]
  return spawn(command, all, { stdio: ['ignore', 'pipe', 'inherit'] })
}
const firstLine = (child: ChildProcess): Promise<Record<string, number>> =>
  new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error('no answer in time'))
    }, LOAD_TIMEOUT_MS)
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      if (!text.includes('\n')) return
      clearTimeout(timer)
      resolve(JSON.parse(text.slice(0, text.indexOf('\n'))))
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code}`))
    })
  })
const startHost = async (file: string): Promise<{ child: ChildProcess; port: number }> => {
  const child = onCore(0, file, [])
  const { port } = await firstLine(child)
  return { child, port: port ?? 0 }
}
const load = (port: number, mode: string, measureMs: number): Promise<Record<string, number>> => {
  const options = {
    port,
    mode,
    members: plan.members,
    senders: plan.senders,
    warmMs: plan.warmMs,
    measureMs,
    perSecond: PER_SECOND
  }
  return firstLine(
    onCore(
      1,
      'load.ts',
      Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    )
  )
}
const median = (numbers: number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
const whole = (n: number): string => Math.round(n).toLocaleString('en-US')
const ms = (n: number): string => `${n.toFixed(1)} ms`

const started = loadavg()[0] ?? 0
const plain = await startHost('plain-host.ts')
const ours = await startHost('our-host.ts')
const rates = { plain: [] as number[], ours: [] as number[] }
const tails = { plain: [] as number[], ours: [] as number[] }
const middles = { plain: [] as number[], ours: [] as number[] }
const failures: string[] = []
const attempt = async (what: string, run: () => Promise<void>): Promise<void> => {
  try {
    await run()
  } catch (error) {
    failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
const pairs = [
  ['plain', plain],
  ['ours', ours]
] as const

for (let round = 0; round < plan.rounds; round++) {
  for (const [who, host] of pairs) {
    await attempt(`throughput, ${who}`, async () => {
      const result = await load(host.port, 'throughput', plan.measureMs)
      rates[who].push(result['deliveriesPerSecond'] ?? Number.NaN)
    })
  }
}
for (let pair = 0; pair < plan.pairs; pair++) {
  // Each goes first as often as the other.
  for (const [who, host] of pair % 2 === 0 ? pairs : pairs.toReversed()) {
    await attempt(`latency, ${who}`, async () => {
      const result = await load(host.port, 'latency', plan.latencyMs)
      tails[who].push(result['p99'] ?? Number.NaN)
      middles[who].push(result['p50'] ?? Number.NaN)
    })
  }
}
plain.child.kill()
ours.child.kill()

const row = (
  what: string,
  of: { plain: number[]; ours: number[] },
  need: number,
  show: (n: number) => string,
  ratio: (p: number, o: number) => number,
  goal: string
): string => {
  if (of.plain.length < need || of.ours.length < need)
    return `| ${what} | *not run* | *not run* | *not run* | ${goal} |`
  const [p, o] = [median(of.plain), median(of.ours)]
  return `| ${what} | ${show(p)} | ${show(o)} | **${ratio(p, o).toFixed(2)}** | ${goal} |`
}
const over = (p: number, o: number): number => o / p
const table = [
  '| | plain host | Teahouse | ratio | goal |',
  '|---|---:|---:|---:|---|',
  row(
    `deliveries a second; ${whole(plan.members)} members, ${plan.senders} senders, one line in flight each`,
    rates,
    plan.rounds,
    whole,
    over,
    `≥ ${RATIO_GOAL}`
  ),
  row(`latency p99 at ${PER_SECOND} messages a second`, tails, plan.pairs, ms, over, `≤ ${LATENCY_GOAL}`),
  row(`latency p50 at ${PER_SECOND} messages a second`, middles, plan.pairs, ms, over, '')
].join('\n')
const machine = [
  `Measured ${new Date().toISOString().slice(0, 10)} on ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, ${cpus().length} cores, ${platform()} ${release()}, Node ${process.version};`,
  `load average ${started.toFixed(2)} at the start, ${(loadavg()[0] ?? 0).toFixed(2)} at the end${started > cpus().length ? ' (**above the number of cores: others were using the machine**)' : ''};`,
  `${canPin ? 'hosts on core 0, load on core 1' : 'processes not pinned'}; medians of ${plan.rounds} and ${plan.pairs} interleaved pairs.`
].join('\n')
const told = failures.map((failure) => `- *not run*: ${failure}`).join('\n')
const report = [table, machine, ...(told === '' ? [] : [told])].join('\n\n')
process.stdout.write(`${report}\n`)
if (!values.quick) {
  const intro = `# Fan-out\n\nWritten by \`npm run bench\`. The plain host is \`bench/plain-host.ts\`: on each line, one \`write\` to each member.`
  writeFileSync(new URL('RESULTS.md', import.meta.url), `${intro}\n\n${report}\n`)
}
