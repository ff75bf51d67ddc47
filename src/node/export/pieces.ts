import type { FormatOptions, KeptConversation } from '../../core/history/formats/format.ts'
import { makeFormat } from '../../core/history/formats/format.ts'
import { LOOKED_BACK } from '../../core/history/formats/namesakes.ts'
import type { ExportFormat } from '../../shared/export.ts'
import type { ConversationId } from '../../shared/state.ts'
import type { Kept, Period } from '../history/kept.ts'

/** One write: large enough to cost little, small enough that memory does not matter and cancelling is heard soon. */
const PIECE_CHARACTERS = 64 * 1024

/** What is to be written out. */
export interface ExportOrder extends FormatOptions {
  /** Null: everything. */
  conversations: readonly ConversationId[] | null
  period: Period
  format: ExportFormat
}
export interface Piece {
  text: string
  /** Lines written up to the end of this piece, and all there are. */
  lines: number
  total: number
}

/** A thread follows its room; rooms in the order of what was said last in them. */
const inOrder = (all: readonly KeptConversation[]): KeptConversation[] => {
  const rooms = new Map<string, KeptConversation[]>()
  for (const one of all) rooms.set(one.room, [...(rooms.get(one.room) ?? []), one])
  return [...rooms.values()].flatMap((ones) => [
    ...ones.filter((one) => one.with === null),
    ...ones.filter((one) => one.with !== null)
  ])
}

/**
 * What is kept, as it is at the moment of the first piece, in pieces that make one text in a row. Whatever its length
 * only one piece is in memory. Lets go of the moment when it ends, or is ended early.
 */
export function* piecesOf(kept: Kept, order: ExportOrder): Generator<Piece, void, undefined> {
  const format = makeFormat(order.format, order)
  kept.hold()
  try {
    const wanted = order.conversations === null ? null : new Set(order.conversations)
    const chosen = kept.conversations(order.period).filter((one) => wanted?.has(one.id) ?? one.lines > 0)
    const conversations = inOrder(chosen)
    const { since } = order.period
    const total = conversations.reduce((sum, one) => sum + one.lines, 0)
    let lines = 0
    let parts: string[] = [format.begin(conversations)]
    let length = 0
    for (const conversation of conversations) {
      const { id } = conversation
      const earlier = since === null ? [] : kept.newest(id, { since: null, until: since }, LOOKED_BACK)
      parts.push(format.conversation(conversation, kept.people(id), earlier))
      for (const line of kept.lines(id, order.period)) {
        const text = format.line(line)
        lines += 1
        length += text.length
        parts.push(text)
        if (length < PIECE_CHARACTERS) continue
        yield { text: parts.join(''), lines, total }
        parts = []
        length = 0
      }
    }
    parts.push(format.end(lines))
    yield { text: parts.join(''), lines, total }
  } finally {
    kept.release()
  }
}
