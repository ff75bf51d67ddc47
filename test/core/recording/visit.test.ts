import { expect, test } from 'vitest'
import type { RestoredConversation } from '../../../src/core/history/contract.ts'
import { makeGate } from '../../../src/core/recording/gate.ts'
import { makeVisitRecorder } from '../../../src/core/recording/visit.ts'
import type { SessionEvent } from '../../../src/shared/events.ts'
import { makeHandClock } from '../../support/clock.ts'
import { makeFakeHistory } from '../switchboard/fake-history.ts'

const ME = { address: '10.0.0.1:1', name: 'ann' }
const BOB = { address: '10.0.0.2:2', name: 'bob' }
const at = '2026-11-21T12:00:00.000Z'

const stand = (more: { shared?: boolean; restored?: RestoredConversation[] } = {}) => {
  const history = makeFakeHistory(more.restored)
  const clock = makeHandClock()
  const gate = makeGate({
    history,
    clock,
    leavingOut: () => undefined,
    goesOn: () => undefined,
    stateChanged: () => undefined
  })
  const recorder = makeVisitRecorder({
    history,
    gate,
    clock,
    room: 'r1',
    title: 'tea.lan:8888',
    shared: more.shared ?? false,
    nick: 'ann',
    echoes: () => true,
    gapWords: ({ lines }) => `${lines} missing`
  })
  /** The lines as they are after all that was written, by conversation. */
  const kept = (): Record<string, string[]> => {
    const lines = new Map<number, [string, string]>()
    for (const one of history.operations) {
      if (one.op !== 'line') continue
      const { line } = one
      const shown =
        line.kind === 'said'
          ? `${line.from.name ?? ''}${line.own ? ` (${line.state}${line.failure ? ` ${line.failure.code}` : ''})` : ''}${line.mention ? ' @' : ''}: ${line.text}`
          : line.kind
      lines.set(line.id, [one.conversation.replace(/\/p\/\d+$/u, '/p'), shown])
    }
    const all: Record<string, string[]> = {}
    for (const [, [conversation, shown]] of [...lines].toSorted(([a], [b]) => a - b))
      all[conversation] = [...(all[conversation] ?? []), shown]
    return all
  }
  const states = (): string[] =>
    history.operations.flatMap((one) =>
      one.op === 'line' && one.line.kind === 'said' && one.line.own ? [one.line.state] : []
    )
  const hear = (...events: SessionEvent[]): void => {
    for (const event of events) recorder.heard(event)
  }
  return { history, clock, recorder, kept, states, hear }
}
const ownSaid = (text: string, ref?: string): SessionEvent => ({
  type: 'said',
  conversation: 'room',
  from: ME,
  text,
  own: true,
  at,
  ...(ref === undefined ? {} : { ref })
})

