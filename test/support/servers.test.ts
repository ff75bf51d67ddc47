import { afterEach, describe, expect, test } from 'vitest'
import { connectRaw, type RawClient } from './clients/raw.ts'
import type { ReferenceServer } from './servers/base.ts'
import { startGopl } from './servers/gopl.ts'
import { IAMHERE_WORDINGS, startIamhere } from './servers/iamhere.ts'
import { IM_WORDINGS, startIm } from './servers/im.ts'
import { startRelay } from './servers/relay.ts'
import {
  startBanner,
  startNcatChat,
  startNodeGist,
  startNqbao,
  startPlutov,
  startPythonSelect,
  startTokio
} from './servers/relatives.ts'
import { pause, until } from './until.ts'

/**
 * The vectors of dialects 10 and the faults of section 3 on raw sockets: an emulation that is kinder than the
 * program it stands for would prove nothing.
 */

const open: { close: () => unknown }[] = []
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close()
})
const started = async <S extends ReferenceServer>(starting: Promise<S>): Promise<S> => {
  const server = await starting
  open.push(server)
  return server
}
const join = async (server: ReferenceServer): Promise<RawClient> => {
  const before = server.arrivals.mark()
  const client = await connectRaw(server.port, server.host === '::' ? '127.0.0.1' : server.host)
  open.push(client)
  await server.arrivals.until(() => true, { from: before })
  return client
}
/** Everything the client reads from now on, until it says this. */
const since = (client: RawClient): { until: (text: string) => Promise<void>; text: () => string } => {
  const before = client.bytes().length
  const text = (): string => client.bytes().subarray(before).toString('utf8')
  return {
    text,
    until: async (wanted) => {
      await until(() => text().length >= wanted.length, {
        what: `${client.address} reads ${JSON.stringify(wanted)}`
      }).catch(() => undefined)
      expect(text()).toBe(wanted)
    }
  }
}
/** One write and what everybody reads because of it, exactly. */
const exchange = async (
  sender: RawClient,
  data: string | Uint8Array,
  expected: [RawClient, string][]
): Promise<void> => {
  const marks = expected.map(([client, text]) => ({ seen: since(client), text }))
  sender.write(data)
  for (const { seen, text } of marks) await seen.until(text)
}
/** Nothing comes within a turn of both programs. */
const SILENCE_MS = 15
/**
 * How many turns of the event loop an echo may stay away before the room counts as standing still. Turns and not a
 * span, since a machine that stalls for a second would otherwise make a healthy room look frozen.
 */
const TURNS = 100
/** Between two looks. */
const TURN_MS = 2

describe.each([
  ['en', 'You are ', ' has arrived', ' has left'],
  ['zh', '欢迎 ', ' 上线', ' 下线']
] as const)('gopl %s', (wording, welcome, arrived, left) => {
  test('welcome, join, messages, leave with a tail', async () => {
    const server = await started(startGopl({ wording }))
    const a = await join(server)
    await a.untilText(`${welcome}${a.address}\n`)
    const seen = since(a)
    const b = await join(server)
    await b.untilText(`${welcome}${b.address}\n`)
    await seen.until(`${b.address}${arrived}\n`)
    const A = (text: string): [RawClient, string][] => [
      [a, text],
      [b, text]
    ]
    await exchange(b, 'hello\r\n', A(`${b.address}: hello\n`))
    await exchange(b, 'a\nb\n', A(`${b.address}: a\n${b.address}: b\n`))
    await exchange(b, '\n', A(`${b.address}: \n`))
    await exchange(b, 'who\n', A(`${b.address}: who\n`))
    const after = since(a)
    b.write('tail')
    b.end()
    await after.until(`${b.address}: tail\n${b.address}${left}\n`)
    expect(await b.untilClosed()).toBe('ended')
  })

  test('a line of 64 KiB passes, a longer one ends in a reset and is not shown', async () => {
    const server = await started(startGopl({ wording }))
    const a = await join(server)
    const b = await join(server)
    await a.untilText(arrived)
    const seen = since(a)
    b.write(`${'x'.repeat(65_535)}\n`)
    await seen.until(`${b.address}: ${'x'.repeat(65_535)}\n`)
    const after = since(a)
    b.write('y'.repeat(70_000))
    await after.until(`${b.address}${left}\n`)
    expect(await b.untilClosed()).toBe('reset')
    expect(server.crashed).toBeNull()
  })
})

