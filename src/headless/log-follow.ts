import type { ConversationId, Line, LineId } from '../shared/state.ts'
import type { LogDesk } from './log.ts'

/** How often it is looked whether something was written: soon for a person, nothing for a machine. */
const LOOK_MS = 150
/**
 * Programs number their lines by the clock and write them in batches: a line may become readable after one with a
 * greater number. So long after that it is still noticed; numbers grow by 1024 a millisecond.
 */
const LATE_NUMBERS = 10_000 * 1024

/** Its fate is open: it is printed when it is known. */
const isOnItsWay = (line: Line): boolean =>
  line.kind === 'said' && line.own && (line.state === 'queued' || line.state === 'written' || line.state === 'waiting')

const pause = (ms: number, end: Promise<void>): Promise<unknown> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return Promise.race([passed, end]).finally(() => clearTimeout(timer))
}

/**
 * Prints the newest lines, then each new one as it is written, once, until the person ends it or nobody reads. Own
 * lines come when their fate is known. `most`: null for all of the period.
 */
export const followKept = async (desk: LogDesk, only: ConversationId | null, most: number | null): Promise<void> => {
  const { kept, pipe, period } = desk
  const named = only === null
  const seen = new Set<LineId>()
  /** Own lines on their way, with where they are. */
  const open = new Map<LineId, ConversationId>()

  const print = async (conversation: ConversationId, line: Line): Promise<boolean> => {
    if (isOnItsWay(line)) {
      open.set(line.id, conversation)
      return true
    }
    open.delete(line.id)
    return pipe.write(desk.render(conversation, line, named))
  }

  // One moment for what stands there already and for what is new after it.
  kept.hold()
  const conversations = kept.conversations(period).filter(({ id }) => only === null || id === only)
  const standing = conversations
    .flatMap(({ id }) => {
      const lines = most === null ? [...kept.lines(id, period)] : kept.newest(id, period, most)
      return lines.map((line) => ({ conversation: id, line }))
    })
    .toSorted((a, b) => a.line.id - b.line.id)
  let newest = kept.last()
  for (const { line } of kept.fresh(newest - LATE_NUMBERS, only)) seen.add(line)
  let version = kept.version()
  kept.release()
  for (const { conversation, line } of most === null ? standing : standing.slice(Math.max(0, standing.length - most)))
    if (!(await print(conversation, line))) return

  for (;;) {
    await pause(LOOK_MS, desk.end)
    if (desk.ended()) return
    const now = kept.version()
    if (now === version) continue
    version = now
    for (const [id, conversation] of open) {
      const line = kept.line(conversation, id)
      if (line === null) open.delete(id)
      else if (!isOnItsWay(line) && !(await print(conversation, line))) return
    }
    for (const { conversation, line: id } of kept.fresh(newest - LATE_NUMBERS, only)) {
      if (seen.has(id)) continue
      seen.add(id)
      newest = Math.max(newest, id)
      const line = kept.line(conversation, id)
      if (line !== null && !(await print(conversation, line))) return
    }
    for (const id of seen) if (id < newest - LATE_NUMBERS) seen.delete(id)
  }
}
