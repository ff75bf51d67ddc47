import { describe, expect, test } from 'vitest'
import { HOSTED_DIALECTS } from '../../../src/shared/dialect.ts'
import { makeRoom, settled } from './fake-room.ts'

const openers: [string, string][] = [
  ['HTTP GET', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['HTTP POST with a body', 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nevil line\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['CONNECT', 'CONNECT a:443 HTTP/1.0\r\n\r\n'],
  ['OPTIONS', 'OPTIONS * HTTP/1.1\r\n\r\n'],
  ['a request after an empty line', '\r\nGET / HTTP/1.1\r\n\r\n'],
  ['RTSP', 'DESCRIBE rtsp://x/y RTSP/1.0\r\n\r\n'],
  ['a request too long for a line', `GET /${'x'.repeat(9000)} HTTP/1.1\r\nHost: evil\r\n\r\n`],
  ['TLS', '\x16\x03\x01\x02\x00\x01\n\x00\x01\xfc\x03\x03evil\n'],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n']
]

describe.each(openers)('%s', (_what, opener) => {
  test.each(HOSTED_DIALECTS)('is closed at a %s door, and nobody reads a byte of it', (dialect) => {
    const bytes = Buffer.from(opener, 'latin1')
    for (const chunks of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
      const room = makeRoom()
      const reader = settled(room, 'relay')
      const caller = settled(room, dialect)
      reader.read()
      for (const chunk of chunks) caller.send(chunk)
      room.clock.turn()
      expect(reader.read()).toBe('')
      expect(caller.ended()).toBe(true)
      expect(caller.read()).toBe('* Closing: this is a chat room, not that kind of server\n')
      room.clock.advance(2000)
      expect(caller.destroyed()).toBe(true)
      expect(room.events.some((event) => event.type === 'said')).toBe(false)
      expect(room.events.slice(-2).map((event) => event.type)).toEqual(['kicked', 'left'])
    }
  })
})

test.each(['GET well soon', 'get / http', 'POST it', 'SSH is fine', 'S', 'HTTP/1.1 200 OK'])(
  '%s is a message',
  (text) => {
    const room = makeRoom()
    const member = settled(room, 'relay', '10.0.0.9:1')
    member.say(text)
    expect(member.read()).toBe(`10.0.0.9:1:${text}\n`)
  }
)

test.each(['GET / HTTP/1.1', 'SSH-2.0-x', '\x16\x03\x01'])('a member who has spoken may say %j', (text) => {
  const room = makeRoom()
  const member = settled(room, 'relay', '10.0.0.9:1')
  member.say('hello')
  member.say(text)
  expect(member.ended()).toBe(false)
  expect(room.events.filter((event) => event.type === 'said')).toHaveLength(2)
})

test('what comes with telnet’s opening is a message', () => {
  const room = makeRoom()
  const member = settled(room, 'relay', '10.0.0.9:1')
  member.send(Uint8Array.of(0xff, 0xfb, 0x01, 0xff, 0xfd, 0x03))
  member.say('hi\r')
  expect(member.read()).toBe('10.0.0.9:1:hi\n')
})
