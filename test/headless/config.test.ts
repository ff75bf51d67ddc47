import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { DEFAULT_HUB_LIMITS } from '../../src/core/hub/limits.ts'
import { CONFIG_KINDS, LIMIT_OPTIONS, readArguments, type Arguments } from '../../src/headless/arguments.ts'
import { readConfig } from '../../src/headless/config.ts'
import { help } from '../../src/headless/help.ts'
import { until } from '../support/until.ts'
import { endAll, hostRoom, netcat, teahouse, type Program } from './program.ts'
import { workOf } from '../support/work.ts'

const scratch = mkdtempSync(join(tmpdir(), 'teahouse-config-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
afterEach(endAll)

/** `teahouse host --config room.json …` with this in the file. */
const read = (source: string, ...args: string[]): Arguments => {
  const file = readConfig('room.json', source, CONFIG_KINDS)
  return file.ok
    ? readArguments(['host', '--config', 'room.json', ...args], file.config)
    : { verb: 'wrong', line: file.text }
}

describe('a file of options', () => {
  test('takes every option and limit under its own name', () => {
    const all = {
      port: 0,
      dialect: 'gopl',
      door: ['8000:im', '0:relay'],
      bind: '::1',
      name: '茶 "room"',
      idle: 1.5,
      data: '/d',
      'no-history': true,
      'keep-days': 30,
      bare: true,
      language: 'zh-CN',
      unlimited: false,
      'line-bytes': 100,
      'unended-bytes': 200,
      'member-queue-bytes': 300_000,
      'all-queues-bytes': 400_000,
      'write-stall-ms': 500,
      'rate-burst': 'unlimited',
      'rate-per-second': 0.7,
      'rate-waiting': 8,
      'per-address': 9,
      'new-per-minute': 10,
      members: 11,
      metrics: '127.0.0.1:0',
      json: true
    }
    expect(Object.keys(all).toSorted()).toEqual([...CONFIG_KINDS.keys()].toSorted())
    expect(read(JSON.stringify(all, null, 2))).toEqual({
      verb: 'host',
      doors: [
        { port: 0, dialect: 'gopl' },
        { port: 8000, dialect: 'im' },
        { port: 0, dialect: 'relay' }
      ],
      bind: '::1',
      name: '茶 "room"',
      idleMs: 1500,
      data: '/d',
      history: false,
      keepDays: 30,
      bare: true,
      language: 'zh-CN',
      unlimited: false,
      limits: {
        lineBytes: 100,
        unendedBytes: 200,
        memberQueueBytes: 300_000,
        allQueuesBytes: 400_000,
        writeStallMs: 500,
        rateBurst: Infinity,
        ratePerSecond: 0.7,
        rateWaiting: 8,
        perAddress: 9,
        newPerMinute: 10,
        members: 11
      },
      metrics: { address: '127.0.0.1', port: 0 },
      config: 'room.json',
      json: true
    })
  })

  test.each(['{}', ' {\r\n}\n', '\uFEFF{}'])('%j leaves the defaults', (source) => {
    expect(read(source)).toEqual(readArguments(['host', '--config', 'room.json']))
  })

  test('the command line wins', () => {
    const source = '{ "members": 5, "name": "file", "door": ["1:im"] }'
    expect(read(source, '--members', '6', '--door', '2:im')).toMatchObject({
      name: 'file',
      limits: { ...DEFAULT_HUB_LIMITS, members: 6 },
      doors: [{ port: 8888 }, { port: 2 }]
    })
  })

  test.each([
    ['', 'room.json:1: here must be {, not the end'],
    ['[]', 'room.json:1: here must be {, not ['],
    ['{\n"members": 5\n"idle": 1}', 'room.json:3: here must be , or }, not "idle"'],
    ['{\n"members": 5,\n}', 'room.json:3: here must be the name of an option in double quotes, not }'],
    ['{\n"members"\n\n5}', 'room.json:4: here must be :, not 5'],
    ['{"members": 5', 'room.json:1: here must be , or }, not the end'],
    ['{}\n{}', 'room.json:2: here must be the end, not {'],
    ['{\n// the most\n"members": 5}', 'room.json:2: this is not JSON: // the most'],
    ["{\n'members': 5}", "room.json:2: this is not JSON: 'members': 5}"],
    ['{"name": "tea\n"}', 'room.json:1: this is not JSON: "tea'],
    ['{"members": 05}', 'room.json:1: here must be a value, not 05'],
    ['{\n"door": ["1:im",\n["2:im"]]}', 'room.json:3: here must be a value, not ['],
    ['{\n\n"member": 5}', 'room.json:3: unknown option "member"'],
    ['{"config": "x"}', 'room.json:1: unknown option "config"'],
    ['{"__proto__": 1}', 'room.json:1: unknown option "__proto__"'],
    ['{"idle": 1,\n"members": 5,\n"idle": 2}', 'room.json:3: idle stands here again (first in line 1)'],
    ['{"bare": "yes"}', 'room.json:1: bare must be true or false, not "yes"'],
    ['{"name": 5}', 'room.json:1: name must be a text in double quotes, not 5'],
    ['{"members": "5"}', 'room.json:1: members must be a number, not "5"'],
    ['{"door": "1:im"}', 'room.json:1: door must be a list of texts, not "1:im"'],
    ['{\n"members": 0}', 'room.json:2: members must be a number from 1 to 1000000 or unlimited, not "0"'],
    ['{\n\n"dialect": "irc"}', 'room.json:3: dialect must be gopl, gopl-zh, iamhere, im or relay, not "irc"'],
    ['{\n"door": ["x:im"]}', 'room.json:2: door must be a port from 0 to 65535, not "x"'],
    ['{\n"door": ["8888:im"]}', 'room.json:2: door: another door of this room has port 8888 already'],
    [
      '{\n"line-bytes": 100000}',
      'room.json:2: line-bytes: unended-bytes (65536) must not be less than line-bytes (100000)'
    ]
  ])('%j is told in one line', (source, line) => {
    expect(read(source)).toEqual({ verb: 'wrong', line })
  })

  test('what is shown of a hostile file cannot leave its line', () => {
    const told = read('{"\u001b[2J\u2028": 5}')
    expect(told).toEqual({ verb: 'wrong', line: 'room.json:1: this is not JSON: "\\x1b[2J\\u2028": 5}' })
    const long = read(`{"${'x'.repeat(100_000)}": 5}`)
    expect(long.verb === 'wrong' ? long.line.length : 0).toBeLessThan(300)
  })

  test('64 KiB of anything are read in linear time', () => {
    for (const part of ['"', '"\\', '1.', '1e', ' ', '\n', '[', '{', '{"a":', 'true', ',', '{"door":["1:im",']) {
      const work = workOf(() => expect(read(part.repeat(65_536 / part.length)).verb).toBe('wrong'))
      expect(work).toBeLessThan(600)
    }
  })

  test('--help names every option', () => {
    for (const option of [...CONFIG_KINDS.keys(), 'config']) expect(help.host).toContain(`--${option} `)
    for (const { option, limit } of LIMIT_OPTIONS) {
      expect(option).toBe(limit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
      expect(help.host).toMatch(new RegExp(`--${option} .*\\(${DEFAULT_HUB_LIMITS[limit]}`))
    }
  })
})

let files = 0
const written = (options: object): string => {
  const path = join(scratch, `room-${++files}.json`)
  writeFileSync(path, JSON.stringify(options))
  return path
}
const complained = (program: Program, text: string): Promise<void> =>
  until(() => program.stderr().includes(text), { what: `${text} on stderr: ${program.stderr()}` })

describe('teahouse host --config', () => {
  test('a wrong file is a usage error that names file, line and option', async () => {
    const path = join(scratch, 'wrong.json')
    writeFileSync(path, '{\n  "name": "tea",\n  "members": -1\n}\n')
    const program = teahouse(['host', '--config', path], '')
    expect(await program.exited).toBe(2)
    expect(program.stdout()).toBe('')
    expect(program.stderr()).toBe(
      `teahouse: ${path}:3: members must be a number from 1 to 1000000 or unlimited, not "-1"\n`
    )
    const missing = teahouse(['host', '--config', join(scratch, 'nowhere.json')], '')
    expect(await missing.exited).toBe(2)
    expect(missing.stderr()).toContain('--config: cannot read')
  })

  // Windows has no such signal.
  test.skipIf(process.platform === 'win32')('SIGHUP reads it again and drops nobody', async () => {
    const path = written({ name: 'tea', members: 5 })
    const { program, port } = await hostRoom('--config', path)
    const ann = await netcat(port)
    await ann.lines.until((line) => line === '* Teahouse 1 tea')

    writeFileSync(path, JSON.stringify({ name: 'cake', members: 1, bare: true, door: ['0:gopl'] }))
    program.child.kill('SIGHUP')
    await complained(program, 'changed: name, limits; what needs a new start stays as it is: door, bare\n')
    const bob = await netcat(port)
    await bob.lines.until((line) => line === '* Closing: the room is full')

    writeFileSync(path, '{\n"members": "many"}')
    program.child.kill('SIGHUP')
    await complained(program, `nothing was changed: ${path}:2: members must be a number`)

    writeFileSync(path, JSON.stringify({ name: 'cake', members: 2 }))
    program.child.kill('SIGHUP')
    await complained(program, 'was read again, changed: limits\n')
    const eve = await netcat(port)
    await eve.lines.until((line) => line === '* Teahouse 1 cake')
    ann.say('still here')
    await eve.lines.until((line) => line.endsWith(':still here'))
    expect(program.events.entries.some((event) => event.type === 'left')).toBe(false)
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  })
})

/** What `curl` would print, with the status. */
const curl = (
  url: string,
  headers: Record<string, string> = {},
  method = 'GET'
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { headers, method }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end()
  })
const metricsUrl = async (program: Program): Promise<string> => {
  await complained(program, 'numbers for Prometheus: ')
  return /http:\S+/.exec(program.stderr())?.[0] ?? ''
}

const promtool = spawnSync('promtool', ['--version'])

describe('--metrics', () => {
  test('tells members, lines, deliveries, refusals by reason, queues and the event loop', async () => {
    const { program, port } = await hostRoom('--metrics', '127.0.0.1:0', '--rate-burst', 'unlimited')
    const url = await metricsUrl(program)
    const ann = await netcat(port)
    const bob = await netcat(port)
    await program.events.untilAll((events) => events.filter((event) => event.type === 'joined').length === 2)
    for (let n = 0; n < 10; n++) ann.say(`line ${n}`)
    await bob.lines.until((line) => line.endsWith(':line 9'))
    ann.say('to|nobody|psst')
    await ann.lines.until((line) => line.includes('不存在该用户'))
    const { status, text } = await curl(url)
    expect(status).toBe(200)
    expect(text).toContain('teahouse_members 2\n')
    expect(text).toContain('teahouse_joined_total 2\n')
    expect(text).toContain('teahouse_lines_total{conversation="room"} 10\n')
    expect(text).toContain('teahouse_refusals_total{reason="no-such-member"} 1\n')
    expect(text).toContain('teahouse_refusals_total{reason="slow-reader"} 0\n')
    expect(text).toContain('teahouse_queue_bytes 0\n')
    expect(text).toMatch(/^teahouse_event_loop_delay_seconds\{quantile="0\.99"\} [\d.e-]+$/m)
    // Ten lines for two readers, the arrival of the second for the first, and the refusal.
    expect(text).toContain('teahouse_deliveries_total 22\n')
    // What a Prometheus server demands: every line is a sample of the family introduced last, each family stands once.
    const kinds = new Map<string, string>()
    let family = ''
    for (const line of text.trimEnd().split('\n')) {
      const [, what, name = '', rest = ''] = /^# (HELP|TYPE) ([a-z][a-z0-9_]*) (.+)$/.exec(line) ?? []
      if (what === 'HELP') {
        expect(kinds.has(name)).toBe(false)
        family = name
        kinds.set(name, '')
      } else if (what === 'TYPE') {
        expect([name, rest]).toEqual([family, expect.stringMatching(/^(?:gauge|counter|summary)$/)])
        kinds.set(name, rest)
      } else {
        const [, sample, label] = /^([a-z_]+)(?:\{([a-z]+)="[^"\\\n]*"\})? [\d.e+-]+$/.exec(line) ?? []
        expect(sample).toBe(family)
        expect(label === 'quantile').toBe(kinds.get(family) === 'summary')
      }
    }
    for (const [name, kind] of kinds) expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter'])
    // And its own tool, where there is one.
    if (promtool.status === 0) {
      const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
      expect([checked.status, checked.stderr]).toEqual([0, ''])
    }
    expect((await curl(url.replace('/metrics', '/'))).status).toBe(404)
    expect((await curl(url, {}, 'POST')).status).toBe(405)
    // A web page that had its own name pointed at this machine.
    expect((await curl(url, { host: 'evil.example:80' })).status).toBe(403)
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    await expect(curl(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('a port in use is one line, exit 1, and no room stays open', async () => {
    const first = await hostRoom('--metrics', '127.0.0.1:0')
    const port = new URL(await metricsUrl(first.program)).port
    const second = teahouse(['host', '--port', '0', '--json', '--metrics', `127.0.0.1:${port}`], '')
    expect(await second.exited).toBe(1)
    expect(second.stdout()).toBe('')
    expect(second.stderr()).toBe(`teahouse: --metrics: port ${port} of 127.0.0.1 is in use by another program\n`)
  })
})

test('stops, whatever members and watchers do', async () => {
  const { program, port } = await hostRoom('--metrics', '127.0.0.1:0')
  const url = new URL(await metricsUrl(program))
  const idle = connect(Number(url.port), url.hostname)
  idle.on('error', () => undefined)
  idle.write('GET /metrics HTTP/1.1\r\n')
  const half = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  half.on('error', () => undefined)
  await program.events.until((event) => event.type === 'joined')
  program.child.kill('SIGTERM')
  // Neither of them ever closes.
  expect(await program.exited).toBe(0)
  idle.destroy()
  half.destroy()
})
