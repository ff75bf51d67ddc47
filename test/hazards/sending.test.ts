import { afterEach, describe, expect, test } from 'vitest'
import { makeCodec } from '../../src/node/codec.ts'
import type { ReferenceServer } from '../support/servers/base.ts'
import { startGopl } from '../support/servers/gopl.ts'
import { startIamhere } from '../support/servers/iamhere.ts'
import { startIm } from '../support/servers/im.ts'
import { startRelay } from '../support/servers/relay.ts'
import { startPlutov, startScripted, startTokio } from '../support/servers/relatives.ts'
import { until } from '../support/until.ts'
import { guest, named, started, texts, tidy, visit } from './visit.ts'

/** Hazards 16 to 19 and 21 of dialects 8: what our own words can do to a server. */

afterEach(tidy)

/** Ordinary sentences that are commands, or deadly, somewhere. */
const DANGEROUS = [
  'rename me',
  'renamed the file',
  'rename x',
  'rename12',
  'rename|',
  'rename|eve',
  'rename||',
  'to|al',
  'to|al|',
  'to|al|hi',
  'to||x',
  'to|',
  'who',
  '/msg x'
]

/** A character whose second byte in GB18030 is 7C, the byte of `|`. */
const hidden = makeCodec('gb18030').decode(new Uint8Array([0x81, 0x7c]))

const SERVERS: Record<string, () => Promise<ReferenceServer>> = {
  gopl: () => startGopl(),
  'gopl-zh': () => startGopl({ wording: 'zh' }),
  iamhere: () => startIamhere(),
  im: () => startIm(),
  relay: () => startRelay()
}

describe.each(Object.entries(SERVERS))('%s', (dialect, start) => {
  test('8.16 what we send can kill: no text kills it or acts, and everybody reads it', async () => {
    const server = await started(start())
    const al = dialect === 'im' || dialect === 'iamhere' ? await named(server, 'al') : await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === dialect, 'the dialect')
    await me.pass(600)
    const names = server.members().map(({ name }) => name)
    const before = al.count()
    for (const text of DANGEROUS) {
      const ref = me.say(text)
      const said = await me.delivered(ref)
      expect(said.text?.trimStart()).toBe(text)
      // What we show as ours is what the others see.
      await al.untilText(`${said.text}\n`)
    }
    expect(server.crashed).toBeNull()
    expect(server.members().map(({ name }) => name)).toEqual(names)
    expect(al.bytes().subarray(before).toString().split('\n')).toHaveLength(DANGEROUS.length + 1)
  })

  test('8.16 what we send can kill: nor before the dialect is known', async () => {
    const server = await started(start())
    if (dialect === 'im' || dialect === 'iamhere') await named(server, 'al')
    const me = visit(server)
    for (const text of DANGEROUS) me.say(text)
    await me.next('connected')
    for (const text of DANGEROUS) me.say(text)
    const count = (): number => me.all('said').filter((said) => said.own).length
    await me.passUntil(() => count() === 2 * DANGEROUS.length || server.crashed !== null, 'every line is through')
    expect(server.crashed).toBeNull()
    expect(texts(me).map((text) => text?.trimStart())).toEqual([...DANGEROUS, ...DANGEROUS])
  })

  test('8.16 what we send can kill: nor when it was taken for something plain', async () => {
    const server = await started(start())
    const al = dialect === 'im' || dialect === 'iamhere' ? await named(server, 'al') : await guest(server)
    const me = visit(server, { dialect: 'plain' })
    await me.next('connected')
    for (const text of DANGEROUS) {
      me.say(text)
      await me.pass(100)
    }
    me.say('the end')
    await me.passUntil(() => al.text().includes('the end') || server.crashed !== null, 'every line is through')
    expect(server.crashed).toBeNull()
    // Plain is chosen deliberately where slash commands are the language; the rest still is guarded.
    for (const text of DANGEROUS.filter((text) => !text.startsWith('/'))) expect(al.text()).toContain(` ${text}\n`)
  })
})

test('8.16 what we send can kill: a multi-byte character that hides a bar opens no command', async () => {
  const server = await started(startIamhere())
  const al = await named(server, 'al')
  const gbk = makeCodec('gb18030')
  const me = visit(server, { charset: 'gb18030' })
  await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
  const ref = me.say(`rename${hidden}x`)
  await me.delivered(ref)
  await until(() => al.bytes().includes(Buffer.from(gbk.encode(`rename${hidden}x`) ?? [])))
  expect(server.members().map(({ name }) => name)).toContain(me.self())
})

