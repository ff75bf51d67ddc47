import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { openKept, ALWAYS } from '../../src/node/history/kept.ts'
import { DEFAULT_SETTINGS, type SavedRoom } from '../../src/shared/settings.ts'
import type { Line } from '../../src/shared/state.ts'
import { startGopl } from '../support/servers/gopl.ts'
import { startIm } from '../support/servers/im.ts'
import { START_MS, endAll, freshProfile, hostRoom, netcat, teahouse, type Json } from './program.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await endAll()
  for (const close of closers.splice(0)) await close()
})
const server = async <T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const started = await starting
  closers.push(() => started.close())
  return started
}

interface Talk {
  id: string
  room: string
  title: string
  hosted: boolean
  with: string | null
  lines: Line[]
}
/** What is kept in a profile, as anybody may read it while programs write. */
const keptIn = (profile: string): Talk[] => {
  const opened = openKept(profile)
  if (!opened.ok) throw new Error(opened.why)
  const { kept } = opened
  try {
    return kept.conversations(ALWAYS).map(({ id, room, title, hosted, with: other }) => ({
      id,
      room,
      title,
      hosted,
      with: other?.name ?? other?.address ?? null,
      lines: [...kept.lines(id, ALWAYS)]
    }))
  } finally {
    kept.close()
  }
}
const texts = (talk: Talk | undefined): string[] =>
  (talk?.lines ?? []).map((line) => (line.kind === 'said' || line.kind === 'line' ? line.text : `(${line.kind})`))
const said = (text: string) => (event: Json) => event.type === 'said' && event['text'] === text
const save = (profile: string, ...rooms: Partial<SavedRoom>[]): void => {
  const whole = rooms.map((room) => ({
    title: '',
    host: '127.0.0.1',
    dialect: 'auto',
    lastDialect: null,
    charset: 'auto',
    reconnect: true,
    joined: false,
    nick: null,
    ignored: [],
    ...room
  }))
  writeFileSync(join(profile, 'settings.json'), JSON.stringify({ ...DEFAULT_SETTINGS, rooms: whole }))
}

