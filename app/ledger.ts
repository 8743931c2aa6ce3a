/** The ledger of a feed: two exact sums (see model.ts). */
import type { Ledger } from './model.ts'

/** Returns an empty ledger. */
export function createLedger(): Ledger {
  return {
    received: 0,
    settled: 0,
    dropped: new Map(),
    found: 0,
    produced: 0,
    ignored: 0,
    ignoredFor: new Map(),
    inFlight: 0,
    deadLettered: new Map(),
    refused: new Map(),
    expired: new Map(),
  }
}

/** Returns the ledger as plain JSON, with the totals of its maps. `held`: messages in the feed's lane. */
export function ledgerReport(ledger: Ledger, held: number) {
  return {
    messages: { received: ledger.received, settled: ledger.settled, dropped: sum(ledger.dropped), held },
    documents: {
      found: ledger.found,
      produced: ledger.produced,
      dead_lettered: sum(ledger.deadLettered),
      refused: sum(ledger.refused),
      ignored: ledger.ignored,
      expired: sum(ledger.expired),
      in_flight: ledger.inFlight,
    },
    dropped: Object.fromEntries(ledger.dropped),
    ignored: Object.fromEntries(ledger.ignoredFor),
    refused: Object.fromEntries(ledger.refused),
    dead_lettered: Object.fromEntries(ledger.deadLettered),
  }
}

/** Whether both sums hold: nothing is missing and nothing is counted twice. */
export function balances(report: ReturnType<typeof ledgerReport>): boolean {
  const { messages: m, documents: d } = report
  return (
    m.received === m.settled + m.dropped + m.held &&
    d.found === d.produced + d.dead_lettered + d.refused + d.ignored + d.expired + d.in_flight
  )
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}
