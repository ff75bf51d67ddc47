import { isDeepStrictEqual } from 'node:util'
import type { Line, LineId } from '../../src/shared/state.ts'

/** What was seen of one run, and the judgement over it. Pure: what is forged here is found here (see `check.test.ts`). */

/** What somebody typed, with a mark in it that nothing else has. */
export interface Sent {
  by: string
  /** Which of his lines. */
  n: number
  text: string
}
/** What the host tells of its room, in its order. */
export type HostSaw =
  | { what: 'joined'; address: string }
  | { what: 'left'; address: string }
  | { what: 'said'; address: string; text: string }
/** One connection of a member. */
export interface Connection {
  member: string
  /** As the host calls it; empty: it never got there. */
  address: string
  /** The lines that got to the member's socket while he listened, as they were on the wire. */
  arrived: string[]
  /** What may have come after these lines: the member was shown some beginning of it, or nothing. */
  torn: string
  /** Nothing ended, cut or swallowed it. */
  stands: boolean
}
/** What one member was shown. */
export interface View {
  member: string
  /** The whole conversation as it is shown at the end, oldest first. */
  lines: Line[]
  /** The same from the history file. */
  kept: Line[]
  /** Texts of all lines ever shown, by line. */
  ever: ReadonlyMap<LineId, string>
  /** Taken away by hand or moved. */
  removed: ReadonlySet<LineId>
  /** Lines that were shown as kept and were not; notices that do not go away. */
  troubles: string[]
}
export interface Observations {
  /** The room has no line of its own, and does not say that it is one of ours. */
  bare: boolean
  sent: Sent[]
  host: HostSaw[]
  connections: Connection[]
  views: View[]
}
export interface Finding {
  member: string
  what: string
}

const MARK = /#[a-z]\d+#/
/** How a host of ours shows that it is one. */
const MARKED = '* Teahouse 1 '
/** The mark in a text, if it is one of ours. */
export const markOf = (text: string): string | null => MARK.exec(text)?.[0] ?? null

type SaidLine = Extract<Line, { kind: 'said' }>

const isSaid = (line: Line): line is SaidLine => line.kind === 'said'
const withText = (line: Line): line is Extract<Line, { kind: 'said' | 'line' }> =>
  line.kind === 'said' || line.kind === 'line'

/** What the host and the doors did: every line that was said once and in order to everybody who stood there. */
const checkWire = ({ host, connections, sent }: Observations, tell: (member: string, what: string) => void): void => {
  const texts = new Map(sent.map((one) => [markOf(one.text), one]))
  const owners = new Map(connections.map((one) => [one.address, one.member]))
  const order = new Map<string, number>()
  for (const [at, event] of host.entries()) {
    if (event.what !== 'said') continue
    const mark = markOf(event.text)
    const one = texts.get(mark)
    if (mark === null || one === undefined || one.text !== event.text) {
      tell('host', `was told what nobody sent: ${event.text}`)
      continue
    }
    if (order.has(mark)) tell('host', `was told twice: ${event.text}`)
    if (owners.get(event.address) !== one.by) tell('host', `was told by somebody else: ${event.text}`)
    order.set(mark, at)
  }
  for (const connection of connections) {
    const came = host.findIndex((event) => event.what === 'joined' && event.address === connection.address)
    const went = host.findIndex((event) => event.what === 'left' && event.address === connection.address)
    const there = came < 0 ? [] : host.slice(came + 1, went < 0 ? host.length : went)
    const due = there.flatMap((event) => (event.what === 'said' ? [event.text] : []))
    const arrived = connection.arrived.filter((line) => markOf(line) !== null)
    for (const [at, line] of arrived.entries()) {
      const expected = due[at]
      if (expected !== undefined && (line.endsWith(expected) || line.endsWith(`${expected}\u200B`))) continue
      tell(connection.member, `a line out of turn on the wire: ${line}; it was the turn of ${expected ?? 'none'}`)
      break
    }
    if (connection.stands && arrived.length < due.length)
      tell(connection.member, `never came on a connection that stands: ${due[arrived.length] ?? ''}`)
  }
}

/** Each sender's order is kept; what a dead connection still brings may come late. */
const checkSenders = (
  { host, sent, connections }: Observations,
  tell: (member: string, what: string) => void
): void => {
  const numbers = new Map(sent.map((one) => [markOf(one.text), one]))
  const age = new Map(connections.map((one, at) => [one.address, at]))
  const last = new Map<string, { n: number; age: number }>()
  for (const event of host) {
    const one = event.what === 'said' ? numbers.get(markOf(event.text)) : undefined
    if (event.what !== 'said' || one === undefined) continue
    const before = last.get(one.by)
    const now = { n: one.n, age: age.get(event.address) ?? -1 }
    if (before !== undefined && now.n < before.n && now.age >= before.age)
      tell(one.by, `was heard out of order: ${event.text}`)
    if (before === undefined || now.n > before.n) last.set(one.by, now)
  }
}

