/** Whether a socket is read as fast as its peer writes. */
import type { Socket } from 'node:net'

/** Node reads into buffers of this size: where one was filled, more may lie in the kernel. (TLS hands on its records, which are smaller: there it cannot be seen.) */
const FULL_BYTES = 65_536

/**
 * Calls `behind` when the socket was not read empty, with the time at which it last was (milliseconds since the epoch), and
 * with 0 when it is again: whatever the peer wrote before that time has been read.
 */
export function watchBacklog(socket: Pick<Socket, 'on'>, behind: (since: number) => void): void {
  let emptyAt = Date.now()
  let isBehind = false
  socket.on('data', (chunk: Buffer) => {
    const isFull = chunk.length >= FULL_BYTES
    if (isFull !== isBehind) behind(isFull ? emptyAt : 0)
    isBehind = isFull
    if (!isFull) emptyAt = Date.now()
  })
}
