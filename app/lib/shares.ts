/** Things that several hold, and that are to be given up with the last of them. */

/** Counts who holds what, by name. */
export class Shares {
  readonly #holders = new Map<string, number>()

  hold(name: string): void {
    this.#holders.set(name, (this.#holders.get(name) ?? 0) + 1)
  }

  /** Returns whether nobody holds it now. */
  release(name: string): boolean {
    const left = (this.#holders.get(name) ?? 0) - 1
    if (left > 0) this.#holders.set(name, left)
    else this.#holders.delete(name)
    return left <= 0
  }
}
