/** Limits how often a line is logged, and counts the suppressed lines. */

/** Beyond this many keys, expired windows are removed. */
const MOST_KEYS = 1_000

/** At most `limit` per window of `windowMs` for each key. */
export class RateLimit {
  readonly #limit: number
  readonly #windowMs: number
  readonly #windows = new Map<string, { startedAt: number; said: number; unsaid: number }>()

  constructor(limit: number, windowMs: number) {
    this.#limit = limit
    this.#windowMs = windowMs
  }

  /** Returns the number of lines suppressed since the last allowed one, or undefined to suppress this line too. */
  take(key: string, now: number = performance.now()): number | undefined {
    let window = this.#windows.get(key)
    if (!window) {
      if (this.#windows.size >= MOST_KEYS) this.#prune(now)
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

  #prune(now: number): void {
    for (const [key, { startedAt }] of this.#windows) if (now - startedAt >= this.#windowMs) this.#windows.delete(key)
  }
}
