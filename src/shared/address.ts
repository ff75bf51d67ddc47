/** An address as the chat prints it everywhere: `host:port`, with brackets around IPv6 (RFC 3986, 3.2.2). */
export const hostPort = (host: string, port: number): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`
