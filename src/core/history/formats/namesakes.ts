import type { Member } from '../../../shared/events.ts'
import { shownLabel } from '../../../shared/showable.ts'
import type { ConversationId, Line } from '../../../shared/state.ts'
import type { KeptConversation } from './format.ts'

/** Not every going is told. Whoever was not heard of for so long is not taken to be there any more. */
export const HEARD_OF_WITHIN_MS = 12 * 3_600_000
/** More people than any room holds; beyond it, those who came first are forgotten. */
const MOST_KNOWN = 20_000
/** Lines looked at before the first that is written, to know who was there by then. */
export const LOOKED_BACK = 500

/** The addresses of those in a line whose name is not enough to tell who they are. */
export type Apart = ReadonlySet<string>
export const NOBODY: Apart = new Set()

/**
 * Who bears the name of somebody else who is there at the same time, told from the lines alone as they follow each
 * other. A name that comes back under another address after its bearer left, or after we were away, is nobody's
 * namesake: on most servers the same person has another address after each connection.
 */
export interface Namesakes {
  /** Takes the next line in. */
  meet(line: Line): Apart
}

/** Somebody who is there, as heard of last. */
interface Known {
  name: string | null
  label: string
  at: number
}

const makeCrowd = (most: number): Namesakes => {
  let known = new Map<string, Known>()
  /** Goes on where it was, past those it gave for removal: to begin anew each time would walk over all of these. */
  let firstCome = known.keys()
  let bearers = new Map<string, Set<string>>()
  /** Ours, by which a list names us: own lines are told apart by other words. */
  let own: string | null = null

  const forgetAll = (): void => {
    known = new Map()
    firstCome = known.keys()
    bearers = new Map()
  }
  const forget = (address: string): void => {
    const gone = known.get(address)
    if (gone === undefined) return
    known.delete(address)
    const others = bearers.get(gone.label)
    others?.delete(address)
    if (others?.size === 0) bearers.delete(gone.label)
  }
  const hear = ({ address, name }: Member, at: number): void => {
    if (address === null) return
    const before = known.get(address)
    if (before?.name === name) {
      before.at = at
      return
    }
    forget(address)
    if (known.size >= most) {
      const oldest = firstCome.next()
      if (oldest.done !== true) forget(oldest.value)
    }
    const label = shownLabel({ address, name })
    known.set(address, { name, label, at })
    const those = bearers.get(label)
    if (those === undefined) bearers.set(label, new Set([address]))
    else those.add(address)
  }
  /** Somebody else there is called so. Those not heard of for long are forgotten on the way. */
  const isShared = (address: string, label: string, at: number): boolean => {
    for (const other of bearers.get(label) ?? []) {
      if (other === address) continue
      if (at - (known.get(other)?.at ?? at) <= HEARD_OF_WITHIN_MS) return true
      forget(other)
    }
    return false
  }
  const apart = (member: Member, at: number): Apart => {
    const { address } = member
    if (address === null || !isShared(address, known.get(address)?.label ?? shownLabel(member), at)) return NOBODY
    return new Set([address])
  }
  /** The same by the name heard of last; who was not heard of yet, or not for long, had none. */
  const wasApart = ({ address }: Member, at: number): Apart => {
    const before = address === null ? undefined : known.get(address)
    if (address === null || before === undefined || at - before.at > HEARD_OF_WITHIN_MS) return NOBODY
    return isShared(address, before.label, at) ? new Set([address]) : NOBODY
  }
  const met = (member: Member, isOwn: boolean, at: number): Apart => {
    if (isOwn) {
      own = member.address
      return NOBODY
    }
    hear(member, at)
    return apart(member, at)
  }

  return {
    meet: (line) => {
      const { at } = line
      switch (line.kind) {
        case 'said':
          return met(line.from, line.own, at)
        case 'joined':
          return met(line.member, line.own, at)
        case 'renamed': {
          // Which of them it is that is called something else from now on.
          const were = line.own ? NOBODY : wasApart(line.member, at)
          const are = met(line.member, line.own, at)
          return are.size > 0 ? are : were
        }
        case 'left': {
          hear(line.member, at)
          const those = apart(line.member, at)
          if (line.member.address !== null) forget(line.member.address)
          return those
        }
        case 'listed': {
          if (line.complete) forgetAll()
          const others = line.members.filter(({ address }) => address !== own)
          for (const member of others) hear(member, at)
          return new Set(others.flatMap((member) => [...apart(member, at)]))
        }
        case 'connected':
          // Who came and went meanwhile, nobody told us.
          forgetAll()
          own = null
          return NOBODY
        case 'line':
        case 'refused':
        case 'kicked':
        case 'disconnected':
          return NOBODY
      }
    }
  }
}

/** There are none, or nobody asks. */
export const NO_NAMESAKES: Namesakes = { meet: () => NOBODY }

/**
 * Whether two people in it can have one name. A room hosted here gives each name once, and a private thread has one
 * other side: there, another address is the same person come back.
 */
export const givesNamesTwice = ({ hosted, with: other }: KeptConversation): boolean => !hosted && other === null

/** Of one conversation. `earlier`: what stands before its first line, oldest first; `most`: people remembered at a time. */
export const makeNamesakes = (
  conversation: KeptConversation,
  earlier: Iterable<Line>,
  most = MOST_KNOWN
): Namesakes => {
  if (!givesNamesTwice(conversation)) return NO_NAMESAKES
  const crowd = makeCrowd(most)
  for (const line of earlier) crowd.meet(line)
  return crowd
}

/** Private threads that would be called the same: in one room, with people of one name. */
export const threadsAlike = (conversations: readonly KeptConversation[]): ReadonlySet<ConversationId> => {
  const called = new Map<string, ConversationId[]>()
  for (const { id, room, with: other } of conversations) {
    if (other === null) continue
    const name = JSON.stringify([room, shownLabel(other)])
    const ids = called.get(name)
    if (ids === undefined) called.set(name, [id])
    else ids.push(id)
  }
  return new Set([...called.values()].filter((ids) => ids.length > 1).flat())
}
