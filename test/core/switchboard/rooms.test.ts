import { describe, expect, test } from 'vitest'
import type { AppCommand } from '../../../src/shared/commands.ts'
import { DEFAULT_HUB_LIMITS } from '../../../src/core/hub/limits.ts'
import { RENAME_ANSWER_MS } from '../../../src/core/switchboard/room.ts'
import type { SavedRoom } from '../../../src/shared/settings.ts'
import { settings } from '../../../src/shared/settings.ts'
import { ALL, ANNA, BEN, makeRig, ME, present, said, settingsWith, settle } from './rig.ts'

const savedRoom = (change: Partial<SavedRoom>): SavedRoom => ({
  id: 'old',
  title: '',
  host: 'tea.lan',
  port: 8888,
  dialect: 'auto',
  lastDialect: 'im',
  charset: 'auto',
  reconnect: true,
  joined: false,
  nick: null,
  ignored: [],
  ...change
})

test('a notice goes by itself when what it told of is over, and no other does', () => {
  const rig = makeRig()
  rig.board.notice({ kind: 'settings-not-saved', reason: 'ENOSPC' })
  rig.board.notice({ kind: 'history-newer' })
  rig.board.over('settings-not-saved')
  rig.clock.advance(100)
  expect(rig.view.state().notices.map(({ kind }) => kind)).toEqual(['history-newer'])
})

test('what was looked at last is known to the next window, and to the next run', async () => {
  const rig = makeRig()
  const one = await rig.join('tea.lan')
  await rig.join('coffee.lan')
  await rig.run({ type: 'look', conversation: one, inFront: true, atEnd: true, line: null })
  // A window that is closed, or shows nothing, leaves it as it is.
  await rig.run({ type: 'look', conversation: null, inFront: false, atEnd: false, line: null })
  for (const line of [null, 12]) {
    if (line !== null) await rig.run({ type: 'look', conversation: one, inFront: true, atEnd: false, line })
    rig.clock.advance(100)
    const place = { conversation: one, line }
    expect(rig.view.state().lookedAt).toEqual(place)
    expect(rig.attach().state().lookedAt).toEqual(place)
    const next = makeRig({ settings: rig.saved() })
    expect(next.view.state().lookedAt).toEqual(place)
  }
})

