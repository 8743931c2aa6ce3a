/** How many messages are due at a moment. Pure: the caller brings the time. */

/** Keeps the pace of one connection. Times are milliseconds of a monotonic clock. */
export interface Pacer {
  /** How many messages may be sent now; Infinity for an unlimited rate. The first is due at once. */
  due(now: number): number
  /** Says that one was sent. */
  sent(): void
  /** Milliseconds until the next is due; 0 when one is. */
  waitMs(now: number): number
}

/** Falling behind by more than this moves the schedule instead of bursting to catch up, milliseconds. */
const MAX_DEBT_MS = 1000

/** A pacer that begins at `now`. The mean is exact: each tick sends what the elapsed time asks for, less what was sent. */
export function createPacer(rate: number, now: number): Pacer {
  if (rate === Number.POSITIVE_INFINITY) return { due: () => rate, sent: () => {}, waitMs: () => 0 }
  let start = now
  let count = 0
  const dueAt = () => start + (count * 1000) / rate
  return {
    due: (at) => {
      const debt = at - dueAt() - MAX_DEBT_MS
      if (debt > 0) start += debt
      return Math.max(0, Math.floor(((at - start) * rate) / 1000) + 1 - count)
    },
    sent: () => {
      count++
    },
    waitMs: (at) => Math.max(0, dueAt() - at),
  }
}
