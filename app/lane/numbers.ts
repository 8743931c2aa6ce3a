/** The running numbers of a lane: each message that enters it gets the next one, and no number is given twice. */
import { randomUUID } from 'node:crypto'
import type { Piece } from './piece.ts'

/** So many may be given before the disk has to hear of it: enough for hours in which it takes nothing, and for a restart each second of a year. */
const AHEAD = 2 ** 28

/** What of it outlives the process. */
export interface KeptNumbers {
  /** The lane's own id. */
  readonly lane: string
  /** No number from here on was given. */
  readonly to: number
}

/**
 * Of one lane. What outlives the process is written ahead of use: a process that is killed skips what it did not use. A message
 * may leave the lane unwritten only with a number that is `give`n as safe.
 */
export class Numbers {
  readonly lane: string
  #next: number
  #safeTo = 0

  /** Goes on after those of `kept`, and from `least` on at least; without `kept` under an id of its own. */
  constructor(kept?: KeptNumbers, least = 1) {
    this.lane = kept?.lane ?? randomUUID()
    this.#next = Math.max(kept?.to ?? 1, least)
  }

  /** Numbers the messages of `pieces`. Returns whether the next process will not give these numbers, even if nothing more is written. */
  give(pieces: readonly Piece[]): boolean {
    for (const piece of pieces) {
      piece.first = this.#next
      this.#next += piece.messages.length
    }
    return this.#next <= this.#safeTo
  }

  /** What to write now; `written` is told once it is. */
  get ahead(): KeptNumbers {
    return { lane: this.lane, to: this.#next + AHEAD }
  }

  written({ to }: KeptNumbers): void {
    this.#safeTo = to
  }
}
