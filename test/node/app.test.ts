import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import type { Notification } from '../../src/core/switchboard/contract.ts'
import type { App } from '../../src/node/app.ts'
import { openApp } from '../../src/node/app.ts'
import type { AppCommand, Outcome } from '../../src/shared/commands.ts'
import type { AppState, Conversation, Line, Room } from '../../src/shared/state.ts'
import { applyEvent } from '../../src/shared/state.ts'
import type { RawClient } from '../support/clients/raw.ts'
import { connectRaw } from '../support/clients/raw.ts'
import { startGopl } from '../support/servers/gopl.ts'
import { startIamhere } from '../support/servers/iamhere.ts'
import { startIm } from '../support/servers/im.ts'
import { startRelay } from '../support/servers/relay.ts'
import { until } from '../support/until.ts'

/** The whole app with real sockets and a real profile, and a view as the page has one. */
interface Running {
  app: App
  state(): AppState
  run(command: AppCommand): Promise<Outcome>
  notified: Notification[]
  links: string[]
}

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const profile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'teahouse-app-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const open = async (folder: string): Promise<Running> => {
  const notified: Notification[] = []
  const links: string[] = []
  const app = await openApp({
    profile: folder,
    carrier: 'browser',
    version: '1.2.3',
    systemLanguage: 'en',
    notify: (notification) => notified.push(notification),
    badge: () => {},
    openLink: (url) => links.push(url) > 0,
    exportTo: () => Promise.resolve(null),
    showFile: () => undefined
  })
  cleanups.push(() => app.close())
  let state: AppState | null = null
  app.switchboard.attach((message) => {
    if (message.type === 'snapshot') state = message.state
    else if (state) state = message.events.reduce(applyEvent, state)
  })
  return {
    app,
    notified,
    links,
    state: () => {
      if (!state) throw new Error('no snapshot came')
      return state
    },
    run: (command) => app.switchboard.perform(command)
  }
}

