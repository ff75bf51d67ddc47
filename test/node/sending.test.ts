import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/node/app.ts'
import { openApp } from '../../src/node/app.ts'
import type { AppCommand } from '../../src/shared/commands.ts'
import type { AppState, Line } from '../../src/shared/state.ts'
import { applyEvent } from '../../src/shared/state.ts'
import type { ReferenceServer } from '../support/servers/base.ts'
import { startGopl } from '../support/servers/gopl.ts'
import { startIamhere } from '../support/servers/iamhere.ts'
import { startIm } from '../support/servers/im.ts'
import { startRelay } from '../support/servers/relay.ts'
import { until } from '../support/until.ts'

/** Whole apps on real profiles, over real sockets, with servers that die and come back. */
interface Running {
  app: App
  state(): AppState
  run(command: AppCommand): Promise<string>
  /** Own and other lines of the room, with the states of own ones. */
  said(): string[]
  lines(): Line[]
  room(): string
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})
const profile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'teahouse-sending-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const open = async (folder: string): Promise<Running> => {
  const app = await openApp({
    profile: folder,
    carrier: 'browser',
    version: '1.2.3',
    systemLanguage: 'en',
    notify: () => {},
    badge: () => {},
    openLink: () => true,
    exportTo: () => Promise.resolve(null),
    showFile: () => undefined
  })
  cleanups.push(() => app.close())
  let held: AppState | null = null
  app.switchboard.attach((message) => {
    if (message.type === 'snapshot') held = message.state
    else if (held) held = message.events.reduce(applyEvent, held)
  })
  const state = (): AppState => {
    if (!held) throw new Error('no snapshot came')
    return held
  }
  const room = (): string => state().rooms[0]?.id ?? ''
  const lines = (): Line[] => state().timelines[room()]?.lines ?? []
  app.switchboard.start()
  return {
    app,
    state,
    room,
    lines,
    said: () =>
      lines().flatMap((line) => (line.kind === 'said' ? [line.own ? `${line.text}/${line.state}` : line.text] : [])),
    run: async (command) => {
      const outcome = await app.switchboard.perform(command)
      if (!outcome.ok) throw new Error(`refused: ${outcome.code}`)
      return outcome.room ?? ''
    }
  }
}
const join1 = (app: Running, port: number): Promise<string> =>
  app.run({ type: 'connect', host: '127.0.0.1', port, dialect: 'auto', charset: 'auto' })
const status = (app: Running): string => app.state().rooms[0]?.status.state ?? ''
const say = (app: Running, text: string): Promise<string> => app.run({ type: 'say', conversation: app.room(), text })
/** The settings are on the disk a moment after they changed. */
const hasRoom = (folder: string, port: number): boolean => {
  const path = join(folder, 'settings.json')
  return existsSync(path) && readFileSync(path, 'utf8').includes(String(port))
}
/** What the server read, without the questions that keep a room. */
const heard = (server: ReferenceServer): string[] =>
  server
    .heard()
    .split(/\r?\n/u)
    .filter((line) => line !== '' && line !== 'who')

type Start = (options: { port?: number }) => Promise<ReferenceServer>
/** How the server tells a line of the one at an address. */
type Told = (address: string, text: string) => string
const named: Told = (address, text) => `[${address}]${address}:${text}\n`
const DIALECTS: [string, Start, Told][] = [
  ['gopl', (options) => startGopl(options), (address, text) => `${address}: ${text}\n`],
  ['gopl-zh', (options) => startGopl({ ...options, wording: 'zh' }), (address, text) => `${address}: ${text}\n`],
  ['iamhere', (options) => startIamhere(options), named],
  ['im', (options) => startIm(options), named],
  ['relay', (options) => startRelay(options), (address, text) => `${address}:${text}\n`]
]
const run = async (start: Start, port?: number): Promise<ReferenceServer> => {
  const server = await start(port === undefined ? {} : { port })
  cleanups.push(() => server.close())
  return server
}

