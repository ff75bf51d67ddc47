import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseSync } from 'vite'
import { describe, expect, test } from 'vitest'
import { makeHub, UNLIMITED } from '../../src/core/hub/hub.ts'
import { checkName, makeNameBook } from '../../src/core/hub/names.ts'
import { mentions } from '../../src/core/switchboard/mention.ts'
import { readCommandObject } from '../../src/headless/json.ts'
import { printable } from '../../src/shared/printable.ts'
import { textLine } from '../../src/headless/text.ts'
import { makeCodec } from '../../src/node/codec.ts'
import { folded, showable, showableName } from '../../src/renderer/conversation/showable.ts'
import { mentionPattern, tokensOf } from '../../src/renderer/conversation/tokens.ts'
import { HOSTED_DIALECTS } from '../../src/shared/dialect.ts'
import { readJoinLink } from '../../src/shared/join-link.ts'
import { safeLink } from '../../src/shared/link.ts'
import { readTextCommand } from '../../src/shared/text-command.ts'
import { makeHandClock } from '../support/clock.ts'
import { CORPUS } from '../support/fuzz.ts'

const LENGTH = 64 * 1024
/** Quadratic work on 64 KiB takes a second or more, linear work a few milliseconds. */
const MOST_MS = 300

/** A machine that is shared takes its time now and then; what is quadratic takes it each time. */
const TRIES = 3

/** Milliseconds of this thread's own work: other programs on the machine do not count. */
const costOf = (run: () => void): number => {
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < TRIES && least > MOST_MS; n += 1) {
    const before = process.threadCpuUsage()
    run()
    const { user, system } = process.threadCpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
const long = (unit: string): string => unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH)

interface Found {
  file: string
  pattern: string
  flags: string
}
const root = resolve(import.meta.dirname, '../..')
const regexIn = (node: object): { pattern: string; flags: string } | null => {
  if (!('type' in node) || node.type !== 'Literal' || !('regex' in node)) return null
  const { regex } = node
  if (typeof regex !== 'object' || regex === null || !('pattern' in regex) || !('flags' in regex)) return null
  return { pattern: String(regex.pattern), flags: String(regex.flags) }
}
/** Every regular expression the program is written with. */
const all = globSync('src/**/*.{ts,tsx}', { cwd: root }).flatMap((file): Found[] => {
  const found: Found[] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const regex = regexIn(node)
    if (regex) found.push({ file, ...regex })
    for (const child of Object.values(node)) walk(child)
  }
  walk(parseSync(file, readFileSync(resolve(root, file), 'utf8')).program)
  return found
})

