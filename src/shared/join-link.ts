/**
 * `teahouse://join?host=…&port=…`: an invitation as a link. It comes from anybody (a page, a mail, another program),
 * so it is read by a closed grammar, and all it can ever do is fill the Connect dialog.
 */
export interface JoinTarget {
  host: string
  port: number
}

export const JOIN_SCHEME = 'teahouse'

/** Longer than any honest invitation; more is not looked at. */
const MAX_LINK_CHARACTERS = 512
const MAX_HOST_CHARACTERS = 253
const MAX_PORT = 65_535

const LINK = /^teahouse:\/\/join\/?\?([!-~]*)$/i
const PORT = /^[1-9][0-9]{0,4}$/
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/
/** What old resolvers read as one number of an IPv4 address: `0x7f`, `017`, `2130706433`. */
const NUMERIC = /^(?:0x[0-9a-f]*|[0-9]+)$/i

const octets = (host: string): number[] | null => {
  const parts = host.split('.')
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part))) return null
  const numbers = parts.map(Number)
  return numbers.every((number) => number <= 255) ? numbers : null
}

/** This machine, nobody, everybody, or only this cable: nothing a stranger's link may point at. */
const isForbiddenV4 = ([a = 0, b = 0]: number[]): boolean =>
  a === 0 || a === 127 || (a === 169 && b === 254) || a >= 224

/** The eight groups of an IPv6 address without a zone; null when it is none. */
const groups = (host: string): number[] | null => {
  const halves = host.split('::')
  if (halves.length > 2) return null
  const read = (half: string): number[] | null => {
    if (half === '') return []
    const parts = half.split(':')
    const numbers: number[] = []
    for (const [index, part] of parts.entries()) {
      const tail = index === parts.length - 1 ? octets(part) : null
      if (tail) {
        const [a = 0, b = 0, c = 0, d = 0] = tail
        numbers.push(a * 256 + b, c * 256 + d)
      } else if (/^[0-9a-f]{1,4}$/i.test(part)) numbers.push(Number.parseInt(part, 16))
      else return null
    }
    return numbers
  }
  const head = read(halves[0] ?? '')
  const tail = halves.length === 2 ? read(halves[1] ?? '') : []
  if (!head || !tail) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  return [...head, ...Array<number>(Math.max(missing, 0)).fill(0), ...tail]
}

const isForbiddenV6 = (all: number[]): boolean => {
  const [first = 0] = all
  const [high = 0, low = 0] = all.slice(6)
  const zeros = (count: number): boolean => all.slice(0, count).every((group) => group === 0)
  // Unspecified, loopback, and the old "compatible" form of an IPv4 address.
  if (zeros(6)) return true
  const v4 = [high >> 8, high & 255, low >> 8, low & 255]
  // An IPv4 address in IPv6 clothes: mapped (::ffff:a.b.c.d) or translated (64:ff9b::a.b.c.d).
  if (zeros(5) && all[5] === 0xffff) return isForbiddenV4(v4)
  if (first === 0x64 && all[1] === 0xff9b) return isForbiddenV4(v4)
  // Link-local fe80::/10, the old site-local fec0::/10, multicast ff00::/8.
  return (first & 0xff80) === 0xfe80 || (first & 0xff00) === 0xff00
}

/** The host as it may be shown and used, or null. */
const readHost = (text: string): string | null => {
  if (text === '' || text.length > MAX_HOST_CHARACTERS) return null
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (host.includes(':')) {
    const all = groups(host)
    return all === null || isForbiddenV6(all) ? null : host.toLowerCase()
  }
  if (host !== text) return null
  const labels = host.split('.')
  const numbers = octets(host)
  if (numbers) return isForbiddenV4(numbers) ? null : host
  const last = labels.at(-1) ?? ''
  if (NUMERIC.test(last) || !labels.every((label) => LABEL.test(label))) return null
  const name = host.toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || name === 'localhost.localdomain' ? null : name
}

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/**
 * Reads an invitation link; null for anything that is not one, word for word. Refused are also targets a link must not
 * choose for a person: this machine, link-local and multicast addresses, and disguised spellings of them. Unknown
 * fields are ignored, so that later links still open today.
 */
export const readJoinLink = (link: string): JoinTarget | null => {
  if (link.length > MAX_LINK_CHARACTERS) return null
  const query = LINK.exec(link)?.[1]
  if (query === undefined) return null
  const fields = new Map<string, string>()
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    const name = at < 0 ? pair : pair.slice(0, at)
    if (fields.has(name)) return null
    fields.set(name, at < 0 ? '' : pair.slice(at + 1))
  }
  const host = readHost(decoded(fields.get('host') ?? '') ?? '')
  const digits = fields.get('port') ?? ''
  if (host === null || !PORT.test(digits) || Number(digits) > MAX_PORT) return null
  return { host, port: Number(digits) }
}

/**
 * The invitation among the arguments a program was started with, or null. Everything else there is not ours to read.
 * Two links are none: a person presses one.
 */
export const joinLinkAmong = (args: readonly string[]): JoinTarget | null => {
  const links = args.filter((arg) => arg.toLowerCase().startsWith(`${JOIN_SCHEME}:`))
  return links.length === 1 ? readJoinLink(links[0] ?? '') : null
}

/** The link that invites to an address; `readJoinLink` reads it back. An IPv6 zone means nothing elsewhere: cut. */
export const formatInvitation = ({ host, port }: JoinTarget): string =>
  `${JOIN_SCHEME}://join?host=${encodeURIComponent(host.split('%', 1)[0] ?? '')}&port=${port}`
