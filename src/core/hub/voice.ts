import type { Language } from '../../shared/settings.ts'
import type { NameFault } from './names.ts'

/** Why somebody is refused or closed. */
export type Reason =
  | `name-${NameFault}`
  | 'name-taken'
  | 'line-too-long'
  | 'line-endless'
  | 'flood'
  | 'slow-reader'
  | 'idle'
  | 'foreign'
  | 'too-many-at-once'
  | 'too-many-a-minute'
  | 'room-full'
  | 'bad-format'
  | 'no-such-member'
  | 'empty-text'

/** The three answers to a private message that cannot go, as the `im` dialect has them (dialects 3.4). */
export const PRIVATE_ERRORS = {
  'bad-format': '消息格式不正确',
  'no-such-member': '不存在该用户',
  'empty-text': '无消息内容，请重发'
} as const

/**
 * The room's own lines, on every door: each begins with `* `, as no member's line can (decisions 1 and 2). Without LF.
 */
export interface Voice {
  /** By which a Teahouse client knows our host. The same in every language. */
  mark(room: string): string
  renamed(was: string, name: string): string
  refused(reason: Reason): string
  closing(reason: Reason): string
  roomCloses(): string
  /** A private message for a member whose dialect has no line for it. The same in every language. */
  whispered(from: string, text: string): string
  /** The reason alone, in words. */
  reason(reason: Reason): string
}

/** The numbers some reasons name. */
export interface NamedLimits {
  lineBytes: number
  unendedBytes: number
}

const KIB = 1024
const size = (bytes: number, unit: string): string => (bytes % KIB === 0 ? `${bytes / KIB} KiB` : `${bytes} ${unit}`)

const REASONS: Record<Language, Record<Reason, string | ((limits: NamedLimits) => string)>> = {
  en: {
    'name-empty': 'a name needs at least one character',
    'name-too-long': 'a name has at most 32 characters',
    'name-characters': 'a name has no | : [ ] , and nothing invisible',
    'name-address': 'a name must not look like an address',
    'name-star': 'a name must not begin with *',
    'name-reserved': 'a name must not read like a line of the room',
    'name-taken': 'that name, or one that looks like it, is taken',
    'line-too-long': ({ lineBytes }) => `a line has at most ${size(lineBytes, 'bytes')}`,
    'line-endless': ({ unendedBytes }) => `${size(unendedBytes, 'bytes')} without the end of a line`,
    flood: 'too many lines at once',
    'slow-reader': 'too slow in reading',
    idle: 'silent for too long',
    foreign: 'this is a chat room, not that kind of server',
    'too-many-at-once': 'too many connections from your address',
    'too-many-a-minute': 'too many new connections from your address, wait a minute',
    'room-full': 'the room is full',
    'bad-format': `${PRIVATE_ERRORS['bad-format']} (write to|NAME|TEXT)`,
    'no-such-member': `${PRIVATE_ERRORS['no-such-member']} (nobody here has that name)`,
    'empty-text': `${PRIVATE_ERRORS['empty-text']} (there is no text)`
  },
  'zh-CN': {
    'name-empty': '名字至少要有一个字符',
    'name-too-long': '名字最多 32 个字符',
    'name-characters': '名字不能含有 | : [ ] , 或不可见字符',
    'name-address': '名字不能像地址',
    'name-star': '名字不能以 * 开头',
    'name-reserved': '名字不能像房间的提示',
    'name-taken': '这个名字或相似的名字已有人使用',
    'line-too-long': ({ lineBytes }) => `一行最多 ${size(lineBytes, '字节')}`,
    'line-endless': ({ unendedBytes }) => `${size(unendedBytes, '字节')} 内没有换行`,
    flood: '发送太快',
    'slow-reader': '读取太慢',
    idle: '太久没有说话',
    foreign: '这里是聊天室，不是那种服务器',
    'too-many-at-once': '来自你的地址的连接太多',
    'too-many-a-minute': '来自你的地址的新连接太多，请等一分钟',
    'room-full': '房间已满',
    'bad-format': PRIVATE_ERRORS['bad-format'],
    'no-such-member': PRIVATE_ERRORS['no-such-member'],
    'empty-text': PRIVATE_ERRORS['empty-text']
  }
}

/** Every reason there is. */
export const REASON_CODES = Object.keys(REASONS.en).filter((code): code is Reason => code in REASONS.en)

/** Reads `limits` anew for each line. */
export const voiceIn = (language: Language, limits: NamedLimits): Voice => {
  const reason = (code: Reason): string => {
    const words = REASONS[language][code]
    return typeof words === 'string' ? words : words(limits)
  }
  const chinese = language === 'zh-CN'
  return {
    mark: (room) => `* Teahouse 1 ${room}`,
    renamed: (was, name) => (chinese ? `* ${was} 改名为 ${name}` : `* ${was} is now known as ${name}`),
    refused: (code) => (chinese ? `* 被拒绝：${reason(code)}` : `* Refused: ${reason(code)}`),
    closing: (code) => (chinese ? `* 断开：${reason(code)}` : `* Closing: ${reason(code)}`),
    roomCloses: () => (chinese ? '* 房间关闭' : '* The room is closing'),
    whispered: (from, text) => `* ${from} (private): ${text}`,
    reason
  }
}
