import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BACKLOG_CHARACTERS,
  BACKLOG_LINES,
  BATCH_EVERY_MS,
  BATCH_LINES,
  makeFeed
} from '../../../src/core/switchboard/feed.ts'
import type { ViewMessage } from '../../../src/shared/bridge.ts'
import type { Member, SessionEvent } from '../../../src/shared/events.ts'
import { memberKey } from '../../../src/shared/events.ts'
import type { AppEvent, AppState, Line } from '../../../src/shared/state.ts'
import {
  applyEvent,
  VIEW_LINES,
  lineWeight,
  SNAPSHOT_CHARACTERS,
  SNAPSHOT_LINES,
  STRETCH_CHARACTERS,
  TIMELINE_CHARACTERS
} from '../../../src/shared/state.ts'
import { DEFAULT_SETTINGS } from '../../../src/shared/settings.ts'
import { makeHandClock } from '../../support/clock.ts'
import type { Rig, TestView } from './rig.ts'
import { ANNA, echoed, makeRig, makeView, present, said, settle, whispered } from './rig.ts'

const linesIn = (message: ViewMessage): number =>
  message.type === 'snapshot'
    ? 0
    : message.events.reduce((sum, event) => sum + (event.type === 'linesAdded' ? event.lines.length : 0), 0)

const member = (n: number, name: string | null): Member => ({ address: `10.0.1.${n}:${n}`, name })

type Step =
  | { do: 'hear'; events: SessionEvent[] }
  | { do: 'say'; text: string }
  | { do: 'echo' }
  | { do: 'whisper'; n: number }
  | { do: 'closePrivate' }
  | { do: 'join'; n: number }
  | { do: 'leave'; n: number }
  | { do: 'forget'; n: number }
  | { do: 'host' }
  | { do: 'stopHosting' }
  | { do: 'notice' }
  | { do: 'read'; back: number }
  | { do: 'look'; inFront: boolean }
  | { do: 'draft'; text: string }
  | { do: 'delete'; back: number }
  | { do: 'time'; ms: number }
  | { do: 'attach' }

const anybody = fc.record({
  n: fc.integer({ min: 1, max: 6 }),
  name: fc.option(fc.constantFrom('Anna', 'Ben', '', '茶'), { nil: null })
})
const people = fc
  .record({
    come: fc.array(anybody, { maxLength: 4 }),
    go: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
    reset: fc.boolean(),
    complete: fc.boolean()
  })
  .map(({ come, go, reset, complete }): SessionEvent =>
    present(
      come.map(({ n, name }) => member(n, name)),
      { gone: go.map((n) => memberKey(member(n, null))), reset, complete }
    )
  )
const heard = fc.oneof(
  people,
  fc.tuple(anybody, fc.string({ maxLength: 8 })).map(([{ n, name }, text]) => said(member(n, name), text)),
  fc.tuple(anybody, fc.string({ maxLength: 8 })).map(([{ n, name }, text]) => whispered(member(n, name), text)),
  fc.constantFrom('Anna', 'Ben').map((name) => whispered({ address: null, name }, 'hm')),
  anybody.map(({ n, name }): SessionEvent => ({
    type: 'renamed',
    member: member(n, name),
    was: 'Ben',
    own: false
  })),
  fc.constant<SessionEvent>({ type: 'disconnected', reason: 'closed', retryInMs: 500 }),
  fc.constant<SessionEvent>({ type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1000' }),
  fc.constant<SessionEvent>({ type: 'kicked', reason: 'idle', text: '你被踢出了' })
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.array(heard, { maxLength: 4 }).map((events): Step => ({ do: 'hear', events })) },
  { weight: 2, arbitrary: fc.string({ maxLength: 6 }).map((text): Step => ({ do: 'say', text })) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'echo' }) },
  fc.integer({ min: 1, max: 6 }).map((n): Step => ({ do: 'whisper', n })),
  fc.constant<Step>({ do: 'closePrivate' }),
  fc.integer({ min: 0, max: 2 }).map((n): Step => ({ do: 'join', n })),
  fc.integer({ min: 0, max: 2 }).map((n): Step => ({ do: 'leave', n })),
  fc.integer({ min: 0, max: 2 }).map((n): Step => ({ do: 'forget', n })),
  fc.constant<Step>({ do: 'host' }),
  fc.constant<Step>({ do: 'stopHosting' }),
  fc.constant<Step>({ do: 'notice' }),
  fc.nat({ max: 5 }).map((back): Step => ({ do: 'read', back })),
  fc.boolean().map((inFront): Step => ({ do: 'look', inFront })),
  fc.string({ maxLength: 4 }).map((text): Step => ({ do: 'draft', text })),
  fc.nat({ max: 5 }).map((back): Step => ({ do: 'delete', back })),
  { weight: 2, arbitrary: fc.constantFrom(0, 20, 60).map((ms): Step => ({ do: 'time', ms })) },
  fc.constant<Step>({ do: 'attach' })
)

