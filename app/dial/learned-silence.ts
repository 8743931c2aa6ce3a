/** Learns a silence limit from the pauses of a source: seconds for a busy source, minutes for a quiet source. */

/** How long a silence may last. Times and durations are milliseconds on the same monotonic clock. */
export interface SilenceLimit {
  /** The present limit. */
  readonly limitMs: number
  /** The limit is never shorter than this. */
  readonly shortestMs: number
  /** A connection is open. The pause before opening is no sample. */
  opened(now: number): void
  /** Messages arrived, `pauseMs` after the previous arrival or the opening. */
  heard(now: number, pauseMs: number): void
  /** The connection was closed because no message arrived within the limit. */
  silent(): void
}

/** Returns a constant limit. */
export function fixedLimit(limitMs: number): SilenceLimit {
  return { limitMs, shortestMs: limitMs, opened() {}, heard() {}, silent() {} }
}

/** Bounds of a learned limit, milliseconds. */
export interface SilenceBounds {
  readonly floorMs: number
  readonly ceilingMs: number
}

const BOUNDS: SilenceBounds = { floorMs: 5_000, ceilingMs: 600_000 }
/** Sampling period as a part of the floor. A sample is the longest pause of a period, so a burst counts once. */
const SAMPLE = 1 / 5
/** With fewer samples the limit is the ceiling. */
const ENOUGH = 20
const FACTOR = 3
/** Factor per sample by which a doubled limit shrinks again. A sudden return would cut a slow source repeatedly. */
const SHRINKS = 0.995
/** Weights of a new sample, as in RFC 6298 §2 for round trips. The deviation shrinks more slowly, so that a long burst changes little. */
const WEIGHT = { mean: 1 / 8, deviationGrows: 1 / 4, deviationShrinks: 1 / 32 }

/**
 * Learns from a source over all its connections. Each redial for silence doubles the limit, up to the ceiling. The limit shrinks again
 * with each later sample.
 */
export class LearnedSilence implements SilenceLimit {
  readonly #bounds: SilenceBounds
  #samples = 0
  #mean = 0
  #deviation = 0
  /** Longest pause since the last sample. */
  #longest = 0
  #sampledAt: number | undefined
  #growth = 1

  constructor(bounds: SilenceBounds = BOUNDS) {
    this.#bounds = bounds
  }

  get limitMs(): number {
    const { floorMs, ceilingMs } = this.#bounds
    if (this.#samples < ENOUGH) return ceilingMs
    const learned = Math.max(floorMs, FACTOR * (this.#mean + 4 * this.#deviation))
    return Math.min(ceilingMs, learned * this.#growth)
  }

  get shortestMs(): number {
    return this.#bounds.floorMs
  }

  opened(): void {
    this.#sampledAt = undefined
    this.#longest = 0
  }

  /** The first arrival of a connection only starts the clock: the delay of a greeting is no sample. */
  heard(now: number, pauseMs: number): void {
    if (this.#sampledAt === undefined) {
      this.#sampledAt = now
      return
    }
    this.#longest = Math.max(this.#longest, pauseMs)
    if (now - this.#sampledAt < this.#bounds.floorMs * SAMPLE) return
    this.#sample(this.#longest)
    this.#sampledAt = now
    this.#longest = 0
    this.#growth = Math.max(1, this.#growth * SHRINKS)
  }

  silent(): void {
    if (this.limitMs < this.#bounds.ceilingMs) this.#growth *= 2
  }

  #sample(pauseMs: number): void {
    this.#samples++
    if (this.#samples === 1) {
      this.#mean = pauseMs
      this.#deviation = pauseMs / 2
      return
    }
    const error = pauseMs - this.#mean
    const change = Math.abs(error) - this.#deviation
    this.#deviation += change * (change > 0 ? WEIGHT.deviationGrows : WEIGHT.deviationShrinks)
    this.#mean += error * WEIGHT.mean
  }
}