describe.each(DIALECTS)('a %s server', (_name, start, told) => {
  test('that is away gets what was typed meanwhile, in order and once, after a restart too', async () => {
    const folder = await profile()
    const server = await run(start)
    const first = await open(folder)
    await join1(first, server.port)
    await until(() => status(first) === 'connected')
    await say(first, 'before')
    await until(() => first.said().includes('before/delivered'))
    await server.close()
    await until(() => status(first) !== 'connected')
    await say(first, 'one\n二\nthree')
    await until(() => first.said().includes('three/queued'))
    await first.app.close()

    const back = await run(start, server.port)
    const second = await open(folder)
    await until(() => second.said().includes('three/delivered'))
    expect(second.said()).toEqual(['before/delivered', 'one/delivered', '二/delivered', 'three/delivered'])
    expect(heard(back)).toEqual(['one', '二', 'three'])
    const gaps = second.lines().flatMap((line) => (line.kind === 'connected' && line.away ? [line.away.sure] : []))
    expect(gaps).toEqual([true])
  })

  test('that dies between the line and its echo leaves it unconfirmed, and it is not sent again by itself', async () => {
    const server = await run(start)
    const app = await open(await profile())
    await join1(app, server.port)
    await until(() => status(app) === 'connected')
    await say(app, 'first')
    await until(() => app.said().includes('first/delivered'))
    server.freeze()
    await say(app, 'lost')
    await server.received.until(({ text }) => text.includes('lost'))
    await server.close()
    await until(() => app.said().includes('lost/unconfirmed'))
    await say(app, 'next')
    const back = await run(start, server.port)
    await app.run({ type: 'reconnect', room: app.room() })
    await until(() => app.said().includes('next/delivered'))
    expect(heard(back)).toEqual(['next'])
    expect(app.said()).toEqual(['first/delivered', 'lost/unconfirmed', 'next/delivered'])

    // The server told the line after all, under the address we had.
    const line = app.lines().find((one) => one.kind === 'said' && one.text === 'lost')
    const old = line?.kind === 'said' ? (line.from.address ?? '') : ''
    expect(old).not.toBe('')
    back.inject(told(old, 'lost'))
    await until(() => app.said().includes('lost/delivered'))
    expect(app.said()).toEqual(['first/delivered', 'lost/delivered', 'next/delivered'])
  })
})

test('an unconfirmed line goes out again when the person says so, after a restart too', async () => {
  const folder = await profile()
  const server = await run(startIm)
  const first = await open(folder)
  await join1(first, server.port)
  await until(() => status(first) === 'connected' && first.state().rooms[0]?.self !== null)
  server.freeze()
  await say(first, 'lost')
  await server.received.until(({ text }) => text.includes('lost'))
  await server.close()
  await until(() => first.said().includes('lost/unconfirmed'))
  await first.app.close()
  const second = await open(folder)
  expect(second.said()).toEqual(['lost/unconfirmed'])
  // While the server is still away: it waits.
  const line = second.lines().find((one) => one.kind === 'said')?.id ?? 0
  await second.run({ type: 'resend', conversation: second.room(), line })
  await until(() => second.said().includes('lost/queued'))
  const back = await run(startIm, server.port)
  await second.run({ type: 'reconnect', room: second.room() })
  await until(() => second.said().includes('lost/delivered'))
  expect(heard(back)).toEqual(['lost'])
  expect(second.said()).toEqual(['lost/unconfirmed', 'lost/delivered'])
})

test('two programs on one profile send what waits once', async () => {
  const folder = await profile()
  const server = await run(startRelay)
  const first = await open(folder)
  await join1(first, server.port)
  await until(() => status(first) === 'connected')
  await server.close()
  await until(() => status(first) !== 'connected')
  const texts = Array.from({ length: 30 }, (_, n) => `line ${n}`)
  await say(first, texts.join('\n'))
  await until(() => first.said().includes('line 29/queued'))
  await until(() => hasRoom(folder, server.port))
  const second = await open(folder)
  expect(second.said()).toContain('line 29/queued')
  const back = await run(startRelay, server.port)
  await Promise.all([first, second].map((app) => app.run({ type: 'reconnect', room: app.room() })))
  await back.received.untilAll(() => texts.every((text) => heard(back).includes(text)))
  await until(() => [first, second].every((app) => !app.said().some((text) => text.endsWith('/queued'))))
  expect(heard(back).toSorted()).toEqual(texts.toSorted())
})
