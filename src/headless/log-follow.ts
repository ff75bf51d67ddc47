import type { WhereLine } from '../node/history/kept.ts'
import type { ConversationId, Line } from '../shared/state.ts'
import type { LogDesk } from './log.ts'

/** How often it is looked whether something was written: soon for a person, nothing for a machine. */
const LOOK_MS = 150
/** Found at once: of a flood behind a reader that stands still no more than this is in memory. */
const MOST_AT_ONCE = 1000

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
 *
 * Line ids grow with the time a line came, not with the time it was written: a disk that stalled, or was full, may
 * write it minutes later. Those that come behind greater ids are found by what their writers noted of them.
 */
export const followKept = async (desk: LogDesk, only: ConversationId | null, most: number | null): Promise<void> => {
  const { kept, pipe, period } = desk
  const named = only === null

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
  let late = kept.late(null, only).reached
  let version = kept.version()
  kept.release()
  for (const { conversation, line } of most === null ? standing : standing.slice(Math.max(0, standing.length - most)))
    if (!isOnItsWay(line) && !(await pipe.write(desk.render(conversation, line, named)))) return

  /** What can be told since the last look, and whether there is more. */
  const look = (): { found: WhereLine[]; more: boolean } => {
    kept.hold()
    const before = newest
    const fresh = kept.fresh(before, only, MOST_AT_ONCE)
    const behind = kept.late(late, only)
    const more = fresh.length === MOST_AT_ONCE
    newest = more ? (fresh.at(-1)?.line ?? before) : kept.last()
    kept.release()
    late = behind.reached
    // One that is late only beside others of this look is among the fresh ones.
    return { found: [...behind.lines.filter(({ line }) => line <= before), ...fresh], more }
  }

  let more = false
  for (;;) {
    if (!more) await pause(LOOK_MS, desk.end)
    if (desk.ended()) return
    const now = kept.version()
    if (now === version && !more) continue
    version = now
    const looked = look()
    more = looked.more
    for (const { conversation, line: id } of looked.found) {
      const line = kept.line(conversation, id)
      if (line !== null && !(await pipe.write(desk.render(conversation, line, named)))) return
    }
  }
}