describe('connecting', () => {
  test('saves the room, and the same address in any spelling is the same room', async () => {
    const rig = makeRig()
    const id = await rig.join('Tea.LAN', 8888)
    expect(rig.saved().rooms).toMatchObject([{ id, host: 'Tea.LAN', port: 8888, joined: true }])
    expect(await rig.join(' tea.lan. ', 8888)).toBe(id)
    expect(await rig.join('tea.lan', 8889)).not.toBe(id)
    const six = await rig.join('[::1]', 1)
    expect(await rig.join('::1', 1)).toBe(six)
    expect(rig.sessions).toHaveLength(3)
  })

  test('localhost is the room at a loopback address of the same port, and the other way round', async () => {
    const rig = makeRig()
    const four = await rig.join('127.0.0.1', 1)
    expect(await rig.join('localhost', 1)).toBe(four)
    expect(await rig.join('LOCALHOST.', 1)).toBe(four)
    expect(await rig.join('localhost', 2)).not.toBe(four)
    const named = await rig.join('Localhost', 3)
    expect(await rig.join('127.0.0.1', 3)).toBe(named)
    expect(await rig.join('[::1]', 3)).toBe(named)
    // Different programs may listen there.
    expect(await rig.join('::1', 1)).not.toBe(four)
    expect(rig.saved().rooms.map(({ host }) => host)).toEqual(['127.0.0.1', 'localhost', 'Localhost', '::1'])
    // Saved as two before: each is reached by its own spelling, and both can be changed.
    const two = makeRig({
      settings: settingsWith({
        rooms: [savedRoom({ id: 'a', host: '127.0.0.1' }), savedRoom({ id: 'b', host: 'localhost' })]
      })
    })
    expect([await two.join('localhost', 8888), await two.join('127.0.0.1', 8888)]).toEqual(['b', 'a'])
    expect(await two.run({ type: 'configureRoom', room: 'b', title: 'Lab' })).toEqual({ ok: true })
    const taken = { type: 'configureRoom', room: 'b', host: '127.0.0.1' } as const
    expect(await two.run(taken)).toMatchObject({ ok: false, code: 'bad-command' })
  })

  test('what is remembered of an address is given to the session', async () => {
    const rig = makeRig({
      settings: settingsWith({
        name: 'Profile',
        rooms: [savedRoom({ dialect: 'iamhere', charset: 'big5', nick: 'Here', reconnect: false })]
      })
    })
    await rig.join()
    expect(rig.session().options).toEqual({
      host: 'tea.lan',
      port: 8888,
      dialect: 'iamhere',
      remembered: 'im',
      charset: 'big5',
      nick: 'Here',
      reconnect: false
    })
  })

  test('the states of a connection are shown as they come', async () => {
    const rig = makeRig()
    const id = await rig.join()
    expect(rig.room(id).status).toEqual({ state: 'connecting' })
    rig.session().tell({ type: 'disconnected', reason: 'refused', retryInMs: 500 })
    expect(rig.room(id).status).toMatchObject({ state: 'reconnecting', reason: 'refused' })
    expect(rig.lines(id)).toEqual([])
    settle(rig.session())
    expect(rig.room(id)).toMatchObject({
      status: { state: 'connected' },
      dialect: { choice: 'auto', recognised: 'im', by: 'welcome' },
      capabilities: ALL,
      self: ME
    })
    expect(rig.saved().rooms[0]?.lastDialect).toBe('im')
    rig.session().tell({ type: 'kicked', reason: 'idle', text: '你被踢出了' })
    expect(rig.room(id).status).toMatchObject({ state: 'kicked', retryAt: null })
    const at = rig.clock.wall()
    rig.session().tell({ type: 'disconnected', reason: 'kicked', retryInMs: 700 })
    expect(rig.room(id).status).toEqual({ state: 'kicked', reason: 'idle', text: '你被踢出了', retryAt: at + 700 })
    rig.session().tell({ type: 'connected', room: 'tea.lan:8888', self: '10.0.0.1:1001' })
    rig.session().tell({ type: 'disconnected', reason: 'closed', retryInMs: null })
    expect(rig.room(id).status).toEqual({ state: 'away', reason: 'closed' })
    expect(rig.lines(id).map((line) => line.kind)).toEqual(['connected', 'kicked', 'connected', 'disconnected'])
    expect(rig.lines(id)[2]).toMatchObject({ again: true })
    expect(rig.view.state().people[id]?.members).toEqual([])
  })

  test('the button tries now, and waking up tries where a try is due', async () => {
    const rig = makeRig()
    const id = await rig.join()
    rig.session().tell({ type: 'disconnected', reason: 'closed', retryInMs: 60_000 })
    await rig.run({ type: 'reconnect', room: id })
    expect(rig.session().retries).toBe(1)
    expect(rig.room(id).status).toEqual({ state: 'connecting' })
    settle(rig.session())
    rig.board.wake()
    expect(rig.session().retries).toBe(2)
    rig.session().tell({ type: 'kicked', reason: 'moderator', text: 'out' })
    rig.session().tell({ type: 'disconnected', reason: 'kicked', retryInMs: null })
    rig.board.wake()
    expect(rig.session().retries).toBe(2)
  })

  test('disconnecting keeps the room in the list; leaving takes it out; forgetting removes it', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    await rig.run({ type: 'disconnect', room: id })
    expect(rig.session().left).toBe(true)
    expect(rig.room(id)).toMatchObject({ open: true, status: { state: 'away', reason: 'left' } })
    expect(rig.saved().rooms[0]?.joined).toBe(false)
    await rig.run({ type: 'reconnect', room: id })
    expect(rig.sessions).toHaveLength(2)
    expect(rig.saved().rooms[0]?.joined).toBe(true)
    settle(rig.session())
    rig.session().tell(said(ANNA, 'unread'))
    await rig.run({ type: 'leave', room: id })
    expect(rig.room(id)).toMatchObject({ open: false })
    expect(rig.conversation(id).unread).toBe(0)
    expect(rig.saved().rooms[0]).toMatchObject({ id, joined: false })
    await rig.run({ type: 'forget', room: id })
    expect(rig.view.state().rooms).toEqual([])
    expect(rig.view.state().conversations).toEqual([])
    expect(rig.saved().rooms).toEqual([])
  })

  test('what a left session still says changes nothing', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    await rig.run({ type: 'disconnect', room: id })
    const lines = rig.lines(id).length
    rig.session().tell(said(ANNA, 'late'), { type: 'disconnected', reason: 'left', retryInMs: null })
    expect(rig.lines(id)).toHaveLength(lines)
  })

  test('a room is called what the person says, else what our host said, else its address', async () => {
    const rig = makeRig()
    const id = await rig.join()
    expect(rig.room(id).title).toBe('tea.lan:8888')
    settle(rig.session())
    rig.session().tell({ type: 'introduced', roomName: 'Tea at four' })
    expect(rig.room(id)).toMatchObject({ title: 'Tea at four', marked: true })
    await rig.run({ type: 'configureRoom', room: id, title: 'Mine' })
    expect(rig.room(id).title).toBe('Mine')
    await rig.run({ type: 'configureRoom', room: id, title: '' })
    expect(rig.room(id).title).toBe('Tea at four')
    const sixth = await rig.join('fe80::1%eth0')
    expect(rig.room(sixth).title).toBe('[fe80::1%eth0]:8888')
  })

  test('a room can be moved, but not onto another one', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    await rig.join('other', 1)
    expect(await rig.run({ type: 'configureRoom', room: id, host: 'OTHER', port: 1 })).toMatchObject({ ok: false })
    await rig.run({ type: 'configureRoom', room: id, host: 'new.lan', charset: 'gb18030' })
    expect(rig.sessions[0]?.configured).toEqual([{ host: 'new.lan', charset: 'gb18030' }])
    rig.sessions[0]?.tell({ type: 'disconnected', reason: 'left', retryInMs: 0 })
    expect(rig.room(id).status).toEqual({ state: 'connecting' })
    expect(rig.saved().rooms[0]).toMatchObject({ host: 'new.lan', charset: 'gb18030', lastDialect: null })
    expect(rig.room(id)).toMatchObject({ title: 'new.lan:8888', dialect: { recognised: null } })
  })
})

