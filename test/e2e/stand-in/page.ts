// Code that runs inside the page, sent there as text: `bridge` runs in both worlds, `preloadWorld` only in the isolated
// one. Each function must stand alone, because nothing around it crosses.

type Coded = null | string | number | boolean | Coded[] | { $: string; v?: unknown; t?: number }
type Call = (...args: unknown[]) => unknown

/** JSON that keeps what structured clone keeps: the binding between page and host carries strings only. */
function makeCodec(): { encode: (value: unknown) => Coded; decode: (value: unknown) => unknown } {
  const encode = (value: unknown): Coded => {
    if (value === undefined) return { $: 'undefined' }
    if (typeof value === 'bigint') return { $: 'bigint', v: String(value) }
    if (typeof value === 'number') return Number.isFinite(value) ? value : { $: 'number', v: String(value) }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (Array.isArray(value)) return value.map(encode)
    if (value instanceof Date) return { $: 'date', v: value.getTime() }
    if (value instanceof Map) return { $: 'map', v: [...value].map(encode) }
    if (value instanceof Set) return { $: 'set', v: [...value].map(encode) }
    if (value instanceof Error) return { $: 'error', v: [value.name, value.message] }
    if (value instanceof ArrayBuffer) return { $: 'bytes', v: [...new Uint8Array(value)] }
    if (ArrayBuffer.isView(value))
      return { $: 'bytes', t: 1, v: [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] }
    if (typeof value === 'object') return { $: 'object', v: Object.entries(value).map(([k, x]) => [k, encode(x)]) }
    throw new Error(`a ${typeof value} could not be cloned`)
  }
  function isCoded(value: object): value is { $: string; v: unknown; t?: number } {
    return '$' in value
  }
  const pair = (value: unknown): [unknown, unknown] => (Array.isArray(value) ? [value[0], value[1]] : [null, null])
  const decode = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(decode)
    if (!isCoded(value)) throw new Error('not a coded value')
    const { $, v, t } = value
    const list: unknown[] = Array.isArray(v) ? v : []
    switch ($) {
      case 'undefined':
        return undefined
      case 'bigint':
        return BigInt(String(v))
      case 'number':
        return Number(v)
      case 'date':
        return new Date(Number(v))
      case 'map':
        return new Map(list.map((one) => pair(decode(one))))
      case 'set':
        return new Set(list.map(decode))
      case 'error': {
        const error = new Error(String(list[1]))
        error.name = String(list[0])
        return error
      }
      case 'bytes': {
        const bytes = Uint8Array.from(list, Number)
        return t === 1 ? bytes : bytes.buffer
      }
      default:
        return Object.fromEntries(list.map(pair).map(([key, one]) => [String(key), decode(one)]))
    }
  }
  return { encode, decode }
}
export const { encode, decode } = makeCodec()

/** Functions cross as tokens; everything else crosses in `CustomEvent.detail`, which Chromium clones between worlds. */
function makeBridge(side: 'main' | 'preload'): { expose: (name: string, api: unknown) => void } {
  type Message =
    | { k: 'expose'; name: string; api: unknown }
    | { k: 'call'; f: number; call: number; args: unknown[] }
    | { k: 'returned'; call: number; value?: unknown; error?: string; later?: boolean }
    | { k: 'settled'; call: number; value?: unknown; error?: string }
  const other = side === 'main' ? 'preload' : 'main'
  const functions = new Map<number, Call>()
  const waits = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let count = 0
  let last: Extract<Message, { k: 'returned' }> | null = null
  const fire = (detail: Message): boolean => window.dispatchEvent(new CustomEvent(`stand-in:${other}`, { detail }))
  const plain = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  const words = (error: unknown): string => (error instanceof Error ? error.message : String(error))

  const isCall = (value: unknown): value is Call => typeof value === 'function'
  const isMessage = (event: Event): event is CustomEvent<Message> => event instanceof CustomEvent
  const outward = (value: unknown): unknown => {
    if (isCall(value)) {
      functions.set(++count, value)
      return { $function: count }
    }
    if (Array.isArray(value)) return value.map(outward)
    if (plain(value)) return Object.fromEntries(Object.entries(value).map(([k, x]) => [k, outward(x)]))
    return value
  }
  const inward = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inward)
    if (!plain(value)) return value
    const token = value['$function']
    if (typeof token !== 'number')
      return Object.freeze(Object.fromEntries(Object.entries(value).map(([k, x]) => [k, inward(x)])))
    return (...args: unknown[]) => {
      const call = ++count
      last = null
      fire({ k: 'call', f: token, call, args: args.map(outward) })
      const answer = last as Extract<Message, { k: 'returned' }> | null
      last = null
      if (!answer) return undefined
      if (answer.error !== undefined) throw new Error(answer.error)
      if (!answer.later) return inward(answer.value)
      return new Promise((resolve, reject) => {
        waits.set(answer.call, { resolve, reject })
      })
    }
  }
  window.addEventListener(`stand-in:${side}`, (event) => {
    if (!isMessage(event)) return
    const message = event.detail
    if (message.k === 'expose')
      Object.defineProperty(window, message.name, { value: inward(message.api), enumerable: true })
    else if (message.k === 'returned') last = message
    else if (message.k === 'settled') {
      const wait = waits.get(message.call)
      waits.delete(message.call)
      if (message.error === undefined) wait?.resolve(inward(message.value))
      else wait?.reject(new Error(message.error))
    } else {
      const { call } = message
      try {
        const result = functions.get(message.f)?.(...message.args.map(inward))
        if (result instanceof Promise) {
          fire({ k: 'returned', call, later: true })
          result.then(
            (value: unknown) => fire({ k: 'settled', call, value: outward(value) }),
            (error: unknown) => fire({ k: 'settled', call, error: words(error) })
          )
        } else fire({ k: 'returned', call, value: outward(result) })
      } catch (error) {
        fire({ k: 'returned', call, error: words(error) })
      }
    }
  })
  return { expose: (name, api) => void fire({ k: 'expose', name, api: outward(api) }) }
}

