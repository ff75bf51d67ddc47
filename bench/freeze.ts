import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect, type Socket } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { serialize } from 'node:v8'
import { z } from 'zod'
import { appCommand, type Outcome } from '../src/shared/commands.ts'
import { freePort } from '../src/node/addresses.ts'
import { openApp } from '../src/node/app.ts'
import { keepReport, onThisMachine } from './report.ts'

/**
 * Whether a room can freeze the window, and the window a room: the app as Electron's main process runs it (switchboard,
 * hub, sessions, history, one attached view), in a process of its own on a core of its own, under floods from members and
 * from servers. Prints how late its event loop was. `--quick` shrinks everything; `--only H1,S2` runs some.
 */
const { values } = parseArgs({
  options: {
    app: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    seconds: { type: 'string' }
  }
})

const RESOLUTION_MS = 1
const NANO_PER_MS = 1e6

const toApp = z.discriminatedUnion('do', [
  z.object({ do: z.literal('perform'), command: appCommand }),
  /** Forgets what was measured so far. */
  z.object({ do: z.literal('begin') }),
  z.object({ do: z.literal('report') }),
  /** A page that is loaded anew, so many times a second. */
  z.object({ do: z.literal('reload'), perSecond: z.number() })
])
type ToApp = z.infer<typeof toApp>
const report = z.object({
  p50: z.number(),
  p99: z.number(),
  worst: z.number(),
  /** The same in processor time of the thread: what it did itself, whatever else the machine was doing. */
  own99: z.number(),
  ownWorst: z.number(),
  /** Part of the time in which the loop had something to do. */
  busy: z.number(),
  lines: z.number(),
  residentMiB: z.number()
})
type Report = z.infer<typeof report>
const opened = z.object({ ok: z.literal(true), room: z.string() })

/** The part that is measured. A view costs what Electron pays for it: the copy that goes to the page. */
const runApp = async (): Promise<void> => {
  const profile = mkdtempSync(join(tmpdir(), 'teahouse-freeze-'))
  process.on('exit', () => rmSync(profile, { recursive: true, force: true }))
  const app = await openApp({
    profile,
    carrier: 'electron',
    version: 'bench',
    systemLanguage: 'en',
    notify: () => undefined,
    badge: () => undefined,
    openLink: () => false,
    exportTo: () => Promise.resolve(null),
    showFile: () => undefined
  })
  app.switchboard.start()
  let lines = 0
  const attach = (): (() => void) =>
    app.switchboard.attach((message) => {
      serialize(message)
      if (message.type === 'events')
        for (const event of message.events) if (event.type === 'linesAdded') lines += event.lines.length
    })
  attach()
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  const own = createHistogram()
  let cpuBefore = process.threadCpuUsage()
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(cpuBefore)
    cpuBefore = process.threadCpuUsage()
    own.record(Math.max(1, user + system))
    setTimeout(look, RESOLUTION_MS)
  }
  look()
  let used = performance.eventLoopUtilization()
  let reloading: NodeJS.Timeout | undefined
  const late = (ns: number): number => Math.max(0, ns / NANO_PER_MS - RESOLUTION_MS)
  const answer = async (asked: ToApp): Promise<Outcome | Report | null> => {
    switch (asked.do) {
      case 'perform':
        return app.switchboard.perform(asked.command)
      case 'begin':
        lines = 0
        delays.reset()
        own.reset()
        used = performance.eventLoopUtilization()
        return null
      case 'report':
        return {
          p50: late(delays.percentile(50)),
          p99: late(delays.percentile(99)),
          worst: late(delays.max),
          own99: own.percentile(99) / 1000,
          ownWorst: own.max / 1000,
          busy: performance.eventLoopUtilization(used).utilization,
          lines,
          residentMiB: process.memoryUsage.rss() / 1024 ** 2
        }
      case 'reload':
        reloading = setInterval(() => attach()(), 1000 / asked.perSecond)
        return null
    }
  }
  const reply = async (message: unknown): Promise<void> => {
    process.send?.((await answer(toApp.parse(message))) ?? {})
  }
  const leave = async (): Promise<void> => {
    clearInterval(reloading)
    await app.close()
    process.exit(0)
  }
  process.on('message', (message) => void reply(message))
  process.on('disconnect', () => void leave())
  process.send?.({})
}

const full = !values.quick
const seconds = Number(values.seconds ?? (full ? 30 : 1))
const PER_SECOND = 50_000
const TICK_MS = 10
const MIB = 1024 * 1024
const canPin = cpus().length >= 2 && spawnSync('taskset', ['-cp', '1', String(process.pid)]).status === 0
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

