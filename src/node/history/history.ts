import type {
  History,
  HistoryListener,
  HistoryOperation,
  HistoryState,
  RestoredConversation,
  StoredConversation
} from '../../core/history/contract.ts'
import type { Clock, Timer } from '../../shared/carriers.ts'
import type { ConversationId, NoticeBody } from '../../shared/state.ts'
import type { Log } from '../log.ts'
import type { HistoryAnswers, HistoryOpened, HistoryRequest } from './protocol.ts'
import { INDEX_CORRUPT, MOVED } from './reasons.ts'
import { makeSearcher } from './searcher.ts'
import { makeThread } from './thread.ts'

/** What one commit holds at most: a commit of more would keep the next page waiting. */
const BATCH_OPERATIONS = 2000
/** The same for lines of a megabyte: a batch is copied on its way to the thread, and lies in memory on both sides. */
const BATCH_CHARACTERS = 1024 * 1024
/** Told as saved in one turn of the event loop: a flood must not hold up the rest. */
const TOLD_AT_ONCE = 500
/** How often it is tried again while nothing can be written: soon after somebody made room. */
const RETRY_MS = 2000
/** A start waits no longer for the history; what it would have shown is shown when the disk has woken up. */
const OPEN_MS = 3000
/** A quitting program waits no longer for a disk that stalls. */
const CLOSE_MS = 5000
/** What is held while nothing can be written: hours of a busy room. Beyond, the newest is shown and not kept. */
const HELD_OPERATIONS = 200_000
const HELD_CHARACTERS = 64 * 1024 * 1024
/** More than this waits although the disk does what it can: what comes is let in slowly until it has caught up. */
const BEHIND_OPERATIONS = 20_000
const BEHIND_CHARACTERS = 8 * 1024 * 1024
/** Ids hold the millisecond, a number within it, and the lane of the program: 2^53 is reached in the year 2248. */
const SLOTS_PER_MS = 64
const LANES = 16
/** A clock that shows a later year is wrong. Ids go on from here, and stay numbers that can be read again. */
const LATEST_WALL_MS = Date.UTC(2200, 0, 1)

export interface HistoryDeps {
  folder: string
  clock: Clock
  log: Log
  /** Told later, while the app runs. */
  notice: (notice: NoticeBody) => void
}
export interface OpenedHistory {
  history: History
  /** What the person should know about the opening. */
  notices: NoticeBody[]
  /** More is said than can be written. */
  behind: () => boolean
}

interface Waiting {
  operation: HistoryOperation
  saved: (kept: boolean) => void
}

const weightOf = (operation: HistoryOperation): number =>
  operation.op === 'line' && 'text' in operation.line ? operation.line.text.length : 0

/** The conversation an operation is about. */
const subjectOf = (operation: HistoryOperation): ConversationId =>
  operation.op === 'conversation' ? operation.conversation.id : operation.conversation

/**
 * Opens `history.sqlite` in a folder, in a thread of its own. Never throws: what cannot be read or written is told by
 * notices and by the state, and the chat goes on without.
 */
