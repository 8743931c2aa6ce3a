/** Counts of frequent events, kept apart from prom-client until the next scrape, to save the lookup of labels. */

/** Pending counts of a counter with a single label, by its value. */
export class Pending {
  readonly #counts = new Map<string, number>()

  add(value: string, by: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + by)
  }

  /** Passes every count to `count` and clears them. */
  take(count: (value: string, by: number) => void): void {
    for (const [value, by] of this.#counts) count(value, by)
    this.#counts.clear()
  }

  forget(value: string): void {
    this.#counts.delete(value)
  }
}
