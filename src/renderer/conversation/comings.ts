import type { Member } from '../../shared/events.ts'
import { memberKey } from '../../shared/events.ts'
import type { PresenceLine } from './rows.ts'

export interface NewName {
  member: Member
  was: string
}

/** What comings, goings and new names in a row come down to. Each person is in one of them, in order of appearance. */
export interface Comings {
  came: Member[]
  /** Came and left again. */
  passed: Member[]
  left: Member[]
  renamed: NewName[]
}

interface Course {
  member: Member
  came: boolean
  here: boolean
  /** The name before the first of the new ones; null: the same name all along. */
  was: string | null
}

/** Sums up a fold: who came under which name matters, by which steps they took it does not. */
export const comingsOf = (lines: readonly PresenceLine[]): Comings => {
  const courses = new Map<string, Course>()
  for (const line of lines) {
    const { member } = line
    const key = memberKey(member)
    switch (line.kind) {
      case 'joined':
        courses.set(key, { member, came: true, here: true, was: null })
        break
      case 'left': {
        const known = courses.get(key)
        courses.set(key, { member, came: known?.came ?? false, here: false, was: known?.was ?? null })
        break
      }
      case 'renamed': {
        // Where nobody has an address, a person is known by the name they had.
        const before = member.address === null ? memberKey({ address: null, name: line.was }) : key
        const known = courses.get(before)
        if (before !== key) courses.delete(before)
        courses.set(key, { member, came: known?.came ?? false, here: true, was: known?.was ?? line.was })
        break
      }
    }
  }
  const all = [...courses.values()]
  return {
    came: all.filter(({ came, here }) => came && here).map(({ member }) => member),
    passed: all.filter(({ came, here }) => came && !here).map(({ member }) => member),
    left: all.filter(({ came, here }) => !came && !here).map(({ member }) => member),
    renamed: all.flatMap(({ came, here, member, was }) =>
      !came && here && was !== null && was !== member.name ? [{ member, was }] : []
    )
  }
}
