import { expect, test } from 'vitest'
import { makeGate, type Gap } from '../../../src/core/recording/gate.ts'
import { makeHostedRecorder } from '../../../src/core/recording/hosted.ts'
import type { HistoryState } from '../../../src/core/history/contract.ts'
import type { HistoryOperation } from '../../../src/core/history/contract.ts'
import type { HostEvent } from '../../../src/shared/events.ts'
import { makeHandClock } from '../../support/clock.ts'
import { makeFakeHistory } from '../switchboard/fake-history.ts'
import { line, said } from '../history/lines.ts'

const stand = () => {
  const history = makeFakeHistory()
  const clock = makeHandClock()
  const told: string[] = []
  const gaps: Gap[] = []
  const states: [HistoryState, string][] = []
  const gate = makeGate({
    history,
    clock,
    leavingOut: () => told.push('leaving out'),
    goesOn: (gap) => {
      told.push('goes on')
      gaps.push(gap)
    },
    stateChanged: (state, reason) => states.push([state, reason])
  })
  let id = 0
  const operation = (text: string): HistoryOperation => ({
    op: 'line',
    conversation: 'r1',
    line: line((id += 1), said(text))
  })
  const happen = (text: string): void => {
    gate.put(operation(text))
    gate.after(() => told.push(text))
  }
  return { history, clock, told, gaps, states, gate, happen }
}

test('nothing is told before it is durable, everything in its order, nothing twice', () => {
  const { history, told, happen, gate, clock } = stand()
  gate.after(() => told.push('at once'))
  happen('a')
  gate.after(() => told.push('nothing to keep'))
  happen('b')
  expect(told).toEqual(['at once'])
  history.commit()
  expect(told).toEqual(['at once', 'a', 'nothing to keep', 'b'])
  clock.advance(1000)
  expect(told).toHaveLength(4)
})

test('a disk that takes longer than 250 ms is not waited for', () => {
  const { history, told, happen, clock } = stand()
  happen('a')
  clock.advance(100)
  happen('b')
  clock.advance(149)
  expect(told).toEqual([])
  clock.advance(1)
  expect(told).toEqual(['a'])
  clock.advance(100)
  expect(told).toEqual(['a', 'b'])
  history.commit()
  expect(told).toEqual(['a', 'b'])
})

test('a disk that takes nothing is not waited for at all', async () => {
  const { history, told, happen, states, gate } = stand()
  happen('a')
  const passed = gate.passed()
  history.become('paused', 'ENOSPC')
  expect(told).toEqual(['a'])
  happen('b')
  expect(told).toEqual(['a', 'b'])
  expect(states).toEqual([['paused', 'ENOSPC']])
  await passed
  history.become('writing')
  happen('c')
  expect(told).toEqual(['a', 'b'])
  history.commit()
  expect(told).toEqual(['a', 'b', 'c'])
})

test('a flood is held within bounds, and what is left out is said once, with its number', () => {
  const { history, told, gaps, gate } = stand()
  const many = 100_000
  let id = 0
  const put = (): void => gate.put({ op: 'line', conversation: 'r1', line: line((id += 1), said('x')) })
  for (let n = 0; n < many + 10; n += 1) put()
  expect(history.operations).toHaveLength(many)
  expect(told).toEqual(['leaving out'])
  // What is not a line is never left out: later lines must find their conversation.
  gate.put({
    op: 'conversation',
    conversation: {
      id: 'r1',
      room: 'r1',
      title: 'x',
      hosted: true,
      with: null,
      unverified: false,
      closed: false,
      readUpTo: 0,
      draft: ''
    }
  })
  expect(history.operations).toHaveLength(many + 1)
  history.commit()
  expect(told).toEqual(['leaving out', 'goes on'])
  expect(gaps).toEqual([{ lines: 10, from: line(many + 1, said('')).at, to: line(many + 10, said('')).at }])
  put()
  expect(history.operations).toHaveLength(many + 2)
  expect(told).toHaveLength(2)
})

test('long lines count by their length', () => {
  const { history, told, gate } = stand()
  const long = 'x'.repeat(1024 * 1024)
  for (let n = 0; n < 40; n += 1) gate.put({ op: 'line', conversation: 'r1', line: line(n + 1, said(long)) })
  expect(history.operations).toHaveLength(32)
  expect(told).toEqual(['leaving out'])
  history.commit()
  expect(told).toEqual(['leaving out', 'goes on'])
})

test('of a hosted room only what was public is written, and the gap stands in it', () => {
  const { history, gate } = stand()
  const recorder = makeHostedRecorder({
    history,
    gate,
    wall: () => 5,
    room: 'r1',
    name: 'tea',
    gapWords: ({ lines }) => `${lines} missing`
  })
  const member = { address: '1.2.3.4:5', name: null }
  const at = '2026-11-21T12:00:00.000Z'
  const events: HostEvent[] = [
    { type: 'hosting', doors: [], addresses: [] },
    { type: 'joined', member, own: false },
    { type: 'said', conversation: 'room', from: member, text: 'hello', own: false, at },
    { type: 'said', conversation: 'private', from: member, to: member, own: false, at },
    { type: 'refused', command: 'rename', code: 'bad-name', text: 'no', member },
    { type: 'renamed', member, was: 'x', own: false },
    { type: 'kicked', reason: 'flood', text: '', member },
    { type: 'left', member, reason: 'kicked' }
  ]
  for (const event of events) recorder.heard(event)
  recorder.gap({ lines: 3, from: 1, to: 2 })
  recorder.named('tea 2')
  recorder.end()
  expect(
    history.operations.map((one) => {
      if (one.op === 'line') return one.line.kind === 'line' ? one.line.text : one.line.kind
      return one.op === 'conversation' ? `${one.conversation.title} ${one.conversation.readUpTo > 0}` : one.op
    })
  ).toEqual(['tea false', 'joined', 'said', 'renamed', 'left', '3 missing', 'tea 2 false', 'tea 2 true'])
})
