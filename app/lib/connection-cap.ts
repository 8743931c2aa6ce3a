/** Limits the connections of a server without locking out new clients. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Limits `server` to `most` connections. A further connection closes the longest idle one (an incomplete request counts as
 * idle), or, if all are busy, the one with the oldest request. Node's `maxConnections` would refuse the new one instead.
 * Returns a function that returns the present number.
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
