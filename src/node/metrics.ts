import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { RoomWatch } from '../core/hub/contract.ts'
import { listenFailure } from './host.ts'
import { nearnessOf, printedAddress } from './tcp.ts'

/** Numbers for Prometheus, and for anybody with `curl`. No names, no addresses, nothing that was said. */

/** How this program is doing, in seconds and bytes. */
export interface ProcessWatch {
  /** How late the event loop was since the last look. */
  delay: { median: number; p99: number; worst: number }
  residentBytes: number
  cpuSeconds: number
  /** Seconds since 1970. */
  startedAt: number
}

type Sample = [labels: string, value: number]
const family = (name: string, type: 'gauge' | 'counter' | 'summary', help: string, samples: Sample[]): string =>
  [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(([labels, value]) => `${name}${labels} ${value}`)]
    .map((line) => `${line}\n`)
    .join('')
const gauge = (name: string, help: string, value: number): string => family(name, 'gauge', help, [['', value]])
const counter = (name: string, help: string, value: number): string => family(name, 'counter', help, [['', value]])

/** The Prometheus text format, version 0.0.4. All labels are our own words: there is nothing to escape. */
export const metricsText = (room: RoomWatch, program: ProcessWatch): string =>
  [
    gauge('teahouse_members', 'Members in the room.', room.members),
    counter('teahouse_joined_total', 'Members who came in.', room.joined),
    family('teahouse_lines_total', 'counter', 'Lines members said.', [
      ['{conversation="room"}', room.said],
      ['{conversation="private"}', room.whispered]
    ]),
    counter('teahouse_deliveries_total', 'Lines handed to members, once for each reader.', room.deliveries),
    family(
      'teahouse_refusals_total',
      'counter',
      'Lines refused, members closed and connections turned away.',
      [...room.refusals].map(([reason, times]): Sample => [`{reason="${reason}"}`, times])
    ),
    counter('teahouse_dropped_total', 'Connections closed unheard: too many at once.', room.dropped),
    gauge('teahouse_queue_bytes', 'Bytes waiting for members who read slowly.', room.queuedBytes),
    family('teahouse_event_loop_delay_seconds', 'summary', 'How late the event loop was since the last look.', [
      ['{quantile="0.5"}', program.delay.median],
      ['{quantile="0.99"}', program.delay.p99],
      ['{quantile="1"}', program.delay.worst]
    ]),
    gauge('process_resident_memory_bytes', 'Resident memory.', program.residentBytes),
    counter('process_cpu_seconds_total', 'CPU time of user and system.', program.cpuSeconds),
    gauge('process_start_time_seconds', 'Start, in seconds since 1970.', program.startedAt)
  ].join('')

export interface Metrics {
  url: string
  close(): Promise<void>
}
export type MetricsResult = { ok: true; metrics: Metrics } | { ok: false; text: string }

/** How often the loop is looked at; what is late is what is above it. */
const RESOLUTION_MS = 10
/** Watchers are few, and ask at once. */
const WATCHERS = 16
const REQUEST_MS = 5000
const NANO = 1e9

const watchProgram = (): { look: () => ProcessWatch; stop: () => void } => {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  const late = (ns: number): number => Math.max(0, ns / NANO - RESOLUTION_MS / 1000)
  return {
    look: () => {
      const delay =
        delays.count === 0
          ? { median: 0, p99: 0, worst: 0 }
          : { median: late(delays.percentile(50)), p99: late(delays.percentile(99)), worst: late(delays.max) }
      delays.reset()
      const { user, system } = process.cpuUsage()
      return {
        delay,
        residentBytes: process.memoryUsage.rss(),
        cpuSeconds: (user + system) / 1e6,
        startedAt: Math.round(Date.now() / 1000 - process.uptime())
      }
    },
    stop: () => delays.disable()
  }
}

/** `localhost` or an address, with a port: what a page that had its own name pointed at us cannot say. */
const isLiteral = (host: string): boolean => {
  const name = host.replace(/:\d+$/, '')
  return name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0
}

/** Serves `/metrics` and nothing else. `look` tells of the room; null while there is none. */
export const serveMetrics = (
  at: { address: string; port: number },
  look: () => RoomWatch | null
): Promise<MetricsResult> =>
  new Promise((resolve) => {
    const program = watchProgram()
    const guarded = nearnessOf(at.address) === 'loopback'
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const say = (status: number, text: string): void => {
        response.writeHead(status, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store'
        })
        response.end(request.method === 'HEAD' ? '' : text)
      }
      if (guarded && !isLiteral(request.headers.host ?? '')) say(403, 'ask by address\n')
      else if (request.method !== 'GET' && request.method !== 'HEAD') say(405, 'only GET\n')
      else if (request.url !== '/metrics') say(404, 'the numbers are at /metrics\n')
      else {
        const room = look()
        if (room === null) say(503, 'the room is not open\n')
        else say(200, metricsText(room, program.look()))
      }
    }
    const server = createServer({ requestTimeout: REQUEST_MS, connectionsCheckingInterval: REQUEST_MS }, answer)
    server.maxConnections = WATCHERS
    server.once('error', (error: NodeJS.ErrnoException) => {
      program.stop()
      resolve({ ok: false, text: `--metrics: ${listenFailure(at.port, at.address, error.code ?? 'UNKNOWN').text}` })
    })
    server.listen(at.port, at.address, () => {
      const bound = server.address()
      const port = bound !== null && typeof bound === 'object' ? bound.port : at.port
      resolve({
        ok: true,
        metrics: {
          url: `http://${printedAddress(at.address, port)}/metrics`,
          close: () => {
            program.stop()
            server.closeAllConnections()
            return new Promise((closed) => {
              server.close(() => closed())
            })
          }
        }
      })
    })
  })
