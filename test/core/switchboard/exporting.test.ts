import { expect, test } from 'vitest'
import type { Exporter, ExportTold, ExportWish } from '../../../src/core/switchboard/contract.ts'
import { makeFakeHistory } from './fake-history.ts'
import { makeRig } from './rig.ts'

/** An exporter that does what the test says. */
const makeFakeExporter = () => {
  const begun = Promise.withResolvers<{ download: string | null } | null>()
  const asked: string[] = []
  let wish: ExportWish | null = null
  let told: ExportTold | null = null
  const exporter: Exporter = {
    start: (wanted, tell) => {
      wish = wanted
      told = tell
      return begun.promise
    },
    cancel: () => asked.push('cancel'),
    show: () => asked.push('show')
  }
  const heard = (): ExportTold => {
    if (told === null) throw new Error('nothing was started')
    return told
  }
  return { exporter, begun, asked, heard, wish: () => wish }
}

test('an export goes through the state of every view, and the view learns where to fetch it', async () => {
  const fake = makeFakeExporter()
  const rig = makeRig({ history: makeFakeHistory(), exporter: fake.exporter })
  const id = await rig.join('tea.lan', 8888)
  const running = rig.board.perform({ type: 'export', conversation: id, format: 'html' })
  expect(fake.wish()).toEqual({ conversations: [id], title: 'tea.lan:8888', format: 'html', language: 'en' })
  // The person still chooses the place: nothing to see yet, and no second one.
  expect(rig.view.state().exporting).toBeUndefined()
  expect(await rig.run({ type: 'export', conversation: null, format: 'text' })).toEqual({
    ok: false,
    code: 'export-busy'
  })
  fake.begun.resolve({ download: '/export/x' })
  expect(await running).toEqual({ ok: true, download: '/export/x' })
  const about = { id: 1, conversation: id, format: 'html' }
  rig.clock.advance(1000)
  expect(rig.view.state().exporting).toEqual({ ...about, state: 'running', lines: 0, total: 0 })
  fake.heard().progress(10, 20)
  rig.clock.advance(1000)
  expect(rig.attach().state().exporting).toEqual({ ...about, state: 'running', lines: 10, total: 20 })
  // It may be the last copy that is being written.
  expect(await rig.run({ type: 'clearHistory', conversation: null })).toEqual({ ok: false, code: 'history-busy' })
  expect(await rig.run({ type: 'forget', room: id })).toEqual({ ok: false, code: 'history-busy' })
  fake.heard().done(20, '/home/mei/Tea.html')
  rig.clock.advance(1000)
  expect(rig.view.state().exporting).toEqual({ ...about, state: 'done', lines: 20, place: '/home/mei/Tea.html' })
  await rig.run({ type: 'showExport' })
  expect(fake.asked).toEqual(['show'])
  await rig.run({ type: 'endExport' })
  rig.clock.advance(1000)
  expect(rig.view.state().exporting).toBeUndefined()
  expect(await rig.run({ type: 'clearHistory', conversation: null })).toEqual({ ok: true })
})

test('one that is cancelled goes when nothing is left of it; a person who chose no place is left alone', async () => {
  const fake = makeFakeExporter()
  const rig = makeRig({ exporter: fake.exporter })
  const first = rig.board.perform({ type: 'export', conversation: null, format: 'text' })
  expect(fake.wish()).toMatchObject({ conversations: null, title: '' })
  // What is told before it is known that it began is not lost.
  fake.heard().progress(1, 2)
  fake.begun.resolve({ download: null })
  expect(await first).toEqual({ ok: true })
  rig.clock.advance(1000)
  expect(rig.view.state().exporting).toMatchObject({ state: 'running', lines: 1, total: 2 })
  await rig.run({ type: 'endExport' })
  rig.clock.advance(1000)
  expect(fake.asked).toEqual(['cancel'])
  expect(rig.view.state().exporting).toMatchObject({ state: 'running' })
  fake.heard().cancelled()
  rig.clock.advance(1000)
  expect(rig.view.state().exporting).toBeUndefined()

  const other = makeFakeExporter()
  const second = makeRig({ exporter: other.exporter })
  other.begun.resolve(null)
  expect(await second.run({ type: 'export', conversation: null, format: 'text' })).toEqual({ ok: true })
  expect(second.view.state().exporting).toBeUndefined()
  other.begun.resolve({ download: null })
  expect(await second.run({ type: 'export', conversation: null, format: 'jsonl' })).toEqual({ ok: true })
})

test('a failure stands until it is put away; what is not there cannot be written out', async () => {
  const fake = makeFakeExporter()
  const rig = makeRig({ exporter: fake.exporter })
  fake.begun.resolve({ download: null })
  expect(await rig.run({ type: 'export', conversation: 'gone', format: 'text' })).toEqual({
    ok: false,
    code: 'no-such-conversation'
  })
  await rig.run({ type: 'export', conversation: null, format: 'text' })
  fake.heard().failed('ENOSPC')
  rig.clock.advance(1000)
  expect(rig.view.state().exporting).toMatchObject({ state: 'failed', reason: 'ENOSPC' })
  // And the next one may begin.
  expect(await rig.run({ type: 'export', conversation: null, format: 'html' })).toEqual({ ok: true })
  expect(rig.view.state().exporting).toMatchObject({ id: 2, state: 'running' })
  const bare = makeRig()
  expect(await bare.run({ type: 'export', conversation: null, format: 'text' })).toEqual({
    ok: false,
    code: 'not-supported'
  })
})
