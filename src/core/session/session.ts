import { hostPort } from '../../shared/address.ts'
import type { Timer, Wire } from '../../shared/carriers.ts'
import type {
  CommandName,
  DisconnectDetail,
  Disconnected,
  DisconnectReason,
  KickReason,
  SessionEvent
} from '../../shared/events.ts'
import { type Connection, makeConnection } from './connection.ts'
import type { MakeSession, Session } from './contract.ts'
import { makeOutbox } from './outbox.ts'
import { makeBackoff, STABLE_MS } from './reconnect.ts'
import { NO_CAPABILITIES } from './standing.ts'
import { messagesIn } from './wording.ts'

/** The other side's FIN is awaited so long before the connection is dropped (hazard 20). */
const FAREWELL_MS = 1000
/** Own addresses of earlier connections that are remembered: a frozen server holds the lines of a few of them. */
const FORMER_SELVES = 50

/** The server's end, or the server: what happened to us happened to everybody there. */
const FOR_EVERYBODY = new Set<DisconnectReason>(['closed', 'reset', 'refused'])

/** Our side of one room, through all its connections. Connects at once. */
export const makeSession: MakeSession = (given, deps) => {
  const { clock } = deps
  let options = { ...given }
  let codec = deps.codec(options.charset)
  const backoff = makeBackoff(deps.random)
  let attended = false
  let attempt: { abandon(): void } | null = null
  let line: { wire: Wire; connection: Connection } | null = null
  let retry: { timer: Timer; ended: Omit<Disconnected, 'retryInMs'> } | null = null
  let stable: Timer | null = null
  /** How many people were there when the line was lost, until one stands well again. */
  let crowd = 0
  /** Callbacks of connections before this one are not listened to. */
  let generation = 0
  let leaving: { done: Promise<void>; finish: () => void } | null = null

  // --- events: in order, from the end of the turn, never from within a call ---
  let events: SessionEvent[] = []
  let flushing = false
  let afterFlush: (() => void)[] = []
  const flush = (): void => {
    flushing = false
    const people = line?.connection.takePeople() ?? null
    const batch = people ? [...events, people] : events
    events = []
    for (const event of batch) deps.emit(event)
    if (session.takes() > 0) deps.ready?.()
    if (events.length > 0) return
    const then = afterFlush
    afterFlush = []
    for (const run of then) run()
  }
  const soon = (): void => {
    if (flushing) return
    flushing = true
    clock.endOfTurn(flush)
  }
  const tell = (event: SessionEvent): void => {
    // Some servers call every half-closed connection kicked (dialects 3.4): we know that we left.
    if (leaving && event.type === 'kicked') return
    // What is only assumed is no knowledge of the next connection.
    if (event.type === 'recognised' && event.by !== 'assumed') options = { ...options, remembered: event.dialect }
    events.push(event)
    soon()
  }

  const outbox = makeOutbox({
    clock,
    tell,
    overdue: (flight) => line?.connection.overdue(flight)
  })

  const former = new Set(options.formerSelves)
  const remember = (address: string): void => {
    former.delete(address)
    former.add(address)
    const [oldest] = former
    if (former.size > FORMER_SELVES && oldest !== undefined) former.delete(oldest)
  }

  const farewell = (wire: Wire): void => {
    wire.end()
    clock.after(FAREWELL_MS, () => wire.destroy())
  }
  /** What is standing is given up; nothing of it is heard any more. */
  const drop = (): void => {
    generation += 1
    attempt?.abandon()
    attempt = null
    retry?.timer.cancel()
    retry = null
    stable?.cancel()
    stable = null
    if (!line) return
    crowd = Math.max(crowd, line.connection.crowd())
    line.connection.close()
    const self = line.connection.self()
    if (self !== null) remember(self)
    const people = line.connection.takePeople()
    if (people) tell(people)
    farewell(line.wire)
    line = null
    outbox.lose()
  }
  const disconnected = (reason: DisconnectReason, kick: KickReason | null, detail?: DisconnectDetail): void => {
    const comesBack = options.reconnect && reason !== 'not-a-chat' && kick !== 'moderator'
    const retryInMs = comesBack ? backoff.next(FOR_EVERYBODY.has(reason) ? crowd : 0) : null
    const ended = { type: 'disconnected' as const, reason, ...(detail === undefined ? {} : { detail }) }
    tell({ ...ended, retryInMs })
    if (retryInMs !== null) retry = { ended, timer: clock.after(retryInMs, connect) }
  }
  const lost = (reason: DisconnectReason, kick: KickReason | null, detail?: DisconnectDetail): void => {
    if (leaving) return leaving.finish()
    drop()
    disconnected(reason, kick, detail)
  }

  const connect = (): void => {
    drop()
    const mine = generation
    const current = (): Connection | null => (mine === generation ? (line?.connection ?? null) : null)
    attempt = deps.dial(options.host, options.port, {
      connected: (wire, local, nearness) => {
        if (mine !== generation) return farewell(wire)
        attempt = null
        tell({ type: 'connected', room: hostPort(options.host, options.port), self: local })
        stable = clock.after(STABLE_MS, () => {
          backoff.reset()
          crowd = 0
        })
        line = {
          wire,
          connection: makeConnection({
            clock,
            codec,
            utf8: deps.codec('utf-8'),
            wire,
            local,
            nearness,
            port: options.port,
            choice: options.dialect,
            remembered: options.remembered,
            nick: options.nick,
            outbox,
            attended: () => attended,
            wasOurs: (address) => former.has(address),
            tell,
            changed: soon,
            over: lost
          })
        }
        soon()
      },
      failed: (why) => {
        if (mine !== generation) return
        attempt = null
        const detail = why === 'no-such-host' || why === 'unreachable' ? why : undefined
        lost(why === 'timeout' || why === 'unreachable' ? 'timeout' : 'refused', null, detail)
      },
      received: (bytes) => current()?.received(bytes),
      ended: () => current()?.ended('closed'),
      closed: (how) => current()?.ended(how === 'reset' ? 'reset' : 'closed')
    })
  }

  const refuse = (command: CommandName, code: 'empty-text' | 'bad-format' | 'flood', ref: string | undefined): void =>
    tell({ type: 'refused', command, code, text: '', ...(ref === undefined ? {} : { ref }) })

  const enqueue = (kind: 'say' | 'whisper', text: string, to: string, ref: string | undefined): void => {
    const messages = messagesIn(text)
    if (messages.length === 0) return refuse(kind, 'empty-text', ref)
    if (messages.some((message) => codec.encode(message) === null)) return refuse(kind, 'bad-format', ref)
    if (!outbox.add(kind, messages, to, ref ?? null)) return refuse(kind, 'flood', ref)
    line?.connection.pump()
    outbox.noteQueued()
  }

  const session: Session = {
    perform: (command) => {
      if (leaving) return
      switch (command.type) {
        case 'say':
          return enqueue('say', command.text, '', command.ref)
        case 'whisper':
          return enqueue('whisper', command.text, command.to, command.ref)
        case 'rename':
          if (!outbox.add('rename', [command.name], '', command.ref ?? null)) refuse('rename', 'flood', command.ref)
          return line?.connection.pump()
        case 'who':
          if (!outbox.add('who', [''], '', command.ref ?? null)) refuse('who', 'flood', command.ref)
          return line?.connection.pump()
        case 'quit':
          void session.leave()
      }
    },
    takes: () => (leaving ? 0 : (line?.connection.takes() ?? 0)),
    capabilities: () => line?.connection.capabilities() ?? NO_CAPABILITIES,
    configure: (change) => {
      const before = options
      options = { ...options, ...change }
      if (leaving) return
      if (options.charset !== before.charset) codec = deps.codec(options.charset)
      const elsewhere = options.host !== before.host || options.port !== before.port
      // Of another server nothing is known.
      if (elsewhere) options = { ...options, remembered: null }
      const moved = elsewhere || options.charset !== before.charset
      const guessAgain = options.dialect === 'auto' && before.dialect !== 'auto'
      if ((moved || guessAgain) && (line || attempt)) {
        if (line) {
          line.connection.hearOut()
          tell({ type: 'disconnected', reason: 'left', retryInMs: 0 })
        }
        connect()
      } else if (options.dialect !== before.dialect && options.dialect !== 'auto') {
        line?.connection.choose(options.dialect)
      }
      if (options.nick !== before.nick) line?.connection.wantName(options.nick)
      if (!options.reconnect && retry) {
        retry.timer.cancel()
        tell({ ...retry.ended, retryInMs: null })
        retry = null
      }
    },
    retryNow: () => {
      if (leaving || attempt) return
      // After a wake-up a standing line may be a dead one.
      if (line) line.connection.probe()
      else connect()
    },
    withdraw: (ref) => outbox.withdraw(ref),
    attend: (on) => {
      attended = on
      line?.connection.attended()
    },
    hearOut: () => {
      line?.connection.hearOut()
      flush()
    },
    leave: () => {
      if (leaving) return leaving.done
      const { promise, resolve } = Promise.withResolvers<void>()
      const idle = !line && !attempt && !retry
      let finished = false
      leaving = {
        done: promise,
        finish: () => {
          if (finished) return
          finished = true
          const wire = line?.wire
          line?.connection.hearOut()
          line?.connection.close()
          line = null
          outbox.lose()
          wire?.end()
          wire?.destroy()
          if (!idle) tell({ type: 'disconnected', reason: 'left', retryInMs: null })
          afterFlush.push(resolve)
          soon()
        }
      }
      attempt?.abandon()
      attempt = null
      retry?.timer.cancel()
      retry = null
      stable?.cancel()
      if (!line) {
        generation += 1
        leaving.finish()
        return promise
      }
      // Echoes on their way are still heard; nothing more is written.
      line.connection.hush()
      line.wire.end()
      clock.after(FAREWELL_MS, () => leaving?.finish())
      return promise
    },
    unwritten: () => outbox.unwritten()
  }
  connect()
  return session
}
