/** A socket that is read as long as nobody holds it back. */

/** Several may hold it: it is read again when the last of them lets go. */
export class PauseLock {
  readonly #changed: (isHeld: boolean) => void
  #holders = 0

  /** `changed` is told of the first hold and of the last release. */
  constructor(changed: (isHeld: boolean) => void) {
    this.#changed = changed
  }

  get isHeld(): boolean {
    return this.#holders > 0
  }

  hold(): void {
    if (++this.#holders === 1) this.#changed(true)
  }

  release(): void {
    if (--this.#holders === 0) this.#changed(false)
  }
}
