import { expect, test, describe } from 'vitest'
import { DEFAULT_HUB_LIMITS, UNLIMITED } from '../../src/core/hub/limits.ts'
import { readArguments } from '../../src/headless/arguments.ts'

const read = (line: string) => readArguments(line === '' ? [] : line.split(' '))

describe('what is right', () => {
  test('host has the defaults of the contract', () => {
    expect(read('host')).toEqual({
      verb: 'host',
      doors: [{ port: 8888, dialect: 'im' }],
      bind: null,
      name: null,
      idleMs: 0,
      data: null,
      history: true,
      keepDays: null,
      bare: false,
      language: null,
      unlimited: false,
      limits: DEFAULT_HUB_LIMITS,
      metrics: null,
      config: null,
      json: false
    })
  })

  test('host takes every option', () => {
    const line =
      'host --port 0 --dialect gopl --door 8000:gopl-zh --door=0:relay --bind ::1 --name tea --idle 1.5 --data /d ' +
      '--no-history --keep-days 30 --bare --language zh-CN --unlimited --metrics [::1]:9464 --config room.json --json'
    expect(read(line)).toEqual({
      verb: 'host',
      doors: [
        { port: 0, dialect: 'gopl' },
        { port: 8000, dialect: 'gopl-zh' },
        { port: 0, dialect: 'relay' }
      ],
      bind: '::1',
      name: 'tea',
      idleMs: 1500,
      data: '/d',
      history: false,
      keepDays: 30,
      bare: true,
      language: 'zh-CN',
      unlimited: true,
      limits: UNLIMITED,
      metrics: { address: '::1', port: 9464 },
      config: 'room.json',
      json: true
    })
  })

  test('host takes every limit by its name, over the default and over --unlimited', () => {
    const line =
      '--line-bytes 100 --unended-bytes 200 --member-queue-bytes 300000 --all-queues-bytes 400000 --write-stall-ms 500 ' +
      '--rate-burst 6 --rate-per-second 0.7 --rate-waiting 8 --per-address 9 --new-per-minute 10 --members 11'
    const limits = {
      lineBytes: 100,
      unendedBytes: 200,
      memberQueueBytes: 300_000,
      allQueuesBytes: 400_000,
      writeStallMs: 500,
      rateBurst: 6,
      ratePerSecond: 0.7,
      rateWaiting: 8,
      perAddress: 9,
      newPerMinute: 10,
      members: 11
    }
    expect(read(`host ${line}`)).toMatchObject({ limits })
    expect(Object.keys(limits).toSorted()).toEqual(Object.keys(DEFAULT_HUB_LIMITS).toSorted())
    expect(read('host --unlimited --members 7')).toMatchObject({ limits: { ...UNLIMITED, members: 7 } })
    expect(read('host --members unlimited')).toMatchObject({ limits: { ...DEFAULT_HUB_LIMITS, members: Infinity } })
  })

  test('connect has the defaults of the contract and takes every option', () => {
    const plain = { verb: 'connect', host: 'server', port: 8888, dialect: 'auto', nick: null, charset: 'auto' }
    expect(read('connect server:8888')).toEqual({ ...plain, reconnect: true, data: null, history: true, json: false })
    const line =
      'connect --dialect plain [fe80::1%eth0]:1 --nick bob --charset GBK --no-reconnect --data d --no-history --json'
    expect(read(line)).toEqual({
      verb: 'connect',
      host: 'fe80::1%eth0',
      port: 1,
      dialect: 'plain',
      nick: 'bob',
      charset: 'gb18030',
      reconnect: false,
      data: 'd',
      history: false,
      json: true
    })
  })

  test.each([
    ['--charset=utf-8', 'utf-8'],
    ['--charset=UTF8', 'utf-8'],
    ['--charset=Big5', 'big5'],
    ['--charset=sjis', 'shift_jis'],
    ['--charset=ISO-8859-1', 'latin1']
  ])('%s is %s', (option, charset) => {
    expect(read(`connect a:1 ${option}`)).toMatchObject({ charset })
  })

  test('a value may begin with a dash after =, and the last of two counts', () => {
    expect(readArguments(['host', '--name=-x-', '--port', '1', '--port', '2'])).toMatchObject({
      name: '-x-',
      doors: [{ port: 2 }]
    })
  })

  test('view', () => {
    expect(read('view')).toEqual({ verb: 'view', port: 0, data: null, window: true, link: null })
    expect(read('view --no-window --port 7000 --data x')).toEqual({
      verb: 'view',
      port: 7000,
      data: 'x',
      window: false,
      link: null
    })
    expect(read('view teahouse://join?host=10.0.0.5&port=8888')).toMatchObject({
      link: { host: '10.0.0.5', port: 8888 }
    })
  })

  test.each([
    ['--help', 'all'],
    ['-h', 'all'],
    ['help', 'all'],
    ['help host', 'host'],
    ['host --help', 'host'],
    ['connect --help', 'connect'],
    ['view -h', 'view']
  ])('%s', (line, about) => {
    expect(read(line)).toEqual({ verb: 'help', about })
  })

  test('--version', () => {
    expect(read('--version')).toEqual({ verb: 'version' })
  })
})

