/**
 * Addresses as the servers print them: `127.0.0.1:54321`, `[::1]:54321`, `[fe80::1%eth0]:54321`, and
 * `::ffff:127.0.0.1:54321` from relatives on Node (dialects 1). Every repetition is bounded: a line of any length
 * is read in linear time.
 */
const ADDRESS = String.raw`(?:(?:::ffff:)?\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}(?:%[^\]\s]{1,32})?\]):\d{1,5}`
const here = new RegExp(ADDRESS, 'y')
const whole = new RegExp(`^${ADDRESS}$`)
const bracketed = new RegExp(String.raw`\[(${ADDRESS})\]`, 'g')

/** The address that begins at `at`, or null. */
export const addressAt = (text: string, at: number): string | null => {
  here.lastIndex = at
  return here.exec(text)?.[0] ?? null
}

/** The whole text is an address. */
export const isAddress = (text: string): boolean => text.length <= 100 && whole.test(text)

/** Every `[address]` in a text, with where it begins. */
export const bracketsIn = function* (text: string): Generator<{ at: number; address: string }> {
  for (const found of text.matchAll(bracketed)) {
    if (found[1] !== undefined) yield { at: found.index, address: found[1] }
  }
}

/** One key for the spellings of one address: without `::ffff:`, without the zone that only one side knows. */
const bare = (address: string): string =>
  address
    .replace(/^::ffff:/i, '')
    .replace(/%[^\]%]*\]/, ']')
    .toLowerCase()

/** The server's word for an address and the socket's word for it mean the same. */
export const sameAddress = (a: string, b: string): boolean => a === b || bare(a) === bare(b)
