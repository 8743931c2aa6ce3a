/** A monotonic clock, and its difference from another machine's clock. */

/** Differences below this, in milliseconds, are attributed to network and rounding, and not corrected. */
export const TOLERANCE_MS = 5_000

/** Source of a clock reading. A broker takes precedence over a registry, and both over this machine. */
export type ClockWitness = 'broker' | 'registry'

/** A message with its receive time. */
interface Received {
  readonly receivedAt: number
  readonly isCorrected?: boolean | undefined
}

/** `offsetMs`: their clock minus ours. */
export interface ClockDifference {
  readonly offsetMs: number
  readonly by: ClockWitness
}

/**
 * Milliseconds since the epoch: the system time at process start plus monotonic elapsed time.
 * Setting the system clock later has no effect.
 */
export function steadyNow(): number {
  return Math.floor(performance.timeOrigin + performance.now())
}

/** Describes a difference for the log. */
export function clockText({ offsetMs, by }: ClockDifference): string {
  const whose = by === 'broker' ? 'Kafka' : 'the schema registry'
  if (Math.abs(offsetMs) < TOLERANCE_MS) return `this machine's clock agrees with that of ${whose}`
  const how = offsetMs < 0 ? 'ahead of' : 'behind'
  return `this machine's clock is ${(Math.abs(offsetMs) / 1000).toFixed(1)} s ${how} that of ${whose}: times are corrected by that; set the clock`
}

/** Learns how far `steadyNow` is from the clock of Kafka or the registry, and corrects by that. */
export class Clock {
  readonly #changed: (difference: ClockDifference) => void
  #known: ClockDifference | undefined
  /** Cached: read per record. */
  #correctionMs: number | undefined
  #told = 0

  /** `changed` is called when the correction changes by more than the tolerance. */
  constructor(changed: (difference: ClockDifference) => void = () => {}) {
    this.#changed = changed
  }

  /**
   * Takes a reading of another clock: between `earliest` and `latest` (milliseconds since the epoch) at a moment between
   * `from` and `to` on `steadyNow`. The smallest possible difference counts.
   */
  saw(by: ClockWitness, [earliest, latest]: readonly [number, number], [from, to]: readonly [number, number]): void {
    if (this.#known?.by === 'broker' && by !== 'broker') return
    const [least, most] = [earliest - to, latest - from]
    this.#known = { by, offsetMs: least > 0 ? least : Math.min(0, most) }
    this.#correctionMs = beyondTolerance(this.#known.offsetMs)
    if (Math.abs(this.correctionMs - this.#told) < TOLERANCE_MS) return
    this.#told = this.correctionMs
    this.#changed(this.#known)
  }

  /** Their clock minus this machine's present clock, in milliseconds; undefined without a reading. */
  get systemOffsetMs(): number | undefined {
    return this.#known && steadyNow() + this.#known.offsetMs - Date.now()
  }

  /** The difference, if large enough to be corrected. */
  get difference(): ClockDifference | undefined {
    return this.#known && this.correctionMs !== 0 ? this.#known : undefined
  }

  /** Whether there is a reading. */
  get isKnown(): boolean {
    return this.#known !== undefined
  }

  /**
   * Milliseconds to add to `steadyNow`; 0 within the tolerance. Without a reading the system clock is the reference:
   * an operator may have set it on purpose.
   */
  get correctionMs(): number {
    return this.#correctionMs ?? beyondTolerance(Date.now() - steadyNow())
  }

  /** The present time, corrected; milliseconds since the epoch. */
  now(): number {
    return steadyNow() + this.correctionMs
  }

  /** Converts a time on `steadyNow` to corrected time. */
  corrected(at: number): number {
    return at + this.correctionMs
  }

  /** Converts a corrected time to `steadyNow`. */
  steady(at: number): number {
    return at - this.correctionMs
  }

  /** When a message was received, corrected; milliseconds since the epoch. */
  receivedAt(message: Received): number {
    return message.isCorrected ? message.receivedAt : this.corrected(message.receivedAt)
  }

  /** When a message was received, on `steadyNow`; milliseconds since the epoch. */
  steadyReceivedAt(message: Received): number {
    return message.isCorrected ? this.steady(message.receivedAt) : message.receivedAt
  }
}

function beyondTolerance(offsetMs: number): number {
  return Math.abs(offsetMs) < TOLERANCE_MS ? 0 : offsetMs
}
