import dns, { type LookupAddress } from 'node:dns'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCodec } from '../../src/node/codec.ts'
import { printBehindNat, type ReferenceServer } from '../support/servers/base.ts'
import { startGopl } from '../support/servers/gopl.ts'
import { startIamhere } from '../support/servers/iamhere.ts'
import { IM_WORDINGS, startIm } from '../support/servers/im.ts'
import { startRelay } from '../support/servers/relay.ts'
import { BANNERS, startBanner, startNodeGist, startScripted, startTokio } from '../support/servers/relatives.ts'
import { until } from '../support/until.ts'
import { guest, named, spoken, started, texts, tidy, visit } from './visit.ts'

/** Hazards 10 to 15, 20 and 22 to 26 of dialects 8: how connections live and die. */

/** Looks a name up as IPv6 first, then IPv4, whichever it is. */
const bothFamilies = (_name: string, _options: unknown, found: (error: null, all: LookupAddress[]) => void) => {
  found(null, [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 }
  ])
}
const realLookup = dns.lookup

afterEach(async () => {
  Reflect.set(dns, 'lookup', realLookup)
  await tidy()
})

describe('8.10 no echo', () => {
  test('8.10 no echo: a relay that never echoes becomes plain, and the line is sent, not delivered', async () => {
    const server = await started(startRelay())
    server.faults.eatEcho = true
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'relay', 'a guess')
    const ref = me.say('hello')
    await other.untilText('hello\n')
    const passed = await me.passUntil(() => me.dialect() === 'plain', 'the guess is corrected', 5000)
    expect(passed).toBeGreaterThanOrEqual(1900)
    await me.delivered(ref)
    expect(me.session.capabilities().echo).toBe(false)
    await me.delivered(me.say('again'))
    await other.untilText('again\n')
  })

  test('8.10 no echo: servers without any are not waited for', async () => {
    const server = await started(startTokio())
    const me = visit(server, { dialect: 'plain' })
    await me.next('connected')
    for (const text of ['tea', 'one', 'two']) await me.delivered(me.say(text))
    await server.received.untilAll(() => server.heard() === 'tea\none\ntwo\n')
  })

  test.each([
    ['iamhere', (): Promise<ReferenceServer> => startIamhere()],
    ['im', (): Promise<ReferenceServer> => startIm()]
  ] as const)(
    '8.10 no echo: on %s it is waiting, then unconfirmed, never claimed, never sent again',
    async (dialect, start) => {
      const server = await started(start())
      const me = visit(server)
      await me.passUntil(() => me.dialect() === dialect, 'the dialect')
      await me.pass(600)
      server.faults.eatEcho = true
      const ref = me.say('hello')
      const states = (): string[] => me.all('noted').flatMap((noted) => (noted.ref === ref ? [noted.state] : []))
      await server.received.until((read) => read.text === 'hello\n')
      await me.pass(2500)
      expect(states()).not.toContain('waiting')
      await me.pass(1000)
      expect(states()).toContain('waiting')
      expect(states()).not.toContain('unconfirmed')
      await me.pass(7500)
      expect(states()).toContain('unconfirmed')
      server.faults.eatEcho = false
      await me.pass(30_000)
      expect(server.received.entries.filter((read) => read.text === 'hello\n')).toHaveLength(1)
      expect(me.all('said').some((said) => said.ref === ref)).toBe(false)
    }
  )
})

describe('8.11 zombie', () => {
  test('8.11 zombie: an own line without echo renews the connection', async () => {
    const server = await started(startIamhere())
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
    await me.pass(600)
    server.timeOut(me.self() ?? '')
    await other.untilText('time out leave out\n')
    const ref = me.say('anybody?')
    await other.untilText(':anybody?\n')
    await me.passUntil(() => server.arrivals.entries.length === 3, 'a new connection', 15_000)
    expect(me.all('noted')).toContainEqual({ type: 'noted', state: 'unconfirmed', ref })
    await me.passUntil(() => me.people().size === 2, 'the roster', 5000)
    await me.delivered(me.say('I am back'))
    expect(other.text().match(/anybody/gu)).toHaveLength(1)
  })

  test('8.11 zombie: looked at, a quiet room is kept awake; not looked at, it is left alone', async () => {
    const server = await started(startIamhere())
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
    await me.pass(2000)
    const count = (): number => server.received.entries.length
    const before = count()
    me.session.attend(false)
    await me.pass(59_000)
    expect(count()).toBe(before)
    me.session.attend(true)
    const longest = await me.passUntil(() => count() > before, 'a keepalive', 60_000)
    expect(longest).toBeLessThanOrEqual(46_000)
    const second = await me.passUntil(() => count() > before + 1, 'another', 60_000)
    expect(second).toBeLessThanOrEqual(46_000)
    expect(new Set(server.received.entries.map((read) => read.text))).toEqual(new Set(['who\n']))
    expect(other.text()).not.toContain('who')
    await me.settle()
    expect(spoken(me)).toEqual([])
    expect(me.all('listed')).toEqual([])
  })
})