const sameLine = (a: Line, b: Line): boolean => {
  const plain = ({ unsaved: _unsaved, ...line }: Line): object => ({ ...line, at: Math.round(line.at) })
  return isDeepStrictEqual(plain(a), plain(b))
}

const checkView = (view: View, all: Observations, tell: (member: string, what: string) => void): void => {
  const { member, lines } = view
  const found = (what: string): void => tell(member, what)
  for (const trouble of view.troubles) found(trouble)
  const sent = new Map(all.sent.map((one) => [markOf(one.text), one]))
  const addresses = new Map<string, string>(all.connections.map((one) => [one.address, one.member]))
  const said = new Map<string, number>()
  for (const [at, event] of all.host.entries()) if (event.what === 'said') said.set(markOf(event.text) ?? '', at)

  const shown = new Map<string, Line>()
  // Behind a NAT, a relay tells nobody his address: what a dead connection brings late then comes from a stranger.
  const nobodys = new Set(
    all.connections
      .filter((one) => one.member === member && !one.arrived.some((line) => line.includes(one.address)))
      .map((one) => one.address)
  )
  // Only the mark tells that a host ends every line; before it, or without it, half a line may be a whole one.
  const torn = all.connections.flatMap((one) =>
    one.member === member && (all.bare || !one.arrived.some((line) => line.startsWith(MARKED))) ? [one.torn] : []
  )
  const wasCut = all.connections.some((one) => one.member === member && !one.stands)
  let lastHeard = -1
  for (const line of lines) {
    if (!withText(line)) continue
    const mark = markOf(line.text)
    const one = sent.get(mark)
    // Torn in the middle of a character, or by a reset that came while it was handed over.
    if (
      all.bare &&
      wasCut &&
      one !== undefined &&
      one.text.startsWith(line.text.replace(/\uFFFD+$/u, '')) &&
      line.text !== one.text
    )
      continue
    if (mark === null || one === undefined || !isSaid(line) || line.text !== one.text) {
      const shownPart = line.text.replace(/\uFFFD+$/u, '')
      if (!torn.some((half) => half.includes(shownPart))) found(`shown and never sent: ${line.kind} ${line.text}`)
      continue
    }
    if (!line.own && one.by === member && nobodys.has(line.from.address ?? '')) continue
    if (shown.has(mark)) found(`shown twice: ${line.text}`)
    shown.set(mark, line)
    if (line.own !== (one.by === member)) found(`shown as ${line.own ? 'own' : "somebody else's"}: ${line.text}`)
    const { address } = line.from
    if (!line.own && address !== null && addresses.get(address) !== one.by)
      found(`shown as said by ${address}, and it was ${one.by}: ${line.text}`)
    const heard = said.get(mark)
    if (line.own) {
      if (line.state === 'delivered' && heard === undefined) found(`shown as delivered, and it was not: ${line.text}`)
      if ((line.state === 'queued' || line.state === 'failed') && heard !== undefined)
        found(`shown as ${line.state}, and everybody has it: ${line.text}`)
    } else {
      if (heard === undefined) found(`shown, and the host never had it: ${line.text}`)
      if ((heard ?? -1) < lastHeard) found(`shown out of order: ${line.text}`)
      lastHeard = Math.max(lastHeard, heard ?? -1)
    }
  }
  for (const connection of all.connections) {
    if (connection.member !== member) continue
    for (const line of connection.arrived) {
      const mark = markOf(line)
      if (mark !== null && !shown.has(mark)) found(`arrived and is not shown: ${line}`)
    }
  }
  for (const one of all.sent)
    if (one.by === member && !shown.has(markOf(one.text) ?? '')) found(`typed and not shown: ${one.text}`)

  const ids = new Set(lines.map((line) => line.id))
  for (const [id, text] of view.ever)
    if (!ids.has(id) && !view.removed.has(id)) found(`was shown, and is not any more: ${text}`)
  const kept = new Map(view.kept.map((line) => [line.id, line]))
  for (const line of lines) {
    const there = kept.get(line.id)
    if (line.unsaved) found(`still marked unsaved: ${JSON.stringify(line)}`)
    if (there === undefined) found(`shown and not in the file: ${JSON.stringify(line)}`)
    else if (!sameLine(line, there))
      found(`the file has another: ${JSON.stringify(there)}, shown is ${JSON.stringify(line)}`)
  }
  for (const line of view.kept) if (!ids.has(line.id)) found(`in the file and not shown: ${JSON.stringify(line)}`)
}

/** Everything that must not be. Empty: nothing was lost, doubled, invented or put out of order. */
export const check = (observations: Observations): Finding[] => {
  const findings: Finding[] = []
  const tell = (member: string, what: string): void => void findings.push({ member, what })
  checkWire(observations, tell)
  checkSenders(observations, tell)
  for (const view of observations.views) checkView(view, observations, tell)
  return findings
}
