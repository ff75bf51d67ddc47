import { createServer, type Socket } from 'node:net'

/** The host everybody would write first: on each line, one write to each member. The same bytes as our `gopl` door. */
const members = new Set<Socket>()
const server = createServer({ noDelay: true }, (socket) => {
  const address = `${socket.remoteAddress}:${socket.remotePort}`
  let rest = ''
  members.add(socket)
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) for (const member of members) member.write(`${address}: ${line}\n`)
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => members.delete(socket))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`))
