/** Event → metric. The only importer of prom-client; fed per batch, never per record. */
import { readdir } from 'node:fs/promises'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Event } from '../events.ts'
import { steadyNow } from '../lib/clock.ts'
import {
  type CounterName,
  commonLabelNames,
  type HistogramName,
  type MetricDefinition,
  metricDefinitions,
} from './definitions.ts'
import { fillGauges, READ_COUNTERS } from './gauges.ts'
import { type Labels, WeightedHistogram } from './histogram.ts'
import type { Observed } from './observed.ts'
import { Pending } from './pending.ts'
import { type Forgetful, SeriesCounter, type Subject } from './series.ts'
import { UrlLabels } from './url-labels.ts'

/** What the metrics need to know beside events. */
export interface MetricsOptions {
  readonly commonLabels: Readonly<Record<(typeof commonLabelNames)[number], string>>
  readonly maxUrls: number
  readonly version: string
  readonly observed: Observed
}

/** `apply` counts an event; `render` answers the exposition text, made at most once per 250 ms however many ask. */
export interface Metrics {
  readonly contentType: string
  apply(event: Event): void
  render(): Promise<string>
}

/** Makes the registry (never prom-client's global one) from the table of definitions. */
export function createMetrics({ commonLabels, maxUrls, version, observed }: MetricsOptions): Metrics {
  const registry = new Registry()
  const counters = new Map<string, SeriesCounter>()
  const read = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, WeightedHistogram>()
  const labelsOf = (definition: MetricDefinition, own: Labels): Labels =>
    definition.common ? { ...commonLabels, ...own } : own
  const byName = new Map(metricDefinitions.map((definition) => [definition.name, definition]))

  for (const definition of metricDefinitions) {
    const { name, help, kind } = definition
    const labelNames = definition.common ? [...commonLabelNames, ...definition.labels] : [...definition.labels]
    if (kind === 'counter') {
      const counter = new Counter({ name, help, labelNames, registers: [registry] })
      if (READ_COUNTERS.has(name)) read.set(name, counter)
      else counters.set(name, new SeriesCounter(counter))
    } else if (kind === 'gauge') gauges.set(name, new Gauge({ name, help, labelNames, registers: [registry] }))
    else histograms.set(name, registerHistogram(registry, definition))
  }
  collectDefaults(registry)

  const inc: Inc = (name, own, by = 1) => {
    const definition = byName.get(name)
    if (definition) counters.get(name)?.inc(labelsOf(definition, own), by)
  }
  const observe: Observe = (name, own, key, seconds, weight) => {
    const definition = byName.get(name)
    if (definition) histograms.get(name)?.observe(key, labelsOf(definition, own), seconds, weight)
  }
  inc('kafka_producer_websocket_messages_timeout_total', {}, 0)
  gauges.get('tributary_build_info')?.set({ version, node: process.versions.node }, 1)
  // It is not filled again.
  gauges.delete('tributary_build_info')

  const pending = { received: new Pending(), requested: new Pending() }
  const series: readonly Forgetful[] = [...counters.values(), ...histograms.values()]
  const forget: Forget = (label, value) => {
    if (label === 'url') pending.received.forget(value)
    if (label === 'topic') pending.requested.forget(value)
    for (const one of series) one.forget(label, value)
  }
  const apply = countEvents({ inc, observe, forget, urls: new UrlLabels(maxUrls), pending })
  let rendered: { at: number; text: Promise<string> } | undefined
  return {
    contentType: registry.contentType,
    apply,
    render() {
      const now = performance.now()
      if (!rendered || now - rendered.at > 250) {
        pending.received.take((url, by) => inc('kafka_producer_websocket_messages_received_total', { url }, by))
        pending.requested.take((topic, by) => inc('kafka_producer_requests_total', { topic }, by))
        fillGauges(gauges, read, observed)
        rendered = { at: now, text: registry.metrics() }
      }
      return rendered.text
    },
  }
}

function registerHistogram(registry: Registry, { name, help, buckets = [] }: MetricDefinition): WeightedHistogram {
  const histogram = new WeightedHistogram(buckets)
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: histogram.samples(name) }),
    reset() {},
  }
  registry.registerMetric(metric as unknown as Counter)
  return histogram
}

/** Defaults that list all sockets whenever somebody scrapes. */
const COSTLY = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources', 'process_open_fds']

/** Without those that are costly, and those that promtool rejects: gauges whose names end in `_total`. */
function collectDefaults(registry: Registry): void {
  collectDefaultMetrics({ register: registry })
  for (const { name, type } of registry.getMetricsAsArray() as unknown as { name: string; type: string }[]) {
    if (COSTLY.includes(name) || (name.endsWith('_total') && type === 'gauge')) registry.removeSingleMetric(name)
  }
  new Gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    registers: [registry],
    async collect() {
      const open = await openDescriptors()
      if (open !== undefined) this.set(open)
    },
  })
}

