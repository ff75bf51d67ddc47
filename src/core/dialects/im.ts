import type { RefusalCode } from '../../shared/events.ts'
import { sameAddress } from './address.ts'
import { aboutUnnamed, nameBefore, ownNameOf, plainWords, readBracketed, splitNamed } from './bracketed.ts'
import type { DialectSpec, Knowledge, Sign, Spoken } from './dialect.ts'
import { ordinaryPart, parsePrivate } from './privately.ts'

// The wording of the forks, dialects 5.1.
const JOINED = new Set([
  '已上线',
  '上线',
  '上线了',
  '我上线了',
  '我已上线',
  'is online',
  'online',
  'user is online',
  'this user is online',
  'sign in'
])
const LEFT = new Set([
  '已下线',
  '下线',
  '下线了',
  '我下线了',
  '我已下线',
  'is offline',
  'offline',
  'this user is offline',
  'sign out'
])
const ROW_ENDS = [
  '在线...',
  '在线..',
  'online...',
  'This user is currently online.',
  ' is online.',
  ' online',
  'online'
] as const
const RENAMED = /^(?:您已经?更新用户名为?|用户名已修改为|成功改名为)\s{0,4}[:：]?\s{0,4}(.+)$/su
const RENAMED_ENGLISH: readonly (readonly [before: string, after: string])[] = [
  ['Update user name to ', '.'],
  ['update username successfully: ', ''],
  ['Your name has been updated to "', '".'],
  ['Your name ', ' update succeeded']
]
const TAKEN = /^(?:当前|该)?用户名已?经?(?:被使用|被占用|存在)了?[.!。！]{0,3}$/u
const TAKEN_ENGLISH = /^(?:the new name has been used|username has been used|this name has been used)\.?$/i
const PRIVATE_ERRORS: readonly (readonly [begins: string, code: RefusalCode])[] = [
  ['消息格式不正确', 'bad-format'],
  ['不存在该用户', 'no-such-member'],
  ['该用户名不存在', 'no-such-member'],
  ['用户不存在', 'no-such-member'],
  ['无消息内容', 'empty-text'],
  ['消息内容为空', 'empty-text']
]
/** The idle limit's last words (dialects 3.4 rule 8, 5.1). */
const KICKED = new Set([
  '你被踢出了',
  '你被踢了',
  'You will be offline.',
  'you have been kicked offline',
  'You are idle for too long, force quit.',
  'Your time is up'
])
const LONGEST_ANSWER = 2000

const renamedTo = (line: string): string | null => {
  const chinese = RENAMED.exec(line)?.[1]
  if (chinese !== undefined) return chinese
  for (const [before, after] of RENAMED_ENGLISH) {
    if (line.startsWith(before) && line.endsWith(after) && line.length > before.length + after.length) {
      return line.slice(before.length, line.length - after.length)
    }
  }
  return null
}

const answer = (line: string, known: Knowledge): Spoken | null => {
  if (line.length > LONGEST_ANSWER) return null
  if (known.asked.rename) {
    // The exact line of the seed first: nothing of the name may be lost to a fork's blanks.
    if (line.startsWith('您已更新用户名：')) return { kind: 'accepted', name: line.slice(8) }
    const name = renamedTo(line)
    if (name !== null) return { kind: 'accepted', name }
    if (
      TAKEN.test(line) ||
      TAKEN_ENGLISH.test(line) ||
      (line.startsWith('The new name "') && line.endsWith('rename fails.'))
    ) {
      return { kind: 'refused', command: 'rename', code: 'name-taken', text: line }
    }
  }
  if (known.asked.whisper) {
    const error = PRIVATE_ERRORS.find(([begins]) => line.startsWith(begins))
    if (error) return { kind: 'refused', command: 'whisper', code: error[1], text: line }
    if (line === '发送成功' || line.startsWith('You sent a private message to ')) return { kind: 'confirmed' }
  }
  if (known.asked.who) {
    if (/^实际在线[:：]\d{1,9}人$/.test(line)) return { kind: 'listing' }
    if (line.startsWith('[') && line.endsWith(']在线中')) {
      return { kind: 'row', address: null, name: line.slice(1, -']在线中'.length) }
    }
  }
  return null
}

/** The name in front of a row's words, where the whole remainder is the name (dialects 3.6). */
const rowName = (rest: string): string | null => {
  const end = ROW_ENDS.find((words) => rest.endsWith(words))
  if (end === undefined) return null
  const head = rest.slice(0, -end.length)
  const parted = /[:：]\s?$/u.test(head) ? head.trimEnd().slice(0, -1) : end.startsWith(' ') ? head : null
  return parted === null ? null : parted.endsWith(' ') ? parted.trimEnd() : parted
}

const read = (line: string, known: Knowledge): Spoken[] => {
  const from = readBracketed(line)
  if (!from) {
    const answered = answer(line, known)
    if (answered) return [answered]
    if (KICKED.has(line)) return [{ kind: 'kicked', reason: 'idle', text: line }]
    const at = ordinaryPart(line, known)
    if (at !== null) return [...parsePrivate(line.slice(0, at), known), ...read(line.slice(at), known)]
    return parsePrivate(line, known)
  }
  const { address, rest } = from
  const notice = aboutUnnamed(from)
  // An unnamed person can type these words: only somebody not yet here can come (dialects 3.3, 3.4).
  if (notice && JOINED.has(plainWords(notice.words)) && !known.settled(address)) {
    return [{ kind: 'joined', address, name: null, separator: notice.separator }]
  }
  const row = known.asked.who ? rowName(rest) : null
  if (row !== null) return [{ kind: 'row', address, name: ownNameOf(row, address) }]
  const own = known.self !== null && sameAddress(known.self, address)
  const gone = own ? null : nameBefore(rest, LEFT)
  if (gone !== null) return [{ kind: 'left', address, name: ownNameOf(gone, address), reason: 'left' }]
  const parted = splitNamed(from, known)
  return [parted ? { kind: 'said', address, ...parted } : { kind: 'line', text: line }]
}

/** At the very end a kick may be glued to a private line before it: both without LF. */
export const lastWords = (tail: string): { before: string; kick: string } | null => {
  const text = tail.trimEnd()
  for (const words of KICKED) {
    if (text.endsWith(words)) return { before: text.slice(0, -words.length), kick: words }
  }
  return null
}

const recognise = (line: string, local: string): Sign | null => {
  const from = readBracketed(line)
  if (!from) return null
  const words = plainWords(aboutUnnamed(from)?.words ?? '')
  if (JOINED.has(words)) {
    const own = sameAddress(from.address, local)
    return { by: own ? 'welcome' : 'notice', self: own ? from.address : null, came: from.address }
  }
  return { by: 'message', self: null, came: null }
}

/** Unique names, private lines, a 10 s kick: the "Golang-IM-System" family (dialects 3.4, server 002). */
export const im: DialectSpec = {
  name: 'im',
  chunks: true,
  capabilities: () => ({ who: true, rename: true, whisper: true, echo: true }),
  recognise,
  parse: read,
  parseTail: (tail, known) => {
    if (tail.startsWith('[') && !tail.startsWith('[private]')) return null
    const spoken = read(tail, known)
    // Every server ends this answer (dialects 3.4, 5.2): without its end, the name is not whole yet.
    return spoken.some((one) => one.kind === 'line' || one.kind === 'accepted') ? null : spoken
  },
  who: 'who',
  rename: (name) => `rename|${name}`,
  whisper: (name, text) => `to|${name}|${text}`
}