describe('iamhere (001)', () => {
  test('vectors', async () => {
    const server = await started(startIamhere())
    const a = await join(server)
    await a.untilText(':login\n')
    const seenByA = since(a)
    const b = await join(server)
    const B = b.address
    await b.untilText(':login\n')
    expect(b.text()).toBe(`[${B}]${B}:I am here\n[${B}]${B}:login\n`)
    await seenByA.until(`[${B}]${B}:login\n`)

    const list = since(b)
    b.write('who\n')
    await until(() => list.text().split('\n').length === 4)
    expect(list.text().split('\n').toSorted()).toEqual(
      ['', 'user list:', `${a.address}:${a.address}`, `${B}:${B}`].toSorted()
    )
    await exchange(b, 'rename|bob\n', [[b, 'rename ok\n']])
    const both = (text: string): [RawClient, string][] => [
      [a, `[${B}]bob:${text}\n`],
      [b, `[${B}]bob:${text}\n`]
    ]
    await exchange(b, 'hi\n', both('hi'))
    await exchange(b, 'rename|\n', both('rename|'))
    await exchange(b, 'who\r\n', both('who\r'))
    await exchange(b, 'hello', both('hell'))
    await exchange(b, 'x', both(''))
    await exchange(b, 'a\nb\n', both('a\nb'))
    await exchange(b, 'to|al|hi\n', both('to|al|hi'))
    await exchange(b, 'rename||x\n', [[b, 'rename ok\n']])
    await exchange(b, 'hi\n', [[a, `[${B}]:hi\n`]])
    await exchange(b, 'renamed|foo\n', [[b, 'rename ok\n']])
    const seen = since(a)
    b.end()
    await seen.until(`[${B}]foo:login out\n`)
    await pause(SILENCE_MS)
    expect(b.ended()).toBeUndefined()
  })

  test.each(['rename me\n', 'renamed the file\n', 'rename x\n'])('%j kills it', async (text) => {
    const server = await started(startIamhere())
    const a = await join(server)
    const b = await join(server)
    b.write(text)
    await a.untilClosed()
    await b.untilClosed()
    expect(server.crashed).toContain('index out of range')
    await expect(connectRaw(server.port)).rejects.toThrow('ECONNREFUSED')
  })

  test('a line longer than a read is torn and loses a byte at each end', async () => {
    const server = await started(startIamhere())
    const a = await join(server)
    await a.untilText('login\n')
    await exchange(a, `${'x'.repeat(2048)}\n`, [
      [a, `[${a.address}]${a.address}:${'x'.repeat(2047)}\n[${a.address}]${a.address}:\n`]
    ])
  })

  test('the silent zombie: one last command, and a rename brings it back deaf', async () => {
    const server = await started(startIamhere({ idleMs: 60 }))
    const b = await join(server)
    await b.untilText('login\n')
    const a = await join(server)
    const quiet = since(b)
    const keeper = setInterval(() => a.write('.\n'), 20)
    await a.untilText(`[${b.address}]${b.address}:time out leave out\n`)
    clearInterval(keeper)
    expect(quiet.text()).not.toContain('time out')
    const before = b.bytes().length
    b.write('rename|zed\n')
    await b.untilText('rename ok\n')
    a.write('back?\n')
    await b.untilText(':back?\n')
    const after = since(a)
    b.write('nobody reads this\n')
    b.end()
    await pause(SILENCE_MS)
    expect(after.text()).not.toContain('nobody')
    expect(b.ended()).toBeUndefined()
    expect(before).toBeGreaterThan(0)
  })

  test('a zombie that speaks is heard by the others only', async () => {
    const server = await started(startIamhere())
    const a = await join(server)
    const b = await join(server)
    await b.untilText('login\n')
    server.timeOut(b.address)
    await a.untilText('time out leave out\n')
    const mine = since(b)
    b.write('hello\n')
    await a.untilText(':hello\n')
    b.write('again\n')
    await pause(SILENCE_MS)
    expect(mine.text()).toBe('')
    expect(a.text()).not.toContain('again')
  })

  test('a copy from Windows drops two bytes', async () => {
    const server = await started(startIamhere({ cut: 2 }))
    const a = await join(server)
    await a.untilText('login\n')
    await exchange(a, 'hello\n', [[a, `[${a.address}]${a.address}:hell\n`]])
    await exchange(a, 'hello\r\n', [[a, `[${a.address}]${a.address}:hello\n`]])
    a.write('\n')
    await until(() => server.members().length === 0)
  })

  test('first lines may come in another order, in other words', async () => {
    const server = await started(
      startIamhere({ loginFirst: true, early: '[1.2.3.4:5]zed:hi\n', wording: IAMHERE_WORDINGS.blank })
    )
    const a = await join(server)
    await a.untilText('i am here\n')
    expect(a.lines()).toEqual([
      '[1.2.3.4:5]zed:hi',
      `[${a.address}]${a.address}: login`,
      `[${a.address}]${a.address}: i am here`
    ])
  })
})

