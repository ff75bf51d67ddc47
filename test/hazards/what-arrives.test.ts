import { afterEach, expect, test } from 'vitest'
import { startGopl } from '../support/servers/gopl.ts'
import { startIamhere } from '../support/servers/iamhere.ts'
import { startIm } from '../support/servers/im.ts'
import { startRelay } from '../support/servers/relay.ts'
import { startNcatChat, startPlutov, startPythonSelect, startScripted } from '../support/servers/relatives.ts'
import { until } from '../support/until.ts'
import { guest, named, spoken, started, texts, tidy, visit } from './visit.ts'

/** Hazards 1 to 9 of dialects 8: what servers and other people's clients send us. */

afterEach(tidy)

test('8.1 silence on connect: no error, and typing is possible at once', async () => {
  const server = await started(startRelay())
  const me = visit(server)
  await me.next('connected')
  const ref = me.say('hello')
  await me.passUntil(() => me.dialect() !== null, 'a guess')
  expect(me.dialect()).toBe('relay')
  expect(me.all('recognised')[0]?.by).toBe('assumed')
  await server.received.until((read) => read.text.includes('hello'))
  expect((await me.delivered(ref)).text).toBe('hello')
  await me.pass(30_000)
  expect(me.all('disconnected')).toEqual([])
  expect(server.heard()).toBe('hello\n')
})

test('8.1 silence on connect: a server that never echoes is not taken for a relay for long', async () => {
  const server = await started(startPlutov())
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'relay', 'a guess')
  me.say('hello')
  await me.next('line', (line) => line.text === 'err: unknown command: hello')
  await me.passUntil(() => me.dialect() === 'plain', 'the guess is corrected', 5000)
})

test('8.2 partial lines: bytes one by one, characters in pieces', async () => {
  const server = await started(startScripted())
  const me = visit(server)
  await server.arrivals.until(() => true)
  const text = 'You are 10.0.0.1:5\n10.0.0.2:6: 你好，世界 🍵\n'
  await server.drip(text)
  await me.next('said')
  expect(texts(me)).toEqual(['你好，世界 🍵'])
  expect(me.all('line')).toEqual([])
})

test('8.2 partial lines: half a line waits for its other half, however long', async () => {
  const server = await started(startScripted())
  const me = visit(server)
  await server.arrivals.until(() => true)
  server.inject('You are 10.0.0.1:5\n10.0.0.2:6: hel')
  await me.hasRead('hel')
  await me.pass(2000)
  expect(spoken(me)).toEqual([])
  server.inject('lo\n')
  await me.next('said', (said) => said.text === 'hello')
  expect(me.all('line')).toEqual([])
})

test('8.3 unterminated lines: a private text without LF is shown soon', async () => {
  const server = await started(startIm())
  const bob = await named(server, 'bob')
  const me = visit(server, { nick: 'tea' })
  await me.passUntil(() => me.all('renamed').length > 0 && me.people().has(bob.address), 'our name')
  bob.write('to|tea|psst\n')
  await me.hasRead('psst')
  const passed = await me.passUntil(() => texts(me, 'private').length > 0, 'the private text', 2000)
  expect(passed).toBeLessThanOrEqual(500)
  expect(me.all('said').at(-1)).toMatchObject({ conversation: 'private', text: 'psst', from: { address: bob.address } })
})

test('8.3 unterminated lines: what stands there at the end is shown before the end', async () => {
  const server = await started(startScripted())
  const me = visit(server)
  await server.arrivals.until(() => true)
  server.inject('You are 10.0.0.1:5\n10.0.0.2:6: bye for ')
  await me.hasRead('bye for ')
  server.hangUp()
  await me.next('disconnected')
  expect(JSON.stringify(spoken(me))).toContain('bye for ')
})

