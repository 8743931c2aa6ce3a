/** What was brought and is not on the disk yet: it waits to be written, and what is small may be read and settled before. */
import { BATCH, type Piece } from '../piece.ts'
import type { InFlight } from './in-flight.ts'

/** How long Kafka has for a message before it is written, in milliseconds: a commit costs as much as a thousand messages. */
const PASS_MS = 10
/** What is larger is written at once, in bytes: then a commit is worth its cost. */
const LARGE_BYTES = 16 * 1024
/** Much comes at once when so many bytes wait, or something large. So long after that, in milliseconds, nothing passes: what is written together makes large batches. */
const RUSH_BYTES = 48 * 1024
const RUSH_MS = 50
/** How long what may not pass gathers, in milliseconds. */
const GATHER_MS = 2

/** What was appended at once. */
export interface Arrival {
  readonly pieces: readonly Piece[]
  readonly messages: number
  /** Payload. */
  readonly bytes: number
  readonly isLarge: boolean
  /** Whether it may be read before it is written. */
  readonly mayPass: boolean
  /** On the monotonic clock, in milliseconds. */
  readonly at: number
  /** The batch it is in, once it was read. */
  reader: InFlight | undefined
  /** Whether it is being written, or was. */
  isTaken: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** In order: first those that were read, then the others. */
export class Fresh {
  readonly #waiting: Arrival[] = []
  #read = 0
  #bytes = 0
  /** How many of them are large, and until when more are expected. */
  #large = 0
  #rushUntil = 0

  /** Resolves when the pieces are written, or settled before. `mayPass`: somebody would read them soon. */
  add(pieces: readonly Piece[], mayPass: boolean): Promise<void> {
    let messages = 0
    let bytes = 0
    for (const piece of pieces) {
      messages += piece.messages.length
      bytes += piece.bytes
    }
    const at = performance.now()
    const isLarge = pieces.length > 1 || bytes >= LARGE_BYTES
    this.#bytes += bytes
    if (isLarge) this.#large++
    if (isLarge || this.#bytes >= RUSH_BYTES) this.#rushUntil = at + RUSH_MS
    const passes = mayPass && at >= this.#rushUntil
    const what = { pieces, messages, bytes, isLarge, mayPass: passes, at, reader: undefined, isTaken: false }
    return new Promise((resolve, reject) => this.#waiting.push({ ...what, resolve, reject }))
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** When the first of them is to be written, on the monotonic clock in milliseconds; infinity when there is none. */
  get dueAt(): number {
    const [first] = this.#waiting
    if (!first) return Number.POSITIVE_INFINITY
    if (this.#large > 0) return first.at
    return first.at + (first.mayPass ? PASS_MS : GATHER_MS)
  }

  get isReadable(): boolean {
    return this.#waiting[this.#read]?.mayPass === true
  }

  /** Those that may pass and come next, up to the limits of a batch. */
  read(): readonly Arrival[] {
    const from = this.#read
    let messages = 0
    let bytes = 0
    for (let next = this.#waiting[from]; next?.mayPass; next = this.#waiting[this.#read]) {
      messages += next.messages
      bytes += next.bytes
      if (this.#read > from && (messages > BATCH.messages || bytes > BATCH.bytes)) break
      this.#read++
    }
    return this.#waiting.slice(from, this.#read)
  }

  /** Those of `arrivals`, which were read together, that are not taken need not be written; answers how many messages they hold. */
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

  /** Takes the first to be written, and as many more as `mostBytes` allow. */
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
