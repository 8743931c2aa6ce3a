/** What telemetry looks at when it is scraped, beside the events it was told. */
import type { Gaps } from '../gaps/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { DeadLetters, Encoder, Lane, Ledger } from '../model.ts'
import type { Status } from './status.ts'

/** Live views, owned by the daemon. */
export interface Observed {
  readonly status: Status
  readonly gaps: Gaps
  readonly clock: Pick<Clock, 'systemOffsetMs' | 'corrected'>
  readonly feeds: ReadonlyMap<
    string,
    {
      readonly ledger: Ledger
      /** What the ledger held when its lane was opened. */
      readonly restored: Ledger
      readonly lane: Pick<Lane, 'held'>
      readonly deadLetters: Pick<DeadLetters, 'topic'>
      readonly encoder: Pick<Encoder, 'undeclared'>
      /** How many documents have no time of their own, by reason, where they should have one. */
      readonly times?: { readonly missing: Readonly<Record<string, number>> }
    }
  >
  /** By subject; `fetchedAt` in milliseconds since the epoch, on the steady clock. */
  readonly schemas: () => ReadonlyMap<string, { readonly fetchedAt: number }>
  readonly logLinesDropped: () => number
}
