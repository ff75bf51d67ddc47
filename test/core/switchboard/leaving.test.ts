import { describe, expect, test } from 'vitest'
import type { AppCommand } from '../../../src/shared/commands.ts'
import { makeSession } from '../../../src/core/session/session.ts'
import { makeCodec } from '../../../src/node/codec.ts'
import { makeFakeNet } from '../../support/wires.ts'
import { makeFakeHistory } from './fake-history.ts'
import type { Rig } from './rig.ts'
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
  const done = rig.run({ type, room })
  history.commit()
  rig.clock.advance(1500)
  await done
  history.commit()
  const shown = rig.lines(room).map((line) => (line.kind === 'said' ? `${line.text}: ${line.state}` : line.kind))
  expect(shown).toEqual(['not yet: queued', 'connected', 'you here?: delivered', 'disconnected'])
  expect(history.lines()).toContain('you here?')
  expect(net.last().writes).toEqual([])
})

describe('until the server has ended the connection too', () => {
  const joined = async (): Promise<{ rig: Rig; net: ReturnType<typeof makeFakeNet>; room: string }> => {
    const net = makeFakeNet()
    const rig = makeRig({ makeSession, dial: net.dial, codec: makeCodec })
    const room = await rig.join()
    net.last().accept('127.0.0.1:5000')
    net.last().send(`${BOB}: hello\n`)
    rig.clock.advance(500)
    return { rig, net, room }
  }
  const shown = (rig: Rig, room: string): string[] =>
    rig.lines(room).map((line) => (line.kind === 'said' ? `${line.text}: ${line.state}` : line.kind))

  test('what is said is still shown, and what we said is still confirmed', async () => {
    const { rig, net, room } = await joined()
    await rig.run({ type: 'say', conversation: room, text: 'bye' })
    const done = rig.run({ type: 'disconnect', room })
    rig.clock.advance(100)
    expect(rig.view.state().rooms[0]?.status).toEqual({ state: 'away', reason: 'left' })
    net.last().send(`127.0.0.1:5000: bye\n${BOB}: see you\n`)
    net.last().end()
    rig.clock.turn()
    expect(await done).toEqual({ ok: true })
    expect(shown(rig, room)).toEqual([
      'connected',
      'hello: delivered',
      'bye: delivered',
      'see you: delivered',
      'disconnected'
    ])
  })

  test('what counts as sent by then is not shown as delivered', async () => {
    const net = makeFakeNet()
    const rig = makeRig({ makeSession, dial: net.dial, codec: makeCodec })
    const room = await rig.join()
    net.last().accept('127.0.0.1:5000')
    // Silent: taken for a relay, until what was said does not come back for two seconds.
    rig.clock.advance(500)
    await rig.run({ type: 'say', conversation: room, text: 'hm' })
    rig.clock.advance(1500)
    const done = rig.run({ type: 'disconnect', room })
    rig.clock.advance(1000)
    await done
    expect(shown(rig, room)).toEqual(['connected', 'hm: sent', 'disconnected'])
  })

  test('who connects again at once hears no more of it', async () => {
    const { rig, net, room } = await joined()
    await rig.run({ type: 'say', conversation: room, text: 'bye' })
    const before = net.last()
    const done = rig.run({ type: 'disconnect', room })
    before.send(`${BOB}: see you\n`)
    await rig.run({ type: 'reconnect', room })
    before.send(`127.0.0.1:5000: bye\n${BOB}: too late\n`)
    rig.clock.advance(1000)
    await done
    expect(rig.room(room).status.state).toBe('connecting')
    net.last().accept('127.0.0.1:5001')
    rig.clock.advance(500)
    expect(shown(rig, room)).toEqual([
      'connected',
      'hello: delivered',
      'bye: unconfirmed',
      'see you: delivered',
      'disconnected',
      'connected'
    ])
  })

  test('what is written meanwhile waits', async () => {
    const { rig, net, room } = await joined()
    const done = rig.run({ type: 'disconnect', room })
    await rig.run({ type: 'say', conversation: room, text: 'later' })
    net.last().end()
    rig.clock.turn()
    await done
    expect(shown(rig, room)).toEqual(['connected', 'hello: delivered', 'later: queued', 'disconnected'])
    expect(net.last().writes).toEqual([])
  })

  test('what comes into a room that one has closed is no reason to open it', async () => {
    const { rig, net, room } = await joined()
    const done = rig.run({ type: 'leave', room })
    net.last().send(`${BOB}: see you\n`)
    rig.clock.advance(1000)
    await done
    expect(rig.conversation(room).unread).toBe(0)
    expect(shown(rig, room)).toContain('see you: delivered')
  })

  test('nothing comes back into a room that is forgotten', async () => {
    const { rig, net, room } = await joined()
    const done = rig.run({ type: 'disconnect', room })
    const forgotten = rig.run({ type: 'forget', room })
    net.last().send(`${BOB}: see you\n`)
    rig.clock.advance(1000)
    await Promise.all([done, forgotten])
    expect(rig.view.state().rooms).toEqual([])
    expect(rig.view.state().conversations).toEqual([])
  })
})

