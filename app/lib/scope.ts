/**
 * Closes resources in reverse order of opening. Unlike `AsyncDisposableStack` it accepts resources while it closes (opening may still
 * be under way at a stop), and throws the first failure itself instead of a `SuppressedError`.
 */

type Close = () => unknown

/** A stack of closers. `close` runs them last in, first out, continues after a failure, and throws the first failure. */
export class Scope {
  readonly #closers: Close[] = []

  /** Registers `close` and returns `thing`, so that opening and registering are one expression. */
  use<T>(thing: T, close: (thing: T) => unknown): T {
    this.#closers.push(() => close(thing))
    return thing
  }

  /** Waits for each closer in turn. A second call closes only resources registered since. */
  async close(): Promise<void> {
    const failures: unknown[] = []
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
