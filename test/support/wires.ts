import type { Dial, DialFailure, DialListener, Wire } from '../../src/shared/carriers.ts'

/** One connection attempt, seen from the server's side: no sockets, no time. */
export interface FakeCall {
  host: string
  port: number
  accept(local?: string, nearness?: 'loopback' | 'lan' | 'far'): void
  fail(why: DialFailure): void
  /** The server writes. A string goes as UTF-8. */
  send(what: string | Uint8Array): void
  /** The server's FIN. */
  end(): void
  reset(): void
  /** What the client wrote, one entry a write. */
  writes: string[]
  raw: Uint8Array[]
  /** What became of the client's end. */
  state(): 'dialling' | 'abandoned' | 'open' | 'ended' | 'destroyed'
}

export interface FakeNet {
  dial: Dial
  calls: FakeCall[]
  last(): FakeCall
}

/** An in-memory network: each dial waits until the test accepts or refuses it. */
export const makeFakeNet = (): FakeNet => {
  const calls: FakeCall[] = []
  const makeCall = (host: string, port: number, listener: DialListener): FakeCall & { abandon(): void } => {
    let state: ReturnType<FakeCall['state']> = 'dialling'
    let closed = false
    const close = (how: 'ended' | 'reset'): void => {
      if (closed) return
      closed = true
      listener.closed(how)
    }
    const writes: string[] = []
    const raw: Uint8Array[] = []
    let serverEnded = false
    const wire: Wire = {
      write: (bytes) => {
        if (state !== 'open') return false
        raw.push(bytes.slice())
        writes.push(new TextDecoder().decode(bytes))
        return true
      },
      queued: () => 0,
      end: () => {
        if (state !== 'open') return
        state = 'ended'
        if (serverEnded) close('ended')
      },
      destroy: () => {
        state = 'destroyed'
        close('ended')
      }
    }
    return {
      host,
      port,
      writes,
      raw,
      state: () => state,
      abandon: () => {
        if (state === 'dialling') state = 'abandoned'
      },
      accept: (local = '127.0.0.1:5000', nearness = 'loopback') => {
        if (state !== 'dialling') throw new Error(`cannot accept: ${state}`)
        state = 'open'
        listener.connected(wire, local, nearness)
      },
      fail: (why) => {
        state = 'destroyed'
        listener.failed(why)
      },
      send: (what) => {
        if (!closed) listener.received(typeof what === 'string' ? new TextEncoder().encode(what) : what)
      },
      end: () => {
        serverEnded = true
        listener.ended()
        if (state === 'ended') close('ended')
      },
      reset: () => {
        state = 'destroyed'
        close('reset')
      }
    }
  }
  return {
    calls,
    last: () => {
      const call = calls.at(-1)
      if (!call) throw new Error('nobody has dialled')
      return call
    },
    dial: (host, port, listener) => {
      const call = makeCall(host, port, listener)
      calls.push(call)
      return { abandon: () => call.abandon() }
    }
  }
}
