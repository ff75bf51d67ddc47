import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'

/** Me first, then the others as they came: an order that does not jump when somebody changes their name. */
export const peopleInOrder = (members: readonly Member[], self: Member | null): Member[] => {
  if (self === null) return [...members]
  const mine = memberKey(self)
  const me = members.find((member) => memberKey(member) === mine)
  return [me ?? self, ...members.filter((member) => memberKey(member) !== mine)]
}
