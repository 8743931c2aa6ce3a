/** State read by telemetry at a scrape. */
import type { Gaps } from '../gaps/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { DeadLetters, Encoder, Lane, Ledger } from '../model.ts'
import type { Status } from './status.ts'

/** Live objects, owned by the daemon. */
export interface Observed {
  readonly status: Status
  readonly gaps: Gaps
  readonly clock: Pick<Clock, 'systemOffsetMs' | 'corrected'>
  readonly feeds: ReadonlyMap<
    string,
    {
      readonly ledger: Ledger
      /** The ledger as it was when its lane was opened. */
      readonly restored: Ledger
      readonly lane: Pick<Lane, 'held'>
      readonly deadLetters: Pick<DeadLetters, 'topic'>
      readonly encoder: Pick<Encoder, 'undeclared'>
      /** Documents without a readable time, by reason; only with `TIMESTAMP_FIELD`. */
      readonly times?: { readonly missing: Readonly<Record<string, number>> }
    }
  >
  /** By subject; `fetchedAt` in milliseconds since the epoch, on the steady clock. */
  readonly schemas: () => ReadonlyMap<string, { readonly fetchedAt: number }>
  readonly logLinesDropped: () => number
}
