import type { Room, Wish } from '../shared/state.ts'
import { askToLeave, copyInvitation, disconnect, goToDate, roomNow, stepRoom } from './actions.ts'
import { closeDialog, openDialog, openSearch, select, viewNow } from './store.ts'

const withRoom = (act: (room: Room) => void): void => {
  const room = roomNow()
  if (room) act(room)
}

/** Fulfils a wish, wherever it came from: the desktop menu, a link, a notification, the menu and keys of the page. */
export const fulfil = (wish: Wish): void => {
  switch (wish.wish) {
    case 'host':
      return openDialog({ dialog: 'host', again: null })
    case 'connect':
      return openDialog({ dialog: 'connect', host: wish.host, port: wish.port })
    case 'settings':
      return openDialog({ dialog: 'settings', page: 'profile' })
    case 'about':
      return openDialog({ dialog: 'settings', page: 'about' })
    case 'export':
      return openDialog({ dialog: 'export', conversation: viewNow().selected })
    case 'help':
      return openDialog({ dialog: 'help' })
    case 'switch':
      return openDialog({ dialog: 'switch' })
    case 'find':
      return viewNow().selected === null ? undefined : openSearch(false)
    case 'search':
      return openSearch(true)
    case 'go-to-date':
      return goToDate()
    case 'next-room':
      return stepRoom(1)
    case 'previous-room':
      return stepRoom(-1)
    case 'leave':
      return withRoom(askToLeave)
    case 'disconnect':
      return withRoom(disconnect)
    case 'stop-hosting':
      return withRoom((room) => {
        if (room.hosting) openDialog({ dialog: 'stop-hosting', room: room.id })
      })
    case 'copy-invitation':
      return withRoom((room) => void copyInvitation(room))
    case 'show':
      closeDialog()
      return select(wish.conversation)
  }
}
