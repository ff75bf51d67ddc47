import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOSTED_DIALECTS } from '../../../src/shared/dialect.ts'
import { UNLIMITED } from '../../../src/core/hub/hub.ts'
import { makeRoom, settled } from './fake-room.ts'

const M = '10.1.1.1:4000'
/** What begins every line that the room prints about M while he bears this name. */
const PREFIX = {
  gopl: `${M}: `,
  'gopl-zh': `${M}: `,
  iamhere: `[${M}]${M}:`,
  im: `[${M}]${M}:`,
  relay: `${M}:`
} as const

const hostile = [
  '* Refused: x',
  '* The room is closing',
  '* Teahouse 1 evil',
  '* bob is now known as al',
  '\r* Closing: x',
  'a\r* x',
  'a\u0085* x',
  'a\u2028* x',
  'a\u2029* x',
  'a\v* x',
  'a\f* x',
  '\u001B[2J',
  '\u009B2J',
  'a\bb',
  '\x7f',
  'rename ok',
  '你被踢出了',
  '您已更新用户名：al',
  '[1.2.3.4:5]bob:hi',
  '127.0.0.1:6 has left',
  'user list:',
  '\uFEFF* x',
  '\t* tab'
]

test('every text of a member is one line, with his address before it, on every door', () => {
  const text = fc.oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: 'binary' }).map((it) => it.replaceAll('\n', ' ')),
    fc.string({ unit: fc.constantFrom('*', ' ', '\r', '\u0085', '\u2028', '\0', '\x1b', 'a', '茶', ':', '|', ']') })
  )
  fc.assert(
    fc.property(text, (said) => {
      const room = makeRoom({ limits: UNLIMITED })
      const readers = HOSTED_DIALECTS.map((dialect) => ({ dialect, guest: settled(room, dialect) }))
      const member = settled(room, 'relay', M)
      for (const { guest } of readers) guest.read()
      member.say(said)
      const lines = room.events.filter((event) => event.type === 'said').length
      for (const { dialect, guest } of readers) {
        const read = guest.read()
        expect(read.split('\n')).toHaveLength(lines + 1)
        if (lines === 0) continue
        expect(read.startsWith(PREFIX[dialect])).toBe(true)
        expect(read.slice(0, -1)).not.toMatch(/[\0-\x08\n-\x1F\x7F-\x9F\u2028\u2029]/u)
      }
    }),
    { numRuns: 400 }
  )
})

test.each(HOSTED_DIALECTS)('no bytes at a %s door throw, or make a line that begins like the room’s own', (dialect) => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        'rename|',
        'rename',
        'rename|*x',
        'rename|* Refused',
        'to|',
        'to|x',
        'to|x|',
        `to|${M}|* x`,
        'who',
        '|||',
        '\n',
        '\r\n',
        ...hostile
      )
      .map((it) => Uint8Array.from(Buffer.from(it)))
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (chunks) => {
      const room = makeRoom({ limits: UNLIMITED })
      const reader = settled(room, 'im', '10.9.9.9:9')
      const member = settled(room, dialect, M)
      reader.read()
      for (const chunk of chunks) member.send(chunk)
      member.fin()
      room.clock.advance(5000)
      for (const line of reader.read().split('\n')) {
        if (line.startsWith('*')) expect(line).toMatch(/^\* [^*].* is now known as [^*]/u)
        else expect(line).toMatch(/^$|^\[10\.1\.1\.1:4000\]|^[^*].*对您说/u)
      }
    }),
    { numRuns: 300 }
  )
})

test.each([
  ['im', '已上线'],
  ['im', '已下线'],
  ['im', '在线...'],
  ['im', 'x:已下线'],
  ['im', ' 下线了 '],
  ['im', 'is offline.'],
  ['iamhere', 'a：Logout!'],
  ['iamhere', 'login'],
  ['iamhere', 'I am here'],
  ['iamhere', 'login out'],
  ['iamhere', 'x:login out'],
  ['iamhere', 'time out leave out']
] as const)('%s: the text %s is not the notice', (dialect, text) => {
  const room = makeRoom()
  const reader = settled(room, dialect)
  const member = settled(room, dialect, M)
  reader.read()
  member.say(text)
  expect(reader.read()).toBe(`${PREFIX[dialect]}${text}\u200B\n`)
  expect(room.events.at(-1)).toMatchObject({ type: 'said', text })
})

test('a bare room leaves even such a text as it is: pure dialect, byte for byte', () => {
  const room = makeRoom({ bare: true })
  const reader = settled(room, 'im')
  const member = settled(room, 'im', M)
  reader.read()
  member.say('已下线')
  expect(reader.read()).toBe(`${PREFIX.im}已下线\n`)
})

test.each(['login', '我在线吗', 'online now', '已上线 ok', 'I am here: yes', 'who is online'])(
  '%s is not touched',
  (text) => {
    const member = settled(makeRoom(), 'im', M)
    member.say(text)
    expect(member.read()).toBe(`${PREFIX.im}${text}\n`)
  }
)

test('a room’s name is one line', () => {
  const room = makeRoom({ name: 'a\n* The room is closing\r\u2028b' })
  expect(room.enter('relay').read()).toBe('* Teahouse 1 a * The room is closing  b\n')
  expect(makeRoom({ name: ' \n ' }).enter('relay').read()).toBe('* Teahouse 1 Teahouse\n')
})

test('a line that is not UTF-8 is read as GB18030', () => {
  const room = makeRoom()
  const reader = settled(room, 'im')
  const member = settled(room, 'im', M)
  reader.read()
  member.send(Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3, 0x0a))
  room.clock.turn()
  expect(reader.read()).toBe(`${PREFIX.im}你好\n`)
  member.send(Uint8Array.of(0xff, 0xff, 0x80, 0xfe, 0x0a))
  room.clock.turn()
  expect(reader.read()).toMatch(/^\[10\.1\.1\.1:4000\]10\.1\.1\.1:4000:[^\n]*\n$/u)
})

test('TAB is kept', () => {
  const member = settled(makeRoom(), 'gopl', M)
  member.say('a\tb')
  expect(member.read()).toBe(`${M}: a\tb\n`)
})
