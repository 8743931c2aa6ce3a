/** One walk over the dead letters: each is counted, and those that can be sent are handed on in order. */
import type { StoredRecord } from '../produce/topic-reader.ts'
import { Chunks } from './chunks.ts'
import { type Letter, lettersOf } from './letter.ts'
import type { RedriveOptions } from './options.ts'
import { Tally } from './tally.ts'
import type { Way } from './way.ts'

/** How far a walk came. */
export class Walk {
  readonly tally: Tally
  /** Letters that were passed over because of --feed or --reason, by "feed reason". */
  readonly passedOver = new Map<string, number>()
  /** Records read, those out of the times asked for included. */
  read = 0
  /** It ended at --limit, or was stopped, with letters left. */
  left: 'limit' | 'stopped' | undefined
  /** Times of the first letter beyond the limit and of the latest that was walked over. */
  #next: number | undefined
  #latest: number | undefined

  /** `whole`: as in the options of its `go`. */
  constructor(whole = false) {
    this.tally = new Tally(whole)
  }

  /**
   * A time at which that begins which was not walked over, milliseconds since the epoch; undefined when nothing was. What is
   * left behind a walk that ended early may be of the same millisecond as what was not.
   */
  get resume(): number | undefined {
    if (this.#next !== undefined || this.#latest === undefined) return this.#next
    return this.left === undefined ? this.#latest + 1 : this.#latest
  }

  /**
   * Ends with `records`, at the limit, or when `signal` aborts; throws what reading throws. Whatever the end, every letter
   * that was taken is handed over to `way` then.
   */
  async go(
    records: AsyncIterable<StoredRecord>,
    { options, way, signal }: { readonly options: RedriveOptions; readonly way: Way; readonly signal: AbortSignal },
  ): Promise<void> {
    const chunks = new Chunks((letters, row) => way.send(letters, row))
    this.left = 'stopped'
    try {
      for await (const record of records) {
        if (signal.aborted || !(await this.#step(record, options, chunks))) break
      }
      if (!signal.aborted && this.left === 'stopped') this.left = undefined
    } finally {
      await chunks.end()
    }
  }

  /** False at the limit. */
  async #step(record: StoredRecord, options: RedriveOptions, chunks: Chunks): Promise<boolean> {
    this.read++
    const { timestamp } = record
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit } = options
    if (timestamp < since || timestamp > until) return true
    const letters = lettersOf(record, options.whole).filter((letter) => this.#isWanted(letter, options))
    if (letters.length > 0 && this.tally.letters >= limit) {
      this.left = 'limit'
      this.#next = timestamp
      return false
    }
    for (const letter of letters) {
      const row = this.tally.take(letter)
      if (!letter.flaw) await chunks.add(letter, row)
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
