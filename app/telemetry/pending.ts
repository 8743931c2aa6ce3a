/** Counts of what happens too often to look its labels up each time: gathered here, counted when somebody scrapes. */

/** Of one counter with one label. */
export class Pending {
  readonly #counts = new Map<string, number>()

  add(value: string, by: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + by)
  }

  /** Hands on all there is, and begins anew. */
  take(count: (value: string, by: number) => void): void {
    for (const [value, by] of this.#counts) count(value, by)
    this.#counts.clear()
  }

  forget(value: string): void {
    this.#counts.delete(value)
  }
}