describe('names', () => {
  test('a rename waits for the answer, is remembered for this room, and applied again on return', async () => {
    const rig = makeRig({ settings: settingsWith({ name: 'Profile' }) })
    const id = await rig.join()
    expect(rig.session().options.nick).toBe('Profile')
    settle(rig.session())
    await rig.run({ type: 'rename', room: id, name: ' Tea ' })
    expect(rig.room(id).renaming).toEqual({ state: 'waiting', name: 'Tea' })
    const ref = rig.session().lastRef()
    rig.session().tell({ type: 'refused', command: 'rename', code: 'name-taken', text: '当前用户名被使用了', ref })
    expect(rig.room(id).renaming).toEqual({
      state: 'refused',
      name: 'Tea',
      code: 'name-taken',
      text: '当前用户名被使用了'
    })
    await rig.run({ type: 'rename', room: id, name: 'Leaf' })
    rig.session().tell({
      type: 'renamed',
      member: { address: ME.address, name: 'Leaf' },
      was: 'me',
      own: true,
      ref: rig.session().lastRef()
    })
    expect(rig.room(id)).toMatchObject({ renaming: { state: 'accepted', name: 'Leaf' }, self: { name: 'Leaf' } })
    expect(rig.saved().rooms[0]?.nick).toBe('Leaf')
    expect(rig.session().configured.at(-1)).toEqual({ nick: 'Leaf' })
  })

  test('that one has already is not asked for: some servers would call it taken', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    await rig.run({ type: 'rename', room: id, name: 'me' })
    expect(rig.session().asked).toEqual([])
    expect(rig.room(id).renaming).toEqual({ state: 'accepted', name: 'me' })
    expect(rig.saved().rooms[0]?.nick).toBe('me')
  })

  test('of any length from the server leave settings that can be read again', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    const long = 'x'.repeat(100_000)
    await rig.run({ type: 'rename', room: id, name: 'short' })
    rig.session().tell({
      type: 'renamed',
      member: { address: ME.address, name: long },
      was: 'me',
      own: true,
      ref: rig.session().lastRef()
    })
    rig.session().tell(present([{ address: ANNA.address, name: long }]))
    await rig.run({ type: 'ignore', room: id, member: ANNA.address ?? '', on: true })
    for (let n = 0; n < 1100; n += 1) {
      rig.session().tell(present([{ address: `1.1.1.1:${n}`, name: `n${n}` }]))
      await rig.run({ type: 'ignore', room: id, member: `1.1.1.1:${n}`, on: true })
    }
    expect(settings.safeParse(rig.saved()).success).toBe(true)
    expect(rig.saved().rooms[0]?.nick).toBe('short')
  })

  test('cannot be changed where the server has none, without a connection, or to nothing', async () => {
    const rig = makeRig()
    const id = await rig.join()
    const rename = { type: 'rename', room: id, name: 'x' } as const
    expect(await rig.run(rename)).toEqual({ ok: false, code: 'not-connected' })
    settle(rig.session())
    expect(await rig.run({ ...rename, name: '  ' })).toEqual({ ok: false, code: 'bad-name' })
    rig.session().capable = { who: false, rename: false, whisper: false, echo: true }
    rig.session().tell({ type: 'recognised', dialect: 'gopl', by: 'welcome' })
    expect(await rig.run(rename)).toEqual({ ok: false, code: 'not-supported' })
  })

  test('an answer that never came does not wait for ever', async () => {
    const rig = makeRig()
    const id = await rig.join()
    settle(rig.session())
    await rig.run({ type: 'rename', room: id, name: 'x' })
    rig.session().tell({ type: 'disconnected', reason: 'reset', retryInMs: 500 })
    expect(rig.room(id).renaming).toEqual({ state: 'idle' })
    settle(rig.session())
    await rig.run({ type: 'rename', room: id, name: 'y' })
    rig.clock.advance(RENAME_ANSWER_MS)
    expect(rig.room(id).renaming).toEqual({ state: 'idle' })
  })

  test('a new name in the profile goes to the rooms without a name of their own', async () => {
    const rig = makeRig({ settings: settingsWith({ rooms: [savedRoom({ nick: 'Own' })] }) })
    await rig.join()
    await rig.join('other', 1)
    await rig.run({ type: 'changeSettings', change: { name: 'New', theme: 'dark' } })
    expect(rig.sessions[0]?.configured).toEqual([])
    expect(rig.sessions[1]?.configured).toEqual([{ nick: 'New' }])
    expect(rig.saved()).toMatchObject({ name: 'New', theme: 'dark' })
    rig.clock.advance(1000)
    expect(rig.view.state().preferences).toMatchObject({ name: 'New', theme: 'dark' })
  })
})

