import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_LINK_CHARACTERS, safeLink } from '../../src/shared/link.ts'

/** Any code points at all, halves of surrogate pairs included. */
const anything = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0x2fff })), { maxLength })
    .map((points) => String.fromCodePoint(...points))

test.each([
  ['https://example.com', 'https://example.com/'],
  ['http://example.com:8080/a?b=c#d', 'http://example.com:8080/a?b=c#d'],
  ['HTTPS://EXAMPLE.com/Ä', 'https://example.com/%C3%84'],
  ['https://例え.jp/茶', 'https://xn--r8jz45g.jp/%E8%8C%B6'],
  ['http://192.168.1.5/', 'http://192.168.1.5/'],
  ['http://[::1]:8888/', 'http://[::1]:8888/']
])('opens %s', (text, href) => {
  expect(safeLink(text)).toBe(href)
})

test.each([
  'javascript:alert(1)',
  'java\tscript:alert(1)',
  'JAVASCRIPT://example.com/%0aalert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'file://host/share',
  'smb://host/share',
  '\\\\host\\share',
  'https:\\\\example.com',
  'https:/\\example.com',
  'http:example.com',
  'https:example.com',
  'http:///example.com',
  'http://',
  'ftp://example.com',
  'mailto:a@example.com',
  'search-ms:x',
  'ms-msdt:/id',
  'ms-officecmd:x',
  'blob:https://example.com/x',
  'view-source:https://example.com',
  'about:blank',
  'chrome://settings',
  'teahouse://join?host=a&port=1',
  'http://bank@evil.example',
  'http://bank:pw@evil.example',
  'http://@evil.example',
  'https://example.com/\u202Egnp.exe',
  'https://exam\u200Bple.com',
  'https://example.com/a b',
  'https://example.com/\u00A0',
  'https://example.com/\n',
  'https://example.com/\u0000',
  ' https://example.com',
  'https://exa mple.com',
  'https://%',
  'http://example.com:99999',
  'example.com',
  '//example.com',
  '',
  `https://example.com/${'a'.repeat(MAX_LINK_CHARACTERS)}`
])('does not open %j', (text) => {
  expect(safeLink(text)).toBe(null)
})

test('whatever comes, nothing throws, and what goes out is http or https without a user name', () => {
  const near = fc.tuple(fc.constantFrom('http://', 'https://', 'HTTP:', ''), anything(20)).map((p) => p.join(''))
  fc.assert(
    fc.property(fc.oneof(near, fc.webUrl(), anything(20)), (text) => {
      const href = safeLink(text)
      if (href === null) return
      const url = new URL(href)
      expect(['http:', 'https:']).toContain(url.protocol)
      expect(url.username + url.password).toBe('')
      expect(url.href).toBe(href)
    }),
    { numRuns: 500 }
  )
})