/** Undefined where there is no /proc. One of them is that of the list itself. */
async function openDescriptors(): Promise<number | undefined> {
  const open = await readdir('/proc/self/fd').catch(() => undefined)
  return open && open.length - 1
}

type Inc = (name: CounterName, own: Labels, by?: number) => void
type Observe = (name: HistogramName, own: Labels, key: string, seconds: number, weight: number) => void
type Forget = (label: Subject, value: string) => void

/** What events are counted into. */
interface Counting {
  readonly inc: Inc
  readonly observe: Observe
  readonly forget: Forget
  readonly urls: UrlLabels
  readonly pending: Readonly<Record<'received' | 'requested', Pending>>
}

function countEvents({ inc, observe, forget, urls, pending }: Counting): (event: Event) => void {
  return (event) => {
    switch (event.type) {
      case 'source.joined': {
        const url = urls.of(event.source)
        for (const name of perUrl) inc(name, { url }, 0)
        return
      }
      case 'source.left': {
        const url = urls.leave(event.source)
        return url === undefined ? undefined : forget('url', url)
      }
      case 'feed.left':
        return forget('feed', event.feed)
      case 'topic.left':
        return forget('topic', event.topic)
      case 'feed.started':
        return beginAtZero(event, inc)
      case 'messages.received':
        return pending.received.add(urls.of(event.source), event.messages)
      case 'batch.settled':
        return observeDeliveries(event, observe)
      case 'lane.restored':
        return inc('tributary_redelivered_total', { feed: event.feed }, event.messages)
      case 'records.requested':
        return pending.requested.add(event.topic, event.records)
      case 'records.acknowledged':
        return observe(
          'kafka_producer_request_duration_seconds',
          { topic: event.topic },
          event.topic,
          event.durationMs / 1000,
          event.records,
        )
      case 'records.refused':
        return inc('kafka_producer_request_failures_total', { topic: event.topic }, event.records)
      case 'produce.held':
        return inc('tributary_produce_retries_total', { topic: event.topic, reason: event.reason })
      case 'kafka.throttled':
        return inc('tributary_kafka_throttled_seconds_total', { topic: event.topic }, event.throttleMs / 1000)
      case 'source.opened':
        inc('kafka_producer_websocket_connections_total', { url: urls.of(event.source) })
        return inc('tributary_dials_total', { feed: event.source.feed, outcome: 'opened' })
      case 'source.lost':
        return countLoss(event, urls.of(event.source), inc, observe)
    }
  }
}

function observeDeliveries({ feed, receivedAt }: Extract<Event, { type: 'batch.settled' }>, observe: Observe): void {
  for (let i = 0; i < receivedAt.length; i += 2) {
    const seconds = Math.max(0, steadyNow() - (receivedAt[i] ?? 0)) / 1000
    observe('tributary_delivery_duration_seconds', { feed }, feed, seconds, receivedAt[i + 1] ?? 0)
  }
}

/** Close codes from 3000 on are the upstream's choice (RFC 6455 §7.4.2), so they may not become labels one by one. */
function codeLabel(code: number | undefined): string {
  if (code === undefined) return ''
  return code < 3000 ? String(code) : `${Math.floor(code / 1000)}xxx`
}

/** Counters that start at 0 when their feed does, so that their first increase is seen by rate(). */
const perTopic = (['requests', 'request_failures'] as const).map((what) => `kafka_producer_${what}_total` as const)
const perUrl = (['connections', 'disconnections', 'connection_errors', 'messages_received'] as const).map(
  (what) => `kafka_producer_websocket_${what}_total` as const,
)

function beginAtZero({ feed, topics }: Extract<Event, { type: 'feed.started' }>, inc: Inc): void {
  inc('tributary_redelivered_total', { feed }, 0)
  for (const topic of topics) for (const name of perTopic) inc(name, { topic }, 0)
}

function countLoss(event: Extract<Event, { type: 'source.lost' }>, url: string, inc: Inc, observe: Observe): void {
  const { reason, openMs, source } = event
  if (openMs === undefined && reason !== 'stopped') inc('tributary_dials_total', { feed: source.feed, outcome: reason })
  if (openMs !== undefined) {
    inc('kafka_producer_websocket_disconnections_total', { url })
    if (reason !== 'stopped') {
      inc('tributary_connections_lost_total', { feed: source.feed, reason, code: codeLabel(event.code) })
    }
    observe('kafka_producer_websocket_connection_duration_seconds', { url }, url, openMs / 1000, 1)
  }
  if (reason === 'silent') inc('kafka_producer_websocket_messages_timeout_total', {})
  else if (reason !== 'ended' && reason !== 'stopped') inc('kafka_producer_websocket_connection_errors_total', { url })
}
