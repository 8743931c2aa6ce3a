/** Gap records on their way into the lane of the internal feed, as arrivals for the ordinary left loop. */
import { steadyNow } from '../lib/clock.ts'
import { Notifier } from '../lib/notifier.ts'
import type { Message, SourceInfo } from '../model.ts'
import { GAP_FEED, type GapRecord } from './record.ts'

/** Whether gap records go anywhere: not known yet, wanted, or not. */
export type Use = 'unknown' | 'in_use' | 'off'

/** Most records that wait while there is no lane, or a full one; what comes then is dropped. Twice as many as a feed may have sources. */
export const MOST_WAITING = 20_000
const MOST_AT_ONCE = 500

/** A queue of records. A record leaves it when the lane has kept it. */
export class Outbox {
  readonly source: SourceInfo = { feed: GAP_FEED, id: GAP_FEED, shown: GAP_FEED, hash: 0 }
  readonly #dropped: () => void
  readonly #changed = new Notifier()
  #pending: GapRecord[] = []
  #use: Use = 'unknown'

  /** `dropped` is told of each record that found no room. */
  constructor(dropped: () => void) {
    this.#dropped = dropped
  }

  get use(): Use {
    return this.#use
  }

  /** In the order of `add`; the lane has kept none of them for sure. */
  get pending(): readonly GapRecord[] {
    return this.#pending
  }

  /** From now on records are kept, or not: `off` forgets those that wait. */
  set(use: Use): void {
    this.#use = use
    if (use === 'off') this.#pending = []
    this.#changed.notify()
  }

  add(record: GapRecord): void {
    if (this.#use === 'off') return
    if (this.#pending.length >= MOST_WAITING) return this.#dropped()
    this.#pending.push(record)
    this.#changed.notify()
  }

  /** All that comes, as JSON. Ends when `signal` aborts, after what is there by then. The next pull means that the last is kept. */
  async *arrivals(signal: AbortSignal): AsyncGenerator<readonly Message[], void, void> {
    while (true) {
      const some = this.#pending.slice(0, MOST_AT_ONCE)
      if (some.length > 0) {
        yield some.map((record) => this.#message(record))
        this.#pending = this.#pending.slice(some.length)
      } else if (signal.aborted) return
      else await this.#changed.wait(signal)
    }
  }

  #message(record: GapRecord): Message {
    return { source: this.source, data: Buffer.from(JSON.stringify(record)), receivedAt: steadyNow() }
  }
}
