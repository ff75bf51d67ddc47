import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatInvitation, joinLinkAmong, readJoinLink } from '../../src/shared/join-link.ts'

describe('an invitation link', () => {
  test.each([
    ['teahouse://join?host=192.168.1.20&port=8888', '192.168.1.20', 8888],
    ['teahouse://join/?host=192.168.1.20&port=8888', '192.168.1.20', 8888],
    ['TEAHOUSE://JOIN?host=10.0.0.7&port=1', '10.0.0.7', 1],
    ['teahouse://join?port=65535&host=teahouse.example', 'teahouse.example', 65_535],
    ['teahouse://join?host=My-Laptop.local&port=9000', 'my-laptop.local', 9000],
    ['teahouse://join?host=%5B2001%3Adb8%3A%3A1%5D&port=8888', '2001:db8::1', 8888],
    ['teahouse://join?host=2001:db8::1&port=8888', '2001:db8::1', 8888],
    ['teahouse://join?host=fd12:3456::a&port=8888', 'fd12:3456::a', 8888],
    ['teahouse://join?host=::ffff:192.168.1.20&port=8888', '::ffff:192.168.1.20', 8888],
    ['teahouse://join?host=10.0.0.7&port=8888&dialect=im&later=1', '10.0.0.7', 8888]
  ])('%s', (link, host, port) => {
    expect(readJoinLink(link)).toEqual({ host, port })
  })

  test.each([
    '',
    'teahouse:',
    'teahouse://',
    'teahouse://join',
    'teahouse://join?',
    'teahouse:join?host=10.0.0.7&port=8888',
    'teahouse://leave?host=10.0.0.7&port=8888',
    'teahouse://join.evil.example?host=10.0.0.7&port=8888',
    'teahouse://user@join?host=10.0.0.7&port=8888',
    'teahouse://join:80?host=10.0.0.7&port=8888',
    'teahouse://join/../x?host=10.0.0.7&port=8888',
    'teahouse://join//?host=10.0.0.7&port=8888',
    'xteahouse://join?host=10.0.0.7&port=8888',
    ' teahouse://join?host=10.0.0.7&port=8888',
    'teahouse://join?host=10.0.0.7&port=8888\n',
    'teahouse://join?host=10.0.0.7&port=8888 --no-sandbox',
    'http://join?host=10.0.0.7&port=8888',
    'javascript:alert(1)//teahouse://join?host=10.0.0.7&port=8888',
    // Ports.
    'teahouse://join?host=10.0.0.7',
    'teahouse://join?host=10.0.0.7&port=',
    'teahouse://join?host=10.0.0.7&port=0',
    'teahouse://join?host=10.0.0.7&port=65536',
    'teahouse://join?host=10.0.0.7&port=99999',
    'teahouse://join?host=10.0.0.7&port=-1',
    'teahouse://join?host=10.0.0.7&port=+1',
    'teahouse://join?host=10.0.0.7&port=1e3',
    'teahouse://join?host=10.0.0.7&port=0x50',
    'teahouse://join?host=10.0.0.7&port=08888',
    'teahouse://join?host=10.0.0.7&port=8888.0',
    'teahouse://join?host=10.0.0.7&port=%38888',
    'teahouse://join?host=10.0.0.7&port=8888&port=22',
    'teahouse://join?host=10.0.0.7&host=evil.example&port=8888',
    // Hosts.
    'teahouse://join?port=8888',
    'teahouse://join?host=&port=8888',
    'teahouse://join?host=%20&port=8888',
    'teahouse://join?host=10.0.0.7%0A&port=8888',
    'teahouse://join?host=10.0.0.7%00&port=8888',
    'teahouse://join?host=%E2%80%AE10.0.0.7&port=8888',
    'teahouse://join?host=%FF&port=8888',
    'teahouse://join?host=%&port=8888',
    'teahouse://join?host=a..b&port=8888',
    'teahouse://join?host=-rf&port=8888',
    'teahouse://join?host=--no-sandbox&port=8888',
    'teahouse://join?host=a/b&port=8888',
    'teahouse://join?host=a%2Fb&port=8888',
    'teahouse://join?host=..%5C..%5Cx&port=8888',
    'teahouse://join?host=user@10.0.0.7&port=8888',
    'teahouse://join?host=b%C3%BCcher.example&port=8888',
    'teahouse://join?host=%D0%B0pple.example&port=8888',
    'teahouse://join?host=[10.0.0.7]&port=8888',
    'teahouse://join?host=10.0.0.256&port=8888',
    'teahouse://join?host=10.0.0.07&port=8888',
    'teahouse://join?host=::g&port=8888',
    'teahouse://join?host=1:2:3:4:5:6:7:8:9&port=8888',
    'teahouse://join?host=1::2::3&port=8888',
    'teahouse://join?host=2001:db8::1%25eth0&port=8888',
    `teahouse://join?host=${'a'.repeat(64)}.example&port=8888`,
    `teahouse://join?host=${'a.'.repeat(130)}a&port=8888`,
    `teahouse://join?host=10.0.0.7&port=8888&x=${'x'.repeat(600)}`,
    // This machine and its like, plain and in disguise.
    'teahouse://join?host=localhost&port=8888',
    'teahouse://join?host=LOCALHOST&port=8888',
    'teahouse://join?host=localhost.&port=8888',
    'teahouse://join?host=x.localhost&port=8888',
    'teahouse://join?host=127.0.0.1&port=8888',
    'teahouse://join?host=127.255.0.1&port=8888',
    'teahouse://join?host=127.1&port=8888',
    'teahouse://join?host=2130706433&port=8888',
    'teahouse://join?host=0x7f.0.0.1&port=8888',
    'teahouse://join?host=0x7f000001&port=8888',
    'teahouse://join?host=0177.0.0.1&port=8888',
    'teahouse://join?host=evil.example.0x7f&port=8888',
    'teahouse://join?host=0.0.0.0&port=8888',
    'teahouse://join?host=0&port=8888',
    'teahouse://join?host=169.254.169.254&port=80',
    'teahouse://join?host=224.0.0.1&port=8888',
    'teahouse://join?host=255.255.255.255&port=8888',
    'teahouse://join?host=::&port=8888',
    'teahouse://join?host=::1&port=8888',
    'teahouse://join?host=[::1]&port=8888',
    'teahouse://join?host=0:0:0:0:0:0:0:1&port=8888',
    'teahouse://join?host=::127.0.0.1&port=8888',
    'teahouse://join?host=::ffff:127.0.0.1&port=8888',
    'teahouse://join?host=::ffff:7f00:1&port=8888',
    'teahouse://join?host=::ffff:a9fe:a9fe&port=8888',
    'teahouse://join?host=64:ff9b::7f00:1&port=8888',
    'teahouse://join?host=fe80::1&port=8888',
    'teahouse://join?host=febf::1&port=8888',
    'teahouse://join?host=fec0::1&port=8888',
    'teahouse://join?host=ff02::1&port=8888'
  ])('refused: %j', (link) => {
    expect(readJoinLink(link)).toBeNull()
  })

  test('no text makes it throw, and what it yields is a host and a port', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }).map((text) => `teahouse://join?host=${text}&port=8888`),
      fc.stringMatching(/^teahouse:\/\/join\?host=[0-9a-fx.:%[\]-]{0,40}&port=[0-9]{1,6}$/)
    )
    fc.assert(
      fc.property(texts, (text) => {
        const target = readJoinLink(text)
        if (target === null) return
        expect(target.host).toMatch(/^[a-z0-9._:-]+$/)
        expect(target.port).toBeGreaterThan(0)
        expect(target.port).toBeLessThan(65_536)
      })
    )
  })

  test('what we write, we read', () => {
    for (const host of ['192.168.1.20', 'teahouse.example', '2001:db8::1', 'fd00::5'])
      expect(readJoinLink(formatInvitation({ host, port: 8889 }))).toEqual({ host, port: 8889 })
    expect(formatInvitation({ host: '2001:db8::1%eth0', port: 1 })).toBe(
      'teahouse://join?host=2001%3Adb8%3A%3A1&port=1'
    )
  })
})

describe('the arguments of a start', () => {
  const link = 'teahouse://join?host=10.0.0.7&port=8888'

  test('the link is found wherever it stands', () => {
    const target = { host: '10.0.0.7', port: 8888 }
    expect(joinLinkAmong(['/usr/bin/teahouse', link])).toEqual(target)
    expect(joinLinkAmong(['electron', 'out/main/index.js', '--', link, 'x'])).toEqual(target)
  })

  test('no link, a bad one, or two: none', () => {
    expect(joinLinkAmong([])).toBeNull()
    expect(joinLinkAmong(['teahouse', '--host=10.0.0.7', '10.0.0.7:8888'])).toBeNull()
    expect(joinLinkAmong(['teahouse', 'teahouse://join?host=127.0.0.1&port=1'])).toBeNull()
    expect(joinLinkAmong([link, link])).toBeNull()
    expect(joinLinkAmong([link, 'TEAHOUSE:x'])).toBeNull()
  })
})