describe('hosting', () => {
  const host = {
    type: 'host',
    name: 'Tea room',
    doors: [{ port: 8888, dialect: 'gopl' as const }],
    language: 'en',
    bare: false
  } as const

  test('opens the doors and joins as an ordinary member, with the name of the profile', async () => {
    const rig = makeRig({ settings: settingsWith({ name: 'Host' }) })
    const outcome = await rig.run({ ...host, doors: [...host.doors] })
    const id = outcome.ok ? (outcome.room ?? '') : ''
    expect(rig.session().options).toMatchObject({ host: '127.0.0.1', port: 8888, dialect: 'gopl', nick: 'Host' })
    expect(rig.room(id)).toMatchObject({
      title: 'Tea room',
      open: true,
      hosting: { name: 'Tea room', addresses: ['192.168.1.5:8888'], guests: 0 }
    })
    expect(rig.board.hosting()).toBe(true)
    expect(rig.saved().hosted).toMatchObject({ name: 'Tea room', doors: [{ port: 8888, dialect: 'gopl' }] })
    rig.session().tell({ type: 'introduced', roomName: 'something else' })
    expect(rig.room(id).title).toBe('Tea room')
  })

  test('counts the guests without the host himself', async () => {
    const rig = makeRig()
    const outcome = await rig.run({ ...host, doors: [...host.doors] })
    const id = outcome.ok ? (outcome.room ?? '') : ''
    const [room] = rig.opened
    const self = { address: '127.0.0.1:5555', name: null }
    rig.session().tell({ type: 'connected', room: '127.0.0.1:8888', self: '127.0.0.1:5555' })
    room?.members.push(self)
    room?.emit({ type: 'joined', member: self, own: false })
    expect(rig.room(id).hosting?.guests).toBe(0)
    room?.members.push(ANNA, BEN)
    room?.emit({ type: 'joined', member: ANNA, own: false })
    expect(rig.room(id).hosting?.guests).toBe(2)
    expect(rig.board.guests()).toBe(2)
    room?.members.pop()
    room?.emit({ type: 'left', member: BEN, reason: 'left' })
    expect(rig.room(id).hosting?.guests).toBe(1)
  })

  test('a port in use is answered with the next free one', async () => {
    const rig = makeRig({
      openRoomResult: (options) => ({
        ok: false,
        code: 'port-in-use',
        port: options.doors[0]?.port ?? 0,
        text: 'EADDRINUSE'
      })
    })
    expect(await rig.run({ ...host, doors: [...host.doors] })).toEqual({
      ok: false,
      code: 'port-in-use',
      detail: 8889
    })
    expect(rig.view.state().rooms).toEqual([])
    expect(rig.saved().hosted).toBe(null)
  })

  test('two doors cannot share a port', async () => {
    const rig = makeRig()
    expect(await rig.run({ ...host, doors: [...host.doors, ...host.doors] })).toEqual({
      ok: false,
      code: 'port-in-use',
      detail: 8889
    })
    // The port offered is none that another door of the room wants.
    const next = { port: 8889, dialect: 'im' as const }
    expect(await rig.run({ ...host, doors: [...host.doors, ...host.doors, next] })).toMatchObject({ detail: 8890 })
    expect(rig.opened).toEqual([])
  })

  test('stopping tells the members and is not offered again; so does leaving', async () => {
    for (const type of ['stopHosting', 'leave', 'forget'] as const) {
      const rig = makeRig()
      const outcome = await rig.run({ ...host, doors: [...host.doors] })
      expect(await rig.run({ type, room: outcome.ok ? (outcome.room ?? '') : '' })).toEqual({ ok: true })
      expect(rig.opened[0]?.closed).toBe(true)
      expect(rig.session().left).toBe(true)
      expect(rig.board.hosting()).toBe(false)
      expect(rig.saved().hosted).toBe(null)
      rig.clock.advance(1000)
      expect(rig.view.state().rooms).toEqual([])
    }
  })
})

