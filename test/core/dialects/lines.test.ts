import { describe, expect, test } from 'vitest'
import { specOf } from '../../../src/core/dialects/detection.ts'
import type { Knowledge, Spoken } from '../../../src/core/dialects/dialect.ts'
import type { Dialect } from '../../../src/shared/dialect.ts'
import { NOTHING_KNOWN } from '../../support/knowledge.ts'

const A = '127.0.0.1:54321'
const B = '10.0.0.7:9'
const V6 = '[::1]:58266'

const knowing = (about: Partial<Knowledge> = {}, names: Record<string, string> = {}): Knowledge => ({
  ...NOTHING_KNOWN,
  knows: (address) => address in names,
  settled: (address) => address in names,
  nameOf: (address) => names[address] ?? null,
  named: (name) => Object.values(names).includes(name),
  nameLengths: () => Object.values(names).map((name) => name.length),
  ...about
})
const ASKED = { asked: { who: true, rename: true, whisper: true } }

const reads = (dialect: Dialect, line: string, known: Knowledge = NOTHING_KNOWN): Spoken[] =>
  specOf(dialect).parse(line, known)
const said = (address: string | null, name: string | null, text: string): Spoken => ({
  kind: 'said',
  address,
  name,
  text
})
const line = (text: string): Spoken => ({ kind: 'line', text })

describe.each([
  ['gopl', `You are ${A}`, `${A} has arrived`, `${A} has left`],
  ['gopl-zh', `欢迎 ${A}`, `${A} 上线`, `${A} 下线`]
] as const)('%s', (dialect, welcome, joined, left) => {
  test.each<[string, Spoken]>([
    [welcome, { kind: 'welcome', address: A }],
    [joined, { kind: 'joined', address: A, name: null }],
    [left, { kind: 'left', address: A, name: null, reason: 'left' }],
    [`${A}: hello`, said(A, null, 'hello')],
    [`${A}: `, said(A, null, '')],
    [`${A}:  two blanks`, said(A, null, ' two blanks')],
    [`${V6}: hi`, said(V6, null, 'hi')],
    [`[fe80::1%eth0]:5: hi`, said('[fe80::1%eth0]:5', null, 'hi')],
    [`${A}: ${B} has left`, said(A, null, `${B} has left`)],
    [`${A}: \u001b[31m\0`, said(A, null, '\u001b[31m\0')],
    [`${A}:hello`, line(`${A}:hello`)],
    ['hello', line('hello')],
    ['', line('')],
    [`${welcome} x`, line(`${welcome} x`)],
    ['who', line('who')]
  ])('%j', (text, spoken) => {
    expect(reads(dialect, text)).toEqual([spoken])
  })
  test('has no verbs, and no unterminated lines', () => {
    const spec = specOf(dialect)
    expect([spec.who, spec.rename, spec.whisper, spec.parseTail(`${A}: x`, NOTHING_KNOWN)]).toEqual([
      null,
      null,
      null,
      null
    ])
  })
})

describe('relay', () => {
  test.each<[string, Spoken]>([
    [`${A}:hi`, said(A, null, 'hi')],
    [`${A}: hi`, said(A, null, ' hi')],
    [`${A}:`, said(A, null, '')],
    [`${V6}:hi`, said(V6, null, 'hi')],
    ['no prefix', line('no prefix')]
  ])('%j', (text, spoken) => {
    expect(reads('relay', text)).toEqual([spoken])
  })
})

