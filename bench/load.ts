import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'

/**
 * The load on one host, in a process of its own. All lines have the same length, so that deliveries can be counted
 * without looking into them. Prints one JSON object.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    members: { type: 'string' },
    mode: { type: 'string' },
    senders: { type: 'string', default: '1' },
    warmMs: { type: 'string', default: '1000' },
    measureMs: { type: 'string', default: '3000' },
    perSecond: { type: 'string', default: '5' }
  }
})
const port = Number(values.port)
const memberCount = Number(values.members)
const measureMs = Number(values.measureMs)
const warmMs = Number(values.warmMs)

/** One address for all, and the ports a system gives have five digits: every prefix is as long as the next. */
const SOURCE = '127.0.0.1'
const TEXT = 'the quick brown fox jumps over the lazy dog, number '
const DIGITS = 8
const LF = 0x0a
/** Hosts that announce who comes are busy for a while after the last one came. */
const QUIET_MS = 400
const CONNECTING_AT_ONCE = 100

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const sequence = (n: number): string => String(n).padStart(DIGITS, '0')

let bytes = 0
let heardAt = performance.now()
let onChunk: ((index: number, chunk: Buffer) => void) | null = null
const sockets: Socket[] = []

const join = (index: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: SOURCE, port, localAddress: SOURCE, noDelay: true })
    sockets[index] = socket
    socket.once('connect', resolve)
    socket.once('error', reject)
    socket.on('close', () => {
      throw new Error('a member was closed during the benchmark')
    })
    socket.on('data', (chunk) => {
      bytes += chunk.length
      heardAt = performance.now()
      onChunk?.(index, chunk)
    })
  })
for (let from = 0; from < memberCount; from += CONNECTING_AT_ONCE) {
  const batch = Math.min(CONNECTING_AT_ONCE, memberCount - from)
  await Promise.all(Array.from({ length: batch }, (_, offset) => join(from + offset)))
}
do await pause(QUIET_MS / 4)
while (performance.now() - heardAt < QUIET_MS)

const lineBytes = (): number => {
  const prefix = `${SOURCE}:${sockets[0]?.localPort}: `
  if (sockets.some((socket) => String(socket.localPort).length !== 5)) throw new Error('lines of unequal length')
  return prefix.length + TEXT.length + DIGITS + 1
}
const size = lineBytes()
const finish = (result: object): never => {
  process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exit(0)
}

if (values.mode === 'throughput') {
  const senders = Number(values.senders)
  /** How far the senders are apart in the list of members: they are people like others, not the first who came. */
  const stride = Math.floor(memberCount / senders)
  let sent = 0
  const say = (socket: Socket): void => {
    socket.write(`${TEXT}${sequence(sent++)}\n`)
  }
  const mine = new Map<number, { prefix: Buffer; tail: Buffer }>()
  for (let n = 0; n < senders; n++) {
    const prefix = Buffer.from(`${SOURCE}:${sockets[n * stride]?.localPort}: `)
    mine.set(n * stride, { prefix, tail: Buffer.alloc(0) })
  }
  onChunk = (index, chunk) => {
    const own = mine.get(index)
    const socket = sockets[index]
    if (!own || !socket) return
    const seen = own.tail.length === 0 ? chunk : Buffer.concat([own.tail, chunk])
    const whole = seen.lastIndexOf(LF) + 1
    const at = seen.indexOf(own.prefix)
    if (at !== -1 && at < whole) say(socket)
    own.tail = Buffer.from(seen.subarray(whole))
  }
  for (const index of mine.keys()) {
    const socket = sockets[index]
    if (socket) say(socket)
  }
  await pause(warmMs)
  const before = bytes
  const from = performance.now()
  await pause(measureMs)
  const seconds = (performance.now() - from) / 1000
  finish({
    deliveriesPerSecond: (bytes - before) / size / seconds,
    linesPerSecond: sent / ((performance.now() - from + warmMs) / 1000)
  })
}

const gap = 1000 / Number(values.perSecond)
const sentAt: number[] = []
const latencies: number[] = []
let measuring = false
onChunk = (_index, chunk) => {
  const now = performance.now()
  // Below half load a chunk is one line; of several, the last is the one that was waited for.
  const number = Number(chunk.toString('latin1', chunk.length - 1 - DIGITS, chunk.length - 1))
  const at = sentAt[number]
  if (measuring && at !== undefined) latencies.push(now - at)
}
const speak = (): void => {
  sentAt.push(performance.now())
  sockets[(sentAt.length * 7) % memberCount]?.write(`${TEXT}${sequence(sentAt.length - 1)}\n`)
}
const talking = setInterval(speak, gap)
await pause(warmMs)
measuring = true
await pause(measureMs)
clearInterval(talking)
await pause(QUIET_MS)
latencies.sort((a, b) => a - b)
const at = (share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
finish({ p50: at(0.5), p99: at(0.99), deliveries: latencies.length, expected: memberCount })
