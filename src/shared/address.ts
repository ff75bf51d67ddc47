/** An address as the chat prints it everywhere: `host:port`, with brackets around IPv6 (RFC 3986, 3.2.2). */
export const hostPort = (host: string, port: number): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`

/** `[::1]`, `EXAMPLE.lan.` and `example.lan` are what people type; one address is one room. */
export const plainHost = (host: string): string => {
  const trimmed = host.trim()
  const bare = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed
  return bare.length > 1 && bare.endsWith('.') ? bare.slice(0, -1) : bare
}

interface Place {
  host: string
  port: number
}

/** `localhost` names both loopbacks (RFC 6761, 6.3). They themselves stay two: another program may listen on each. */
const LOOPBACKS = ['127.0.0.1', '::1']
const meetAtHome = (a: string, b: string): boolean =>
  (a === 'localhost' && LOOPBACKS.includes(b)) || (b === 'localhost' && LOOPBACKS.includes(a))

/** The rooms at an address: those it was written for, else those it reaches too. */
export const roomsAt = <Room extends Place>(rooms: readonly Room[], { host, port }: Place): Room[] => {
  const wanted = host.toLowerCase()
  const there = rooms.filter((room) => room.port === port)
  const same = there.filter((room) => room.host.toLowerCase() === wanted)
  return same.length > 0 ? same : there.filter((room) => meetAtHome(room.host.toLowerCase(), wanted))
}