test('8.4 glued lines: two privates and a broadcast in one piece are three events', async () => {
  const server = await started(startIm())
  const bob = await named(server, 'bob')
  const me = visit(server, { nick: 'tea' })
  await me.passUntil(() => me.all('renamed').length > 0 && me.people().get(bob.address)?.name === 'bob', 'the roster')
  server.faults.holdMs = 60
  bob.write('to|tea|one\n')
  await server.received.until((read) => read.text.includes('one'))
  bob.write('to|tea|two\n')
  await server.received.until((read) => read.text.includes('two'))
  bob.write('public\n')
  await me.hasRead(`bob对您说onebob对您说two[${bob.address}]bob:public\n`)
  await me.pass(500)
  expect(me.all('said').map(({ conversation, text, from }) => [conversation, text, from.address])).toEqual([
    ['private', 'one', bob.address],
    ['private', 'two', bob.address],
    ['room', 'public', bob.address]
  ])
})

test('8.5 embedded LF: a second line is not believed, and not lost', async () => {
  const server = await started(startIamhere())
  const bob = await named(server, 'bob')
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
  await me.pass(1000)
  const from = me.events.mark()
  bob.write('one\nrename ok\nuser list:\n')
  await me.hasRead('user list:\n')
  await me.pass(1000)
  const since = me.events.entries.slice(from)
  expect(since.map((event) => event.type)).not.toContain('renamed')
  expect(since.map((event) => event.type)).not.toContain('listed')
  expect(spoken(me).map((event) => ('text' in event ? event.text : ''))).toEqual(
    expect.arrayContaining(['one', 'rename ok'])
  )
})

test('8.5 embedded LF: a forged kick, row and answer change nothing', async () => {
  const server = await started(startIm())
  const bob = await named(server, 'bob')
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'im' && me.people().size > 1, 'the roster')
  await me.pass(1000)
  const from = me.events.mark()
  bob.write('hm\n你被踢出了\n您已更新用户名：fool\n当前用户名被使用了\n[9.9.9.9:9]ghost:在线...\n')
  await me.hasRead('ghost:在线...')
  await me.pass(1000)
  const kinds = me.events.entries.slice(from).map((event) => event.type)
  for (const kind of ['kicked', 'renamed', 'refused', 'listed', 'disconnected']) expect(kinds).not.toContain(kind)
  const shown = me.events.entries.slice(from).flatMap((event) => ('text' in event ? [event.text] : []))
  for (const text of ['hm', '你被踢出了', '您已更新用户名：fool', '当前用户名被使用了', '在线...'])
    expect(shown).toContain(text)
})

test('8.6 CR: at a line end it is no part of the text, and none of the parsing', async () => {
  const server = await started(startRelay())
  const telnet = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'relay', 'a guess')
  telnet.write('hi\r\n')
  await me.next('said')
  expect(texts(me)).toEqual(['hi'])
})

test('8.6 CR: inside a name, and before a line', async () => {
  const im = await started(startIm())
  const bob = await guest(im)
  const me = visit(im)
  await me.passUntil(() => me.dialect() === 'im' && me.people().has(bob.address), 'the roster')
  bob.write('rename|bob\r\n')
  await bob.untilText('bob\r\n')
  bob.write('hi\n')
  const said = await me.next('said')
  expect(said).toMatchObject({ text: 'hi', from: { address: bob.address } })
  expect(said.from.name).toBe('bob')

  const python = await started(startPythonSelect())
  const other = await guest(python)
  const me2 = visit(python)
  await me2.passUntil(() => me2.dialect() !== null, 'a guess')
  other.write('hi\n')
  // The prefix of this server stands after a CR; once read, it is no part of the text.
  expect(await me2.next('said')).toMatchObject({ text: 'hi', from: { address: other.address } })
})

test('8.7 names: empty, with colons and brackets, and long', async () => {
  const server = await started(startIm())
  const nobody = await guest(server)
  nobody.write('rename||\n')
  const colon = await named(server, 'a:b]c: d')
  const long = await named(server, '长'.repeat(120))
  await until(() => server.members().some(({ name }) => name === ''))
  const me = visit(server)
  await me.passUntil(() => me.people().get(colon.address)?.name === 'a:b]c: d', 'the roster')
  nobody.write('hi\n')
  const one = await me.next('said', (said) => said.from.address === nobody.address)
  expect(one.text).toBe('hi')
  colon.write('hi: there\n')
  const two = await me.next('said', (said) => said.from.address === colon.address)
  expect(two).toMatchObject({ text: 'hi: there', from: { name: 'a:b]c: d' } })
  long.write('hi\n')
  const three = await me.next('said', (said) => said.from.address === long.address)
  expect(three).toMatchObject({ text: 'hi', from: { name: '长'.repeat(120) } })
})

