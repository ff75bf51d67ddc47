import { randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Exporter, ExportTold, ExportWish } from '../../core/switchboard/contract.ts'
import type { Clock, Timer } from '../../shared/carriers.ts'
import { EXPORT_TYPES, exportFileName } from '../../shared/export.ts'
import { makeTimes } from '../../core/history/formats/times.ts'
import { ALWAYS } from '../history/kept.ts'
import type { Log } from '../log.ts'
import { threadFile } from '../thread-file.ts'
import type { ExportJob, FromExport, ToExport } from './protocol.ts'

/** A page fetches what it asked for at once; one that does not is gone. */
const FETCH_WITHIN_MS = 30_000
/** A disk that stalls is not waited for when the program ends. */
const CLOSE_MS = 3000
/** 256 bits: not to be guessed. */
const SECRET_BYTES = 32

export const DOWNLOADS = '/export/'

/** Where an export goes: a file, or into the hands of a page that fetches it. */
export type ExportTarget = { to: 'file'; path: string } | { to: 'page' }

/** Takes the pieces of a download, one at a time. */
export interface DownloadSink {
  /** Resolves when there is room for the next; false: nobody takes it any more. */
  write(text: string): Promise<boolean>
  /** That was all. */
  end(): void
  /** What was taken is not whole and never will be. */
  abort(): void
}
/** A page's export, to be fetched once. */
export interface Download {
  fileName: string
  type: string
  /** `sink` is let go of when the other side has gone. Returns the way to tell that. */
  begin(sink: DownloadSink): () => void
}

export interface ExporterDeps {
  /** The profile folder. */
  folder: string
  clock: Clock
  log: Log
  /** Name and version of this program. */
  program: string
  /** What was handed to the history is on the disk. */
  settled: () => Promise<void>
  /** Asks the person for the place, with a name to begin from. Null: they changed their mind. */
  choose: (fileName: string, wish: ExportWish) => Promise<ExportTarget | null>
  /** Shows a file where it lies. */
  show: (path: string) => void
}
export interface OwnedExporter extends Exporter {
  /** By the last part of its address; works once. */
  download(secret: string): Download | null
  /** Ends what runs; nothing half-written stays. */
  close(): Promise<void>
}

interface Running {
  stop(): void
  ended: Promise<void>
}

/** One export at a time, each in a thread of its own. */
export const makeExporter = (deps: ExporterDeps): OwnedExporter => {
  const { clock, log } = deps
  let running: Running | null = null
  let offered: { secret: string; download: Download } | null = null
  let last: string | null = null

  /** Runs the thread; `sink`: where the pieces go when they go to a page. */
  const run = (job: ExportJob, told: ExportTold, sink: DownloadSink | null): Running => {
    const worker = new Worker(threadFile(import.meta.url, 'worker.ts', 'export-worker.js'), {
      workerData: job,
      execArgv: []
    })
    const ended = Promise.withResolvers<void>()
    let over = false
    const post = (message: ToExport): void => worker.postMessage(message)
    const finish = (say: () => void): void => {
      if (over) return
      over = true
      running = null
      say()
      ended.resolve()
    }
    const fail = (why: string): void =>
      finish(() => {
        log.warn('export failed', { why })
        sink?.abort()
        told.failed(why)
      })
    const pass = async (text: string): Promise<void> => {
      if ((await sink?.write(text)) === true) post('more')
      else post('cancel')
    }
    const heard = (message: FromExport): void => {
      switch (message.told) {
        case 'progress':
          if (!over) told.progress(message.lines, message.total)
          return
        case 'piece':
          void pass(message.text)
          return
        case 'done':
          finish(() => {
            sink?.end()
            last = job.path
            told.done(message.lines, job.path)
          })
          return
        case 'failed':
          fail(message.why)
          return
        case 'cancelled':
          finish(() => {
            sink?.abort()
            told.cancelled()
          })
      }
    }
    worker.on('message', heard)
    worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => fail(`ended with ${code}`))
    return { stop: () => post('cancel'), ended: ended.promise }
  }

  /** Waits for the page; what is not fetched in time is given up. */
  const offer = (job: ExportJob, told: ExportTold, fileName: string, type: string): string => {
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const ended = Promise.withResolvers<void>()
    let timer: Timer | null = null
    const withdraw = (say: () => void): void => {
      timer?.cancel()
      offered = null
      running = null
      say()
      ended.resolve()
    }
    timer = clock.after(FETCH_WITHIN_MS, () => withdraw(() => told.failed('not-fetched')))
    running = { stop: () => withdraw(() => told.cancelled()), ended: ended.promise }
    offered = {
      secret,
      download: {
        fileName,
        type,
        begin: (sink) => {
          timer?.cancel()
          const thread = run(job, told, sink)
          running = thread
          void thread.ended.then(ended.resolve)
          return () => thread.stop()
        }
      }
    }
    return secret
  }

  return {
    start: async (wish, told) => {
      const at = clock.wall()
      const fileName = exportFileName(wish.title, makeTimes(wish.language, undefined).day(at), wish.format)
      const target = await deps.choose(fileName, wish)
      if (target === null) return null
      await deps.settled()
      const { conversations, format, language } = wish
      const order = { conversations, format, language, period: ALWAYS, program: deps.program, at }
      const job = { folder: deps.folder, order, path: target.to === 'file' ? target.path : null }
      if (target.to === 'page') return { download: `${DOWNLOADS}${offer(job, told, fileName, EXPORT_TYPES[format])}` }
      running = run(job, told, null)
      return { download: null }
    },
    cancel: () => running?.stop(),
    show: () => {
      if (last !== null) deps.show(last)
    },
    download: (secret) => {
      // Compared only with what is guessed once and gone after: there is nothing to measure.
      if (offered === null || offered.secret !== secret) return null
      const { download } = offered
      offered = null
      return download
    },
    close: async () => {
      const ending = running
      if (ending === null) return
      ending.stop()
      await Promise.race([
        ending.ended,
        new Promise<void>((resolve) => {
          clock.after(CLOSE_MS, resolve)
        })
      ])
    }
  }
}