export const openHistory = async ({ folder, clock, log, notice }: HistoryDeps): Promise<OpenedHistory> => {
  let state: HistoryState = 'paused'
  let reason = ''
  let listener: HistoryListener | null = null
  let restored: RestoredConversation[] = []
  const notices: NoticeBody[] = []
  let started = false
  /** The file is open: it can be read, and written unless the state says otherwise. */
  let open = false
  let lane = 0
  let lastSlot = 0
  let closed = false
  /** Oldest first; `head` of them are done. */
  let queue: Waiting[] = []
  let queuedCharacters = 0
  let writing: Promise<void> | null = null
  let scheduled = false
  let retry: Timer | null = null
  /** What came too late for the start: until it is before somebody's eyes, it must not be written over with nothing. */
  const overlooked = new Map<ConversationId, Pick<StoredConversation, 'draft' | 'readUpTo'>>()
  let wasOpen = false
  /** What was written is gone; the file that is opened next knows nobody. */
  let moved = false
  /** As handed over last: a new file must know them before their lines. */
  const known = new Map<ConversationId, StoredConversation>()

  const tellNotice = (body: NoticeBody): void => {
    if (started) notice(body)
    else notices.push(body)
  }
  const setState = (next: HistoryState, why: string): void => {
    if (next === state && why === reason) return
    state = next
    reason = why
    listener?.stateChanged(next, why)
  }

  const thread = makeThread((why) => {
    open = false
    if (closed) return
    log.error('the history thread died', { why })
    pause('thread')
  })

  const searcher = makeSearcher({
    folder,
    clock,
    failed: (why) => {
      log.warn('history cannot be searched', { why })
      if (why === INDEX_CORRUPT) void thread.ask({ do: 'renewIndex' })
      else if (why === 'corrupt') pause('corrupt')
    }
  })

  const pause = (why: string): void => {
    if (state === 'off' || closed) return
    if (why === MOVED) moved = true
    if (state === 'writing' || reason !== why) log.warn('history paused', { why })
    setState('paused', why)
    retry?.cancel()
    retry = clock.after(RETRY_MS, () => void tryAgain())
  }

  const respecting = (operation: HistoryOperation): HistoryOperation => {
    if (operation.op !== 'conversation') return operation
    const { conversation } = operation
    const kept = overlooked.get(conversation.id)
    if (kept === undefined) return operation
    // Who writes a new draft has one, and may delete that.
    if (conversation.draft !== '') kept.draft = ''
    const readUpTo = Math.max(conversation.readUpTo, kept.readUpTo)
    return { ...operation, conversation: { ...conversation, draft: conversation.draft || kept.draft, readUpTo } }
  }

  const accept = (opened: HistoryOpened): void => {
    open = true
    const late = started && !wasOpen
    if (late) {
      for (const { id, draft, readUpTo } of opened.restored) overlooked.set(id, { draft, readUpTo })
      queue = queue.map(({ operation, saved }) => ({ operation: respecting(operation), saved }))
    }
    wasOpen = true
    lane = opened.lane % LANES
    lastSlot = Math.max(lastSlot, Math.floor(opened.lastLine / LANES))
    if (!started) restored = opened.restored
    else if (late) listener?.found?.(opened.restored)
    if (opened.setAside !== null) {
      log.warn('history set aside')
      tellNotice({ kind: 'history-set-aside', file: opened.setAside })
    }
    if (opened.setAside !== null || moved) {
      moved = false
      // The new file knows nobody yet; the lines that wait must find their conversation.
      queue = [
        ...[...known.values()].map((conversation) => ({
          operation: { op: 'conversation' as const, conversation },
          saved: () => undefined
        })),
        ...queue
      ]
    }
    const { opening } = opened
    if (opening.mode === 'writing') {
      setState('writing', '')
      pump()
    } else if (opening.mode === 'newer') {
      if (state !== 'off') tellNotice({ kind: 'history-newer' })
      queue = []
      queuedCharacters = 0
      setState('off', '')
    } else pause(opening.why)
  }
  let opening: Promise<void> = Promise.resolve()
  const openFile = (aside: boolean): Promise<void> => {
    opening = openIt(aside)
    return opening
  }
  const openIt = async (aside: boolean): Promise<void> => {
    open = false
    // It may be set aside, and some systems rename no file that somebody reads.
    await searcher.rest()
    if (closed) return
    const answer = await thread.ask({ do: 'open', folder, wall: clock.wall(), aside })
    searcher.resume()
    if (closed) return
    if (answer.ok) accept(answer.value)
    else pause(answer.why)
  }
  const tryAgain = async (): Promise<void> => {
    retry = null
    if (closed || state !== 'paused') return
    // A file that was only readable may have become writable: that takes opening it again.
    if (!open || reason !== 'ENOSPC') await openFile(reason === 'corrupt' && open)
    else if (queue.length === 0) await openFile(false)
    else {
      writing = writeAll()
      await writing
    }
  }

  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      clock.endOfTurn(resolve)
    })
  const batchLength = (): number => {
    let length = 0
    let characters = 0
    for (const { operation } of queue) {
      characters += weightOf(operation)
      if (length === BATCH_OPERATIONS || (length > 0 && characters > BATCH_CHARACTERS)) break
      length += 1
    }
    return length
  }
  /** One batch. What fails stays at the front; false. */
  const writeSome = async (): Promise<boolean> => {
    const batch = queue.slice(0, batchLength())
    const answer = await thread.ask({ do: 'write', operations: batch.map(({ operation }) => operation) })
    if (!answer.ok) {
      pause(answer.why)
      return false
    }
    queue = queue.slice(batch.length)
    const refused = new Set(answer.value)
    for (const { operation } of batch) queuedCharacters -= weightOf(operation)
    for (const [told, { saved }] of batch.entries()) {
      if (told > 0 && told % TOLD_AT_ONCE === 0) await turn()
      saved(!refused.has(told))
    }
    if (state === 'paused' && reason !== 'corrupt') {
      log.info('history is written again')
      setState('writing', '')
    }
    return true
  }
  const writeAll = async (): Promise<void> => {
    let through = true
    while (queue.length > 0 && through) through = await writeSome()
    writing = null
  }
  const pump = (): void => {
    if (scheduled || writing !== null || queue.length === 0 || state !== 'writing') return
    scheduled = true
    // The lines of one turn of the event loop share a commit.
    clock.endOfTurn(() => {
      scheduled = false
      if (writing === null && state === 'writing') writing = writeAll()
    })
  }

  const append: History['append'] = (operation, saved) => {
    if (operation.op === 'conversation') known.set(operation.conversation.id, operation.conversation)
    if (state === 'off' || closed) return
    const full = queue.length >= HELD_OPERATIONS || queuedCharacters >= HELD_CHARACTERS
    if (full && operation.op === 'line') return
    queue.push({ operation: respecting(operation), saved })
    queuedCharacters += weightOf(operation)
    pump()
  }

  /** What waits for the disk goes first: an answer must know of it. */
  const settled = async (): Promise<void> => {
    for (;;) {
      if (writing !== null) await writing
      else if (queue.length > 0 && state === 'writing' && open && !closed) writing = writeAll()
      else return
    }
  }
  const read = async <R extends HistoryRequest>(request: R): Promise<HistoryAnswers[R['do']] | null> => {
    if (!open || closed) return null
    const answer = await thread.ask(request)
    if (answer.ok) return answer.value
    log.warn('history cannot be read', { why: answer.why })
    if (answer.why === 'corrupt') pause('corrupt')
    return null
  }
  const change = async (request: HistoryRequest): Promise<boolean> => {
    await settled()
    if (!open || closed || state !== 'writing') return false
    const answer = await thread.ask(request)
    if (answer.ok) return true
    log.warn('history cannot be changed', { why: answer.why })
    if (answer.why !== 'EBUSY') pause(answer.why)
    return false
  }

  const drop = (isGone: (operation: HistoryOperation) => boolean): void => {
    queue = queue.filter(({ operation }) => !isGone(operation))
    queuedCharacters = queue.reduce((sum, { operation }) => sum + weightOf(operation), 0)
  }

  const history: History = {
    get restored() {
      return restored
    },
    state: () => state,
    listen: (told) => {
      listener = told
      if (state !== 'writing') told.stateChanged(state, reason)
    },
    nextLine: (wall) => {
      lastSlot = Math.max(Math.floor(Math.min(wall, LATEST_WALL_MS)) * SLOTS_PER_MS, lastSlot + 1)
      return lastSlot * LANES + lane
    },
    append,
    page: (conversation, before, limit) => read({ do: 'page', conversation, before, limit }),
    after: (conversation, after, before, limit) => read({ do: 'after', conversation, after, before, limit }),
    firstSince: (conversation, moment) => read({ do: 'firstSince', conversation, moment }),
    line: (conversation, line) => read({ do: 'line', conversation, line }),
    unread: async (conversation, after) => {
      await settled()
      return read({ do: 'unread', conversation, after })
    },
    search: async (wanted) => {
      // What cannot be written is opened again and again, and can be read all the same.
      await opening
      return open && !closed ? searcher.search(wanted) : { state: 'unavailable', reason }
    },
    clear: async (conversations) => {
      // A batch on its way keeps its place in the queue until it is through.
      if (writing !== null) await writing
      const gone = conversations === null ? null : new Set(conversations)
      const isGone = (id: ConversationId): boolean => gone === null || gone.has(id)
      drop((operation) => operation.op !== 'conversation' && isGone(operation.conversation))
      return change({ do: 'clear', conversations })
    },
    forgetRoom: async (room, conversations) => {
      if (writing !== null) await writing
      const gone = new Set(conversations)
      for (const [id, one] of known) if (one.room === room) gone.add(id)
      drop((operation) => gone.has(subjectOf(operation)))
      for (const id of gone) known.delete(id)
      return change({ do: 'forget', room })
    },
    settled,
    prune: (room, before) => change({ do: 'prune', room, before }),
    close: async () => {
      if (closed) return
      retry?.cancel()
      const enough = new Promise<void>((resolve) => {
        setTimeout(resolve, CLOSE_MS).unref()
      })
      const rest = async (): Promise<void> => {
        // One last try: there may be room again.
        if (state === 'paused' && open && queue.length > 0) await writeSome()
        await settled()
        // The time was up meanwhile: asking now would start the thread anew, and it would work on for nobody.
        if (closed) return
        closed = true
        if (open) await thread.ask({ do: 'close' })
      }
      await Promise.race([rest(), enough])
      if (queue.length > 0 && state !== 'off') log.error('history not written', { operations: queue.length })
      closed = true
      retry?.cancel()
      await Promise.all([thread.end(), searcher.close()])
    }
  }

  let late: Timer | null = null
  await Promise.race([
    openFile(false),
    new Promise<void>((resolve) => {
      late = clock.after(OPEN_MS, () => {
        pause('slow')
        resolve()
      })
    })
  ])
  ;(late as Timer | null)?.cancel()
  started = true
  const isLong = (): boolean => queue.length > BEHIND_OPERATIONS || queuedCharacters > BEHIND_CHARACTERS
  return { history, notices, behind: () => state === 'writing' && isLong() }
}
