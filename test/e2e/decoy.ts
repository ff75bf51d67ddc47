import { createServer as createHttp } from 'node:http'
import { createServer } from 'node:net'
import type { Server } from 'node:net'

/** Something that must not be reached: judged by who knocked, not by what the page says about it. */
export interface Decoy {
  port: number
  url: string
  /** Connections and requests so far. */
  hits(): string[]
  close(): Promise<void>
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
const listening = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, address, () => resolve(portOf(server)))
  })

/**
 * Counts HTTP requests on a free port of this machine. Not bare connections: a browser may open one ahead of a request
 * that its policy then refuses (in Electron the app gives Chromium no resolver at all).
 */
export const startDecoy = async (address = '127.0.0.1'): Promise<Decoy> => {
  const hits: string[] = []
  const server = createHttp((request, response) => {
    hits.push(`${request.method} ${request.url}`)
    response.setHeader('access-control-allow-origin', '*')
    response.end('<title>decoy</title>decoy')
  })
  const port = await listening(server, address)
  return {
    port,
    url: `http://${address}:${port}`,
    hits: () => [...hits],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}

/** Counts bare TCP connections. */
export const startSilentDecoy = async (address: string): Promise<Decoy> => {
  const hits: string[] = []
  const server = createServer((socket) => {
    hits.push('connection')
    socket.on('error', () => undefined)
    socket.resume()
  })
  const port = await listening(server, address)
  return {
    port,
    url: `tcp://${address}:${port}`,
    hits: () => [...hits],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      })
  }
}
