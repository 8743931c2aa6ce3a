/** Computes the delay before the next dial: a pure function of the last attempt. */
import { backoffDelay } from '../lib/backoff.ts'
import { LONGEST_RETRY_AFTER_MS } from './retry-after.ts'

/** Milliseconds. */
export interface DelayLimits {
  readonly baseMs: number
  readonly capMs: number
  /** Replaces the back-off when the peer refuses us before the connection was stable. */
  readonly slowMs: number
  /** A connection open for at least this time is stable and resets the back-off. */
  readonly stableMs: number
}

/** How one dial ended. */
export interface Attempt {
  /** Milliseconds the connection was open; undefined if the dial failed. */
  readonly openMs: number | undefined
  readonly pace: 'normal' | 'slow'
  readonly retryAfterMs: number | undefined
}

/** Consecutive dials without a stable connection, and milliseconds until the next dial. */
export interface Redial {
  readonly failures: number
  readonly delayMs: number
}

/** Adds up to a tenth to Retry-After: other clients received the same time. */
const RETRY_AFTER_SPREAD = 0.1
/** Keeps Retry-After plus spread within the limit of Retry-After. */
const LONGEST_ASKED_MS = LONGEST_RETRY_AFTER_MS / (1 + RETRY_AFTER_SPREAD)

/** Returns the next step after `failures` consecutive dials without a stable connection. `random` in [0, 1) is injectable for tests. */
export function nextDelay(
  failures: number,
  attempt: Attempt,
  limits: DelayLimits,
  random: () => number = Math.random,
): Redial {
  const stable = attempt.openMs !== undefined && attempt.openMs >= limits.stableMs
  const before = stable ? 0 : failures
  // After a stable connection, 1008 or 4xxx may not mean a refusal: the response to the next dial decides.
  const isSlow = attempt.pace === 'slow' && !stable
  const own = isSlow ? limits.slowMs * (0.5 + random() / 2) : backoffDelay(before, limits, random)
  const asked = Math.min(attempt.retryAfterMs ?? 0, LONGEST_ASKED_MS) * (1 + RETRY_AFTER_SPREAD * random())
  return { failures: before + 1, delayMs: Math.ceil(Math.max(own, asked)) }
}
