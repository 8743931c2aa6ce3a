/** The time inside the generated messages: begins where it is told and moves by seeded steps, so that texts repeat. */
import type { Random } from './random.ts'

/** Where the clock begins unless told otherwise, milliseconds since the epoch. */
export const DEFAULT_START_AT = Date.UTC(2025, 0, 19, 12, 34, 56, 789)

/** A moment with nanoseconds. */
export interface Moment {
  /** Milliseconds since the epoch, whole. */
  readonly ms: number
  /** Nanoseconds within that millisecond, 0 to 999,999. */
  readonly nanos: number
}

/** Answers the next moment: always later than the one before, by at most `stepMs` (default 2) milliseconds. */
export function createClock(random: Random, startAt: number, stepMs = 2): () => Moment {
  let ms = startAt
  let nanos = 0
  return () => {
    nanos += random.whole(1, stepMs * 1_000_000 - 1)
    // Now and then a whole millisecond, so that short fractions occur too.
    if (random.unit() < 0.05) nanos = Math.ceil(nanos / 1_000_000) * 1_000_000
    ms += Math.floor(nanos / 1_000_000)
    nanos %= 1_000_000
    return { ms, nanos }
  }
}

/** RFC 3339 in UTC with as many fractional digits as are not zero, at most nine: `2025-01-19T12:34:56.7890012Z`. */
export function formatRfc3339({ ms, nanos }: Moment): string {
  const fraction = String((ms % 1000) * 1_000_000 + nanos)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${formatSeconds(ms)}${fraction === '' ? '' : `.${fraction}`}Z`
}

/** ISO 8601 as Python's `isoformat()` prints a time without zone: microseconds, or nothing when they are zero. */
export function formatWithoutZone({ ms, nanos }: Moment): string {
  const micros = (ms % 1000) * 1000 + Math.floor(nanos / 1000)
  return `${formatSeconds(ms)}${micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`}`
}

let lastSecond = Number.NaN
let lastText = ''

/** `2025-01-19T12:34:56`; remembers the last second because neighbours share it. */
function formatSeconds(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastText = new Date(second * 1000).toISOString().slice(0, 19)
  }
  return lastText
}
