import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { freePort } from '../src/node/addresses.ts'
import { keepInReadme, keepReport, onThisMachine } from './report.ts'

/**
 * Fan-out, measured against a loop in C, against the host everybody would write first, and against what a system has.
 * Everything in one run: hosts and load, each a process of its own, in turns. Prints a Markdown table; the full run also
 * keeps it in `bench/RESULTS.md`.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const plan = values.quick
  ? { members: 40, senders: 5, warmMs: 100, measureMs: 300, rounds: 1, latencyMs: 1000, pairs: 1, crowds: [10, 40] }
  : {
      members: 1000,
      senders: 50,
      warmMs: 1000,
      measureMs: 3000,
      rounds: 3,
      latencyMs: 6000,
      pairs: 7,
      crowds: [100, 500, 1000, 2000, 5000]
    }
const PER_SECOND = 5
const LATENCY_GOAL = 1.2
/** A load that does not come back by then is broken; thousands of members announce each other for a while. */
const LOAD_TIMEOUT_MS = 180_000
const START_TIMEOUT_MS = 20_000
const LOOK_MS = 50
/** Where the search for a free port begins: below those the system gives to connections. */
const FIRST_PORT = 18_888

/** Host and load do not take each other's core, where the system lets us say so. */
const canPin = cpus().length >= 2 && spawnSync('taskset', ['-c', '0,1', process.execPath, '--version']).status === 0
const children: ChildProcess[] = []
const scratch = mkdtempSync(join(tmpdir(), 'teahouse-bench-'))
// Also when something fails on the way: no host is left behind.
process.on('exit', () => {
  for (const child of children) child.kill()
  rmSync(scratch, { recursive: true, force: true })
})
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const onCore = (
  core: number,
  command: string,
  args: string[],
  output: 'pipe' | 'ignore' = 'pipe',
  complaints: 'inherit' | 'ignore' = 'inherit'
): ChildProcess => {
  const [program, all] = canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, args]
  const child = spawn(program, all, { stdio: ['ignore', output, complaints] })
  children.push(child)
  return child
}
const firstLine = (child: ChildProcess): Promise<Record<string, number | null>> =>
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
  /** How the load knows that a line came round, and how many came. */
  load: { watch: 'own' | 'neighbour'; count: 'bytes' | 'lines'; greets: 'yes' | 'no'; talk?: 'irc' }
}
const SAME_LINES = { watch: 'own', count: 'bytes', greets: 'no' } as const

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
const onPort = async (start: (port: number) => ChildProcess, load: Host['load']): Promise<Host> => {
  const port = await freePort(FIRST_PORT)
  if (port === null) throw new Error('no free port')
  const child = start(port)
  for (const deadline = Date.now() + START_TIMEOUT_MS; !(await listens(port)); await pause(LOOK_MS)) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('it did not start')
  }
  return { child, port, load }
}
const tellsPort = async (child: ChildProcess): Promise<Host> => {
  const { port } = await firstLine(child)
  return { child, port: port ?? 0, load: SAME_LINES }
}

const NAMES = {
  plain: 'plain host',
  c: 'C loop',
  ncat: '`ncat --chat`',
  irc: 'IRC server (`ngircd`)',
  ours: 'Teahouse',
  kept: 'Teahouse, keeping history'
} as const
type Who = keyof typeof NAMES
/** Its report of every line goes nowhere, so that nobody has to read it. */
const startOurs = (more: string[]): Promise<Host> =>
  onPort(
    (port) => {
      const options = [
        '--unlimited',
        '--dialect',
        'gopl',
        '--bind',
        '127.0.0.1',
        '--port',
        String(port),
        '--json',
        ...more
      ]
      return onCore(0, process.execPath, [here('../src/headless/index.ts'), 'host', ...options], 'ignore')
    },
    { ...SAME_LINES, greets: 'yes' }
  )
/** Nothing that it does besides: no look-ups, no limits, no penalty for talking, no question whether one is there. */
const ngircdSettings = (port: number): string =>
  [
    '[Global]',
    'Name = bench.invalid',
    'Info = benchmark',
    'Listen = 127.0.0.1',
    `Ports = ${port}`,
    'MotdPhrase = bench',
    'ServerUID = nobody',
    'ServerGID = nogroup',
    '[Limits]',
    'MaxConnections = 0',
    'MaxConnectionsIP = 0',
    'MaxPenaltyTime = 0',
    'PingTimeout = 3600',
    '[Options]',
    'DNS = no',
    'Ident = no',
    'PAM = no'
  ].join('\n')
