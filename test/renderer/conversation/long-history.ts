import type { Answers } from '../../../src/shared/bridge.ts'
import type { Question } from '../../../src/shared/commands.ts'
import type { Member } from '../../../src/shared/events.ts'
import type { AppState, Line, LineBody } from '../../../src/shared/state.ts'
import { emptyState, sampleConversation, sampleRoom } from '../../support/stage.ts'

const ann: Member = { address: '10.0.0.1:4001', name: 'ann' }
const bob: Member = { address: '10.0.0.2:4002', name: 'bob' }
const me: Member = { address: '10.0.0.9:4009', name: 'mei' }
const FIRST = Date.UTC(2026, 0, 1, 9)
const MINUTE = 60_000

/** Everything that makes rows of different height and shape: folds, tall texts, days, blocks of one person. */
const bodyOf = (id: number): LineBody => {
  const member = id % 90 < 45 ? ann : bob
  // Folds of eleven at most, and now and then one that is longer than a page.
  if (id % 43 < 11 || (id > 2300 && id < 3000)) {
    return id % 2 === 0 ? { kind: 'joined', member, own: false } : { kind: 'left', member, reason: 'left' }
  }
  const text = id % 17 === 0 ? `message ${id}\n${'a tall one\n'.repeat(12)}` : `message ${id}`
  return { kind: 'said', from: member, text, own: false, state: 'delivered', failure: null, mention: false }
}
/** One every eleven minutes; some fall into one block, and a day has about 130. */
export const lineOf = (id: number): Line => ({
  id,
  at: FIRST + id * (id % 5 === 0 ? 11 : 10.9) * MINUTE,
  ...bodyOf(id)
})
export const linesOf = (from: number, to: number): Line[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => lineOf(from + n))

/** A conversation of `count` lines, of which the view begins with the newest `held`. */
export const longState = (count: number, held = 500): AppState => ({
  ...emptyState(),
  preferences: { ...emptyState().preferences, language: 'en' },
  rooms: [sampleRoom('tea', { title: 'Tea', self: me }), sampleRoom('two', { title: 'Two', self: me })],
  people: { tea: { members: [me, ann, bob], complete: true } },
  conversations: [
    sampleConversation('tea', 'tea', { readUpTo: count }),
    sampleConversation('two', 'two', { readUpTo: count })
  ],
  timelines: {
    tea: { lines: linesOf(Math.max(1, count - held + 1), count), whole: held >= count },
    two: { lines: linesOf(1, 40), whole: true }
  }
})

type Ask<T extends Question['type']> = Extract<Question, { type: T }>

/** Answers about it, as the app would. `count` may grow. */
export const answersOf = (count: () => number) => ({
  page: ({ before, limit }: Ask<'page'>): Answers['page'] => {
    const to = Math.min(before - 1, count())
    const from = Math.max(1, to - limit + 1)
    return { lines: linesOf(from, to), whole: from === 1 }
  },
  pageAfter: ({ after, limit }: Ask<'pageAfter'>): Answers['pageAfter'] => {
    const to = Math.min(after + limit, count())
    return { lines: linesOf(after + 1, to), newest: to === count() }
  },
  around: ({ where, limit }: Ask<'around'>): Answers['around'] => {
    const all = Array.from({ length: count() }, (_, n) => n + 1)
    const target = 'line' in where ? where.line : all.find((id) => lineOf(id).at >= where.moment)
    if (target === undefined) return { found: false, why: 'nothing' }
    const from = Math.max(1, target - limit / 2)
    const to = Math.min(count(), target + limit / 2 - 1)
    return {
      found: true,
      target,
      stretch: { lines: linesOf(from, to), whole: from === 1, newest: to === count() }
    }
  }
})
