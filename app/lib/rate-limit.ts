/** A bound on how often something is said, and a count of what was left unsaid. */

/** At most `limit` per window of `windowMs` for each key; keys are bounded by the caller. */
export class RateLimit {
  readonly #limit: number
  readonly #windowMs: number
  readonly #windows = new Map<string, { startedAt: number; said: number; unsaid: number }>()

  constructor(limit: number, windowMs: number) {
    this.#limit = limit
    this.#windowMs = windowMs
  }

  /** How many were left unsaid since the last one said (0 or more), or undefined when this one must not be said either. */
  take(key: string, now: number = performance.now()): number | undefined {
    let window = this.#windows.get(key)
    if (!window) {
      window = { startedAt: now, said: 0, unsaid: 0 }
      this.#windows.set(key, window)
    }
    if (now - window.startedAt >= this.#windowMs) {
      window.startedAt = now
      window.said = 0
    }
    if (window.said >= this.#limit) {
      window.unsaid++
      return undefined
    }
    const { unsaid } = window
    window.said++
    window.unsaid = 0
    return unsaid
  }
}