describe('the limits of a hosted room', () => {
  const command: Extract<AppCommand, { type: 'host' }> = {
    type: 'host',
    name: 'Tea',
    doors: [{ port: 0, dialect: 'im' }],
    language: 'en',
    bare: false
  }

  test('are the usual ones where nothing was set, and nothing is remembered of them', async () => {
    const rig = makeRig()
    await rig.run(command)
    expect(rig.opened[0]?.options).toMatchObject({ idleMs: 0, limits: DEFAULT_HUB_LIMITS })
    expect(rig.saved().hosted).not.toHaveProperty('limits')
  })

  test('are what was set, reach the room, and are remembered for the next time', async () => {
    const rig = makeRig()
    const limits = { members: 40, perAddress: 100, linesPerSecond: 20, idleMinutes: 30 }
    await rig.run({ ...command, limits })
    expect(rig.opened[0]?.options).toMatchObject({
      idleMs: 30 * 60_000,
      limits: {
        ...DEFAULT_HUB_LIMITS,
        members: 40,
        perAddress: 100,
        newPerMinute: 200,
        ratePerSecond: 20,
        rateBurst: 80,
        rateWaiting: 400
      }
    })
    expect(rig.saved().hosted).toMatchObject({ limits })
  })

  test('a slower room has the same patience with a paste', async () => {
    const rig = makeRig()
    await rig.run({ ...command, limits: { linesPerSecond: 1 } })
    const { rateBurst, rateWaiting } = DEFAULT_HUB_LIMITS
    expect(rig.opened[0]?.options.limits).toMatchObject({ ratePerSecond: 1, rateBurst, rateWaiting })
  })

  test('the silence of the host himself is spared, wherever he sits', async () => {
    const rig = makeRig()
    await rig.run({ ...command, limits: { idleMinutes: 1 } })
    rig.sessions[0]?.tell({ type: 'connected', room: '127.0.0.1:50000', self: '127.0.0.1:1000' })
    rig.sessions[0]?.tell({ type: 'disconnected', reason: 'reset', retryInMs: 500 })
    rig.sessions[0]?.tell({ type: 'connected', room: '127.0.0.1:50000', self: '127.0.0.1:1001' })
    expect(rig.opened[0]?.spared).toEqual(['127.0.0.1:1000', '127.0.0.1:1001'])
  })
})