const take = async (rig: Rig, views: TestView[], one: Step): Promise<void> => {
  const { board, clock } = rig
  const newest = rig.view.state().conversations.at(-1)
  const lines = newest === undefined ? [] : (rig.view.state().timelines[newest.id]?.lines ?? [])
  const rooms = rig.view.state().rooms
  switch (one.do) {
    case 'hear':
      rig.sessions.at(-1)?.tell(...one.events)
      return
    case 'say':
      if (newest) await board.perform({ type: 'say', conversation: newest.id, text: one.text })
      return
    case 'echo': {
      const ref = rig.sessions.at(-1)?.asked.at(-1)?.ref
      if (ref !== undefined) rig.sessions.at(-1)?.tell({ type: 'noted', state: 'written', ref }, echoed(ref, 'echo'))
      return
    }
    case 'whisper':
      if (newest)
        await board.perform({ type: 'openPrivate', room: newest.room, member: memberKey(member(one.n, null)) })
      return
    case 'closePrivate':
      if (newest) await board.perform({ type: 'closePrivate', conversation: newest.id })
      return
    case 'join':
      await board.perform({ type: 'connect', host: `h${one.n}`, port: 1, dialect: 'auto', charset: 'auto' })
      return
    case 'leave':
    case 'forget': {
      const room = rooms[one.n]
      if (room) await board.perform({ type: one.do, room: room.id })
      return
    }
    case 'host':
      await board.perform({
        type: 'host',
        name: 'Tea',
        doors: [{ port: 0, dialect: 'im' }],
        language: 'en',
        bare: false
      })
      return
    case 'stopHosting': {
      const room = rooms.find((other) => other.hosting !== null)
      if (room) await board.perform({ type: 'stopHosting', room: room.id })
      return
    }
    case 'notice':
      board.notice({ kind: 'runtime-missing', reason: 'x' })
      return
    case 'read':
      if (newest)
        await board.perform({ type: 'read', conversation: newest.id, line: (lines.at(-1)?.id ?? 0) - one.back })
      return
    case 'look':
      await board.perform({
        type: 'look',
        conversation: newest?.id ?? null,
        inFront: one.inFront,
        atEnd: one.inFront,
        line: null
      })
      return
    case 'draft':
      if (newest) await board.perform({ type: 'draft', conversation: newest.id, text: one.text })
      return
    case 'delete':
      if (newest)
        await board.perform({ type: 'deleteLine', conversation: newest.id, line: lines.at(-1 - one.back)?.id ?? 0 })
      return
    case 'time':
      clock.advance(one.ms)
      return
    case 'attach':
      views.push(rig.attach())
  }
}

const EMPTY: AppState = {
  surroundings: {
    carrier: 'browser',
    platform: 'linux',
    version: '0',
    computer: 'here',
    systemLanguage: 'en',
    profile: '/'
  },
  preferences: DEFAULT_SETTINGS,
  rooms: [],
  people: {},
  conversations: [],
  timelines: {},
  notices: []
}

const lineOf = (id: number, text: string): Line => ({ id, at: 0, kind: 'line', text })

/** Any changes of people and lines of one room: all of them can be merged in a batch. */
const change: fc.Arbitrary<AppEvent> = fc.oneof(
  fc.record({
    type: fc.constant('peopleChanged' as const),
    room: fc.constant('r'),
    reset: fc.boolean(),
    present: fc.array(
      anybody.map(({ n, name }) => member(n, name)),
      { maxLength: 3 }
    ),
    gone: fc.array(
      fc.integer({ min: 1, max: 6 }).map((n) => memberKey(member(n, null))),
      { maxLength: 3 }
    ),
    complete: fc.boolean()
  }),
  fc
    .tuple(fc.constantFrom('linesChanged' as const), fc.integer({ min: 1, max: 9 }), fc.string({ maxLength: 3 }))
    .map(([type, id, text]): AppEvent => ({ type, conversation: 'r', lines: [lineOf(id, text)] })),
  fc.integer({ min: 1, max: 9 }).map((id): AppEvent => ({ type: 'linesRemoved', conversation: 'r', lines: [id] })),
  fc.constant<AppEvent>({ type: 'linesAdded', conversation: 'r', lines: [] })
)