describe('iamhere', () => {
  test.each<[string, Spoken, Knowledge?]>([
    [`[${A}]${A}:I am here`, { kind: 'welcome', address: A }],
    [`[${A}]${A}: i am here`, { kind: 'welcome', address: A }],
    [`[${A}]${A}:我在线`, { kind: 'welcome', address: A }],
    [`[${A}]${A}:login`, { kind: 'joined', address: A, name: null, separator: ':' }],
    [`[${A}]${A}: login`, { kind: 'joined', address: A, name: null, separator: ': ' }],
    [`[${A}]bob:login`, said(A, 'bob', 'login')],
    [`[${A}]${A}:login`, said(A, null, 'login'), knowing({}, { [A]: A })],
    [`[${A}]${A}:I am here`, said(A, null, 'I am here'), knowing({ self: A, welcomed: true })],
    [`[${B}]${B}:I am here`, said(B, null, 'I am here'), knowing({ self: A })],
    [`[${A}]bob:login out`, { kind: 'left', address: A, name: 'bob', reason: 'left' }],
    [`[${A}]${A}:logout`, { kind: 'left', address: A, name: null, reason: 'left' }],
    [`[${A}]bob: log out`, { kind: 'left', address: A, name: 'bob', reason: 'left' }],
    [`[${A}]bob:login out`, said(A, 'bob', 'login out'), knowing({ self: A })],
    [`[${A}]bob:time out leave out`, { kind: 'left', address: A, name: 'bob', reason: 'idle' }],
    [`[${A}]bob:time out leave`, { kind: 'left', address: A, name: 'bob', reason: 'idle' }],
    [`[${A}]bob:hi`, said(A, 'bob', 'hi')],
    [`[${A}]:hi`, said(A, '', 'hi')],
    [`[${A}]${A}:hi`, said(A, null, 'hi')],
    [`[${V6}]${V6}:hi`, said(V6, null, 'hi')],
    [`[${A}]${B}:hi`, said(A, B, 'hi')],
    [`[${A}]a:b:hi`, said(A, 'a', 'b:hi')],
    [`[${A}]a:b:hi`, said(A, 'a:b', 'hi'), knowing({}, { [A]: 'a:b' })],
    [`[${A}]bob\r:hi`, said(A, 'bob\r', 'hi')],
    [`[${A}]no colon`, line(`[${A}]no colon`)],
    ['user list:', { kind: 'listing' }, knowing(ASKED)],
    ['user list :', { kind: 'listing' }, knowing(ASKED)],
    ['user list:', line('user list:')],
    [`${A}:${A}`, { kind: 'row', address: A, name: null }, knowing(ASKED)],
    [`${A}:a:b`, { kind: 'row', address: A, name: 'a:b' }, knowing(ASKED)],
    [`${A}:bob`, line(`${A}:bob`)],
    ['rename ok', { kind: 'accepted', name: null }, knowing(ASKED)],
    ['rename ok', line('rename ok')],
    [
      'rename refused: taken',
      { kind: 'refused', command: 'rename', code: 'name-taken', text: 'taken' },
      knowing(ASKED)
    ],
    ['rename refused: no', { kind: 'refused', command: 'rename', code: 'bad-name', text: 'no' }, knowing(ASKED)],
    ['bob对您说hi', line('bob对您说hi')],
    ['bob对您说:)', { kind: 'whispered', name: 'bob', text: ':)' }, knowing({ marked: true })]
  ])('%j', (text, spoken, known = NOTHING_KNOWN) => {
    expect(reads('iamhere', text, known)).toEqual([spoken])
  })
})

