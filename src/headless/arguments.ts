import { isIP, isIPv6 } from 'node:net'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { hostName } from '../shared/commands.ts'
import {
  CHARSETS,
  DIALECT_CHOICES,
  HOSTED_DIALECTS,
  type Charset,
  type DialectChoice,
  type HostedDialect
} from '../shared/dialect.ts'
import { DEFAULT_PORT } from '../shared/limits.ts'
import type { Language } from '../shared/settings.ts'
import { printable } from './printable.ts'

/** What a person asked for on the command line, checked. */
export interface HostArguments {
  verb: 'host'
  /** The first one is the main door. */
  doors: { port: number; dialect: HostedDialect }[]
  /** Null: all interfaces, IPv4 and IPv6. */
  bind: string | null
  /** Null: the computer's name. */
  name: string | null
  idleMs: number
  data: string | null
  bare: boolean
  /** Null: the system's. */
  language: Language | null
  unlimited: boolean
  json: boolean
}
export interface ConnectArguments {
  verb: 'connect'
  host: string
  port: number
  dialect: DialectChoice
  nick: string | null
  charset: Charset
  reconnect: boolean
  data: string | null
  json: boolean
}
export interface ViewArguments {
  verb: 'view'
  /** 0: any free one. */
  port: number
  data: string | null
  /** Opens an app-style window where there is a display and a Chromium. */
  window: boolean
}
export type Arguments =
  | HostArguments
  | ConnectArguments
  | ViewArguments
  | { verb: 'help'; about: 'all' | 'host' | 'connect' | 'view' }
  | { verb: 'version' }
  /** One line that names what is wrong; without a line end. */
  | { verb: 'wrong'; line: string }

const VERBS = ['host', 'connect', 'view'] as const
type Verb = (typeof VERBS)[number]

/** 24 days: the longest delay a timer of Node can keep. */
const LONGEST_IDLE_SECONDS = 2_000_000

type OptionTable = Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }>
const COMMON: OptionTable = { help: { type: 'boolean', short: 'h' } }
const OPTIONS: Record<Verb, OptionTable> = {
  host: {
    ...COMMON,
    port: { type: 'string' },
    dialect: { type: 'string' },
    door: { type: 'string', multiple: true },
    bind: { type: 'string' },
    name: { type: 'string' },
    idle: { type: 'string' },
    data: { type: 'string' },
    bare: { type: 'boolean' },
    language: { type: 'string' },
    unlimited: { type: 'boolean' },
    json: { type: 'boolean' }
  },
  connect: {
    ...COMMON,
    dialect: { type: 'string' },
    nick: { type: 'string' },
    charset: { type: 'string' },
    'no-reconnect': { type: 'boolean' },
    data: { type: 'string' },
    json: { type: 'boolean' }
  },
  view: {
    ...COMMON,
    port: { type: 'string' },
    data: { type: 'string' },
    'no-window': { type: 'boolean' }
  }
}

/** Names people know the same encodings by. */
const CHARSET_ALIASES: Record<string, Charset> = {
  utf8: 'utf-8',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  sjis: 'shift_jis',
  'shift-jis': 'shift_jis',
  'latin-1': 'latin1',
  'iso-8859-1': 'latin1'
}

