import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeSession } from '../src/core/session/session.ts'
import { makeClock } from '../src/node/clock.ts'
import { makeCodec } from '../src/node/codec.ts'
import { makeDial } from '../src/node/tcp.ts'
import { keepReport, onThisMachine } from './report.ts'

/**
 * What the host bears, at full size: the numbers behind `test/load`. Each trial gets a host of its own, as people run it,
 * and prints one row. `--quick` shrinks everything, to see that it works; `--only T21,T28` runs some; `--soak` talks in
 * T19 for ten minutes instead of one.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    only: { type: 'string' }
  }
})
const full = !values.quick
const size = (whole: number, small: number): number => (full ? whole : small)
const talkSeconds = values.soak ? 600 : size(60, 2)
const only = values.only?.split(',') ?? null

const MIB = 1024 * 1024
const START_MS = 20_000
const LOOK_MS = 20
const CONNECTING_AT_ONCE = 100
/** Loopback has more addresses than one where this is a Linux; elsewhere all come from the first. */
const SOURCES = process.platform === 'linux' ? 20 : 1

const canPin = cpus().length >= 2 && spawnSync('taskset', ['-cp', '1', String(process.pid)]).status === 0
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
const until = async (holds: () => boolean, what: string, withinMs: number): Promise<void> => {
  for (const deadline = performance.now() + withinMs; !holds(); await pause(LOOK_MS)) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
  }
}

interface Host {
  port: number
  numbers(): Promise<Map<string, number>>
  stop(): Promise<{ code: number | null; ms: number }>
  /** As a power cut would. */
  kill(): Promise<void>
}
const startHost = async (options: string[]): Promise<Host> => {
  const script = fileURLToPath(new URL('../src/headless/index.ts', import.meta.url))
  const words = [
    script,
    'host',
    '--port',
    '0',
    '--bind',
    '127.0.0.1',
    '--dialect',
    'relay',
    '--language',
    'en',
    '--no-history'
  ]
  const all = [...words, '--metrics', '127.0.0.1:0', ...options]
  const child = canPin
    ? spawn('taskset', ['-c', '0', process.execPath, ...all], { stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let out = ''
  let told = ''
  child.stdout?.on('data', (bytes: Buffer) => (out.includes('\n') ? undefined : (out += bytes.toString('utf8'))))
  child.stderr?.on('data', (bytes: Buffer) => (told += bytes.toString('utf8')))
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      children.delete(child)
      resolve(code)
    })
  })
  await until(() => out.includes('\n') && told.includes('/metrics'), 'the host listens', START_MS)
  const url = /http:\S+/u.exec(told)?.[0] ?? ''
  return {
    port: Number(/port (\d+)/u.exec(out)?.[1]),
    numbers: async () => {
      const text = await (await fetch(url)).text()
      return new Map(
        text.split('\n').flatMap((line): [string, number][] => {
          const at = line.lastIndexOf(' ')
          return line === '' || line.startsWith('#') ? [] : [[line.slice(0, at), Number(line.slice(at + 1))]]
        })
      )
    },
    stop: async () => {
      const begun = performance.now()
      child.kill('SIGTERM')
      return { code: await exited, ms: performance.now() - begun }
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    }
  }
}

interface Visitor {
  socket: Socket
  bytes: number
  ended: boolean
}
/** Lines that tell when they were sent: `~123.456`. Of several in a chunk, the last one tells. */
const STAMP = /~(\d+\.\d+)\n/u
const latencies: number[] = []
const TILDE = 0x7e
/** Stamped lines that reached somebody. */
let stamped = 0
/** `stays`: does not hang up when the host does. */
const visit = (port: number, n: number, stays = false): Promise<Visitor> =>
  new Promise((resolve, reject) => {
    const localAddress = `127.0.0.${1 + (n % SOURCES)}`
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true, allowHalfOpen: stays })
    const visitor: Visitor = { socket, bytes: 0, ended: false }
    socket.once('connect', () => resolve(visitor))
    socket.once('error', reject)
    socket.on('error', () => {
      visitor.ended = true
    })
    socket.on('close', () => {
      visitor.ended = true
    })
    socket.on('end', () => {
      visitor.ended = true
    })
    socket.on('data', (chunk) => {
      visitor.bytes += chunk.length
      for (let at = chunk.indexOf(TILDE); at !== -1; at = chunk.indexOf(TILDE, at + 1)) stamped += 1
      const stamp = STAMP.exec(chunk.toString('latin1', Math.max(0, chunk.length - 40)))
      if (stamp) latencies.push(performance.now() - Number(stamp[1]))
    })
  })