describe('im (002)', () => {
  const pair = async (): Promise<{ server: Awaited<ReturnType<typeof startIm>>; al: RawClient; bob: RawClient }> => {
    const server = await started(startIm())
    const al = await join(server)
    await al.untilText('已上线\n')
    await exchange(al, 'rename|al\n', [[al, '您已更新用户名：al\n']])
    const seen = since(al)
    const bob = await join(server)
    await bob.untilText('已上线\n')
    expect(bob.text()).toBe(`[${bob.address}]${bob.address}:已上线\n`)
    await seen.until(`[${bob.address}]${bob.address}:已上线\n`)
    await exchange(bob, 'rename|bob\n', [[bob, '您已更新用户名：bob\n']])
    return { server, al, bob }
  }

  test('vectors', async () => {
    const { server, al, bob } = await pair()
    const B = bob.address
    const rows = since(bob)
    bob.write('who\n')
    await until(() => rows.text().split('\n').length === 3)
    expect(rows.text().split('\n').toSorted()).toEqual(
      ['', `[${B}]bob:在线...`, `[${al.address}]al:在线...`].toSorted()
    )
    await exchange(bob, 'rename|bob\n', [[bob, '当前用户名被使用了\n']])
    await exchange(bob, 'to|al|hi\n', [[al, 'bob对您说hi']])
    await exchange(bob, 'to|al|hi\n\n', [[al, 'bob对您说hi\n']])
    await exchange(bob, 'to|al|a|b\n', [[al, 'bob对您说a']])
    await exchange(bob, 'to||x\n', [[bob, '消息格式不正确\n']])
    await exchange(bob, 'to|nobody|x\n', [[bob, '不存在该用户\n']])
    await exchange(bob, 'to|al|\n', [[bob, '无消息内容，请重发\n']])
    const both = (text: string): [RawClient, string][] => [
      [al, `[${B}]bob:${text}\n`],
      [bob, `[${B}]bob:${text}\n`]
    ]
    await exchange(bob, 'to|b\n', both('to|b'))
    await exchange(bob, 'x', both(''))
    await exchange(bob, 'rename|\n', both('rename|'))
    await exchange(bob, ' who\n', both(' who'))
    await exchange(bob, 'who\nhello\n', both('who\nhello'))
    await exchange(bob, 'to|al', both('to|a'))
    await exchange(bob, 'to|al\r\n', [[bob, '不存在该用户\n']])
    await exchange(bob, 'rename||x\n', [[bob, '您已更新用户名：\n']])
    expect(server.crashed).toBeNull()
  })

  test('to|al kills it when al exists', async () => {
    const { server, al, bob } = await pair()
    bob.write('to|al\n')
    await al.untilClosed()
    await bob.untilClosed()
    expect(server.crashed).toContain('index out of range [2]')
  })

  test('silence is kicked without LF, then FIN; a burst of LF may stand between', async () => {
    const server = await started(startIm({ idleMs: 60, kickBurst: 33 }))
    const a = await join(server)
    const b = await join(server)
    await b.untilText('已上线\n')
    const keeper = setInterval(() => a.write('who\n'), 20)
    await a.untilText(`[${b.address}]${b.address}:已下线\n`)
    clearInterval(keeper)
    expect(await b.untilClosed()).toBe('ended')
    expect(b.text().endsWith(`你被踢出了${'\n'.repeat(33)}`)).toBe(true)
  })

  test('after a FIN the socket closes only with the next kick', async () => {
    const server = await started(startIm())
    const a = await join(server)
    const b = await join(server)
    await b.untilText('已上线\n')
    b.end()
    await a.untilText(`${b.address}:已下线\n`)
    await pause(SILENCE_MS)
    expect(b.ended()).toBeUndefined()
    server.kick(b.address)
    await b.untilText('你被踢出了')
    expect(await b.untilClosed()).toBe('ended')
  })

  test('kicks at the same moment kill it', async () => {
    const server = await started(startIm())
    const members = [await join(server), await join(server), await join(server)]
    for (const member of members) server.kick(member.address)
    await until(() => server.crashed !== null)
    expect(server.crashed).toContain('closed channel')
  })

  test('a frozen room gives everything at once, queued lines as one message', async () => {
    const server = await started(startIm())
    const a = await join(server)
    await a.untilText('已上线\n')
    server.freeze()
    const seen = since(a)
    a.write('one\n')
    await server.received.until((read) => read.text === 'one\n')
    a.write('two\n')
    await server.received.until((read) => read.text === 'two\n')
    expect(seen.text()).toBe('')
    server.thaw()
    await seen.until(`[${a.address}]${a.address}:one\ntwo\n`)
  })

  test('forks speak other words', async () => {
    const wording = IM_WORDINGS['saying']
    const server = await started(startIm(wording === undefined ? {} : { wording, ownJoinLateMs: 5 }))
    const a = await join(server)
    await a.untilText(`[${a.address}]${a.address}说:我上线了\n`)
    await exchange(a, 'rename|al\n', [[a, `成功改名为:al\n[${a.address}]al说:我改名为al\n`]])
  })
})

