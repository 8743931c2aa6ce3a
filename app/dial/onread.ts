/** How our sockets are read: so that one that is paused stops at once, and what it stopped at is small. */
import type { Socket } from 'node:net'
import { steadyNow } from '../lib/clock.ts'

/** A read that fills this may have left more in the kernel. */
const READ_BYTES = 65_536
/** A message holds the whole piece that it came in, and so does the part of one at which a socket is paused: all sockets together this much. */
const TOGETHER_BYTES = 16 * 1024 * 1024
const LEAST_PIECE_BYTES = 8_192
const POOLED_BYTES = 1_024

/** Event of a socket with `onread`: told of each read, after its `data`, whether more may lie in the kernel. (TLS hands on its records, which are smaller: there it cannot be seen.) */
export const READ = 'tributary:read'

/** All sockets read one after the other into the same memory. */
const readMemory = Buffer.allocUnsafeSlow(READ_BYTES)
/** When the read began whose bytes are being handed on; 0 outside of it. */
let readAt = 0

/** Returns the receive time of a message that ends now (see `steadyNow`): one clock reading for all messages of a socket read. */
export function receiveTime(): number {
  return readAt === 0 ? steadyNow() : readAt
}

/**
 * The option `onread` of Node's sockets (TCP and TLS), for the sockets that `count` counts. Without it a paused socket reads
 * on until 64 KiB lie in its stream, and thousands of them read a gigabyte.
 */
export function onread(count: () => number) {
  return {
    buffer: readMemory,
    /** Called as a method of the socket. */
    callback(this: Socket, bytes: number, buffer: Uint8Array): boolean {
      readAt = steadyNow()
      const most = Math.max(LEAST_PIECE_BYTES, Math.floor(TOGETHER_BYTES / count()))
      for (let at = 0; at < bytes; at += most) give(this, copyPiece(buffer.subarray(at, Math.min(at + most, bytes))))
      readAt = 0
      this.emit(READ, bytes === READ_BYTES)
      return true
    },
  }
}

/** Into memory of its own, unless it is small: Node's pool would tie it to its neighbours. */
function copyPiece(bytes: Uint8Array): Buffer {
  const piece = bytes.length < POOLED_BYTES ? Buffer.allocUnsafe(bytes.length) : Buffer.allocUnsafeSlow(bytes.length)
  piece.set(bytes)
  return piece
}

/** Behind what waits in the stream: what came with the answer to the handshake was put back there. Past the stream otherwise, which reads on by itself. */
function give(socket: Socket, piece: Buffer): void {
  if (socket.readableLength > 0) socket.push(piece)
  else socket.emit('data', piece)
}
