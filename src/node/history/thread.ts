import { Worker } from 'node:worker_threads'
import { threadFile } from '../thread-file.ts'
import type { HistoryAnswers, HistoryQuestion, HistoryReplyHeard, HistoryRequest } from './protocol.ts'

export type Answer<R extends HistoryRequest> = { ok: true; value: HistoryAnswers[R['do']] } | { ok: false; why: string }

/** The thread answers each question with what fits it: `never` fits every question. */
type Answered = { ok: true; value: never } | { ok: false; why: string }

export interface Thread {
  ask<R extends HistoryRequest>(request: R): Promise<Answer<R>>
  /** What was asked and not answered is answered with `closed`. Asking again starts it anew. */
  end(): Promise<void>
}

/** A thread that works on the file, started when it is asked something, replaced when it dies. */
export const makeThread = (died: (why: string) => void): Thread => {
  let worker: Worker | null = null
  let lastId = 0
  const asked = new Map<number, (answer: Answered) => void>()

  const fail = (why: string): void => {
    const waiting = [...asked.values()]
    asked.clear()
    for (const answer of waiting) answer({ ok: false, why })
  }
  const start = (): Worker => {
    // No flags of the program: those of a test's loader or an inspector are not meant for this thread.
    const fresh = new Worker(threadFile(import.meta.url, 'worker.ts', 'history-worker.js'), { execArgv: [] })
    fresh.unref()
    fresh.on('message', (reply: HistoryReplyHeard) => {
      const answer = asked.get(reply.id)
      asked.delete(reply.id)
      if (asked.size === 0) fresh.unref()
      answer?.(reply)
    })
    const gone = (why: string): void => {
      if (worker !== fresh) return
      worker = null
      fail(why)
      died(why)
    }
    fresh.on('error', (error) => gone(error instanceof Error ? error.message : String(error)))
    fresh.on('exit', (code) => gone(`ended with ${code}`))
    return fresh
  }
  return {
    ask: <R extends HistoryRequest>(request: R): Promise<Answer<R>> =>
      new Promise((resolve) => {
        worker ??= start()
        lastId += 1
        asked.set(lastId, resolve)
        // What is asked is wanted before the program ends.
        worker.ref()
        worker.postMessage({ id: lastId, request } satisfies HistoryQuestion)
      }),
    end: async (): Promise<void> => {
      const last = worker
      worker = null
      fail('closed')
      await last?.terminate()
    }
  }
}
