import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { printable } from '../shared/printable.ts'

/**
 * A file of options for `teahouse host --config FILE`: one JSON object, each key the name of an option. Read here
 * piece by piece, because whoever wrote it wants to know the line a mistake is in, and a key that stands there twice.
 */

/** One option of the file, as it would have been given on the command line. */
export interface ConfigEntry {
  /** From 1. */
  line: number
  /** One for each time the option would have been given; none for a switch that is off. */
  values: string[]
}
export interface Config {
  path: string
  entries: Map<string, ConfigEntry>
}
export type ConfigResult = { ok: true; config: Config } | { ok: false; text: string }

/** What an option of the file may be. */
export type ConfigKind = 'switch' | 'text' | 'number' | 'texts'

/** Every option with a line of its own, many times over; more is some other file. */
const LONGEST_CHARACTERS = 1024 * 1024
/** A string, a number, a word, or a sign: the tokens of JSON. Each alternative begins with a character of its own. */
const TOKEN = /[\t\n\r ]*(?:("(?:[^"\\\u0000-\u001f]|\\.)*")|(-?\d[\d.eE+-]*|[a-z]+)|([{}[\],:]))/y
const ONLY_BLANKS = /[\t\n\r ]*$/y

const SHAPES: Record<ConfigKind, { schema: z.ZodType<string[]>; expected: string }> = {
  switch: { schema: z.boolean().transform((on) => (on ? [''] : [])), expected: 'true or false' },
  text: { schema: z.string().transform((text) => [text]), expected: 'a text in double quotes' },
  number: {
    schema: z.union([
      z.number().transform((number) => [String(number)]),
      z.literal('unlimited').transform((word) => [word])
    ]),
    expected: 'a number'
  },
  texts: { schema: z.array(z.string()), expected: 'a list of texts' }
}

/** A mistake in the file, on its way to becoming the one line. */
class Mistake extends Error {
  readonly line: number
  constructor(line: number, text: string) {
    super(text)
    this.line = line
  }
}

interface Token {
  text: string
  line: number
}

const tokensOf = (source: string): Token[] => {
  const tokens: Token[] = []
  let line = 1
  let at = 0
  for (;;) {
    ONLY_BLANKS.lastIndex = at
    if (ONLY_BLANKS.test(source)) return tokens
    TOKEN.lastIndex = at
    const found = TOKEN.exec(source)
    if (!found) {
      const blanks = /[\t\n\r ]*/y
      blanks.lastIndex = at
      const skipped = blanks.exec(source)?.[0] ?? ''
      const rest = source.slice(at + skipped.length, at + skipped.length + 20).split('\n', 1)[0] ?? ''
      throw new Mistake(line + skipped.split('\n').length - 1, `this is not JSON: ${rest}`)
    }
    const text = found[1] ?? found[2] ?? found[3] ?? ''
    line += found[0].split('\n').length - 1
    tokens.push({ text, line })
    at = TOKEN.lastIndex
  }
}

/** The object's entries in order. Values are texts, numbers, words, or flat lists of them: no option needs more. */
const entriesOf = (source: string): { key: string; line: number; value: unknown }[] => {
  const tokens = tokensOf(source)
  let next = 0
  const last = tokens.at(-1)?.line ?? 1
  const take = (): Token => tokens[next++] ?? { text: '', line: last }
  const complain = (token: Token, expected: string): never => {
    const found = token.text === '' ? 'the end' : token.text
    throw new Mistake(token.line, `here must be ${expected}, not ${found}`)
  }
  const sign = (text: string): void => {
    const token = take()
    if (token.text !== text) complain(token, text)
  }
  const scalar = (token: Token): unknown => {
    try {
      return JSON.parse(token.text)
    } catch {
      return complain(token, 'a value')
    }
  }
  const value = (): unknown => {
    const token = take()
    if (token.text !== '[') return scalar(token)
    const list: unknown[] = []
    if (tokens[next]?.text === ']') {
      next += 1
      return list
    }
    for (;;) {
      list.push(scalar(take()))
      const after = take()
      if (after.text === ']') return list
      if (after.text !== ',') complain(after, ', or ]')
    }
  }

  const entries: { key: string; line: number; value: unknown }[] = []
  sign('{')
  if (tokens[next]?.text === '}') next += 1
  else {
    for (;;) {
      const name = take()
      if (!name.text.startsWith('"')) complain(name, 'the name of an option in double quotes')
      const key = z.string().parse(scalar(name))
      sign(':')
      entries.push({ key, line: name.line, value: value() })
      const after = take()
      if (after.text === '}') break
      if (after.text !== ',') complain(after, ', or }')
    }
  }
  const more = tokens[next]
  if (more) complain(more, 'the end')
  return entries
}

/** Reads the text of a file. `path` is only for the words. Never throws. */
export const readConfig = (path: string, source: string, kinds: ReadonlyMap<string, ConfigKind>): ConfigResult => {
  const entries = new Map<string, ConfigEntry>()
  try {
    if (source.length > LONGEST_CHARACTERS) throw new Mistake(1, 'this file is too long for options')
    // A mark some editors put before UTF-8.
    for (const { key, line, value } of entriesOf(source.replace(/^\uFEFF/, ''))) {
      const kind = kinds.get(key)
      if (kind === undefined) throw new Mistake(line, `unknown option "${key}"`)
      const before = entries.get(key)
      if (before) throw new Mistake(line, `${key} stands here again (first in line ${before.line})`)
      const shape = SHAPES[kind]
      const values = shape.schema.safeParse(value)
      if (!values.success) throw new Mistake(line, `${key} must be ${shape.expected}, not ${JSON.stringify(value)}`)
      entries.set(key, { line, values: values.data })
    }
  } catch (mistake) {
    if (!(mistake instanceof Mistake)) throw mistake
    const text = mistake.message.length > 200 ? `${mistake.message.slice(0, 200)}…` : mistake.message
    return { ok: false, text: printable(`${path}:${mistake.line}: ${text}`) }
  }
  return { ok: true, config: { path, entries } }
}

const WHY: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder'
}

/** Reads the file. Never throws. */
export const readConfigFile = (path: string, kinds: ReadonlyMap<string, ConfigKind>): ConfigResult => {
  try {
    return readConfig(path, readFileSync(path, 'utf8'), kinds)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return { ok: false, text: `--config: cannot read ${printable(path)}: ${WHY[code] ?? code}` }
  }
}