describe('teahouse connect', () => {
  test('keeps what is said and what becomes of own lines, and goes on in the same room', async () => {
    const im = await server(startIm())
    const profile = freshProfile()
    const visit = async (text: string): Promise<void> => {
      const program = teahouse(['connect', `127.0.0.1:${im.port}`, '--json', '--data', profile])
      await program.events.until((event) => event.type === 'recognised', { within: START_MS })
      program.say(text)
      await program.events.until(said(text))
      const other = await netcat(im.port)
      other.say(`answer to ${text}`)
      await program.events.until(said(`answer to ${text}`))
      // What was told is on the disk already, while the program runs on.
      expect(texts(keptIn(profile)[0])).toEqual(expect.arrayContaining([text, `answer to ${text}`]))
      other.socket.end()
      program.say('/quit')
      expect(await program.exited).toBe(0)
      expect(program.stderr()).toBe('')
    }
    await visit('first 第一')
    await visit('second')
    const [talk, ...others] = keptIn(profile)
    expect(others).toEqual([])
    expect(talk).toMatchObject({ title: `127.0.0.1:${im.port}`, hosted: false, with: null })
    expect(texts(talk).filter((text) => !text.startsWith('('))).toEqual([
      'first 第一',
      'answer to first 第一',
      'second',
      'answer to second'
    ])
    expect(talk?.lines.filter((line) => line.kind === 'said' && line.own)).toMatchObject([
      { text: 'first 第一', state: 'delivered' },
      { text: 'second', state: 'delivered' }
    ])
    expect(texts(talk)).toContain('(connected)')
    expect(texts(talk).at(-1)).toBe('(disconnected)')
  })

  test('is in the room the app knows at that address, and leaves its title and draft alone', async () => {
    const gopl = await server(startGopl())
    const profile = freshProfile()
    save(profile, { id: 'r-elsewhere', port: 1 }, { id: 'r-known', port: gopl.port, host: 'LOCALHOST' })
    const program = teahouse(['connect', `localhost:${gopl.port}`, '--json', '--data', profile])
    await program.events.until((event) => event.type === 'recognised', { within: START_MS })
    program.say('hello')
    await program.events.until(said('hello'))
    program.say('/quit')
    expect(await program.exited).toBe(0)
    expect(keptIn(profile).map(({ id, room }) => [id, room])).toEqual([['r-known', 'r-known']])
  })

  test.each([
    ['the room is set to be never written', ['--json'], 'never' as const],
    ['it is told not to', ['--json', '--no-history'], 'keep' as const]
  ])('writes nothing where %s', async (_, options, history) => {
    const im = await server(startIm())
    const profile = freshProfile()
    save(profile, { id: 'r-known', port: im.port, history })
    const program = teahouse(['connect', `127.0.0.1:${im.port}`, '--data', profile, ...options])
    await program.events.until((event) => event.type === 'recognised', { within: START_MS })
    program.say('a secret')
    await program.events.until(said('a secret'))
    program.say('/quit')
    expect(await program.exited).toBe(0)
    expect(openKept(profile)).toEqual({ ok: false, why: 'nothing-kept' })
  })

  test('private lines stand in a thread of their own, refusals and lost lines say so', async () => {
    const { port, program: room } = await hostRoom('--no-history')
    const profile = freshProfile()
    const bob = await netcat(port)
    bob.say('rename|bob')
    await bob.lines.until((line) => line.includes('bob'))
    const program = teahouse(['connect', `127.0.0.1:${port}`, '--json', '--data', profile, '--nick', 'ann'])
    await program.events.until((event) => event.type === 'renamed' && event['own'] === true, { within: START_MS })
    program.say('/to bob psst')
    await bob.lines.until((line) => line.includes('psst'))
    bob.say('to|ann|what?')
    await program.events.until(said('what?'))
    program.say('/rename bob')
    await program.events.until((event) => event.type === 'refused')
    room.child.kill('SIGTERM')
    await program.events.until((event) => event.type === 'disconnected')
    program.say('never sent')
    await program.events.until((event) => event.type === 'noted' || event.type === 'disconnected')
    program.child.kill('SIGTERM')
    await program.exited
    const kept = keptIn(profile)
    const thread = kept.find((talk) => talk.with === 'bob')
    expect(thread?.id).toMatch(/^r\w+\/p\/\d+$/u)
    expect(texts(thread)).toEqual(['psst', 'what?'])
    expect(thread?.lines).toMatchObject([{ own: true, state: 'sent' }, { own: false }])
    const open = kept.find((talk) => talk.with === null)
    expect(texts(open)).not.toContain('psst')
    expect(open?.lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'refused', code: 'name-taken' }),
        expect.objectContaining({ kind: 'said', own: true, text: 'never sent', state: 'failed' })
      ])
    )
  })

  test('a profile that cannot be written is told once, and the chat goes on', async () => {
    const im = await server(startIm())
    const profile = freshProfile()
    // A folder in the place of the file: no user can write that.
    mkdirSync(join(profile, 'history.sqlite', 'x'), { recursive: true })
    const program = teahouse(['connect', `127.0.0.1:${im.port}`, '--json', '--data', profile])
    await program.events.until((event) => event.type === 'recognised', { within: START_MS })
    program.say('still here')
    await program.events.until(said('still here'))
    program.say('/quit')
    expect(await program.exited).toBe(0)
    expect(program.stderr()).toMatch(/^teahouse: nothing can be written to the history now \([^\n]*\)[^\n]*\n$/u)
  })
})

