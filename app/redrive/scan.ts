/** One pass over the dead letters: counts each, and passes the sendable ones on in order. */
import type { StoredRecord } from '../produce/topic-reader.ts'
import { LetterBatches } from './batches.ts'
import { type Letter, lettersOf } from './letter.ts'
import type { RedriveOptions } from './options.ts'
import type { Resender } from './resend.ts'
import { Summary } from './summary.ts'

/** A scan, its counts and its position. */
export class LetterScan {
  readonly summary = new Summary()
  /** Letters excluded by --feed or --reason, by "feed reason". */
  readonly passedOver = new Map<string, number>()
  /** Records read, including records outside --since and --until. */
  read = 0
  /** Why the scan ended with letters left: at --limit, or stopped. */
  left: 'limit' | 'stopped' | undefined
  /** Timestamps of the first letter beyond the limit and of the latest one scanned. */
  #next: number | undefined
  #latest: number | undefined

  /**
   * Where a next scan begins, milliseconds since the epoch; undefined when no letter was scanned. After a scan that was stopped,
   * letters of the latest millisecond may be left, so the next scan begins there again.
   */
  get resume(): number | undefined {
    if (this.#next !== undefined || this.#latest === undefined) return this.#next
    return this.left === undefined ? this.#latest + 1 : this.#latest
  }

  /**
   * Ends with `records`, at the limit, or when `signal` aborts; throws the errors of reading. In each case it first passes
   * every counted letter to `resender`.
   */
  async go(
    records: AsyncIterable<StoredRecord>,
    {
      options,
      resender,
      signal,
    }: { readonly options: RedriveOptions; readonly resender: Resender; readonly signal: AbortSignal },
  ): Promise<void> {
    const batches = new LetterBatches((letters, row) => resender.send(letters, row))
    this.left = 'stopped'
    try {
      for await (const record of records) {
        if (signal.aborted || !(await this.#step(record, options, batches))) break
      }
      if (!signal.aborted && this.left === 'stopped') this.left = undefined
    } finally {
      await batches.end()
    }
  }

  /** Returns false at the limit. */
  async #step(record: StoredRecord, options: RedriveOptions, batches: LetterBatches): Promise<boolean> {
    this.read++
    const { timestamp } = record
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit } = options
    if (timestamp < since || timestamp > until) return true
    const letters = lettersOf(record, options.whole).filter((letter) => this.#isWanted(letter, options))
    if (letters.length > 0 && this.summary.letters >= limit) {
      this.left = 'limit'
      this.#next = timestamp
      return false
    }
    for (const letter of letters) {
      const row = this.summary.take(letter)
      if (!letter.flaw) await batches.add(letter, row)
    }
    this.#latest = Math.max(this.#latest ?? 0, timestamp)
    return true
  }

  #isWanted({ feed, reason }: Letter, { feeds, reasons }: RedriveOptions): boolean {
    if ((feeds.size === 0 || feeds.has(feed)) && (reasons.size === 0 || reasons.has(reason))) return true
    const key = `${feed || '?'} ${reason || '?'}`
    this.passedOver.set(key, (this.passedOver.get(key) ?? 0) + 1)
    return false
  }
}
