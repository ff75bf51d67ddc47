import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scanlnWords } from './clients/scanln.ts'
import {
  connectMenuClient,
  connectNcatCrlf,
  connectNetcat,
  connectRelayClient,
  connectTelnet,
  TELNET_OPENING,
  type TutorialClient
} from './clients/tutorial.ts'
import { makeEventLog, until, type EventLog } from './until.ts'

let server: Server
let port: number
let got: EventLog<Buffer>
let closers: (() => void)[]

beforeEach(async () => {
  got = makeEventLog('received')
  closers = []
  server = createServer({ allowHalfOpen: true }, (socket) => {
    closers.push(() => socket.destroy())
    socket.on('data', (chunk: Buffer) => got.add(chunk))
    socket.on('end', () => socket.end('bye'))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterEach(() => {
  for (const close of closers) close()
  server.close()
})

const all = (): string => Buffer.concat([...got.entries]).toString('utf8')
const wire = async (client: TutorialClient, text: string, expected: string): Promise<void> => {
  client.send(text)
  await until(() => all().length >= expected.length, { what: `the server reads ${JSON.stringify(expected)}` })
  expect(all()).toBe(expected)
  client.raw.close()
}

test.each([
  ['hello', ['hello']],
  ['hello world', ['hello', 'orld']],
  ['  hello   world', ['hello', 'orld']],
  ['a b c', ['a', 'c']],
  ['a b', ['a', '']],
  ['', ['']],
  ['   ', ['']],
  ['你好 世界', ['你好', '界']]
])('Scanln turns %j into %j', (line, words) => {
  expect(scanlnWords(line)).toEqual(words)
})

test('netcat sends a line with LF', async () => wire(await connectNetcat(port), 'hello world', 'hello world\n'))
test('ncat -C sends CRLF', async () => wire(await connectNcatCrlf(port), 'hi', 'hi\r\n'))
test('telnet sends CRLF', async () => wire(await connectTelnet(port), 'hi', 'hi\r\n'))
test('the relay client tears a line at its blanks', async () =>
  wire(await connectRelayClient(port), 'hello world', 'hello\norld\n'))
test('the relay client sends an empty line', async () => wire(await connectRelayClient(port), '', '\n'))

test('the menu client glues the words of a line into one segment', async () => {
  const client = await connectMenuClient(port)
  client.send('hello world')
  expect((await got.until(() => true)).toString()).toBe('hello\norld\n')
  client.raw.close()
})

test('the menu client ends a private message with two LFs', async () => {
  await connectMenuClient(port).then((client) => client.whisper('al', 'hi'))
  expect((await got.until(() => true)).toString()).toBe('to|al|hi\n\n')
})

test('a negotiating telnet opens with its options and may type letter by letter', async () => {
  const client = await connectTelnet(port, { negotiates: true, characterMode: true })
  client.send('你好')
  await until(() => all().endsWith('\r\n'))
  expect(Buffer.concat([...got.entries])).toEqual(Buffer.concat([TELNET_OPENING, Buffer.from('你好\r\n')]))
  client.raw.close()
})

test('the relay client floods empty lines when its input ends, until it is killed', async () => {
  const client = await connectRelayClient(port)
  client.flood()
  await until(() => all().length > 10_000)
  expect(/^\n+$/u.test(all())).toBe(true)
  client.close()
})

test('a half-closing client still reads the rest', async () => {
  const client = await connectNcatCrlf(port)
  client.close()
  await client.untilText('bye')
  expect(await client.untilClosed()).toBe('ended')
})
