/** Messages of one source, small enough to be part of one batch. */
import type { Message, SourceInfo } from '../model.ts'

/** What a message costs in memory beyond its payload, in bytes: its object, its Buffer, its place in arrays. */
export const MESSAGE_OVERHEAD_BYTES = 256

/** Most messages and bytes of one batch: enough to fill a request, little enough to settle soon. */
export const BATCH = { messages: 2_000, bytes: 1024 * 1024 }

/** `bytes` is payload; `cost` is what the lane's limit counts. */
export interface Piece {
  /** Running number of its first message, the others follow; 0 until it enters a lane. */
  first: number
  readonly source: SourceInfo
  readonly messages: readonly Message[]
  readonly bytes: number
  readonly cost: number
}

/** Cuts `messages` of one source into pieces of at most `limits`, each message costing its payload and `overheadBytes`; a single message over the limit of bytes is a piece of its own. `number` is that of the first message, if they have numbers. */
export function cut(
  messages: readonly Message[],
  limits: { readonly messages: number; readonly bytes: number } = BATCH,
  overheadBytes: number = MESSAGE_OVERHEAD_BYTES,
  number = 0,
): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  let bytes = 0
  const close = (end: number): void => {
    const first = messages[start]
    if (!first || end === start) return
    // A copy, because the array is the source's.
    const own = messages.slice(start, end)
    const cost = bytes + own.length * overheadBytes
    pieces.push({ source: first.source, first: number + start, messages: own, bytes, cost })
    start = end
    bytes = 0
  }
  for (let i = 0; i < messages.length; i++) {
    const size = messages[i]?.data.length ?? 0
    if (i > start && (i - start >= limits.messages || bytes + size > limits.bytes)) close(i)
    bytes += size
  }
  close(messages.length)
  return pieces
}
