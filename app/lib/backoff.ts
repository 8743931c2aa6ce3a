/** Exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter"): each delay is uniform in [0, ceiling). */

/** Bounds of a back-off, in milliseconds. */
export interface BackoffLimits {
  readonly baseMs: number
  readonly capMs: number
}

/** Milliseconds to wait before attempt `attempt` (0 = the first retry). `random` in [0, 1) is injectable for tests. */
export function backoffDelay(attempt: number, limits: BackoffLimits, random: () => number = Math.random): number {
  const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt, 30))
  return Math.round(random() * ceiling)
}