test('8.16 what we send can kill: a private text whose bytes hide a bar arrives whole or is refused', async () => {
  const server = await started(startIm())
  const al = await named(server, 'al')
  const gbk = makeCodec('gb18030')
  const me = visit(server, { charset: 'gb18030', dialect: 'im' })
  await me.next('recognised')
  const ref = me.whisper('al', `a${hidden}b`)
  await me.passUntil(
    () =>
      me.all('refused').some((refused) => refused.ref === ref) ||
      al.bytes().includes(Buffer.from(gbk.encode(`a${hidden}b`) ?? [])),
    'refused or whole',
    5000
  )
  expect(server.crashed).toBeNull()
})

test('8.16 what we send can kill: to plutov nothing of ours is a command', async () => {
  const server = await started(startPlutov())
  const me = visit(server)
  await me.next('connected')
  me.say('/msg hello')
  await me.pass(5000)
  expect(server.crashed).toBeNull()
})

test('8.16 what we send can kill: nothing at all is sent to find out', async () => {
  for (const start of [...Object.values(SERVERS), () => startPlutov(), () => startTokio()]) {
    const server = await started(start())
    const me = visit(server)
    await me.next('connected')
    await me.pass(5000)
    expect(server.crashed).toBeNull()
    // Established 001 and 002 may be asked who is there; nobody sees it.
    const asked = server.received.entries.map((read) => read.text)
    const may = me.dialect() === 'im' || me.dialect() === 'iamhere' ? ['who\n'] : []
    expect(new Set([...asked, ...may])).toEqual(new Set(may))
  }
})

