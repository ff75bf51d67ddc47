import { expect, test } from 'vitest'
import type { SessionEvent } from '../../../src/shared/events.ts'
import { ANNA, makeRig, ME, present, said } from './rig.ts'

const HOUR = 60 * 60_000
const connected: SessionEvent = { type: 'connected', room: '10.0.0.9:8888', self: '10.0.0.1:1000' }
const gapsIn = (rig: ReturnType<typeof makeRig>, id: string) =>
  rig.lines(id).flatMap((line) => (line.kind === 'connected' && line.away ? [line.away] : []))

const inRoom = async () => {
  const rig = makeRig()
  const id = await rig.join()
  rig.session().tell(connected, { type: 'recognised', dialect: 'im', by: 'welcome' }, present([ME, ANNA]))
  rig.clock.advance(60_000)
  rig.session().tell(said(ANNA, 'good night'))
  rig.clock.advance(1000)
  return { rig, id }
}

test('a machine that slept for the night was away for the night, not for the second it took to come back', async () => {
  const { rig, id } = await inRoom()
  const asleep = rig.clock.wall()
  // Timers stand still while a machine sleeps; the clock on the wall does not.
  rig.clock.setWall(asleep + 8 * HOUR)
  rig.session().tell({ type: 'disconnected', reason: 'reset', retryInMs: 1000 })
  rig.clock.advance(1000)
  rig.session().tell(connected)
  rig.clock.advance(500)
  expect(gapsIn(rig, id)).toHaveLength(1)
  expect(gapsIn(rig, id)[0]?.since).toBeLessThanOrEqual(asleep)
})

test('a server that stopped answering was not heard since it was heard last', async () => {
  const { rig, id } = await inRoom()
  const heard = rig.clock.wall()
  rig.clock.advance(20_000)
  rig.session().tell({ type: 'disconnected', reason: 'silent', retryInMs: 1000 })
  rig.clock.advance(1000)
  rig.session().tell(connected)
  rig.clock.advance(500)
  expect(gapsIn(rig, id)[0]?.since).toBeLessThanOrEqual(heard)
})

test('what one says into a line that died in the night is no word from the server', async () => {
  const { rig, id } = await inRoom()
  const asleep = rig.clock.wall()
  rig.clock.setWall(asleep + 8 * HOUR)
  const mine = { type: 'said', conversation: 'private', from: ME, to: ANNA, text: 'awake?', own: true } as const
  rig.session().tell({ ...mine, at: '2026-01-01T08:00:00.000Z' })
  rig.clock.advance(1000)
  rig.session().tell({ type: 'disconnected', reason: 'reset', retryInMs: 1000 })
  rig.clock.advance(1000)
  rig.session().tell(connected)
  rig.clock.advance(500)
  expect(gapsIn(rig, id)[0]?.since).toBeLessThanOrEqual(asleep)
})
