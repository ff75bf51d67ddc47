import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus, loadavg, platform, release } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { freePort } from '../src/node/addresses.ts'

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
const START_TIMEOUT_MS = 20_000
const LOOK_MS = 50
/** Where the search for a free port begins: below those the system gives to connections. */
const FIRST_PORT = 18_888

/** Host and load do not take each other's core, where the system lets us say so. */
const canPin = cpus().length >= 2 && spawnSync('taskset', ['-c', '0,1', process.execPath, '--version']).status === 0
const children: ChildProcess[] = []
// Also when something fails on the way: no host is left behind.
process.on('exit', () => {
  for (const child of children) child.kill()
})
const onCore = (core: number, file: string, args: string[], output: 'pipe' | 'ignore' = 'pipe'): ChildProcess => {
  const script = [fileURLToPath(new URL(file, import.meta.url)), ...args]
  const [command, all] = canPin
    ? ['taskset', ['-c', String(core), process.execPath, ...script]]
    : [process.execPath, script]
  const child = spawn(command, all, { stdio: ['ignore', output, 'inherit'] })
  children.push(child)
  return child
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
interface Host {
  child: ChildProcess
  port: number
}
const startPlain = async (): Promise<Host> => {
  const child = onCore(0, 'plain-host.ts', [])
  const { port } = await firstLine(child)
  return { child, port: port ?? 0 }
}
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
/** `teahouse host` as people run it; its report of every line goes nowhere, so that nobody has to read it. */
const startOurs = async (): Promise<Host> => {
  const port = await freePort(FIRST_PORT)
  if (port === null) throw new Error('no free port')
  const options = ['host', '--unlimited', '--dialect', 'gopl', '--bind', '127.0.0.1', '--port', String(port), '--json']
  const child = onCore(0, '../src/headless/index.ts', options, 'ignore')
  for (const deadline = Date.now() + START_TIMEOUT_MS; !(await listens(port)); await pause(LOOK_MS)) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('our host did not start')
  }
  return { child, port }
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
const plain = await startPlain()
const ours = await startOurs()
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
