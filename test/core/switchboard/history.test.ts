import { describe, expect, test } from 'vitest'
import type { RestoredConversation } from '../../../src/core/history/contract.ts'
import { WINDOW_LINES } from '../../../src/core/switchboard/conversations.ts'
import { UNSAVED_AFTER_MS } from '../../../src/core/switchboard/ledger.ts'
import type { Member } from '../../../src/shared/events.ts'
import type { SavedRoom } from '../../../src/shared/settings.ts'
import type { Line } from '../../../src/shared/state.ts'
import { TIMELINE_SLACK } from '../../../src/shared/state.ts'
import type { FakeHistory } from './fake-history.ts'
import { makeFakeHistory } from './fake-history.ts'
import type { Rig } from './rig.ts'
import { ANNA, BEN, echoed, makeRig, ME, present, said, settingsWith, settle, whispered } from './rig.ts'

const saved = (more: Partial<SavedRoom> = {}): SavedRoom => ({
  id: 'r1',
  title: 'Tea',
  host: 'tea.lan',
  port: 8888,
  dialect: 'auto',
  lastDialect: null,
  charset: 'auto',
  reconnect: true,
  joined: true,
  nick: null,
  ignored: [],
  ...more
})
const old = (id: number, text: string, more: object = {}): Line => ({
  id,
  at: 1000 + id,
  kind: 'said',
  from: ANNA,
  text,
  own: false,
  state: 'delivered',
  failure: null,
  mention: false,
  ...more
})
const restored = (more: Partial<RestoredConversation> = {}): RestoredConversation => ({
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
  newest: { lines: [], whole: true },
  ...more
})
const thread = (n: number, other: Member, more: Partial<RestoredConversation> = {}): RestoredConversation =>
  restored({ id: `r1/p/${n}`, with: other, newest: { lines: [old(n, `thread ${n}`)], whole: true }, ...more })

const start = (
  before: RestoredConversation[] = [],
  more: Partial<SavedRoom> = {}
): { rig: Rig; history: FakeHistory } => {
  const history = makeFakeHistory(before)
  const rig = makeRig({ history, settings: settingsWith({ name: 'Leaf', rooms: [saved(more)] }) })
  rig.board.start()
  return { rig, history }
}
/** What the view shows now, without letting time pass. */
const shown = (rig: Rig, id = 'r1'): string[] => {
  rig.clock.turn()
  rig.clock.advance(60)
  return (rig.view.state().timelines[id]?.lines ?? []).flatMap((line) =>
    'text' in line ? [`${line.text}${line.unsaved === true ? ' (unsaved)' : ''}`] : []
  )
}

