import { describe, expect, test } from 'vitest'
import type { RestoredConversation } from '../../../src/core/history/contract.ts'
import type { FakeHistory } from './fake-history.ts'
import { makeFakeHistory } from './fake-history.ts'
import type { Rig } from './rig.ts'
import { ANNA, makeRig, said, settle, whispered } from './rig.ts'

const before = (more: Partial<RestoredConversation> = {}): RestoredConversation => ({
  id: 'r1',
  room: 'r1',
  title: 'Tea',
  hosted: true,
  with: null,
  unverified: false,
  closed: false,
  readUpTo: 0,
  draft: '',
  unread: 0,
  mentions: 0,
  newest: { lines: [], whole: false },
  ...more
})
const start = (left: RestoredConversation[] = []): { rig: Rig; history: FakeHistory } => {
  const history = makeFakeHistory(left)
  return { rig: makeRig({ history }), history }
}
const host = async (rig: Rig, name = 'Tea'): Promise<string> => {
  const outcome = await rig.run({
    type: 'host',
    name,
    doors: [{ port: 0, dialect: 'im' }],
    language: 'en',
    bare: false
  })
  if (!outcome.ok || outcome.room === undefined) throw new Error('could not host')
  return outcome.room
}
const ids = (rig: Rig): string[] => {
  rig.clock.advance(1000)
  return rig.view.state().rooms.map(({ id }) => id)
}
const stored = (history: FakeHistory) =>
  history.operations.flatMap((one) => (one.op === 'conversation' ? [one.conversation] : []))

describe('a room one hosted', () => {
  test('is the same room when it is hosted again, also within one run', async () => {
    const { rig, history } = start()
    const id = await host(rig)
    settle(rig.session())
    rig.session().tell(said(ANNA, 'a good tea'), whispered(ANNA, 'psst'))
    history.commit()
    expect(ids(rig)).toEqual([id])
    const thread = rig.view.state().conversations.find((one) => one.with !== null)?.id ?? ''
    await rig.run({ type: 'stopHosting', room: id })
    expect(ids(rig)).toEqual([])
    expect(await host(rig)).toBe(id)
    // What was said is on the disk: the view reads upwards.
    expect(rig.view.state().timelines[id]).toMatchObject({ whole: false })
    settle(rig.session())
    rig.session().tell(whispered(ANNA, 'again'))
    expect(rig.conversation(thread).with).toEqual(ANNA)
    expect(await host(rig, 'Coffee')).not.toBe(id)
  })

  test('is opened to be read where something in it is found, and nothing can be said there', async () => {
    const { rig, history } = start([before(), before({ id: 'r1/p/1', with: ANNA })])
    expect(ids(rig)).toEqual([])
    expect(await rig.run({ type: 'reopen', conversation: 'r1/p/1' })).toEqual({
      ok: true,
      room: 'r1',
      conversation: 'r1/p/1'
    })
    expect(rig.room('r1')).toMatchObject({ title: 'Tea', open: false, status: { state: 'past', hosted: true } })
    expect(
      rig.view
        .state()
        .conversations.map(({ id }) => id)
        .toSorted()
    ).toEqual(['r1', 'r1/p/1'])
    const no = { ok: false, code: 'not-connected' }
    expect(await rig.run({ type: 'say', conversation: 'r1', text: 'x' })).toEqual(no)
    expect(await rig.run({ type: 'whisper', room: 'r1', to: 'Anna', text: 'x' })).toEqual(no)
    expect(await rig.run({ type: 'reconnect', room: 'r1' })).toEqual(no)
    expect(await rig.run({ type: 'configureRoom', room: 'r1', title: 'x' })).toMatchObject({ ok: false })
    rig.board.wake()
    expect(rig.sessions).toEqual([])
    // It is still known as hosted, by its name.
    expect(stored(history).every((one) => one.hosted && one.title === 'Tea')).toBe(true)
    expect(rig.saved().rooms).toEqual([])
  })

  test('goes on when it is hosted while it is being read', async () => {
    const { rig } = start([before()])
    await rig.run({ type: 'reopen', conversation: 'r1' })
    expect(await host(rig)).toBe('r1')
    expect(ids(rig)).toEqual(['r1'])
    expect(rig.room('r1')).toMatchObject({ open: true, hosting: { name: 'Tea' } })
  })

  test('is put away again, and opened as often as one likes', async () => {
    const { rig } = start([before(), before({ id: 'r1/p/1', with: ANNA, closed: true })])
    for (let n = 0; n < 2; n += 1) {
      expect(await rig.run({ type: 'reopen', conversation: 'r1' })).toMatchObject({ ok: true })
      expect(await rig.run({ type: 'reopen', conversation: 'r1/p/1' })).toMatchObject({ ok: true })
      expect(await rig.run({ type: 'leave', room: 'r1' })).toEqual({ ok: true })
      expect(ids(rig)).toEqual([])
    }
  })

  test('takes along what is still to be said there', async () => {
    const line = { id: 5, at: 0, kind: 'said', from: ANNA, text: 'later', own: true, state: 'queued' } as const
    const { rig } = start([before({ queued: [{ ...line, failure: null, mention: false }] })])
    for (let n = 0; n < 2; n += 1) {
      await rig.run({ type: 'reopen', conversation: 'r1' })
      expect(rig.conversation('r1').unsent).toMatchObject({ waiting: 1 })
      await rig.run({ type: 'leave', room: 'r1' })
    }
    await host(rig)
    expect(rig.conversation('r1').unsent).toMatchObject({ waiting: 1 })
  })

  test('that is forgotten is gone with everything said in it', async () => {
    const { rig, history } = start([before()])
    await rig.run({ type: 'reopen', conversation: 'r1' })
    expect(await rig.run({ type: 'forget', room: 'r1' })).toEqual({ ok: true })
    expect(history.asked).toEqual(['forget r1'])
    expect(await rig.run({ type: 'reopen', conversation: 'r1' })).toEqual({ ok: false, code: 'no-such-conversation' })
  })
})

test('a room that only the command line was in is read, and goes on when one connects to its address', async () => {
  const { rig } = start([before({ title: 'tea.lan:8888', hosted: false })])
  await rig.run({ type: 'reopen', conversation: 'r1' })
  expect(rig.room('r1')).toMatchObject({ title: 'tea.lan:8888', status: { state: 'past', hosted: false } })
  expect(await rig.join()).toBe('r1')
  expect(ids(rig)).toEqual(['r1'])
  expect(rig.saved().rooms).toMatchObject([{ id: 'r1', host: 'tea.lan', port: 8888 }])
})
