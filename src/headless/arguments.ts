import { isIP, isIPv6 } from 'node:net'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { HubLimits } from '../core/hub/contract.ts'
import { DEFAULT_HUB_LIMITS, UNLIMITED } from '../core/hub/limits.ts'
import { hostName } from '../shared/commands.ts'
import {
  CHARSETS,
  DIALECT_CHOICES,
  HOSTED_DIALECTS,
  type Charset,
  type DialectChoice,
  type HostedDialect
} from '../shared/dialect.ts'
import { MAX_KEPT_DAYS } from '../shared/history.ts'
import { DEFAULT_PORT } from '../shared/limits.ts'
import { readJoinLink, type JoinTarget } from '../shared/join-link.ts'
import type { Language } from '../shared/settings.ts'
import type { Config, ConfigKind } from './config.ts'
import { printable } from '../shared/printable.ts'
import type { LogArguments } from './log-arguments.ts'
import { readLog } from './log-arguments.ts'
import type { Given, Rule } from './rules.ts'
import { checked, FILE, FOLDER, LANGUAGE, Mistake, oneOf, rule, shown } from './rules.ts'

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
  /** What the room sees is written down. */
  history: boolean
  /** Null: as long as the app's settings say, or for ever. */
  keepDays: number | null
  bare: boolean
  /** Null: the system's. */
  language: Language | null
  unlimited: boolean
  /** Those of `--unlimited` or the default ones, and over them what was asked for by name. */
  limits: HubLimits
  /** Where the numbers for Prometheus are served; null: nowhere. */
  metrics: { address: string; port: number } | null
  /** The file of options; null: none. */
  config: string | null
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
  /** What is heard and said is written down. */
  history: boolean
  json: boolean
}
export interface ViewArguments {
  verb: 'view'
  /** 0: any free one. */
  port: number
  data: string | null
  /** Opens an app-style window where there is a display and a Chromium. */
  window: boolean
  /** An invitation: fills the Connect dialog. */
  link: JoinTarget | null
}
export type Arguments =
  | HostArguments
  | ConnectArguments
  | ViewArguments
  | LogArguments
  | { verb: 'help'; about: 'all' | 'host' | 'connect' | 'view' | 'log' }
  | { verb: 'version' }
  /** One line that names what is wrong; without a line end. */
  | { verb: 'wrong'; line: string }

const VERBS = ['host', 'connect', 'view', 'log'] as const
type Verb = (typeof VERBS)[number]

/** 24 days: the longest delay a timer of Node can keep. */
const LONGEST_IDLE_SECONDS = 2_000_000

const KIB = 1024
const MIB = 1024 * KIB

/** One limit of the hub as an option. */
interface LimitOption {
  option: string
  limit: keyof HubLimits
  least: number
  most: number
  /** May be lifted. What protects the machine itself may not. */
  liftable?: true
  /** Parts of one are possible. */
  parts?: true
}
/**
 * The names of `HubLimits`. The least values are those a room still works with; the most are beyond any machine, and
 * find a digit too many.
 */
export const LIMIT_OPTIONS: readonly LimitOption[] = [
  { option: 'line-bytes', limit: 'lineBytes', least: 80, most: MIB },
  { option: 'unended-bytes', limit: 'unendedBytes', least: 80, most: 16 * MIB },
  // One write has up to 192 KiB: a queue takes at least one.
  { option: 'member-queue-bytes', limit: 'memberQueueBytes', least: 256 * KIB, most: 1024 * MIB },
  { option: 'all-queues-bytes', limit: 'allQueuesBytes', least: 256 * KIB, most: 64 * 1024 * MIB },
  { option: 'write-stall-ms', limit: 'writeStallMs', least: 100, most: 3_600_000 },
  { option: 'rate-burst', limit: 'rateBurst', least: 1, most: 1_000_000, liftable: true },
  { option: 'rate-per-second', limit: 'ratePerSecond', least: 0.01, most: 1_000_000, liftable: true, parts: true },
  { option: 'rate-waiting', limit: 'rateWaiting', least: 0, most: 1_000_000, liftable: true },
  { option: 'per-address', limit: 'perAddress', least: 1, most: 1_000_000, liftable: true },
  { option: 'new-per-minute', limit: 'newPerMinute', least: 1, most: 1_000_000, liftable: true },
  { option: 'members', limit: 'members', least: 1, most: 1_000_000, liftable: true }
]

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
    'no-history': { type: 'boolean' },
    'keep-days': { type: 'string' },
    bare: { type: 'boolean' },
    language: { type: 'string' },
    unlimited: { type: 'boolean' },
    ...Object.fromEntries(LIMIT_OPTIONS.map(({ option }) => [option, { type: 'string' as const }])),
    metrics: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' }
  },
  connect: {
    ...COMMON,
    dialect: { type: 'string' },
    nick: { type: 'string' },
    charset: { type: 'string' },
    'no-reconnect': { type: 'boolean' },
    data: { type: 'string' },
    'no-history': { type: 'boolean' },
    json: { type: 'boolean' }
  },
  view: {
    ...COMMON,
    port: { type: 'string' },
    data: { type: 'string' },
    'no-window': { type: 'boolean' }
  },
  log: {
    ...COMMON,
    lines: { type: 'string', short: 'n' },
    since: { type: 'string' },
    until: { type: 'string' },
    follow: { type: 'boolean', short: 'f' },
    search: { type: 'string' },
    export: { type: 'string' },
    format: { type: 'string' },
    language: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean' }
  }
}

