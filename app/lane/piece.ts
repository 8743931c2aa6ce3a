/** Messages of one source, small enough for one batch. */
import type { Message, SourceInfo } from '../model.ts'

/** Memory of a message beyond its payload, in bytes: object, Buffer, array slots. */
export const MESSAGE_OVERHEAD_BYTES = 256

/** Limits of a batch: enough to fill a request, and small enough to settle soon. */
export const BATCH = { messages: 2_000, bytes: 1024 * 1024 }

/** `bytes` is payload; `cost` counts towards the lane's limit. */
export interface Piece {
  /** Running number of the first message; the others follow. 0 until the piece enters a lane. */
  first: number
  readonly source: SourceInfo
  readonly messages: readonly Message[]
  readonly bytes: number
  readonly cost: number
}

/**
 * Splits `messages` of one source into pieces within `limits`. A message costs its payload plus `overheadBytes`; a
 * message over the byte limit gets its own piece. `number`: running number of the first message, if there is one.
 */
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
    // A copy, because the source reuses its array.
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
