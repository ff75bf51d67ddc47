import type { Member } from '../../shared/events.ts'

/** Who is meant, and what remains to be said. */
export interface Addressee {
  member: Member
  text: string
}

/**
 * Whom `/to NAME TEXT` means (decision 17): a name may hold blanks, so `to` is only its first word; the longest name of
 * the roster that `to` and the beginning of the text spell together wins. An address means its owner, and nobody can
 * take it away by calling himself so. Several people of one name: the one who has been here longest.
 */
export const findAddressee = (members: readonly Member[], to: string, text: string): Addressee | null => {
  const byAddress = members.find((member) => member.address === to)
  if (byAddress) return { member: byAddress, text }
  const whole = `${to} ${text}`
  let best: Addressee | null = null
  let length = 0
  for (const member of members) {
    const name = member.name ?? ''
    if (name === '' || name.length <= length) continue
    if (name === to) best = { member, text }
    else if (name.length > to.length && whole.startsWith(`${name} `))
      best = { member, text: whole.slice(name.length + 1) }
    else continue
    length = name.length
  }
  return best
}