/** A mistake, and what its one line must name. */
const MISTAKES: [string, string][] = [
  ['', 'verb'],
  ['dance', '"dance"'],
  ['--json', '"--json"'],
  ['host --dance', '"--dance"'],
  ['host -x', '"-x"'],
  ['host --no-json', '"--no-json"'],
  ['host --__proto__', '"--__proto__"'],
  ['host 8888', '"8888"'],
  ['host --port', '--port'],
  ['host --members 0', '--members'],
  ['host --members 1.5', '--members'],
  ['host --line-bytes unlimited', '--line-bytes'],
  ['host --line-bytes 70000', '--line-bytes'],
  ['host --unended-bytes 100', '--unended-bytes'],
  ['host --member-queue-bytes 300000000', '--member-queue-bytes'],
  ['host --metrics 9464', '--metrics'],
  ['host --metrics example.org:9464', '--metrics'],
  ['host --metrics ::1:9464', '--metrics'],
  ['host --metrics 127.0.0.1:65536', '--metrics'],
  ['host --port -1', '--port'],
  ['host --port=-1', '--port'],
  ['host --port 65536', '--port'],
  ['host --port 1e3', '--port'],
  ['host --port x', '--port'],
  ['host --port=', '--port'],
  ['host --port --json', '--port'],
  ['host --dialect irc', '--dialect'],
  ['host --dialect plain', '--dialect'],
  ['host --dialect auto', '--dialect'],
  ['host --door 8000', '--door'],
  ['host --door 8000:irc', '--door'],
  ['host --door 70000:im', '--door'],
  ['host --door im:8000', '--door'],
  ['host --door 1:im:x', '--door'],
  ['host --port 9 --door 9:im', '--door'],
  ['host --bind nowhere', '--bind'],
  ['host --bind 1.2.3', '--bind'],
  ['host --name=', '--name'],
  ['host --name=a\u0007b', '--name'],
  ['host --name=a\u2028b', '--name'],
  ['host --idle -5', '--idle'],
  ['host --idle soon', '--idle'],
  ['host --idle 9999999', '--idle'],
  ['host --language fr', '--language'],
  ['host --json=yes', '--json'],
  ['host --data=', '--data'],
  ['connect', 'HOST:PORT'],
  ['connect server', 'HOST:PORT'],
  ['connect :8888', 'HOST:PORT'],
  ['connect server:', 'HOST:PORT'],
  ['connect server:0', 'HOST:PORT'],
  ['connect server:65536', 'HOST:PORT'],
  ['connect server:8888x', 'HOST:PORT'],
  ['connect ::1:8888', 'HOST:PORT'],
  ['connect [server]:8888', 'HOST:PORT'],
  ['connect http://server:8888', 'HOST:PORT'],
  ['connect a:1 b:2', '"b:2"'],
  ['connect a:1 --dialect irc', '--dialect'],
  ['connect a:1 --charset ebcdic', '--charset'],
  ['connect a:1 --nick=', '--nick'],
  ['connect a:1 --port 1', '"--port"'],
  ['view x', '"x"'],
  ['view teahouse://join?host=127.0.0.1&port=8888', 'link'],
  ['view teahouse://join?host=a&port=1 b', '"b"'],
  ['view --port 99999', '--port']
]

describe('what is wrong is one line that names it', () => {
  test.each(MISTAKES)('%j', (line, named) => {
    const result = read(line)
    if (result.verb !== 'wrong') throw new Error(`taken for ${JSON.stringify(result)}`)
    expect(result.line).toContain(named)
    expect(result.line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
    expect(result.line.length).toBeLessThan(250)
  })

  test('whatever the words are', () => {
    for (const word of ['\u001b[31m', 'a\nb', 'x'.repeat(100_000), '\ud800']) {
      const result = readArguments(['connect', word])
      if (result.verb !== 'wrong') throw new Error('taken')
      expect(result.line).not.toMatch(/[\u0000-\u001f]/)
      expect(result.line.length).toBeLessThan(250)
    }
  })
})

describe('log', () => {
  test('has defaults and takes every option', () => {
    const plain = {
      verb: 'log',
      conversation: null,
      lines: null,
      since: null,
      until: null,
      follow: false,
      search: null
    }
    expect(read('log')).toEqual({
      ...plain,
      export: null,
      format: 'text',
      language: null,
      data: null,
      json: false
    })
    expect(read('log r1 -n 7 --since 2026-11-21 -f --language zh-CN --data /d --json')).toEqual({
      ...plain,
      conversation: 'r1',
      lines: 7,
      since: new Date(2026, 10, 21).getTime(),
      follow: true,
      export: null,
      format: 'text',
      language: 'zh-CN',
      data: '/d',
      json: true
    })
    expect(read('log --export - --format jsonl --until 2026-11-21T12:30:00Z')).toMatchObject({
      export: '-',
      format: 'jsonl',
      until: Date.UTC(2026, 10, 21, 12, 30)
    })
    // A day counts whole.
    expect(read('log --until 2026-12-31')).toMatchObject({ until: new Date(2027, 0, 1).getTime() })
    expect(read('log --search tea')).toMatchObject({ search: 'tea' })
  })

  test.each([
    ['log a b', 'one conversation'],
    ['log --lines many', '--lines'],
    ['log --lines 1000001', '--lines'],
    ['log --since yesterday', '--since'],
    ['log --since 2026-02-30', '--since'],
    ['log --format pdf --export x', '--format'],
    ['log --format html', '--format'],
    ['log --search !', '--search'],
    ['log --search x --follow', '--search'],
    ['log --search x --export y', '--export'],
    ['log --export x --json', '--json'],
    ['log --export x -n 5', '--export'],
    ['log --export', '--export'],
    ['log --follow --until 1h', '--until'],
    ['log --dance', '--dance']
  ])('%j is named as a mistake in one line', (line, named) => {
    const wrong = read(line)
    expect(wrong).toMatchObject({ verb: 'wrong', line: expect.stringContaining(named) })
    expect(wrong.verb === 'wrong' && wrong.line).not.toContain('\n')
  })
})
