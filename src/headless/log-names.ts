import type { KeptConversation } from '../core/history/formats/format.ts'
import type { Apart, Namesakes } from '../core/history/formats/namesakes.ts'
import { givesNamesTwice, LOOKED_BACK, makeNamesakes, NOBODY, threadsAlike } from '../core/history/formats/namesakes.ts'
import type { Words } from '../core/history/formats/words.ts'
import type { Kept, Period } from '../node/history/kept.ts'
import type { ConversationId, Line, LineId } from '../shared/state.ts'

/** What conversations and people are called in what is printed, so that no two of them are called the same. */
export interface LogNames {
  /** The conversations there were at the start, as `Kept` orders them. */
  readonly all: readonly KeptConversation[]
  title(conversation: ConversationId): string
  /** The next line that is printed of its conversation: whose name is not enough in it. */
  next(conversation: ConversationId, line: Line): Apart
  /** The next line does not follow the one printed last: looks at what stands between them. */
  passOverTo(conversation: ConversationId, line: Line): void
}

export const makeLogNames = (
  kept: Pick<Kept, 'between' | 'conversations'>,
  period: Period,
  words: Pick<Words, 'title'>
): LogNames => {
  const known = new Map<ConversationId, { conversation: KeptConversation; title: string }>()
  const there = new Map<ConversationId, { namesakes: Namesakes; upTo: LineId }>()

  const learn = (): KeptConversation[] => {
    const all = kept.conversations(period)
    const alike = threadsAlike(all)
    for (const one of all) known.set(one.id, { conversation: one, title: words.title(one, alike.has(one.id)) })
    return all
  }
  const about = (id: ConversationId) => {
    if (!known.has(id)) learn()
    return known.get(id)
  }
  const passOverTo = (id: ConversationId, line: Line): void => {
    const conversation = about(id)?.conversation
    if (conversation === undefined || !givesNamesTwice(conversation)) return
    const before = there.get(id)
    const between = kept.between(id, before?.upTo ?? 0, line.id, LOOKED_BACK)
    if (before === undefined || between.length === LOOKED_BACK) {
      // Who left in what was not looked at is not known.
      there.set(id, { namesakes: makeNamesakes(conversation, between), upTo: line.id })
      return
    }
    for (const one of between) before.namesakes.meet(one)
    before.upTo = Math.max(before.upTo, line.id)
  }

  return {
    all: learn(),
    title: (id) => about(id)?.title ?? id,
    next: (id, line) => {
      if (!there.has(id)) passOverTo(id, line)
      const room = there.get(id)
      if (room === undefined) return NOBODY
      room.upTo = Math.max(room.upTo, line.id)
      return room.namesakes.meet(line)
    },
    passOverTo
  }
}
