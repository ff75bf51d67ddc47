import { describe, expect, test } from 'vitest'
import type { HostedDialect } from '../../../src/shared/dialect.ts'
import { HOSTED_DIALECTS } from '../../../src/shared/dialect.ts'
import { makeRoom, settled } from './fake-room.ts'

const A = '192.168.1.2:1111'
const B = '192.168.1.3:2222'
const MARK = '* Teahouse 1 Tea\n'

/** Dialects 7.2 and 10: what a newcomer B and an older member A read, byte for byte. */
const vectors: Record<HostedDialect, { welcome: string; join: string; line: (text: string) => string; left: string }> =
  {
    gopl: {
      welcome: `You are ${B}\n`,
      join: `${B} has arrived\n`,
      line: (t) => `${B}: ${t}\n`,
      left: `${B} has left\n`
    },
    'gopl-zh': { welcome: `欢迎 ${B}\n`, join: `${B} 上线\n`, line: (t) => `${B}: ${t}\n`, left: `${B} 下线\n` },
    iamhere: {
      welcome: `[${B}]${B}:I am here\n[${B}]${B}:login\n`,
      join: `[${B}]${B}:login\n`,
      line: (t) => `[${B}]${B}:${t}\n`,
      left: `[${B}]${B}:login out\n`
    },
    im: {
      welcome: `[${B}]${B}:已上线\n`,
      join: `[${B}]${B}:已上线\n`,
      line: (t) => `[${B}]${B}:${t}\n`,
      left: `[${B}]${B}:已下线\n`
    },
    relay: { welcome: '', join: '', line: (t) => `${B}:${t}\n`, left: '' }
  }

describe.each(HOSTED_DIALECTS)('a %s door', (dialect) => {
  const { welcome, join, line, left } = vectors[dialect]

  test.each([true, false])('says the dialect, byte for byte (bare: %s)', (bare) => {
    const room = makeRoom({ bare })
    const a = settled(room, dialect, A)
    const b = room.enter(dialect, B)
    expect(b.read()).toBe(welcome + (bare ? '' : MARK))
    expect(a.read()).toBe(join)
    b.say('hello\r')
    expect([a.read(), b.read()]).toEqual([line('hello'), line('hello')])
    b.send('a\nb\n')
    room.clock.turn()
    expect([a.read(), b.read()]).toEqual([line('a') + line('b'), line('a') + line('b')])
    b.say('')
    b.say('\r')
    b.say('\0')
    expect(a.read() + b.read()).toBe('')
    b.send('hel')
    room.clock.advance(60_000)
    b.send('lo\n')
    room.clock.turn()
    expect(a.read()).toBe(line('hello'))
    b.send('tail')
    b.fin()
    expect(a.read()).toBe(line('tail') + left)
    expect(b.ended()).toBe(true)
  })

  test('reads IPv6 addresses in brackets', () => {
    const room = makeRoom()
    const a = settled(room, dialect, A)
    const six = '[::1]:58266'
    settled(room, dialect, six).say('hi')
    expect(a.read()).toBe((join === '' ? '' : join.replaceAll(B, six)) + vectors[dialect].line('hi').replaceAll(B, six))
  })

  test('closing the room is told to everybody, and ends every wire', () => {
    const room = makeRoom()
    const a = settled(room, dialect, A)
    const b = settled(room, dialect, B)
    a.read()
    a.send('last\n')
    room.hub.close()
    expect(b.read()).toBe(line('last').replaceAll(B, A) + '* The room is closing\n')
    expect([a.ended(), b.ended()]).toEqual([true, true])
    expect(room.hub.members()).toEqual([])
  })

  test('bare closes without a word', () => {
    const room = makeRoom({ bare: true })
    const b = settled(room, dialect, B)
    room.hub.close()
    expect(b.read()).toBe('')
    expect(b.ended()).toBe(true)
  })
})

