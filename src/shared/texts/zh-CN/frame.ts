import type { Same } from '../same.ts'
import type { frame as english } from '../en/frame.ts'

export const frame: Same<typeof english> = {
  close: '关闭',
  copy: '复制',
  copyThing: '复制{{thing}}',
  copied: '已复制',
  notCopied: '浏览器不允许复制，请手动选择文字',
  people: '成员',
  carrier: {
    lost: '正在重新连接 Teahouse…',
    arriving: '正在打开 Teahouse…'
  },
  rooms: {
    title: '房间'
  }
}
