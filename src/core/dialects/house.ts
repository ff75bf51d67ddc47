import type { KickReason, RefusalCode } from '../../shared/events.ts'
import type { Knowledge, Spoken } from './dialect.ts'

/** The voice of a Teahouse host: every line of its own begins with `* `, as no member's line can (decisions 1, 2). */

const MARK = '* Teahouse 1 '

/** The room's name, if this line is the mark of our host. */
export const readMark = (line: string): string | null => (line.startsWith(MARK) ? line.slice(MARK.length) : null)

const afterAny = (line: string, begins: readonly string[]): string | null => {
  const begin = begins.find((one) => line.startsWith(one))
  return begin === undefined ? null : line.slice(begin.length)
}

/** Hosts of other versions may word a reason differently: the sense is looked for, not the sentence. */
const REFUSALS: readonly (readonly [sense: RegExp, code: RefusalCode])[] = [
  [/消息格式不正确|to\|NAME\|TEXT/, 'bad-format'],
  [/不存在该用户|nobody here/, 'no-such-member'],
  [/无消息内容|there is no text/, 'empty-text'],
  [/taken|已有人使用|被使用/, 'name-taken'],
  [/\bname\b|名字/, 'bad-name'],
  [/a line has|KiB|too long|一行最多/, 'too-long'],
  [/too many|too fast|太快/, 'flood']
]
const KICKS: readonly (readonly [sense: RegExp, reason: KickReason])[] = [
  [/silent|idle|没有说话/, 'idle'],
  [/slow|读取太慢/, 'slow-reader'],
  [/too many|flood|end of a line|太快|太多|没有换行/, 'flood'],
  [/moderator|removed|kicked|移出|踢/, 'moderator']
]
/** Reasons are one short sentence. */
const LONGEST_REASON = 500

const senseOf = <T>(text: string, senses: readonly (readonly [RegExp, T])[], otherwise: T): T =>
  text.length > LONGEST_REASON ? otherwise : (senses.find(([sense]) => sense.test(text))?.[1] ?? otherwise)

/** The code of a refusal in our host's words. */
export const refusalCode = (reason: string): RefusalCode => senseOf(reason, REFUSALS, 'bad-command')

/** Names may hold the words between them: where a known name ends is where the line is parted. */
const partedAt = (text: string, words: string, known: Knowledge): { was: string; name: string } | null => {
  let found: { was: string; name: string } | null = null
  for (let at = text.indexOf(words); at > 0; at = text.indexOf(words, at + 1)) {
    const parts = { was: text.slice(0, at), name: text.slice(at + words.length) }
    if (known.named(parts.was) || known.knows(parts.was)) return parts
    found ??= parts
  }
  return found
}

const PRIVATELY = ' (private): '

/** A line of a marked host that begins with `* `; null when it is none. */
export const readHouse = (line: string, known: Knowledge): Spoken | null => {
  if (!known.marked || !line.startsWith('* ')) return null
  const closing = afterAny(line, ['* Closing: ', '* 断开：'])
  if (closing !== null) return { kind: 'kicked', reason: senseOf(closing, KICKS, 'unknown'), text: closing, line }
  const refused = afterAny(line, ['* Refused: ', '* 被拒绝：'])
  if (refused !== null) return { kind: 'refused', command: null, code: refusalCode(refused), text: refused, line }
  const said = line.slice(2)
  const whispered = said.indexOf(PRIVATELY)
  const renamed = partedAt(said, ' is now known as ', known) ?? partedAt(said, ' 改名为 ', known)
  // A private text may hold the words of a rename, and no name may hold a colon.
  if (whispered > 0 && (renamed === null || renamed.was.includes(PRIVATELY) || renamed.name.includes(':'))) {
    return { kind: 'whispered', name: said.slice(0, whispered), text: said.slice(whispered + PRIVATELY.length) }
  }
  return renamed === null ? { kind: 'line', text: line } : { kind: 'announced', ...renamed }
}