describe.each(['gopl', 'gopl-zh', 'relay'] as const)('at a %s door commands are text', (dialect) => {
  test.each(['who', 'rename|bob', 'rename me', 'rename|', 'to|bob|x', 'to|', 'to|x', '|||', 'GET well soon'])(
    '%s',
    (text) => {
      const room = makeRoom()
      const b = settled(room, dialect, B)
      b.say(text)
      expect(b.read()).toBe(vectors[dialect].line(text))
      expect(room.hub.members()).toEqual([{ address: B, name: null }])
    }
  )
})

describe('at doors with commands', () => {
  test('im: who, rename, private messages', () => {
    const room = makeRoom()
    const a = settled(room, 'im', A)
    const b = settled(room, 'im', B)
    a.read()
    for (const who of ['who', 'who\r', 'who  ']) {
      b.say(who)
      expect(b.read()).toBe(`[${A}]${A}:在线...\n[${B}]${B}:在线...\n`)
    }
    b.say('rename|bob')
    expect(b.read()).toBe(`您已更新用户名：bob\n* ${B} is now known as bob\n`)
    expect(a.read()).toBe(`* ${B} is now known as bob\n`)
    b.say('rename|bob')
    expect(b.read()).toBe('您已更新用户名：bob\n')
    a.say('rename|BOB')
    expect(a.read()).toBe('当前用户名被使用了\n')
    a.say('rename|al|ignored')
    expect(a.read()).toBe(`您已更新用户名：al\n* ${A} is now known as al\n`)
    b.read()
    b.send('to|al|hi | there\n\n')
    room.clock.turn()
    expect(a.read()).toBe('bob对您说hi | there\n')
    expect(b.read()).toBe('')
    b.say('hi')
    expect(a.read()).toBe(`[${B}]bob:hi\n`)
    b.say(`rename|${B}`)
    expect(b.read()).toBe(`[${B}]bob:hi\n您已更新用户名：${B}\n* bob is now known as ${B}\n`)
    expect(room.hub.members()).toEqual([
      { address: A, name: 'al' },
      { address: B, name: null }
    ])
    a.fin()
    expect(b.read()).toBe(`[${A}]al:已下线\n`)
  })

  test('iamhere: who, rename, private messages', () => {
    const room = makeRoom()
    const a = settled(room, 'iamhere', A)
    const b = settled(room, 'iamhere', B)
    a.read()
    b.say('who')
    expect(b.read()).toBe(`user list:\n${A}:${A}\n${B}:${B}\n`)
    b.say('rename|bob')
    expect(b.read()).toBe(`rename ok\n* ${B} is now known as bob\n`)
    a.say('rename|bob')
    expect(a.read()).toBe(
      `* ${B} is now known as bob\nrename refused: that name, or one that looks like it, is taken\n`
    )
    b.say('hi')
    expect(a.read()).toBe(`[${B}]bob:hi\n`)
    a.say('to|bob|psst')
    expect(b.read()).toBe(`[${B}]bob:hi\n${A}对您说psst\n`)
    b.fin()
    expect(a.read()).toBe(`[${B}]bob:login out\n`)
  })

  test.each([
    ['to|', '消息格式不正确'],
    ['to|b', '消息格式不正确'],
    ['to||x', '消息格式不正确'],
    ['to| |x', '消息格式不正确'],
    ['to|nobody|x', '不存在该用户'],
    ['to|nobody|', '不存在该用户'],
    [`to|${A}|`, '无消息内容，请重发'],
    [`to|${A}|  `, '无消息内容，请重发']
  ])('%s is never public', (line, answer) => {
    for (const dialect of ['im', 'iamhere'] as const) {
      const room = makeRoom()
      const a = settled(room, dialect, A)
      const b = settled(room, dialect, B)
      a.read()
      b.say(line)
      expect(a.read()).toBe('')
      if (dialect === 'im') expect(b.read()).toBe(`${answer}\n`)
      else expect(b.read()).toMatch(new RegExp(`^\\* Refused: ${answer}.*\\n$`, 'u'))
      expect(room.news().at(-1)).toMatchObject({ type: 'refused', command: 'whisper', member: { address: B } })
    }
  })

  test.each(['rename', 'rename me', 'renamed|foo', ' who', 'WHO', 'who is there', ' to|x|y', 'TO|x|y', '|||'])(
    '%j is text',
    (text) => {
      const room = makeRoom()
      const b = settled(room, 'im', B)
      b.say(text)
      expect(b.read()).toBe(`[${B}]${B}:${text}\n`)
    }
  )

  test('a bad name is refused in the room’s own voice, or by the one word the bare dialect has', () => {
    const room = makeRoom()
    const b = settled(room, 'im', B)
    b.say('rename|')
    expect(b.read()).toBe('* Refused: a name needs at least one character\n')
    expect(room.news().at(-1)).toEqual({
      type: 'refused',
      command: 'rename',
      code: 'bad-name',
      text: '* Refused: a name needs at least one character',
      member: { address: B, name: null }
    })
    const bare = settled(makeRoom({ bare: true }), 'im', B)
    bare.say('rename|10.0.0.1')
    expect(bare.read()).toBe('当前用户名被使用了\n')
    const chinese = settled(makeRoom({ language: 'zh-CN' }), 'im', B)
    chinese.say('rename|a:b')
    expect(chinese.read()).toBe('* 被拒绝：名字不能含有 | : [ ] , 或不可见字符\n')
  })

  test('Chinese rooms speak Chinese', () => {
    const room = makeRoom({ language: 'zh-CN' })
    const a = settled(room, 'im', A)
    a.say('rename|阿明')
    expect(a.read()).toBe(`您已更新用户名：阿明\n* ${A} 改名为 阿明\n`)
    room.hub.close()
    expect(a.read()).toBe('* 房间关闭\n')
  })

  test('bare announces no rename', () => {
    const room = makeRoom({ bare: true })
    const a = settled(room, 'im', A)
    const b = settled(room, 'im', B)
    a.read()
    b.say('rename|bob')
    expect([a.read(), b.read()]).toEqual(['', '您已更新用户名：bob\n'])
  })
})