describe('8.12 kick', () => {
  test('8.12 kick: a quiet member of an im room is not kicked, and nobody hears how', async () => {
    const server = await started(startIm())
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'im', 'the dialect')
    let longest = 0
    for (let passed = 0; passed < 40_000;) {
      const before = server.received.entries.length
      const gap = await me.passUntil(() => server.received.entries.length > before, 'a sign of life', 12_000)
      longest = Math.max(longest, gap)
      passed += gap
    }
    expect(longest).toBeLessThan(9000)
    await me.settle()
    expect(other.lines()).toHaveLength(2)
    expect(spoken(me)).toEqual([])
    expect(me.all('listed')).toEqual([])
  })

  test('8.12 kick: told as a kick, without LF, and back with backoff', async () => {
    const server = await started(startIm({ kickBurst: 40 }))
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'im', 'the dialect')
    await me.pass(600)
    server.kick(me.self() ?? '')
    const lost = await me.next('disconnected')
    expect(lost.reason).toBe('kicked')
    expect(lost.retryInMs).toBeGreaterThan(0)
    expect(me.all('kicked')).toEqual([{ type: 'kicked', reason: 'idle', text: '你被踢出了' }])
    // The burst of LF is neither text nor people.
    expect(spoken(me)).toHaveLength(1)
    await me.passUntil(() => me.all('connected').length === 2, 'back again', 60_000)
    await other.untilText('已下线\n')
  })

  test.each(['gb18030', 'big5'] as const)('8.12 kick: a room that writes %s is kept and known', async (charset) => {
    const server = await started(startIm())
    const al = await named(server, 'al')
    const me = visit(server, { charset })
    await me.passUntil(() => me.people().get(al.address)?.name === 'al', 'the roster', 5000)
    expect(me.dialect()).toBe('im')
    const before = server.received.mark()
    await me.passUntil(() => server.received.entries.length > before, 'a sign of life', 9000)
    al.write(Buffer.concat([makeCodec(charset).encode('你好') ?? Buffer.alloc(0), Buffer.from('\n')]))
    await me.next('said', ({ text }) => text === '你好')
    await me.delivered(me.say('茶'))
    await until(() => al.bytes().includes(Buffer.from(makeCodec(charset).encode('茶') ?? [])))
    server.kick(me.self() ?? '')
    expect((await me.next('disconnected')).reason).toBe('kicked')
  })

  test('8.12 kick: glued to a private text, both without LF', async () => {
    const server = await started(startIm())
    const bob = await named(server, 'bob')
    const me = visit(server, { nick: 'tea' })
    await me.passUntil(() => me.all('renamed').length > 0 && me.people().has(bob.address), 'our name')
    server.faults.holdMs = 60
    bob.write('to|tea|psst\n')
    await server.received.until((read) => read.text.includes('psst'))
    server.kick(me.self() ?? '')
    expect((await me.next('disconnected')).reason).toBe('kicked')
    expect(texts(me, 'private')).toEqual(['psst'])
    expect(me.all('kicked')).toHaveLength(1)
  })

  test.each(Object.entries(IM_WORDINGS))('8.12 kick: in the words of the fork “%s”', async (_name, wording) => {
    const server = await started(startIm({ wording }))
    const me = visit(server, { dialect: 'im' })
    await me.next('connected')
    await me.passUntil(() => server.received.entries.length > 0 && me.self() !== null, 'we are in')
    await me.pass(600)
    server.kick(me.self() ?? '')
    expect((await me.next('disconnected')).reason).toBe('kicked')
    expect(me.all('kicked')[0]?.text).toBe(wording.kick)
  })
})

