/** Reference counts by name. */

/** Counts holders of each name. */
export class Shares {
  readonly #holders = new Map<string, number>()

  hold(name: string): void {
    this.#holders.set(name, (this.#holders.get(name) ?? 0) + 1)
  }

  /** Returns whether no holder is left. */
  release(name: string): boolean {
    const left = (this.#holders.get(name) ?? 0) - 1
    if (left > 0) this.#holders.set(name, left)
    else this.#holders.delete(name)
    return left <= 0
  }
}
