import type { Member, PeopleChanged } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { Conversation, ConversationId, Line, RoomId } from '../../shared/state.ts'
import type { RestoredConversation } from '../history/contract.ts'
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
  /**
   * The roster changed; `people` are those there now, `arrived` those whose name was not known before, `resolve` finds
   * whose name it is.
   */
  follow(
    change: PeopleChanged,
    people: ReadonlyMap<string, Member>,
    arrived: readonly Member[],
    resolve: (member: Member) => Member
  ): void
  /** Nobody is known to be there any more. */
  allGone(): void
  close(conversation: ConversationId): void
  /** Opens one that was closed by hand, to be read; `people`: who is there. False: there is none of this id. */
  reopen(conversation: ConversationId, people: ReadonlyMap<string, Member> | null): boolean
  /** The room and all its threads, as they are found again. `waiting`: own lines that are still to be sent. */
  left(
    about: Pick<RestoredConversation, 'title' | 'hosted'>,
    waiting: (conversation: ConversationId) => Line[]
  ): RestoredConversation[]
  /** Opens what an earlier run left. */
  restore(threads: readonly RestoredConversation[]): void
  /** By what the server is told whom a line in this thread is for. */
  addressee(conversation: ConversationId, other: Member): string
  /** Whether the person can be told anything by it. */
  goesOn(conversation: ConversationId): boolean
}

/** Whose name alone says who they are: an address is another one after each connection. */
const labelOf = (member: Member | null | undefined): string => member?.name?.trim() ?? ''
/** A key nobody has: the thread stays, and its address means somebody else now. */
const lostKey = (thread: ConversationId): string => `lost:${thread}`
/** What came back closed has its lines on the disk. */
const UNREAD_YET = { lines: [], whole: false }

/** A conversation as it is found again when it was closed. */
const asLeft = ({ id, room, with: other, unverified, readUpTo }: Conversation): RestoredConversation => ({
  id,
  room,
  title: '',
  hosted: false,
  with: other,
  unverified: unverified === true,
  closed: true,
  readUpTo,
  draft: '',
  unread: 0,
  mentions: 0,
  newest: UNREAD_YET
})

/**
 * `keeps`: what is said is written down, so that a closed thread can go on. `hasWaiting`: own lines are still to be sent
 * in it, and it must stay. `number`: for the id of a new thread, where others may be that are not known here: of an
 * earlier run, when the disk was not waited for, or of another program of the profile.
 */
