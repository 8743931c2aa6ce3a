/** Everything about a lane that is on disk, read and checked from the first block to the last. */
import type { Message } from '../../model.ts'
import type { SourceOf } from './block.ts'
import type { Segment } from './log.ts'
import { Reader, waitingIn } from './reader.ts'
import { areGone, type Kept, type Numbers } from './state.ts'

/** What a lane holds. */
export interface Scan {
  readonly messages: number
  /** Sum of the payload bytes. */
  readonly bytes: number
  /** Milliseconds since the epoch; 0 when it is empty. */
  readonly oldestReceivedAt: number
  /** Messages and payload bytes per id of a source. */
  readonly sources: ReadonlyMap<string, { readonly messages: number; readonly bytes: number }>
  /** Number of the last message that is there; 0 without one. */
  readonly last: number
  /** A sentence where something is not there that was kept. */
  readonly damage: string | undefined
}

/** Takes the messages of a block that are to be delivered. */
export type Take = (messages: readonly Message[]) => Promise<void>

/** Reads all of `segments`, sets where the blocks in each end, and hands what is to be delivered to `take`. Throws `Unusable` for a format it does not know. Ends with the reason of `signal`. */
export async function scan(
  segments: readonly Segment[],
  kept: Kept,
  sourceOf: SourceOf,
  { take, signal }: { readonly take?: Take; readonly signal?: AbortSignal | undefined },
): Promise<Scan> {
  const counts = new Counts()
  const missing: Numbers[] = []
  let { flushed } = kept
  let last = 0
  const ends = new Map(segments.map((segment) => [segment, { ...segment, end: 0 }]))
  const reader = new Reader({ segments }, kept.id)
  for (let found = await reader.next(); found; found = await reader.next()) {
    signal?.throwIfAborted()
    const { segment, header, end } = found
    missing.push({ from: last + 1, to: header.previous + 1 })
    const messages = waitingIn(found, kept, last, sourceOf, true)
    counts.add(messages)
    await take?.(messages)
    last = found.last
    flushed = Math.max(flushed, header.flushed)
    const ended = ends.get(segment)
    if (ended) Object.assign(ended, { end, first: ended.first || header.first, last })
  }
  for (const [segment, ended] of ends) Object.assign(segment, ended)
  missing.push({ from: last + 1, to: flushed + 1 })
  // What was never flushed was never promised.
  const lost = missing.find(({ from, to }) => !areGone({ from, to: Math.min(to, flushed + 1) }, kept))
  const damage = lost && `it is damaged: what it kept from its message ${lost.from} to ${lost.to - 1} is not there`
  return { ...counts, last: Math.max(last, kept.settledTo - 1), damage }
}

class Counts {
  messages = 0
  bytes = 0
  oldestReceivedAt = 0
  readonly sources = new Map<string, { messages: number; bytes: number }>()

  add(messages: readonly Message[]): void {
    for (const { source, data, receivedAt } of messages) {
      if (this.messages === 0) this.oldestReceivedAt = receivedAt
      this.messages++
      this.bytes += data.length
      const share = this.sources.get(source.id) ?? { messages: 0, bytes: 0 }
      share.messages++
      share.bytes += data.length
      this.sources.set(source.id, share)
    }
  }
}
