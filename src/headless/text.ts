import type { ClientEvent, HostEvent, Member } from '../shared/events.ts'
import { memberLabel } from '../shared/events.ts'
import { texts } from '../shared/texts/index.ts'
import { printable } from '../shared/printable.ts'

/** Events as lines for people. What came from elsewhere is made printable: it can neither end the line nor start one. */

const { terms } = texts.en

/** A member as people read it: the name, and the address that cannot lie. */
const who = (member: Member): string => {
  const label = memberLabel(member)
  if (label === '') return '(no name)'
  return member.address === null || label === member.address ? label : `${label} (${member.address})`
}
const short = (member: Member | undefined): string => (member === undefined ? '' : memberLabel(member) || '(no name)')

const seconds = (ms: number): string => (ms < 1000 ? 'now' : `in ${Math.round(ms / 1000)} s`)

const recognisedBy = {
  user: 'as told',
  welcome: 'by its welcome',
  notice: 'by a notice',
  message: 'by a message',
  echo: 'by its echo',
  assumed: 'a guess'
} as const

const LEFT = { left: 'left', idle: 'left: silent for too long', kicked: 'was removed' } as const

/** The words for one event, not yet made printable; null: nothing a person needs to read. */
const words = (event: ClientEvent | HostEvent): string | null => {
  switch (event.type) {
    case 'hosting': {
      const doors = event.doors.map((door) => `port ${door.port} (${door.dialect})`).join(', ')
      const [first] = event.addresses
      const at = first === undefined ? '' : `; others come in with: nc ${first.replace(/^\[?(.*?)\]?:(\d+)$/, '$1 $2')}`
      return `* hosting at ${doors}${at}`
    }
    case 'connected':
      return `* connected to ${event.room} as ${event.self}`
    case 'recognised':
      return `* this server speaks ${event.dialect} (${recognisedBy[event.by]})`
    case 'joined':
      return event.own ? `* you are ${who(event.member)} here` : `* ${who(event.member)} came`
    case 'left':
      return `* ${who(event.member)} ${LEFT[event.reason]}`
    case 'said': {
      const name = event.own ? terms.you : short(event.from)
      if (event.conversation === 'room') return `${name}: ${event.text ?? ''}`
      const other = event.own || event.to !== undefined ? short(event.to) : terms.you
      return event.text === undefined ? `* ${name} → ${other} in private` : `${name} → ${other}: ${event.text}`
    }
    case 'listed': {
      const people = event.members.map(who).join(', ')
      return event.complete
        ? `* ${event.members.length} here: ${people}`
        : `* seen so far: ${people === '' ? 'nobody' : people}`
    }
    case 'renamed':
      return event.own ? `* you are now ${short(event.member)}` : `* ${event.was} is now ${short(event.member)}`
    case 'refused': {
      const reason = event.code in terms.refusal ? terms.refusal[event.code] : event.code
      const whose = event.member === undefined ? '' : ` of ${who(event.member)}`
      return `* ${event.command}${whose} refused: ${reason}${event.text === '' ? '' : ` (${event.text})`}`
    }
    case 'kicked':
      return event.member === undefined
        ? `* ${terms.kick[event.reason]}${event.text === '' ? '' : ` (${event.text})`}`
        : `* ${who(event.member)} was removed: ${event.reason}`
    case 'line':
      return `| ${event.text}`
    case 'disconnected': {
      const next = event.retryInMs === null ? '' : `; trying again ${seconds(event.retryInMs)}`
      return `* ${terms.disconnect[event.detail ?? event.reason]}${next}`
    }
    case 'noted':
      if (event.state === 'waiting') return '* still waiting for the server to show your last line'
      if (event.state === 'unconfirmed') return '* nobody can tell whether your last line arrived'
      return null
  }
}

/** One event as one line, without the line end; null: not worth a line. */
export const textLine = (event: ClientEvent | HostEvent): string | null => {
  const line = words(event)
  return line === null ? null : printable(line)
}
