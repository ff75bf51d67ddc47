import type { Member } from '../../shared/events.ts'
import { memberKey, memberLabel } from '../../shared/events.ts'
import { classes } from './class-names.ts'
import { initialOf } from './initial.ts'
import styles from './avatar.module.css'

/** Colours in `avatar.module.css`. */
const HUES = 9

/** FNV-1a: spreads addresses that differ in one digit. */
const hueOf = (key: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % HUES
}

interface AvatarProps {
  member: Member
  size?: 'm' | 's'
  /** Ourselves: the same everywhere, whatever address a server gave us. */
  own?: boolean
}

/** Somebody's picture: the first letter on a colour of their address, so that a borrowed name does not borrow the colour. */
export const Avatar = ({ member, size = 'm', own = false }: AvatarProps) => (
  <span
    aria-hidden
    className={classes(styles['avatar'], styles[size], styles[own ? 'own' : `hue${hueOf(memberKey(member))}`])}
  >
    {initialOf(memberLabel(member))}
  </span>
)