describe('8.13 server death', () => {
  test('8.13 server death: everybody gets EOF; we come back when it does, in our own time', async () => {
    const server = await started(startIm())
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'im', 'the dialect')
    await me.pass(600)
    server.die()
    const lost = await me.next('disconnected')
    expect(lost.reason).toBe('closed')
    expect(lost.retryInMs).toBeLessThanOrEqual(1000)
    await me.pass(20_000)
    expect(me.dials()).toBeGreaterThan(2)
    expect(me.dials()).toBeLessThan(15)
    const again = await started(startIm({ port: server.port }))
    await me.passUntil(() => me.all('connected').length === 2, 'back again', 61_000)
    await me.passUntil(() => me.people().size === 1, 'the roster starts over', 5000)
    await me.delivered(me.say('hello again'))
    expect(again.crashed).toBeNull()
  })

  test('8.13 server death: one that hangs up at once is not hammered', async () => {
    const server = await started(startGopl())
    const me = visit(server)
    const hanging = setInterval(() => server.hangUp(), 1)
    await me.pass(6000)
    expect(me.dials()).toBeGreaterThan(2)
    expect(me.dials()).toBeLessThanOrEqual(9)
    const before = me.dials()
    await me.pass(60_000)
    clearInterval(hanging)
    expect(me.dials() - before).toBeLessThan(6)
  })

  test('8.13 server death: without reconnecting it is just over', async () => {
    const server = await started(startRelay())
    const me = visit(server, { reconnect: false })
    await me.next('connected')
    server.die()
    expect(await me.next('disconnected')).toEqual({ type: 'disconnected', reason: 'closed', retryInMs: null })
    await me.pass(60_000)
    expect(me.dials()).toBe(1)
  })
})

test('8.14 whole-room freeze: we keep reading, whoever looks or not', async () => {
  const server = await started(startGopl())
  const other = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
  me.session.attend(false)
  const lines = 200
  // 12 MB: more than the kernel would keep for somebody who does not read.
  for (let line = 0; line < lines; line++) other.write(`${'x'.repeat(60_000)}\n`)
  await until(() => me.all('said').length === lines, { what: 'every line is read', within: 15_000 })
  expect(other.ended()).toBeUndefined()
})

test('8.14 whole-room freeze: on release our lines come one by one, not glued', async () => {
  const server = await started(startIm())
  const other = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'im', 'the dialect')
  await me.pass(600)
  server.freeze()
  for (const text of ['one', 'two', 'three']) me.say(text)
  await me.pass(2500)
  server.thaw()
  await until(() => texts(me).length === 3)
  expect(texts(me)).toEqual(['one', 'two', 'three'])
  await other.untilText(':three\n')
  expect(
    other
      .lines()
      .slice(-3)
      .map((line) => line.split(':').at(-1))
  ).toEqual(['one', 'two', 'three'])
})

test('8.15 reset instead of FIN: told as such, and back again', async () => {
  const server = await started(startGopl())
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
  server.hangUp('rst')
  const lost = await me.next('disconnected')
  expect(lost.reason).toBe('reset')
  await me.passUntil(() => me.all('connected').length === 2, 'back again')
})

test('8.15 reset instead of FIN: we never send the line that would cause it', async () => {
  const server = await started(startGopl())
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
  const ref = me.say('x'.repeat(70_000))
  expect((await me.next('refused', (refused) => refused.ref === ref)).code).toBe('too-long')
  await me.delivered(me.say('x'.repeat(8000)))
  await me.delivered(me.say('still here'))
  expect(me.all('disconnected')).toEqual([])
})

