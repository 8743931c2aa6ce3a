/** Counts the holders that pause a socket: the first hold pauses, the last release resumes. */
export class PauseLock {
  readonly #changed: (isHeld: boolean) => void
  #holders = 0

  /** Calls `changed` at the first hold and at the last release. */
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