const ESCAPES: Record<string, string> = { s: ' ', S: 'a', d: '1', D: 'a', w: 'a', W: ' ', t: '\t', n: '\n', r: '\r' }
/** What an expression repeats, most likely: the letters it names, and runs of them. */
const unitsOf = (pattern: string): string[] => {
  const plain = pattern
    .replaceAll(/\\u\{?([0-9a-fA-F]{2,6})\}?/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll(/\\[pP]\{[^}]*\}/g, 'é')
    .replaceAll(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter)
  const runs = plain.split(/[\\^$*+?{}|]|\(\?(?:[:=!]|<[=!]|<\w+>)|[()]/u).filter((run) => run !== '')
  const letters = [...new Set(plain)]
  const inner = runs.map((run) => run.replaceAll(/[[\]]/g, ''))
  const pairs = inner.flatMap((run, n) => (n === 0 ? [] : [(inner[n - 1] ?? '') + run]))
  return [...new Set([...letters, ...inner, ...pairs, plain, ' ', 'a', '1', 'a ', ' a', '1.', ':', '. '])].filter(
    Boolean
  )
}

describe('no regular expression of the program takes more than linear time', () => {
  test('they are found', () => {
    expect(all.length).toBeGreaterThan(100)
  })

  test('the attack finds one that does', () => {
    const slow = [/%.*$/u]
    for (const regex of slow) {
      const found = unitsOf(regex.source).some(
        (unit) =>
          costOf(
            () =>
              void regex.exec(`${long(unit)}
!`)
          ) > MOST_MS
      )
      expect(found).toBe(true)
    }
  }, 60_000)

  test('each, on 64 KiB of what it looks for', () => {
    const slow: string[] = []
    for (const { file, pattern, flags } of all) {
      const regex = new RegExp(pattern, flags)
      const everywhere = new RegExp(pattern, flags.includes('g') ? flags : `${flags}g`)
      for (const unit of unitsOf(pattern)) {
        for (const line of [long(unit), `${long(unit)}\n!`]) {
          const took = costOf(() => {
            regex.lastIndex = 0
            regex.exec(line)
            // As `matchAll` and `replaceAll` go through a text.
            if (regex.global) line.replace(everywhere, '')
          })
          if (took > MOST_MS)
            slow.push(`${file}: /${pattern}/${flags} on ${JSON.stringify(unit)}: ${Math.round(took)} ms`)
        }
      }
    }
    expect(slow).toEqual([])
  }, 120_000)
})

/** Whole functions, because some expressions are put together as the program runs, and some loops have none. */
const READERS: Record<string, (line: string) => unknown> = {
  'a name': checkName,
  'names of a room': (line) => makeNameBook<string>().claim('a', line),
  'a mention': (line) => mentions(line, 'bob'),
  'a mention of a long name': (line) => mentions(line, line.slice(0, 96)),
  'the parts of a message': (line) => tokensOf(line, (url) => ({ url, host: '' }), mentionPattern(['bob', 'a', '茶'])),
  'a text as it is shown': showable,
  'a name as it is shown': showableName,
  'a long text, folded': (line) => folded(line, 0),
  'a typed line': (line) => readTextCommand(line, { passUnknown: false, names: ['bob'] }),
  'a typed private line': (line) => readTextCommand(`/to ${line}`, { passUnknown: false, names: ['bob'] }),
  'a command object': (line) => readCommandObject(`{${line}`),
  'a join link': readJoinLink,
  'a join link with a long tail': (line) => readJoinLink(`teahouse://join?${line}`),
  'a link': safeLink,
  'a long link': (line) => safeLink(`https://example.org/${line}`),
  'a printable line': printable,
  'an event in words': (line) => textLine({ type: 'line', text: line })
}
const units = [
  ...new Set([...CORPUS, 'https://a.b/', '`', '``', '(', '((', '@bob ', 'a\u0301', '"', '\\', '%41', '&a='])
].filter((unit) => unit !== '')
describe('64 KiB of anything are read in linear time', () => {
  test.each(Object.entries(READERS))('as %s', (_, read) => {
    const slow = units.flatMap((unit) => {
      const took = costOf(() => void read(long(unit)))
      return took > MOST_MS ? [`${JSON.stringify(unit)}: ${Math.round(took)} ms`] : []
    })
    expect(slow).toEqual([])
  })

  test.each(HOSTED_DIALECTS)('by the hub, at a %s door', (dialect) => {
    const slow = units.flatMap((unit) => {
      const clock = makeHandClock()
      const limits = { ...UNLIMITED, lineBytes: 2 * LENGTH * 3, unendedBytes: 4 * LENGTH * 3 }
      const hub = makeHub(
        { name: 'Tea', language: 'en', bare: false, idleMs: 0, limits },
        { clock, codec: makeCodec, emit: () => undefined }
      )
      const wire = { write: () => true, queued: () => 0, end: () => undefined, destroy: () => undefined }
      const line = Buffer.from(`${long(unit)}\n`)
      const took = costOf(() => {
        const member = hub.admit(wire, '10.0.0.1:1', dialect)
        member.received(line)
        member.received(line)
        clock.turn()
        member.closed('ended')
      })
      return took > MOST_MS ? [`${JSON.stringify(unit)}: ${Math.round(took)} ms`] : []
    })
    expect(slow).toEqual([])
  })
})
