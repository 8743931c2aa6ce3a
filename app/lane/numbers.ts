/** Running numbers of a lane's messages. No number is used twice. */
import { randomUUID } from 'node:crypto'
import type { Piece } from './piece.ts'

/**
 * How many numbers are reserved per write: enough for hours without a working disk, or for a restart every second of a
 * year.
 */
const AHEAD = 2 ** 28

/** Stored part of the numbers. */
export interface KeptNumbers {
  /** The lane's id. */
  readonly lane: string
  /** All used numbers are below `to`. */
  readonly to: number
}

/**
 * The numbers of one lane. Ranges are reserved on disk before use; a killed process skips its unused numbers. A
 * message may leave the lane unwritten only if `give` returned true for its number.
 */
export class Numbers {
  readonly lane: string
  #next: number
  #safeTo = 0

  /** Continues after `kept`, and not below `least`. Without `kept`, the lane gets a new id. */
  constructor(kept?: KeptNumbers, least = 1) {
    this.lane = kept?.lane ?? randomUUID()
    this.#next = Math.max(kept?.to ?? 1, least)
  }

  /**
   * Numbers the messages of `pieces`. Returns whether the numbers are reserved on disk: a later process will not use
   * them again.
   */
  give(pieces: readonly Piece[]): boolean {
    for (const piece of pieces) {
      piece.first = this.#next
      this.#next += piece.messages.length
    }
    return this.#next <= this.#safeTo
  }

  /** The state to write now. Call `written` with it after the write. */
  get ahead(): KeptNumbers {
    return { lane: this.lane, to: this.#next + AHEAD }
  }

  written({ to }: KeptNumbers): void {
    this.#safeTo = to
  }
}
