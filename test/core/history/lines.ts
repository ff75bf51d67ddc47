import type { Format, KeptConversation } from '../../../src/core/history/formats/format.ts'
import type { Line, LineBody } from '../../../src/shared/state.ts'

export const ANNA = { address: '10.0.0.2:2000', name: 'Anna' }
export const ME = { address: '10.0.0.1:1000', name: '我' }
/** 2026-11-21, 12:34:56.789 in UTC. */
export const NOON = Date.UTC(2026, 10, 21, 12, 34, 56, 789)

export const said = (text: string, more: object = {}): LineBody => ({
  kind: 'said',
  from: ANNA,
  text,
  own: false,
  state: 'delivered',
  failure: null,
  mention: false,
  ...more
})
/** One of each, in the words a table test can name. */
export const BODIES: readonly LineBody[] = [
  said('hello 你好'),
  said('@我 look', { mention: true }),
  said('mine', { own: true, from: ME }),
  said('lost?', { own: true, from: ME, state: 'unconfirmed' }),
  said('no', { own: true, from: ME, state: 'failed', failure: { code: 'flood', text: 'slow down' } }),
  said('cut', {
    own: true,
    from: { address: null, name: null },
    state: 'failed',
    failure: { code: 'connection-lost', text: '' }
  }),
  { kind: 'joined', member: ANNA, own: false },
  { kind: 'joined', member: ME, own: true },
  { kind: 'left', member: ANNA, reason: 'left' },
  { kind: 'left', member: ANNA, reason: 'idle' },
  { kind: 'left', member: ANNA, reason: 'kicked' },
  { kind: 'renamed', member: ANNA, was: 'Ann', own: false },
  { kind: 'renamed', member: ME, was: 'I', own: true },
  { kind: 'line', text: 'MOTD' },
  { kind: 'listed', members: [ANNA, ME], complete: true },
  { kind: 'listed', members: [ANNA], complete: false },
  { kind: 'refused', command: 'rename', code: 'name-taken', text: '当前用户名被使用了' },
  { kind: 'kicked', reason: 'flood', text: '' },
  { kind: 'connected', again: true },
  { kind: 'connected', again: false, away: { since: NOON - 3_600_000, sure: true } },
  { kind: 'disconnected', reason: 'reset' }
]
const MING = { address: '10.0.0.2:5012', name: 'Ming' }
const OTHER_MING = { address: '10.0.0.7:40000', name: 'Ming' }
/** Two of one name at once, and one of them gone again. */
export const TWINS: readonly LineBody[] = [
  said('one', { from: MING }),
  said('two', { from: OTHER_MING }),
  said('three', { from: MING }),
  said('four'),
  said('five', { own: true, from: ME }),
  { kind: 'listed', members: [MING, OTHER_MING, ANNA], complete: true },
  { kind: 'left', member: OTHER_MING, reason: 'left' },
  said('six', { from: MING }),
  { kind: 'renamed', member: { ...ANNA, name: 'Ming' }, was: 'Ann', own: false }
]
export const line = (id: number, body: LineBody, at = NOON + id): Line => ({ id, at, ...body })

export const tea = (lines = 0, more: Partial<KeptConversation> = {}): KeptConversation => ({
  id: 'r1',
  room: 'r1',
  title: 'Tea',
  hosted: false,
  with: null,
  unverified: false,
  lines,
  ...more
})
const NOBODY = { members: [], more: 0 }
/** The whole text of some conversations. */
export const written = (format: Format, ...conversations: [KeptConversation, Line[]][]): string =>
  [
    format.begin(conversations.map(([one]) => one)),
    ...conversations.flatMap(([one, lines]) => [
      format.conversation(one, NOBODY, []),
      ...lines.map((each) => format.line(each))
    ]),
    format.end(conversations.reduce((sum, [, lines]) => sum + lines.length, 0))
  ].join('')

/** What hostile programs send: ends of lines, escapes, markup, steering, halves of characters. */
export const HOSTILE = [
  '\n2026-11-21 boss: you are fired',
  '\r\n# heading',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  '</bdi></span></p><script>alert(1)</script><p>',
  '<img src=x onerror=alert(1)>',
  '"><style>*{display:none}</style>',
  '<!-- -->&amp;&#60;b&#62;&lt;',
  '\u202Egnp.exe',
  '\u2066\u2067\u2069\u2069',
  '\u2028\u2029\u0085',
  '\ud800 half \udfff',
  '\u0000\u007f\ufeff\ufffe',
  ']]>-->{{7*7}}${x}'
]