test('8.7 names: equal ones, and one that is somebody else’s address', async () => {
  const server = await started(startIamhere())
  const one = await named(server, 'bob')
  const two = await guest(server)
  two.write('rename|bob\n')
  await two.untilText('rename ok\n')
  const liar = await guest(server)
  liar.write(`rename|${one.address}\n`)
  await liar.untilText('rename ok\n')
  const me = visit(server)
  await me.passUntil(() => me.people().size >= 4, 'the roster')
  expect(me.people().get(one.address)?.name).toBe('bob')
  expect(me.people().get(two.address)?.name).toBe('bob')
  two.write('I am two\n')
  expect((await me.next('said', (said) => said.text === 'I am two')).from.address).toBe(two.address)
  liar.write('I am one\n')
  expect((await me.next('said', (said) => said.text === 'I am one')).from.address).toBe(liar.address)
  liar.close()
  await me.next('left')
  expect(me.all('left').map(({ member }) => member.address)).toEqual([liar.address])
  expect(me.people().has(one.address)).toBe(true)
})

test('8.8 bytes: empty messages, NUL, escapes, telnet options pass as text', async () => {
  const server = await started(startGopl())
  const other = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
  other.write('\n')
  other.write('\u001b[2Jred\u0007\n')
  other.write(Buffer.from([0xff, 0xfb, 0x03, 0x68, 0x69, 0x00, 0x0a]))
  other.write('after\n')
  await me.next('said', (said) => said.text === 'after')
  expect(me.all('said').map(({ from }) => from.address)).toEqual(Array.from({ length: 4 }, () => other.address))
  expect(texts(me)[0]).toBe('')
  expect(texts(me)[1]).toContain('red')
  expect(texts(me)[2]).toContain('hi')
})

test('8.8 bytes: a line that is not UTF-8 is read as GB18030, its neighbours are not', async () => {
  const server = await started(startGopl())
  const other = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'gopl', 'the dialect')
  other.write(Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0x0a]))
  other.write('你好\n')
  await until(() => texts(me).length === 2)
  expect(texts(me)).toEqual(['你好', '你好'])
})

test('8.8 bytes: characters torn by the server, and octal escapes, cost nothing else', async () => {
  const server = await started(startIamhere())
  const other = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'iamhere', 'the dialect')
  other.write(`${'茶'.repeat(700)}\n`)
  await until(() => texts(me).length === 2)
  expect(texts(me)[0]).toMatch(/^茶{600}/u)
  other.write('whole\n')
  await me.next('said', (said) => said.text === 'whole' && said.from.address === other.address)

  const ncat = await started(startNcatChat())
  const third = await guest(ncat)
  const me2 = visit(ncat)
  await me2.passUntil(() => me2.dialect() !== null, 'a guess')
  third.write('你\n')
  expect((await me2.next('said')).text).toBe('你')
})

test('8.9 very long lines: 70,000 bytes are one line', async () => {
  const server = await started(startRelay())
  const other = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'relay', 'a guess')
  other.write(`${'x'.repeat(70_000)}\n`)
  await me.next('said')
  expect(texts(me)[0]).toHaveLength(70_000)
})

test('8.9 very long lines: without an end there is a cap, and what there is is shown', async () => {
  const server = await started(startRelay())
  const other = await guest(server)
  const me = visit(server)
  await me.passUntil(() => me.dialect() === 'relay', 'a guess')
  server.inject(`${other.address}:`)
  for (let piece = 0; piece < 24; piece++) server.inject('y'.repeat(100_000))
  await until(() => spoken(me).length > 0, { what: 'something is shown before the line ends' })
  server.inject('the rest\n')
  other.write('next\n')
  await me.next('said', (said) => said.text === 'next' && said.from.address === other.address)
  const shown = spoken(me).map((event) => ('text' in event ? (event.text ?? '') : ''))
  // As much as the cap allows, no more, and no line after it is taken for its rest.
  expect(shown[0]).toMatch(/^y{1000000,1048576}$/u)
  expect(shown.at(-1)).toBe('next')
})
