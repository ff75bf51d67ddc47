import type { RoomId } from '../../shared/state.ts'

/** The right pane. The frame puts it into a labelled `<aside>`. */
export const PeoplePane = ({ room }: { room: RoomId }) => <div data-room={room} />
