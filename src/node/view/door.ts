import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Who may come in: a one-time token in the printed address becomes a cookie that only this browser has. */

/** 256 bits: not to be guessed. */
const SECRET_BYTES = 32
/** Addresses printed and not used yet; the oldest die first. */
const MOST_TOKENS = 20

const same = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())

/**
 * The names this machine has for itself, with any port: through `ssh -L` the browser's port differs from ours. Another
 * name that leads here is DNS rebinding.
 */
const OWN_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(?<port>\d{1,5}))?$/i

export interface ViewDoor {
  /** A new token; works once. */
  token(): string
  /** True once for each token. */
  redeem(token: string): boolean
  /** The cookie's value for a browser that redeemed a token, by the name this host's port gives it. */
  cookie(host: string): string
  /** Whether a request with this `Cookie` header came through the door. */
  knows(host: string, cookies: string | undefined): boolean
}

/** The port the browser sees, from a `Host` header that names this machine; null for any other. */
export const ownHostPort = (host: string | undefined): string | null => {
  const found = host === undefined ? null : OWN_HOST.exec(host)
  return found === null ? null : (found.groups?.['port'] ?? '80')
}

export const makeViewDoor = (): ViewDoor => {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const tokens: string[] = []
  // Cookies do not know ports: without the port in its name, two Teahouses on one host would overwrite each other's.
  const name = (host: string): string => `teahouse-${ownHostPort(host) ?? ''}`
  return {
    token: () => {
      const token = randomBytes(SECRET_BYTES).toString('base64url')
      tokens.push(token)
      if (tokens.length > MOST_TOKENS) tokens.shift()
      return token
    },
    redeem: (token) => {
      const at = tokens.findIndex((known) => same(known, token))
      if (at < 0) return false
      tokens.splice(at, 1)
      return true
    },
    cookie: (host) => `${name(host)}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
    knows: (host, cookies) => {
      const wanted = `${name(host)}=`
      return (cookies ?? '').split(';').some((pair) => {
        const cookie = pair.trim()
        return cookie.startsWith(wanted) && same(cookie.slice(wanted.length), secret)
      })
    }
  }
}
