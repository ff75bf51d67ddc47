import { expect, test } from 'vitest'
import { makeSession } from '../../../src/core/session/session.ts'
import { makeCodec } from '../../../src/node/codec.ts'
import { makeFakeNet } from '../../support/wires.ts'
import { makeFakeHistory } from './fake-history.ts'
import { makeRig } from './rig.ts'

const BOB = '127.0.0.1:6001'

test.each(['disconnect', 'leave'] as const)('%s while a server is not recognised yet loses no line', async (type) => {
  const net = makeFakeNet()
  const history = makeFakeHistory()
  const rig = makeRig({ makeSession, dial: net.dial, codec: makeCodec, history })
  const room = await rig.join()
  await rig.run({ type: 'say', conversation: room, text: 'not yet' })
  net.last().accept('127.0.0.1:5000', 'far')
  net.last().send(`${BOB}: you here?\n`)
  void rig.run({ type, room })
  history.commit()
  rig.clock.advance(1500)
  history.commit()
  const shown = rig.lines(room).map((line) => (line.kind === 'said' ? `${line.text}: ${line.state}` : line.kind))
  expect(shown).toEqual(['not yet: queued', 'connected', 'you here?: delivered', 'disconnected'])
  expect(history.lines()).toContain('you here?')
  expect(net.last().writes).toEqual([])
})
