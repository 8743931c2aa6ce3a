/** Work that must not overlap. */

/** Runs one piece of work after the other, in the order they were given. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Ends as `work` does, which begins when all before it has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
