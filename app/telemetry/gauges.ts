/** Sets gauges and counters at a scrape, from counts kept by other modules. */
import type { Gaps } from '../gaps/index.ts'
import type { Count, SetGauge } from './definitions.ts'
import type { Labels } from './histogram.ts'
import { fillLedger } from './ledger-metrics.ts'
import type { Observed } from './observed.ts'
import type { FeedStatus, SourceState } from './status.ts'

/** The methods used of prom-client's metrics. */
interface SettableGauge {
  set(labels: Labels, value: number): void
  reset(): void
}
interface ReadableCounter {
  reset(): void
  inc(labels: Labels, value: number): void
}

const states: readonly SourceState[] = ['waiting', 'dialling', 'open', 'refused', 'stopped']

type ReadCount = Count<'readCounter'>

/** Counters with a label `reason`. */
type ByReason = 'tributary_timestamps_unreadable_total' | 'tributary_sequence_unwatched_total'

/**
 * Sets every gauge and every read counter to its present value. All are emptied first, because no series may outlive
 * its subject.
 */
export function fillGauges(
  gauges: ReadonlyMap<string, SettableGauge>,
  counters: ReadonlyMap<string, ReadableCounter>,
  observed: Observed,
): void {
  for (const one of [...gauges.values(), ...counters.values()]) one.reset()
  const set: SetGauge = (name, labels, value) => gauges.get(name)?.set(labels, value)
  const count: ReadCount = (name, labels, value) => counters.get(name)?.inc(labels, value)
  // Readers compare these times with a correct clock.
  const seconds = (at: number): number => (at === 0 ? 0 : observed.clock.corrected(at) / 1000)
  for (const [feed, { ledger, restored, lane, deadLetters, encoder, times }] of observed.feeds) {
    const { held } = lane
    set('tributary_messages_held', { feed }, held.messages)
    set('tributary_lane_bytes', { feed }, held.bytes)
    set('tributary_lane_limit_bytes', { feed }, held.limitBytes)
    set('tributary_lane_oldest_message_timestamp_seconds', { feed }, held.oldestReceivedAt / 1000)
    set('tributary_documents_in_flight', { feed }, ledger.inFlight)
    set('tributary_dead_letters_in_use', { feed }, deadLetters.topic === undefined ? 0 : 1)
    fillLedger(set, count, { feed, ledger, restored, held: held.messages })
    count('tributary_fields_undeclared_total', { feed }, encoder.undeclared)
    byReason(count, 'tributary_timestamps_unreadable_total', feed, times?.missing)
  }
  for (const [feed, status] of observed.status.feeds) fillFeed(set, feed, status, seconds)
  for (const [subject, { fetchedAt }] of observed.schemas()) {
    set('tributary_schema_last_success_timestamp_seconds', { subject }, seconds(fetchedAt))
  }
  fillGaps(set, count, observed.gaps)
  const { systemOffsetMs } = observed.clock
  if (systemOffsetMs !== undefined) set('tributary_clock_offset_seconds', {}, systemOffsetMs / 1000)
  count('tributary_log_lines_dropped_total', {}, observed.logLinesDropped())
  const { isGood, at } = observed.status.reload
  set('tributary_config_last_reload_successful', {}, isGood ? 1 : 0)
  set('tributary_config_last_reload_success_timestamp_seconds', {}, seconds(at))
}

function fillFeed(set: SetGauge, feed: string, status: FeedStatus, seconds: (at: number) => number): void {
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

function fillGaps(set: SetGauge, count: ReadCount, { tracker, pauses, sequences, outbox }: Gaps): void {
  for (const [feed, open] of tracker.open()) set('tributary_gaps_open', { feed }, open)
  for (const [feed, reasons] of tracker.millis()) {
    for (const [reason, ms] of reasons) count('tributary_gap_seconds_total', { feed, reason }, ms / 1000)
  }
  for (const [feed, ms] of pauses.millis()) count('tributary_source_paused_seconds_total', { feed }, ms / 1000)
  for (const [feed, { missing, repeated, unwatched }] of sequences) {
    count('tributary_sequence_missing_total', { feed }, missing)
    count('tributary_sequence_repeated_total', { feed }, repeated)
    byReason(count, 'tributary_sequence_unwatched_total', feed, unwatched)
  }
  set('tributary_gap_records_in_use', {}, outbox.use === 'in_use' ? 1 : 0)
}

function byReason(count: ReadCount, name: ByReason, feed: string, counts: Readonly<Record<string, number>> = {}): void {
  for (const [reason, value] of Object.entries(counts)) count(name, { feed, reason }, value)
}
