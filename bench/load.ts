import { readFileSync } from 'node:fs'
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
    perSecond: { type: 'string', default: '5' },
    /** The host's process, whose CPU time is taken. */
    pid: { type: 'string', default: '0' },
    /** `own`: a sender goes on when he reads his own line; `neighbour`: when another one does (hosts without echo). */
    watch: { type: 'string', default: 'own' },
    /** `bytes`: all lines have the same length; `lines`: they have not, and are looked for. */
    count: { type: 'string', default: 'bytes' },
    /**
     * `yes`: the host greets who comes. To be connected is not to be in: a kernel connects more than a busy host has let
     * in yet, and under SYN cookies it forgets those that no longer fit its list.
     */
    greets: { type: 'string', default: 'no' },
    /** `plain`: a line is said as it is; `irc`: in a channel, after the words that lead there (RFC 2812). */
    talk: { type: 'string', default: 'plain' }
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

const CHANNEL = '#teahouse'
const isIrc = values.talk === 'irc'
/** An IRC server lets ten wait at its door; the kernel turns away who comes after them, for seconds. */
const CONNECTING_AT_ONCE = isIrc ? 5 : 100
const said = (text: string): string => (isIrc ? `PRIVMSG ${CHANNEL} :${text}\r\n` : `${text}\n`)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const sequence = (n: number): string => String(n).padStart(DIGITS, '0')

let bytes = 0
let lines = 0
const byLines = values.count === 'lines'
let heardAt = performance.now()
let onChunk: ((index: number, chunk: Buffer) => void) | null = null
const sockets: Socket[] = []

/** Known to the server first (001), then in the channel, when the names in it have been listed (366). */
const enterChannel = (socket: Socket, index: number, entered: () => void): void => {
  let heard = ''
  let known = false
  const hear = (chunk: Buffer): void => {
    heard += chunk.toString('latin1')
    if (!known && / 001 /u.test(heard)) {
      known = true
      socket.write(`JOIN ${CHANNEL}\r\n`)
    }
    if (!/ 366 /u.test(heard)) return
    socket.off('data', hear)
    entered()
  }
  socket.on('data', hear)
  socket.write(`NICK m${index}\r\nUSER member 0 * :member\r\n`)
}
const join = (index: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: SOURCE, port, localAddress: SOURCE, noDelay: true })
    sockets[index] = socket
    if (isIrc) enterChannel(socket, index, resolve)
    else socket.once(values.greets === 'yes' ? 'data' : 'connect', () => resolve())
    let why = 'with FIN'
    socket.on('error', (error) => {
      why = error.message
      reject(error)
    })
    socket.on('close', () => {
      throw new Error(`member ${index} was closed during the benchmark: ${why}`)
    })
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (byLines) for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) lines += 1
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

/** CPU time of the host so far, all its threads, in seconds; null where the system does not show it. */
const cpuSeconds = (): number | null => {
  try {
    const stat = readFileSync(`/proc/${values.pid}/stat`, 'utf8')
    // Behind the program's name, which may hold blanks: the 14th and 15th of all, in hundredths.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return null
  }
}
const lineBytes = (): number => {
  if (byLines) return 1
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
  const tagDigits = 2
  let sent = 0
  interface Sender {
    socket: Socket
    /** How his lines are known among all: his number, in front of the line's. */
    tag: string
    tail: Buffer
  }
  const say = ({ socket, tag }: Sender): void => {
    const number = String(sent++).padStart(DIGITS - tagDigits, '0')
    socket.write(said(`${TEXT}${tag}${number.slice(tagDigits - DIGITS)}`))
  }
  /** By the member who sees that a line came round. */
  const watchers = new Map<number, Sender>()
  for (let n = 0; n < senders; n++) {
    const socket = sockets[n * stride]
    if (!socket) throw new Error('more senders than members')
    const watcher = values.watch === 'own' ? n * stride : n * stride + 1
    watchers.set(watcher, { socket, tag: String(n).padStart(tagDigits, '0'), tail: Buffer.alloc(0) })
  }
  onChunk = (index, chunk) => {
    const sender = watchers.get(index)
    if (!sender) return
    const seen = sender.tail.length === 0 ? chunk : Buffer.concat([sender.tail, chunk])
    const whole = seen.lastIndexOf(LF) + 1
    const at = seen.indexOf(TEXT + sender.tag)
    if (at !== -1 && at < whole) say(sender)
    sender.tail = Buffer.from(seen.subarray(whole))
  }
  for (const sender of watchers.values()) say(sender)
  await pause(warmMs)
  const counted = (): number => (byLines ? lines : bytes / size)
  const before = counted()
  const cpuBefore = cpuSeconds()
  const from = performance.now()
  await pause(measureMs)
  const seconds = (performance.now() - from) / 1000
  const deliveries = counted() - before
  const cpuAfter = cpuSeconds()
  finish({
    deliveriesPerSecond: deliveries / seconds,
    linesPerSecond: deliveries / memberCount / seconds,
    microsecondsPerDelivery:
      cpuBefore === null || cpuAfter === null ? null : ((cpuAfter - cpuBefore) * 1_000_000) / deliveries
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
  sockets[(sentAt.length * 7) % memberCount]?.write(said(`${TEXT}${sequence(sentAt.length - 1)}`))
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