describe('im', () => {
  test.each<[string, Spoken, Knowledge?]>([
    ...[
      '已上线',
      '上线',
      'is online',
      'online',
      'User is online!',
      'This user is online!',
      '我上线了',
      ' Sign in '
    ].map((words): [string, Spoken] => [
      `[${A}]${A}:${words}`,
      { kind: 'joined', address: A, name: null, separator: ':' }
    ]),
    ...['已下线', '下线', 'is offline', 'offline', 'This user is offline.', '我下线了', ' Sign out '].map(
      (words): [string, Spoken] => [`[${A}]bob:${words}`, { kind: 'left', address: A, name: 'bob', reason: 'left' }]
    ),
    ...[':在线...', ': 在线..', ':online...', ' is online.', ' online', ': This user is currently online.'].map(
      (words): [string, Spoken, Knowledge] => [
        `[${A}]bob${words}`,
        { kind: 'row', address: A, name: 'bob' },
        knowing(ASKED)
      ]
    ),
    ['[bob]在线中', { kind: 'row', address: null, name: 'bob' }, knowing(ASKED)],
    ['实际在线:3人', { kind: 'listing' }, knowing(ASKED)],
    [`[${A}]${A} : is online`, { kind: 'joined', address: A, name: null, separator: ' : ' }],
    [`[${A}]bob : hi`, said(A, 'bob', 'hi'), knowing({ separator: ' : ' })],
    [`[${A}]bob说:hi`, said(A, 'bob', 'hi'), knowing({ separator: '说:' })],
    [`[${A}]bob: hi`, said(A, 'bob', 'hi'), knowing({ separator: ': ' })],
    [`[${A}]bob: hi`, said(A, 'bob', ' hi')],
    [`[${A}]bob:在线...`, said(A, 'bob', '在线...')],
    [`[${A}]${A}:已上线`, said(A, null, '已上线'), knowing({}, { [A]: A })],
    [`[${A}]bob:已下线`, said(A, 'bob', '已下线'), knowing({ self: A })],
    ...[
      '您已更新用户名：',
      '您已经更新用户名:',
      '您已经更新用户名：',
      '您已经更新用户名为:',
      '您已经更新用户名为',
      '您已经更新用户名',
      '用户名已修改为: ',
      '成功改名为:',
      'update username successfully: '
    ].map((words): [string, Spoken, Knowledge] => [`${words}tea`, { kind: 'accepted', name: 'tea' }, knowing(ASKED)]),
    ['Update user name to tea.', { kind: 'accepted', name: 'tea' }, knowing(ASKED)],
    ['Your name has been updated to "tea".', { kind: 'accepted', name: 'tea' }, knowing(ASKED)],
    ['Your name tea update succeeded', { kind: 'accepted', name: 'tea' }, knowing(ASKED)],
    ...[
      '当前用户名被使用了',
      '当前用户名已被使用',
      '当前用户名已经被占用',
      '当前用户名已经存在',
      '当前用户名被占用',
      '用户名已存在..',
      '用户名已经被使用',
      '该用户名已经存在!',
      'The new name has been used.',
      'username has been used',
      'This name has been used',
      'The new name "N" you input already exists, rename fails.'
    ].map((words): [string, Spoken, Knowledge] => [
      words,
      { kind: 'refused', command: 'rename', code: 'name-taken', text: words },
      knowing(ASKED)
    ]),
    ...(
      [
        ['消息格式不正确', 'bad-format'],
        ['消息格式不正确,请使用"to|张三|你好"格式', 'bad-format'],
        ['不存在该用户', 'no-such-member'],
        ['该用户名不存在', 'no-such-member'],
        ['用户不存在', 'no-such-member'],
        ['无消息内容，请重发', 'empty-text'],
        ['消息内容为空', 'empty-text']
      ] as const
    ).map(([words, code]): [string, Spoken, Knowledge] => [
      words,
      { kind: 'refused', command: 'whisper', code, text: words },
      knowing(ASKED)
    ]),
    ['发送成功', { kind: 'confirmed' }, knowing(ASKED)],
    ['发送成功', line('发送成功')],
    ['您已更新用户名：x', line('您已更新用户名：x')],
    ['你被踢出了', { kind: 'kicked', reason: 'idle', text: '你被踢出了' }],
    ['你被踢了', { kind: 'kicked', reason: 'idle', text: '你被踢了' }],
    ...['bob对您说hi', 'bob对您说:hi', 'bob对您说：hi', 'bob 对您说: hi', 'bob对你说:hi', 'bob私信：hi'].map(
      (words): [string, Spoken] => [words, { kind: 'whispered', name: 'bob', text: 'hi' }]
    ),
    ['[private]bob:hi', { kind: 'whispered', name: 'bob', text: 'hi' }],
    ['bob say: hi', { kind: 'whispered', name: 'bob', text: 'hi' }],
    ['bob sent a private message to you: hi', { kind: 'whispered', name: 'bob', text: 'hi' }],
    ['bob send to you : hi', { kind: 'whispered', name: 'bob', text: 'hi' }],
    ['bob对您说:D', { kind: 'whispered', name: 'bob', text: ':D' }],
    [`${A}对您说hi`, { kind: 'whispered', name: A, text: 'hi' }],
    ['second line of somebody', line('second line of somebody')]
  ])('%j', (text, spoken, known = NOTHING_KNOWN) => {
    expect(reads('im', text, known)).toEqual([spoken])
  })

  test('glued lines come apart where a known person begins (dialects 3.7)', () => {
    const known = knowing({}, { [A]: 'bob', [B]: 'al' })
    expect(reads('im', `bob对您说oneal对您说two[${A}]bob:public`, known)).toEqual([
      { kind: 'whispered', name: 'bob', text: 'one' },
      { kind: 'whispered', name: 'al', text: 'two' },
      said(A, 'bob', 'public')
    ])
    // Brackets of somebody unknown are text.
    expect(reads('im', `bob对您说[9.9.9.9:9]x:y`, known)).toEqual([
      { kind: 'whispered', name: 'bob', text: '[9.9.9.9:9]x:y' }
    ])
  })

  test('a quiet tail is a private line, an answer, a kick, or not yet a line', () => {
    const tail = (text: string, known = NOTHING_KNOWN): Spoken[] | null => specOf('im').parseTail(text, known)
    expect(tail('bob对您说hi')).toEqual([{ kind: 'whispered', name: 'bob', text: 'hi' }])
    expect(tail('你被踢出了')).toEqual([{ kind: 'kicked', reason: 'idle', text: '你被踢出了' }])
    expect(tail('当前用户名已经存在', knowing(ASKED))).toMatchObject([{ kind: 'refused' }])
    expect(tail(`[${A}]bob:对您说`)).toBeNull()
    expect(tail('bob对您')).toBeNull()
    // A name of which only the beginning has come.
    expect(tail('您已更新用户名：al', knowing(ASKED))).toBeNull()
    expect(tail('您已经更新用户名:al', knowing(ASKED))).toBeNull()
  })
})

