/** When to dial again: a pure function of how the last connection went. */
import { backoffDelay } from '../lib/backoff.ts'
import { LONGEST_RETRY_AFTER_MS } from './retry-after.ts'

/** Milliseconds. */
export interface DelayLimits {
  readonly baseMs: number
  readonly capMs: number
  /** Instead of the back-off, when the peer refused us without a good connection before. */
  readonly slowMs: number
  /** A connection open this long was a good one: the back-off starts anew. */
  readonly stableMs: number
}

/** How one dial ended. */
export interface Attempt {
  /** How long the connection was open, milliseconds; undefined when it never was. */
  readonly openMs: number | undefined
  readonly pace: 'normal' | 'slow'
  readonly retryAfterMs: number | undefined
}

/** Dials in a row without a good connection, and milliseconds until the next one. */
export interface Redial {
  readonly failures: number
  readonly delayMs: number
}

/** A tenth on top of Retry-After, because everyone else was told the same moment. */
const RETRY_AFTER_SPREAD = 0.1
/** With the spread on top, no server sends us away for longer than the limit of Retry-After. */
const LONGEST_ASKED_MS = LONGEST_RETRY_AFTER_MS / (1 + RETRY_AFTER_SPREAD)

/** The next step after `failures` dials in a row without a good connection. `random` in [0, 1) is injectable for tests. */
export function nextDelay(
  failures: number,
  attempt: Attempt,
  limits: DelayLimits,
  random: () => number = Math.random,
): Redial {
  const stable = attempt.openMs !== undefined && attempt.openMs >= limits.stableMs
  const before = stable ? 0 : failures
  // A peer that served us well and then closes with 1008 or 4xxx has a reason of its own; what it says to the next dial counts.
  const isSlow = attempt.pace === 'slow' && !stable
  const own = isSlow ? limits.slowMs * (0.5 + random() / 2) : backoffDelay(before, limits, random)
  const asked = Math.min(attempt.retryAfterMs ?? 0, LONGEST_ASKED_MS) * (1 + RETRY_AFTER_SPREAD * random())
  return { failures: before + 1, delayMs: Math.ceil(Math.max(own, asked)) }
}
