import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort, localAddresses } from '../../src/node/addresses.ts'

const v4 = (address: string, mac = 'a4:83:e7:00:00:01', internal = false) =>
  ({ address, family: 'IPv4', mac, internal, netmask: '255.255.255.0', cidr: `${address}/24` }) as const
const v6 = (address: string, internal = false) =>
  ({
    address,
    family: 'IPv6',
    mac: 'a4:83:e7:00:00:01',
    internal,
    netmask: '',
    cidr: `${address}/64`,
    scopeid: 0
  }) as const

test('real cards first, virtual ones last; what only this machine or only its link can use is left out', () => {
  const found = localAddresses({
    lo: [v4('127.0.0.1', '00:00:00:00:00:00', true), v6('::1', true)],
    docker0: [v4('172.17.0.1')],
    eth5: [v4('172.18.0.2', '02:42:ac:12:00:02')],
    'vEthernet (WSL)': [v4('172.30.0.1')],
    wlan0: [v6('fe80::1'), v6('fd00::7'), v4('192.168.1.5')],
    eth0: [v4('169.254.3.4'), v4('10.0.0.9')]
  })
  expect(found).toEqual([
    { address: '192.168.1.5', card: 'wlan0', virtual: false },
    { address: '10.0.0.9', card: 'eth0', virtual: false },
    { address: '169.254.3.4', card: 'eth0', virtual: false },
    { address: 'fd00::7', card: 'wlan0', virtual: false },
    { address: '172.17.0.1', card: 'docker0', virtual: true },
    { address: '172.18.0.2', card: 'eth5', virtual: true },
    { address: '172.30.0.1', card: 'vEthernet (WSL)', virtual: true }
  ])
})

test.each(['en0', 'eth0', 'wlan0', 'Wi-Fi', 'Ethernet 2', 'enp3s0', 'wlp2s0', 'WLAN', '以太网'])(
  '%s is a real card',
  (card) => {
    expect(localAddresses({ [card]: [v4('10.0.0.9')] })).toEqual([{ address: '10.0.0.9', card, virtual: false }])
  }
)
test.each([
  'br-0a1b',
  'virbr0',
  'vmnet8',
  'vboxnet0',
  'utun3',
  'wg0',
  'tailscale0',
  'ztabc',
  'VMware Network Adapter VMnet1',
  'VirtualBox Host-Only Network'
])('%s is a virtual one', (card) => {
  expect(localAddresses({ [card]: [v4('10.0.0.9')] })[0]?.virtual).toBe(true)
})

test('this machine’s own', () => {
  for (const { address } of localAddresses()) expect(address).not.toMatch(/^127\.|^::1$|^fe80|^::ffff/u)
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
const take = (host: string, port = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    servers.push(server)
    server.once('error', reject)
    server.listen(port, host, () => {
      const at = server.address()
      resolve(at !== null && typeof at === 'object' ? at.port : 0)
    })
  })

test.each(['127.0.0.1', '0.0.0.0', '::'])('a port taken on %s is not free, the next one is', async (host) => {
  const taken = await take(host)
  const free = await freePort(taken)
  expect(free).toBeGreaterThan(taken)
  expect(free).toBeLessThan(taken + 50)
})
test('a free port is itself', async () => {
  const taken = await take('127.0.0.1')
  const free = (await freePort(taken)) ?? 0
  expect(await freePort(free)).toBe(free)
})
test('past the last port there is none', async () => {
  await take('127.0.0.1', 65_535)
  expect(await freePort(65_535)).toBe(null)
})
