import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { looksLikeNoChat, makeDetector, proof, specOf } from '../../../src/core/dialects/detection.ts'
import type { Knowledge, Relative } from '../../../src/core/dialects/dialect.ts'
import { readHouse } from '../../../src/core/dialects/house.ts'
import { lastWords } from '../../../src/core/dialects/im.ts'
import { DIALECTS } from '../../../src/shared/dialect.ts'
import { NOTHING_KNOWN } from '../../support/knowledge.ts'
import { workOf } from '../../support/work.ts'

const A = '127.0.0.1:54321'
const PARTS = [
  A,
  '[::1]:1',
  '::ffff:1.2.3.4:5',
  '[',
  ']',
  ':',
  ' ',
  ': ',
  'You are ',
  '欢迎 ',
  ' has arrived',
  ' 上线',
  'I am here',
  'login',
  'login out',
  'time out leave out',
  'user list:',
  'rename ok',
  '已上线',
  '已下线',
  '在线...',
  '您已更新用户名：',
  '对您说',
  '你被踢出了',
  '* ',
  '* Teahouse 1 ',
  ' is now known as ',
  ' (private): ',
  '<user5> ',
  '\\344\\275\\240',
  '\r',
  '\0',
  '> ',
  'MESSAGE ',
  'bob',
  '说:',
  "<('1.2.3.4', 5)>",
  '\ud800'
]
const anyLine = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ maxLength: 3 })), { maxLength: 12 })
    .map((parts) => parts.join(''))
)
const anyKnown = fc
  .record({
    marked: fc.boolean(),
    welcomed: fc.boolean(),
    asked: fc.record({ who: fc.boolean(), rename: fc.boolean(), whisper: fc.boolean() }),
    self: fc.constantFrom(null, A),
    separator: fc.constantFrom(':', ': ', ' : ', '说:'),
    relative: fc.constantFrom<Relative | null>(null, 'plutov', 'tokio', 'ncat', 'gist', 'select', 'nqbao'),
    here: fc.boolean()
  })
  .map(({ here, ...about }): Knowledge => ({
    ...NOTHING_KNOWN,
    ...about,
    knows: () => here,
    settled: () => here,
    nameOf: () => (here ? 'bob' : null),
    named: (name) => here && name === 'bob',
    nameLengths: () => (here ? [3] : [])
  }))

const readAll = (line: string, known: Knowledge): void => {
  for (const dialect of DIALECTS) {
    const spec = specOf(dialect)
    expect(spec.parse(line, known).length).toBeGreaterThan(0)
    spec.parseTail(line, known)
    spec.recognise(line, A)
  }
  readHouse(line, known)
  lastWords(line)
  proof(line, A)
  const detector = makeDetector({ port: 1, local: A, remembered: null })
  detector.hear(line)
  detector.conclude()
}

test('no line makes a parser throw', () => {
  fc.assert(fc.property(anyLine, anyKnown, readAll), { numRuns: 2000 })
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, whole) => typeof looksLikeNoChat(bytes, whole) === 'boolean')
  )
})

describe('endless lines are read in linear time', () => {
  const known: Knowledge = {
    ...NOTHING_KNOWN,
    marked: true,
    asked: { who: true, rename: true, whisper: true },
    named: (name) => name === 'bob',
    knows: (address) => address === A,
    nameLengths: () => [3, 2, 1]
  }
  const evil = [
    ...PARTS,
    'bob对您说',
    `[${A}]`,
    '[1%[',
    '[1%',
    '1.1.1.1:1 ',
    '\\344',
    '当前用户名',
    '您已经更新用户名 ',
    'a ',
    '已',
    '。',
    '1.',
    '[:',
    '* a is now known as ',
    '对您说[1.1.1.1:1]',
    'GET '
  ]
  test.each(evil)('%j, over and over', (part) => {
    for (const head of ['', `[${A}]`, `${A}: `, 'bob对您说']) {
      const line = (head + part.repeat(Math.ceil((64 * 1024) / part.length))).slice(0, 64 * 1024)
      const work = workOf(() => {
        readAll(line, known)
        readAll(line, { ...known, marked: false })
      })
      // All dialects twice; quadratic work on 64 KiB takes seconds.
      expect(work).toBeLessThan(600)
    }
  })
  test('a line of 1 MiB as well', () => {
    for (const part of ['x', '对您说', `[${A}]`, '[1%', ':']) {
      const line = part.repeat(Math.ceil(2 ** 20 / part.length))
      expect(workOf(() => readAll(line, known))).toBeLessThan(1500)
    }
  })
})
