/** How long messages took from the flood's socket to the log of the broker. */
import type { Place } from './check.ts'
import type { Write } from './pace.ts'
import { FIRST_SEQUENCE } from './shapes/shape.ts'

/** Of all messages of the window, milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** The broker's clock shows whole milliseconds: on average it is half of one later. */
const HALF_A_MILLISECOND = 0.5

/** Takes append times, message by message, and answers with what lies between. */
export interface LatencyMeter {
  /** `appendedAt`: milliseconds since the epoch. Messages that are in none of the writes do not count, repeated ones once. */
  record(place: Place, appendedAt: number): void
  /** Undefined when nothing was recorded. */
  latency(): Latency | undefined
}

/** A meter for the messages of `writes`. */
export function latencyMeter(writes: readonly Write[]): LatencyMeter {
  const sentAt: (Map<number, number> | undefined)[] = []
  for (const { source, first, count, at } of writes) {
    const times = sentAt[source] ?? new Map<number, number>()
    sentAt[source] = times
    for (let each = 0; each < count; each++) times.set(first - FIRST_SEQUENCE + each, at)
  }
  const taken: number[] = []
  return {
    record({ source, at }, appendedAt) {
      const sent = sentAt[source]?.get(at)
      if (sent === undefined) return
      sentAt[source]?.delete(at)
      taken.push(appendedAt + HALF_A_MILLISECOND - sent)
    },
    latency() {
      if (taken.length === 0) return undefined
      taken.sort((a, b) => a - b)
      return { p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), max: quantile(taken, 1) }
    },
  }
}

/** The smallest value that a share of `of` does not exceed. */
function quantile(sorted: readonly number[], of: number): number {
  return sorted[Math.max(0, Math.ceil(of * sorted.length) - 1)] ?? Number.NaN
}