describe('8.20 leave', () => {
  test('8.20 leave: with FIN after the last line, never with a reset', async () => {
    const server = await started(startNodeGist())
    const other = await guest(server)
    const me = visit(server)
    await me.next('line', (line) => line.text.startsWith('Welcome'))
    await me.pass(500)
    for (let line = 0; line < 20; line++) other.write(`noise ${line}\n`)
    me.say('bye')
    await me.session.leave()
    await server.endings.until(() => true)
    expect(server.endings.entries).toEqual([{ from: expect.any(String), how: 'fin' }])
    expect(server.crashed).toBeNull()
    await other.untilText('bye\n')
    expect(me.all('disconnected')).toEqual([{ type: 'disconnected', reason: 'left', retryInMs: null }])
  })

  test('8.20 leave: a server that never closes is waited for one second, no longer', async () => {
    const server = await started(startIamhere())
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
    let gone = false
    const left = me.session.leave().then(() => (gone = true))
    await server.endings.until(({ how }) => how === 'fin')
    await me.pass(700)
    expect(gone).toBe(false)
    await me.pass(400)
    await left
    expect(gone).toBe(true)
    expect(me.all('disconnected')).toEqual([{ type: 'disconnected', reason: 'left', retryInMs: null }])
  })
})

describe('8.22 addresses', () => {
  test.each(['127.0.0.1', '::1'])('8.22 addresses: a name of both families finds a server on %s only', async (host) => {
    const server = await started(startGopl({ host }))
    // What `localhost` is on most machines; here it may have one address only.
    Reflect.set(dns, 'lookup', bothFamilies)
    const me = visit({ host: 'localhost', port: server.port })
    await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
    expect((await me.delivered(me.say('hello'))).from.address).toBe(server.members()[0]?.address)
  })

  test('8.22 addresses: a server that prints the IPv4 in IPv6 is understood', async () => {
    const server = await started(startGopl({ print: (address, port) => `::ffff:${address}:${port}` }))
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
    await me.delivered(me.say('hello'))
    other.write('hi\n')
    expect((await me.next('said', (said) => !said.own)).text).toBe('hi')
  })

  test('8.22 addresses: IPv6 in brackets within brackets', async () => {
    const server = await started(startIm({ host: '::1' }))
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.people().size === 2, 'the roster')
    await me.delivered(me.say('hello'))
    other.write('hi\n')
    expect((await me.next('said', (said) => !said.own)).from.address).toBe(other.address)
  })
})

describe('8.23 NAT', () => {
  test.each([
    ['gopl', startGopl],
    ['iamhere', startIamhere],
    ['im', startIm],
    ['relay', startRelay]
  ] as const)('8.23 NAT: on %s we are who the server says we are', async (dialect, start) => {
    const server = await started(start({ print: printBehindNat }))
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === dialect, 'the dialect')
    await me.pass(600)
    const mine = server.arrivals.entries[1]
    const said = await me.delivered(me.say('hello'))
    expect(said.from.address).toBe(mine)
    expect(me.all('connected')[0]?.self).not.toBe(mine)
    other.write('hello\n')
    const theirs = await me.next('said', (event) => event.from.address === server.arrivals.entries[0])
    expect(theirs).toMatchObject({ own: false, text: 'hello' })
    await me.delivered(me.say('hello'))
    expect(me.all('said').map(({ own }) => own)).toEqual([true, false, true])
  })
})

describe('8.24 first lines', () => {
  const EARLY = '[10.0.0.9:1000]zed:already talking\n'

  test('8.24 first lines: on iamhere in any order, and after other people’s', async () => {
    const server = await started(startIamhere({ loginFirst: true, early: EARLY }))
    const me = visit(server)
    await me.passUntil(() => me.self() !== null, 'who we are')
    expect(me.dialect()).toBe('iamhere')
    expect(me.self()).toBe(server.arrivals.entries[0])
    await me.pass(2000)
    expect(me.all('said').map(({ text, from }) => [text, from.address])).toEqual([['already talking', '10.0.0.9:1000']])
    expect(me.all('joined')).toEqual([{ type: 'joined', own: true, member: expect.any(Object) }])
  })

  test('8.24 first lines: on im the own one may come late', async () => {
    const server = await started(startIm({ ownJoinLateMs: 40, early: EARLY }))
    const me = visit(server)
    await me.hasRead('已上线')
    await me.passUntil(() => me.self() !== null, 'who we are')
    expect(me.dialect()).toBe('im')
    await me.pass(2000)
    expect(texts(me)).toEqual(['already talking'])
    expect(me.all('joined').filter(({ own }) => own)).toHaveLength(1)
    await me.delivered(me.say('hello'))
  })

  test('8.24 first lines: on gopl, messages and notices before the welcome', async () => {
    const server = await started(startScripted())
    const me = visit(server)
    await server.arrivals.until(() => true)
    server.inject('10.0.0.9:1: hi\n10.0.0.8:2 has arrived\nYou are 10.0.0.1:3\n')
    await me.passUntil(() => me.dialect() === 'gopl' && me.self() === '10.0.0.1:3', 'who we are')
    await me.pass(1000)
    expect(texts(me)).toEqual(['hi'])
    expect(me.all('joined').map(({ member, own }) => [member.address, own])).toEqual([
      ['10.0.0.8:2', false],
      ['10.0.0.1:3', true]
    ])
  })
})

