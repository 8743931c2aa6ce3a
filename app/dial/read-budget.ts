/** Limits the bytes that all sources of a feed together have received but not yet stored in the lane. */
import { onread } from './onread.ts'
import type { PauseLock } from './pause-lock.ts'

/** Exceeds the size of a lane's append; small enough to parse in a turn of the event loop. */
const LIMIT_BYTES = 4 * 1024 * 1024
/** Sockets resumed per turn of the event loop. Node reads up to 64 KiB from each at once. */
const RELEASED_AT_ONCE = 32

/** Pauses all sockets above the limit. At half of the limit, resumes sockets in turn, longest paused first. */
export class ReadBudget {
  /** Socket option `onread` of all sources of the feed. */
  readonly onread = onread(() => this.#reading.size + this.#held.size)
  readonly #limitBytes: number
  readonly #reading = new Set<PauseLock>()
  readonly #held = new Set<PauseLock>()
  #bytes = 0
  /** Bytes already handed on; subtracted at the next event-loop turn. */
  #gone = 0
  #turn: NodeJS.Immediate | undefined

  constructor(limitBytes: number = LIMIT_BYTES) {
    this.#limitBytes = limitBytes
  }

  /** Adds an open socket; pauses the socket while others are paused. */
  join(pauseLock: PauseLock): void {
    if (this.#held.size === 0 && this.#bytes <= this.#limitBytes) this.#reading.add(pauseLock)
    else this.#hold(pauseLock)
  }

  /** Removes a closed socket. */
  leave(pauseLock: PauseLock): void {
    this.#reading.delete(pauseLock)
    this.#held.delete(pauseLock)
  }

  /** Hot path: adds received bytes. */
  arrived(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.#limitBytes || this.#reading.size === 0) return
    for (const pauseLock of this.#reading) this.#hold(pauseLock)
    this.#reading.clear()
  }

  /**
   * Releases bytes that were stored or discarded, at the next turn of the event loop. An immediate release would let one turn
   * read many megabytes from the kernel.
   */
  gone(bytes: number): void {
    this.#gone += bytes
    this.#turn ??= setImmediate(() => this.#next())
  }

  #hold(pauseLock: PauseLock): void {
    this.#held.add(pauseLock)
    pauseLock.hold()
  }

  #next(): void {
    this.#turn = undefined
    this.#bytes -= this.#gone
    this.#gone = 0
    if (this.#held.size === 0 || this.#bytes > this.#limitBytes / 2) return
    this.#letGo()
    if (this.#held.size > 0) this.#turn = setImmediate(() => this.#next())
  }

  #letGo(): void {
    let left = RELEASED_AT_ONCE
    for (const pauseLock of this.#held) {
      if (left-- === 0) return
      this.#held.delete(pauseLock)
      this.#reading.add(pauseLock)
      pauseLock.release()
    }
  }
}