const oneOf = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`

const portText = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((port) => port <= 65_535)
/** What an option's value must be, and how that is said. */
interface Rule<T> {
  schema: z.ZodType<T, string>
  expected: string
}
const rule = <T>(schema: z.ZodType<T, string>, expected: string): Rule<T> => ({ schema, expected })

const PORT = rule(portText, 'a port from 0 to 65535')
const HOSTED_DIALECT = rule(z.string().pipe(z.enum(HOSTED_DIALECTS)), oneOf(HOSTED_DIALECTS))
const DIALECT = rule(z.string().pipe(z.enum(DIALECT_CHOICES)), oneOf(DIALECT_CHOICES))
const BIND = rule(
  z.string().refine((address) => isIP(address) !== 0 || address === 'localhost'),
  'an IP address of this computer'
)
const ROOM_NAME = rule(
  z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u),
  'a text of 1 to 200 characters in one line'
)
const NICK = rule(z.string().trim().min(1).max(200), 'a name of 1 to 200 characters')
const IDLE = rule(
  z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,3})?$/)
    .transform(Number)
    .refine((seconds) => seconds <= LONGEST_IDLE_SECONDS),
  `a number of seconds from 0 to ${LONGEST_IDLE_SECONDS}`
)
const LANGUAGE = rule(z.string().pipe(z.enum(['en', 'zh-CN'])), 'en or zh-CN')
const FOLDER = rule(z.string().min(1), 'a folder')
const CHARSET = rule(
  z
    .string()
    .toLowerCase()
    .transform((name): string => CHARSET_ALIASES[name] ?? name)
    .pipe(z.enum(CHARSETS)),
  oneOf(CHARSETS.filter((charset) => charset !== 'auto'))
)

/** A mistake in the arguments, on its way to becoming the one line. */
class Mistake extends Error {}

const shown = (value: string): string => `"${printable(value.length > 80 ? `${value.slice(0, 80)}…` : value)}"`

const checked = <T>(option: string, { schema, expected }: Rule<T>, value: string): T => {
  const result = schema.safeParse(value)
  if (!result.success) throw new Mistake(`${option} must be ${expected}, not ${shown(value)}`)
  return result.data
}

interface Given {
  /** The checked value of an option; null when it is not there. Given twice, the last one counts. */
  value: <T>(option: string, rule: Rule<T>) => T | null
  texts: (option: string) => string[]
  on: (option: string) => boolean
  positionals: string[]
}

/**
 * Reads the options of one verb. The tokens are checked here, not by `strict`, so that every mistake is one line that
 * names the option.
 */
const readOptions = (verb: Verb, args: string[]): Given => {
  const table = OPTIONS[verb]
  const { tokens } = parseArgs({ args, options: table, strict: false, allowPositionals: true, tokens: true })
  const values = new Map<string, string[]>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined
    if (option === undefined) throw new Mistake(`unknown option ${shown(token.rawName)} for ${verb}`)
    if (option.type === 'boolean') {
      if (token.value !== undefined) throw new Mistake(`--${token.name} takes no value`)
      values.set(token.name, [])
      continue
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-')))
      throw new Mistake(`--${token.name} needs a value`)
    values.set(token.name, [...(values.get(token.name) ?? []), token.value])
  }
  return {
    value: (option, rule) => {
      const value = values.get(option)?.at(-1)
      return value === undefined ? null : checked(`--${option}`, rule, value)
    },
    texts: (option) => values.get(option) ?? [],
    on: (option) => values.has(option),
    positionals
  }
}

const readDoor = (text: string): { port: number; dialect: HostedDialect } => {
  const [port, dialect, ...rest] = text.split(':')
  if (port === undefined || dialect === undefined || rest.length > 0)
    throw new Mistake(`--door must be PORT:DIALECT, not ${shown(text)}`)
  return { port: checked('--door', PORT, port), dialect: checked('--door', HOSTED_DIALECT, dialect) }
}

const readHost = (given: Given): HostArguments => {
  const [extra] = given.positionals
  if (extra !== undefined) throw new Mistake(`host takes no argument ${shown(extra)}`)
  const doors = [
    {
      port: given.value('port', PORT) ?? DEFAULT_PORT,
      dialect: given.value('dialect', HOSTED_DIALECT) ?? ('im' as const)
    },
    ...given.texts('door').map(readDoor)
  ]
  const fixed = new Set<number>()
  for (const { port } of doors) {
    if (port === 0) continue
    if (fixed.has(port)) throw new Mistake(`--door: another door of this room has port ${port} already`)
    fixed.add(port)
  }
  return {
    verb: 'host',
    doors,
    bind: given.value('bind', BIND),
    name: given.value('name', ROOM_NAME),
    idleMs: Math.round((given.value('idle', IDLE) ?? 0) * 1000),
    data: given.value('data', FOLDER),
    bare: given.on('bare'),
    language: given.value('language', LANGUAGE),
    unlimited: given.on('unlimited'),
    json: given.on('json')
  }
}

/** `host:port`, `192.0.2.1:port`, `[2001:db8::1]:port`. */
const ADDRESS = /^(?:\[(?<literal>[^[\]]+)\]|(?<name>[^[\]:/\s]+)):(?<port>\d{1,5})$/

const readAddress = (text: string): { host: string; port: number } => {
  const found = ADDRESS.exec(text)?.groups
  const literal = found?.['literal']
  const host = hostName.safeParse(literal ?? found?.['name'])
  const port = Number(found?.['port'])
  if (!host.success || (literal !== undefined && !isIPv6(literal)))
    throw new Mistake(`HOST:PORT must be like 192.168.1.20:8888 or [fe80::1%eth0]:8888, not ${shown(text)}`)
  if (port < 1 || port > 65_535) throw new Mistake(`HOST:PORT: the port must be from 1 to 65535, not ${port}`)
  return { host: host.data, port }
}

const readConnect = (given: Given): ConnectArguments => {
  const [address, extra] = given.positionals
  if (address === undefined) throw new Mistake('connect needs HOST:PORT')
  if (extra !== undefined) throw new Mistake(`connect takes one HOST:PORT, and there is also ${shown(extra)}`)
  return {
    verb: 'connect',
    ...readAddress(address),
    dialect: given.value('dialect', DIALECT) ?? 'auto',
    nick: given.value('nick', NICK),
    charset: given.value('charset', CHARSET) ?? 'auto',
    reconnect: !given.on('no-reconnect'),
    data: given.value('data', FOLDER),
    json: given.on('json')
  }
}

const readView = (given: Given): ViewArguments => {
  const [extra] = given.positionals
  if (extra !== undefined) throw new Mistake(`view takes no argument ${shown(extra)}`)
  return {
    verb: 'view',
    port: given.value('port', PORT) ?? 0,
    data: given.value('data', FOLDER),
    window: !given.on('no-window')
  }
}

const isVerb = (word: string): word is Verb => (VERBS as readonly string[]).includes(word)

/** Reads the words after the program's name. Never throws. */
export const readArguments = (args: string[]): Arguments => {
  const [word, ...rest] = args
  if (word === undefined)
    return { verb: 'wrong', line: `a verb is missing: ${oneOf(VERBS)} (teahouse --help tells more)` }
  if (word === '--help' || word === '-h' || word === 'help') {
    const about = rest[0] !== undefined && isVerb(rest[0]) ? rest[0] : 'all'
    return { verb: 'help', about }
  }
  if (word === '--version' || word === '-v') return { verb: 'version' }
  if (!isVerb(word)) {
    const what = word.startsWith('-') ? 'unknown option' : 'unknown verb'
    return { verb: 'wrong', line: `${what} ${shown(word)}: ${oneOf(VERBS)} (teahouse --help tells more)` }
  }
  try {
    const given = readOptions(word, rest)
    if (given.on('help')) return { verb: 'help', about: word }
    switch (word) {
      case 'host':
        return readHost(given)
      case 'connect':
        return readConnect(given)
      case 'view':
        return readView(given)
    }
  } catch (mistake) {
    if (mistake instanceof Mistake) return { verb: 'wrong', line: mistake.message }
    throw mistake
  }
}
