/** The window around the conversation: rooms, first start, dialogs, settings, switcher. */
export const frame = {
  close: 'Close',
  copy: 'Copy',
  copyThing: 'Copy {{thing}}',
  copied: 'Copied',
  notCopied: 'The browser does not allow copying: select the text instead',
  people: 'People',
  carrier: {
    lost: 'Reconnecting to Teahouse…',
    arriving: 'Opening Teahouse…'
  },
  rooms: {
    title: 'Rooms'
  }
} as const
