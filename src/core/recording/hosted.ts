import type { HostEvent } from '../../shared/events.ts'
import type { Line, LineBody, LineId, RoomId } from '../../shared/state.ts'
import type { History } from '../history/contract.ts'
import type { Gap, Gate } from './gate.ts'

export interface HostedRecorderDeps {
  history: Pick<History, 'nextLine'>
  gate: Gate
  wall: () => number
  room: RoomId
  name: string
  /** What a gap is called, in the language of the room. */
  gapWords: (gap: Gap) => string
}

/** Writes down what a room of ours saw: what was public in it. What members said in private is nobody's to keep. */
export interface HostedRecorder {
  /** The room has this name from here on. */
  named(name: string): void
  heard(event: HostEvent): void
  gap(gap: Gap): void
  /** It is closed: nobody has to read it up when it is hosted again. */
  end(): void
}

/** Null: nothing the room saw. */
const bodyOf = (event: HostEvent): LineBody | null => {
  switch (event.type) {
    case 'said':
      if (event.conversation === 'private' || event.text === undefined) return null
      return {
        kind: 'said',
        from: event.from,
        text: event.text,
        own: false,
        state: 'delivered',
        failure: null,
        mention: false
      }
    case 'joined':
      return { kind: 'joined', member: event.member, own: false }
    case 'left':
      return { kind: 'left', member: event.member, reason: event.reason }
    case 'renamed':
      return { kind: 'renamed', member: event.member, was: event.was, own: false }
    // Told to one member alone; whoever is closed out leaves, too, and that the room sees.
    case 'refused':
    case 'kicked':
    case 'hosting':
      return null
  }
}

export const makeHostedRecorder = (deps: HostedRecorderDeps): HostedRecorder => {
  const { history, gate, room } = deps
  /** Of a flood, hundreds of lines have the same time. */
  let last = { text: '', ms: Number.NaN }
  let { name } = deps
  let newest: LineId = 0
  const momentOf = (event: HostEvent): number => {
    if (event.type !== 'said') return deps.wall()
    if (event.at !== last.text) last = { text: event.at, ms: Date.parse(event.at) }
    return last.ms
  }
  const write = (body: LineBody, at: number): void => {
    newest = history.nextLine(deps.wall())
    const line: Line = { id: newest, at, ...body }
    gate.put({ op: 'line', conversation: room, line })
  }
  const tell = (readUpTo: LineId): void =>
    gate.put({
      op: 'conversation',
      conversation: {
        id: room,
        room,
        title: name,
        hosted: true,
        with: null,
        unverified: false,
        closed: false,
        readUpTo,
        draft: ''
      },
      shared: true
    })
  return {
    named: (next) => {
      name = next
      tell(0)
    },
    heard: (event) => {
      // Before anybody is let in: the lines find their room.
      if (event.type === 'hosting') tell(0)
      const body = bodyOf(event)
      if (body !== null) write(body, momentOf(event))
    },
    gap: (gap) => write({ kind: 'line', text: deps.gapWords(gap) }, deps.wall()),
    end: () => tell(newest)
  }
}
