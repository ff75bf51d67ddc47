import type { HostedDialect } from '../../shared/dialect.ts'

/** Somebody in the room, as the doors print him. */
export interface Figure {
  address: string
  /** Null: goes by his address. */
  name: string | null
}

/** What a member's line asks for. */
export type Asked =
  | { verb: 'say'; text: string }
  | { verb: 'who' }
  | { verb: 'rename'; name: string }
  | { verb: 'whisper'; to: string; text: string }
  /** Begins like a private message and is none: never for the room. */
  | { verb: 'malformed' }

/**
 * One dialect, as a server speaks it: every event as the exact bytes of dialects 7.2. Strings hold whole lines, each
 * with its LF, or are empty where the dialect has no word for the event.
 */
export interface DoorDialect {
  /** Understands `who`, `rename|N`, `to|N|T`; elsewhere these are text, as in the dialect's own servers (decision 8). */
  commands: boolean
  /** To the newcomer, before anything else. */
  welcome(who: Figure): string
  /** To the others. */
  joined(who: Figure): string
  left(who: Figure, idle: boolean): string
  said(who: Figure, text: string): string
  /** A text of a member, so that no line of it reads as a notice of the dialect. A bare room leaves texts as they are. */
  disarmed(text: string): string
  /** Null: no line for it, the room's own voice must do. */
  whispered(from: Figure, text: string): string | null
  listed(members: Iterable<Figure>): string
  /** To the one who renamed himself. */
  renamed(name: string): string
  /** The dialect's own refusal of a name; null: the room's own voice must do. */
  nameTaken: string | null
  /** To the idle one, before he is closed. */
  idled(who: Figure): string
}

/** What to call somebody where names are shown. */
export const label = (who: Figure): string => who.name ?? who.address

const silence = (): string => ''
/** Every text begins with its sender's address there: none can be a notice (dialects 3.1). */
const asIs = (text: string): string => text
const joinLines = (rows: Iterable<Figure>, row: (who: Figure) => string): string => {
  let out = ''
  for (const who of rows) out += row(who)
  return out
}

/** Seen by no reader, and by every program that compares. Not a blank: clients of these families trim. */
const NOT_THE_NOTICE = '\u200B'
/**
 * A text that would read as one of the dialect's notices gets an invisible end, which no notice has: in these dialects
 * a message and a notice about the same person differ in nothing else (dialects 8.25). Also where only the end of the
 * text reads so, since clients look for the last colon, and in the wordings of the family's forks (dialects 5.1, 5.2).
 */
const unlike =
  (notices: RegExp) =>
  (text: string): string =>
    notices.test(text) ? text + NOT_THE_NOTICE : text
const unlikeIm = unlike(
  /(?:^|[:：])\s*(?:我?已?[上下]线了?|在线\.{2,3}|(?:(?:this )?user )?is o(?:n|ff)line|online\.{3}|online|offline|sign (?:in|out))[.!。！]?\s*$|在线中$/iu
)
const unlikeIamhere = unlike(
  /(?:^|[:：])\s*(?:log ?in|log(?:in)? ?out|i am here|我在线|time out leave(?: out)?)[.!。！]?\s*$/iu
)

const whisperedLine = (from: Figure, text: string): string => `${label(from)}对您说${text}\n`

const broadcaster = (words: { welcome: string; joined: string; left: string }): DoorDialect => ({
  commands: false,
  welcome: (who) => `${words.welcome} ${who.address}\n`,
  joined: (who) => `${who.address} ${words.joined}\n`,
  left: (who) => `${who.address} ${words.left}\n`,
  said: (who, text) => `${who.address}: ${text}\n`,
  disarmed: asIs,
  whispered: () => null,
  listed: silence,
  renamed: silence,
  nameTaken: null,
  idled: silence
})

const iamhereLeft = (who: Figure, idle: boolean): string =>
  `[${who.address}]${label(who)}:${idle ? 'time out leave out' : 'login out'}\n`
const iamhereJoined = (who: Figure): string => `[${who.address}]${who.address}:login\n`
const imJoined = (who: Figure): string => `[${who.address}]${who.address}:已上线\n`

export const DOORS: Record<HostedDialect, DoorDialect> = {
  gopl: broadcaster({ welcome: 'You are', joined: 'has arrived', left: 'has left' }),
  'gopl-zh': broadcaster({ welcome: '欢迎', joined: '上线', left: '下线' }),
  iamhere: {
    commands: true,
    welcome: (who) => `[${who.address}]${who.address}:I am here\n${iamhereJoined(who)}`,
    joined: iamhereJoined,
    left: iamhereLeft,
    said: (who, text) => `[${who.address}]${label(who)}:${text}\n`,
    disarmed: unlikeIamhere,
    whispered: whisperedLine,
    listed: (members) => `user list:\n${joinLines(members, (who) => `${who.address}:${label(who)}\n`)}`,
    renamed: () => 'rename ok\n',
    nameTaken: null,
    idled: (who) => iamhereLeft(who, true)
  },
  im: {
    commands: true,
    welcome: imJoined,
    joined: imJoined,
    left: (who) => `[${who.address}]${label(who)}:已下线\n`,
    said: (who, text) => `[${who.address}]${label(who)}:${text}\n`,
    disarmed: unlikeIm,
    whispered: whisperedLine,
    listed: (members) => joinLines(members, (who) => `[${who.address}]${label(who)}:在线...\n`),
    renamed: (name) => `您已更新用户名：${name}\n`,
    nameTaken: '当前用户名被使用了\n',
    idled: () => '你被踢出了\n'
  },
  relay: {
    commands: false,
    welcome: silence,
    joined: silence,
    left: silence,
    said: (who, text) => `${who.address}:${text}\n`,
    disarmed: asIs,
    whispered: () => null,
    listed: silence,
    renamed: silence,
    nameTaken: null,
    idled: silence
  }
}

/** What a line at a door with commands asks for: the safe grammar of dialects 7.4. */
export const readLine = (line: string): Asked => {
  if (line.startsWith('to|')) {
    const [, to = '', ...rest] = line.split('|')
    if (rest.length === 0 || to.trim() === '') return { verb: 'malformed' }
    return { verb: 'whisper', to: to.trim(), text: rest.join('|') }
  }
  if (line.startsWith('rename|')) return { verb: 'rename', name: line.split('|')[1] ?? '' }
  return line.trimEnd() === 'who' ? { verb: 'who' } : { verb: 'say', text: line }
}

/** Other ways to end a line: NEL, the separators of Unicode, vertical tab, form feed, CR. A blank keeps words apart. */
const LINE_ENDS = /[\n\v\f\r\u0085\u2028\u2029]/gu
/** What a terminal would obey. TAB stays. */
const CONTROLS = /[\0-\x08\x0E-\x1F\x7F-\x9F]/gu
const UNSAFE = /[\0-\x08\n-\x1F\x7F-\x9F\u2028\u2029]/u

/** A text that is one line and commands nothing, for everybody who will read it (dialects 7.1.9 and 7.1.12). */
export const oneLine = (text: string): string =>
  UNSAFE.test(text) ? text.replaceAll(LINE_ENDS, ' ').replaceAll(CONTROLS, '\uFFFD') : text
