import { expect, test } from 'vitest'
import { looksLikeNoChat, makeDetector, proof, specOf } from '../../src/core/dialects/detection.ts'
import type { Knowledge, Relative } from '../../src/core/dialects/dialect.ts'
import { readHouse, readMark } from '../../src/core/dialects/house.ts'
import { lastWords } from '../../src/core/dialects/im.ts'
import { oneLine, readLine } from '../../src/core/hub/doors.ts'
import { beginsLongRequest, isRequestLine } from '../../src/core/hub/foreign.ts'
import { checkName } from '../../src/core/hub/names.ts'
import { mentions } from '../../src/core/switchboard/mention.ts'
import { readCommandObject } from '../../src/headless/json.ts'
import { tokensOf } from '../../src/renderer/conversation/tokens.ts'
import { DIALECTS } from '../../src/shared/dialect.ts'
import { readJoinLink } from '../../src/shared/join-link.ts'
import { safeLink } from '../../src/shared/link.ts'
import { readTextCommand } from '../../src/shared/text-command.ts'
import { CORPUS, fuzz, fuzzSeed, makeRandom, mutant } from '../support/fuzz.ts'
import { NOTHING_KNOWN } from '../support/knowledge.ts'

const LINES = 1_000_000
/** What costs more is tried on every so many lines. */
const SELDOM = 16
const A = '127.0.0.1:54321'
const RELATIVES: (Relative | null)[] = [null, 'plutov', 'tokio', 'ncat', 'gist', 'select', 'nqbao']
const KNOWN: Knowledge[] = RELATIVES.flatMap((relative, n): Knowledge[] => [
  { ...NOTHING_KNOWN, relative, separator: [':', ': ', ' : ', '说:'][n % 4] ?? ':' },
  {
    ...NOTHING_KNOWN,
    relative,
    marked: n % 2 === 0,
    welcomed: n % 3 === 0,
    self: A,
    asked: { who: true, rename: n % 2 === 0, whisper: true },
    knows: (address) => address === '127.0.0.1:7',
    settled: (address) => address === '127.0.0.1:7',
    nameOf: (address) => (address === '127.0.0.1:7' ? 'bob' : null),
    named: (name) => name === 'bob',
    nameLengths: () => [3]
  }
])
/** Each line goes to every other dialect: what is alike in two of them is tried often enough. */
const SPECS = [0, 1].map((half) => DIALECTS.filter((_, n) => n % 2 === half).map(specOf))
const GATE = { names: ['bob', 'Ann'], passUnknown: false }

const seed = fuzzSeed()
test(`a million lines make no parser throw (TEAHOUSE_FUZZ_SEED=${seed})`, { timeout: 120_000 }, () => {
  const random = makeRandom(seed)
  let line = ''
  let parsed = 0
  fuzz(
    seed,
    LINES,
    (n) => {
      line = mutant(random, CORPUS)
      const known = random.of(KNOWN)
      for (const spec of SPECS[n % SPECS.length] ?? []) {
        const spoken = spec.parse(line, known)
        if (spoken.length === 0) throw new Error(`${spec.name} makes nothing of it`)
        parsed += spoken.length
        spec.parseTail(line, known)
      }
      proof(line, A)
      readMark(line)
      readHouse(line, known)
      lastWords(line)
      // As commands: typed, at our doors, as a name.
      readTextCommand(line, GATE)
      const asked = readLine(line)
      if (line.startsWith('to|') && asked.verb === 'say') throw new Error('a private text would be public')
      isRequestLine(line)
      if (/[\0-\x08\n-\x1F\x7F-\x9F\u2028\u2029]/u.test(oneLine(line))) throw new Error('not one line')
      if (n % SELDOM !== 0) return
      const detector = makeDetector({ port: 1, local: A, remembered: null })
      detector.hear(line)
      detector.conclude()
      looksLikeNoChat(Buffer.from(line), n % 2 === 0)
      beginsLongRequest(line)
      const name = checkName(line)
      if (name.ok && /[|:[\],\n]|^\*|^\s|\s$/u.test(name.name)) throw new Error('a name of the wire’s own signs')
      readCommandObject(`{${line}`)
      readJoinLink(line)
      safeLink(line)
      mentions(line, 'bob')
      const tokens = tokensOf(line, (url) => ({ url, host: '' }), /bob/giu)
      if (tokens.map((token) => token.source).join('') !== line) throw new Error('the parts are not the text')
    },
    () => JSON.stringify(line)
  )
  expect(parsed).toBeGreaterThanOrEqual(LINES * (DIALECTS.length / SPECS.length))
})

test('the same seed makes the same lines, and a failure names it', () => {
  const some = (seed: number): string[] => {
    const random = makeRandom(seed)
    return Array.from({ length: 1000 }, () => mutant(random, CORPUS))
  }
  expect(some(7)).toEqual(some(7))
  expect(some(7)).not.toEqual(some(8))
  expect(new Set(some(7)).size).toBeGreaterThan(600)
  let line = ''
  const failing = (): void =>
    fuzz(
      7,
      1000,
      (n) => {
        line = some(7)[n] ?? ''
        if (n === 3) throw new Error('found')
      },
      () => JSON.stringify(line)
    )
  expect(failing).toThrow(`TEAHOUSE_FUZZ_SEED=7, attempt 3, ${JSON.stringify(some(7)[3])}`)
})