describe('ending and starting again', () => {
  test('closing leaves everything and remembers where one was', async () => {
    const rig = makeRig()
    const id = await rig.join()
    await rig.run({
      type: 'host',
      name: 'Tea',
      doors: [{ port: 8888, dialect: 'im' }],
      language: 'en',
      bare: false
    })
    await rig.board.close()
    expect(rig.sessions.map((session) => session.left)).toEqual([true, true])
    expect(rig.opened[0]?.closed).toBe(true)
    expect(rig.saved().rooms).toMatchObject([{ id, joined: true }])
    expect(rig.saved().hosted).toMatchObject({ name: 'Tea' })
    expect(await rig.board.perform({ type: 'reconnect', room: id })).toMatchObject({ ok: false })
  })

  test('starting rejoins, and offers to host again until that is declined or done', async () => {
    const hosted = {
      id: 'h',
      name: 'Tea',
      doors: [{ port: 8888, dialect: 'im' as const }],
      language: 'en' as const,
      bare: false
    }
    const start = settingsWith({
      rooms: [savedRoom({ id: 'a', joined: true }), savedRoom({ id: 'b', host: 'b' })],
      hosted
    })
    const rig = makeRig({ settings: start })
    expect(rig.sessions).toEqual([])
    rig.board.start()
    rig.clock.advance(1000)
    expect(rig.sessions).toHaveLength(1)
    expect(rig.room('a').open).toBe(true)
    expect(rig.room('b')).toMatchObject({ open: false, dialect: { recognised: 'im' } })
    const [notice] = rig.view.state().notices
    expect(notice).toMatchObject({ kind: 'host-again', hosted })
    await rig.run({ type: 'dismissNotice', notice: notice?.id ?? 0 })
    expect(rig.saved().hosted).toBe(null)

    const again = makeRig({ settings: start })
    again.board.start()
    const { id: _id, ...as } = hosted
    await again.run({ type: 'host', ...as })
    again.clock.advance(1000)
    expect(again.view.state().notices).toEqual([])
    expect(again.saved().hosted).toMatchObject({ name: 'Tea' })
  })

  test('hosted rooms stand first, then those one is in, then the saved ones', async () => {
    const rig = makeRig({ settings: settingsWith({ rooms: [savedRoom({ id: 'a' })] }) })
    const joined = await rig.join('other', 1)
    const outcome = await rig.run({
      type: 'host',
      name: 'Tea',
      doors: [{ port: 0, dialect: 'im' }],
      language: 'en',
      bare: false
    })
    rig.clock.advance(1000)
    expect(rig.view.state().rooms.map((room) => room.id)).toEqual([outcome.ok ? outcome.room : '', joined, 'a'])
  })
})

test('commands for what is not there answer with a stable code', async () => {
  const rig = makeRig()
  for (const type of ['leave', 'disconnect', 'reconnect', 'forget', 'stopHosting', 'who'] as const)
    expect(await rig.run({ type, room: 'x' })).toEqual({ ok: false, code: 'no-such-room' })
  expect(await rig.run({ type: 'say', conversation: 'x', text: 'a' })).toMatchObject({ code: 'no-such-conversation' })
  expect(await rig.run({ type: 'openLink', url: 'file:///etc' })).toEqual({ ok: false, code: 'bad-link' })
  expect(await rig.run({ type: 'openLink', url: 'https://a' })).toEqual({ ok: true })
  const id = await rig.join()
  settle(rig.session())
  expect(await rig.run({ type: 'resend', conversation: id, line: 99 })).toMatchObject({ code: 'no-such-line' })
  expect(await rig.run({ type: 'stopHosting', room: id })).toMatchObject({ code: 'no-such-room' })
})

test('who is there comes with its completeness, and the answer to a question as a line', async () => {
  const rig = makeRig()
  const id = await rig.join()
  settle(rig.session())
  rig.session().tell(present([], { gone: ['10.0.0.3:3000'], complete: false }))
  rig.clock.advance(1000)
  expect(rig.view.state().people[id]).toEqual({ members: [ME, ANNA], complete: false })
  await rig.run({ type: 'who', room: id })
  const ref = rig.session().lastRef()
  rig.session().tell({ type: 'listed', members: [ME, ANNA], complete: true, ref })
  expect(rig.lines(id).at(-1)).toMatchObject({ kind: 'listed', members: [ME, ANNA], complete: true })
})
