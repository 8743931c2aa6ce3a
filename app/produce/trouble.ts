/** One write's history of failures: what is said, how long it waits, and how much it tries at once. */
import type { UnavailableReason } from '../errors.ts'
import { backoffDelay } from '../lib/backoff.ts'

const BACKOFF = { baseMs: 100, capMs: 5_000 }

/** Times are milliseconds on the monotonic clock. */
export class Trouble {
  readonly startedAt = performance.now()
  readonly #records: number
  readonly #said = new Set<UnavailableReason>()
  /** When the request was sent that failed first; 0: it is not held. */
  since = 0
  /** Most records that are tried at once. */
  atMost: number
  #attempts = 0

  /** `records`: how many are to be written. */
  constructor(records: number) {
    this.#records = records
    this.atMost = records
  }

  /** It failed for `reason`, with a request sent at `sentAt`. Whether this reason is new since it was well. */
  isNews(reason: UnavailableReason, sentAt: number): boolean {
    this.since ||= sentAt
    const { size } = this.#said
    return this.#said.add(reason).size > size
  }

  /** Milliseconds to wait before the next try. */
  nextDelayMs(): number {
    return backoffDelay(this.#attempts++, BACKOFF)
  }

  /** `records` were too many, or one of them is at fault. */
  halve(records: number): void {
    this.atMost = Math.ceil(records / 2)
  }

  /** What was tried was taken. */
  grow(): void {
    this.atMost = Math.min(this.#records, this.atMost * 2)
  }

  /** It is well again: returns for how long it was not, 0 where nothing was held. */
  end(): number {
    const heldMs = this.since > 0 ? performance.now() - this.since : 0
    this.since = 0
    this.#said.clear()
    this.#attempts = 0
    return heldMs
  }
}
