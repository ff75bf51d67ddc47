import type { Room, RoomId } from '../shared/state.ts'
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { ConnectDialog } from './connecting/connect-dialog.tsx'
import { DeleteUnsentDialog, UnsentDialog } from './conversation/unsent-dialog.tsx'
import { ClearHistoryDialog } from './history/clear-history-dialog.tsx'
import { ExportDialog } from './history/export-dialog.tsx'
import { HelpDialog } from './help/help-dialog.tsx'
import { HostDialog } from './hosting/host-dialog.tsx'
import { InvitationDialog } from './hosting/invitation-dialog.tsx'
import { StopHostingDialog } from './hosting/stop-hosting-dialog.tsx'
import { GoToDateDialog } from './reading/go-to-date-dialog.tsx'
import { PartingDialog, RoomDialog, TitleDialog } from './rooms/room-dialogs.tsx'
import { SettingsDialog } from './settings/settings-dialog.tsx'
import { closeDialog, roomOf, useApp, useView } from './store.ts'
import { Switcher } from './switcher/switcher.tsx'

/** A room just opened is told of in the same moment; one that is not by then does not come any more. */
const ROOM_COMES_MS = 5_000

/** Closes a dialog whose subject is gone, or does not come in time. */
const Vanish = ({ after = 0 }: { after?: number }) => {
  useEffect(() => {
    if (after === 0) {
      closeDialog()
      return undefined
    }
    const timer = setTimeout(closeDialog, after)
    return () => clearTimeout(timer)
  }, [after])
  return null
}

/** A dialog about a room: it goes when the room goes. A room just opened may take a moment to be told of. */
const WithRoom = ({
  id,
  fresh = false,
  children
}: {
  id: RoomId
  fresh?: boolean
  children: (room: Room) => ReactNode
}) => {
  const room = useApp((state) => roomOf(state, id))
  return room ? children(room) : <Vanish after={fresh ? ROOM_COMES_MS : 0} />
}

/** The one dialog that is open, if any. */
export const Dialogs = () => {
  const open = useView((view) => view.dialog)
  switch (open?.dialog) {
    case undefined:
      return null
    case 'host':
      return <HostDialog again={open.again} />
    case 'connect':
      // A second link while the dialog is open fills it in anew.
      return <ConnectDialog key={`${open.host}:${open.port}`} host={open.host} port={open.port} />
    case 'invitation':
      return (
        <WithRoom id={open.room} fresh={open.fresh}>
          {(room) =>
            room.hosting ? (
              <InvitationDialog room={room} hosting={room.hosting} fresh={open.fresh} />
            ) : (
              <Vanish after={open.fresh ? ROOM_COMES_MS : 0} />
            )
          }
        </WithRoom>
      )
    case 'stop-hosting':
      return (
        <WithRoom id={open.room}>
          {(room) => (room.hosting ? <StopHostingDialog room={room} hosting={room.hosting} /> : <Vanish />)}
        </WithRoom>
      )
    case 'leave':
    case 'forget':
      return <WithRoom id={open.room}>{(room) => <PartingDialog room={room} how={open.dialog} />}</WithRoom>
    case 'clear-history':
      return <ClearHistoryDialog id={open.conversation} />
    case 'export':
      return <ExportDialog id={open.conversation} />
    case 'unsent':
      return <UnsentDialog id={open.conversation} />
    case 'delete-unsent':
      return <DeleteUnsentDialog id={open.conversation} />
    case 'title':
      return <WithRoom id={open.room}>{(room) => <TitleDialog room={room} />}</WithRoom>
    case 'room':
      return <WithRoom id={open.room}>{(room) => <RoomDialog room={room} />}</WithRoom>
    case 'settings':
      return <SettingsDialog page={open.page} />
    case 'help':
      return <HelpDialog />
    case 'go-to-date':
      return <GoToDateDialog conversation={open.conversation} />
    case 'switch':
      return <Switcher />
  }
}
