/** Gauges and ledger counters, read when somebody scrapes: nothing is counted twice to keep them. */
import type { Gaps } from '../gaps/index.ts'
import type { CounterName, GaugeName } from './definitions.ts'
import { tellLedger } from './ledger-metrics.ts'
import type { Observed } from './observed.ts'
import type { FeedStatus, SourceState } from './status.ts'

type Labels = Record<string, string>

/** The calls of prom-client's metrics that are used here. */
interface Gauge {
  set(labels: Labels, value: number): void
  reset(): void
}
interface Counter {
  reset(): void
  inc(labels: Labels, value: number): void
}

const states: readonly SourceState[] = ['waiting', 'dialling', 'open', 'refused', 'stopped']

/** Counters that are read, not counted: filled anew by each scrape, so that nothing is left of what is gone. */
export const READ_COUNTERS: ReadonlySet<string> = new Set<CounterName>([
  'tributary_messages_received_total',
  'tributary_messages_settled_total',
  'tributary_messages_dropped_total',
  'tributary_documents_found_total',
  'tributary_documents_total',
  'tributary_fields_undeclared_total',
  'tributary_timestamps_unreadable_total',
  'tributary_gap_seconds_total',
  'tributary_source_paused_seconds_total',
  'tributary_sequence_missing_total',
  'tributary_sequence_repeated_total',
  'tributary_sequence_unwatched_total',
  'tributary_log_lines_dropped_total',
])

/** Sets every gauge, and every counter of `READ_COUNTERS`, to what is true now. */
export function fillGauges(
  gauges: ReadonlyMap<string, Gauge>,
  counters: ReadonlyMap<string, Counter>,
  observed: Observed,
): void {
  for (const one of [...gauges.values(), ...counters.values()]) one.reset()
  const set = (name: GaugeName, labels: Labels, value: number): void => gauges.get(name)?.set(labels, value)
  const count = (name: CounterName, labels: Labels, value: number): void => to(counters, name, labels, value)
  // Whoever reads them compares them with a clock that is right.
  const seconds = (at: number): number => (at === 0 ? 0 : observed.clock.corrected(at) / 1000)
  for (const [feed, { ledger, restored, lane, deadLetters, encoder, times }] of observed.feeds) {
    const { held } = lane
    set('tributary_messages_held', { feed }, held.messages)
    set('tributary_lane_bytes', { feed }, held.bytes)
    set('tributary_lane_limit_bytes', { feed }, held.limitBytes)
    set('tributary_lane_oldest_message_timestamp_seconds', { feed }, held.oldestReceivedAt / 1000)
    set('tributary_documents_in_flight', { feed }, ledger.inFlight)
    set('tributary_dead_letters_in_use', { feed }, deadLetters.topic === undefined ? 0 : 1)
    tellLedger(set, count, { feed, ledger, restored, held: held.messages })
    to(counters, 'tributary_fields_undeclared_total', { feed }, encoder.undeclared)
    byReason(counters, 'tributary_timestamps_unreadable_total', feed, times?.missing)
  }
  for (const [feed, status] of observed.status.feeds) fillFeed(set, feed, status, seconds)
  for (const [subject, { fetchedAt }] of observed.schemas()) {
    set('tributary_schema_last_success_timestamp_seconds', { subject }, seconds(fetchedAt))
  }
  fillGaps(set, counters, observed.gaps)
  const { systemOffsetMs } = observed.clock
  if (systemOffsetMs !== undefined) set('tributary_clock_offset_seconds', {}, systemOffsetMs / 1000)
  to(counters, 'tributary_log_lines_dropped_total', {}, observed.logLinesDropped())
  const { isGood, at } = observed.status.reload
  set('tributary_config_last_reload_successful', {}, isGood ? 1 : 0)
  set('tributary_config_last_reload_success_timestamp_seconds', {}, seconds(at))
}

function fillFeed(
  set: (name: GaugeName, labels: Labels, value: number) => void,
  feed: string,
  status: FeedStatus,
  seconds: (at: number) => number,
): void {
  const counts = new Map<SourceState, number>()
  let last = 0
  for (const source of status.sources.values()) {
    counts.set(source.state, (counts.get(source.state) ?? 0) + 1)
    last = Math.max(last, source.lastMessageAt)
  }
  for (const state of states) set('tributary_sources', { feed, state }, counts.get(state) ?? 0)
  set('tributary_source_last_message_timestamp_seconds', { feed }, seconds(last))
  set('tributary_feed_parked', { feed }, status.state === 'parked' ? 1 : 0)
}

function fillGaps(
  set: (name: GaugeName, labels: Labels, value: number) => void,
  counters: ReadonlyMap<string, Counter>,
  { tracker, pauses, sequences, outbox }: Gaps,
): void {
  for (const [feed, open] of tracker.open()) set('tributary_gaps_open', { feed }, open)
  for (const [feed, reasons] of tracker.millis()) {
    for (const [reason, ms] of reasons) to(counters, 'tributary_gap_seconds_total', { feed, reason }, ms / 1000)
  }
  for (const [feed, ms] of pauses.millis()) to(counters, 'tributary_source_paused_seconds_total', { feed }, ms / 1000)
  for (const [feed, { missing, repeated, unwatched }] of sequences) {
    to(counters, 'tributary_sequence_missing_total', { feed }, missing)
    to(counters, 'tributary_sequence_repeated_total', { feed }, repeated)
    byReason(counters, 'tributary_sequence_unwatched_total', feed, unwatched)
  }
  set('tributary_gap_records_in_use', {}, outbox.use === 'in_use' ? 1 : 0)
}

function byReason(
  counters: ReadonlyMap<string, Counter>,
  name: CounterName,
  feed: string,
  counts: Readonly<Record<string, number>> = {},
): void {
  for (const [reason, count] of Object.entries(counts)) to(counters, name, { feed, reason }, count)
}

/** A counter that only grows may be set by its ledger: it was emptied before. */
function to(counters: ReadonlyMap<string, Counter>, name: CounterName, labels: Labels, value: number): void {
  counters.get(name)?.inc(labels, value)
}
