import type { AppCommand, Outcome } from '../shared/commands.ts'
import { DEFAULT_PORT } from '../shared/limits.ts'
import type { Room } from '../shared/state.ts'
import { readAddress } from './connecting/address.ts'
import { invitationTo } from './hosting/invitation.ts'
import { copyText } from './parts/copy-button.tsx'
import { announce, appNow, conversationOf, openDialog, roomOf, select, send, viewNow } from './store.ts'
import { words } from './words.ts'

/** Performs a command where no field shows the answer: a refusal is told in a sentence that fades. */
export const perform = async (command: AppCommand): Promise<Outcome | null> => {
  try {
    const outcome = await send(command)
    if (!outcome.ok) announce(words.t(`terms:outcome.${outcome.code}`))
    return outcome
  } catch {
    // The carrier is gone; its bar says so already, this says that the wish was not heard.
    announce(words.t('frame:carrier.lost'))
    return null
  }
}

export const roomNow = (): Room | undefined => {
  const app = appNow()
  const conversation = app && conversationOf(app, viewNow().selected)
  return app && conversation ? roomOf(app, conversation.room) : undefined
}

export const copyInvitation = async (room: Room): Promise<void> => {
  const copied = await copyText(invitationTo(room))
  announce(words.t(copied ? 'frame:invitationCopied' : 'frame:notCopied'))
}

/** Asks before going out; a room of our own is closed instead. */
export const askToLeave = (room: Room): void =>
  openDialog(room.hosting ? { dialog: 'stop-hosting', room: room.id } : { dialog: 'leave', room: room.id })

/** Asks for what is needed to go on in a room of the past: doors, or the address it is called by. */
export const goOn = (room: Room): void => {
  const app = appNow()
  if (room.status.state !== 'past' || !app) return
  if (!room.status.hosted) {
    openDialog({ dialog: 'connect', ...readAddress(room.title) })
    return
  }
  const { language } = app.preferences
  openDialog({
    dialog: 'host',
    again: {
      id: room.id,
      name: room.title,
      doors: [{ port: DEFAULT_PORT, dialect: 'im' }],
      language: language === 'system' ? app.surroundings.systemLanguage : language,
      bare: false
    }
  })
}

export const disconnect = (room: Room): void => {
  if (room.hosting) openDialog({ dialog: 'stop-hosting', room: room.id })
  else void perform({ type: 'disconnect', room: room.id })
}

/** Asks for a date in the conversation shown, if there is one. */
export const goToDate = (): void => {
  const { selected } = viewNow()
  if (selected !== null) openDialog({ dialog: 'go-to-date', conversation: selected })
}

/** Whether there is a connection, or the wish for one, that could be ended. */
export const isActive = (room: Room): boolean =>
  room.status.state === 'connected' || room.status.state === 'connecting' || willRetry(room)

/** Whether the room comes back by itself at some time. */
export const willRetry = (room: Room): boolean =>
  room.status.state === 'reconnecting' || (room.status.state === 'kicked' && room.status.retryAt !== null)

/** The next (1) or previous (-1) room of today's list, around the end. */
export const stepRoom = (by: 1 | -1): void => {
  const app = appNow()
  if (!app) return
  const open = app.rooms.filter((room) => room.open)
  const at = open.findIndex((room) => room.id === roomNow()?.id)
  const next = at < 0 ? open.at(by > 0 ? 0 : -1) : open.at((at + by) % open.length)
  if (next) select(next.id)
}