test('own lines are written once they are on their way, and change in place as their fate is known', () => {
  const { recorder, hear, kept, states } = stand()
  hear({ type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1' })
  for (const [ref, text] of [
    ['1', 'echoed'],
    ['2', 'lost'],
    ['3', 'refused'],
    ['4', 'never out'],
    ['5', '']
  ] as const) {
    recorder.asked({ type: 'say', text }, ref)
    hear({ type: 'noted', state: 'queued', ref })
  }
  // Nobody's to send again: what only waits is not in the history, where the app would take it for its own.
  expect(states()).toEqual([])
  hear({ type: 'noted', state: 'written', ref: '1' }, ownSaid('echoed', '1'))
  hear({ type: 'noted', state: 'written', ref: '2' }, { type: 'noted', state: 'waiting', ref: '2' })
  hear({ type: 'noted', state: 'unconfirmed', ref: '2' })
  hear({ type: 'refused', command: 'say', code: 'unsafe', text: '', ref: '3' })
  hear({ type: 'refused', command: 'say', code: 'empty-text', text: '', ref: '5' })
  recorder.end([{ ref: '4', text: 'never out' }])
  expect(kept()['r1']).toEqual([
    'connected',
    'ann (delivered): echoed',
    'ann (unconfirmed): lost',
    'ann (failed unsafe): refused',
    'ann (failed connection-lost): never out'
  ])
  expect(states()).not.toContain('queued')
})

test('a text the session split over several lines is all there, with what became of its rest', () => {
  const { recorder, hear, kept } = stand()
  recorder.asked({ type: 'say', text: 'one two three' }, '1')
  hear({ type: 'noted', state: 'written', ref: '1' }, ownSaid('one ', '1'), ownSaid('two ', '1'))
  hear({ type: 'noted', state: 'unconfirmed', ref: '1' })
  expect(kept()['r1']).toEqual(['ann (delivered): one ', 'ann (delivered): two ', 'ann (unconfirmed): three'])
})

test('what is in the air when it ends is unconfirmed; mentions are marked; what fits nothing is kept, too', () => {
  const { recorder, hear, kept } = stand()
  recorder.asked({ type: 'say', text: 'hm' }, '1')
  hear({ type: 'noted', state: 'written', ref: '1' })
  hear({ type: 'said', conversation: 'room', from: BOB, text: 'ann, come up', own: false, at })
  hear({ type: 'line', text: 'MOTD' }, { type: 'refused', command: 'rename', code: 'name-taken', text: 'taken' })
  recorder.gap({ lines: 4, from: 1, to: 2 })
  recorder.end([])
  expect(kept()['r1']).toEqual(['ann (unconfirmed): hm', 'bob @: ann, come up', 'line', 'refused', 'line'])
})

test('private lines go into the thread of their person, also through a rename and a new connection', () => {
  const first = stand()
  const people = (members: (typeof BOB)[]): SessionEvent => ({
    type: 'people',
    reset: true,
    present: members,
    gone: [],
    self: ME,
    complete: true
  })
  first.hear(people([BOB]))
  const whisper = (from: typeof BOB, text: string): SessionEvent => ({
    type: 'said',
    conversation: 'private',
    from: { address: null, name: from.name },
    text,
    own: false,
    at
  })
  first.hear(whisper(BOB, 'psst'))
  const bert = { ...BOB, name: 'bert' }
  first.hear({ type: 'renamed', member: bert, was: 'bob', own: false }, people([bert]), whisper(bert, 'still me'))
  first.hear({ type: 'said', conversation: 'private', from: ME, to: bert, text: 'yes', own: true, at, ref: '9' })
  expect(first.kept()).toEqual({ 'r1/p': ['bob: psst', 'bert: still me', 'ann (sent): yes'], r1: ['renamed'] })
  const threads = first.history.operations.flatMap((one) =>
    one.op === 'conversation' && one.conversation.with !== null ? [one.conversation] : []
  )
  const [thread] = threads
  expect(new Set(threads.map(({ id }) => id)).size).toBe(1)

  // Known by the unchanged name after another program, another day.
  if (thread === undefined) throw new Error('no thread was opened')
  const left = { ...thread, with: bert, unread: 0, mentions: 0, newest: { lines: [], whole: true } }
  const second = stand({ restored: [left] })
  const back = { address: '10.0.0.9:9', name: 'bert' }
  second.hear(people([back]), whisper(back, 'hello again'))
  const operation = second.history.operations.findLast((one) => one.op === 'line')
  expect(operation).toMatchObject({ conversation: thread.id })
})

test('in a room the app knows, what is its own to keep is left alone', () => {
  const { recorder, hear, history, clock } = stand({ shared: true })
  recorder.asked({ type: 'say', text: 'x' }, '1')
  hear({ type: 'noted', state: 'written', ref: '1' }, ownSaid('x', '1'))
  clock.turn()
  recorder.end([])
  const told = history.operations.flatMap((one) => (one.op === 'conversation' ? [one] : []))
  expect(told.length).toBeGreaterThan(0)
  for (const one of told) expect(one).toMatchObject({ shared: true, conversation: { readUpTo: 0 } })
})

test('in a room of its own, everything that was shown counts as read', () => {
  const { recorder, hear, history, clock } = stand()
  hear({ type: 'said', conversation: 'room', from: BOB, text: 'hi', own: false, at })
  history.commit()
  clock.turn()
  recorder.end([])
  const last = history.operations.findLast((one) => one.op === 'conversation')
  const line = history.operations.findLast((one) => one.op === 'line')
  expect(last).toMatchObject({
    conversation: { title: 'tea.lan:8888', readUpTo: line?.op === 'line' ? line.line.id : -1 }
  })
  expect(last).not.toHaveProperty('shared')
})
