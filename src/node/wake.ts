import { networkInterfaces } from 'node:os'

/** Often enough that a room is back before the person looks, seldom enough to cost nothing. */
const LOOK_MS = 3000

/** The addresses this machine has now, in one comparable text. */
const present = (): string =>
  Object.values(networkInterfaces())
    .flatMap((card) => card ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .sort()
    .join(' ')

/** Tells when the machine's addresses change: a cable, another Wi-Fi, a VPN. Returns the way to stop looking. */
export const watchNetwork = (changed: () => void, look: () => string = present): (() => void) => {
  let before = look()
  const timer = setInterval(() => {
    const now = look()
    if (now === before) return
    before = now
    changed()
  }, LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