describe('relay (004)', () => {
  test('vectors', async () => {
    const server = await started(startRelay())
    const a = await join(server)
    const b = await join(server)
    await exchange(b, 'hi\r\n', [
      [a, `${b.address}:hi\r\n`],
      [b, `${b.address}:hi\r\n`]
    ])
    const seen = since(a)
    b.write('tail')
    b.end()
    expect(await b.untilClosed()).toBe('ended')
    await exchange(a, `${'x'.repeat(70_000)}\n`, [[a, `${a.address}:${'x'.repeat(70_000)}\n`]])
    expect(seen.text()).not.toContain('tail')
  })
})

test('one member who does not read stops the whole room until he reads', async () => {
  const server = await started(startGopl())
  const frozen = await join(server)
  const a = await join(server)
  await a.untilText('You are')
  await frozen.untilText('has arrived')
  frozen.stopReading()
  const line = `${'x'.repeat(60_000)}\n`
  const echo = Buffer.byteLength(`${a.address}: ${line}`)
  const before = a.count()
  let sent = 0
  // The next line only after the echo of the last, until an echo stays away.
  for (let came = true; came;) {
    a.write(line)
    const wanted = before + ++sent * echo
    came = false
    for (let turn = 0; turn < TURNS && !came; turn++) {
      await pause(TURN_MS)
      came = a.count() >= wanted
    }
    expect(sent).toBeLessThan(1000)
  }
  const late = await join(server)
  await late.untilText('You are')
  await pause(SILENCE_MS)
  expect(a.text().endsWith(`${late.address} has arrived\n`)).toBe(false)
  frozen.startReading()
  await until(() => a.count() >= before + sent * echo, { what: 'the room thaws' })
  await a.untilText(`${late.address} has arrived\n`)
})