describe('all doors in one room', () => {
  test('each member reads every event in the dialect of his own door', () => {
    const room = makeRoom()
    const readers = HOSTED_DIALECTS.map((dialect) => ({ dialect, guest: settled(room, dialect) }))
    for (const { guest } of readers) guest.read()
    const b = room.enter('im', B)
    for (const { dialect, guest } of readers) expect(guest.read()).toBe(vectors[dialect].join)
    b.say('茶')
    for (const { dialect, guest } of readers) expect(guest.read()).toBe(vectors[dialect].line('茶'))
    b.say('rename|bob')
    for (const { guest } of readers) expect(guest.read()).toBe(`* ${B} is now known as bob\n`)
    b.say('who')
    expect(b.read()).toContain(`[${readers[0]?.guest.address}]${readers[0]?.guest.address}:在线...\n`)
    b.say('x')
    b.fin()
    for (const { dialect, guest } of readers) {
      const named = dialect === 'im' || dialect === 'iamhere'
      const swap = (text: string): string => (named ? text.replace(`]${B}`, ']bob') : text)
      expect(guest.read()).toBe(swap(vectors[dialect].line('x')) + swap(vectors[dialect].left))
    }
  })

  test('private messages cross the doors', () => {
    const room = makeRoom()
    const im = settled(room, 'im', A)
    const iamhere = settled(room, 'iamhere', B)
    im.say('rename|al')
    for (const dialect of HOSTED_DIALECTS) {
      const other = settled(room, dialect)
      for (const sender of [im, iamhere]) {
        im.read()
        iamhere.read()
        sender.say(`to|${other.address}|psst`)
        const name = sender === im ? 'al' : B
        const known = dialect === 'im' || dialect === 'iamhere'
        expect(other.read()).toBe(known ? `${name}对您说psst\n` : `* ${name} (private): psst\n`)
        expect(sender.read()).toBe('')
        expect(room.news().at(-1)).toEqual({
          type: 'said',
          conversation: 'private',
          from: sender === im ? { address: A, name: 'al' } : { address: B, name: null },
          to: { address: other.address, name: null },
          own: false,
          at: '2026-01-01T00:00:00.000Z'
        })
      }
    }
  })

  test('in a bare room nobody is reached whose dialect has no line for it', () => {
    const room = makeRoom({ bare: true })
    const im = settled(room, 'im', A)
    const gopl = settled(room, 'gopl', B)
    im.read()
    im.say(`to|${B}|psst`)
    expect([im.read(), gopl.read()]).toEqual(['不存在该用户\n', ''])
  })

  test('events of a whole visit', () => {
    const room = makeRoom()
    const b = settled(room, 'im', B)
    b.say('hi')
    b.say('rename|bob')
    b.fin()
    const member = { address: B, name: null }
    const named = { address: B, name: 'bob' }
    expect(room.events).toEqual([
      { type: 'joined', member, own: false },
      { type: 'said', conversation: 'room', from: member, text: 'hi', own: false, at: '2026-01-01T00:00:00.000Z' },
      { type: 'renamed', member: named, was: B, own: false },
      { type: 'left', member: named, reason: 'left' }
    ])
  })
})

