import type { Same } from '../same.ts'
import type { terms as english } from '../en/terms.ts'

export const terms: Same<typeof english> = {
  you: '你',
  disconnect: {
    left: '你已离开',
    closed: '服务器关闭了连接',
    reset: '连接被切断',
    refused: '该地址没有应答',
    timeout: '等待应答超时',
    kicked: '服务器把你请出了房间',
    silent: '服务器不再应答',
    'not-a-chat': '这不是聊天服务器',
    'no-such-host': '没有叫这个名字的电脑',
    unreachable: '没有通往这个地址的路'
  },
  kick: {
    idle: '你太久没有说话',
    flood: '一次发送的行数太多',
    moderator: '管理员把你请出了房间',
    'slow-reader': '本机读取太慢',
    unknown: '服务器把你请出了房间'
  },
  refusal: {
    'name-taken': '这个名字已有人使用',
    'bad-name': '服务器不接受这个名字',
    'no-such-member': '这里没有叫这个名字的人',
    'bad-format': '服务器无法读懂，或所选字符集无法表示',
    'empty-text': '没有可发送的内容',
    'not-supported': '此服务器不支持该操作',
    unsafe: '这段文字会损害服务器，因此没有发送',
    'too-long': '这段文字超过了单行长度上限',
    flood: '一次发送的行数太多',
    'bad-command': '没有这个命令'
  },
  outcome: {
    'bad-command': '应用无法理解这个操作',
    'no-such-room': '这个房间已不存在',
    'no-such-conversation': '这个会话已不存在',
    'no-such-member': '这里没有叫这个名字的人',
    'no-such-line': '这一行已不存在',
    'not-connected': '尚未连接',
    'not-supported': '此服务器不支持该操作',
    'empty-text': '没有可发送的内容',
    'bad-name': '这个名字不能使用',
    'bad-link': '只能打开 http 和 https 链接',
    'port-in-use': '端口已被其他程序占用',
    'port-forbidden': '系统不允许使用这个端口',
    'cannot-listen': '无法打开房间',
    'too-many': '数量太多',
    'history-busy': '现在无法更改聊天记录，请稍后再试',
    'export-busy': '另一个导出正在进行',
    'too-late': '这条消息已经在发送了',
    'still-waiting': '这里还有等待发送的消息，请先发送或删除'
  },
  dialect: {
    auto: '自动识别',
    gopl: 'gopl（《Go 程序设计语言》）',
    'gopl-zh': 'gopl-zh（中文版）',
    iamhere: 'iamhere（I am here）',
    im: 'im（Golang-IM-System）',
    relay: 'relay（纯转发）',
    plain: 'plain（任意文本服务器）'
  },
  charset: {
    auto: 'UTF-8，否则 GB18030',
    'utf-8': 'UTF-8',
    gb18030: 'GB18030（简体中文）',
    big5: 'Big5（繁體中文）',
    shift_jis: 'Shift_JIS（日本語）',
    latin1: 'Latin-1（西欧）'
  }
}
