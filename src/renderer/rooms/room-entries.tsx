import {
  BookmarkX,
  ClipboardCopy,
  DoorClosed,
  DoorOpen,
  LogOut,
  Network,
  PencilLine,
  Plug,
  RotateCw,
  SlidersHorizontal,
  Unplug,
  X
} from 'lucide-react'
import type { Room } from '../../shared/state.ts'
import { askToLeave, copyInvitation, disconnect, goOn, isActive, perform, willRetry } from '../actions.ts'
import type { MenuGroups } from '../parts/menu.tsx'
import { openDialog, selectRoom } from '../store.ts'
import { useWords } from '../words.ts'

/** Connects now and shows the room. */
export const goTo = (room: Room): void => {
  selectRoom(room.id)
  void perform({ type: 'reconnect', room: room.id })
}

/** Everything that can be done with a room: its context menu, and the menu behind its button. */
export const useRoomEntries = (room: Room): MenuGroups => {
  const t = useWords('frame')
  const about = (dialog: 'title' | 'room' | 'forget') => (): void => openDialog({ dialog, room: room.id })
  const invite = {
    label: t('room.copyInvitation'),
    icon: <ClipboardCopy />,
    run: () => void copyInvitation(room)
  }
  if (room.hosting) {
    return [
      [
        {
          label: t('room.addresses'),
          icon: <Network />,
          run: () => openDialog({ dialog: 'invitation', room: room.id, fresh: false })
        },
        invite
      ],
      [{ label: t('room.rename'), icon: <PencilLine />, run: about('title') }],
      [{ label: t('room.stopHosting'), icon: <DoorClosed />, danger: true, run: () => askToLeave(room) }]
    ]
  }
  if (room.status.state === 'past') {
    const { hosted } = room.status
    return [
      [
        {
          label: t(hosted ? 'room.hostAgain' : 'room.connectAgain'),
          icon: hosted ? <DoorOpen /> : <Plug />,
          run: () => goOn(room)
        }
      ],
      [
        { label: t('room.putAway'), icon: <X />, run: () => void perform({ type: 'leave', room: room.id }) },
        { label: t('room.forget'), icon: <BookmarkX />, danger: true, run: about('forget') }
      ]
    ]
  }
  const connect = {
    label: willRetry(room) ? t('room.tryNow') : t('room.connect'),
    icon: willRetry(room) ? <RotateCw /> : <Plug />,
    run: () => goTo(room)
  }
  const busy = room.status.state === 'connected' || room.status.state === 'connecting'
  return [
    busy ? [invite] : [connect, invite],
    [
      { label: t('room.rename'), icon: <PencilLine />, run: about('title') },
      { label: t('room.settings'), icon: <SlidersHorizontal />, run: about('room') }
    ],
    [
      ...(isActive(room) ? [{ label: t('room.disconnect'), icon: <Unplug />, run: () => disconnect(room) }] : []),
      ...(room.open ? [{ label: t('room.leave'), icon: <LogOut />, run: () => askToLeave(room) }] : []),
      { label: t('room.forget'), icon: <BookmarkX />, danger: true, run: about('forget') }
    ]
  ]
}
