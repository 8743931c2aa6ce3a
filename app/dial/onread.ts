/** Custom socket reads: a paused socket stops reading at once and keeps little memory. */
import type { Socket } from 'node:net'
import { steadyNow } from '../lib/clock.ts'

/** Size of a read. After a full read the kernel may hold more. */
const READ_BYTES = 65_536
/** Memory bound for all sockets: each message, even an incomplete one, pins the whole piece in which its bytes arrived. */
const TOGETHER_BYTES = 16 * 1024 * 1024
const LEAST_PIECE_BYTES = 8_192
const POOLED_BYTES = 1_024

/** Event of a socket with `onread`, emitted after the `data` of each read. The argument says whether the kernel may hold more; unknown for TLS, whose records are smaller than a read. */
export const READ = 'tributary:read'

/** All sockets read into the same memory, one after another. */
const readMemory = Buffer.allocUnsafeSlow(READ_BYTES)
/** Start time of the read in progress; 0 outside a read. */
let readAt = 0

/** Returns the receive time of a message that is complete now (see `steadyNow`). Messages of the same socket read share a time. */
export function receiveTime(): number {
  return readAt === 0 ? steadyNow() : readAt
}

/**
 * Returns the option `onread` of Node's sockets (TCP and TLS). `count` returns the number of open sockets. By default a paused socket
 * buffers another 64 KiB in its stream; thousands of sockets would buffer a gigabyte.
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

/** Copies into separate memory, except small pieces: a piece in Node's pool would pin its neighbours. */
function copyPiece(bytes: Uint8Array): Buffer {
  const piece = bytes.length < POOLED_BYTES ? Buffer.allocUnsafe(bytes.length) : Buffer.allocUnsafeSlow(bytes.length)
  piece.set(bytes)
  return piece
}

/** Queues the piece behind data that waits in the stream (bytes that followed the handshake response). Otherwise bypasses the stream, which would read on while paused. */
function give(socket: Socket, piece: Buffer): void {
  if (socket.readableLength > 0) socket.push(piece)
  else socket.emit('data', piece)
}
