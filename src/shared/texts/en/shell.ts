/** The app around the page: menu, notifications, native dialogs, the launcher's words. */
export const shell = {
  app: 'Teahouse',
  /** What a screen reader says for the dot on the task bar. */
  badge: '{{count}} unread',
  menu: {
    file: 'File',
    host: 'Host a Room…',
    connect: 'Connect…',
    copyInvitation: 'Copy Invitation',
    export: 'Export…',
    disconnect: 'Disconnect',
    leave: 'Leave',
    stopHosting: 'Stop Hosting',
    settings: 'Settings…',
    quit: 'Quit Teahouse',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    find: 'Find in Conversation…',
    search: 'Search Everywhere…',
    view: 'View',
    actualSize: 'Actual Size',
    zoomIn: 'Zoom In',
    zoomOut: 'Zoom Out',
    fullScreen: 'Full Screen',
    go: 'Go',
    switchTo: 'Switch to…',
    goToDate: 'Go to Date…',
    nextRoom: 'Next Room',
    previousRoom: 'Previous Room',
    window: 'Window',
    minimize: 'Minimize',
    zoomWindow: 'Zoom',
    closeWindow: 'Close Window',
    front: 'Bring All to Front',
    services: 'Services',
    hide: 'Hide Teahouse',
    hideOthers: 'Hide Others',
    showAll: 'Show All',
    help: 'Help',
    teahouseHelp: 'Teahouse Help',
    about: 'About Teahouse'
  },
  leaving: {
    question: 'Stop hosting and quit?',
    nobody: 'Nobody else is in the room. It closes with the app.',
    people_one: '{{count}} person is in the room. They will be told that it closes.',
    people_other: '{{count}} people are in the room. They will be told that it closes.',
    quit: 'Stop Hosting and Quit',
    stay: 'Keep Hosting'
  },
  export: {
    title: 'Export History',
    text: 'Plain text',
    jsonl: 'JSON Lines',
    html: 'Web page'
  },
  fault: {
    title: 'Teahouse has to close',
    text: 'Something went wrong inside Teahouse. What happened is written in {{file}}.',
    window: 'The window broke down several times. What happened is written in {{file}}.'
  }
} as const
