import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCommandObject } from '../../src/headless/json.ts'
import { jsonLine } from '../../src/shared/json-line.ts'
import { systemLanguage } from '../../src/headless/language.ts'
import { makeLineReader } from '../../src/headless/lines.ts'
import { textLine } from '../../src/headless/text.ts'
import type { ClientEvent, HostEvent } from '../../src/shared/events.ts'

const linesOf = (pieces: string[]): string[] => {
  const lines: string[] = []
  const reader = makeLineReader(
    (text) => lines.push(text),
    () => lines.push('TOO LONG')
  )
  for (const piece of pieces) reader.received(piece)
  reader.ended()
  return lines
}

describe('standard input', () => {
  test('is cut at LF; one CR before it goes; the last line needs none', () => {
    expect(linesOf(['a\r\nb\n\n c\td\u2028e\n', 'tail'])).toEqual(['a', 'b', '', ' c\td\u2028e', 'tail'])
    expect(linesOf(['a\n'])).toEqual(['a'])
    expect(linesOf([])).toEqual([])
  })

  test('gives the same lines however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'bc', '\r', '\n', '中', ' '), { maxLength: 40 }), (pieces) => {
        expect(linesOf(pieces)).toEqual(linesOf([pieces.join('')]))
      })
    )
  })

  test('a line longer than any command is told and left out', () => {
    const long = 'x'.repeat(1_000_000)
    expect(linesOf([...Array.from({ length: 7 }, () => long), '\nnext\n'])).toEqual(['TOO LONG', 'next'])
  })
})

describe('command objects', () => {
  test.each([
    { type: 'say', text: ' x ', ref: 'r' },
    { type: 'whisper', to: 'bob', text: 'hi' },
    { type: 'rename', name: 'bob' },
    { type: 'who', ref: '' },
    { type: 'quit' }
  ])('%j', (command) => {
    expect(readCommandObject(JSON.stringify(command))).toEqual(command)
  })

  test('what is none is refused under its own name and ref', () => {
    expect(readCommandObject('{"type":"dance","ref":"7"}')).toMatchObject({
      type: 'refused',
      command: 'dance',
      code: 'bad-command',
      ref: '7'
    })
    expect(readCommandObject('{"type":"say","ref":"8"}')).toMatchObject({
      command: 'say',
      code: 'bad-command',
      ref: '8'
    })
    expect(readCommandObject('{"type":"say","text":5,"ref":9}')).not.toHaveProperty('ref')
    expect(readCommandObject('{"type":')).toMatchObject({ command: 'unknown', code: 'bad-command' })
    expect(readCommandObject(JSON.stringify({ type: 'say', text: 'x'.repeat(1_000_001) }))).toMatchObject({
      command: 'say',
      code: 'too-long'
    })
  })

  test('no input throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readCommandObject(`{${text}`)))
    fc.assert(fc.property(fc.json(), (text) => void readCommandObject(text)))
  })
})

/** Texts from the wire that would like to be more than text. */
const HOSTILE = [
  '\u001b[2J',
  'a\r\nb',
  'a\nbob: forged',
  '\u009b31m',
  'a\u2028b',
  '\u202egnp',
  '\u0007',
  '\u007f',
  '\ud800'
]

const EVENTS = (text: string): (ClientEvent | HostEvent)[] => {
  const bob = { address: '192.0.2.1:5', name: text }
  const at = '2026-11-21T00:00:00.000Z'
  return [
    { type: 'hosting', doors: [{ address: '::', port: 1, dialect: 'im' }], addresses: ['192.0.2.1:1', '[fe80::1]:1'] },
    { type: 'connected', room: 'a:1', self: '127.0.0.1:2' },
    { type: 'recognised', dialect: 'im', by: 'welcome' },
    { type: 'joined', member: bob, own: false },
    { type: 'joined', member: bob, own: true },
    { type: 'left', member: bob, reason: 'left' },
    { type: 'said', conversation: 'room', from: bob, text, own: false, at },
    { type: 'said', conversation: 'private', from: bob, text, own: false, at },
    { type: 'said', conversation: 'private', from: bob, to: { address: null, name: text }, text, own: true, at },
    { type: 'said', conversation: 'private', from: bob, to: bob, own: false, at },
    { type: 'listed', members: [bob, { address: null, name: null }], complete: true },
    { type: 'listed', members: [], complete: false },
    { type: 'renamed', member: bob, was: text, own: false },
    { type: 'refused', command: 'rename', code: 'name-taken', text },
    { type: 'refused', command: 'say', code: 'flood', text, member: bob },
    { type: 'kicked', reason: 'idle', text },
    { type: 'kicked', reason: 'slow-reader', text, member: bob },
    { type: 'line', text },
    { type: 'disconnected', reason: 'closed', retryInMs: 700 },
    { type: 'noted', state: 'waiting', ref: '1' },
    { type: 'noted', state: 'unconfirmed', ref: '1' }
  ]
}

describe('events as lines', () => {
  test.each(HOSTILE)('%j stays a text in text for people', (text) => {
    for (const event of EVENTS(text))
      expect(textLine(event) ?? '').not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\p{Cs}]/u)
  })

  test.each(HOSTILE)('%j stays one line in JSON, and the same text', (text) => {
    for (const event of EVENTS(text)) {
      const line = jsonLine(event)
      expect(line.startsWith(`{"type":"${event.type}"`)).toBe(true)
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
      expect(JSON.parse(line)).toEqual(event)
    }
  })

  test('text for people reads like this', () => {
    const lines = EVENTS('bob').map(textLine)
    expect(lines).toEqual([
      '* hosting at port 1 (im); others come in with: nc 192.0.2.1 1',
      '* connected to a:1 as 127.0.0.1:2',
      '* this server speaks im (by its welcome)',
      '* bob (192.0.2.1:5) came',
      '* you are bob (192.0.2.1:5) here',
      '* bob (192.0.2.1:5) left',
      'bob: bob',
      'bob → you: bob',
      'you → bob: bob',
      '* bob → bob in private',
      '* 2 here: bob (192.0.2.1:5), (no name)',
      '* seen so far: nobody',
      '* bob is now bob',
      '* rename refused: Somebody here has this name (bob)',
      '* say of bob (192.0.2.1:5) refused: Too many lines at once (bob)',
      '* You were silent for too long (bob)',
      '* bob (192.0.2.1:5) was removed: slow-reader',
      '| bob',
      '* The server closed the connection; trying again now',
      '* still waiting for the server to show your last line',
      '* nobody can tell whether your last line arrived'
    ])
  })
})

test.each([
  [{ LC_ALL: 'zh_CN.UTF-8', LANG: 'en_US' }, 'en-US', 'zh-CN'],
  [{ LANG: 'en_US.UTF-8' }, 'zh-CN', 'en'],
  [{ LC_ALL: '', LANG: 'C' }, 'zh-CN', 'en'],
  [{}, 'zh-Hans-CN', 'zh-CN'],
  [{}, 'de-DE', 'en']
])('the language of %j (%s) is %s', (env, runtime, language) => {
  expect(systemLanguage(env, runtime)).toBe(language)
})