interface App {
  ask(what: ToApp): Promise<unknown>
  report(): Promise<Report>
  stop(): Promise<void>
}
const startApp = async (): Promise<App> => {
  const child = fork(fileURLToPath(import.meta.url), ['--app'], { execArgv: process.execArgv })
  children.add(child)
  if (canPin) spawnSync('taskset', ['-acp', '0', String(child.pid)])
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const died = (code: number | null): void => reject(new Error(`the app ended with ${code}`))
      child.once('exit', died)
      child.once('message', (message) => {
        child.off('exit', died)
        resolve(message)
      })
    })
  await next()
  const ask = (what: ToApp): Promise<unknown> => {
    const answered = next()
    child.send(what)
    return answered
  }
  return {
    ask,
    report: async () => report.parse(await ask({ do: 'report' })),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.disconnect()
      await ended
      children.delete(child)
    }
  }
}

const dial = (port: number, source = 1): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${source}`, noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
    socket.on('error', () => undefined)
    socket.resume()
  })
/** So many lines a second, as long as the other side takes them; `line`: the number of the line. */
const flood = (
  socket: () => Socket | null,
  line: (n: number) => string,
  perSecond = PER_SECOND
): { stop: () => number } => {
  let sent = 0
  const timer = setInterval(() => {
    const to = socket()
    if (to === null || !to.writable || to.writableLength > MIB) return
    let text = ''
    for (let n = (perSecond * TICK_MS) / 1000; n > 0; n--) text += line(sent++)
    to.write(text, 'utf8')
  }, TICK_MS)
  return {
    stop: () => {
      clearInterval(timer)
      return sent
    }
  }
}

/** Where the search for a free port begins. */
const FIRST_PORT = 28_888
const hostRoom = async (app: App): Promise<number> => {
  const port = await freePort(FIRST_PORT)
  if (port === null) throw new Error('no free port')
  const { room } = opened.parse(
    await app.ask({
      do: 'perform',
      command: {
        type: 'host',
        name: 'Flood',
        doors: [{ port, dialect: 'relay' }],
        language: 'en',
        bare: false
      }
    })
  )
  await app.ask({
    do: 'perform',
    command: { type: 'look', conversation: room, inFront: true, atEnd: true, line: null }
  })
  return port
}
interface FloodingServer {
  port: number
  socket: () => Socket | null
  close: () => void
}
const floodingServer = async (): Promise<FloodingServer> => {
  let socket: Socket | null = null
  const server = createServer((came) => {
    came.on('error', () => undefined)
    came.resume()
    socket = came
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  return {
    port: at !== null && typeof at === 'object' ? at.port : 0,
    socket: () => socket,
    close: () => {
      socket?.destroy()
      server.close()
    }
  }
}
const enter = async (app: App, port: number, dialect: 'relay' | 'im' | 'gopl'): Promise<void> => {
  const { room } = opened.parse(
    await app.ask({
      do: 'perform',
      command: { type: 'connect', host: '127.0.0.1', port, dialect, charset: 'auto' }
    })
  )
  await app.ask({
    do: 'perform',
    command: { type: 'look', conversation: room, inFront: true, atEnd: true, line: null }
  })
  await pause(1000)
}

/** What somebody in the room waits for his own line while all this goes on. */
const talkIn = (socket: Socket): { stop: () => { p99: number; heard: number; said: number } } => {
  const latencies: number[] = []
  let said = 0
  let rest = ''
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const at = /~(\d+\.\d+)$/u.exec(line)?.[1]
      if (at !== undefined) latencies.push(performance.now() - Number(at))
    }
  })
  const timer = setInterval(() => {
    said += 1
    socket.write(`~${performance.now().toFixed(3)}\n`)
  }, 250)
  return {
    stop: () => {
      clearInterval(timer)
      const sorted = latencies.toSorted((a, b) => a - b)
      return { p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, heard: sorted.length, said }
    }
  }
}

interface Trial {
  id: string
  what: string
  run: (app: App) => Promise<string>
}
const ADDRESS = (n: number): string => `10.1.${(n >> 8) & 255}.${n & 255}:40000`
const served = (
  id: string,
  what: string,
  dialect: 'relay' | 'im' | 'gopl',
  line: (n: number) => string,
  perSecond = PER_SECOND
): Trial => ({
  id,
  what,
  run: async (app) => {
    const server = await floodingServer()
    await enter(app, server.port, dialect)
    await app.ask({ do: 'begin' })
    const flooding = flood(server.socket, line, perSecond)
    await pause(seconds * 1000)
    const sent = flooding.stop()
    server.close()
    return `${sent} lines sent`
  }
})
const trials: Trial[] = [
  {
    id: 'H0',
    what: 'hosting, nobody floods',
    run: async (app) => {
      const port = await hostRoom(app)
      const talking = talkIn(await dial(port, 2))
      await app.ask({ do: 'begin' })
      await pause(seconds * 1000)
      const { p99, heard, said } = talking.stop()
      return `${heard} of ${said} own lines back, p99 ${p99.toFixed(1)} ms`
    }
  },
  ...[1, 20].map((sources): Trial => ({
    id: sources === 1 ? 'H1' : 'H2',
    what: `hosting; ${sources === 1 ? 'a member floods and comes back' : `members from ${sources} addresses flood and come back`} as often as they may`,
    run: async (app) => {
      const port = await hostRoom(app)
      const talking = talkIn(await dial(port, 100))
      await app.ask({ do: 'begin' })
      let times = 0
      const floods = Array.from({ length: sources }, (_, n) => {
        let socket: Socket | null = null
        let coming = false
        const come = async (): Promise<void> => {
          coming = true
          socket = await dial(port, 2 + n).catch(() => null)
          coming = false
          times += 1
        }
        return flood(
          () => {
            if (!coming && (socket === null || socket.destroyed || socket.readableEnded)) void come()
            return coming ? null : socket
          },
          () => 'flood\n',
          PER_SECOND / sources
        )
      })
      await pause(seconds * 1000)
      let sent = 0
      for (const flooding of floods) sent += flooding.stop()
      const { p99, heard, said } = talking.stop()
      return `${sent} lines sent, ${times} connections; ${heard} of ${said} own lines back, p99 ${p99.toFixed(1)} ms`
    }
  })),
  served('S1', 'a relay floods us', 'relay', (n) => `${ADDRESS(n % 50)}:line number ${n} of a flood\n`),
  served('S2', 'an `im` server floods us', 'im', (n) => `[${ADDRESS(n % 50)}]ann:line number ${n} of a flood\n`),
  served(
    'S3',
    'a relay floods us as fast as it can',
    'relay',
    (n) => `${ADDRESS(n % 50)}:line number ${n} of a flood\n`,
    20 * PER_SECOND
  ),
  served('S4', 'a server tells us of people who come', 'gopl', (n) => `${ADDRESS(n)} has arrived\n`),
  served(
    'S5',
    'a server tells us of people who come and go',
    'im',
    (n) => `[${ADDRESS(n >> 1)}]ann:${n % 2 === 0 ? '已上线' : '已下线'}\n`
  ),
  served(
    'S6',
    'a server sends long lines, 100 MB/s',
    'relay',
    (n) => `${ADDRESS(n % 50)}:${'x'.repeat(100_000)}\n`,
    1000
  ),
  {
    id: 'W1',
    what: 'hosting; the window is loaded anew 20 times a second, with 5 full rooms',
    run: async (app) => {
      const port = await hostRoom(app)
      for (let n = 0; n < 5; n++) {
        const server = await floodingServer()
        await enter(app, server.port, 'relay')
        server.socket()?.write(Array.from({ length: 2000 }, (_, at) => `${ADDRESS(at % 50)}:line ${at}\n`).join(''))
      }
      const talking = talkIn(await dial(port, 100))
      await app.ask({ do: 'begin' })
      await app.ask({ do: 'reload', perSecond: 20 })
      await pause(seconds * 1000)
      const { p99, heard, said } = talking.stop()
      return `${heard} of ${said} lines of a member back, p99 ${p99.toFixed(1)} ms`
    }
  }
]

const runTrials = async (): Promise<void> => {
  const only = values.only?.split(',') ?? null
  const measured = onThisMachine()
  const ms = (n: number): string => `${n.toFixed(1)} ms`
  const rows = [
    `| | ${PER_SECOND.toLocaleString('en-US')} lines a second for ${seconds} s | delay p50 | p99 (goal ≤ 50 ms) | worst | own work in a turn p99 | worst | loop in use | lines shown a second | memory | |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|`
  ]
  process.stdout.write(`${rows.join('\n')}\n`)
  for (const { id, what, run } of trials) {
    if (only && !only.includes(id)) continue
    const app = await startApp()
    try {
      const seen = await run(app)
      const { p50, p99, worst, own99, ownWorst, busy, lines, residentMiB } = await app.report()
      const row = `| ${id} | ${what} | ${ms(p50)} | **${ms(p99)}** | ${ms(worst)} | ${ms(own99)} | ${ms(ownWorst)} | ${(busy * 100).toFixed(0)} % | ${Math.round(lines / seconds)} | ${residentMiB.toFixed(0)} MiB | ${seen} |`
      rows.push(row)
      process.stdout.write(`${row}\n`)
    } finally {
      await app.stop()
    }
  }
  const machine = measured(canPin ? 'the app on core 0, load on core 1' : 'not pinned')
  process.stdout.write(`\n${machine}\n`)
  if (only === null && full && values.seconds === undefined)
    keepReport(
      'FREEZE.md',
      'The loop of the main process',
      'Written by `node bench/freeze.ts`: the program of the main process without its window, keeping history, while a room or a server does what it can to hold it up.',
      [...rows, '', machine].join('\n')
    )
  process.exit(0)
}
await (values.app ? runApp() : runTrials())
