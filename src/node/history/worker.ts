import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { HistoryAnswers, HistoryOpened, HistoryQuestion, HistoryReply, HistoryRequest } from './protocol.ts'
import type { Store } from './store.ts'
import type { OpenSearching } from './searching.ts'
import { openSearching } from './searching.ts'
import { isCorrupt, MovedError, reasonOf } from './reasons.ts'
import { HISTORY_FILE, openStore, setAside } from './store.ts'

/**
 * The thread that owns the file: a disk that stalls stalls this thread and nothing else. A second one of the same kind
 * searches, over a connection of its own, so that nobody who writes waits for somebody who looks.
 */

/** Between two portions that are taken into the index: as long as one may take, so that others get their turn. */
const TAKE_IN_MS = 25
/** A disk that is full now is asked again later. */
const TAKE_IN_AGAIN_MS = 30_000
/** What was cleared while somebody read it is tried again so often: soon after they have gone. */
const CLEAN_AGAIN_MS = 1000

let store: Store | null = null
let searching: OpenSearching | null = null
let takingIn: NodeJS.Timeout | null = null
let cleaning: NodeJS.Timeout | null = null

const takeInLater = (ms: number): void => {
  takingIn = setTimeout(() => {
    takingIn = null
    try {
      store?.takeIn()
      takeInRest()
    } catch {
      takeInLater(TAKE_IN_AGAIN_MS)
    }
  }, ms)
}
/** After whatever may have begun the index anew. */
const takeInRest = (): void => {
  if (takingIn === null && store?.isBehind() === true) takeInLater(TAKE_IN_MS)
}

const cleanRest = (): void => {
  if (cleaning !== null || store?.isUnclean() !== true) return
  cleaning = setTimeout(() => {
    cleaning = null
    try {
      store?.clean()
    } catch {
      // A disk that fails says so where it is written to; here it is only asked again.
    }
    cleanRest()
  }, CLEAN_AGAIN_MS)
}

const opened = (folder: string, aside: string | null): HistoryOpened => {
  const fresh = openStore(folder)
  try {
    const { opening, lane, lastLine } = fresh
    const answer = { opening, lane, lastLine, restored: fresh.restored(), setAside: aside }
    store = fresh
    return answer
  } catch (error) {
    fresh.close()
    throw error
  }
}

const open = (folder: string, wall: number, aside: boolean): HistoryOpened => {
  store?.close()
  store = null
  if (aside) return opened(folder, setAside(folder, wall))
  try {
    return opened(folder, null)
  } catch (error) {
    if (!isCorrupt(error)) throw error
    return opened(folder, setAside(folder, wall))
  }
}

const there = (): Store => {
  if (store === null) throw new Error('not open')
  return store
}

const perform = (request: HistoryRequest): HistoryAnswers[HistoryRequest['do']] => {
  switch (request.do) {
    case 'open':
      return open(request.folder, request.wall, request.aside)
    case 'write':
      return there().write(request.operations)
    case 'page':
      return there().page(request.conversation, request.before, request.limit)
    case 'after':
      return there().after(request.conversation, request.after, request.before, request.limit)
    case 'firstSince':
      return { line: there().firstSince(request.conversation, request.moment) }
    case 'line':
      return there().line(request.conversation, request.line)
    case 'unread':
      return there().unread(request.conversation, request.after)
    case 'clear':
      there().clear(request.conversations)
      return null
    case 'forget':
      there().forget(request.room)
      return null
    case 'prune':
      there().prune(request.room, request.before)
      return null
    case 'search':
      // SQLite has one word for a file that is gone and one that may not be read.
      if (searching === null && !existsSync(join(request.folder, HISTORY_FILE)))
        throw new MovedError('There is no file')
      searching ??= openSearching(request.folder)
      return searching.search(request.wanted, () => Atomics.load(request.stop, 0) !== 0)
    case 'renewIndex':
      there().renewIndex()
      return null
    case 'close':
      if (takingIn !== null) clearTimeout(takingIn)
      takingIn = null
      if (cleaning !== null) clearTimeout(cleaning)
      cleaning = null
      store?.close()
      store = null
      return null
  }
}

parentPort?.on('message', ({ id, request }: HistoryQuestion) => {
  let reply: HistoryReply
  try {
    reply = { id, ok: true, value: perform(request) }
    takeInRest()
    cleanRest()
  } catch (error) {
    reply = { id, ok: false, why: reasonOf(error) }
  }
  parentPort?.postMessage(reply)
})
