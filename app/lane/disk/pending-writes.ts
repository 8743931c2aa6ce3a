/**
 * Queue of messages not yet written to disk. Small arrivals may be read and delivered before their write (a bypass).
 */
import { BATCH, type Piece } from '../piece.ts'
import type { InFlight } from './in-flight.ts'

/**
 * How long Kafka has to acknowledge before the write, in milliseconds. A commit costs as much as a thousand messages.
 */
const BYPASS_MS = 10
/** Larger arrivals are written at once, in bytes, because they are worth a commit. */
const LARGE_ARRIVAL_BYTES = 16 * 1024
/**
 * Flood detection: after 48 KiB are waiting, or one large arrival, nothing bypasses the disk for 50 ms. Writes then
 * form large batches.
 */
const FLOOD_BYTES = 48 * 1024
const FLOOD_MS = 50
/** How long arrivals without bypass are collected, in milliseconds. */
const GATHER_MS = 2

/** The messages of one append. */
export interface Arrival {
  readonly pieces: readonly Piece[]
  readonly messages: number
  /** Payload bytes. */
  readonly bytes: number
  readonly isLarge: boolean
  /** Whether readers may get the messages before the write. */
  readonly mayBypass: boolean
  /** Time of the append on the monotonic clock, in milliseconds. */
  readonly at: number
  /** The batch with these messages, once read. */
  reader: InFlight | undefined
  /** Whether the write has begun. */
  isTaken: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Arrivals in order; read arrivals come first. */
export class PendingWrites {
  readonly #waiting: Arrival[] = []
  #read = 0
  #bytes = 0
  /** Number of large arrivals, and the end of the current flood. */
  #large = 0
  #floodUntil = 0

  /**
   * Resolves when the pieces are written, or settled before. `mayBypass`: whether a reader is ready for the messages.
   */
  add(pieces: readonly Piece[], mayBypass: boolean): Promise<void> {
    let messages = 0
    let bytes = 0
    for (const piece of pieces) {
      messages += piece.messages.length
      bytes += piece.bytes
    }
    const at = performance.now()
    const isLarge = pieces.length > 1 || bytes >= LARGE_ARRIVAL_BYTES
    this.#bytes += bytes
    if (isLarge) this.#large++
    if (isLarge || this.#bytes >= FLOOD_BYTES) this.#floodUntil = at + FLOOD_MS
    const passes = mayBypass && at >= this.#floodUntil
    const what = { pieces, messages, bytes, isLarge, mayBypass: passes, at, reader: undefined, isTaken: false }
    return new Promise((resolve, reject) => this.#waiting.push({ ...what, resolve, reject }))
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** When the next write is due, in milliseconds on the monotonic clock; infinity if nothing waits. */
  get dueAt(): number {
    const [first] = this.#waiting
    if (!first) return Number.POSITIVE_INFINITY
    if (this.#large > 0) return first.at
    return first.at + (first.mayBypass ? BYPASS_MS : GATHER_MS)
  }

  get isReadable(): boolean {
    return this.#waiting[this.#read]?.mayBypass === true
  }

  /** Returns the next bypassing arrivals, up to the limits of a batch. */
  read(): readonly Arrival[] {
    const from = this.#read
    let messages = 0
    let bytes = 0
    for (let next = this.#waiting[from]; next?.mayBypass; next = this.#waiting[this.#read]) {
      messages += next.messages
      bytes += next.bytes
      if (this.#read > from && (messages > BATCH.messages || bytes > BATCH.bytes)) break
      this.#read++
    }
    return this.#waiting.slice(from, this.#read)
  }

  /** Removes settled `arrivals` of one batch whose write has not begun. Returns the number of messages removed. */
  settle(arrivals: readonly Arrival[]): number {
    const first = arrivals.find(({ isTaken }) => !isTaken)
    if (!first) return 0
    const settled = this.#waiting.splice(this.#waiting.indexOf(first), arrivals.length - arrivals.indexOf(first))
    this.#read -= settled.length
    let passed = 0
    for (const { messages, bytes, resolve } of settled) {
      this.#bytes -= bytes
      passed += messages
      resolve()
    }
    return passed
  }

  /** Removes arrivals for a write: at least the first, and further ones up to `mostBytes`. */
  take(mostBytes: number): readonly Arrival[] {
    let bytes = 0
    const end = this.#waiting.findIndex((arrival, at) => {
      bytes += arrival.bytes
      return at > 0 && bytes > mostBytes
    })
    const taken = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
    this.#read = Math.max(0, this.#read - taken.length)
    for (const arrival of taken) {
      arrival.isTaken = true
      this.#bytes -= arrival.bytes
      if (arrival.isLarge) this.#large--
    }
    return taken
  }
}
