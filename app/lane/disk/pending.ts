/** What a lane has not written yet: what may pass the disk waits a little, because Kafka may have it first. */
import type { Part } from './part.ts'

/** How long Kafka has for a part before it is written, and how long what nobody waits to read gathers; in milliseconds. */
const PASS_MS = 10
const GATHER_MS = 2
/** What is larger is written at once, and so is all when so much waits, in bytes; then so long, in milliseconds, because more will come. */
const LARGE_BYTES = 16 * 1024
const RUSH_BYTES = 48 * 1024
const RUSH_MS = 50
/** Sooner is now, in milliseconds. */
const NOW_MS = 0.5

/** In the order of the running numbers. */
export class Pending {
  #parts: Part[] = []
  /** Of those that are not settled: how many, and their payload. */
  #count = 0
  #bytes = 0
  /** When the first of them may be due; milliseconds on the monotonic clock, as all times here. */
  #dueAt = Number.POSITIVE_INFINITY
  #rushUntil = 0

  get dueAt(): number {
    return this.#dueAt
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** `mayPass`: somebody reads it soon. */
  add(parts: readonly Part[], mayPass: boolean): void {
    const now = performance.now()
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
    this.#bytes += bytes
    this.#count += parts.length
    const isLarge = parts.length > 1 || bytes >= LARGE_BYTES
    if (isLarge || this.#bytes >= RUSH_BYTES) this.#rushUntil = now + RUSH_MS
    const dueAt = now + (isLarge ? 0 : mayPass && now >= this.#rushUntil ? PASS_MS : GATHER_MS)
    for (const part of parts) {
      part.dueAt = dueAt
      this.#parts.push(part)
    }
    this.#dueAt = Math.min(this.#dueAt, dueAt)
  }

  /** A part that was not taken is settled. */
  settled({ bytes }: Part): void {
    this.#bytes -= bytes
    if (--this.#count === 0) this.#keep([])
  }

  /** All when something is due, or `anyway`, but for what does not belong into one write of `most` bytes. */
  take(most: number, anyway: boolean): readonly Part[] {
    if (!anyway && !isDue(this.#dueAt)) return []
    // It may have been settled, and nothing be due any more.
    this.#keep(this.#parts.filter(({ isSettled }) => !isSettled))
    if (!anyway && !isDue(this.#dueAt)) return []
    let bytes = 0
    const end = this.#parts.findIndex((part, at) => {
      bytes += part.bytes
      return at > 0 && bytes > most
    })
    const taken = end === -1 ? this.#parts : this.#parts.slice(0, end)
    this.#keep(end === -1 ? [] : this.#parts.slice(end))
    this.#count -= taken.length
    for (const part of taken) {
      part.isTaken = true
      this.#bytes -= part.bytes
    }
    return taken
  }

  /** What was taken could not be written. */
  putBack(parts: readonly Part[]): void {
    const again = parts.filter(({ isSettled }) => !isSettled)
    for (const part of again) {
      part.isTaken = false
      this.#bytes += part.bytes
    }
    this.#count += again.length
    this.#keep([...again, ...this.#parts])
  }

  #keep(parts: Part[]): void {
    this.#parts = parts
    this.#dueAt = parts.reduce((least, { dueAt }) => Math.min(least, dueAt), Number.POSITIVE_INFINITY)
  }
}

/** `at`: milliseconds on the monotonic clock. */
export function isDue(at: number): boolean {
  return at <= performance.now() + NOW_MS
}
