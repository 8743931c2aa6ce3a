/** A bound on the connections of a server that does not let those who are there keep others out. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * From now on `server` has no more than `most` connections. One more ends the one that has been idle longest (a request that is
 * not complete does not count as begun), or, when all are being answered, the one whose answer takes longest. Node's
 * own `maxConnections` turns away whoever comes last. Answers with how many there are now.
 */
export function capConnections(server: Server, most: number): () => number {
  // Each in the order in which they became so.
  const idle = new Set<Socket>()
  const busy = new Set<Socket>()
  server.on('connection', (socket) => {
    const [longest] = idle.size > 0 ? idle : busy
    if (idle.size + busy.size >= most) longest?.destroy()
    idle.add(socket)
    socket.once('close', () => {
      idle.delete(socket)
      busy.delete(socket)
    })
  })
  server.on('request', ({ socket }, response) => {
    idle.delete(socket)
    busy.add(socket)
    response.once('close', () => {
      if (busy.delete(socket) && !socket.destroyed) idle.add(socket)
    })
  })
  return () => idle.size + busy.size
}