const done = (outcome: Outcome): { room: string; conversation: string } => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.code}`)
  return { room: outcome.room ?? '', conversation: outcome.conversation ?? '' }
}
const roomIn = (running: Running, id: string): Room | undefined => running.state().rooms.find((room) => room.id === id)
const linesIn = (running: Running, id: string): Line[] => running.state().timelines[id]?.lines ?? []
const saidIn = (running: Running, id: string): string[] =>
  linesIn(running, id).flatMap((line) => (line.kind === 'said' ? [`${line.text}/${line.state}`] : []))
const threadsIn = (running: Running): Conversation[] => running.state().conversations.filter((one) => one.with !== null)

const hostRoom = async (running: Running, port = 0): Promise<{ id: string; port: number }> => {
  const { room } = done(
    await running.run({
      type: 'host',
      name: 'Tea room',
      doors: [{ port, dialect: 'im' }],
      language: 'en',
      bare: false
    })
  )
  await until(() => roomIn(running, room)?.capabilities.whisper === true && roomIn(running, room)?.self !== null)
  return { id: room, port: roomIn(running, room)?.port ?? 0 }
}
const joinRoom = async (running: Running, port: number): Promise<string> => {
  const { room } = done(
    await running.run({ type: 'connect', host: '127.0.0.1', port, dialect: 'auto', charset: 'auto' })
  )
  await until(() => roomIn(running, room)?.marked === true && roomIn(running, room)?.capabilities.whisper === true)
  return room
}
const guest = async (port: number): Promise<RawClient> => {
  const client = await connectRaw(port)
  cleanups.push(async () => client.close())
  return client
}

describe('a hosted room', () => {
  test('holds a conversation with a bare socket, in public and in private', async () => {
    const running = await open(await profile())
    await running.run({ type: 'changeSettings', change: { name: 'Host' } })
    const { id, port } = await hostRoom(running)
    await until(() => roomIn(running, id)?.self?.name === 'Host')
    expect(roomIn(running, id)).toMatchObject({ title: 'Tea room', marked: true, status: { state: 'connected' } })
    expect(roomIn(running, id)?.hosting?.addresses.length).toBeGreaterThan(0)

    const nc = await guest(port)
    await until(() => roomIn(running, id)?.hosting?.guests === 1)
    nc.write('hello\n')
    await until(() => saidIn(running, id).includes('hello/delivered'))
    done(await running.run({ type: 'say', conversation: id, text: 'welcome' }))
    await nc.untilText(']Host:welcome\n')
    await until(() => saidIn(running, id).includes('welcome/delivered'))
    expect(saidIn(running, id).filter((text) => text.startsWith('welcome'))).toHaveLength(1)

    nc.write('rename|Guest\nto|Host|psst\n')
    await until(() => threadsIn(running)[0]?.unread === 1)
    const [thread] = threadsIn(running)
    expect(thread).toMatchObject({ room: id, with: { name: 'Guest' }, present: true, unread: 1 })
    expect(running.notified.at(-1)).toMatchObject({ title: 'Guest', body: 'psst' })
    done(await running.run({ type: 'whisper', room: id, to: 'Guest', text: 'yes?' }))
    await nc.untilText('Host对您说yes?\n')
    await until(() => saidIn(running, thread?.id ?? '').includes('yes?/sent'))
    expect(running.app.switchboard.guests()).toBe(1)

    await running.run({ type: 'stopHosting', room: id })
    await nc.untilText(/\* The room is closing\n$/)
    expect(await nc.untilClosed()).toBe('ended')
    expect(running.app.switchboard.hosting()).toBe(false)
  })

  test('is met by a second Teahouse: names accepted and refused, private threads on both sides', async () => {
    const host = await open(await profile())
    const other = await open(await profile())
    await host.run({ type: 'changeSettings', change: { name: 'Host' } })
    const { id, port } = await hostRoom(host)
    await until(() => roomIn(host, id)?.self?.name === 'Host')
    const room = await joinRoom(other, port)
    expect(roomIn(other, room)?.title).toBe('Tea room')

    done(await other.run({ type: 'rename', room, name: 'Host' }))
    await until(() => roomIn(other, room)?.renaming.state === 'refused')
    expect(roomIn(other, room)?.renaming).toMatchObject({ name: 'Host', code: 'name-taken' })
    done(await other.run({ type: 'rename', room, name: 'Leaf' }))
    await until(() => roomIn(other, room)?.renaming.state === 'accepted')
    await until(() => (host.state().people[id]?.members ?? []).some((member) => member.name === 'Leaf'))

    const { conversation } = done(await other.run({ type: 'whisper', room, to: 'Host', text: 'a|b' }))
    await until(() => threadsIn(host).length === 1)
    await until(() => saidIn(other, conversation).join() === 'a|b/sent')
    await until(() => threadsIn(host)[0]?.preview !== null)
    const thread = threadsIn(host)[0]
    expect(thread).toMatchObject({ with: { name: 'Leaf' }, preview: { from: 'Leaf', text: 'a|b' } })
    // A new name goes with the thread.
    done(await other.run({ type: 'rename', room, name: 'Tea Leaf' }))
    await until(() => threadsIn(host)[0]?.with?.name === 'Tea Leaf')
    expect(threadsIn(host)).toHaveLength(1)

    await other.run({ type: 'leave', room })
    await until(() => threadsIn(host).some((one) => !one.present))
    await until(() => roomIn(host, id)?.hosting?.guests === 0)
  })

  test('comes back to those who were in it when it is hosted again', async () => {
    const host = await open(await profile())
    const other = await open(await profile())
    const first = await hostRoom(host)
    const room = await joinRoom(other, first.port)
    await host.run({ type: 'stopHosting', room: first.id })
    await until(() => roomIn(other, room)?.status.state === 'reconnecting')
    await hostRoom(host, first.port)
    await until(() => roomIn(other, room)?.status.state === 'connected', { within: 10_000 })
    await until(() => linesIn(other, room).filter((line) => line.kind === 'connected').length === 2)
    expect(linesIn(other, room).filter((line) => line.kind === 'connected')).toMatchObject([
      { again: false },
      { again: true }
    ])
  })

  test('on a port in use is answered with a free one', async () => {
    const running = await open(await profile())
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '0.0.0.0', resolve))
    cleanups.push(() => new Promise((resolve) => taken.close(resolve)))
    const address = taken.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const outcome = await running.run({
      type: 'host',
      name: 'Tea',
      doors: [{ port, dialect: 'im' }],
      language: 'en',
      bare: false
    })
    expect(outcome).toMatchObject({ ok: false, code: 'port-in-use' })
    const free = outcome.ok ? 0 : outcome.detail
    expect(free).toBeGreaterThan(port)
    expect(running.state().rooms).toEqual([])
  })
})

describe('a server of somebody else', () => {
  test.each([
    ['gopl', () => startGopl()],
    ['iamhere', () => startIamhere()],
    ['im', () => startIm()],
    ['relay', () => startRelay()]
  ] as const)('of the %s kind: recognised, talked to, and never harmed', async (dialect, start) => {
    const server = await start()
    cleanups.push(() => server.close())
    const running = await open(await profile())
    await running.run({ type: 'changeSettings', change: { name: 'Leaf' } })
    const { room } = done(
      await running.run({ type: 'connect', host: '127.0.0.1', port: server.port, dialect: 'auto', charset: 'auto' })
    )
    await until(() => roomIn(running, room)?.dialect.recognised === dialect)
    const nc = await guest(server.port)
    done(await running.run({ type: 'say', conversation: room, text: 'one\nrename me' }))
    const both = (): boolean => saidIn(running, room).filter((text) => text.endsWith('/delivered')).length === 2
    await until(both, { within: 8000 })
    // What would be a command there, or kill the server, went out as text.
    const [one, two] = saidIn(running, room)
    expect(one).toBe('one/delivered')
    expect(two).toBe(dialect === 'gopl' ? 'rename me/delivered' : ' rename me/delivered')
    nc.write('@leaf hello\n')
    await until(() => saidIn(running, room).some((text) => text.startsWith('@leaf hello')))
    expect(linesIn(running, room).at(-1)).toMatchObject({ kind: 'said', own: false, mention: true })
    expect(running.notified.at(-1)?.body).toContain('@leaf hello')
    expect(running.state().conversations[0]).toMatchObject({ unread: 1, mentions: 1 })
    await running.app.close()
  })

  test('that has private messages: an answer in the thread, and a refusal at the line', async () => {
    const server = await startIm()
    cleanups.push(() => server.close())
    const running = await open(await profile())
    const { room } = done(
      await running.run({ type: 'connect', host: '127.0.0.1', port: server.port, dialect: 'auto', charset: 'auto' })
    )
    await until(() => roomIn(running, room)?.capabilities.whisper === true)
    const nc = await guest(server.port)
    nc.write('rename|Guest\n')
    await nc.untilText('Guest')
    done(await running.run({ type: 'rename', room, name: 'Leaf' }))
    await until(() => roomIn(running, room)?.renaming.state === 'accepted')
    nc.write('to|Leaf|psst\n')
    await until(() => threadsIn(running).length === 1)
    const thread = threadsIn(running)[0]?.id ?? ''
    await until(() => linesIn(running, thread).length === 1)
    expect(linesIn(running, thread)).toMatchObject([{ kind: 'said', own: false, from: { name: 'Guest' } }])
    const { conversation } = done(await running.run({ type: 'whisper', room, to: 'Guest', text: 'yes' }))
    await nc.untilText('Leaf对您说yes')
    await until(() => saidIn(running, conversation).includes('yes/sent'))
    nc.close()
    const nobody = await running.run({ type: 'whisper', room, to: 'Nobody', text: 'hm' })
    if (!nobody.ok) return expect(nobody.code).toBe('no-such-member')
    await until(() => saidIn(running, nobody.conversation ?? '').includes('hm/failed'))
  })
})

describe('the profile', () => {
  test('brings back the rooms one was in and what was hosted', async () => {
    const folder = await profile()
    const host = await open(await profile())
    const { port } = await hostRoom(host)
    const first = await open(folder)
    const room = await joinRoom(first, port)
    await hostRoom(first)
    await first.run({ type: 'changeSettings', change: { name: 'Me', theme: 'dark' } })
    await first.app.close()

    const second = await open(folder)
    expect(second.state().preferences).toMatchObject({ name: 'Me', theme: 'dark' })
    expect(second.state().notices).toEqual([])
    second.app.switchboard.start()
    await until(() => roomIn(second, room)?.self?.name === 'Me')
    expect(second.state().notices).toMatchObject([{ kind: 'host-again', hosted: { name: 'Tea room' } }])
  })

  test('that is broken is set aside, and the app opens with a message', async () => {
    const folder = await profile()
    await writeFile(join(folder, 'settings.json'), '{"version":')
    const running = await open(folder)
    const [notice] = running.state().notices
    expect(notice).toMatchObject({ kind: 'settings-set-aside' })
    const file = notice?.kind === 'settings-set-aside' ? notice.file : ''
    expect(await readdir(folder)).toContain(file)
    expect(running.state().preferences.name).toBe('')
  })

  test('brings back what was said, in public and in private, and who it was with', async () => {
    const folder = await profile()
    const server = await startIm()
    cleanups.push(() => server.close())
    const nc = await guest(server.port)
    nc.write('rename|Guest\n')
    await nc.untilText('Guest')
    const first = await open(folder)
    const { room } = done(
      await first.run({ type: 'connect', host: '127.0.0.1', port: server.port, dialect: 'auto', charset: 'auto' })
    )
    await until(() => roomIn(first, room)?.capabilities.whisper === true)
    done(await first.run({ type: 'rename', room, name: 'Leaf' }))
    await until(() => roomIn(first, room)?.renaming.state === 'accepted')
    nc.write('大家好\n')
    await until(() => saidIn(first, room).some((text) => text.startsWith('大家好')))
    nc.write('to|Leaf|psst\n')
    await until(() => threadsIn(first)[0]?.unread === 1)
    const thread = threadsIn(first)[0]?.id ?? ''
    await first.run({ type: 'draft', conversation: thread, text: 'an answer' })
    await first.app.close()
    nc.close()

    const again = await open(folder)
    expect(saidIn(again, room)).toContain('大家好/delivered')
    expect(saidIn(again, thread)).toEqual(['psst/delivered'])
    expect(threadsIn(again)).toMatchObject([{ id: thread, unread: 1, draft: 'an answer', present: false }])

    // The same name over another connection: the thread goes on, and says what it cannot know.
    again.app.switchboard.start()
    await until(() => roomIn(again, room)?.capabilities.whisper === true)
    const back = await guest(server.port)
    back.write('rename|Guest\n')
    await until(() => threadsIn(again).some((one) => one.present), { within: 10_000 })
    expect(threadsIn(again)).toMatchObject([{ id: thread, unverified: true }])
  })

  test('on a disk that stalls: people are heard and shown, marked until it is through', async () => {
    const folder = await profile()
    const running = await open(folder)
    const { id, port } = await hostRoom(running)
    const nc = await guest(port)
    nc.write('before\n')
    await until(() => saidIn(running, id).includes('before/delivered'))
    const db = new DatabaseSync(join(folder, 'history.sqlite'))
    db.exec('BEGIN IMMEDIATE')
    nc.write('during\n')
    const during = (): Line | undefined =>
      linesIn(running, id).find((line) => line.kind === 'said' && line.text === 'during')
    await until(() => during()?.unsaved === true)
    db.exec('ROLLBACK')
    db.close()
    await until(() => during() !== undefined && during()?.unsaved !== true)
  })

  test('that cannot be written lets the app work, and says so', async () => {
    const file = join(await profile(), 'file')
    await writeFile(file, '')
    const running = await open(join(file, 'below'))
    await running.run({ type: 'changeSettings', change: { name: 'Me' } })
    await until(() => running.state().notices.length > 1 && running.state().preferences.name === 'Me')
    const kinds = running.state().notices.map((notice) => notice.kind)
    expect(kinds.toSorted()).toEqual(['history-paused', 'settings-not-saved'])
  })
})

test('a link goes out only through the gate, as the parser writes it', async () => {
  const running = await open(await profile())
  expect(await running.run({ type: 'openLink', url: 'HTTPS://Example.com' })).toEqual({ ok: true })
  for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'http://a@b', 'x'])
    expect(await running.run({ type: 'openLink', url })).toEqual({ ok: false, code: 'bad-link' })
  expect(running.links).toEqual(['https://example.com/'])
})

test('closing twice is closing once, and nothing keeps running', async () => {
  const running = await open(await profile())
  const { port } = await hostRoom(running)
  await Promise.all([running.app.close(), running.app.close()])
  await expect(connectRaw(port)).rejects.toThrow()
})

test('what an export that was killed left beside its target is cleared away at the start', async () => {
  const [folder, target] = [await profile(), await profile()]
  const token = `${2 ** 30}-0123456789ab`
  const path = join(target, `.teahouse-export-${token}.part`)
  await writeFile(path, 'half')
  await writeFile(join(folder, `export-${token}.json`), JSON.stringify({ computer: hostname(), path }))
  await open(folder)
  await until(() => !existsSync(path) && !existsSync(join(folder, `export-${token}.json`)))
})
