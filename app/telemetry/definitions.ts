/** The table of metrics, and the source of the Prometheus registry and docs/metrics.md. Help texts say what to do. */

/** `readCounter`: a counter for Prometheus whose value is read at a scrape instead of counted from events. */
type MetricKind = 'counter' | 'readCounter' | 'gauge' | 'histogram'

/** A metric in Prometheus. `common`: has the four labels of the replaced producer. */
export interface MetricDefinition<
  N extends string = string,
  K extends MetricKind = MetricKind,
  L extends string = string,
> {
  readonly name: N
  readonly kind: K
  readonly help: string
  readonly labels: readonly L[]
  readonly common?: true
  readonly buckets?: readonly number[]
}

/** The four labels of the replaced producer, in its order. */
export const commonLabelNames = ['did_provider', 'ssi_validation', 'cache_did', 'processing_mode'] as const

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
const CONNECTION_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400]

const metricOf =
  <const K extends MetricKind>(kind: K) =>
  <const N extends string, const L extends string = never>(
    name: N,
    labels: readonly L[],
    help: string,
  ): MetricDefinition<N, K, L> => ({ name, kind, labels, help })
const counter = metricOf('counter')
const readCounter = metricOf('readCounter')
const gauge = metricOf('gauge')
const histogram = <const N extends string, const L extends string>(
  name: N,
  labels: readonly L[],
  buckets: readonly number[],
  help: string,
): MetricDefinition<N, 'histogram', L> => ({ ...metricOf('histogram')(name, labels, help), buckets })

const replacedMetrics = [
  counter('kafka_producer_requests_total', ['topic'], 'Records sent, counted at the first attempt.'),
  counter(
    'kafka_producer_request_failures_total',
    ['topic'],
    'Records that were sent and given up for good. tributary_documents_total has the reason.',
  ),
  histogram(
    'kafka_producer_request_duration_seconds',
    ['topic'],
    SECONDS,
    'Seconds from the first attempt to the acknowledgement by all in-sync replicas, once per record. Grows while Kafka is unavailable.',
  ),
  counter('kafka_producer_websocket_connections_total', ['url'], 'Connections opened.'),
  counter(
    'kafka_producer_websocket_disconnections_total',
    ['url'],
    'Open connections that ended, no matter who ended them.',
  ),
  counter(
    'kafka_producer_websocket_connection_errors_total',
    ['url'],
    'Failed dials and broken connections. The log names the reason.',
  ),
  counter('kafka_producer_websocket_messages_received_total', ['url'], 'Messages received.'),
  histogram(
    'kafka_producer_websocket_connection_duration_seconds',
    ['url'],
    CONNECTION_SECONDS,
    'Seconds that connections were open, observed when they end.',
  ),
  counter(
    'kafka_producer_websocket_messages_timeout_total',
    [],
    'Connections ended because no message arrived within the silence limit.',
  ),
]