describe('a line', () => {
  test('is shown when it is on the disk, not before, and is not counted before either', () => {
    const { rig, history } = start()
    settle(rig.session())
    history.commit()
    rig.session().tell(said(ANNA, 'hello Leaf'))
    expect(history.lines()).toEqual(['hello Leaf'])
    expect(shown(rig)).toEqual([])
    expect(rig.view.state().conversations[0]).toMatchObject({ unread: 0, preview: null })
    expect(rig.notified).toEqual([])
    history.commit()
    expect(shown(rig)).toEqual(['hello Leaf'])
    expect(rig.view.state().conversations[0]).toMatchObject({ unread: 1, mentions: 1 })
    expect(rig.notified).toHaveLength(1)
  })

  test('is not in the snapshot of a view that comes meanwhile', () => {
    const { rig, history } = start()
    settle(rig.session())
    history.commit()
    rig.session().tell(said(ANNA, 'hello'))
    const other = rig.attach()
    expect(other.state().timelines['r1']?.lines.some((line) => line.kind === 'said')).toBe(false)
    history.commit()
    rig.clock.advance(60)
    expect(other.state().timelines['r1']?.lines.filter((line) => line.kind === 'said')).toHaveLength(1)
  })

  test('that the disk takes too long for is shown and marked, until it is through', () => {
    const { rig, history } = start()
    settle(rig.session())
    history.commit()
    rig.session().tell(said(ANNA, 'one'))
    rig.clock.advance(UNSAVED_AFTER_MS - 100)
    rig.session().tell(said(ANNA, 'two'))
    expect(shown(rig)).toEqual([])
    rig.clock.advance(100)
    expect(shown(rig)).toEqual(['one (unsaved)'])
    history.commit()
    expect(shown(rig)).toEqual(['one', 'two'])
    expect(rig.view.state().conversations[0]?.unread).toBe(2)
  })

  test('of my own changes on the disk and in the view, in order', async () => {
    const { rig, history } = start()
    settle(rig.session())
    history.commit()
    await rig.run({ type: 'say', conversation: 'r1', text: 'mine' })
    const ref = rig.session().lastRef()
    rig.session().tell({ type: 'noted', state: 'written', ref }, echoed(ref, 'mine'))
    expect(shown(rig)).toEqual([])
    const states = history.operations.flatMap((one) =>
      one.op === 'line' && one.line.kind === 'said' ? [one.line.state] : []
    )
    expect(states).toEqual(['written', 'delivered'])
    history.commit()
    expect(shown(rig)).toEqual(['mine'])
    expect(rig.lines('r1').at(-1)).toMatchObject({ text: 'mine', state: 'delivered' })
    expect(rig.lines('r1').filter((line) => line.kind === 'said')).toHaveLength(1)
  })

  test('that is deleted before it was shown never is', async () => {
    const { rig, history } = start()
    settle(rig.session())
    history.commit()
    rig.session().free = 0
    await rig.run({ type: 'say', conversation: 'r1', text: 'oops' })
    const line = history.operations.at(-1)
    if (line?.op !== 'line') throw new Error('no line was handed over')
    expect(await rig.run({ type: 'deleteLine', conversation: 'r1', line: line.line.id })).toEqual({ ok: true })
    history.commit()
    expect(shown(rig)).toEqual([])
    expect(history.operations.at(-1)).toEqual({ op: 'remove', conversation: 'r1', line: line.line.id })
  })

  test('of long ago, on the disk only, can be sent again and deleted', async () => {
    const { rig, history } = start([restored({ newest: { lines: [old(50, 'newest')], whole: false } })])
    settle(rig.session())
    history.disk.set('r1', [
      old(7, 'lost', { own: true, state: 'failed' }),
      old(8, 'sure?', { own: true, state: 'unconfirmed' })
    ])
    expect(await rig.run({ type: 'resend', conversation: 'r1', line: 7 })).toEqual({ ok: true })
    expect(rig.session().asked.at(-1)).toMatchObject({ type: 'say', text: 'lost' })
    expect(history.operations).toContainEqual({ op: 'remove', conversation: 'r1', line: 7 })
    expect(await rig.run({ type: 'deleteLine', conversation: 'r1', line: 8 })).toEqual({ ok: true })
    expect(await rig.run({ type: 'deleteLine', conversation: 'r1', line: 9 })).toMatchObject({ code: 'no-such-line' })
  })
})

describe('a history that cannot be written', () => {
  test('lets the chat go on, marked, says so once, and takes it back when it works again', () => {
    const { rig, history } = start()
    settle(rig.session())
    history.commit()
    rig.session().tell(said(ANNA, 'one'))
    history.become('paused', 'ENOSPC')
    expect(shown(rig)).toEqual(['one (unsaved)'])
    rig.session().tell(said(ANNA, 'two'))
    expect(shown(rig)).toEqual(['one (unsaved)', 'two (unsaved)'])
    expect(rig.view.state().notices).toMatchObject([{ kind: 'history-paused', reason: 'ENOSPC' }])
    history.become('writing')
    history.commit()
    expect(shown(rig)).toEqual(['one', 'two'])
    expect(rig.view.state().notices).toEqual([])
  })

  test('in this run at all does not mark each line', () => {
    const { rig, history } = start()
    history.become('off')
    settle(rig.session())
    rig.session().tell(said(ANNA, 'one'))
    expect(shown(rig)).toEqual(['one'])
  })
})

