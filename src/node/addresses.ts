import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { NetworkInterfaceInfo } from 'node:os'
import type { LocalAddress } from '../shared/bridge.ts'

/** Network cards that lead to other machines only by way of some program: bridges, tunnels, virtual switches. */
const VIRTUAL_CARD =
  /^(?:docker|br-|bridge|veth|vnet|virbr|vmnet|vboxnet|vmware|virtualbox|vethernet|hyper-v|tun|tap|utun|wg|wireguard|zt|zerotier|tailscale|ham|hamachi|nebula|cni|cali|flannel|podman|lxc|lxd|ppp|ipsec|awdl|llw|anpi|gif|stf|dummy|openvpn|nordlynx|proton|wsl|npcap|loopback)|virtual|vpn|host-only|hyper-v|\bwsl\b/iu
/** What Docker gives its cards, whatever they are called. */
const CONTAINER_MAC = /^02:42:/u
/** An address a card gave itself because nobody gave it one: it works among such cards only. */
const SELF_GIVEN = /^169\.254\./u
/** Needs the name of a card on the reader's machine, which we cannot know. */
const LINK_LOCAL_V6 = /^fe[89ab]/iu

type Cards = NodeJS.Dict<NetworkInterfaceInfo[]>

/**
 * The addresses of this machine that others may use: real cards before virtual ones, IPv4 before IPv6 (it is the one
 * people can read out to each other), an address a card gave itself after those it was given.
 */
export const localAddresses = (cards: Cards = networkInterfaces()): LocalAddress[] => {
  const found: (LocalAddress & { rank: number })[] = []
  for (const [card, infos] of Object.entries(cards)) {
    for (const info of infos ?? []) {
      if (info.internal || (info.family === 'IPv6' && LINK_LOCAL_V6.test(info.address))) continue
      const virtual = VIRTUAL_CARD.test(card) || CONTAINER_MAC.test(info.mac)
      const rank = (virtual ? 4 : 0) + (info.family === 'IPv6' ? 2 : 0) + (SELF_GIVEN.test(info.address) ? 1 : 0)
      found.push({ address: info.address, card, virtual, rank })
    }
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ address, card, virtual }) => ({ address, card, virtual }))
}

/** How many ports after a taken one are tried: whoever runs more servers in a row chooses a port himself. */
const PORTS_TRIED = 100
const LAST_PORT = 65_535

/**
 * Whether somebody listens on a port of this very address. Some systems let a second program listen on all interfaces
 * beside one that listens on 127.0.0.1 only, and give the local connections to that one.
 */
export const listenError = (port: number, host: string): Promise<string | null> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'))
    probe.listen({ port, host, ipv6Only: false, exclusive: true }, () => probe.close(() => resolve(null)))
  })

/** Codes that say "this machine has no such address", not "the port is taken". */
export const NO_SUCH_FAMILY = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])

const isFree = async (port: number): Promise<boolean> => {
  for (const host of ['127.0.0.1', '::1', '::', '0.0.0.0']) {
    const code = await listenError(port, host)
    if (code !== null && !NO_SUCH_FAMILY.has(code)) return false
  }
  return true
}

/** The given port if it is free on all interfaces, else the next free one; null when none of the next hundred is. */
export const freePort = async (port: number): Promise<number | null> => {
  for (let next = port; next <= Math.min(LAST_PORT, port + PORTS_TRIED); next++) {
    if (await isFree(next)) return next
  }
  return null
}
