/** The table of counted events, with an entry for every type of event. */
import type { Event } from '../events.ts'
import { steadyNow } from '../lib/clock.ts'
import type { Count, LabelsOf, NameOf } from './definitions.ts'
import type { EventOf } from './event-log.ts'
import type { Pending } from './pending.ts'
import type { Subject } from './series.ts'
import type { UrlLabels } from './url-labels.ts'

/** Adds `weight` observations of `seconds`; `key` identifies the series. */
export type Observe = <N extends NameOf<'histogram'>>(
  name: N,
  labels: LabelsOf<N>,
  key: string,
  seconds: number,
  weight: number,
) => void

/** Where events are counted. */
export interface Counting {
  readonly count: Count<'counter'>
  readonly observe: Observe
  /** Removes every series with this value of a label. */
  readonly forget: (label: Subject, value: string) => void
  readonly urls: UrlLabels
  readonly pending: Readonly<Record<'received' | 'requested', Pending>>
}

type CountEvent<E> = (event: E, counting: Counting) => void
/** An event without an entry does not compile. */
type EventCounters = { readonly [T in Event['type']]: CountEvent<EventOf<T>> | undefined }

/** For uncounted events. Gauges may still read the changed state. */
const uncounted = undefined

const eventCounters: EventCounters = {
  'source.joined': ({ source }, { count, urls }) => {
    const url = urls.of(source)
    for (const name of PER_URL) count(name, { url }, 0)
  },
  'source.left': ({ source }, { forget, urls }) => {
    const url = urls.leave(source)
    if (url !== undefined) forget('url', url)
  },
  'feed.left': ({ feed }, { forget }) => forget('feed', feed),
  'sink.opened': uncounted,
  'sink.closed': uncounted,
  'topic.left': ({ topic }, { forget }) => forget('topic', topic),
  'feed.started': ({ feed, topics }, { count }) => {
    count('tributary_redelivered_total', { feed }, 0)
    for (const topic of topics) for (const name of PER_TOPIC) count(name, { topic }, 0)
  },
  'messages.received': ({ source, messages }, { pending, urls }) => pending.received.add(urls.of(source), messages),
  'batch.settled': observeDeliveries,
  'lane.restored': ({ feed, messages }, { count }) => count('tributary_redelivered_total', { feed }, messages),
  'records.requested': ({ topic, records }, { pending }) => pending.requested.add(topic, records),
  'records.acknowledged': ({ topic, records, durationMs }, { observe }) =>
    observe('kafka_producer_request_duration_seconds', { topic }, topic, durationMs / 1000, records),
  'records.refused': ({ topic, records }, { count }) =>
    count('kafka_producer_request_failures_total', { topic }, records),
  'produce.held': ({ topic, reason }, { count }) => count('tributary_produce_retries_total', { topic, reason }, 1),
  'kafka.throttled': ({ topic, throttleMs }, { count }) =>
    count('tributary_kafka_throttled_seconds_total', { topic }, throttleMs / 1000),
  'source.opened': ({ source }, { count, urls }) => {
    count('kafka_producer_websocket_connections_total', { url: urls.of(source) }, 1)
    count('tributary_dials_total', { feed: source.feed, outcome: 'opened' }, 1)
  },
  'source.lost': countLoss,
  'clock.differs': uncounted,
  'config.refused': uncounted,
  'config.reloaded': uncounted,
  'daemon.started': uncounted,
  'daemon.stopped': uncounted,
  'daemon.stopping': uncounted,
  'daemon.warned': uncounted,
  'dead_letters.looked_up': uncounted,
  'document.refused': uncounted,
  'feed.leaving': uncounted,
  'feed.opened': uncounted,
  'feed.parked': uncounted,
  'gap.ended': uncounted,
  'gaps.off': uncounted,
  'http.listening': uncounted,
  'kafka.connected': uncounted,
  'kafka.lost': uncounted,
  'lane.held': uncounted,
  'lane.resumed': uncounted,
  'messages.kept': uncounted,
  'produce.left': uncounted,
  'produce.resumed': uncounted,
  'producer.rebuilt': uncounted,
  'schema.fetched': uncounted,
  'schema.unavailable': uncounted,
  'sequence.unwatched': uncounted,
  'source.behind': uncounted,
  'source.dialled': uncounted,
  'source.paused': uncounted,
  'source.quiet': uncounted,
  'source.refused': uncounted,
  'source.resumed': uncounted,
  'timestamp.missing': uncounted,
}

/** Counts an event. */
export function countEvent(event: Event, counting: Counting): void {
  // The compiler cannot match the entry to the event's type.
  const counter = eventCounters[event.type] as CountEvent<Event> | undefined
  counter?.(event, counting)
}

function observeDeliveries({ feed, receivedAt }: EventOf<'batch.settled'>, { observe }: Counting): void {
  for (let i = 0; i < receivedAt.length; i += 2) {
    const seconds = Math.max(0, steadyNow() - (receivedAt[i] ?? 0)) / 1000
    observe('tributary_delivery_duration_seconds', { feed }, feed, seconds, receivedAt[i + 1] ?? 0)
  }
}

/** Counters initialised to 0 with their feed or source, because rate() needs the value before the first increase. */
const PER_TOPIC = ['kafka_producer_requests_total', 'kafka_producer_request_failures_total'] as const
const PER_URL = [
  'kafka_producer_websocket_connections_total',
  'kafka_producer_websocket_disconnections_total',
  'kafka_producer_websocket_connection_errors_total',
  'kafka_producer_websocket_messages_received_total',
] as const

function countLoss(event: EventOf<'source.lost'>, { count, observe, urls }: Counting): void {
  const { reason, openMs, code, source } = event
  const { feed } = source
  const url = urls.of(source)
  if (openMs === undefined && reason !== 'stopped') count('tributary_dials_total', { feed, outcome: reason }, 1)
  if (openMs !== undefined) {
    count('kafka_producer_websocket_disconnections_total', { url }, 1)
    if (reason !== 'stopped') count('tributary_connections_lost_total', { feed, reason, code: codeLabel(code) }, 1)
    observe('kafka_producer_websocket_connection_duration_seconds', { url }, url, openMs / 1000, 1)
  }
  if (reason === 'silent') count('kafka_producer_websocket_messages_timeout_total', {}, 1)
  else if (reason !== 'ended' && reason !== 'stopped')
    count('kafka_producer_websocket_connection_errors_total', { url }, 1)
}

/** The upstream chooses codes from 3000 on (RFC 6455 §7.4.2); each thousand shares a label value. */
function codeLabel(code: number | undefined): string {
  if (code === undefined) return ''
  return code < 3000 ? String(code) : `${Math.floor(code / 1000)}xxx`
}