describe('the feed', () => {
  test('a batch of merged changes does what the changes do one after the other', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const clock = makeHandClock()
        const feed = makeFeed({ clock, gather: () => {}, snapshot: () => EMPTY })
        let shown = EMPTY
        feed.attach((message) => {
          shown = message.type === 'snapshot' ? message.state : message.events.reduce(applyEvent, shown)
        })
        let truth = EMPTY
        let next = 1
        for (const [index, one] of changes.entries()) {
          // Two batches: the second one changes something that is there.
          if (index === 4) clock.advance(100)
          const event = one.type === 'linesAdded' ? { ...one, lines: [lineOf(next++, 'new')] } : one
          truth = applyEvent(truth, event)
          feed.tell(event)
        }
        clock.advance(100)
        expect(shown).toEqual(truth)
        // Not only equal: people stand in the same order.
        expect(JSON.stringify(shown.people)).toBe(JSON.stringify(truth.people))
      }),
      { numRuns: 1000 }
    )
  })

  test('gives every view the same state, whenever it came, however the changes were gathered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const rig = makeRig()
        await rig.join()
        settle(rig.session())
        const views = [rig.view]
        for (const one of steps) await take(rig, views, one)
        rig.clock.advance(1000)
        const truth = makeView(rig.board).state()
        for (const view of views) expect(view.state()).toEqual(truth)
      }),
      { numRuns: 150 }
    )
  })

  test('sends at once when it is quiet, and at most 20 batches a second when it is not', async () => {
    const rig = makeRig()
    await rig.join()
    settle(rig.session())
    rig.clock.advance(1000)
    const before = rig.view.messages.length
    rig.session().tell(said(ANNA, 'first'))
    expect(rig.view.messages.length).toBe(before + 1)
    for (let ms = 0; ms < 1000; ms += 1) {
      rig.session().tell(said(ANNA, `line ${ms}`))
      rig.clock.advance(1)
    }
    rig.clock.advance(BATCH_EVERY_MS)
    const batches = rig.view.messages.slice(before + 1)
    expect(batches.length).toBeLessThanOrEqual(21)
    expect(batches.reduce((sum, message) => sum + linesIn(message), 0)).toBe(1000)
  })

  test('puts at most 500 lines into one message and loses none', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    rig.clock.advance(1000)
    const before = rig.view.messages.length
    const had = rig.lines(id).length
    rig.session().tell(...Array.from({ length: 1800 }, (_, n) => said(ANNA, `${n}`)))
    rig.clock.advance(1000)
    const sizes = rig.view.messages.slice(before).map(linesIn)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(BATCH_LINES)
    expect(rig.lines(id).length).toBe(had + 1800)
  })

  test('a backlog has an end in characters as well as in lines', () => {
    const messages = (lines: Line[]): ViewMessage['type'][] => {
      const clock = makeHandClock()
      const heard: ViewMessage['type'][] = []
      const feed = makeFeed({ clock, snapshot: () => makeView(makeRig().board).state(), gather: () => undefined })
      feed.attach((message) => heard.push(message.type))
      feed.tell({ type: 'linesAdded', conversation: 'a', lines })
      clock.advance(10_000)
      return heard.slice(1)
    }
    const line = (id: number, characters: number): Line => ({ id, at: 0, kind: 'line', text: 'x'.repeat(characters) })
    const weight = lineWeight(line(1, 0))
    const half = BACKLOG_CHARACTERS / 2 - weight
    expect(messages([line(1, half), line(2, half)])).toEqual(['events', 'events'])
    expect(messages([line(1, half), line(2, half + 1)])).toEqual(['snapshot'])
    const many = (count: number): Line[] => Array.from({ length: count }, (_, id) => line(id, 1))
    expect(messages(many(BACKLOG_LINES))).toEqual(Array(BACKLOG_LINES / BATCH_LINES).fill('events'))
    expect(messages(many(BACKLOG_LINES + 1))).toEqual(['snapshot'])
  })

  test('gives a view that fell far behind a new snapshot, and the wishes still come', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    rig.session().tell(...Array.from({ length: BACKLOG_LINES + 500 }, (_, n) => said(ANNA, `${n}`)))
    rig.board.wish({ wish: 'settings' })
    rig.clock.advance(1000)
    const [snapshot, wish] = rig.view.messages.slice(-2)
    expect(snapshot?.type).toBe('snapshot')
    expect(wish).toEqual({ type: 'events', events: [{ type: 'wished', wish: { wish: 'settings' } }] })
    expect(rig.lines(id)).toHaveLength(SNAPSHOT_LINES)
    expect(rig.view.state().timelines[id]?.whole).toBe(false)
    expect(rig.lines(id).at(-1)).toMatchObject({ text: String(BACKLOG_LINES + 499) })
  })

  test('lines of a megabyte cost neither the memory nor the bridge', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    rig.clock.advance(1000)
    const before = rig.view.messages.length
    const huge = 'x'.repeat(STRETCH_CHARACTERS)
    for (let n = 0; n < 40; n += 1) rig.session().tell(said(ANNA, `${n} ${huge}`))
    rig.clock.advance(5000)
    const characters = rig.view.messages.slice(before).map((message) => JSON.stringify(message).length)
    expect(Math.max(...characters)).toBeLessThan(2 * STRETCH_CHARACTERS)
    const page = await rig.board.answer({ type: 'page', conversation: id, before: 1_000_000, limit: 2000 })
    expect(page).toMatchObject({ whole: false })
    expect(page.lines).toHaveLength(1)
    let held = 0
    for (let older = page; older.lines.length > 0;) {
      held += older.lines.reduce((sum, line) => sum + lineWeight(line), 0)
      older = await rig.board.answer({
        type: 'page',
        conversation: id,
        before: older.lines[0]?.id ?? 0,
        limit: 2000
      })
    }
    expect(held).toBeLessThanOrEqual(TIMELINE_CHARACTERS)
    expect(held).toBeGreaterThan(TIMELINE_CHARACTERS / 2)
  })

  test('two hundred people who whisper a megabyte each cost no more of either', async () => {
    const rig = makeRig()
    await rig.join()
    settle(rig.session())
    const huge = 'x'.repeat(STRETCH_CHARACTERS / 2)
    for (let n = 0; n < 150; n += 1) {
      const from = { address: `10.0.0.9:${n + 1000}`, name: `n${n}` }
      rig.session().tell(present([from]))
      for (let times = 0; times < 2; times += 1) rig.session().tell(whispered(from, `${times} ${huge}`))
      rig.clock.advance(100)
    }
    const timelines = Object.values(rig.attach().state().timelines)
    expect(timelines).toHaveLength(151)
    const held = timelines.flatMap(({ lines }) => lines)
    expect(held.reduce((sum, line) => sum + lineWeight(line), 0)).toBeLessThanOrEqual(SNAPSHOT_CHARACTERS)
    // What a person opens is there.
    const id = rig.view.state().conversations.at(-1)?.id ?? ''
    const page = await rig.board.answer({ type: 'page', conversation: id, before: 1_000_000, limit: 100 })
    expect(page.lines).toHaveLength(1)
  })

  test('keeps the wish that started the app for the first view', () => {
    const rig = makeRig()
    rig.view.detach()
    rig.board.wish({ wish: 'connect', host: 'tea.lan', port: 8888 })
    rig.clock.advance(1000)
    const view = rig.attach()
    expect(view.messages.at(-1)).toEqual({
      type: 'events',
      events: [{ type: 'wished', wish: { wish: 'connect', host: 'tea.lan', port: 8888 } }]
    })
    expect(rig.attach().messages).toHaveLength(1)
  })

  test('a new room is in the view before the command is answered', async () => {
    const rig = makeRig()
    await rig.join('one')
    const outcome = await rig.board.perform({
      type: 'connect',
      host: 'two',
      port: 2,
      dialect: 'auto',
      charset: 'auto'
    })
    const id = outcome.ok ? outcome.room : undefined
    expect(rig.view.state().rooms.map((room) => room.id)).toContain(id)
  })

  test('100,000 lines into one conversation cost linear time', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    for (let at = 0; at < 100_000; at += 500) {
      rig.session().tell(...Array.from({ length: 500 }, (_, n) => said(ANNA, `line ${at + n}`)))
      rig.clock.advance(BATCH_EVERY_MS)
    }
    const page = await rig.board.answer({ type: 'page', conversation: id, before: 1_000_000, limit: 2000 })
    expect(page.lines).toHaveLength(2000)
    expect(rig.lines(id).length).toBeGreaterThanOrEqual(VIEW_LINES)
    // About a second; copying the timeline for every line would take minutes and run into the limit.
  }, 20_000)
})

test('a page gives the lines before a line, oldest first, and says when nothing is older', async () => {
  const rig = makeRig()
  const id = await rig.join()
  settle(rig.session())
  rig.session().tell(...Array.from({ length: 700 }, (_, n) => said(ANNA, `${n}`)))
  const view = rig.attach()
  const held = view.state().timelines[id]
  expect(held?.lines).toHaveLength(SNAPSHOT_LINES)
  expect(held?.whole).toBe(false)
  const before = held?.lines[0]?.id ?? 0
  const page = await rig.board.answer({ type: 'page', conversation: id, before, limit: 100 })
  expect(page.whole).toBe(false)
  expect(page.lines.at(-1)?.id).toBe(before - 1)
  const rest = await rig.board.answer({ type: 'page', conversation: id, before, limit: 2000 })
  expect(rest.whole).toBe(true)
  expect(rest.lines[0]).toMatchObject({ kind: 'connected', again: false })
})