type Codec = ReturnType<typeof makeCodec>

/** What `require('electron')` gives a sandboxed preload, and nothing more. */
function preloadWorld(
  expose: (name: string, api: unknown) => void,
  encode: Codec['encode'],
  decode: Codec['decode']
): (id: string) => unknown {
  const toHost = (message: object): void => {
    // Put there by the debugger, in this world only.
    const host: unknown = Reflect.get(globalThis, 'standInHost')
    if (typeof host === 'function') Reflect.apply(host, null, [JSON.stringify(message)])
  }
  const listeners = new Map<string, Call[]>()
  const waits = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let count = 0
  const list = (channel: string): Call[] => listeners.get(channel) ?? []
  const off = (channel: string, listener: Call): object => {
    listeners.set(
      channel,
      list(channel).filter((one) => one !== listener)
    )
    return ipcRenderer
  }
  const on = (channel: string, listener: Call): object => {
    listeners.set(channel, [...list(channel), listener])
    return ipcRenderer
  }
  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const coded = encode(structuredClone(args))
        waits.set(++count, { resolve, reject })
        toHost({ t: 'invoke', seq: count, channel, args: coded })
      }),
    send: (channel: string, ...args: unknown[]) => toHost({ t: 'tell', channel, args: encode(structuredClone(args)) }),
    on,
    off,
    addListener: on,
    removeListener: off,
    once: (channel: string, listener: Call): object => {
      const first: Call = (...args) => {
        off(channel, first)
        listener(...args)
      }
      return on(channel, first)
    },
    removeAllListeners: (channel: string): object => {
      listeners.delete(channel)
      return ipcRenderer
    }
  }
  type Delivered =
    | { t: 'send'; channel: string; args: unknown }
    | { t: 'returned'; seq: number; value?: unknown; error?: string }
  const deliver = (json: string): void => {
    const message: Delivered = JSON.parse(json)
    if (message.t === 'send') {
      for (const listener of list(message.channel)) listener({ sender: ipcRenderer }, ...[decode(message.args)].flat(1))
      return
    }
    const wait = waits.get(message.seq)
    waits.delete(message.seq)
    if (message.error === undefined) wait?.resolve(decode(message.value))
    else wait?.reject(new Error(message.error))
  }
  Reflect.set(globalThis, 'standInDeliver', deliver)
  // A click that asks for a new tab: Chromium would open and load it without asking anybody first.
  const newTab = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null
    const wanted = event.ctrlKey || event.metaKey || event.shiftKey || event.button === 1
    if (!(link instanceof HTMLAnchorElement) || !wanted || event.defaultPrevented) return
    event.preventDefault()
    toHost({ t: 'popup', url: link.href })
  }
  window.addEventListener('click', newTab)
  window.addEventListener('auxclick', newTab)
  const electron = { contextBridge: { exposeInMainWorld: expose }, ipcRenderer }
  return (id) => {
    if (id === 'electron' || id === 'electron/renderer') return electron
    throw new Error(`module not found: ${id}`)
  }
}

export const mainWorldScript = `if (window === window.top) (${String(makeBridge)})('main');`

/** A preload runs in the main frame only, as in Electron without `nodeIntegrationInSubFrames`. */
export const preloadScript = (code: string): string => `if (window === window.top) {
  const { encode, decode } = (${String(makeCodec)})();
  const bridge = (${String(makeBridge)})('preload');
  const require = (${String(preloadWorld)})((name, api) => bridge.expose(name, api), encode, decode);
  const process = { platform: 'linux', argv: [], env: {}, contextIsolated: true, sandboxed: true };
  const module = { exports: {} };
  (function (require, process, module, exports) { ${code}
  })(require, process, module, module.exports);
}`