const starts: Record<Who, () => Promise<Host>> = {
  plain: () => tellsPort(onCore(0, process.execPath, [here('plain-host.ts')])),
  c: () => {
    const program = join(scratch, 'c-loop')
    const { status, error } = spawnSync('gcc', ['-O2', '-o', program, here('c-loop.c')], { stdio: 'inherit' })
    if (status !== 0) throw new Error(error ? 'there is no gcc on this machine' : 'gcc does not compile it')
    return tellsPort(onCore(0, program, []))
  },
  ncat: () => {
    if (spawnSync('ncat', ['--version']).status !== 0) throw new Error('there is no ncat on this machine')
    return onPort(
      (port) => {
        const options = ['--chat', '--listen', '127.0.0.1', String(port), '--max-conns', '2000']
        // It ends when many leave at once, and says so.
        return onCore(0, 'ncat', options, 'ignore', 'ignore')
      },
      { watch: 'neighbour', count: 'lines', greets: 'no' }
    )
  },
  irc: () => {
    if (spawnSync('ngircd', ['--version']).error) throw new Error('there is no ngircd on this machine')
    return onPort(
      (port) => {
        const settings = join(scratch, 'ngircd.conf')
        writeFileSync(settings, ngircdSettings(port))
        return onCore(0, 'ngircd', ['--nodaemon', '--config', settings], 'ignore', 'ignore')
      },
      { watch: 'neighbour', count: 'lines', greets: 'no', talk: 'irc' }
    )
  },
  /** `teahouse host` that keeps nothing, as the others here; beside it the same with the history it keeps by default. */
  ours: () => startOurs(['--no-history']),
  kept: () => startOurs(['--data', join(scratch, 'profile')])
}

