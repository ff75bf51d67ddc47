import type { SavedRoom, Settings } from '../../shared/settings.ts'
import type { RoomId } from '../../shared/state.ts'

/** The settings as they are now; each change is handed on to be saved. */
export interface Memory {
  now(): Settings
  keep(change: Partial<Settings>): void
  /** The same for what nobody chose: it is no loss where it cannot be saved. */
  keepInPassing(change: Partial<Settings>): void
  room(id: RoomId): SavedRoom | null
  /** What was learnt about a saved room. Of one that is not saved nothing is kept. */
  remember(id: RoomId, change: Partial<SavedRoom>): void
  /** What we want to be called there: the room's own name, else the profile's. */
  nickFor(id: RoomId): string | null
}

export const makeMemory = (given: Settings, save: (settings: Settings, inPassing: boolean) => void): Memory => {
  let settings = given
  const room = (id: RoomId): SavedRoom | null => settings.rooms.find((saved) => saved.id === id) ?? null
  const put = (change: Partial<Settings>, inPassing: boolean): void => {
    settings = { ...settings, ...change }
    save(settings, inPassing)
  }
  const keep = (change: Partial<Settings>): void => put(change, false)
  return {
    now: () => settings,
    keep,
    keepInPassing: (change) => put(change, true),
    room,
    remember: (id, change) => {
      const saved = room(id)
      if (saved === null) return
      const next: SavedRoom = { ...saved, ...change }
      if (JSON.stringify(next) === JSON.stringify(saved)) return
      keep({ rooms: settings.rooms.map((other) => (other.id === id ? next : other)) })
    },
    nickFor: (id) => room(id)?.nick ?? (settings.name === '' ? null : settings.name)
  }
}
