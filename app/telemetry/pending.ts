/** Counts of what happens too often to look its labels up each time: gathered here, counted when somebody scrapes. */

/** By counter and the value of its one label. */
export class Pending {
  readonly #counts = new Map<string, Map<string, number>>()

  add(name: string, value: string, by: number): void {
    let counts = this.#counts.get(name)
    if (!counts) {
      counts = new Map()
      this.#counts.set(name, counts)
    }
    counts.set(value, (counts.get(value) ?? 0) + by)
  }

  /** Hands on all there is, and begins anew. */
  take(count: (name: string, value: string, by: number) => void): void {
    for (const [name, counts] of this.#counts) {
      for (const [value, by] of counts) count(name, value, by)
      counts.clear()
    }
  }
}
