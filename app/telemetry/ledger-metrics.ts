/** The ledger of a feed as metrics: its sums as gauges, which a lane on disk carries over a restart, and counters since the process began. */
import { ledgerReport } from '../ledger.ts'
import type { Ledger } from '../model.ts'
import type { Count, SetGauge } from './definitions.ts'

/** What a feed has counted. `restored` is what its lane brought from an earlier process, `held` what that lane holds now, in messages. */
export interface Counted {
  readonly feed: string
  readonly ledger: Ledger
  readonly restored: Ledger
  readonly held: number
}

/** Tells every sum: `set` a gauge, `count` a counter. */
export function tellLedger(
  set: SetGauge,
  count: Count<'readCounter'>,
  { feed, ledger, restored, held }: Counted,
): void {
  const { messages, documents } = ledgerReport(ledger, held)
  for (const [state, value] of Object.entries(messages)) set('tributary_ledger_messages', { feed, state }, value)
  for (const [outcome, value] of Object.entries(documents)) set('tributary_ledger_documents', { feed, outcome }, value)
  count('tributary_messages_received_total', { feed }, ledger.received - restored.received)
  count('tributary_messages_settled_total', { feed }, ledger.settled - restored.settled)
  count('tributary_documents_found_total', { feed }, ledger.found - restored.found)
  for (const [reason, value] of since(ledger.dropped, restored.dropped))
    count('tributary_messages_dropped_total', { feed, reason }, value)
  const ended = (outcome: string, reason: string, value: number): void =>
    count('tributary_documents_total', { feed, outcome, reason }, value)
  const byReason = (outcome: string, now: Counts, then: Counts): void => {
    for (const [reason, value] of since(now, then)) ended(outcome, reason, value)
  }
  ended('produced', '', ledger.produced - restored.produced)
  ended('ignored', '', ledger.ignored - restored.ignored - sum(ledger.ignoredFor))
  byReason('ignored', ledger.ignoredFor, restored.ignoredFor)
  byReason('refused', ledger.refused, restored.refused)
  byReason('dead_lettered', ledger.deadLettered, restored.deadLettered)
  byReason('expired', ledger.expired, restored.expired)
}

type Counts = ReadonlyMap<string, number>

function since(now: Counts, then: Counts): [reason: string, count: number][] {
  return [...now].map(([reason, value]) => [reason, value - (then.get(reason) ?? 0)])
}

function sum(counts: Counts): number {
  return [...counts.values()].reduce((all, count) => all + count, 0)
}
