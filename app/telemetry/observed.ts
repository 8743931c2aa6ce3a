/** What telemetry looks at when it is scraped, beside the events it was told. */
import type { DeadLetters, Lane, Ledger } from '../model.ts'
import type { Status } from '../status.ts'

/** Live views, owned by the daemon. */
export interface Observed {
  readonly status: Status
  readonly feeds: ReadonlyMap<
    string,
    {
      readonly ledger: Ledger
      readonly lane: Pick<Lane, 'held'>
      readonly deadLetters: Pick<DeadLetters, 'topic'>
    }
  >
  /** By subject; `fetchedAt` in milliseconds since the epoch. */
  readonly schemas: () => ReadonlyMap<string, { readonly fetchedAt: number }>
  readonly logLinesDropped: () => number
}