/** What `--config` takes: every option of `host` but those that make no sense in a file. */
const NUMBERS = new Set(['port', 'idle', 'keep-days', ...LIMIT_OPTIONS.map(({ option }) => option)])
export const CONFIG_KINDS: ReadonlyMap<string, ConfigKind> = new Map(
  Object.entries(OPTIONS.host)
    .filter(([name]) => name !== 'help' && name !== 'config')
    .map(([name, { type, multiple }]) => {
      if (type === 'boolean') return [name, 'switch']
      if (multiple === true) return [name, 'texts']
      return [name, NUMBERS.has(name) ? 'number' : 'text']
    })
)

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

const portText = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((port) => port <= 65_535)
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
const limitRule = ({ least, most, liftable, parts }: LimitOption): Rule<number> =>
  rule(
    z
      .string()
      .regex(parts ? /^\d{1,12}(?:\.\d{1,3})?$|^unlimited$/ : /^\d{1,12}$|^unlimited$/)
      .transform((text) => (text === 'unlimited' ? Infinity : Number(text)))
      .refine((number) => (number === Infinity ? liftable === true : number >= least && number <= most)),
    `a number from ${least} to ${most}${liftable ? ' or unlimited' : ''}`
  )
const METRICS_AT = /^(?:\[(?<six>[^[\]]+)\]|(?<four>[\d.]+)):(?<port>\d{1,5})$/
const METRICS = rule(
  z.string().transform((text, context) => {
    const found = METRICS_AT.exec(text)?.groups
    const address = found?.['six'] ?? found?.['four'] ?? ''
    const port = Number(found?.['port'])
    if (isIP(address) !== (found?.['six'] === undefined ? 4 : 6) || !(port <= 65_535)) {
      context.addIssue('not an address with a port')
      return z.NEVER
    }
    return { address, port }
  }),
  'ADDRESS:PORT, like 127.0.0.1:9464'
)
const KEEP_DAYS = rule(
  z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .refine((days) => days >= 1 && days <= MAX_KEPT_DAYS),
  `a number of days from 1 to ${MAX_KEPT_DAYS}`
)
const CHARSET = rule(
  z
    .string()
    .toLowerCase()
    .transform((name): string => CHARSET_ALIASES[name] ?? name)
    .pipe(z.enum(CHARSETS)),
  oneOf(CHARSETS.filter((charset) => charset !== 'auto'))
)

/**
 * Reads the options of one verb. The tokens are checked here, not by `strict`, so that every mistake is one line that
 * names the option. What the command line does not say, the file says.
 */
const readOptions = (verb: Verb, args: string[], config: Config | null): Given => {
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
    if (token.value === undefined || (!token.inlineValue && /^-./.test(token.value)))
      throw new Mistake(`--${token.name} needs a value`)
    values.set(token.name, [...(values.get(token.name) ?? []), token.value])
  }
  const texts = (option: string): string[] => values.get(option) ?? config?.entries.get(option)?.values ?? []
  const where = (option: string): string => {
    const line = values.has(option) ? undefined : config?.entries.get(option)?.line
    return line === undefined ? `--${option}` : `${printable(config?.path ?? '')}:${line}: ${option}`
  }
  return {
    value: (option, rule) => {
      const value = texts(option).at(-1)
      return value === undefined ? null : checked(where(option), rule, value)
    },
    texts,
    where,
    on: (option) => values.has(option) || texts(option).length > 0,
    positionals
  }
}

