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
 * one source. Resolves to what was written when; what a full socket held back counts from when it was due.
 */
export async function drip(
  sources: readonly (Source | undefined)[],
  counts: readonly number[],
  rate: number,
  mostPerWrite: number,
): Promise<Write[]> {
  const writes: Write[] = []
  const perMs = rate / counts.length / 1_000
  const startedAt = performance.now()
  const turns = new Set(counts.map((count, at) => new Turn(at, sources[at], count, perMs, at / counts.length)))
  while (turns.size > 0) {
    for (const turn of turns) {
      if (turn.over) turns.delete(turn)
      else writes.push(...turn.take(startedAt, mostPerWrite))
    }
    await sleep(BEAT_MS)
  }
  return writes
}

/** One source on its way through a paced order. */
class Turn {
  readonly #at: number
  readonly #source: Source | undefined
  readonly #count: number
  readonly #perMs: number
  /** Of a message, from 0 to 1: where between two of its own it begins. */
  readonly #phase: number
  #sent = 0
  #pouring = false
  #held = false

  constructor(at: number, source: Source | undefined, count: number, perMs: number, phase: number) {
    this.#at = at
    this.#source = source
    this.#count = count
    this.#perMs = perMs
    this.#phase = phase
  }

  get over(): boolean {
    return !this.#source || this.#source.socket.destroyed || this.#sent >= this.#count
  }

  /** Writes what is due; answers with it. */
  take(startedAt: number, mostPerWrite: number): Write[] {
    const now = performance.now()
    const due = Math.min(this.#count, Math.floor((now - startedAt) * this.#perMs + this.#phase)) - this.#sent
    if (due <= 0 || !this.#source) return []
    // The block is not free before its last write has left.
    if (this.#pouring) {
      this.#held = true
      return []
    }
    const many = Math.min(due, this.#source.block.capacity)
    const writes = this.#held
      ? this.#late(this.#source.next, many, startedAt)
      : [this.#write(this.#source.next, many, now)]
    this.#sent += many
    this.#held = many < due
    this.#pouring = true
    void pour(this.#source, many, mostPerWrite).then(() => {
      this.#pouring = false
    })
    return writes
  }

  #late(first: number, many: number, startedAt: number): Write[] {
    return Array.from({ length: many }, (_, each) =>
      this.#write(first + each, 1, startedAt + (this.#sent + each + 1 - this.#phase) / this.#perMs),
    )
  }

  #write(first: number, count: number, at: number): Write {
    return { source: this.#at, first, count, at: performance.timeOrigin + at }
  }
}
