import { expect, test } from 'vitest'
import type { Hit, SearchAnswer } from '../../../src/shared/search.ts'
import type { Retention } from '../../../src/shared/history.ts'
import type { SavedRoom } from '../../../src/shared/settings.ts'
import type { FakeHistory } from './fake-history.ts'
import { makeFakeHistory } from './fake-history.ts'
import type { Rig } from './rig.ts'
import { ANNA, BEN, makeRig, said, settingsWith, settle } from './rig.ts'

const start = (
  kept: Retention = 'keep',
  history: FakeHistory | null = makeFakeHistory()
): { rig: Rig; history: FakeHistory } => {
  const room: SavedRoom = {
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
    history: kept
  }
  const rig = makeRig({
    ...(history === null ? {} : { history }),
    settings: settingsWith({ name: 'Leaf', rooms: [room] })
  })
  rig.board.start()
  settle(rig.session())
  history?.commit()
  return { rig, history: history ?? makeFakeHistory() }
}
const ask = (
  rig: Rig,
  text: string,
  more: { before?: number | null; limit?: number; conversation?: string; timeZone?: string; asker?: string } = {}
): Promise<SearchAnswer> =>
  rig.board.answer({
    type: 'search',
    text,
    conversation: null,
    before: null,
    limit: 50,
    timeZone: 'UTC',
    asker: 'field',
    ...more
  })
const onDisk = (id: number, text: string): Hit => ({
  conversation: 'r1',
  room: 'r1',
  title: 'Tea',
  with: null,
  line: { id, at: id, kind: 'said', from: ANNA, text, own: false, state: 'delivered', failure: null, mention: false },
  marks: [[0, 3]]
})
const textsOf = (answer: SearchAnswer): string[] =>
  answer.state === 'found' ? answer.hits.map(({ line }) => ('text' in line ? line.text : line.kind)) : [answer.state]

test('asks the disk with days of whoever asks, and what rooms are called now', async () => {
  const { rig, history } = start()
  await ask(rig, 'tea after:2026-03-01 before:2026-04', { timeZone: 'Asia/Shanghai', conversation: 'r1', before: 9 })
  expect(history.searched).toMatchObject([
    {
      since: Date.UTC(2026, 1, 28, 16),
      until: Date.UTC(2026, 2, 31, 16),
      conversation: 'r1',
      before: 9,
      titles: { r1: 'Tea' }
    }
  ])
})

test('asks nobody while nothing is asked', async () => {
  const { rig, history } = start()
  expect(await ask(rig, ' from: ')).toEqual({ state: 'nothing-asked' })
  expect(history.searched).toEqual([])
})

test('finds what is never written, beside what was written before', async () => {
  const { rig, history } = start('never')
  history.found = { state: 'found', hits: [onDisk(5, 'tea of old')], next: null }
  rig.session().tell(said(ANNA, 'some tea'), said(BEN, 'no'), said(BEN, '喝茶 tea'))
  expect(textsOf(await ask(rig, 'tea'))).toEqual(['喝茶 tea', 'some tea', 'tea of old'])
  expect(textsOf(await ask(rig, 'tea from:ben'))).toEqual(['喝茶 tea', 'tea of old'])
  expect(textsOf(await ask(rig, 'tea', { conversation: 'r2' }))).toEqual(['tea of old'])
  expect(textsOf(await ask(rig, 'tea in:coffee'))).toEqual(['tea of old'])
  expect(textsOf(await ask(rig, 'tea after:2100'))).toEqual(['tea of old'])
})

test('pages through memory and disk in one order, each line once', async () => {
  const { rig, history } = start('never')
  rig.session().tell(...[1, 2, 3, 4, 5].map((n) => said(ANNA, `tea ${n}`)))
  const all = rig.lines('r1').filter((line) => line.kind === 'said')
  const third = all[2]?.id ?? 0
  // The third is on the disk as well; older ones follow there.
  history.found = { state: 'found', hits: [{ ...onDisk(third, 'tea 3') }], next: third }
  const first = await ask(rig, 'tea', { limit: 2 })
  expect(textsOf(first)).toEqual(['tea 5', 'tea 4'])
  const next = first.state === 'found' ? first.next : null
  expect(next).toBe(all[3]?.id)
  const second = await ask(rig, 'tea', { limit: 2, before: next })
  expect(textsOf(second)).toEqual(['tea 3'])
  history.found = { state: 'found', hits: [], next: null }
  const before = second.state === 'found' ? second.next : null
  expect(textsOf(await ask(rig, 'tea', { limit: 2, before }))).toEqual(['tea 2', 'tea 1'])
})

test('finds what the disk did not take, and not what it has', async () => {
  const { rig, history } = start()
  rig.session().tell(said(ANNA, 'tea on the disk'))
  history.commit()
  history.become('paused', 'ENOSPC')
  rig.session().tell(said(ANNA, 'tea in the air'))
  expect(textsOf(await ask(rig, 'tea'))).toEqual(['tea in the air'])
  history.become('off')
  expect(textsOf(await ask(rig, 'tea'))).toEqual(['tea in the air', 'tea on the disk'])
})

test('tells why the disk cannot be searched', async () => {
  const { rig, history } = start()
  history.found = { state: 'unavailable', reason: 'EIO' }
  expect(await ask(rig, 'tea')).toEqual({ state: 'unavailable', reason: 'EIO' })
})

test('finds what is in memory where no history is kept at all', async () => {
  const { rig } = start('keep', null)
  rig.session().tell(said(ANNA, 'tea'))
  expect(textsOf(await ask(rig, 'tea'))).toEqual(['tea'])
})

test('gives up when the same asker asks again, and lets others go on', async () => {
  const { rig } = start('never')
  rig.session().tell(...Array.from({ length: 3000 }, (_, n) => said(ANNA, `tea ${n}`)))
  const asked = [ask(rig, 'kettle'), ask(rig, 'kettle', { asker: 'other' }), ask(rig, 'coffee')]
  const turns = setInterval(() => rig.clock.turn(), 0)
  const answers = await Promise.all(asked)
  clearInterval(turns)
  expect(answers.map((answer) => answer.state)).toEqual(['superseded', 'found', 'found'])
})
