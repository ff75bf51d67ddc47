/** An address as the chat prints it everywhere: `host:port`, with brackets around IPv6 (RFC 3986, 3.2.2). */
export const hostPort = (host: string, port: number): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`

/** `[::1]`, `EXAMPLE.lan.` and `example.lan` are what people type; one address is one room. */
export const plainHost = (host: string): string => {
  const trimmed = host.trim()
  const bare = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed
  return bare.length > 1 && bare.endsWith('.') ? bare.slice(0, -1) : bare
}

/** Whether two addresses of rooms are one. */
export const sameAddress = (a: { host: string; port: number }, b: { host: string; port: number }): boolean =>
  a.port === b.port && a.host.toLowerCase() === b.host.toLowerCase()
