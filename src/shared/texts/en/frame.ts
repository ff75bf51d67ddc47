/** The window around the conversation: rooms, first start, dialogs, settings, switcher. */
export const frame = {
  close: 'Close',
  cancel: 'Cancel',
  done: 'Done',
  copy: 'Copy',
  copyThing: 'Copy {{thing}}',
  copied: 'Copied',
  notCopied: 'Copying is not allowed here: select the text instead',
  people: 'People',
  conversation: 'Conversation',
  carrier: {
    lost: 'Reconnecting to Teahouse…',
    ended: 'If it was ended, start it again and open the new address it prints.',
    refused:
      'Teahouse was started again and does not know this tab any more. Open the new address that it has printed.',
    arriving: 'Opening Teahouse…'
  },
  title: {
    plain: 'Teahouse',
    room: '{{room}} – Teahouse',
    unread: '({{count}}) {{room}} – Teahouse'
  },
  rooms: {
    title: 'Rooms',
    saved: 'Saved',
    none: 'No rooms yet',
    add: 'Host or connect',
    jump: 'Jump to…',
    menuOf: 'More for {{room}}',
    unread_one: '{{count}} unread',
    unread_other: '{{count}} unread',
    mentions_one: '{{count}} for you',
    mentions_other: '{{count}} for you',
    threadsOf: 'Private conversations in {{room}}',
    threadWith: 'Private with {{name}}',
    gone: 'Not in the room now'
  },
  state: {
    hostingAt: 'You host · {{address}}',
    connected: 'Connected',
    connecting: 'Connecting…',
    retrying: 'Reconnecting…',
    retryIn: 'Reconnecting in {{seconds}} s…',
    away: 'Not connected'
  },
  room: {
    open: 'Open',
    connect: 'Connect',
    tryNow: 'Try now',
    addresses: 'Addresses and invitation…',
    copyInvitation: 'Copy invitation',
    rename: 'Change title…',
    settings: 'Room settings…',
    disconnect: 'Disconnect',
    leave: 'Leave…',
    forget: 'Forget…',
    stopHosting: 'Stop hosting…',
    closeThread: 'Close this conversation'
  },
  me: {
    noName: 'No name yet',
    chooseName: 'Choose one…',
    inNoRoom: 'In no room now',
    inRooms_one: 'In {{count}} room',
    inRooms_other: 'In {{count}} rooms',
    profile: 'My name and profile',
    settings: 'Settings'
  },
  menu: {
    title: 'Menu',
    host: 'Host a room…',
    connect: 'Connect…',
    leave: 'Leave…',
    disconnect: 'Disconnect',
    stopHosting: 'Stop hosting…',
    copyInvitation: 'Copy invitation',
    switch: 'Switch to…',
    next: 'Next room',
    previous: 'Previous room',
    settings: 'Settings…',
    help: 'Help',
    about: 'About Teahouse'
  },
  invitationCopied: 'Invitation copied',
  welcome: {
    title: 'Welcome to Teahouse',
    lead: 'Group chat on your own network: plain, quick, and open to every old terminal.',
    again: 'Where to?',
    host: 'Host a room',
    hostText: 'Open a room on this computer. Others walk in with Teahouse, netcat or telnet.',
    connect: 'Connect',
    connectText: 'Join a room or a chat server that already runs. You need its address and port.',
    recent: 'Back to'
  },
  host: {
    title: 'Host a room',
    lead: 'The room lives on this computer and is open to everybody on your network until you stop hosting.',
    name: 'Name of the room',
    nameMissing: 'Give the room a name',
    port: 'Port',
    portBad: 'A port is a number from 1 to 65535',
    portTwice: 'Two doors cannot share a port',
    portUsed: 'Port {{port}} is in use.',
    portOffer: 'Use {{port}} instead',
    dialect: 'Dialect',
    dialectHint: 'How the room speaks to old clients. Teahouse understands each of them.',
    advanced: 'Advanced',
    doors: 'Further doors',
    doorsHint: 'Each door is a port with its own dialect. All doors lead into the same room.',
    addDoor: 'Add a door',
    removeDoor: 'Remove the door at port {{port}}',
    doorPort: 'Port of door {{number}}',
    doorDialect: 'Dialect of door {{number}}',
    language: 'Language of the room',
    languageHint: 'For the lines the room itself says.',
    bare: 'Bare',
    bareHint: 'The room says nothing of its own: the pure dialect, byte for byte.',
    submit: 'Open the room',
    opening: 'Opening…'
  },
  invitation: {
    fresh: '{{room}} is open',
    title: 'Invite to {{room}}',
    lead: 'Give others one of these addresses. You are in the room as an ordinary member.',
    addresses: 'Addresses',
    noAddresses: 'This computer has no network address now. Programs on this computer can use 127.0.0.1:{{port}}.',
    virtual: 'virtual network',
    best: 'try this first',
    terminal: 'From any terminal',
    doors: 'Doors',
    door: 'Port {{port}} speaks {{dialect}}',
    firewall: {
      linux: 'If nobody gets in, a firewall may be in the way: let TCP port {{port}} through, for example with',
      darwin: 'macOS may ask whether Teahouse may accept incoming connections: choose Allow.',
      win32: 'Windows may ask about the firewall: allow Teahouse on private networks.',
      other: 'If nobody gets in, a firewall may be in the way: let TCP port {{port}} through.'
    },
    copy: 'Copy invitation'
  },
  connect: {
    title: 'Connect',
    lead: 'To a room in Teahouse, or to any chat server that speaks lines of text over TCP.',
    fromLink: 'A link filled this in. Look at the address: nothing happens before you press Connect.',
    host: 'Address',
    hostHint: 'A name or an IP address. Paste host:port and it splits itself.',
    hostMissing: 'Where to? Enter a name or an IP address',
    hostBad: 'This is not a name or an IP address',
    port: 'Port',
    portBad: 'A port is a number from 1 to 65535',
    dialect: 'Dialect',
    dialectHint: 'Teahouse listens and finds out. Nothing is sent to do so.',
    charset: 'Character set',
    recent: 'Recent rooms',
    submit: 'Connect'
  },
  stop: {
    title: 'Stop hosting {{room}}?',
    nobody: 'Nobody else is in the room. It closes.',
    people_one: 'One other person is in the room. They are told that it closes, and lose the connection.',
    people_other: '{{count}} other people are in the room. They are told that it closes, and lose the connection.',
    submit: 'Stop hosting'
  },
  leave: {
    title: 'Leave {{room}}?',
    lead: 'You go out of the room. It stays among your saved rooms.',
    submit: 'Leave'
  },
  forget: {
    title: 'Forget {{room}}?',
    lead: 'The saved address and what was said here are removed from this computer. This cannot be undone.',
    submit: 'Forget'
  },
  retitle: {
    title: 'Change title',
    lead: 'What the room is called in your list. Others do not see it.',
    field: 'Title',
    hint: 'Empty: the name the room tells, else its address.',
    submit: 'Save'
  },
  roomForm: {
    dialog: 'Settings of {{room}}',
    title: 'Title',
    titleHint: 'Empty: the name the room tells, else its address.',
    host: 'Address',
    port: 'Port',
    dialect: 'Dialect',
    recognised: 'Recognised as {{dialect}}',
    charset: 'Character set',
    charsetHint: 'For what is read and what is written.',
    reconnect: 'Reconnect by itself',
    reconnectHint: 'When the connection is lost, and when Teahouse starts while you were in.'
  },
  settings: {
    title: 'Settings',
    pages: {
      profile: 'Profile',
      appearance: 'Appearance',
      language: 'Language',
      connections: 'Connections',
      about: 'About'
    },
    name: 'My name',
    nameHint: 'Used on arrival in rooms where people have names.',
    renames: 'My name in each room',
    renamesNone: 'You are in no room now.',
    renameField: 'Name in {{room}}',
    rename: 'Rename',
    renameMissing: 'Enter a name',
    renameWaiting: 'Waiting for the answer of the server…',
    renameAccepted: 'You are {{name}} here now.',
    renameRefused: 'Refused: {{reason}}',
    renameRefusedText: 'Refused: {{reason}} (“{{text}}”)',
    renameAway: 'You can rename once you are connected.',
    renameImpossible: 'This server has no names: everybody is an address.',
    theme: 'Colours',
    themes: {
      system: 'As the system',
      light: 'Light',
      dark: 'Dark'
    },
    textSize: 'Text size',
    textSizeValue: '{{size}} pixels',
    language: 'Language',
    languageSystem: 'As the system ({{language}})',
    connections: 'Saved rooms',
    connectionsNone: 'Rooms you connect to are kept here.',
    version: 'Version {{version}}',
    profileFolder: 'Profile folder',
    carrier: 'Shown in',
    carriers: {
      electron: 'a window of its own',
      browser: 'the browser, served by this computer only'
    },
    aboutText:
      'Group chat over plain TCP. What is said travels as open text: names are not verified, nothing is encrypted.'
  },
  help: {
    title: 'Help',
    shortcuts: 'Keyboard',
    send: 'Send the message',
    newline: 'New line',
    recall: 'Recall the last message, in an empty field',
    commands: 'Commands in the message field',
    who: 'Who is here?',
    rename: 'Change your name',
    to: 'Say something in private',
    helpCommand: 'Show this help',
    escape: 'Say a text that begins with /',
    nameWord: 'NAME',
    textWord: 'TEXT',
    others: 'What others can connect with',
    othersTeahouse: 'Teahouse: Connect…, then your address and port.',
    othersTerminal: 'Any terminal: netcat or telnet, with the line shown under Addresses and invitation.',
    othersTutorial:
      'The clients of the Go tutorials: gopl, gopl-zh, iamhere, im and bare relays, each at a door of its dialect.',
    open: 'Nothing is encrypted and nobody is verified: say only what may be heard on your network.'
  },
  switcher: {
    title: 'Switch to',
    field: 'Room or person',
    nothing: 'Nothing by that name',
    found_one: '{{count}} place',
    found_other: '{{count}} places',
    privateIn: 'Private · {{room}}'
  },
  notices: {
    title: 'Notices',
    dismiss: 'Dismiss',
    setAside: 'Your settings could not be read and were set aside as {{file}}. Teahouse started with fresh ones.',
    notSaved: 'Your settings could not be saved: {{reason}}',
    hostAgain: 'You hosted {{room}} when Teahouse ended.',
    hostAgainYes: 'Host it again',
    hostAgainChange: 'Change first…',
    runtimeMissing: 'The desktop runtime is missing, so Teahouse opened in the browser: {{reason}}'
  }
} as const