test('addresses: IPv6 in brackets, IPv4 plain on a dual-stack socket', async () => {
  const im = await started(startIm({ host: '::1' }))
  const six = await join(im)
  await six.untilText('已上线\n')
  expect(six.text()).toMatch(/^\[\[::1\]:\d+\]\[::1\]:\d+:已上线\n$/u)
  const gopl = await started(startGopl({ host: '::' }))
  const four = await join(gopl)
  await four.untilText(`You are ${four.address}\n`)
})

describe('relatives', () => {
  test('plutov: slash commands, no own echo, /msg before /join kills it', async () => {
    const server = await started(startPlutov())
    const a = await join(server)
    const b = await join(server)
    await exchange(a, 'hello\n', [[a, 'err: unknown command: hello\n']])
    await exchange(a, '/nick ann\n', [[a, '> all right, I will call you ann\n']])
    await exchange(a, '/join tea\n', [[a, '> welcome to tea\n']])
    await exchange(b, '/join tea\n', [
      [b, '> welcome to tea\n'],
      [a, '> anonymous joined the room\n']
    ])
    await exchange(b, '/msg hi\n', [[a, '> anonymous: hi\n']])
    const c = await join(server)
    c.write('/msg x\n')
    await a.untilClosed()
    expect(server.crashed).not.toBeNull()
  })

  test('tokio: the first line is the name', async () => {
    const server = await started(startTokio())
    const a = await join(server)
    await a.untilText('Please enter your username:\n')
    a.write('ann\n')
    const b = await join(server)
    await exchange(b, 'bob\n', [[a, 'bob has joined the chat\n']])
    await exchange(b, '你好\r\n', [[a, 'bob: 你好\n']])
    b.write(Buffer.from([0xc4, 0xe3, 0x0a]))
    await b.untilClosed()
    await a.untilText('bob has left the chat\n')
  })

  test('ncat --chat: a prefix per read, octal escapes', async () => {
    const server = await started(startNcatChat())
    const a = await join(server)
    await a.untilText('<announce> already connected: nobody.\n')
    const b = await join(server)
    await b.untilText('already connected: 127.0.0.1 as <user5>.\n')
    b.write('你\nb\n')
    await a.untilText('<user6> \\344\\275\\240\nb\n')
  })

  test('the Node gist dies of a reset', async () => {
    const server = await started(startNodeGist())
    const a = await join(server)
    await a.untilText(`Welcome ::ffff:${a.address}\n`)
    const b = await join(server)
    await a.untilText(`::ffff:${b.address} joined the chat\n`)
    b.write('raw')
    await a.untilText(`::ffff:${b.address}> raw`)
    b.reset()
    await a.untilClosed()
    expect(server.crashed).toContain('ECONNRESET')
  })

  test('the Python select server, both copies', async () => {
    const server = await started(startPythonSelect())
    const a = await join(server)
    const b = await join(server)
    await a.untilText(`[${b.address}] entered room\n`)
    b.write('hi\n')
    await a.untilText(/\r<\('127\.0\.0\.1', \d+\)>hi\n$/u)
    const other = await started(startPythonSelect({ copy: 'room' }))
    const c = await join(other)
    const d = await join(other)
    await c.untilText(`[${d.address}] entered roomn`)
    d.reset()
    await c.untilText(/Client \(127\.0\.0\.1, \d+\) is offline$/u)
  })

  test('nqbao: verbs', async () => {
    const server = await started(startNqbao())
    const a = await join(server)
    a.write('NAME ann\nhello\nSEND hi there\n')
    await a.untilText('MESSAGE ann hi there\n')
  })

  test('a foreign service says its own first line', async () => {
    const server = await started(startBanner('SSH-2.0-x\r\n'))
    const a = await join(server)
    await a.untilText('SSH-2.0-x\r\n')
  })
})
