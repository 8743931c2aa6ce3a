/** What the sources of a feed have together that the lane has not kept yet: bounded, however many they are. */
import { onread } from './onread.ts'
import type { PauseLock } from './pause-lock.ts'

/** More than lanes take at once; little enough to be parsed in one turn of the event loop. */
const LIMIT_BYTES = 4 * 1024 * 1024
/** Sockets that go on in one turn of the event loop: each may bring 64 KiB, which Node reads at once. */
const RELEASED_AT_ONCE = 32

/** Over its limit all sockets are held; once half of it is kept they go on in turn, those first that were held longest. */
export class ReadBudget {
  /** How they are read. */
  readonly onread = onread(() => this.#reading.size + this.#held.size)
  readonly #limitBytes: number
  readonly #reading = new Set<PauseLock>()
  readonly #held = new Set<PauseLock>()
  #bytes = 0
  /** Of them, what does not count from the next turn on. */
  #gone = 0
  #turn: NodeJS.Immediate | undefined

  constructor(limitBytes: number = LIMIT_BYTES) {
    this.#limitBytes = limitBytes
  }

  /** A socket that is read from now on, or held with the others. */
  join(pauseLock: PauseLock): void {
    if (this.#held.size === 0 && this.#bytes <= this.#limitBytes) this.#reading.add(pauseLock)
    else this.#hold(pauseLock)
  }

  /** A socket that is closed. */
  leave(pauseLock: PauseLock): void {
    this.#reading.delete(pauseLock)
    this.#held.delete(pauseLock)
  }

  /** The hot path: bytes have arrived. */
  arrived(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.#limitBytes || this.#reading.size === 0) return
    for (const pauseLock of this.#reading) this.#hold(pauseLock)
    this.#reading.clear()
  }

  /**
   * As many bytes are the lane's now, or nobody's. They count until the next turn of the event loop: a lane that takes all
   * at once would have one turn read what lies in the kernel, many megabytes.
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
