import type { Member, PeopleChanged } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { ConversationId, RoomId } from '../../shared/state.ts'
import type { Conversations } from './conversations.ts'

/** Private threads of one room: a server that invents people must not fill the memory. */
export const PRIVATE_THREADS = 200

export const sameMembers = (a: Member | null, b: Member | null): boolean =>
  a?.address === b?.address && a?.name === b?.name

/** The private threads of one room, each found by the `memberKey` of the other side. */
export interface Threads {
  /** The thread with somebody; opened if there is none. */
  with(member: Member): ConversationId
  get(key: string): ConversationId | null
  /** Somebody is there, under this name. */
  present(member: Member): void
  renamed(member: Member, was: string): void
  /** The roster changed; `people` are those there now, `resolve` finds whose name it is. */
  follow(change: PeopleChanged, people: ReadonlyMap<string, Member>, resolve: (member: Member) => Member): void
  /** Nobody is known to be there any more. */
  allGone(): void
  close(conversation: ConversationId): void
}

export const makeThreads = (room: RoomId, conversations: Conversations): Threads => {
  /** The least recently used first. */
  const threads = new Map<string, ConversationId>()
  let last = 0

  const rekey = (from: string, to: string): void => {
    const thread = threads.get(from)
    if (thread === undefined || threads.has(to)) return
    threads.delete(from)
    threads.set(to, thread)
  }
  const update = (key: string, change: { with?: Member; present?: boolean }): void => {
    const thread = threads.get(key)
    const view = thread === undefined ? null : conversations.get(thread)
    if (thread === undefined || view === null) return
    const next = { with: change.with ?? view.with, present: change.present ?? view.present }
    if (next.present !== view.present || !sameMembers(next.with, view.with)) conversations.update(thread, next)
  }
  const keyOfName = (name: string): string => memberKey({ address: null, name })

  /** The oldest thread nobody looks at and nothing is drafted in makes room for a new one. */
  const makeRoom = (): void => {
    if (threads.size < PRIVATE_THREADS) return
    for (const [key, thread] of threads) {
      if (conversations.inSight(thread) || (conversations.get(thread)?.draft ?? '') !== '') continue
      threads.delete(key)
      conversations.close(thread)
      return
    }
  }

  return {
    with: (member) => {
      const key = memberKey(member)
      const there = threads.get(key)
      if (there !== undefined) {
        threads.delete(key)
        threads.set(key, there)
        return there
      }
      makeRoom()
      last += 1
      const thread = `${room}/p/${last}`
      threads.set(key, thread)
      conversations.open(thread, room, member)
      return thread
    },
    get: (key) => threads.get(key) ?? null,
    present: (member) => update(memberKey(member), { with: member, present: true }),
    renamed: (member, was) => {
      if (member.address === null && member.name !== null) rekey(keyOfName(was), keyOfName(member.name))
      update(memberKey(member), { with: member })
    },
    follow: (change, people, resolve) => {
      if (threads.size === 0) return
      for (const key of change.reset ? threads.keys() : change.gone) update(key, { present: people.has(key) })
      for (const member of change.present) {
        // A thread known by name only: now the roster tells whose name it is.
        if (member.address !== null && member.name !== null && threads.has(keyOfName(member.name))) {
          const alone = resolve({ address: null, name: member.name })
          if (alone.address === member.address) rekey(keyOfName(member.name), memberKey(member))
        }
        update(memberKey(member), { with: member, present: true })
      }
    },
    allGone: () => {
      for (const key of threads.keys()) update(key, { present: false })
    },
    close: (conversation) => {
      for (const [key, thread] of threads) if (thread === conversation) threads.delete(key)
      conversations.close(conversation)
    }
  }
}
