/** Time that sources are paused because we are the slow ones, by feed. */
import type { Event } from '../events.ts'
import type { SourceInfo } from '../model.ts'

/** Folds `source.paused` and `source.resumed`. */
export class Pauses {
  readonly #now: () => number
  readonly #over = new Map<string, number>()
  readonly #since = new Map<SourceInfo, number>()

  /** `now`: milliseconds on a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  addFeed(name: string): void {
    this.#over.set(name, 0)
  }

  removeFeed(name: string): void {
    this.#over.delete(name)
    for (const source of this.#since.keys()) if (source.feed === name) this.#since.delete(source)
  }

  apply({ type, source }: Extract<Event, { type: 'source.paused' | 'source.resumed' }>): void {
    if (type === 'source.paused') {
      this.#since.set(source, this.#now())
      return
    }
    const since = this.#since.get(source)
    if (since === undefined) return
    this.#since.delete(source)
    this.#over.set(source.feed, (this.#over.get(source.feed) ?? 0) + this.#now() - since)
  }

  /** Milliseconds so far by feed, pauses under way included. */
  millis(): ReadonlyMap<string, number> {
    const sums = new Map(this.#over)
    const now = this.#now()
    for (const [{ feed }, since] of this.#since) sums.set(feed, (sums.get(feed) ?? 0) + now - since)
    return sums
  }
}
