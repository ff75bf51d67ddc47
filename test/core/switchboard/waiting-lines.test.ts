import { describe, expect, test } from 'vitest'
import type { RestoredConversation } from '../../../src/core/history/contract.ts'
import { HOLD_AFTER_MS, TAKEN_SETTLED_MS } from '../../../src/core/switchboard/waiting-lines.ts'
import { LATE_ECHO_MS } from '../../../src/core/switchboard/own-lines.ts'
import { DEFAULT_SETTINGS } from '../../../src/shared/settings.ts'
import type { SavedRoom } from '../../../src/shared/settings.ts'
import type { Member } from '../../../src/shared/events.ts'
import type { Line } from '../../../src/shared/state.ts'
import type { FakeHistory } from './fake-history.ts'
import { makeFakeHistory } from './fake-history.ts'
import type { Rig } from './rig.ts'
import { ALL, ANNA, echoed, makeRig, ME, present, said, settle, whispered } from './rig.ts'

type SaidLine = Extract<Line, { kind: 'said' }>
const HOUR = 60 * 60_000
const START = Date.UTC(2026, 0, 1)

const spoken = (rig: Rig, id = 'r1'): SaidLine[] => rig.lines(id).filter((line) => line.kind === 'said')
const states = (rig: Rig, id = 'r1'): string[] => spoken(rig, id).map(({ text, state }) => `${text}: ${state}`)
const sent = (rig: Rig): string[] =>
  rig.sessions.flatMap(({ asked }) => asked.flatMap((one) => ('text' in one ? [one.text] : [])))
const lineOf = (rig: Rig, text: string, id = 'r1'): number =>
  spoken(rig, id).find((line) => line.text === text)?.id ?? 0

const saved: SavedRoom = {
  id: 'r1',
  title: 'Tea',
  host: 'tea.lan',
  port: 8888,
  dialect: 'auto',
  lastDialect: 'im',
  charset: 'auto',
  reconnect: true,
  joined: true,
  nick: null,
  ignored: []
}
const own = (id: number, text: string, more: Partial<SaidLine> = {}): SaidLine => ({
  id,
  at: START - 1000 + id,
  kind: 'said',
  from: { address: null, name: 'me' },
  text,
  own: true,
  state: 'queued',
  failure: null,
  mention: false,
  ...more
})
const left = (queued: Line[], more: Partial<RestoredConversation> = {}): RestoredConversation => ({
  id: 'r1',
  room: 'r1',
  title: 'Tea',
  hosted: false,
  with: null,
  unverified: false,
  closed: false,
  readUpTo: 0,
  draft: '',
  unread: 0,
  mentions: 0,
  newest: { lines: queued, whole: true },
  queued,
  ...more
})
const start = (before: RestoredConversation[] = [], more: Partial<SavedRoom> = {}) => {
  const history = makeFakeHistory(before)
  const rig = makeRig({ history, settings: { ...DEFAULT_SETTINGS, rooms: [{ ...saved, ...more }] } })
  rig.board.start()
  return { rig, history }
}
/** Lets the disk and the claims it answers come through. */
const through = async (history: FakeHistory): Promise<void> => {
  for (let n = 0; n < 4; n += 1) {
    history.commit()
    await Promise.resolve()
  }
}
const lose = (rig: Rig): void => rig.session().tell({ type: 'disconnected', reason: 'reset', retryInMs: 1000 })

/** Without a history: nothing has to be asked of the disk. */
const plainRoom = async (): Promise<{ rig: Rig; id: string }> => {
  const rig = makeRig()
  return { rig, id: await rig.join() }
}
const say = (rig: Rig, id: string, text: string) => rig.run({ type: 'say', conversation: id, text })

