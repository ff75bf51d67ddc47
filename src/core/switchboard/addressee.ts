import type { Member } from '../../shared/events.ts'

/** Who is meant, and what remains to be said. */
export interface Addressee {
  member: Member
  text: string
}

/**
 * Whom `/to NAME TEXT` means (decision 17). A whole name or address is taken at its word: who wrote it in quotes must
 * not reach somebody with a longer name. Else a name may hold blanks and `to` be only its first word: the longest name
 * of the roster that `to` and the beginning of the text spell together. An address means its owner, and nobody can take
 * it away by calling himself so. Several people of one name: the one who has been here longest.
 */
export const findAddressee = (members: readonly Member[], to: string, text: string): Addressee | null => {
  const exact =
    members.find((member) => member.address === to) ?? members.find((member) => member.name === to && to !== '')
  if (exact) return { member: exact, text }
  const whole = `${to} ${text}`
  let best: Addressee | null = null
  let length = to.length
  for (const member of members) {
    const name = member.name ?? ''
    if (name.length <= length || !whole.startsWith(`${name} `)) continue
    best = { member, text: whole.slice(name.length + 1) }
    length = name.length
  }
  return best
}