describe('a start', () => {
  test('brings back the newest lines, what is unread, the draft, and where one was', async () => {
    const { rig, history } = start([
      restored({
        readUpTo: 41,
        draft: 'unfinished',
        unread: 2,
        mentions: 1,
        newest: { lines: [old(41, 'a'), old(42, 'b'), old(43, 'c', { mention: true })], whole: false }
      })
    ])
    expect(rig.view.state().conversations[0]).toMatchObject({
      readUpTo: 41,
      draft: 'unfinished',
      unread: 2,
      mentions: 1,
      preview: { from: 'Anna', text: 'c' }
    })
    expect(rig.badges.at(-1) ?? rig.clock.advance(100) ?? rig.badges.at(-1)).toEqual([2, 1])
    expect(shown(rig)).toEqual(['a', 'b', 'c'])
    history.disk.set('r1', [old(1, 'x'), old(2, 'y'), old(41, 'a')])
    const page = await rig.board.answer({ type: 'page', conversation: 'r1', before: 41, limit: 10 })
    expect(page).toEqual({ lines: [old(1, 'x'), old(2, 'y')], whole: true })
    await rig.run({ type: 'read', conversation: 'r1', line: 43 })
    rig.clock.advance(100)
    expect(rig.view.state().conversations[0]).toMatchObject({ unread: 0, mentions: 0, readUpTo: 43 })
    expect(history.operations.at(-1)).toMatchObject({ conversation: { id: 'r1', readUpTo: 43, draft: 'unfinished' } })
  })

  test('reading far up counts what is below where it is', async () => {
    const { rig } = start([restored({ readUpTo: 1, unread: 500, newest: { lines: [old(900, 'z')], whole: false } })])
    await rig.run({ type: 'read', conversation: 'r1', line: 400 })
    await Promise.resolve()
    expect(rig.conversation('r1')).toMatchObject({ readUpTo: 400, unread: 77, mentions: 7 })
  })

  test('brings private threads back to those they are with', () => {
    const { rig } = start([restored(), thread(3, ANNA)])
    expect(rig.conversation('r1/p/3')).toMatchObject({ with: ANNA, present: false })
    settle(rig.session())
    expect(rig.conversation('r1/p/3')).toMatchObject({ with: ANNA, present: true })
    expect(rig.conversation('r1/p/3').unverified).not.toBe(true)
    rig.session().tell(whispered(BEN, 'new'))
    rig.clock.advance(1000)
    expect(rig.view.state().conversations.map((one) => one.id)).toEqual([
      'r1',
      'r1/p/3',
      expect.stringMatching(/^r1\/p\/\d+$/)
    ])
  })

  test('who comes back under another address goes on by the unchanged name, marked', async () => {
    const { rig, history } = start([restored(), thread(1, { address: '10.0.0.2:999', name: 'Anna' })])
    settle(rig.session())
    expect(rig.conversation('r1/p/1')).toMatchObject({ with: ANNA, present: true, unverified: true })
    await rig.run({ type: 'say', conversation: 'r1/p/1', text: 'hello again' })
    expect(rig.session().asked.at(-1)).toMatchObject({ type: 'whisper', to: ANNA.address })
    expect(history.operations.findLast((one) => one.op === 'conversation')).toMatchObject({
      conversation: { id: 'r1/p/1', with: ANNA, unverified: true }
    })
  })

  test('also one who arrives nameless and takes the name then, while we look on', () => {
    const { rig } = start([restored(), thread(1, { address: '10.0.0.7:7', name: 'Carl' })])
    settle(rig.session())
    rig.session().tell(present([{ address: '10.0.0.8:8', name: null }]))
    expect(rig.conversation('r1/p/1').present).toBe(false)
    rig.session().tell(present([{ address: '10.0.0.8:8', name: 'Carl' }]))
    expect(rig.conversation('r1/p/1')).toMatchObject({ present: true, unverified: true })
  })

  test('but not one who was here under another name and only takes this one', () => {
    const { rig } = start([restored(), thread(1, { address: '10.0.0.7:7', name: 'Carl' })])
    settle(rig.session())
    rig.session().tell(present([{ address: BEN.address, name: 'Carl' }]))
    expect(rig.conversation('r1/p/1').present).toBe(false)
  })

  test('somebody else at the address of before does not get the thread', async () => {
    const { rig } = start([restored(), thread(1, { address: BEN.address, name: 'Carl' })])
    settle(rig.session())
    expect(rig.conversation('r1/p/1')).toMatchObject({ with: { name: 'Carl' }, present: false })
    rig.session().tell(whispered(BEN, 'I am Ben'))
    rig.clock.advance(1000)
    expect(rig.view.state().conversations.map((one) => one.id)).toEqual([
      'r1',
      'r1/p/1',
      expect.stringMatching(/^r1\/p\/\d+$/)
    ])
    await rig.run({ type: 'say', conversation: 'r1/p/1', text: 'Carl?' })
    expect(rig.session().asked.at(-1)).toMatchObject({ type: 'whisper', to: 'Carl' })
  })

  test('a nameless one has ended: it can be read, and nobody is told anything by it', async () => {
    const { rig } = start([restored(), thread(1, { address: BEN.address, name: null })])
    settle(rig.session())
    expect(rig.conversation('r1/p/1').present).toBe(false)
    expect(await rig.run({ type: 'say', conversation: 'r1/p/1', text: 'hm' })).toMatchObject({ code: 'no-such-member' })
  })

  test('a thread closed by hand is not shown, and goes on where it ended when something is said', async () => {
    const { rig, history } = start([restored(), thread(1, ANNA, { closed: true })])
    expect(rig.view.state().conversations.map((one) => one.id)).toEqual(['r1'])
    settle(rig.session())
    history.commit()
    rig.session().tell(whispered(ANNA, 'again'))
    history.commit()
    expect(shown(rig, 'r1/p/1')).toEqual(['again'])
    expect(rig.view.state().timelines['r1/p/1']?.whole).toBe(false)
    await rig.run({ type: 'closePrivate', conversation: 'r1/p/1' })
    expect(history.operations.at(-1)).toMatchObject({ conversation: { id: 'r1/p/1', closed: true } })
    rig.session().tell(whispered(ANNA, 'and again'))
    expect(rig.conversation('r1/p/1').with).toEqual(ANNA)
    expect(history.operations.some((one) => one.op === 'conversation' && one.conversation.id === 'r1/p/2')).toBe(false)
  })

  test('a thread closed by hand is opened again to read in it, whoever it was with', async () => {
    const nameless = thread(2, { address: '10.0.0.9:9', name: null }, { closed: true })
    const { rig, history } = start([restored(), thread(1, ANNA, { closed: true }), nameless])
    settle(rig.session())
    history.disk.set('r1/p/1', [old(7, 'before')])
    expect(await rig.run({ type: 'reopen', conversation: 'r1/p/1' })).toEqual({
      ok: true,
      room: 'r1',
      conversation: 'r1/p/1'
    })
    expect(rig.conversation('r1/p/1')).toMatchObject({ with: ANNA, present: true })
    expect(await rig.board.answer({ type: 'around', conversation: 'r1/p/1', where: { line: 7 }, limit: 9 })).toEqual({
      found: true,
      target: 7,
      stretch: { lines: [old(7, 'before')], whole: true, newest: true }
    })
    // It goes on: what is said next is said in it.
    rig.session().tell(whispered(ANNA, 'again'))
    history.commit()
    expect(shown(rig, 'r1/p/1')).toEqual(['again'])
    await rig.run({ type: 'reopen', conversation: 'r1/p/2' })
    expect(rig.conversation('r1/p/2')).toMatchObject({ with: { name: null }, present: false })
    await rig.run({ type: 'closePrivate', conversation: 'r1/p/2' })
    expect(rig.view.state().conversations.map((one) => one.id)).toEqual(['r1', 'r1/p/1'])
    expect(await rig.run({ type: 'reopen', conversation: 'r1/p/2' })).toMatchObject({ ok: true })
    expect(await rig.run({ type: 'reopen', conversation: 'r1' })).toEqual({ ok: true, conversation: 'r1' })
    expect(await rig.run({ type: 'reopen', conversation: 'r1/p/9' })).toMatchObject({ code: 'no-such-conversation' })
  })

  test('in a thread that was opened again one goes to a date, and sends again what was not confirmed', async () => {
    const { rig, history } = start([restored(), thread(1, ANNA, { closed: true })])
    settle(rig.session())
    history.disk.set('r1/p/1', [old(7, 'before'), old(8, 'mine', { own: true, state: 'unconfirmed' })])
    await rig.run({ type: 'reopen', conversation: 'r1/p/1' })
    const where = { moment: 1007 }
    const found = await rig.board.answer({ type: 'around', conversation: 'r1/p/1', where, limit: 4 })
    expect(found).toMatchObject({ found: true, target: 7 })
    expect(await rig.run({ type: 'resend', conversation: 'r1/p/1', line: 8 })).toEqual({ ok: true })
    expect(rig.session().asked.at(-1)).toMatchObject({ type: 'whisper', text: 'mine' })
  })

  test('opened again, it is with nobody else who has the address now', async () => {
    const { rig } = start([restored(), thread(1, { address: BEN.address, name: 'Carl' }, { closed: true })])
    settle(rig.session())
    await rig.run({ type: 'reopen', conversation: 'r1/p/1' })
    expect(rig.conversation('r1/p/1')).toMatchObject({ with: { name: 'Carl' }, present: false })
  })

  test('a room hosted again under its name is the same room', async () => {
    const lines = { lines: [old(5, 'yesterday')], whole: true }
    const history = makeFakeHistory([restored({ id: 'rh', room: 'rh', title: 'Lobby', hosted: true, newest: lines })])
    const rig = makeRig({ history })
    const outcome = await rig.run({
      type: 'host',
      name: 'Lobby',
      doors: [{ port: 0, dialect: 'im' }],
      language: 'en',
      bare: false
    })
    expect(outcome).toMatchObject({ ok: true, room: 'rh' })
    expect(rig.lines('rh')).toMatchObject([{ text: 'yesterday' }])
  })
})