export const makeThreads = (
  room: RoomId,
  conversations: Conversations,
  keeps: () => boolean,
  hasWaiting: (conversation: ConversationId) => boolean,
  number: (() => number) | null
): Threads => {
  /** The least recently used first. */
  const threads = new Map<string, ConversationId>()
  /** Threads closed by hand: they go on where they ended when something new is said. */
  const closed = new Map<string, RestoredConversation>()
  /** Threads closed by hand that do not go on: with nameless people of before. Here to be read. */
  const ended = new Map<ConversationId, RestoredConversation>()
  /** Threads of an earlier run whose person was not met in this one. */
  const unmet = new Set<ConversationId>()
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
      if (conversations.inSight(thread) || (conversations.get(thread)?.draft ?? '') !== '' || hasWaiting(thread))
        continue
      shut(key, thread)
      return
    }
  }

  const shut = (key: string, thread: ConversationId): void => {
    const view = conversations.get(thread)
    threads.delete(key)
    unmet.delete(thread)
    conversations.close(thread, true)
    if (keeps() && view !== null) closed.set(key, asLeft(view))
  }

  /** An address of an earlier run is the same person only under the same name. */
  const meet = (member: Member): void => {
    const key = memberKey(member)
    const thread = threads.get(key)
    if (thread === undefined || !unmet.delete(thread)) return
    if (labelOf(conversations.get(thread)?.with) === labelOf(member)) return
    threads.delete(key)
    threads.set(lostKey(thread), thread)
    unmet.add(thread)
  }

  /** Who comes back under another address goes on with the thread of the unchanged name, marked as unverified. */
  const goOn = (member: Member, people: ReadonlyMap<string, Member>): void => {
    const key = memberKey(member)
    const label = labelOf(member)
    if (threads.has(key) || closed.has(key)) return
    let namesakes = 0
    for (const other of people.values()) if (labelOf(other) === label) namesakes += 1
    if (namesakes > 1) return
    const isTheirs = (known: string, other: Member | null | undefined): boolean =>
      (other?.address ?? null) !== null && labelOf(other) === label && !people.has(known)
    const left = [...threads].filter(([known, thread]) => isTheirs(known, conversations.get(thread)?.with))
    const away = [...closed].filter(([known, { with: other }]) => isTheirs(known, other))
    if (left.length + away.length !== 1) return
    for (const [known, thread] of left) {
      threads.delete(known)
      threads.set(key, thread)
      unmet.delete(thread)
      conversations.update(thread, { unverified: true })
    }
    for (const [known, thread] of away) {
      closed.delete(known)
      closed.set(key, { ...thread, with: member, unverified: true })
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
      const before = closed.get(key)
      if (before !== undefined) {
        closed.delete(key)
        threads.set(key, before.id)
        conversations.open(before.id, room, member, before)
        update(key, { with: member, present: true })
        return before.id
      }
      last = number?.() ?? last + 1
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
    follow: (change, people, arrived, resolve) => {
      if (threads.size === 0 && closed.size === 0) return
      for (const member of change.present) meet(member)
      // Not somebody who was here under another name: he only took this one.
      for (const member of arrived) if (member.address !== null) goOn(member, people)
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
      for (const [key, thread] of threads) if (thread === conversation) shut(key, thread)
      // One that had ended is found under no key.
      const view = conversations.get(conversation)
      conversations.close(conversation, true)
      if (view !== null && keeps()) ended.set(conversation, asLeft(view))
    },
    reopen: (conversation, people) => {
      const over = ended.get(conversation)
      if (over !== undefined && over.with !== null) {
        ended.delete(conversation)
        conversations.open(conversation, room, over.with, over)
        return true
      }
      for (const [key, thread] of closed) {
        if (thread.id !== conversation || thread.with === null) continue
        closed.delete(key)
        makeRoom()
        threads.set(threads.has(key) ? lostKey(conversation) : key, conversation)
        conversations.open(conversation, room, thread.with, thread)
        unmet.add(conversation)
        const here = people?.get(key)
        if (here === undefined) return true
        meet(here)
        if (threads.get(key) === conversation) update(key, { with: here, present: true })
        return true
      }
      return false
    },
    left: (about, waiting) => {
      const here = conversations.of(room).map((view) => {
        const { id, draft, unread, mentions } = view
        return { ...asLeft(view), closed: false, draft, unread, mentions, queued: waiting(id) }
      })
      return [...here, ...closed.values(), ...ended.values()].map((one) => ({ ...one, ...about }))
    },
    restore: (left) => {
      // The newest last, so that it is the last to make room.
      for (const thread of left.toReversed()) {
        last = Math.max(last, Number(thread.id.slice(`${room}/p/`.length)) || 0)
        const { with: other } = thread
        if (other === null) continue
        const key = memberKey(other)
        const named = labelOf(other) !== ''
        const waits = (thread.queued?.length ?? 0) > 0
        if (thread.closed || (threads.size >= PRIVATE_THREADS && !waits)) {
          const shutOne = { ...thread, closed: true, newest: UNREAD_YET }
          if (!named) {
            ended.set(thread.id, shutOne)
            continue
          }
          // Of two under one key the one used last goes on.
          const before = closed.get(key)
          if (before !== undefined) ended.set(before.id, before)
          closed.set(key, shutOne)
          continue
        }
        conversations.open(thread.id, room, other, thread)
        // A nameless one has ended: it is there to be read.
        if (!named) continue
        threads.set(threads.has(key) ? lostKey(thread.id) : key, thread.id)
        unmet.add(thread.id)
      }
    },
    // An address of an earlier run may be somebody else's now.
    addressee: (conversation, { address, name }) => (unmet.has(conversation) ? null : address) ?? name ?? '',
    goesOn: (conversation) => [...threads.values()].includes(conversation)
  }
}