describe('plain', () => {
  test.each<[string, Spoken[], Knowledge?]>([
    ['> bob: hi', [line('> bob: hi')]],
    ['> bob: hi', [said(null, 'bob', 'hi')], knowing({ relative: 'plutov' })],
    ['> bob joined the room', [{ kind: 'joined', address: null, name: 'bob' }], knowing({ relative: 'plutov' })],
    [
      '> bob has left the room',
      [{ kind: 'left', address: null, name: 'bob', reason: 'left' }],
      knowing({ relative: 'plutov' })
    ],
    ['> welcome to tea', [{ kind: 'relative', relative: 'plutov', text: '> welcome to tea' }]],
    ['err: unknown command: x', [{ kind: 'relative', relative: 'plutov', text: 'err: unknown command: x' }]],
    ['Please enter your username:', [{ kind: 'relative', relative: 'tokio', text: 'Please enter your username:' }]],
    ['bob: hi', [said(null, 'bob', 'hi')], knowing({ relative: 'tokio' })],
    ['bob: hi', [line('bob: hi')]],
    ['bob has joined the chat', [{ kind: 'joined', address: null, name: 'bob' }], knowing({ relative: 'tokio' })],
    ['<user5> \\344\\275\\240\\345\\245\\275', [said(null, 'user5', '你好')], knowing({ relative: 'ncat' })],
    ['<user5> C:\\temp \\344 x', [said(null, 'user5', 'C:\\temp \\344 x')], knowing({ relative: 'ncat' })],
    [
      '<announce> <user5> is disconnected.',
      [{ kind: 'left', address: null, name: 'user5', reason: 'left' }],
      knowing({ relative: 'ncat' })
    ],
    [`Welcome ::ffff:${A}`, [{ kind: 'relative', relative: 'gist', text: `Welcome ::ffff:${A}` }]],
    [`::ffff:${A}> hi`, [said(`::ffff:${A}`, null, 'hi')], knowing({ relative: 'gist' })],
    [
      `::ffff:${A} left the chat.`,
      [{ kind: 'left', address: `::ffff:${A}`, name: null, reason: 'left' }],
      knowing({ relative: 'gist' })
    ],
    ["\r<('10.0.0.7', 9)>hi", [{ kind: 'relative', relative: 'select', text: '' }, said(B, null, 'hi')]],
    ['MESSAGE bob hi there', [{ kind: 'relative', relative: 'nqbao', text: '' }, said(null, 'bob', 'hi there')]],
    ['anything', [line('anything')]]
  ])('%j', (text, spoken, known = NOTHING_KNOWN) => {
    expect(reads('plain', text, known)).toEqual(spoken)
  })
})

describe('what we write', () => {
  test.each([
    ['iamhere', 'who', 'rename|tea', 'to|al|hi'],
    ['im', 'who', 'rename|tea', 'to|al|hi']
  ] as const)('%s', (dialect, who, rename, whisper) => {
    const spec = specOf(dialect)
    expect([spec.who, spec.rename?.('tea'), spec.whisper?.('al', 'hi')]).toEqual([who, rename, whisper])
  })
  test('who can do what', () => {
    expect(specOf('iamhere').capabilities(false)).toEqual({ who: true, rename: true, whisper: false, echo: true })
    expect(specOf('iamhere').capabilities(true).whisper).toBe(true)
    expect(specOf('im').capabilities(false)).toEqual({ who: true, rename: true, whisper: true, echo: true })
    for (const dialect of ['gopl', 'gopl-zh', 'relay'] as const) {
      expect(specOf(dialect).capabilities(true)).toEqual({ who: false, rename: false, whisper: false, echo: true })
    }
    expect(specOf('plain').capabilities(false).echo).toBe(false)
  })
})
