/** One walk over the dead letters: each is counted, and those that can be sent are handed on in order. */
import type { StoredRecord } from '../produce/topic-reader.ts'
import { Chunks } from './chunks.ts'
import { type Letter, letterOf } from './letter.ts'
import type { RedriveOptions } from './options.ts'
import { Tally } from './tally.ts'
import type { Way } from './way.ts'

/** How far a walk came. */
export class Walk {
  readonly tally = new Tally()
  /** Letters that were passed over because of --feed or --reason, by "feed reason". */
  readonly passedOver = new Map<string, number>()
  /** Records read, those out of the times asked for included. */
  read = 0
  /** A time at which all begins that was not walked over, milliseconds since the epoch; undefined when nothing was. */
  resume: number | undefined
  /** It ended at --limit, or was stopped, with letters left. */
  left: 'limit' | 'stopped' | undefined

  /** Ends with `records`, at the limit, or when `signal` aborts. All letters are handed over to `way` then. */
  async go(
    records: AsyncIterable<StoredRecord>,
    { options, way, signal }: { readonly options: RedriveOptions; readonly way: Way; readonly signal: AbortSignal },
  ): Promise<void> {
    const chunks = new Chunks((letters, row) => way.send(letters, row))
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit } = options
    for await (const record of records) {
      if (signal.aborted) break
      this.read++
      const { timestamp } = record
      if (timestamp < since || timestamp > until) continue
      const letter = letterOf(record)
      if (this.#isWanted(letter, options)) {
        if (this.tally.found >= limit) {
          this.left = 'limit'
          this.resume = timestamp
          break
        }
        await this.#take(letter, chunks)
      }
      this.resume = Math.max(this.resume ?? 0, timestamp + 1)
    }
    await chunks.end()
    if (signal.aborted) this.left = 'stopped'
  }

  async #take(letter: Letter, chunks: Chunks): Promise<void> {
    const row = this.tally.take(letter)
    if (!letter.flaw) await chunks.add(letter, row)
  }

  #isWanted({ feed, reason }: Letter, { feeds, reasons }: RedriveOptions): boolean {
    if ((feeds.size === 0 || feeds.has(feed)) && (reasons.size === 0 || reasons.has(reason))) return true
    const key = `${feed || '?'} ${reason || '?'}`
    this.passedOver.set(key, (this.passedOver.get(key) ?? 0) + 1)
    return false
  }
}
