/** A batch that was read: where its messages are, and what may go once it is settled. */
import type { SourceInfo } from '../../model.ts'
import type { Arrival } from './fresh.ts'

/** From its reading until the lane has forgotten it. */
export interface InFlight {
  /** Those of its messages that are in blocks, and those that may still come to be in one. */
  written: number
  fresh: number
  /** Key after its last block; 0 without one. */
  to: number
  settled: boolean
  /** What was read before it was written. */
  readonly arrivals: readonly Arrival[]
  /** Per source, in bytes as the limit of the lane counts them. */
  readonly shares: ReadonlyMap<SourceInfo, number>
}

/** Whether the lane may forget it. */
export function isOver({ settled, fresh }: InFlight): boolean {
  return settled && fresh === 0
}
