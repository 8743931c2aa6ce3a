/** Serialises asynchronous work. */

/** Runs work one at a time, in order. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Starts `work` after all earlier work has settled, and settles as it does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