const load = (host: Host, mode: string, measureMs: number, members: number): Promise<Record<string, number | null>> => {
  const options = {
    ...host.load,
    port: host.port,
    pid: host.child.pid ?? 0,
    mode,
    members,
    senders: Math.min(plan.senders, Math.floor(members / 2)),
    warmMs: plan.warmMs,
    measureMs,
    perSecond: PER_SECOND
  }
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  return firstLine(onCore(1, process.execPath, [here('load.ts'), ...words]))
}
const median = (numbers: number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
const whole = (n: number): string => Math.round(n).toLocaleString('en-US')
const ms = (n: number): string => `${n.toFixed(1)} ms`
const us = (n: number): string => `${n.toFixed(3)} µs`

const measured = onThisMachine()
const failures: string[] = []
const attempt = async (what: string, run: () => Promise<void>): Promise<void> => {
  try {
    await run()
  } catch (error) {
    failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
const hosts = new Map<Who, Host>()
for (const who of ['plain', 'c', 'ncat', 'irc', 'ours', 'kept'] as const) {
  await attempt(NAMES[who], async () => void hosts.set(who, await starts[who]()))
}

/** Numbers of one kind, by host, in the order they were measured. */
type Measured = Map<string, number[]>
const note = (measured: Measured, key: string, value: number | null | undefined): void => {
  if (typeof value === 'number' && Number.isFinite(value)) measured.set(key, [...(measured.get(key) ?? []), value])
}
const rates: Measured = new Map()
const costs: Measured = new Map()
const tails: Measured = new Map()
const middles: Measured = new Map()
const crowdCosts: Measured = new Map()

for (let round = 0; round < plan.rounds; round++) {
  for (const [who, host] of hosts) {
    // Its announcements grow with the cube of its members: once is enough, and it is a host of its own each time.
    if (who === 'ncat' && round > 0) continue
    await attempt(`throughput, ${NAMES[who]}`, async () => {
      const result = await load(host, 'throughput', plan.measureMs, plan.members)
      note(rates, who, result['deliveriesPerSecond'])
      note(costs, who, result['microsecondsPerDelivery'])
    })
  }
}
const latencyPair = (['plain', 'ours'] as const).flatMap((who) => {
  const host = hosts.get(who)
  return host ? [{ who, host }] : []
})
for (let pair = 0; pair < plan.pairs; pair++) {
  // Each goes first as often as the other.
  for (const { who, host } of pair % 2 === 0 ? latencyPair : latencyPair.toReversed()) {
    await attempt(`latency, ${NAMES[who]}`, async () => {
      const result = await load(host, 'latency', plan.latencyMs, plan.members)
      note(tails, who, result['p99'])
      note(middles, who, result['p50'])
    })
  }
}
for (const members of plan.crowds) {
  for (const who of ['c', 'ours'] as const) {
    const host = hosts.get(who)
    if (!host) continue
    await attempt(`${whole(members)} members, ${NAMES[who]}`, async () => {
      const result = await load(host, 'throughput', plan.measureMs, members)
      note(crowdCosts, `${who} ${members}`, result['microsecondsPerDelivery'])
    })
  }
}
for (const { child } of hosts.values()) child.kill()

const NOT_RUN = '*not run*'
const of = (measured: Measured, key: string, need = 1): number | null => {
  const numbers = measured.get(key) ?? []
  return numbers.length < need ? null : median(numbers)
}
const shown = (n: number | null, show: (n: number) => string): string => (n === null ? NOT_RUN : show(n))
const ratio = (a: number | null, b: number | null): string =>
  a === null || b === null ? NOT_RUN : `**${(a / b).toFixed(2)}**`
const columns: Who[] = ['plain', 'ncat', 'irc', 'c', 'ours', 'kept']
const row = (what: string, measured: Measured, show: (n: number) => string): string =>
  `| ${what} | ${columns.map((who) => shown(of(measured, who), show)).join(' | ')} |`
const crowd = `${whole(plan.members)} members, ${plan.senders} senders, one line in flight each`
const table = [
  `| ${crowd} | ${columns.map((who) => NAMES[who]).join(' | ')} |`,
  `|---|${columns.map(() => '---:|').join('')}`,
  row('deliveries a second', rates, whole),
  row('CPU of the host for a delivery', costs, us),
  row(`latency p99 at ${PER_SECOND} messages a second`, tails, ms),
  row(`latency p50 at ${PER_SECOND} messages a second`, middles, ms)
].join('\n')
const goals = [
  '| Teahouse to | ratio | goal |',
  '|---|---:|---|',
  `| C loop, deliveries a second | ${ratio(of(rates, 'ours'), of(rates, 'c'))} | ≥ 0.8 |`,
  `| plain host, deliveries a second | ${ratio(of(rates, 'ours'), of(rates, 'plain'))} | ≥ 12 |`,
  `| C loop, CPU for a delivery | ${ratio(of(costs, 'ours'), of(costs, 'c'))} | ≤ 2 |`,
  `| plain host, latency p99 | ${ratio(of(tails, 'ours', plan.pairs), of(tails, 'plain', plan.pairs))} | ≤ ${LATENCY_GOAL} |`,
  `| itself keeping history, deliveries a second | ${ratio(of(rates, 'ours'), of(rates, 'kept'))} | |`,
  `| plain host, latency p50 | ${ratio(of(middles, 'ours', plan.pairs), of(middles, 'plain', plan.pairs))} | |`
].join('\n')
const least = plan.crowds[0] ?? 0
const sweep = [
  `| CPU for a delivery, by members | ${plan.crowds.map(whole).join(' | ')} |`,
  `|---|${plan.crowds.map(() => '---:|').join('')}`,
  ...(['c', 'ours'] as const).map(
    (who) =>
      `| ${NAMES[who]} | ${plan.crowds.map((members) => shown(of(crowdCosts, `${who} ${members}`), us)).join(' | ')} |`
  ),
  `| Teahouse to itself with ${whole(least)} (goal: within 25 %) | ${plan.crowds.map((members) => ratio(of(crowdCosts, `ours ${members}`), of(crowdCosts, `ours ${least}`))).join(' | ')} |`
].join('\n')
const machine = measured(
  `${canPin ? 'hosts on core 0, load on core 1' : 'processes not pinned'}, medians of ${plan.rounds} and ${plan.pairs} interleaved rounds`
)
const told = failures.map((failure) => `- *not run*: ${failure}`).join('\n')
const report = [table, goals, sweep, machine, ...(told === '' ? [] : [told])].join('\n\n')
process.stdout.write(`${report}\n`)
if (!values.quick) {
  keepReport(
    'RESULTS.md',
    'Fan-out',
    'Written by `npm run bench`. The plain host is `bench/plain-host.ts`: on each line, one `write` to each member. The C loop is `bench/c-loop.c`: the lines of one turn in one `write` to each member, and nothing else.',
    report
  )
  keepInReadme('bench', `${goals}\n\n${machine} All numbers: [bench/RESULTS.md](bench/RESULTS.md).`)
}
process.exit(0)
