/** How the flood's sources send: as fast as their sockets take it, or so many per second. */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FrameBlock } from './frames.ts'

/** One URL's socket, its frames and its next sequence. */
export interface Source {
  readonly socket: Socket
  readonly block: FrameBlock
  next: number
}

/** One write of a paced flood: `count` messages of `source` from `first` on, given to the socket at `at` (ms since the epoch, with fractions). */
export interface Write {
  readonly source: number
  readonly first: number
  readonly count: number
  readonly at: number
}

/** How often a paced flood looks at the clock, in milliseconds. */
const BEAT_MS = 1

/**
 * Sends `count` messages, at most `mostPerWrite` in one write; resolves when the operating system has taken them, or when
 * the socket is gone.
 */
export async function pour(source: Source, count: number, mostPerWrite: number): Promise<void> {
  for (let left = count; left > 0 && !source.socket.destroyed; ) {
    const frames = Math.min(left, source.block.capacity, mostPerWrite)
    const bytes = source.block.fill(source.next, frames)
    source.next += frames
    left -= frames
    await new Promise<void>((resolve) => source.socket.write(bytes, () => resolve()))
  }
}

/**
 * The same for all sources together, `rate` messages per second, their turns spread over the time between two messages of
 * one source. Resolves to what was written when.
 */
export async function drip(
  sources: readonly (Source | undefined)[],
  counts: readonly number[],
  rate: number,
  mostPerWrite: number,
): Promise<Write[]> {
  const writes: Write[] = []
  const sent = counts.map(() => 0)
  const busy = new Set<number>(counts.keys())
  const startedAt = performance.now()
  const each = rate / counts.length / 1_000
  while (busy.size > 0) {
    const elapsed = performance.now() - startedAt
    for (const at of busy) {
      const [source, count = 0, before = 0] = [sources[at], counts[at], sent[at]]
      if (!source || source.socket.destroyed || before >= count) {
        busy.delete(at)
        continue
      }
      // A socket that is full is behind its time; what is due goes when it takes more.
      const due = Math.min(count, Math.floor(elapsed * each + at / counts.length)) - before
      if (due <= 0 || source.socket.writableNeedDrain) continue
      const many = Math.min(due, source.block.capacity)
      writes.push({ source: at, first: source.next, count: many, at: performance.timeOrigin + performance.now() })
      sent[at] = before + many
      void pour(source, many, mostPerWrite)
    }
    await sleep(BEAT_MS)
  }
  return writes
}
