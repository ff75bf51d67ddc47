import { makeSession } from '../../../src/core/session/session.ts'
import type { Session, SessionOptions } from '../../../src/core/session/contract.ts'
import { makeCodec } from '../../../src/node/codec.ts'
import type { ClientEvent, Said, SessionEvent } from '../../../src/shared/events.ts'
import { type HandClock, makeHandClock } from '../../support/clock.ts'
import { type FakeCall, type FakeNet, makeFakeNet } from '../../support/wires.ts'

/** Our end of the connection in these tests. */
export const ME = '127.0.0.1:5000'
export const BOB = '127.0.0.1:6001'
export const AL = '127.0.0.1:6002'

export type News = Exclude<ClientEvent, Said> | Omit<Said, 'at'>

export interface Stand {
  session: Session
  clock: HandClock
  net: FakeNet
  /** Public events since the last look, without the time of messages. */
  news(): News[]
  all: SessionEvent[]
  /** What the client wrote since the last look. */
  wrote(): string[]
  send(text: string | Uint8Array): void
  call(): FakeCall
  /** How often it said that it takes more. */
  ready(): number
}

/** A session on an in-memory network and a clock that stands still. */
export const stand = (options: Partial<SessionOptions> = {}, random = 0.5): Stand => {
  const clock = makeHandClock()
  const net = makeFakeNet()
  const all: SessionEvent[] = []
  let seen = 0
  let ready = 0
  const read = new WeakMap<FakeCall, number>()
  const session = makeSession(
    {
      host: 'h',
      port: 8888,
      dialect: 'auto',
      remembered: null,
      charset: 'auto',
      nick: null,
      reconnect: true,
      ...options
    },
    {
      dial: net.dial,
      clock,
      random: () => random,
      codec: makeCodec,
      emit: (event) => all.push(event),
      ready: () => (ready += 1)
    }
  )
  return {
    session,
    clock,
    net,
    all,
    news: () => {
      clock.turn()
      const fresh = all.slice(seen)
      seen = all.length
      return fresh.flatMap((event): News[] => {
        if (event.type === 'people' || event.type === 'introduced') return []
        if (event.type !== 'said') return [event]
        const { at: _, ...rest } = event
        return [rest]
      })
    },
    wrote: () => {
      clock.turn()
      const call = net.last()
      const from = read.get(call) ?? 0
      read.set(call, call.writes.length)
      return call.writes.slice(from)
    },
    send: (text) => {
      net.last().send(text)
      clock.turn()
    },
    call: () => net.last(),
    ready: () => ready
  }
}

const WELCOMES = {
  gopl: `You are ${ME}\n`,
  'gopl-zh': `欢迎 ${ME}\n`,
  iamhere: `[${ME}]${ME}:I am here\n[${ME}]${ME}:login\n`,
  im: `[${ME}]${ME}:已上线\n`
} as const

/** Connected, recognised, the first roster question answered, nothing unread. */
export const joined = (dialect: keyof typeof WELCOMES, options: Partial<SessionOptions> = {}): Stand => {
  const at = stand(options)
  at.call().accept(ME)
  at.send(WELCOMES[dialect])
  at.clock.advance(200)
  if (dialect === 'im') at.send(`[${ME}]${ME}:在线...\n`)
  if (dialect === 'iamhere') at.send(`user list:\n${ME}:${ME}\n`)
  at.clock.advance(400)
  at.news()
  at.wrote()
  return at
}

export const member = (
  address: string | null,
  name: string | null = null
): { address: string | null; name: string | null } => ({
  address,
  name
})