describe.each([
  ['iamhere', (): Promise<ReferenceServer> => startIamhere()],
  ['im', (): Promise<ReferenceServer> => startIm()]
] as const)('%s', (dialect, start) => {
  test('8.17 misread as a command: a text is a text, a command is a command', async () => {
    const server = await started(start())
    const al = await named(server, 'al')
    const me = visit(server)
    await me.passUntil(() => me.dialect() === dialect, 'the dialect')
    const said = await me.delivered(me.say('who'))
    expect(said.text).toBe(' who')
    await al.untilText(': who\n')
    me.session.perform({ type: 'rename', name: 'tea', ref: 'r' })
    const renamed = await me.next('renamed', (event) => event.ref === 'r')
    expect(renamed).toMatchObject({ own: true, member: { name: 'tea' } })
    expect(server.members().map(({ name }) => name)).toContain('tea')
    me.session.perform({ type: 'who', ref: 'w' })
    await me.passUntil(() => me.all('listed').length > 0, 'the list')
    expect(me.all('listed')[0]?.members).toHaveLength(2)
  })

  test('8.18 pacing: a burst of lines is one write each, after the echo of the last', async () => {
    const server = await started(start())
    const al = await named(server, 'al')
    const me = visit(server)
    await me.passUntil(() => me.dialect() === dialect, 'the dialect')
    await me.pass(600)
    const from = server.received.mark()
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`)
    for (const line of lines) me.say(line)
    await me.delivered(`ref-${lines.length}`)
    expect(
      server.received.entries
        .slice(from)
        .map(({ text }) => text)
        .filter((text) => text !== 'who\n')
    ).toEqual(lines.map((line) => `${line}\n`))
    expect(al.lines().filter((line) => line.includes(':line ')).length).toBe(lines.length)
    expect(texts(me)).toEqual(lines)
  })

  test('8.18 pacing: while an echo is out, the next line stays here', async () => {
    const server = await started(start())
    const me = visit(server)
    await me.passUntil(() => me.dialect() === dialect, 'the dialect')
    await me.pass(600)
    server.freeze()
    me.say('one')
    me.say('two')
    await server.received.until((read) => read.text === 'one\n')
    await me.pass(1000)
    expect(server.heard()).not.toContain('two')
    server.thaw()
    await until(() => texts(me).length === 2)
    expect(texts(me)).toEqual(['one', 'two'])
  })

  test('8.18 pacing: long texts are cut between characters, several lines are several messages', async () => {
    const server = await started(start())
    const al = await named(server, 'al')
    const me = visit(server)
    await me.passUntil(() => me.dialect() === dialect, 'the dialect')
    await me.pass(600)
    const from = server.received.mark()
    me.say('茶🍵'.repeat(600))
    me.say('first\n\n  \nsecond\r\nthird')
    await al.untilText(':third\n')
    const reads = server.received.entries.slice(from).filter(({ text }) => text !== 'who\n')
    for (const { bytes } of reads) expect(bytes.length).toBeLessThanOrEqual(1401)
    for (const { text } of reads) expect(text).toMatch(/^[^\n\ufffd]+\n$/u)
    expect(
      reads
        .slice(0, -3)
        .map(({ text }) => text.slice(0, -1))
        .join('')
    ).toBe('茶🍵'.repeat(600))
    expect(reads.slice(-3).map(({ text }) => text)).toEqual(['first\n', 'second\n', 'third\n'])
  })
})

test.each([
  ['gopl', startGopl],
  ['relay', startRelay]
] as const)('8.17 misread as a command: %s has none, and none is sent', async (dialect, start) => {
  const server = await started(start())
  await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === dialect, 'the dialect')
  expect(me.session.capabilities()).toMatchObject({ who: false, rename: false, whisper: false })
  me.session.perform({ type: 'who', ref: 'w' })
  me.session.perform({ type: 'rename', name: 'tea', ref: 'r' })
  me.whisper('127.0.0.1:1', 'psst')
  await me.passUntil(() => me.all('refused').length === 2 && me.all('listed').length === 1, 'the answers', 5000)
  expect(me.all('listed')[0]).toMatchObject({ complete: false, ref: 'w' })
  expect(me.all('refused').map(({ code }) => code)).toEqual(['not-supported', 'not-supported'])
  expect(server.heard()).toBe('')
})

test('8.18 pacing: nothing empty is ever sent', async () => {
  const server = await started(startIm())
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'im', 'the dialect')
  for (const text of ['', '   ', '\n\n', '\t']) {
    const ref = me.say(text)
    expect((await me.next('refused', (refused) => refused.ref === ref)).code).toBe('empty-text')
  }
  await me.settle()
  for (const { text } of server.received.entries) expect(text).toBe('who\n')
})

test('8.19 private: one write with two LFs, shown here, `|` does not cut it', async () => {
  const server = await started(startIm())
  const al = await named(server, 'al')
  const me = visit(server)
  await me.passUntil(() => me.people().get(al.address)?.name === 'al', 'the roster')
  const ref = me.whisper('al', 'a|b')
  await al.untilText(`${me.self()}对您说a｜b\n`)
  expect(server.received.entries.map(({ text }) => text)).toContain('to|al|a｜b\n\n')
  const said = await me.next('said', (event) => event.conversation === 'private')
  expect(said).toMatchObject({ own: true, ref, text: 'a｜b', to: { address: al.address, name: 'al' } })
})

test('8.19 private: an error within a second marks it failed', async () => {
  const server = await started(startIm())
  const al = await named(server, 'al')
  const me = visit(server)
  await me.passUntil(() => me.people().get(al.address)?.name === 'al', 'the roster')
  // Renamed without anybody being told, as this server does.
  al.write('rename|albert\n')
  await al.untilText('albert')
  const ref = me.whisper('al', 'are you there')
  const refused = await me.next('refused')
  expect(refused).toMatchObject({ command: 'whisper', code: 'no-such-member', ref })
})

test('8.21 servers that cut two bytes: our own question shows it, and nothing more is lost', async () => {
  const server = await started(startIamhere({ cut: 2 }))
  const al = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
  await me.passUntil(() => me.people().has(al.address), 'the roster', 5000)
  for (const text of ['hello', '你好']) {
    expect((await me.delivered(me.say(text))).text).toBe(text)
    await al.untilText(`:${text}\n`)
  }
  expect(server.received.entries.at(-1)?.text).toBe('你好\r\n')
  expect(server.members()).toHaveLength(2)
})

test('8.21 servers that cut two bytes: an own line that lost its end shows it', async () => {
  const server = await started(startScripted())
  const me = visit(server)
  await server.arrivals.until(() => true)
  const self = server.arrivals.entries[0] ?? ''
  server.inject(`[${self}]${self}:I am here\n[${self}]${self}:login\n`)
  await me.pass(5000)
  const ref = me.say('hello')
  await server.received.until((read) => read.text === 'hello\n')
  server.inject(`[${self}]${self}:hell\n`)
  expect((await me.delivered(ref)).text).toBe('hell')
  me.say('world')
  await server.received.until((read) => read.text === 'world\r\n')
})
