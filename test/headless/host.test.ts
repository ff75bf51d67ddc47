import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { endAll, hostRoom, netcat, teahouse } from './program.ts'

afterEach(endAll)

describe('words', () => {
  test.each([
    [['--help'], 0],
    [['host', '--help'], 0],
    [['connect', '--help'], 0],
    [['view', '--help'], 0],
    [['log', '--help'], 0]
  ])('%j', async (args, code) => {
    const program = teahouse(args, '')
    expect(await program.exited).toBe(code)
    expect(program.stderr()).toBe('')
    for (const verb of args.length === 1 ? ['host', 'connect'] : [args[0] ?? ''])
      expect(program.stdout()).toContain(`teahouse ${verb}`)
  })

  test('--version is the one of package.json', async () => {
    const program = teahouse(['--version'], '')
    expect(await program.exited).toBe(0)
    expect(program.stdout()).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test.each([
    [[], 'verb'],
    [['dance'], 'dance'],
    [['host', '--port', '70000'], '--port'],
    [['host', '--dialect', 'irc'], '--dialect'],
    [['host', '--dance'], '--dance'],
    [['log', '--format', 'html'], '--format'],
    [['connect'], 'HOST:PORT'],
    [['connect', 'localhost:99999'], 'HOST:PORT'],
    [['connect', 'localhost:1', '--charset', 'ebcdic'], '--charset']
  ])('%j is a usage error: exit 2, one line that names it', async (args, named) => {
    const program = teahouse(args, '')
    expect(await program.exited).toBe(2)
    expect(program.stdout()).toBe('')
    expect(program.stderr()).toMatch(/^teahouse: [^\n]+\n$/)
    expect(program.stderr()).toContain(named)
  })
})

describe('teahouse host', () => {
  test('tells its doors, its members, and what they do', async () => {
    const { program, ports } = await hostRoom('--door', '0:gopl', '--name', 'tea')
    const [im = 0, gopl = 0] = ports
    expect(program.events.entries[0]).toMatchObject({
      type: 'hosting',
      doors: [
        { address: '127.0.0.1', port: im, dialect: 'im' },
        { address: '127.0.0.1', port: gopl, dialect: 'gopl' }
      ],
      addresses: expect.arrayContaining([`127.0.0.1:${im}`])
    })
    const ann = await netcat(im)
    await program.events.until((event) => event.type === 'joined')
    const bob = await netcat(gopl)
    await bob.lines.until((line) => line === `You are ${bob.address}`)
    ann.say('hello')
    await bob.lines.until((line) => line === `${ann.address}: hello`)
    ann.say('rename|ann')
    await program.events.until((event) => event.type === 'renamed')
    ann.say(`to|${bob.address}|psst`)
    await bob.lines.until((line) => line === '* ann (private): psst')
    ann.say('to|nobody|psst')
    await program.events.until((event) => event.type === 'refused')
    bob.socket.end()
    await program.events.until((event) => event.type === 'left')

    const member = { address: ann.address, name: null }
    const named = { address: ann.address, name: 'ann' }
    const other = { address: bob.address, name: null }
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(program.events.entries.slice(1)).toEqual([
      { type: 'joined', member, own: false },
      { type: 'joined', member: other, own: false },
      { type: 'said', conversation: 'room', from: member, text: 'hello', own: false, at },
      { type: 'renamed', member: named, was: ann.address, own: false },
      { type: 'said', conversation: 'private', from: named, to: other, own: false, at },
      { type: 'refused', command: 'whisper', code: 'no-such-member', text: expect.any(String), member: named },
      { type: 'left', member: other, reason: 'left' }
    ])
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    expect(program.stderr()).toBe('')
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: every member gets the closing line, then FIN; exit 0',
    async (signal) => {
      const { program, ports } = await hostRoom('--door', '0:gopl', '--door', '0:relay')
      const members = await Promise.all(ports.map(netcat))
      await program.events.untilAll((events) => events.filter((event) => event.type === 'joined').length === 3)
      program.child.kill(signal)
      await Promise.all(members.map((member) => member.ended))
      for (const member of members) expect(member.text().endsWith('* The room is closing\n')).toBe(true)
      expect(await program.exited).toBe(0)
    }
  )

  test('--bare says nothing of its own, not even at the end', async () => {
    const { program, port } = await hostRoom('--bare')
    const ann = await netcat(port)
    await program.events.until((event) => event.type === 'joined')
    program.child.kill('SIGTERM')
    await ann.ended
    expect(ann.text()).toBe(`[${ann.address}]${ann.address}:已上线\n`)
    expect(await program.exited).toBe(0)
  })

  test('--idle: told, kicked, left', async () => {
    const { program, port } = await hostRoom('--idle', '0.2')
    const ann = await netcat(port)
    await ann.ended
    expect(ann.text()).toContain('你被踢出了\n')
    await program.events.until((event) => event.type === 'left')
    expect(program.events.entries.slice(-2)).toMatchObject([
      { type: 'kicked', reason: 'idle', member: { address: ann.address } },
      { type: 'left', reason: 'idle' }
    ])
  })

  test('--unlimited takes more connections than one address may have', async () => {
    const { program, port } = await hostRoom('--unlimited')
    const crowd = await Promise.all(Array.from({ length: 40 }, () => netcat(port)))
    await program.events.untilAll((events) => events.filter((event) => event.type === 'joined').length === 40)
    for (const member of crowd) member.socket.destroy()
  })

  test.each(['first', 'second'])('a busy port, of the %s door, is one line on stderr and exit 1', async (which) => {
    const squatter = createServer()
    await new Promise<void>((resolve) => {
      squatter.listen(0, '127.0.0.1', resolve)
    })
    const listening = squatter.address()
    const port = typeof listening === 'object' && listening !== null ? String(listening.port) : ''
    const args = which === 'first' ? ['--port', port] : ['--port', '0', '--door', `${port}:gopl`]
    try {
      const program = teahouse(['host', '--json', ...args], '')
      expect(await program.exited).toBe(1)
      expect(program.stdout()).toBe('')
      expect(program.stderr()).toMatch(/^teahouse: [^\n]+\n$/)
      expect(program.stderr()).toContain(port)
    } finally {
      squatter.close()
    }
  })

  test('with nobody left to read its events it closes as after SIGTERM', async () => {
    const { program, port } = await hostRoom()
    const ann = await netcat(port)
    await program.events.until((event) => event.type === 'joined')
    program.child.stdout?.destroy()
    ann.say('anybody?')
    await ann.ended
    expect(ann.text()).toContain('* The room is closing\n')
    expect(await program.exited).toBe(0)
    expect(program.stderr()).toBe('')
  })

  test('text for people: one line each, no control characters', async () => {
    const program = teahouse(['host', '--port', '0', '--bind', '127.0.0.1', '--dialect', 'relay'])
    const first = await program.lines.until(() => true)
    const port = Number(/port (\d+)/.exec(first)?.[1])
    const ann = await netcat(port)
    ann.say('hi \u001b[31m there')
    const line = await program.lines.until((text) => text.includes('there'))
    expect(line).not.toContain('\u001b')
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  })
})
