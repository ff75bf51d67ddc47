import type { Same } from '../same.ts'
import type { shell as english } from '../en/shell.ts'

export const shell: Same<typeof english> = {
  app: '茶馆',
  badge: '{{count}} 条未读',
  menu: {
    file: '文件',
    host: '开设房间…',
    connect: '连接…',
    copyInvitation: '复制邀请',
    export: '导出…',
    disconnect: '断开连接',
    leave: '离开',
    stopHosting: '关闭房间',
    settings: '设置…',
    quit: '退出茶馆',
    edit: '编辑',
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    find: '在会话中查找…',
    search: '搜索全部…',
    view: '显示',
    actualSize: '实际大小',
    zoomIn: '放大',
    zoomOut: '缩小',
    fullScreen: '全屏',
    go: '转到',
    switchTo: '切换到…',
    goToDate: '转到日期…',
    nextRoom: '下一个房间',
    previousRoom: '上一个房间',
    window: '窗口',
    minimize: '最小化',
    zoomWindow: '缩放',
    closeWindow: '关闭窗口',
    front: '前置全部窗口',
    services: '服务',
    hide: '隐藏茶馆',
    hideOthers: '隐藏其他',
    showAll: '全部显示',
    help: '帮助',
    teahouseHelp: '茶馆帮助',
    about: '关于茶馆'
  },
  leaving: {
    question: '关闭房间并退出吗？',
    nobody: '房间里没有其他人。退出后房间随之关闭。',
    people_other: '房间里有 {{count}} 人。他们会收到房间关闭的通知。',
    quit: '关闭房间并退出',
    stay: '继续开放'
  },
  export: {
    title: '导出聊天记录',
    text: '纯文本',
    jsonl: 'JSON Lines',
    html: '网页'
  },
  fault: {
    title: '茶馆必须关闭',
    text: '茶馆内部出错，详情已写入 {{file}}。',
    window: '窗口多次崩溃，详情已写入 {{file}}。'
  }
}