describe('teahouse host', () => {
  test('keeps what the room saw, nothing that was private, and goes on under the same name', async () => {
    const profile = freshProfile()
    const evening = async (text: string): Promise<void> => {
      const { program, port } = await hostRoom('--data', profile, '--name', '茶 room')
      const ann = await netcat(port)
      const bob = await netcat(port)
      ann.say(text)
      await program.events.until(said(text))
      expect(texts(keptIn(profile)[0])).toContain(text)
      ann.say(`to|${bob.address}|psst`)
      await bob.lines.until((line) => line.includes('psst'))
      ann.say('rename|ann')
      await program.events.until((event) => event.type === 'renamed')
      bob.say('rename|ann')
      await program.events.until((event) => event.type === 'refused')
      program.child.kill('SIGTERM')
      expect(await program.exited).toBe(0)
      expect(program.stderr()).toBe('')
    }
    await evening('one')
    await evening('two')
    const [talk, ...others] = keptIn(profile)
    expect(others).toEqual([])
    expect(talk).toMatchObject({ title: '茶 room', hosted: true, with: null })
    expect(texts(talk).filter((text) => !text.startsWith('('))).toEqual(['one', 'two'])
    expect(new Set(talk?.lines.map((line) => line.kind))).toEqual(new Set(['joined', 'said', 'renamed']))
    expect(talk?.lines.every((line) => line.kind !== 'said' || !line.own)).toBe(true)
  })

  test('writes nothing where it is told not to, and removes what is older than it is told to keep', async () => {
    const profile = freshProfile()
    const quiet = await hostRoom('--data', profile, '--no-history')
    const ann = await netcat(quiet.port)
    ann.say('a secret')
    await quiet.program.events.until(said('a secret'))
    quiet.program.child.kill('SIGTERM')
    await quiet.program.exited
    expect(openKept(profile)).toEqual({ ok: false, why: 'nothing-kept' })

    const talk = async (text: string, ...options: string[]): Promise<void> => {
      const { program, port } = await hostRoom('--data', profile, '--name', 'tea', ...options)
      const one = await netcat(port)
      one.say(text)
      await program.events.until(said(text))
      program.child.kill('SIGTERM')
      await program.exited
    }
    await talk('old')
    const db = new DatabaseSync(join(profile, 'history.sqlite'))
    db.exec(`UPDATE lines SET at = at - ${8 * 86_400_000}`)
    db.close()
    await talk('new', '--keep-days', '7')
    expect(texts(keptIn(profile)[0])).toEqual(expect.arrayContaining(['new']))
    expect(texts(keptIn(profile)[0])).not.toContain('old')
  })

  test('app and command line write the same room at the same time', async () => {
    const im = await server(startIm())
    const profile = freshProfile()
    save(profile, { id: 'r-known', port: im.port })
    const enter = async () => {
      const program = teahouse(['connect', `127.0.0.1:${im.port}`, '--json', '--data', profile])
      await program.events.until((event) => event.type === 'recognised', { within: START_MS })
      return program
    }
    const [one, two] = await Promise.all([enter(), enter()])
    const count = 50
    for (let n = 0; n < count; n += 1) {
      one.say(`one ${n}`)
      two.say(`two ${n}`)
    }
    await one.events.until(said(`one ${count - 1}`), { within: 15_000 })
    await two.events.until(said(`two ${count - 1}`), { within: 15_000 })
    await two.events.until(said('one 0'))
    for (const program of [one, two]) {
      program.say('/quit')
      expect(await program.exited).toBe(0)
      expect(program.stderr()).toBe('')
    }
    const [talk, ...others] = keptIn(profile)
    expect(others).toEqual([])
    const own = (talk?.lines ?? []).filter((line) => line.kind === 'said' && line.own)
    expect(texts(talk === undefined ? undefined : { ...talk, lines: own }).toSorted()).toEqual(
      Array.from({ length: count }, (_, n) => [`one ${n}`, `two ${n}`])
        .flat()
        .toSorted()
    )
    expect(new Set(talk?.lines.map((line) => line.id)).size).toBe(talk?.lines.length)
    // Two members: what each of them heard stands there.
    expect(texts(talk).filter((text) => text === 'one 0')).toHaveLength(2)
  })
})