const ownMetrics = [
  gauge(
    'tributary_ledger_messages',
    ['feed', 'state'],
    'The sum of messages: received = settled + dropped + held, at any time. With a lane on disk it continues after a restart.',
  ),
  gauge(
    'tributary_ledger_documents',
    ['feed', 'outcome'],
    'The sum of documents: found = produced + dead_lettered + refused + ignored + expired + in_flight, at any time. With a lane on disk it continues after a restart.',
  ),
  readCounter('tributary_messages_received_total', ['feed'], 'Messages received since the process began.'),
  readCounter('tributary_messages_settled_total', ['feed'], 'Messages whose documents all have an outcome.'),
  readCounter(
    'tributary_messages_dropped_total',
    ['feed', 'reason'],
    'Messages lost by policy. Above zero: the lane is too small for the outage, or the policy is wrong.',
  ),
  gauge('tributary_messages_held', ['feed'], 'Messages in the lane now: waiting, queued and in flight.'),
  readCounter(
    'tributary_documents_found_total',
    ['feed'],
    'Documents found in messages. Equals the sum over tributary_documents_total plus in flight.',
  ),
  readCounter(
    'tributary_documents_total',
    ['feed', 'outcome', 'reason'],
    'Documents by outcome. outcome="refused" never reached Kafka, for the reason in the label; "dead_lettered" is in a dead letter topic.',
  ),
  readCounter(
    'tributary_fields_undeclared_total',
    ['feed'],
    'Fields of documents that the schema does not have. Their records were produced without them. Add the fields to the schema.',
  ),
  readCounter(
    'tributary_timestamps_unreadable_total',
    ['feed', 'reason'],
    'Documents without a readable time at FEED_…_TIMESTAMP_FIELD. Their records have the receive time, and their age counts from it.',
  ),
  gauge('tributary_documents_in_flight', ['feed'], 'Documents whose records are not acknowledged yet.'),
  gauge(
    'tributary_dead_letters_in_use',
    ['feed'],
    '1 while refused documents go to a dead letter topic; 0 while they are only counted.',
  ),
  gauge('tributary_lane_bytes', ['feed'], 'Bytes the lane holds, its overhead per message included.'),
  gauge('tributary_lane_limit_bytes', ['feed'], 'The bound of the lane. At the bound sockets are paused.'),
  gauge(
    'tributary_lane_oldest_message_timestamp_seconds',
    ['feed'],
    'Receive time of the oldest message held; 0 when the lane is empty. Its age is the delay of the feed.',
  ),
  counter(
    'tributary_redelivered_total',
    ['feed'],
    'Messages of an earlier run that a lane on disk held at the start. Messages that were in flight may be in Kafka twice.',
  ),
  histogram(
    'tributary_delivery_duration_seconds',
    ['feed'],
    SECONDS,
    'Seconds from the arrival of a message to the acknowledgement of all its records.',
  ),
  gauge('tributary_sources', ['feed', 'state'], 'Sources by state. All should be open.'),
  gauge(
    'tributary_source_last_message_timestamp_seconds',
    ['feed'],
    'Receive time of the last message of any source; 0 before the first.',
  ),
  counter('tributary_dials_total', ['feed', 'outcome'], 'Dials by outcome: opened, or the reason of the failure.'),
  counter(
    'tributary_connections_lost_total',
    ['feed', 'reason', 'code'],
    'Open connections that the daemon did not end, by reason and close code (3xxx and 4xxx stand for a thousand codes each). The log has the details.',
  ),
  readCounter(
    'tributary_gap_seconds_total',
    ['feed', 'reason'],
    'Seconds from a loss to the next message, over all sources; grows while a gap is open. What the upstream sent meanwhile may be missing. (tributary_sequence_missing_total counts missing sequence numbers.)',
  ),
  gauge('tributary_gaps_open', ['feed'], 'Sources without a message since their loss.'),
  gauge(
    'tributary_gap_records_in_use',
    [],
    '1 when gaps are written to a topic; 0 when GAPS_TOPIC is not set and tributary.gaps does not exist.',
  ),
  readCounter(
    'tributary_source_paused_seconds_total',
    ['feed'],
    'Seconds in which sockets were not read because the lane was full, over all sources. Rising: the lane, its disk or Kafka is too slow.',
  ),
  readCounter(
    'tributary_sequence_missing_total',
    ['feed'],
    'Missing sequence numbers, with FEED_…_SEQUENCE_FIELD. Above zero: documents were lost, here or before.',
  ),
  readCounter(
    'tributary_sequence_repeated_total',
    ['feed'],
    'Documents whose sequence number was not above the previous one, with FEED_…_SEQUENCE_FIELD.',
  ),
  readCounter(
    'tributary_sequence_unwatched_total',
    ['feed', 'reason'],
    'Documents whose sequence number is not watched, with FEED_…_SEQUENCE_FIELD: a field is absent or unreadable, or there are more sequences than FEED_…_MAX_SEQUENCES.',
  ),
  counter(
    'tributary_produce_retries_total',
    ['topic', 'reason'],
    'Writes that failed and were retried. Rising: Kafka or the topic has a problem.',
  ),
  gauge(
    'tributary_schema_last_success_timestamp_seconds',
    ['subject'],
    'When the registry last returned this subject. Stale: the last good schema is in use.',
  ),
  gauge(
    'tributary_clock_offset_seconds',
    [],
    "The clock of Kafka (or of the schema registry) minus this machine's, once known. Far from 0: set this machine's clock. Times in records are corrected meanwhile.",
  ),
  counter(
    'tributary_kafka_throttled_seconds_total',
    ['topic'],
    'Seconds in which Kafka accepted nothing because a quota was used up. Rising: raise producer_byte_rate or request_percentage for this client.',
  ),
  gauge('tributary_feed_parked', ['feed'], '1 while the feed cannot start; the log and /status say why.'),
  gauge(
    'tributary_config_last_reload_successful',
    [],
    '1 while the last configuration read is in force; 0: it was refused, the log says why, and the previous one stays.',
  ),
  gauge(
    'tributary_config_last_reload_success_timestamp_seconds',
    [],
    'When a configuration last came into force, at the start or later.',
  ),
  readCounter('tributary_log_lines_dropped_total', [], 'Log lines lost because the reader was too slow.'),
  gauge('tributary_build_info', ['version', 'node'], 'Always 1; the labels name what is running.'),
]

type Defined = (typeof replacedMetrics | typeof ownMetrics)[number]
/** Names of our metrics by kind. Undefined names do not compile. */
export type NameOf<K extends MetricKind> = Extract<Defined, { kind: K }>['name']
/** The labels of a metric, without the four common ones. A missing or misspelt label does not compile. */
export type LabelsOf<N extends Defined['name']> = Readonly<
  Record<Extract<Defined, { name: N }>['labels'][number], string>
>
/** Adds to a counter. */
export type Count<K extends MetricKind> = <N extends NameOf<K>>(name: N, labels: LabelsOf<N>, by: number) => void
/** Sets a gauge. */
export type SetGauge = <N extends NameOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number) => void

/** All metrics of Tributary. prom-client adds its own for the process and the event loop. */
export const metricDefinitions: readonly MetricDefinition[] = [
  ...replacedMetrics.map((definition) => ({ ...definition, common: true as const })),
  ...ownMetrics,
]
