/** A clock that never jumps, and how far it is from another's. */

/** Differences below this, in milliseconds, are network and rounding: they correct nothing. */
export const TOLERANCE_MS = 5_000

/** Whose clock was seen. A broker's word wins over a registry's, and both over this machine's own. */
export type ClockWitness = 'broker' | 'registry'

/** What says when it was received. */
interface Received {
  readonly receivedAt: number
  readonly isCorrected?: boolean | undefined
}

/** What has changed: `offsetMs` is their clock less ours, by whose word. */
export interface ClockDifference {
  readonly offsetMs: number
  readonly by: ClockWitness
}

/**
 * Milliseconds since the epoch: the system's time when the process began, plus the time that has passed since (monotonic).
 * A clock that is set while the process runs moves nothing.
 */
export function steadyNow(): number {
  return Math.floor(performance.timeOrigin + performance.now())
}

/** Says a difference in words. */
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
  /** Kept, because it is asked for per record. */
  #correctionMs: number | undefined
  #told = 0

  /** `changed` is called when the correction changes by more than the tolerance. */
  constructor(changed: (difference: ClockDifference) => void = () => {}) {
    this.#changed = changed
  }

  /**
   * Another clock showed a time between `earliest` and `latest` (milliseconds since the epoch) at some moment between
   * `from` and `to` on `steadyNow`. Of all differences that this allows, the smallest counts.
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

  /** Their clock less this machine's as it is now, in milliseconds; undefined while nobody's clock was seen. */
  get systemOffsetMs(): number | undefined {
    return this.#known && steadyNow() + this.#known.offsetMs - Date.now()
  }

  /** The difference, where it is large enough to be corrected. */
  get difference(): ClockDifference | undefined {
    return this.#known && this.correctionMs !== 0 ? this.#known : undefined
  }

  /** Whether anybody's clock was seen. */
  get isKnown(): boolean {
    return this.#known !== undefined
  }

  /**
   * What a time of `steadyNow` lacks to the other's, in milliseconds; 0 within the tolerance. While nobody's clock was seen, the
   * system's own counts: whoever set it while we run had a reason.
   */
  get correctionMs(): number {
    return this.#correctionMs ?? beyondTolerance(Date.now() - steadyNow())
  }

  /** The present time, corrected; milliseconds since the epoch. */
  now(): number {
    return steadyNow() + this.correctionMs
  }

  /** What a time of `steadyNow` is, corrected. */
  corrected(at: number): number {
    return at + this.correctionMs
  }

  /** What a corrected time is on `steadyNow`. */
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