describe('what a room wants kept', () => {
  test('nothing: not a line, not a draft, and nothing waits for the disk', async () => {
    const { rig, history } = start([], { history: 'never' })
    settle(rig.session())
    rig.session().tell(said(ANNA, 'off the record'))
    await rig.run({ type: 'draft', conversation: 'r1', text: 'a secret' })
    expect(shown(rig)).toEqual(['off the record'])
    expect(history.operations).toEqual([])
  })

  test('is changed while it runs: from then on nothing, and the draft goes', async () => {
    const { rig, history } = start()
    settle(rig.session())
    await rig.run({ type: 'draft', conversation: 'r1', text: 'a secret' })
    rig.clock.advance(1000)
    history.commit()
    expect(history.operations.at(-1)).toMatchObject({ conversation: { draft: 'a secret' } })
    rig.session().tell(said(ANNA, 'on the record'))
    await rig.run({ type: 'configureRoom', room: 'r1', history: 'never' })
    expect(rig.room('r1').history).toBe('never')
    expect(rig.saved().rooms[0]?.history).toBe('never')
    rig.session().tell(said(ANNA, 'off the record'))
    expect(shown(rig)).toEqual(['on the record (unsaved)', 'off the record'])
    expect(history.lines()).toEqual(['on the record'])
    expect(history.operations.at(-1)).toMatchObject({ op: 'conversation', conversation: { draft: '' } })
  })

  test('some days: what is older is removed, at once and again and again', async () => {
    const { rig, history } = start()
    await rig.run({ type: 'configureRoom', room: 'r1', history: 7 })
    expect(history.asked).toEqual(['prune r1 2025-12-25'])
    rig.clock.advance(25 * 60 * 60_000)
    expect(history.asked.at(-1)).toBe('prune r1 2025-12-26')
  })

  test('no more: cleared for good, here and in the view', async () => {
    const { rig, history } = start([restored({ newest: { lines: [old(1, 'a')], whole: false } })])
    settle(rig.session())
    history.commit()
    rig.session().tell(said(ANNA, 'b'))
    expect(await rig.run({ type: 'clearHistory', conversation: 'r1' })).toEqual({ ok: true })
    expect(history.asked).toEqual(['clear r1'])
    history.commit()
    expect(shown(rig)).toEqual([])
    expect(rig.view.state().timelines['r1']).toEqual({ lines: [], whole: true })
    expect(rig.conversation('r1')).toMatchObject({ unread: 0, preview: null })
    rig.session().tell(said(ANNA, 'c'))
    history.commit()
    expect(shown(rig)).toEqual(['c'])
  })

  test('cannot be cleared now: it says so and stays', async () => {
    const { rig, history } = start([restored({ newest: { lines: [old(1, 'a')], whole: true } })])
    history.become('paused', 'EROFS')
    expect(await rig.run({ type: 'clearHistory', conversation: null })).toMatchObject({ code: 'history-busy' })
    expect(shown(rig)).toEqual(['a'])
    expect(await rig.run({ type: 'clearHistory', conversation: 'nowhere' })).toMatchObject({
      code: 'no-such-conversation'
    })
  })

  test('goes with the room when it is forgotten; where it cannot, the room stays', async () => {
    const { rig, history } = start()
    history.become('paused', 'slow')
    expect(await rig.run({ type: 'forget', room: 'r1' })).toMatchObject({ ok: false, code: 'history-busy' })
    expect([rig.room('r1').open, rig.saved().rooms.length, history.asked]).toEqual([true, 1, []])
    history.become('writing')
    await rig.run({ type: 'forget', room: 'r1' })
    expect(history.asked).toEqual(['forget r1'])
  })
})