const crowd = async (port: number, many: number, stay = false): Promise<Visitor[]> => {
  const all: Visitor[] = []
  while (all.length < many) {
    const batch = Math.min(CONNECTING_AT_ONCE, many - all.length)
    all.push(...(await Promise.all(Array.from({ length: batch }, (_, n) => visit(port, all.length + n, stay)))))
  }
  return all
}
const members = async (host: Host, many: number): Promise<void> => {
  for (const deadline = performance.now() + 60_000; ; await pause(LOOK_MS)) {
    if ((await host.numbers()).get('teahouse_members') === many) return
    if (performance.now() > deadline) throw new Error(`there are not ${many} members`)
  }
}
const share = (sorted: number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
/** Stamped lines, evenly; what everybody read of them. */
const talk = async (
  talkers: Visitor[],
  perSecond: number,
  seconds: number
): Promise<{ p50: number; p99: number; heard: number; said: number }> => {
  latencies.length = 0
  stamped = 0
  let said = 0
  const speak = (): void => {
    talkers[said++ % talkers.length]?.socket.write(`~${performance.now().toFixed(3)}\n`)
  }
  const timer = setInterval(speak, 1000 / perSecond)
  await pause(seconds * 1000)
  clearInterval(timer)
  await pause(1000)
  const sorted = latencies.toSorted((a, b) => a - b)
  return { p50: share(sorted, 0.5), p99: share(sorted, 0.99), heard: stamped, said }
}
const leave = (all: Visitor[]): void => {
  for (const { socket } of all) socket.destroy()
}
const median = (numbers: number[]): number =>
  share(
    numbers.toSorted((a, b) => a - b),
    0.5
  )
const ms = (n: number | undefined): string => `${(n ?? Number.NaN).toFixed(1)} ms`
const mib = (n: number): string => `${(n / MIB).toFixed(1)} MiB`
const RESIDENT = 'process_resident_memory_bytes'
const refusals = (numbers: Map<string, number>, reason: string): number =>
  numbers.get(`teahouse_refusals_total{reason="${reason}"}`) ?? 0
const delayOf = (numbers: Map<string, number>, part: string): string =>
  ms((numbers.get(`teahouse_event_loop_delay_seconds{quantile="${part}"}`) ?? Number.NaN) * 1000)

interface Trial {
  id: string
  what: string
  goal: string
  options: string[]
  run: (host: Host) => Promise<string>
}
/** What systemd waits before it starts a service again, with our unit. */
const DOWN_MS = 2000
const BACK_MS = 75_000
/** Clients of ours, as people run them, through the death of their host. */
const restarts = async (first: Host): Promise<string> => {
  const { port } = first
  const clock = makeClock()
  const dial = makeDial()
  let attempts: number[] = []
  let standing = 0
  const heard: Map<string, number>[] = []
  const clients = Array.from({ length: size(500, 40) }, () => {
    const texts = new Map<string, number>()
    heard.push(texts)
    return makeSession(
      {
        host: '127.0.0.1',
        port,
        dialect: 'auto',
        remembered: null,
        charset: 'auto',
        nick: null,
        reconnect: true
      },
      {
        clock,
        codec: makeCodec,
        random: Math.random,
        dial: (...to) => {
          attempts.push(performance.now())
          return dial(...to)
        },
        emit: (event) => {
          if (event.type === 'introduced') standing += 1
          else if (event.type === 'disconnected' && event.reason !== 'refused') standing -= 1
          else if (event.type === 'said') texts.set(event.text ?? '', (texts.get(event.text ?? '') ?? 0) + 1)
        }
      }
    )
  })
  const everybody = (withinMs: number): Promise<void> =>
    until(() => standing === clients.length, 'all clients are in the room', withinMs)
  const sayAll = async (what: string): Promise<void> => {
    for (const [n, client] of clients.entries()) client.perform({ type: 'say', text: `${what} ${n}` })
    await until(() => heard.every((texts, n) => texts.has(`${what} ${n}`)), 'everybody reads himself', 60_000)
  }
  await everybody(60_000)
  let host = first
  const back: number[] = []
  let most = 0
  let tried = 0
  for (let round = 0; round < size(3, 1); round++) {
    await sayAll(`before ${round}`)
    await pause(1000)
    attempts = []
    const killed = performance.now()
    await host.kill()
    await pause(DOWN_MS)
    host = await startHost(['--unlimited', '--dialect', 'im', '--port', String(port)])
    await everybody(BACK_MS + 30_000)
    back.push(performance.now() - killed)
    const seconds = new Map<number, number>()
    for (const at of attempts) {
      const second = Math.floor((at - killed) / 1000)
      seconds.set(second, (seconds.get(second) ?? 0) + 1)
    }
    most = Math.max(most, ...seconds.values())
    tried += attempts.length
    await sayAll(`after ${round}`)
  }
  const twice = heard.reduce((sum, texts) => sum + [...texts.values()].filter((times) => times > 1).length, 0)
  await Promise.all(clients.map((client) => client.leave()))
  await host.stop()
  return `the last one back after ${back.map((took) => `${(took / 1000).toFixed(1)} s`).join(', ')}; at most ${most} of ${tried} attempts in one second; ${twice} lines shown twice`
}

const trials: Trial[] = [
  {
    id: 'T19',
    what: `${size(5000, 100)} members, one line a second for ${talkSeconds} s`,
    goal: 'connected ≤ 10 s; ≤ 250 MiB; all delivered; p50 ≤ 150, p99 ≤ 500 ms',
    options: ['--unlimited'],
    run: async (host) => {
      const many = size(5000, 100)
      const begun = performance.now()
      const all = await crowd(host.port, many)
      await members(host, many)
      const took = performance.now() - begun
      await host.numbers()
      const { p50, p99, heard, said } = await talk(all, 1, talkSeconds)
      const numbers = await host.numbers()
      leave(all)
      return `connected in ${ms(took)}; ${mib(numbers.get(RESIDENT) ?? 0)}; ${heard} of ${said * many} delivered; p50 ${ms(p50)}, p99 ${ms(p99)}`
    }
  },
  {
    id: 'T20',
    what: `${size(9000, 60)} come into a room for ${size(5000, 40)}`,
    goal: 'each one too many is told and closed; the others unaffected',
    options: ['--unlimited', '--members', String(size(5000, 40))],
    run: async (host) => {
      const most = size(5000, 40)
      const all = await crowd(host.port, most)
      await members(host, most)
      const over = await crowd(host.port, size(4000, 20))
      await until(() => over.every((visitor) => visitor.ended), 'those who are too many are closed', 30_000)
      const told = over.filter((visitor) => visitor.bytes === '* Closing: the room is full\n'.length).length
      const numbers = await host.numbers()
      const inside = all.filter((visitor) => !visitor.ended).length
      leave(all)
      return `${told} told, ${refusals(numbers, 'room-full')} refused, ${numbers.get('teahouse_dropped_total')} dropped unheard; ${inside} of ${most} inside`
    }
  },
  {
    id: 'T21',
    what: `one frozen reader among ${size(1000, 50)}, ${size(7, 1)} pairs at 5 lines a second`,
    goal: 'p99 of the others ≤ 1.2 times; closed with its reason; RSS + ≤ 8 MiB',
    options: ['--unlimited', '--dialect', 'im'],
    run: async (host) => {
      const all = await crowd(host.port, size(1000, 50))
      await members(host, all.length)
      const seconds = size(6, 1)
      const alone: number[] = []
      const beside: number[] = []
      let grown = 0
      for (let pair = 0; pair < size(7, 1); pair++) {
        const before = (await host.numbers()).get(RESIDENT) ?? 0
        alone.push((await talk(all, 5, seconds)).p99)
        const frozen = await visit(host.port, all.length)
        frozen.socket.pause()
        // The kernel swallows megabytes before anything backs up here: he fills it with answers that only he gets.
        while ((await host.numbers()).get('teahouse_queue_bytes') === 0) {
          frozen.socket.write('who\n'.repeat(10))
          await pause(LOOK_MS)
        }
        beside.push((await talk(all, 5, seconds)).p99)
        grown = Math.max(grown, ((await host.numbers()).get(RESIDENT) ?? 0) - before)
        for (let n = 0; n < 600 && !frozen.ended; n++) {
          await pause(LOOK_MS)
          if (refusals(await host.numbers(), 'slow-reader') > pair) break
        }
        frozen.socket.destroy()
      }
      const numbers = await host.numbers()
      leave(all)
      return `p99 ${ms(median(alone))} alone, ${ms(median(beside))} beside: ${(median(beside) / median(alone)).toFixed(2)}; ${refusals(numbers, 'slow-reader')} closed as slow readers; RSS + ${mib(grown)}`
    }
  },
  {
    id: 'T23',
    what: `${size(100, 10)} frozen among ${size(1000, 50)}`,
    goal: 'the others get everything; all frozen closed',
    options: ['--unlimited'],
    run: async (host) => {
      const good = await crowd(host.port, size(900, 40))
      const frozen = await crowd(host.port, size(100, 10))
      for (const { socket } of frozen) socket.pause()
      await members(host, good.length + frozen.length)
      let most = 0
      let said = 0
      const line = `${'x'.repeat(8000)}\n`
      const before = good.map((visitor) => visitor.bytes)
      for (const deadline = performance.now() + size(120_000, 30_000); performance.now() < deadline;) {
        for (let n = 0; n < 5; n++, said++) good[0]?.socket.write(line)
        const first = good[0]
        const wanted = said * line.length + (before[0] ?? 0)
        await until(() => (first?.bytes ?? 0) >= wanted, 'the talker reads himself', 60_000)
        const numbers = await host.numbers()
        most = Math.max(most, numbers.get('teahouse_queue_bytes') ?? 0)
        if (refusals(numbers, 'slow-reader') >= frozen.length) break
      }
      await pause(500)
      const whole = good.filter((visitor, n) => visitor.bytes - (before[n] ?? 0) >= said * line.length).length
      const closed = refusals(await host.numbers(), 'slow-reader')
      leave([...good, ...frozen])
      return `${whole} of ${good.length} got all ${said} lines; ${closed} closed as slow readers; queues at most ${mib(most)}`
    }
  },
  {
    id: 'T26',
    what: `${full ? '1 GiB' : '64 MiB'} without an end of line`,
    goal: 'closed after 64 KiB; RSS + ≤ 16 MiB; p99 of the others ≤ 50 ms',
    options: ['--unlimited'],
    run: async (host) => {
      const all = await crowd(host.port, 50)
      const before = (await host.numbers()).get(RESIDENT) ?? 0
      const flood = await visit(host.port, 50)
      const piece = Buffer.alloc(64 * 1024, 0x78)
      const talking = talk(all, 5, size(5, 2))
      let taken = 0
      while (taken < size(1024, 64) * MIB && !flood.ended) {
        const went = flood.socket.write(piece)
        taken += piece.length
        if (!went) await Promise.race([new Promise((resolve) => flood.socket.once('drain', resolve)), pause(1000)])
      }
      const { p99 } = await talking
      const numbers = await host.numbers()
      leave([...all, flood])
      return `closed ${refusals(numbers, 'line-endless')} after ${mib(taken)} were handed to the kernel; RSS + ${mib((numbers.get(RESIDENT) ?? 0) - before)}; p99 ${ms(p99)}`
    }
  },
  {
    id: 'T27',
    what: `${size(2000, 50)} who type one byte in ten seconds, for ${size(300, 3)} s`,
    goal: 'RSS + ≤ 40 MiB; p99 of the others ≤ 50 ms',
    options: ['--unlimited'],
    run: async (host) => {
      const all = await crowd(host.port, 50)
      const before = (await host.numbers()).get(RESIDENT) ?? 0
      const slow = await crowd(host.port, size(2000, 50))
      let turn = 0
      // One byte each in ten seconds, a hundredth of them at a time.
      const typing = setInterval(
        () => {
          for (let n = turn++ % 100; n < slow.length; n += 100) slow[n]?.socket.write('x')
        },
        size(100, 10)
      )
      const { p99 } = await talk(all, 1, size(300, 3))
      clearInterval(typing)
      const numbers = await host.numbers()
      const there = slow.filter((visitor) => !visitor.ended).length
      leave([...all, ...slow])
      return `RSS + ${mib((numbers.get(RESIDENT) ?? 0) - before)}; p99 ${ms(p99)}; ${there} of ${slow.length} still there`
    }
  },
  ...(['T28', 'T28u'] as const).map((id): Trial => ({
    id,
    what: `50,000 lines a second from one member for ${size(30, 2)} s${id === 'T28u' ? ', rate unlimited' : ', who comes back each time'}`,
    goal: 'event-loop delay p99 ≤ 50 ms; the others’ p99 ≤ 100 ms',
    options: id === 'T28u' ? ['--unlimited'] : ['--per-address', 'unlimited', '--new-per-minute', 'unlimited'],
    run: async (host) => {
      const all = await crowd(host.port, 20)
      await members(host, 20)
      await host.numbers()
      const burst = 'flood\n'.repeat(500)
      let flooder = await visit(host.port, 20)
      let sent = 0
      let times = 0
      let coming = false
      const comeBack = async (): Promise<void> => {
        flooder = await visit(host.port, 20)
        coming = false
      }
      const flooding = setInterval(() => {
        if (flooder.ended && !coming) {
          coming = true
          times += 1
          void comeBack()
        } else if (!coming && flooder.socket.writableLength < MIB) {
          flooder.socket.write(burst)
          sent += 500
        }
      }, 10)
      const { p50, p99 } = await talk(all, 5, size(30, 2))
      clearInterval(flooding)
      const numbers = await host.numbers()
      leave([...all, flooder])
      return `${sent} lines sent; closed ${times} times; loop delay p99 ${delayOf(numbers, '0.99')}, worst ${delayOf(numbers, '1')}; the others p50 ${ms(p50)}, p99 ${ms(p99)}`
    }
  })),
  {
    id: 'T29',
    what: `${size(2000, 200)} connections a second for ${size(30, 1)} s`,
    goal: 'limits hold; loop delay p99 ≤ 100 ms; the host’s files come back',
    options: [],
    run: async (host) => {
      await host.numbers()
      let tried = 0
      const storming = setInterval(() => {
        for (let n = 0; n < size(20, 2); n++) {
          const socket = connect({
            host: '127.0.0.1',
            port: host.port,
            localAddress: `127.0.0.${1 + (tried++ % SOURCES)}`
          })
          socket.on('error', () => undefined)
          socket.on('connect', () => setTimeout(() => socket.destroy(), 50))
        }
      }, 10)
      await pause(size(30, 1) * 1000)
      clearInterval(storming)
      const during = await host.numbers()
      await members(host, 0)
      const refused = refusals(during, 'too-many-at-once') + refusals(during, 'too-many-a-minute')
      return `${tried} tried, ${during.get('teahouse_joined_total')} let in, ${refused} told why, ${during.get('teahouse_dropped_total')} dropped unheard; loop delay p99 ${delayOf(during, '0.99')}, worst ${delayOf(during, '1')}; 0 members after`
    }
  },
  {
    id: 'T35',
    what: `the host is killed and starts again after ${DOWN_MS / 1000} s, ${size(3, 1)} times, with ${size(500, 40)} clients of ours`,
    goal: `all back ≤ 75 s; no second sees more than ${size(25, 40)} attempts (5 %); nothing said or shown twice`,
    options: ['--unlimited', '--dialect', 'im'],
    run: restarts
  },
  {
    id: 'STOP',
    what: `stopping a host with ${size(1000, 50)} members who do not hang up`,
    goal: '≤ 2 s, exit code 0',
    options: ['--unlimited'],
    run: async (host) => {
      const all = await crowd(host.port, size(1000, 50), true)
      await members(host, all.length)
      const { code, ms: took } = await host.stop()
      leave(all)
      return `${ms(took)}, exit code ${code}`
    }
  }
]

const measured = onThisMachine()
const rows = ['| | trial | goal | seen |', '|---|---|---|---|']
process.stdout.write(`${rows.join('\n')}\n`)
let failed = 0
for (const { id, what, goal, options, run } of trials) {
  if (only && !only.includes(id)) continue
  let seen = ''
  try {
    const host = await startHost(options)
    seen = await run(host)
    await host.stop()
  } catch (error) {
    failed += 1
    seen = `*failed*: ${error instanceof Error ? error.message : String(error)}`
    for (const child of children) child.kill('SIGKILL')
  }
  const row = `| ${id} | ${what} | ${goal} | ${seen} |`
  rows.push(row)
  process.stdout.write(`${row}\n`)
}
const machine = measured(canPin ? 'host on core 0, load on core 1' : 'not pinned')
process.stdout.write(`\n${machine}\n`)
if (full && only === null && failed === 0)
  keepReport(
    'HOST.md',
    'What a host bears',
    'Written by `node bench/load-lab.ts`: each trial against a `teahouse host` of its own, with its default limits but for what the trial is about. `test/load` runs short forms of them.',
    [...rows, '', machine].join('\n')
  )
process.exit(failed === 0 ? 0 : 1)
