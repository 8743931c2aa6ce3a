/** A silence limit that follows the source's own rhythm: a busy source is noticed silent in seconds, a quiet one is left alone. */

/** How long a silence may last: asked while it lasts, told of what came. Times and durations are milliseconds on one monotonic clock. */
export interface SilenceLimit {
  /** The present limit. */
  readonly limitMs: number
  /** The limit is never shorter than this. */
  readonly shortestMs: number
  /** A connection is open: the pause before it says nothing. */
  opened(now: number): void
  /** Something came, `pauseMs` after what came before it or after the connection had opened. */
  heard(now: number, pauseMs: number): void
  /** The connection was given up, because nothing came within the limit. */
  silent(): void
}

/** A limit that stays as it is. */
export function fixedLimit(limitMs: number): SilenceLimit {
  return { limitMs, shortestMs: limitMs, opened() {}, heard() {}, silent() {} }
}

/** Bounds of a learned limit, milliseconds. */
export interface SilenceBounds {
  readonly floorMs: number
  readonly ceilingMs: number
}

const BOUNDS: SilenceBounds = { floorMs: 5_000, ceilingMs: 600_000 }
/** A burst counts once: the sample is the longest pause of this part of the floor. */
const SAMPLE = 1 / 5
/** With fewer samples little is known, and the limit is the ceiling. */
const ENOUGH = 20
const FACTOR = 3
/** What doubled comes back by this factor a sample: were it at once, a rhythm slower than it looked would be cut again and again. */
const SHRINKS = 0.995
/** Weights of a new sample. As RFC 6298 §2 has them for round trips; the deviation shrinks slowly, so that a long burst is not taken for a new rhythm. */
const WEIGHT = { mean: 1 / 8, deviationGrows: 1 / 4, deviationShrinks: 1 / 32 }

/**
 * Learns from one source over all its connections. A silence that was one (nothing comes on the next connection either)
 * doubles the limit each time, up to the ceiling; it shrinks again while what comes goes on for longer than a burst.
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

  /** The first arrival of a connection only starts the clock: how soon an upstream greets is not its rhythm. */
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