test('memory holds what a person scrolls through; the rest is read from the disk', async () => {
  const { rig, history } = start()
  settle(rig.session())
  rig.view.detach()
  for (let n = 0; n < WINDOW_LINES + TIMELINE_SLACK + 10; n += 1) {
    rig.session().tell(said(ANNA, `${n}`))
    history.commit()
  }
  history.disk.set('r1', [old(1, 'long ago')])
  let before = Number.MAX_SAFE_INTEGER
  let read = 0
  for (let whole = false; !whole;) {
    const page = await rig.board.answer({ type: 'page', conversation: 'r1', before, limit: 2000 })
    read += page.lines.length
    before = page.lines[0]?.id ?? 0
    whole = page.whole
  }
  expect(before).toBe(1)
  expect(read).toBeLessThan(WINDOW_LINES + TIMELINE_SLACK)
})

test('without a history everything is as if there were none', () => {
  const rig = makeRig({ settings: settingsWith({ rooms: [saved()] }) })
  rig.board.start()
  rig.session().tell(present([ME]), said(ANNA, 'at once'))
  expect(shown(rig)).toEqual(['at once'])
})

describe('a disk that was not waited for at the start', () => {
  const late = (): RestoredConversation[] => [
    restored({
      readUpTo: 1,
      unread: 2,
      mentions: 1,
      draft: 'unfinished',
      newest: { lines: [old(1, 'one'), old(2, 'two'), old(3, '@Leaf three')], whole: true },
      queued: [old(4, 'still to be sent', { own: true, state: 'queued', at: 0 })]
    }),
    thread(1, ANNA),
    thread(2, BEN)
  ]

  test('shows what it holds as soon as it wakes up, in front of what was said meanwhile', async () => {
    const { rig, history } = start()
    settle(rig.session())
    rig.session().tell(said(ANNA, 'meanwhile'))
    expect(rig.view.state().timelines['r1']).toMatchObject({ whole: true })
    history.find(late())
    history.disk.set('r1', late()[0]?.newest.lines ?? [])
    rig.clock.advance(1000)
    const timeline = rig.view.state().timelines['r1']
    expect(timeline?.whole).toBe(false)
    const [first] = timeline?.lines ?? []
    const page = await rig.board.answer({ type: 'page', conversation: 'r1', before: first?.id ?? 0, limit: 10 })
    expect(page.lines.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(rig.conversation('r1')).toMatchObject({ draft: 'unfinished', readUpTo: 1, unread: 3, mentions: 1 })
  })

  test('a room nothing was said in since is read, edited and deleted in as if it had been there at once', async () => {
    const { rig, history } = start([], { joined: false })
    const lines = [old(1, 'one'), old(2, 'two'), old(3, 'three')]
    const waits = old(4, 'still to be sent', { own: true, state: 'queued', at: rig.clock.wall() - 1000 })
    const lost = old(5, 'lost', { own: true, state: 'unconfirmed' })
    const newest = { lines: [...lines, waits, lost], whole: true }
    history.find([restored({ readUpTo: 1, unread: 2, newest, queued: [waits] })])
    history.disk.set('r1', newest.lines)
    expect(rig.conversation('r1')).toMatchObject({ unread: 2, preview: { text: 'lost' } })
    const at = (moment: number) => rig.board.answer({ type: 'around', conversation: 'r1', where: { moment }, limit: 4 })
    expect(await at(1002)).toMatchObject({ found: true, target: 2 })
    expect(await rig.run({ type: 'editLine', conversation: 'r1', line: 4, text: 'changed' })).toEqual({ ok: true })
    expect(history.lines()).toEqual(['changed'])
    await rig.run({ type: 'read', conversation: 'r1', line: 2 })
    expect(rig.conversation('r1')).toMatchObject({ readUpTo: 2, unread: 77 })
    await rig.run({ type: 'read', conversation: 'r1', line: 5 })
    expect(rig.conversation('r1')).toMatchObject({ readUpTo: 5, unread: 0 })
    expect(await rig.run({ type: 'deleteLine', conversation: 'r1', line: 5 })).toEqual({ ok: true })
    expect(await rig.run({ type: 'deleteLine', conversation: 'r1', line: 4 })).toEqual({ ok: true })
    const removed = history.operations.flatMap((one) => (one.op === 'remove' ? [one.line] : []))
    expect(removed).toEqual([5, 4])
  })

  test('what the room told of itself while nothing could be read is no reason to have read it', async () => {
    const { rig, history } = start()
    history.become('paused', 'slow')
    await rig.run({ type: 'look', conversation: 'r1', inFront: true, atEnd: true, line: null })
    settle(rig.session())
    history.find(late())
    history.become('writing')
    expect(rig.conversation('r1')).toMatchObject({ readUpTo: 1, unread: 2, mentions: 1 })
  })

  test('shows since when one was away, also where one was back before it was known', () => {
    const { rig, history } = start()
    settle(rig.session())
    const lines = [old(1, 'one'), { id: 2, at: 1002, kind: 'disconnected', reason: 'left' } satisfies Line]
    history.find([restored({ newest: { lines, whole: true } })])
    const gaps = rig.lines('r1').flatMap((line) => (line.kind === 'connected' ? [line.away] : []))
    expect(gaps).toEqual([{ since: 1002, sure: true }])
    rig.session().tell({ type: 'disconnected', reason: 'reset', retryInMs: 1000 })
    rig.clock.advance(1000)
    rig.session().tell({ type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1000' })
    expect(rig.lines('r1').filter((line) => line.kind === 'connected' && line.away)).toHaveLength(2)
  })

  test('takes nothing away of what was written and read meanwhile', async () => {
    const { rig, history } = start()
    settle(rig.session())
    rig.session().tell(said(ANNA, 'meanwhile'))
    const line = rig.lines('r1').at(-1)?.id ?? 0
    await rig.run({ type: 'read', conversation: 'r1', line })
    await rig.run({ type: 'draft', conversation: 'r1', text: 'new words' })
    history.find(late())
    expect(rig.conversation('r1')).toMatchObject({ draft: 'new words', readUpTo: line, unread: 0, mentions: 0 })
  })

  test('brings private threads back, to those who are there too; one begun meanwhile is another', () => {
    const { rig, history } = start()
    settle(rig.session())
    rig.session().tell(present([BEN, ANNA]), whispered(BEN, 'meanwhile'))
    rig.clock.advance(1000)
    const [, begun] = rig.view.state().conversations
    history.find(late())
    expect(rig.conversation('r1/p/1')).toMatchObject({ with: ANNA, present: true })
    expect(rig.conversation('r1/p/2')).toMatchObject({ with: BEN })
    expect(rig.lines('r1/p/2')).toMatchObject([{ text: 'thread 2' }])
    rig.session().tell(whispered(BEN, 'again'), whispered(ANNA, 'me too'))
    expect(rig.lines(begun?.id ?? '')).toMatchObject([{ text: 'meanwhile' }, { text: 'again' }])
    expect(rig.lines('r1/p/1')).toMatchObject([{ text: 'thread 1' }, { text: 'me too' }])
  })

  test('what was still to be sent goes out, before what was written since', async () => {
    const { rig, history } = start()
    await rig.run({ type: 'say', conversation: 'r1', text: 'since' })
    history.find([
      restored({ queued: [old(4, 'before', { own: true, state: 'queued', at: rig.clock.wall() - 1000 })] })
    ])
    settle(rig.session())
    for (let n = 0; n < 3; n += 1) {
      history.commit()
      rig.clock.advance(100)
    }
    expect(rig.session().asked.flatMap((one) => (one.type === 'say' ? [one.text] : []))).toEqual(['before', 'since'])
  })

  test('a room of earlier is found in a search and opened to be read', async () => {
    const { rig, history } = start()
    history.find([restored({ id: 'r7', room: 'r7', title: 'Long ago', hosted: true })])
    expect(await rig.run({ type: 'reopen', conversation: 'r7' })).toMatchObject({ ok: true })
    expect(rig.room('r7')).toMatchObject({ title: 'Long ago', status: { state: 'past' } })
  })
})