describe('what is typed while the room is away', () => {
  test('waits, and goes out in order when the dialect is recognised, not before', async () => {
    const { rig, id } = await plainRoom()
    for (const text of ['one', 'two', 'three']) expect(await say(rig, id, text)).toEqual({ ok: true })
    expect(states(rig, id)).toEqual(['one: queued', 'two: queued', 'three: queued'])
    rig.session().tell({ type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1000' })
    expect(sent(rig)).toEqual([])
    rig.session().capable = ALL
    rig.session().tell({ type: 'recognised', dialect: 'im', by: 'welcome' })
    expect(sent(rig)).toEqual(['one', 'two', 'three'])
    expect(states(rig, id)).toEqual(['one: written', 'two: written', 'three: written'])
  })

  test('goes at the pace of the server: one more whenever one more is taken', async () => {
    const { rig, id } = await plainRoom()
    await say(rig, id, 'one\ntwo\nthree')
    rig.session().free = 1
    settle(rig.session())
    expect(sent(rig)).toEqual(['one'])
    rig.session().free = 0
    rig.session().tell(said(ANNA, 'hi'))
    expect(sent(rig)).toEqual(['one'])
    await say(rig, id, 'four')
    rig.session().free = 1
    for (let n = 0; n < 3; n += 1) rig.session().ready()
    expect(sent(rig)).toEqual(['one', 'two', 'three', 'four'])
  })

  test('also in a room disconnected by hand, until the person connects again', async () => {
    const { rig, id } = await plainRoom()
    settle(rig.session())
    await rig.run({ type: 'disconnect', room: id })
    expect(await say(rig, id, 'later')).toEqual({ ok: true })
    expect(states(rig, id)).toEqual(['later: queued'])
    await rig.run({ type: 'reconnect', room: id })
    settle(rig.session())
    expect(states(rig, id)).toEqual(['later: written'])
  })

  test('is refused where nobody will ever hear it', async () => {
    const { rig, id } = await plainRoom()
    rig.session().tell({ type: 'disconnected', reason: 'not-a-chat', retryInMs: null })
    expect(await say(rig, id, 'x')).toEqual({ ok: false, code: 'not-connected' })
    await rig.run({ type: 'reconnect', room: id })
    settle(rig.session())
    rig
      .session()
      .tell(
        { type: 'kicked', reason: 'moderator', text: 'out' },
        { type: 'disconnected', reason: 'kicked', retryInMs: null }
      )
    expect(await say(rig, id, 'x')).toEqual({ ok: false, code: 'not-connected' })
    await rig.run({ type: 'reconnect', room: id })
    rig
      .session()
      .tell({ type: 'kicked', reason: 'idle', text: 'out' }, { type: 'disconnected', reason: 'kicked', retryInMs: 500 })
    expect(await say(rig, id, 'x')).toEqual({ ok: true })
  })

  test('what was handed over and not written comes back, and goes before what was typed later', async () => {
    const { rig, id } = await plainRoom()
    settle(rig.session())
    await say(rig, id, 'one')
    rig.session().waiting.add(rig.session().lastRef())
    lose(rig)
    await say(rig, id, 'two')
    expect(states(rig, id)).toEqual(['one: queued', 'two: queued'])
    settle(rig.session())
    expect(sent(rig)).toEqual(['one', 'one', 'two'])
  })

  test('in private waits until the roster tells under which address its person is', async () => {
    const { rig, id } = await plainRoom()
    settle(rig.session())
    const opened = await rig.run({ type: 'openPrivate', room: id, member: ANNA.address ?? '' })
    const thread = opened.ok ? (opened.conversation ?? '') : ''
    lose(rig)
    await say(rig, thread, 'psst')
    const back = { address: '10.0.0.2:2999', name: 'Anna' }
    rig
      .session()
      .tell(
        { type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1000' },
        { type: 'recognised', dialect: 'im', by: 'welcome' },
        present([ME], { reset: true, complete: false })
      )
    expect(sent(rig)).toEqual([])
    rig.session().tell(present([ME, back], { reset: true }))
    expect(rig.session().asked).toMatchObject([{ type: 'whisper', to: back.address, text: 'psst' }])
  })

  test('in private to a server without a roster waits three seconds and no longer', async () => {
    const { rig, id } = await plainRoom()
    settle(rig.session())
    const opened = await rig.run({ type: 'openPrivate', room: id, member: ANNA.address ?? '' })
    const thread = opened.ok ? (opened.conversation ?? '') : ''
    lose(rig)
    await say(rig, thread, 'psst')
    await say(rig, id, 'all')
    rig
      .session()
      .tell(
        { type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1000' },
        { type: 'recognised', dialect: 'im', by: 'welcome' },
        present([ME], { reset: true, complete: false })
      )
    expect(sent(rig)).toEqual(['all'])
    rig.clock.advance(3000)
    expect(sent(rig)).toEqual(['all', 'psst'])
  })

  test('a thread in which something waits cannot be closed over it', async () => {
    const { rig, id } = await plainRoom()
    settle(rig.session())
    const opened = await rig.run({ type: 'openPrivate', room: id, member: ANNA.address ?? '' })
    const thread = opened.ok ? (opened.conversation ?? '') : ''
    lose(rig)
    await say(rig, thread, 'psst')
    expect(await rig.run({ type: 'closePrivate', conversation: thread })).toEqual({ ok: false, code: 'still-waiting' })
    await rig.run({ type: 'deleteLine', conversation: thread, line: lineOf(rig, 'psst', thread) })
    expect(await rig.run({ type: 'closePrivate', conversation: thread })).toEqual({ ok: true })
  })
})

describe('a line that waits', () => {
  test('is edited and deleted in place, and only as long as it waits', async () => {
    const { rig, id } = await plainRoom()
    await say(rig, id, 'one\ntwo\nthree')
    const [one, two, three] = spoken(rig, id).map((line) => line.id)
    const edit = (line: number | undefined, text: string) =>
      rig.run({ type: 'editLine', conversation: id, line: line ?? 0, text })
    expect(await edit(one, 'uno')).toEqual({ ok: true })
    expect(await edit(one, ' \n')).toEqual({ ok: false, code: 'empty-text' })
    expect(await edit(one, 'a\nb')).toEqual({ ok: false, code: 'bad-command' })
    await rig.run({ type: 'deleteLine', conversation: id, line: two ?? 0 })
    expect(states(rig, id)).toEqual(['uno: queued', 'three: queued'])
    settle(rig.session())
    expect(sent(rig)).toEqual(['uno', 'three'])
    expect(await edit(three, 'tres')).toEqual({ ok: false, code: 'too-late' })
    expect(await rig.run({ type: 'deleteLine', conversation: id, line: three ?? 0 })).toEqual({
      ok: false,
      code: 'too-late'
    })
  })

  test('comes back after a restart, also from before what is shown, and can still be edited', async () => {
    const newest = { lines: [own(900, 'nine', { state: 'delivered' })], whole: false }
    const { rig, history } = start([left([own(7, 'seven'), own(8, 'eight')], { newest })])
    await rig.run({ type: 'editLine', conversation: 'r1', line: 8, text: 'acht' })
    expect(history.operations.at(-1)).toMatchObject({ op: 'line', line: { id: 8, text: 'acht', state: 'queued' } })
    settle(rig.session())
    expect(sent(rig)).toEqual([])
    await through(history)
    expect(sent(rig)).toEqual(['seven', 'acht'])
    const claims = history.operations.flatMap((one) => (one.op === 'claim' ? [one.line] : []))
    expect(claims).toEqual([7, 8])
  })

  test('in a room that was disconnected by hand is there after a restart, to be changed, deleted and sent', async () => {
    const queued = [own(1, 'one'), own(2, 'two'), own(3, 'three')]
    const { rig, history } = start([left(queued)], { joined: false })
    expect(rig.sessions).toEqual([])
    expect(states(rig)).toEqual(['one: queued', 'two: queued', 'three: queued'])
    expect(rig.conversation('r1').unsent).toMatchObject({ waiting: 3, held: 0 })
    expect(await rig.run({ type: 'editLine', conversation: 'r1', line: 2, text: 'zwei' })).toEqual({ ok: true })
    expect(await rig.run({ type: 'deleteLine', conversation: 'r1', line: 3 })).toEqual({ ok: true })
    await through(history)
    expect(states(rig)).toEqual(['one: queued', 'zwei: queued'])
    await rig.run({ type: 'reconnect', room: 'r1' })
    settle(rig.session())
    await through(history)
    expect(sent(rig)).toEqual(['one', 'zwei'])
  })

  test('is claimed before it is sent, and is not sent where another program has it', async () => {
    const { rig, history } = start([left([own(7, 'seven'), own(8, 'eight')])])
    history.taken.add(7)
    history.disk.set('r1', [own(7, 'seven', { state: 'waiting' })])
    settle(rig.session())
    await through(history)
    expect(sent(rig)).toEqual(['eight'])
    expect(states(rig)).toEqual(['seven: waiting', 'eight: written'])
    history.disk.set('r1', [own(7, 'seven', { state: 'delivered' })])
    rig.clock.advance(TAKEN_SETTLED_MS)
    await Promise.resolve()
    await Promise.resolve()
    expect(states(rig)).toEqual(['seven: delivered', 'eight: written'])
  })

  test('that is not on the disk any more does not wait for ever: it can be sent again, or deleted', async () => {
    const { rig, history } = start([left([own(7, 'seven'), own(8, 'eight')])])
    for (const line of [7, 8]) history.taken.add(line)
    settle(rig.session())
    await through(history)
    expect(sent(rig)).toEqual([])
    expect(states(rig)).toEqual(['seven: unconfirmed', 'eight: unconfirmed'])
    expect(await rig.run({ type: 'resend', conversation: 'r1', line: 7 })).toEqual({ ok: true })
    expect(sent(rig)).toEqual(['seven'])
    expect(await rig.run({ type: 'deleteLine', conversation: 'r1', line: 8 })).toEqual({ ok: true })
  })

  test('that was claimed when the server went away is given back', async () => {
    const { rig, history } = start([left([own(7, 'seven')])])
    settle(rig.session())
    lose(rig)
    await through(history)
    expect(sent(rig)).toEqual([])
    expect(history.operations.filter((one) => one.op === 'line').at(-1)).toMatchObject({
      released: true,
      line: { id: 7, state: 'queued' }
    })
    settle(rig.session())
    await through(history)
    expect(sent(rig)).toEqual(['seven'])
  })

  test('that was claimed along with others and did not get its turn is given back', async () => {
    const { rig, history } = start([left([own(7, 'seven'), own(8, 'eight')])])
    settle(rig.session())
    Object.assign(rig.session(), { free: 1, paced: true })
    await through(history)
    expect(sent(rig)).toEqual(['seven'])
    lose(rig)
    expect(history.operations.filter((one) => one.op === 'line' && one.released)).toMatchObject([{ line: { id: 8 } }])
  })

  test('of this run goes out while the disk is full; one of an earlier run waits for the disk', async () => {
    const { rig, history } = start([left([own(7, 'seven')])])
    await say(rig, 'r1', 'new')
    history.become('paused', 'ENOSPC')
    settle(rig.session())
    expect(sent(rig)).toEqual(['new'])
    history.become('writing')
    await through(history)
    expect(sent(rig)).toEqual(['new', 'seven'])
  })

  test('in a room that is never written is nowhere but in memory', async () => {
    const { rig, history } = start([], { history: 'never' })
    await say(rig, 'r1', 'secret')
    expect(history.lines()).toEqual([])
    settle(rig.session())
    expect(sent(rig)).toEqual(['secret'])
    expect(history.operations.filter(({ op }) => op === 'claim' || op === 'line')).toEqual([])
  })

  test('leaves the disk when its room is not to be written any more, and still goes out', async () => {
    const { rig, history } = start()
    await say(rig, 'r1', 'one')
    history.commit()
    await rig.run({ type: 'configureRoom', room: 'r1', history: 'never' })
    expect(history.operations.at(-1)).toMatchObject({ op: 'remove', line: lineOf(rig, 'one') })
    settle(rig.session())
    expect(sent(rig)).toEqual(['one'])
  })

  test('goes with the conversation when that is cleared', async () => {
    const { rig, history } = start([left([own(7, 'seven')])])
    await rig.run({ type: 'clearHistory', conversation: 'r1' })
    settle(rig.session())
    await through(history)
    expect(sent(rig)).toEqual([])
  })
})

describe('what waited longer than twelve hours', () => {
  const old = (id: number, text: string): SaidLine => own(id, text, { at: START - HOLD_AFTER_MS - HOUR + id })

  test('asks first, and what stands behind it waits with it; other conversations do not', async () => {
    const thread = left([own(3, 'psst')], { id: 'r1/p/1', with: ANNA })
    const { rig, history } = start([left([old(1, 'a'), old(2, 'b'), own(4, 'c')]), thread])
    expect(rig.conversation('r1').unsent).toEqual({
      waiting: 3,
      held: 2,
      since: old(1, '').at,
      until: old(2, '').at,
      behind: 1
    })
    expect(spoken(rig).map((line) => line.held === true)).toEqual([true, true, false])
    settle(rig.session())
    await through(history)
    expect(sent(rig)).toEqual(['psst'])
    // Also what is typed now, with the server there.
    await say(rig, 'r1', 'd')
    await through(history)
    expect(sent(rig)).toEqual(['psst'])
    expect(rig.conversation('r1').unsent).toMatchObject({ held: 2, behind: 2 })
    expect(await rig.board.answer({ type: 'held', conversation: 'r1' })).toMatchObject([{ text: 'a' }, { text: 'b' }])
    await rig.run({ type: 'sendHeld', conversation: 'r1', line: null })
    await through(history)
    expect(sent(rig)).toEqual(['psst', 'a', 'b', 'c', 'd'])
    expect(rig.conversation('r1').unsent).toBeNull()
    expect(spoken(rig).some((line) => line.held)).toBe(false)
  })

  test('is let by when the person says so, one by one or all newer ones', async () => {
    const { rig, history } = start([left([old(1, 'a'), old(2, 'b'), own(4, 'c')])])
    settle(rig.session())
    await rig.run({ type: 'sendHeld', conversation: 'r1', line: 2 })
    await through(history)
    expect(sent(rig)).toEqual(['b'])
    await rig.run({ type: 'passHeld', conversation: 'r1' })
    await through(history)
    expect(sent(rig)).toEqual(['b', 'c'])
    await say(rig, 'r1', 'd')
    expect(sent(rig)).toEqual(['b', 'c', 'd'])
    expect(rig.conversation('r1').unsent).toMatchObject({ held: 1, behind: 0 })
    await rig.run({ type: 'deleteHeld', conversation: 'r1' })
    expect(states(rig)).toEqual(['b: written', 'c: written', 'd: written'])
    expect(rig.conversation('r1').unsent).toBeNull()
  })

  test('begins to ask while the program runs, and before the server is back', async () => {
    const { rig, id } = await plainRoom()
    await say(rig, id, 'a')
    rig.clock.advance(HOLD_AFTER_MS - HOUR)
    expect(rig.conversation(id).unsent).toMatchObject({ waiting: 1, held: 0 })
    rig.clock.advance(2 * HOUR)
    expect(rig.conversation(id).unsent).toMatchObject({ held: 1, behind: 0 })
    settle(rig.session())
    expect(sent(rig)).toEqual([])
  })
})

describe('an unconfirmed line told late', () => {
  const lostLine = async () => {
    const { rig, id } = await plainRoom()
    settle(rig.session())
    await say(rig, id, 'hello')
    const ref = rig.session().lastRef()
    rig.session().tell({ type: 'noted', state: 'unconfirmed', ref })
    lose(rig)
    return { rig, id }
  }
  const back = (rig: Rig): void => {
    const self = { address: '10.0.0.1:1999', name: 'me' }
    rig
      .session()
      .tell(
        { type: 'connected', room: 'tea.lan:8888', self: self.address },
        { type: 'recognised', dialect: 'im', by: 'welcome' },
        present([self, ANNA], { reset: true, self })
      )
  }

  test('under our old address is that line, once', async () => {
    const { rig, id } = await lostLine()
    back(rig)
    rig.session().tell(said({ address: ME.address, name: 'me' }, 'hello'))
    expect(states(rig, id)).toEqual(['hello: delivered'])
    rig.session().tell(said({ address: ME.address, name: 'me' }, 'hello'))
    expect(states(rig, id)).toEqual(['hello: delivered', 'hello: delivered'])
  })

  test.each(['by the echo of another line', 'by the server'])(
    'is that line also when our address was learnt only after it was written, %s',
    async (how) => {
      const { rig, id } = await plainRoom()
      settle(rig.session())
      const outside: Member = { address: '203.0.113.9:4040', name: 'me' }
      await say(rig, id, 'one')
      const first = rig.session().lastRef()
      await say(rig, id, 'two')
      const second = rig.session().lastRef()
      if (how === 'by the server') rig.session().tell(present([outside, ANNA], { reset: true, self: outside }))
      rig.session().tell(echoed(first, 'one', outside))
      rig.session().tell({ type: 'noted', state: 'unconfirmed', ref: second })
      lose(rig)
      back(rig)
      rig.session().tell(said(outside, 'two'))
      expect(states(rig, id)).toEqual(['one: delivered', 'two: delivered'])
      expect(spoken(rig, id).map(({ from }) => from.address)).toEqual([outside.address, outside.address])
    }
  )

  test('does not swallow the same words of somebody else, nor of the same name', async () => {
    const { rig, id } = await lostLine()
    back(rig)
    rig.session().tell(said(ANNA, 'hello'), said({ address: '10.0.0.9:9', name: 'me' }, 'hello'))
    expect(spoken(rig, id).map(({ state, own }) => [state, own])).toEqual([
      ['unconfirmed', true],
      ['delivered', false],
      ['delivered', false]
    ])
  })

  test('settles one of two that read the same, and never a line that was sent again', async () => {
    const { rig, id } = await lostLine()
    back(rig)
    expect(await rig.run({ type: 'resend', conversation: id, line: lineOf(rig, 'hello', id) })).toEqual({ ok: true })
    rig.session().tell(said({ address: ME.address, name: 'me' }, 'hello'))
    expect(states(rig, id)).toEqual(['hello: delivered', 'hello: written'])
  })

  test('is another line when it comes after the time named', async () => {
    const { rig, id } = await lostLine()
    rig.clock.advance(LATE_ECHO_MS + 1)
    back(rig)
    rig.session().tell(said({ address: ME.address, name: 'me' }, 'hello'))
    expect(states(rig, id)).toEqual(['hello: unconfirmed', 'hello: delivered'])
  })

  test('is known after a restart, and the session is told who we were', () => {
    const lostOne = own(7, 'hello', { from: ME, state: 'unconfirmed', at: START - HOUR / 2 })
    const { rig, history } = start([left([], { newest: { lines: [lostOne], whole: true } })])
    expect(rig.session().options.formerSelves).toEqual([ME.address])
    back(rig)
    rig.session().tell(said({ address: ME.address, name: null }, 'hello'))
    history.commit()
    expect(states(rig)).toEqual(['hello: delivered'])
  })
})

test('what was cleared is not known again: a line told late is a line', async () => {
  const lostOne = own(7, 'hello', { from: ME, state: 'unconfirmed', at: START - HOUR / 2 })
  const { rig, history } = start([left([], { newest: { lines: [lostOne], whole: true } })])
  await rig.run({ type: 'clearHistory', conversation: 'r1' })
  settle(rig.session())
  rig.session().tell(said({ address: '10.0.0.1:77', name: null }, 'hello'), said(ANNA, 'hello'))
  history.commit()
  expect(states(rig)).toEqual(['hello: delivered', 'hello: delivered'])
})

describe('a gap', () => {
  const gaps = (rig: Rig, id = 'r1') =>
    rig.lines(id).flatMap((line) => (line.kind === 'connected' ? [line.away ?? null] : []))

  test('stands between the end of one connection and the beginning of the next', async () => {
    const { rig, id } = await plainRoom()
    settle(rig.session())
    rig.clock.advance(5000)
    const since = rig.clock.wall()
    lose(rig)
    rig.clock.advance(60_000)
    // Tries that failed are no beginning.
    rig.session().tell({ type: 'disconnected', reason: 'refused', retryInMs: 1000 })
    settle(rig.session())
    await rig.run({ type: 'disconnect', room: id })
    const again = rig.clock.wall()
    await rig.run({ type: 'reconnect', room: id })
    settle(rig.session())
    expect(gaps(rig, id)).toEqual([null, { since, sure: true }, { since: again, sure: true }])
  })

  test('between two runs begins when the first one said goodbye, else when it heard something last', () => {
    const heard: Line = { ...own(5, 'x', { own: false, from: ANNA, state: 'delivered' }) }
    const ended: Line = { id: 6, at: START - HOUR, kind: 'disconnected', reason: 'left' }
    const begun: Line = { id: 1, at: START - 2 * HOUR, kind: 'connected', again: false }
    const gap = (lines: Line[]) => {
      const { rig, history } = start([left([], { newest: { lines, whole: true } })])
      settle(rig.session())
      history.commit()
      return gaps(rig).at(-1)
    }
    expect(gap([begun, heard, ended, own(8, 'waits')])).toEqual({ since: ended.at, sure: true })
    expect(gap([begun, heard, own(8, 'waits')])).toEqual({ since: heard.at, sure: false })
    expect(gap([])).toBeNull()
  })
})

test('a thread of before whose person never had a name cannot be written to: the line says so', async () => {
  const nameless = { address: '10.0.0.7:7', name: null }
  const { rig, history } = start([left([]), left([own(3, 'psst')], { id: 'r1/p/1', with: nameless })])
  settle(rig.session())
  rig.session().tell(whispered(ANNA, 'x'), echoed('none', 'x'))
  await through(history)
  expect(states(rig, 'r1/p/1')).toEqual(['psst: failed'])
})