describe('8.25 look-alikes', () => {
  test('8.25 look-alikes: login typed by somebody who is there is a message', async () => {
    const server = await started(startIamhere())
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
    const other = await guest(server)
    await me.next('joined', ({ own }) => !own)
    other.write('login\n')
    expect((await me.next('said')).text).toBe('login')
    expect(me.all('joined')).toHaveLength(2)
  })

  test('8.25 look-alikes: who says that he has left and goes on talking is back', async () => {
    const server = await started(startIamhere())
    const bob = await named(server, 'bob')
    const me = visit(server)
    await me.passUntil(() => me.people().has(bob.address), 'the roster')
    bob.write('login out\n')
    await me.hasRead(':login out\n')
    bob.write('fooled you\n')
    await me.next('said', (said) => said.text === 'fooled you')
    await until(() => me.people().has(bob.address), { what: 'bob is back among the people' })
  })

  test('8.25 look-alikes: a who row that nobody asked for is a message', async () => {
    const server = await started(startIm())
    const bob = await named(server, 'bob')
    const me = visit(server)
    await me.passUntil(() => me.people().has(bob.address), 'the roster')
    await me.pass(1000)
    bob.write('在线...\n')
    expect(await me.next('said')).toMatchObject({ text: '在线...', from: { address: bob.address } })
    bob.write('已下线\n')
    await me.hasRead('已下线\n')
    bob.write('still here\n')
    await me.next('said', (said) => said.text === 'still here')
    await until(() => me.people().has(bob.address), { what: 'bob is back among the people' })
  })

  test('8.25 look-alikes: a notice inside a prefixed line is a text', async () => {
    const server = await started(startGopl())
    const other = await guest(server)
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
    other.write(`${me.self() ?? ''} has left\n`)
    expect((await me.next('said')).text).toBe(`${me.self() ?? ''} has left`)
    expect(me.all('left')).toEqual([])
  })
})

describe('8.26 slow servers', () => {
  test('8.26 slow servers: a welcome that comes late corrects the guess', async () => {
    const server = await started(startScripted())
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'relay', 'a guess')
    await me.pass(5000)
    server.inject('[10.0.0.1:3]10.0.0.1:3:已上线\n')
    await me.next('recognised', ({ dialect }) => dialect === 'im')
    expect(me.all('disconnected')).toEqual([])
  })

  test('8.26 slow servers: an echo after six seconds still counts', async () => {
    const server = await started(startIm())
    const me = visit(server)
    await me.passUntil(() => me.dialect() === 'im', 'the dialect')
    await me.pass(600)
    server.freeze()
    const ref = me.say('slow')
    await server.received.until((read) => read.text === 'slow\n')
    await me.pass(6000)
    expect(me.all('noted')).toContainEqual({ type: 'noted', state: 'waiting', ref })
    server.thaw()
    expect((await me.delivered(ref)).text).toBe('slow')
    expect(me.all('disconnected')).toEqual([])
    expect(server.members()).toHaveLength(1)
  })
})

test.each(Object.entries(BANNERS))('6.1 a service that is not a chat: %s', async (_name, banner) => {
  const server = await started(startBanner(banner))
  const me = visit(server)
  await me.passUntil(() => me.all('disconnected').length > 0, 'we go', 5000)
  expect(me.all('disconnected')[0]?.reason).toBe('not-a-chat')
  expect(server.heard()).toBe('')
  await me.pass(60_000)
  expect(me.dials()).toBe(1)
})
