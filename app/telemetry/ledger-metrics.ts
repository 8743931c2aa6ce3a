/** The ledger of a feed as metrics: sums as gauges, which a lane on disk carries over a restart, and counters since the start of the process. */
import { ledgerReport } from '../ledger.ts'
import type { Ledger } from '../model.ts'
import type { Count, SetGauge } from './definitions.ts'

/** The counts of a feed. `restored`: counts of an earlier process, from the lane. `held`: messages in the lane now. */
export interface Counted {
  readonly feed: string
  readonly ledger: Ledger
  readonly restored: Ledger
  readonly held: number
}

/** Sets all gauges and counters of a ledger. */
export function fillLedger(
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
  const byReason = (outcome: string, now: ReasonCounts, then: ReasonCounts): void => {
    for (const [reason, value] of since(now, then)) ended(outcome, reason, value)
  }
  ended('produced', '', ledger.produced - restored.produced)
  ended('ignored', '', ledger.ignored - restored.ignored - totalOf(ledger.ignoredFor))
  byReason('ignored', ledger.ignoredFor, restored.ignoredFor)
  byReason('refused', ledger.refused, restored.refused)
  byReason('dead_lettered', ledger.deadLettered, restored.deadLettered)
  byReason('expired', ledger.expired, restored.expired)
}

type ReasonCounts = ReadonlyMap<string, number>

function since(now: ReasonCounts, then: ReasonCounts): [reason: string, count: number][] {
  return [...now].map(([reason, value]) => [reason, value - (then.get(reason) ?? 0)])
}

function totalOf(counts: ReasonCounts): number {
  return [...counts.values()].reduce((all, count) => all + count, 0)
}
