import type { Same } from '../same.ts'
import type { frame as english } from '../en/frame.ts'

export const frame: Same<typeof english> = {
  close: '关闭',
  cancel: '取消',
  done: '完成',
  copy: '复制',
  copyThing: '复制 {{thing}}',
  copied: '已复制',
  notCopied: '这里不允许复制，请手动选中文字',
  people: '成员',
  conversation: '会话',
  carrier: {
    lost: '正在重新连接茶馆…',
    ended: '如果它已经退出，请重新启动，并打开它显示的新地址。',
    refused: '茶馆已重新启动，不再认识这个标签页。请打开它新打印的地址。',
    arriving: '正在打开茶馆…'
  },
  title: {
    plain: '茶馆',
    room: '{{room}} – 茶馆',
    unread: '({{count}}) {{room}} – 茶馆'
  },
  rooms: {
    title: '房间',
    saved: '已保存',
    none: '还没有房间',
    add: '开房间或连接',
    jump: '跳转到…',
    menuOf: '“{{room}}”的更多操作',
    unread_other: '{{count}} 条未读',
    mentions_other: '{{count}} 条与你有关',
    threadsOf: '“{{room}}”中的私聊',
    threadWith: '与 {{name}} 私聊',
    gone: '现在不在房间里'
  },
  state: {
    hostingAt: '由你开设 · {{address}}',
    connected: '已连接',
    connecting: '正在连接…',
    retrying: '正在重新连接…',
    retryIn: '{{seconds}} 秒后重新连接…',
    away: '未连接'
  },
  room: {
    open: '打开',
    connect: '连接',
    tryNow: '立即重试',
    addresses: '地址与邀请…',
    copyInvitation: '复制邀请',
    rename: '修改标题…',
    settings: '房间设置…',
    disconnect: '断开连接',
    leave: '离开…',
    forget: '删除记录…',
    stopHosting: '关闭房间…',
    closeThread: '关闭此会话'
  },
  me: {
    noName: '还没有名字',
    chooseName: '起一个名字…',
    inNoRoom: '现在不在任何房间里',
    inRooms_other: '在 {{count}} 个房间里',
    profile: '我的名字与资料',
    settings: '设置'
  },
  menu: {
    title: '菜单',
    host: '开设房间…',
    connect: '连接…',
    leave: '离开…',
    disconnect: '断开连接',
    stopHosting: '关闭房间…',
    copyInvitation: '复制邀请',
    switch: '切换到…',
    next: '下一个房间',
    previous: '上一个房间',
    settings: '设置…',
    help: '帮助',
    about: '关于茶馆'
  },
  invitationCopied: '邀请已复制',
  welcome: {
    title: '欢迎来到茶馆',
    lead: '在自己的网络里群聊：朴素、迅捷，任何老终端都能进来坐坐。',
    again: '想去哪里？',
    host: '开设房间',
    hostText: '在这台电脑上开一个房间，别人用 Teahouse、netcat 或 telnet 就能进来。',
    connect: '连接',
    connectText: '加入已经在运行的房间或聊天服务器，需要知道它的地址和端口。',
    recent: '回到'
  },
  host: {
    title: '开设房间',
    lead: '房间就在这台电脑上，网络里的每个人都能进来，直到你关闭它。',
    name: '房间名称',
    nameMissing: '请给房间起个名字',
    port: '端口',
    portBad: '端口是 1 到 65535 之间的数字',
    portTwice: '两个入口不能共用一个端口',
    portUsed: '端口 {{port}} 已被占用。',
    portOffer: '改用 {{port}}',
    dialect: '方言',
    dialectHint: '房间与老式客户端对话的方式，茶馆每一种都懂。',
    advanced: '高级选项',
    doors: '更多入口',
    doorsHint: '每个入口是一个端口，使用自己的方言；所有入口通向同一个房间。',
    addDoor: '添加入口',
    removeDoor: '移除端口 {{port}} 的入口',
    doorPort: '入口 {{number}} 的端口',
    doorDialect: '入口 {{number}} 的方言',
    language: '房间语言',
    languageHint: '用于房间自己说的话。',
    bare: '纯方言',
    bareHint: '房间自己一句话也不说：逐字节的纯方言。',
    submit: '打开房间',
    opening: '正在打开…'
  },
  invitation: {
    fresh: '“{{room}}”已开门',
    title: '邀请加入“{{room}}”',
    lead: '把下面任意一个地址告诉别人。你自己是房间里的普通一员。',
    addresses: '地址',
    noAddresses: '这台电脑目前没有网络地址，本机上的程序可以使用 127.0.0.1:{{port}}。',
    virtual: '虚拟网络',
    best: '优先使用',
    terminal: '在任意终端里',
    doors: '入口',
    door: '端口 {{port}} 使用 {{dialect}}',
    firewall: {
      linux: '如果别人进不来，可能是防火墙挡住了：请放行 TCP 端口 {{port}}，例如',
      darwin: 'macOS 可能会询问是否允许 Teahouse 接受传入连接，请选择“允许”。',
      win32: 'Windows 防火墙可能会询问，请允许 Teahouse 在专用网络上通信。',
      other: '如果别人进不来，可能是防火墙挡住了：请放行 TCP 端口 {{port}}。'
    },
    copy: '复制邀请'
  },
  connect: {
    title: '连接',
    lead: '连接到 Teahouse 的房间，或任何通过 TCP 逐行收发文字的聊天服务器。',
    fromLink: '地址由链接填入，请先核对；按下“连接”之前什么都不会发生。',
    host: '地址',
    hostHint: '主机名或 IP 地址；粘贴 host:port 会自动拆开。',
    hostMissing: '要去哪里？请输入主机名或 IP 地址',
    hostBad: '这不是主机名或 IP 地址',
    port: '端口',
    portBad: '端口是 1 到 65535 之间的数字',
    dialect: '方言',
    dialectHint: '茶馆会自己听出来，不为此发送任何内容。',
    charset: '字符集',
    recent: '最近的房间',
    submit: '连接'
  },
  stop: {
    title: '关闭“{{room}}”？',
    nobody: '房间里没有别人，将直接关闭。',
    people_other: '房间里还有 {{count}} 个人。他们会收到房间关闭的通知，随后断开连接。',
    submit: '关闭房间'
  },
  leave: {
    title: '离开“{{room}}”？',
    lead: '你会离开房间，它仍保留在已保存的房间里。',
    submit: '离开'
  },
  forget: {
    title: '删除“{{room}}”的记录？',
    lead: '保存的地址和这里的聊天内容将从这台电脑上删除，且无法恢复。',
    submit: '删除'
  },
  retitle: {
    title: '修改标题',
    lead: '房间在你列表里的叫法，别人看不到。',
    field: '标题',
    hint: '留空则使用房间自报的名称，否则使用地址。',
    submit: '保存'
  },
  roomForm: {
    dialog: '“{{room}}”的设置',
    title: '标题',
    titleHint: '留空则使用房间自报的名称，否则使用地址。',
    host: '地址',
    port: '端口',
    dialect: '方言',
    recognised: '识别为 {{dialect}}',
    charset: '字符集',
    charsetHint: '同时用于收到和发出的文字。',
    reconnect: '自动重新连接',
    reconnectHint: '连接断开时，以及启动时（如果上次退出时你还在房间里）。'
  },
  settings: {
    title: '设置',
    pages: {
      profile: '资料',
      appearance: '外观',
      language: '语言',
      connections: '连接',
      about: '关于'
    },
    name: '我的名字',
    nameHint: '进入有名字的房间时使用。',
    renames: '我在各房间的名字',
    renamesNone: '你现在不在任何房间里。',
    renameField: '在“{{room}}”的名字',
    rename: '改名',
    renameMissing: '请输入名字',
    renameWaiting: '正在等待服务器答复…',
    renameAccepted: '你在这里现在叫 {{name}}。',
    renameRefused: '被拒绝：{{reason}}',
    renameRefusedText: '被拒绝：{{reason}}（“{{text}}”）',
    renameAway: '连接之后才能改名。',
    renameImpossible: '此服务器没有名字，每个人都只有地址。',
    theme: '颜色',
    themes: {
      system: '跟随系统',
      light: '浅色',
      dark: '深色'
    },
    textSize: '文字大小',
    textSizeValue: '{{size}} 像素',
    language: '语言',
    languageSystem: '跟随系统（{{language}}）',
    connections: '已保存的房间',
    connectionsNone: '你连接过的房间会保存在这里。',
    version: '版本 {{version}}',
    profileFolder: '资料文件夹',
    carrier: '显示方式',
    carriers: {
      electron: '独立窗口',
      browser: '浏览器，仅由本机提供'
    },
    aboutText: '基于纯 TCP 的群聊。所说的话以明文传输：名字未经核实，内容没有加密。'
  },
  help: {
    title: '帮助',
    shortcuts: '键盘',
    send: '发送消息',
    newline: '换行',
    recall: '输入框为空时，取回上一条消息',
    commands: '消息框里的命令',
    who: '谁在这里？',
    rename: '修改你的名字',
    to: '私下说一句话',
    helpCommand: '显示本帮助',
    escape: '发送以 / 开头的文字',
    nameWord: '名字',
    textWord: '内容',
    others: '别人可以用什么连接',
    othersTeahouse: 'Teahouse：选“连接…”，填入你的地址和端口。',
    othersTerminal: '任意终端：用 netcat 或 telnet，命令见“地址与邀请”。',
    othersTutorial: 'Go 教程里的客户端：gopl、gopl-zh、iamhere、im 和纯转发，各走自己方言的入口。',
    open: '内容没有加密，身份也未经核实：只说可以让网络里的人听见的话。'
  },
  switcher: {
    title: '切换到',
    field: '房间或人名',
    nothing: '没有找到',
    found_other: '{{count}} 个去处',
    privateIn: '私聊 · {{room}}'
  },
  notices: {
    title: '通知',
    dismiss: '知道了',
    setAside: '设置无法读取，已另存为 {{file}}。茶馆以全新的设置启动。',
    notSaved: '设置无法保存：{{reason}}',
    hostAgain: '上次退出时你正开着“{{room}}”。',
    hostAgainYes: '再次打开',
    hostAgainChange: '先修改…',
    runtimeMissing: '缺少桌面运行环境，因此茶馆在浏览器中打开：{{reason}}'
  }
}
