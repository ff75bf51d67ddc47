import type { Clock, Codec } from '../../shared/carriers.ts'
import type { Member, SessionEvent } from '../../shared/events.ts'
import { sameAddress } from '../dialects/address.ts'
import type { Spoken } from '../dialects/dialect.ts'
import type { Listing } from './listing.ts'
import type { Flight, Outbox } from './outbox.ts'
import { memberNamed, type Roster } from './roster.ts'
import type { Speaking } from './speaking.ts'
import { isPaced, type Standing } from './standing.ts'
import { asShown, NOT_THE_NOTICE } from './wording.ts'

/** Turns what a line says into events, held against who we are and what we asked. */
export interface Hearing {
  hear(spoken: Spoken): void
}

export const makeHearing = (deps: {
  clock: Clock
  codec: Codec
  standing: Standing
  roster: Roster
  listing: Listing
  outbox: Outbox
  speaking: Speaking
  /** An address that was ours in an earlier connection: a line from there came late, and is not the one in the air. */
  wasOurs: (address: string) => boolean
  tell: (event: SessionEvent) => void
  /** A kick is believed only at the end: kept until then. */
  keepKick: (kick: Extract<Spoken, { kind: 'kicked' }>) => void
  /** Our own line came back. */
  landed: () => void
}): Hearing => {
  const { clock, codec, standing, roster, listing, outbox, speaking, tell } = deps
  /** The line before was ours: a line without a sender may be its second half (dialects 8.14). */
  let ownBefore = false
  let lastOwnWas: string | null = null

  const isSelf = (address: string | null): boolean => {
    const self = roster.self()?.address ?? null
    return self !== null && address !== null && sameAddress(self, address)
  }
  const labelOf = (member: Member): string => (member.name === null ? (member.address ?? '') : member.name)
  /** Of a flood, hundreds of lines come in the same millisecond. */
  let lastAt = { ms: Number.NaN, text: '' }
  const at = (): string => {
    const ms = clock.wall()
    if (ms !== lastAt.ms) lastAt = { ms, text: new Date(ms).toISOString() }
    return lastAt.text
  }

  const joinedOwn = (): void => {
    const self = roster.self()
    if (standing.joinedTold || self === null) return
    standing.joinedTold = true
    tell({ type: 'joined', member: self, own: true })
  }

  const sameText = (flight: Flight, text: string): boolean => flight.text === text
  /** The end of our line is missing: this server cuts two bytes of what it reads (dialects 5.2). */
  const cutShort = (flight: Flight, text: string): boolean =>
    text !== '' && codec.decode(flight.bytes.slice(0, -1)) === text
  const land = (text: string, own: boolean): Flight | null => {
    const exact = outbox.land((flight) => sameText(flight, text))
    if (exact || !own) return exact
    if (isPaced(standing) && !standing.crlf) {
      const oldest = outbox.oldest()
      const cut = oldest && cutShort(oldest, text) ? outbox.land((flight) => flight === oldest) : null
      if (cut) standing.crlf = true
      if (cut) return cut
    }
    // Forks put blanks around the text (dialects 5.1); our own host changes what no line may hold (dialects 7.1.9).
    const shown = asShown(text)
    const alike = outbox.land((flight) => asShown(flight.text) === shown)
    // It takes every line in its order, too.
    return alike ?? (standing.marked ? outbox.land(() => true) : null)
  }

  const said = (spoken: Extract<Spoken, { kind: 'said' }>): void => {
    const { address } = spoken
    const text = standing.marked ? spoken.text.replace(NOT_THE_NOTICE, '') : spoken.text
    const stranger = address !== null && !roster.settled(address) && !deps.wasOurs(address)
    let own = isSelf(address)
    const flight = own || (!standing.selfSure && stranger) ? land(text, own) : null
    if (flight && address !== null) {
      // Behind a NAT our own echo is the first line that tells our address (dialects 8.23).
      if (!own) roster.setSelf(address)
      standing.selfSure = true
      own = true
    }
    const told = standing.spec?.chunks ?? false
    const from =
      address === null && spoken.name === null
        ? { address: null, name: null }
        : roster.seen(address, address !== null && !told ? undefined : spoken.name, true)
    ownBefore = own
    // A copy that cuts two bytes showed everybody `wh`: asked again in the way it reads.
    const miscut = own && !flight && text === 'wh' && listing.open() && isPaced(standing) && !standing.crlf
    if (flight && standing.by === 'assumed') deps.landed()
    tell({
      type: 'said',
      conversation: 'room',
      from,
      text,
      own,
      at: at(),
      ...(flight?.item.ref == null ? {} : { ref: flight.item.ref })
    })
    if (miscut) {
      standing.crlf = true
      listing.again()
      speaking.askAtOnce()
    }
    if (flight) speaking.released('say')
  }

  const accepted = (name: string | null): void => {
    const wish = standing.renames.shift()
    const self = roster.self()
    if (wish && self && !wish.told) becomes(self, name ?? wish.name, wish.ref)
    speaking.released('rename')
  }
  const becomes = (self: Member, name: string, ref: string | null): void => {
    lastOwnWas = labelOf(self)
    const member = roster.seen(self.address, name, true)
    tell({ type: 'renamed', member, was: lastOwnWas, own: true, ...(ref === null ? {} : { ref }) })
  }
  const announced = (was: string, name: string): void => {
    const self = roster.self()
    const wish = standing.renames[0]
    if (self?.name === name && was === lastOwnWas) {
      // The answer came first; this is the same news for everybody else.
      lastOwnWas = null
      return
    }
    const found = roster.find(was)
    if (self && (found === null ? was === labelOf(self) : isSelf(found.address))) {
      if (wish) wish.told = true
      becomes(self, name, wish?.ref ?? null)
      lastOwnWas = null
      return
    }
    const before = found?.shown ?? memberNamed(roster, was)
    if (before.address === null) roster.gone(null, before.name)
    tell({ type: 'renamed', member: roster.seen(before.address, name, true), was, own: false })
  }

  const refused = (spoken: Extract<Spoken, { kind: 'refused' }>): void => {
    const { code, text } = spoken
    const command =
      spoken.command ??
      (standing.renames.length > 0 && (code === 'bad-name' || code === 'name-taken')
        ? 'rename'
        : standing.whispers.length > 0 && code !== 'too-long' && code !== 'flood'
          ? 'whisper'
          : outbox.oldest()
            ? 'say'
            : null)
    if (command === null) {
      tell({ type: 'line', text: spoken.line ?? text })
      return
    }
    // A name that is taken makes the answer to the newest private text certain; names are answered in order.
    const open =
      command === 'rename'
        ? standing.renames.shift()
        : command === 'whisper'
          ? standing.whispers.pop()
          : outbox.land(() => true)?.item
    tell({ type: 'refused', command, code, text, ...(open?.ref == null ? {} : { ref: open.ref }) })
    speaking.released(command)
  }

  const line = (text: string): void => {
    if (text.trim() === '') return
    const flight = ownBefore ? outbox.land((one) => sameText(one, text)) : null
    if (!flight) {
      ownBefore = false
      if (text.startsWith('> welcome to ')) standing.inPlutovRoom = true
      tell({ type: 'line', text })
      return
    }
    const from = roster.self() ?? { address: null, name: null }
    const ref = flight.item.ref === null ? {} : { ref: flight.item.ref }
    tell({ type: 'said', conversation: 'room', from, text, own: true, at: at(), ...ref })
    speaking.released('say')
  }

  const hear = (spoken: Spoken): void => {
    switch (spoken.kind) {
      case 'welcome':
        roster.setSelf(spoken.address)
        roster.seen(spoken.address, undefined, false)
        standing.selfSure = true
        standing.welcomed = true
        joinedOwn()
        return
      case 'joined': {
        if (spoken.separator !== undefined) standing.separator = spoken.separator
        const member = roster.seen(spoken.address, spoken.name, true)
        if (isSelf(spoken.address)) joinedOwn()
        else tell({ type: 'joined', member, own: false })
        return
      }
      case 'left':
        tell({ type: 'left', member: roster.gone(spoken.address, spoken.name), reason: spoken.reason })
        return
      case 'said':
        said(spoken)
        return
      case 'whispered': {
        const from = memberNamed(roster, spoken.name)
        tell({ type: 'said', conversation: 'private', from, text: spoken.text, own: false, at: at() })
        return
      }
      case 'listing':
        listing.begun()
        speaking.released('who')
        return
      case 'row':
        listing.row({ address: spoken.address, name: spoken.name })
        speaking.released('who')
        return
      case 'accepted':
        accepted(spoken.name)
        return
      case 'announced':
        announced(spoken.was, spoken.name)
        return
      case 'refused':
        refused(spoken)
        return
      case 'confirmed':
        standing.whispers.shift()
        speaking.released('whisper')
        return
      case 'kicked':
        deps.keepKick(spoken)
        return
      case 'relative':
        standing.relative = spoken.relative
        line(spoken.text)
        return
      case 'line':
        line(spoken.text)
    }
  }
  return {
    hear: (spoken) => {
      if (spoken.kind !== 'line' && spoken.kind !== 'said') ownBefore = false
      hear(spoken)
    }
  }
}