describe('the idle limit', () => {
  test('spares who is to be spared, told before he comes or after; his address is nobody else’s for long', () => {
    const room = makeRoom({ idleMs: 10_000 })
    room.hub.spare(B)
    const b = settled(room, 'im', B)
    const a = settled(room, 'im', A)
    room.hub.spare(A)
    const c = settled(room, 'im')
    room.clock.advance(60_000)
    expect([b.ended(), a.ended(), c.ended()]).toEqual([false, false, true])
    b.fin()
    room.clock.turn()
    const other = settled(room, 'im', B)
    room.clock.advance(10_000)
    expect(other.ended()).toBe(true)
  })

  const idle = (
    dialect: HostedDialect,
    bare = false
  ): { told: string; others: string; room: ReturnType<typeof makeRoom> } => {
    const room = makeRoom({ idleMs: 10_000, bare })
    const b = settled(room, dialect, B)
    room.clock.advance(6000)
    b.send('x')
    const a = settled(room, dialect, A)
    b.read()
    room.clock.advance(9000)
    expect(b.ended()).toBe(false)
    a.send('.')
    room.clock.advance(1000)
    expect(b.ended()).toBe(true)
    return { told: b.read(), others: a.read(), room }
  }
  const CLOSING = '* Closing: silent for too long\n'

  test.each([
    ['im', '你被踢出了\n', `[${B}]${B}:已下线\n`],
    ['iamhere', `[${B}]${B}:time out leave out\n${CLOSING}`, `[${B}]${B}:time out leave out\n`],
    ['gopl', CLOSING, `${B} has left\n`],
    ['relay', CLOSING, '']
  ] as const)('%s', (dialect, told, others) => {
    const seen = idle(dialect)
    expect([seen.told, seen.others]).toEqual([told, others])
    expect(seen.room.events.slice(-2)).toEqual([
      { type: 'kicked', reason: 'idle', text: 'silent for too long', member: { address: B, name: null } },
      { type: 'left', member: { address: B, name: null }, reason: 'idle' }
    ])
  })
  test('bare', () => {
    expect(idle('im', true).told).toBe('你被踢出了\n')
    expect(idle('iamhere', true).told).toBe(`[${B}]${B}:time out leave out\n`)
    expect(idle('gopl', true).told).toBe('')
  })
})

test('two who come from one address and port, through two doors, are two members', () => {
  const room = makeRoom()
  const a = settled(room, 'im', A)
  const b = settled(room, 'gopl', A)
  const known = '192.168.1.2:1112'
  expect(a.read()).toBe(`[${known}]${known}:已上线\n`)
  b.say('hello')
  expect(a.read()).toBe(`[${known}]${known}:hello\n`)
  a.say(`to|${known}|psst`)
  expect(b.read()).toContain('psst')
  expect(room.hub.members().map(({ address }) => address)).toEqual([A, known])
  a.vanish()
  expect(b.read()).toContain(`${A} has left\n`)
  b.say('still here')
  expect(room.hub.members().map(({ address }) => address)).toEqual([known])
})
