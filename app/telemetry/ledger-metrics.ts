/** The ledger of a feed as metrics: its sums as gauges, which a lane on disk carries over a restart, and counters since the process began. */
import { ledgerReport } from '../ledger.ts'
import type { Ledger } from '../model.ts'
import type { CounterName, GaugeName } from './definitions.ts'

type Tell<Name> = (name: Name, labels: Record<string, string>, value: number) => void

/** What a feed has counted. `restored` is what its lane brought from an earlier process, `held` what that lane holds now, in messages. */
export interface Counted {
  readonly feed: string
  readonly ledger: Ledger
  readonly restored: Ledger
  readonly held: number
}

/** Tells every sum: `set` a gauge, `count` a counter. */
export function tellLedger(
  set: Tell<GaugeName>,
  count: Tell<CounterName>,
  { feed, ledger, restored, held }: Counted,
): void {
  const { messages, documents } = ledgerReport(ledger, held)
  for (const [state, value] of Object.entries(messages)) set('tributary_ledger_messages', { feed, state }, value)
  for (const [outcome, value] of Object.entries(documents)) set('tributary_ledger_documents', { feed, outcome }, value)
  count('tributary_messages_received_total', { feed }, ledger.received - restored.received)
  count('tributary_messages_settled_total', { feed }, ledger.settled - restored.settled)
  count('tributary_documents_found_total', { feed }, ledger.found - restored.found)
  const by = (name: CounterName, labels: Record<string, string>, now: Counts, then: Counts): void => {
    for (const [reason, value] of now) count(name, { feed, ...labels, reason }, value - (then.get(reason) ?? 0))
  }
  by('tributary_messages_dropped_total', {}, ledger.dropped, restored.dropped)
  const outcome = 'tributary_documents_total'
  count(outcome, { feed, outcome: 'produced', reason: '' }, ledger.produced - restored.produced)
  count(outcome, { feed, outcome: 'ignored', reason: '' }, ledger.ignored - restored.ignored - sum(ledger.ignoredFor))
  by(outcome, { outcome: 'ignored' }, ledger.ignoredFor, restored.ignoredFor)
  by(outcome, { outcome: 'refused' }, ledger.refused, restored.refused)
  by(outcome, { outcome: 'dead_lettered' }, ledger.deadLettered, restored.deadLettered)
  by(outcome, { outcome: 'expired' }, ledger.expired, restored.expired)
}

type Counts = ReadonlyMap<string, number>

function sum(counts: Counts): number {
  return [...counts.values()].reduce((all, count) => all + count, 0)
}