test('who leaves in the moment the line stands is not shown as being in the room', async () => {
  const net = makeFakeNet()
  const rig = makeRig({ makeSession, dial: net.dial, codec: makeCodec })
  const room = await rig.join()
  net.last().accept('127.0.0.1:5000')
  // The line stands, and nothing was told of it yet.
  const done = rig.run({ type: 'disconnect', room })
  expect(rig.room(room).status).toEqual({ state: 'away', reason: 'left' })
  rig.clock.advance(1000)
  await done
  expect(rig.room(room).status).toEqual({ state: 'away', reason: 'left' })
  expect(rig.lines(room).map(({ kind }) => kind)).toEqual(['connected', 'disconnected'])
})

describe('a hosted room whose doors are being shut', () => {
  const shutting = async () => {
    const net = makeFakeNet()
    const history = makeFakeHistory()
    const rig = makeRig({ makeSession, dial: net.dial, codec: makeCodec, history })
    const hosted = await rig.run({
      type: 'host',
      name: 'Tea',
      doors: [{ port: 8888, dialect: 'relay' }],
      language: 'en',
      bare: true
    })
    const room = hosted.ok ? (hosted.room ?? '') : ''
    net.last().accept('127.0.0.1:5000')
    rig.clock.advance(500)
    return { net, history, rig, room, stopped: rig.run({ type: 'stopHosting', room }) }
  }

  test('is not connected to again: nobody would be there, and nobody would ever leave', async () => {
    const { net, rig, room, stopped } = await shutting()
    expect(await rig.run({ type: 'reconnect', room })).toMatchObject({ ok: false, code: 'not-connected' })
    const connected = rig.run({ type: 'connect', host: '127.0.0.1', port: 8888, dialect: 'auto', charset: 'auto' })
    expect(net.calls).toHaveLength(1)
    rig.clock.advance(1000)
    await stopped
    // At the address there may be another one by then, which is another room.
    expect(await connected).toMatchObject({ ok: true })
    rig.clock.advance(1000)
    expect(net.calls).toHaveLength(2)
    expect(rig.view.state().rooms.map(({ id }) => id)).not.toContain(room)
  })

  test('keeps what was said in it, however it is put away', async () => {
    const { history, rig, room, stopped } = await shutting()
    const forgotten = rig.run({ type: 'forget', room })
    const left = rig.run({ type: 'leave', room })
    rig.clock.advance(1000)
    expect(await Promise.all([stopped, forgotten, left])).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    expect(history.asked).toEqual([])
    expect(await rig.run({ type: 'reopen', conversation: room })).toMatchObject({ ok: true })
  })
})

test('what is said in a hosted room until the doors are shut is heard; hosted again at once, it is the same room', async () => {
  const net = makeFakeNet()
  const history = makeFakeHistory()
  const rig = makeRig({ makeSession, dial: net.dial, codec: makeCodec, history })
  const host: Extract<AppCommand, { type: 'host' }> = {
    type: 'host',
    name: 'Tea',
    doors: [{ port: 8888, dialect: 'relay' }],
    language: 'en',
    bare: true
  }
  const first = await rig.run(host)
  const room = first.ok ? (first.room ?? '') : ''
  net.last().accept('127.0.0.1:5000')
  rig.clock.advance(500)
  const stopped = rig.run({ type: 'stopHosting', room })
  const again = rig.run({ type: 'stopHosting', room })
  const hosted = rig.run(host)
  net.last().send(`${BOB}:see you\n`)
  net.last().end()
  rig.clock.advance(500)
  expect(await Promise.all([stopped, again])).toEqual([{ ok: true }, { ok: true }])
  expect(history.lines()).toContain('see you')
  expect(await hosted).toMatchObject({ ok: true, room })
})
