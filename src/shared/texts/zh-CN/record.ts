import type { record as english } from '../en/record.ts'
import type { Same } from '../same.ts'

export const record: Same<typeof english> = {
  everything: '聊天记录',
  exported: '{{date}} 由 {{program}} 导出',
  contents: '会话',
  privateWith: '{{name}}（{{room}} 中的私聊）',
  hosted: '在本机开设的房间',
  unverified: '仅凭相同的名字延续，未经核实',
  people: '成员：{{names}}',
  peopleMore: '{{names}} 等，另有 {{count}} 人',
  lines_other: '{{count}} 行',
  nothing: '这里没有保存任何内容。',
  own: '{{name}}（你）',
  apart: '{{name}} ({{address}})',
  server: '服务器',
  end: '完',
  gap: '此处缺少 {{count}} 行（{{from}} 至 {{to}}）：消息太多，磁盘来不及写入'
}
