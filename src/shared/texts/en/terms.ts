/** Words for states, reasons and codes: used wherever they are shown. */
export const terms = {
  you: 'you',
  disconnect: {
    left: 'You left',
    closed: 'The server closed the connection',
    reset: 'The connection was cut off',
    refused: 'Nobody answers at this address',
    timeout: 'No answer in time',
    kicked: 'The server removed you',
    silent: 'The server stopped answering',
    'not-a-chat': 'This is not a chat server',
    'no-such-host': 'There is no computer by this name',
    unreachable: 'There is no way to this address'
  },
  kick: {
    idle: 'You were silent for too long',
    flood: 'Too many lines at once',
    moderator: 'A moderator removed you',
    'slow-reader': 'This machine read too slowly',
    unknown: 'The server removed you'
  },
  refusal: {
    'name-taken': 'Somebody here has this name',
    'bad-name': 'The server does not take this name',
    'no-such-member': 'Nobody here has this name',
    'bad-format': 'The server could not read it, or this character set cannot write it',
    'empty-text': 'There is nothing to send',
    'not-supported': 'This server cannot do that',
    unsafe: 'This text would harm the server, so it was not sent',
    'too-long': 'The text is too long for one line here',
    flood: 'Too many lines at once',
    'bad-command': 'There is no such command'
  },
  outcome: {
    'bad-command': 'The app did not understand this',
    'no-such-room': 'This room is gone',
    'no-such-conversation': 'This conversation is gone',
    'no-such-member': 'Nobody here has this name',
    'no-such-line': 'This line is gone',
    'not-connected': 'Not connected',
    'not-supported': 'This server cannot do that',
    'empty-text': 'There is nothing to send',
    'bad-name': 'This name cannot be used',
    'bad-link': 'Only http and https links are opened',
    'port-in-use': 'Another program uses this port',
    'port-forbidden': 'The system does not allow this port',
    'cannot-listen': 'The room could not be opened',
    'too-many': 'There are too many of these',
    'history-busy': 'The history cannot be changed now; try again in a moment',
    'export-busy': 'Another export is running',
    'too-late': 'This message is already on its way',
    'still-waiting': 'Messages here still wait to be sent: send or delete them first'
  },
  dialect: {
    auto: 'Recognise by itself',
    gopl: 'gopl (The Go Programming Language)',
    'gopl-zh': 'gopl-zh (Chinese edition)',
    iamhere: 'iamhere (I am here)',
    im: 'im (Golang-IM-System)',
    relay: 'relay (bare relay)',
    plain: 'plain (any line server)'
  },
  charset: {
    auto: 'UTF-8, else GB18030',
    'utf-8': 'UTF-8',
    gb18030: 'GB18030 (简体中文)',
    big5: 'Big5 (繁體中文)',
    shift_jis: 'Shift_JIS (日本語)',
    latin1: 'Latin-1 (Western)'
  }
}