const readDoor = (where: string, text: string): { port: number; dialect: HostedDialect } => {
  const [port, dialect, ...rest] = text.split(':')
  if (port === undefined || dialect === undefined || rest.length > 0)
    throw new Mistake(`${where} must be PORT:DIALECT, not ${shown(text)}`)
  return { port: checked(where, PORT, port), dialect: checked(where, HOSTED_DIALECT, dialect) }
}

const readLimits = (given: Given): HubLimits => {
  const limits = { ...(given.on('unlimited') ? UNLIMITED : DEFAULT_HUB_LIMITS) }
  for (const row of LIMIT_OPTIONS) limits[row.limit] = given.value(row.option, limitRule(row)) ?? limits[row.limit]
  const atLeast = (option: string, number: number, other: string, least: number): void => {
    if (number >= least) return
    const named = given.texts(option).length > 0 ? option : other
    throw new Mistake(`${given.where(named)}: ${option} (${number}) must not be less than ${other} (${least})`)
  }
  atLeast('unended-bytes', limits.unendedBytes, 'line-bytes', limits.lineBytes)
  atLeast('all-queues-bytes', limits.allQueuesBytes, 'member-queue-bytes', limits.memberQueueBytes)
  return limits
}

const readHost = (given: Given): HostArguments => {
  const [extra] = given.positionals
  if (extra !== undefined) throw new Mistake(`host takes no argument ${shown(extra)}`)
  const doors = [
    {
      port: given.value('port', PORT) ?? DEFAULT_PORT,
      dialect: given.value('dialect', HOSTED_DIALECT) ?? ('im' as const)
    },
    ...given.texts('door').map((text) => readDoor(given.where('door'), text))
  ]
  const fixed = new Set<number>()
  for (const { port } of doors) {
    if (port === 0) continue
    if (fixed.has(port)) throw new Mistake(`${given.where('door')}: another door of this room has port ${port} already`)
    fixed.add(port)
  }
  return {
    verb: 'host',
    doors,
    bind: given.value('bind', BIND),
    name: given.value('name', ROOM_NAME),
    idleMs: Math.round((given.value('idle', IDLE) ?? 0) * 1000),
    data: given.value('data', FOLDER),
    history: !given.on('no-history'),
    keepDays: given.value('keep-days', KEEP_DAYS),
    bare: given.on('bare'),
    language: given.value('language', LANGUAGE),
    unlimited: given.on('unlimited'),
    limits: readLimits(given),
    metrics: given.value('metrics', METRICS),
    config: given.value('config', FILE),
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
    history: !given.on('no-history'),
    json: given.on('json')
  }
}

const readView = (given: Given): ViewArguments => {
  const [link, extra] = given.positionals
  if (extra !== undefined) throw new Mistake(`view takes one link, and there is also ${shown(extra)}`)
  const target = link === undefined ? null : readJoinLink(link)
  if (link !== undefined && target === null)
    throw new Mistake(`this is no link of an invitation that may be opened: ${shown(link)}`)
  return {
    verb: 'view',
    port: given.value('port', PORT) ?? 0,
    data: given.value('data', FOLDER),
    window: !given.on('no-window'),
    link: target
  }
}

const isVerb = (word: string): word is Verb => (VERBS as readonly string[]).includes(word)

/** Reads the words after the program's name; `config` is the file they name, if it was read. Never throws. */
export const readArguments = (args: string[], config: Config | null = null): Arguments => {
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
    const given = readOptions(word, rest, config)
    if (given.on('help')) return { verb: 'help', about: word }
    switch (word) {
      case 'host':
        return readHost(given)
      case 'connect':
        return readConnect(given)
      case 'view':
        return readView(given)
      case 'log':
        return readLog(given)
    }
  } catch (mistake) {
    if (mistake instanceof Mistake) return { verb: 'wrong', line: mistake.message }
    throw mistake
  }
}
