import type { Member } from '../../../shared/events.ts'
import { shownLabel, showableName } from '../../../shared/showable.ts'
import type { Language } from '../../../shared/settings.ts'
import type { Away, Line } from '../../../shared/state.ts'
import { texts } from '../../../shared/texts/index.ts'
import type { KeptConversation, KeptPeople } from './format.ts'
import type { Apart } from './namesakes.ts'
import { NOBODY } from './namesakes.ts'
import { makeTimes } from './times.ts'

/** Somebody, as shown. `address`: to be shown beside the name; empty: the name is enough. */
export interface Who {
  name: string
  address: string
}

/** What is shown, in words of the app itself; not yet made harmless for where it is put. */
export interface Words {
  /** What a conversation is called. `alike`: another one is called the same. */
  title(conversation: KeptConversation, alike: boolean): string
  /** What else there is to say about it, one sentence each. */
  about(conversation: KeptConversation, people: KeptPeople): string[]
  exported(date: string, program: string): string
  lines(count: number): string
  /** Who said it. */
  who(line: Said, apart: Apart): Who
  /** The same in one text. */
  inFull(who: Who): string
  /** What an own line is worth saying about; empty: nothing. */
  state(line: Said): string
  /** Everything that is not something said. */
  event(line: Exclude<Line, { kind: 'said' | 'line' }>, apart: Apart): string
  readonly everything: string
  readonly contents: string
  readonly nothing: string
  readonly server: string
  readonly end: string
}
type Said = Extract<Line, { kind: 'said' }>

/** Of a list of people in the room: more is a crowd. */
const LISTED = 200
/** A name that ends as a name with its address does, or is an address: alone, it could pass for another's. */
const ENDS_IN_ADDRESS = /:\d{1,5}[)）]?$/u

const fill = (sentence: string, values: Readonly<Record<string, string | number>>): string =>
  sentence.replaceAll(/\{\{(\w+)\}\}/gu, (_, name: string) => String(values[name] ?? ''))

/** `timeZone`: for the moments in what is said; undefined: the computer's. */
export const makeWords = (language: Language, timeZone: string | undefined): Words => {
  const { conversation, record, terms } = texts[language]
  const { log, line: states } = conversation
  const numbers = new Intl.NumberFormat(language)
  const somebody = (member: Member): string => shownLabel(member) || log.someone
  const ownMark = fill(record.own, { name: '' })
  const addressOf = (member: Member, label: string, apart: Apart): string => {
    if (member.address === null) return ''
    if (!apart.has(member.address) && !ENDS_IN_ADDRESS.test(label) && !label.endsWith(ownMark)) return ''
    const address = showableName(member.address)
    return address === label ? '' : address
  }
  const inFull = ({ name, address }: Who): string => (address === '' ? name : fill(record.apart, { name, address }))
  const toldApart = (member: Member, apart: Apart): string => {
    const name = somebody(member)
    return inFull({ name, address: addressOf(member, name, apart) })
  }
  const english = language === 'en' ? texts.en : null
  const people = (members: readonly Member[], more: number, apart = NOBODY): string => {
    const names = members.map((member) => toldApart(member, apart)).join(language === 'en' ? ', ' : '、')
    return more > 0 ? fill(record.peopleMore, { names, count: numbers.format(more) }) : names
  }

  const listed = (line: Extract<Line, { kind: 'listed' }>, apart: Apart): string => {
    const count = line.members.length
    const one = line.complete ? english?.conversation.log.listed_one : english?.conversation.log.listedSeen_one
    const many = line.complete ? log.listed_other : log.listedSeen_other
    const head = fill(count === 1 ? (one ?? many) : many, { count: numbers.format(count) })
    return count === 0 ? head : `${head}: ${people(line.members.slice(0, LISTED), count - LISTED, apart)}`
  }
  const times = makeTimes(language, timeZone)
  const moment = (at: number): string => `${times.day(at)} ${times.clock(at)}`
  const arrival = (again: boolean): string => (again ? log.connectedAgain : log.connected)
  /** We did not hear the room: what was said then is not here. */
  const gap = ({ since, sure }: Away, until: number): string =>
    fill(sure ? log.gap : log.gapUnsure, { from: moment(since), to: moment(until) })
  const failure = ({ failure: why }: Said): string => {
    if (why === null) return ''
    return why.code === 'connection-lost' ? states.connectionLost : terms.refusal[why.code]
  }

  return {
    title: ({ title, with: other }, alike) => {
      if (other === null) return title
      const apart = alike && other.address !== null ? new Set([other.address]) : NOBODY
      return fill(record.privateWith, { name: toldApart(other, apart), room: title })
    },
    about: ({ hosted, unverified, lines }, known) => [
      ...(hosted ? [record.hosted] : []),
      ...(unverified ? [record.unverified] : []),
      ...(known.members.length > 0 ? [fill(record.people, { names: people(known.members, known.more) })] : []),
      lines === 0
        ? record.nothing
        : fill(lines === 1 ? (english?.record.lines_one ?? record.lines_other) : record.lines_other, {
            count: numbers.format(lines)
          })
    ],
    exported: (date, program) => fill(record.exported, { date, program }),
    lines: (count) =>
      fill(count === 1 ? (english?.record.lines_one ?? record.lines_other) : record.lines_other, {
        count: numbers.format(count)
      }),
    who: ({ from, own }, apart) => {
      const label = shownLabel(from)
      if (!own) return { name: label || log.someone, address: addressOf(from, label, apart) }
      return { name: label === '' ? log.me : fill(record.own, { name: label }), address: '' }
    },
    inFull,
    state: (line) => {
      if (!line.own) return ''
      switch (line.state) {
        case 'queued':
          return states.queued
        case 'written':
        case 'waiting':
          return states.waiting
        case 'unconfirmed':
          return states.unconfirmed
        case 'failed':
          return fill(states.failed, { reason: failure(line) })
        // As it should be: not a word.
        case 'delivered':
        case 'sent':
          return ''
      }
    },
    event: (line, apart) => {
      switch (line.kind) {
        case 'joined':
          if (!line.own) return fill(log.joined, { names: toldApart(line.member, apart) })
          return shownLabel(line.member) === ''
            ? log.joinedOwn
            : fill(log.joinedOwnAs, { name: shownLabel(line.member) })
        case 'left': {
          const sentence = { left: log.left, idle: log.leftIdle, kicked: log.leftKicked }[line.reason]
          const name = toldApart(line.member, apart)
          return fill(sentence, { names: name, name })
        }
        case 'renamed':
          return line.own
            ? fill(log.renamedOwn, { name: somebody(line.member) })
            : fill(log.renamed, { was: line.was, name: toldApart(line.member, apart) })
        case 'listed':
          return listed(line, apart)
        case 'refused': {
          const reason = terms.refusal[line.code]
          return fill(log.refused, { reason: line.text === '' ? reason : `${reason} (${line.text})` })
        }
        case 'kicked':
          return line.text === '' ? terms.kick[line.reason] : `${terms.kick[line.reason]} (${line.text})`
        case 'connected':
          return line.away === undefined ? arrival(line.again) : `${gap(line.away, line.at)} ${arrival(line.again)}`
        case 'disconnected':
          return terms.disconnect[line.reason]
      }
    },
    everything: record.everything,
    contents: record.contents,
    nothing: record.nothing,
    server: record.server,
    end: record.end
  }
}
