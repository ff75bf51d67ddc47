import type { Session } from '../core/session/contract.ts'
import type { SessionEvent } from '../shared/events.ts'

/**
 * The end of `teahouse connect`: what is queued goes out at the server's pace, and what was asked is answered, as long
 * as something moves.
 */

/** An echo or an answer that takes longer is not coming (command-line contract). */
const ANSWER_MS = 3_000
/** After `/quit` and signals the whole end stays below 4 s, with a second for the server's own FIN. */
const ANSWER_AFTER_QUIT_MS = 2_500
/** Without a connection there is nothing to wait for after this. */
const OFFLINE_MS = 10_000
const LOOK_EVERY_MS = 20

export interface Drain {
  /** A command went to the session under this internal ref. */
  asked(ref: string): void
  /** Every event of the session passes here. */
  heard(event: SessionEvent): void
  /** Resolves when nothing is left to wait for. */
  finish(session: Session, quit: boolean): Promise<void>
}

export const makeDrain = (now: () => number): Drain => {
  const open = new Set<string>()
  let connected = false
  /** The first try has ended, one way or the other. */
  let tried = false
  let movedAt = now()
  /** Set when there will be no further connection. */
  let over = false
  const answered = (ref: string | undefined): void => {
    if (ref !== undefined && open.delete(ref)) movedAt = now()
  }
  return {
    asked: (ref) => {
      open.add(ref)
      movedAt = now()
    },
    heard: (event) => {
      switch (event.type) {
        case 'connected':
          connected = true
          tried = true
          movedAt = now()
          return
        case 'disconnected':
          connected = false
          tried = true
          over = event.retryInMs === null
          return
        case 'said':
        case 'renamed':
          if (event.own) answered(event.ref)
          return
        case 'listed':
        case 'refused':
          answered(event.ref)
          return
        case 'noted':
          if (event.state === 'unconfirmed') answered(event.ref)
          else if (event.state === 'written') movedAt = now()
          return
        case 'recognised':
          movedAt = now()
          return
        case 'joined':
        case 'left':
        case 'kicked':
        case 'line':
        case 'people':
        case 'introduced':
      }
    },
    finish: (session, quit) => {
      const began = now()
      movedAt = began
      let left = session.unwritten().length
      const patience = quit ? ANSWER_AFTER_QUIT_MS : ANSWER_MS
      const done = (): boolean => {
        const unwritten = session.unwritten().length
        if (unwritten !== left) movedAt = now()
        left = unwritten
        // With nothing to send, the end of standard input still lets the first try come to its result.
        if (over || (unwritten === 0 && open.size === 0 && (tried || quit))) return true
        return connected ? now() - movedAt >= patience : now() - began >= OFFLINE_MS
      }
      return new Promise((resolve) => {
        // Keeps the program alive too: with standard input at its end nothing else does.
        const look = setInterval(() => {
          if (!done()) return
          clearInterval(look)
          resolve()
        }, LOOK_EVERY_MS)
      })
    }
  }
}
