/** The Prometheus registry. The only importer of prom-client. Events come per batch, never per record. */
import { readdir } from 'node:fs/promises'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Event } from '../events.ts'
import { type Count, commonLabelNames, type MetricDefinition, metricDefinitions, type NameOf } from './definitions.ts'
import { type Counting, countEvent, type Observe } from './event-metrics.ts'
import { fillGauges } from './gauges.ts'
import { type Labels, WeightedHistogram } from './histogram.ts'
import type { Observed } from './observed.ts'
import { Pending } from './pending.ts'
import { type Forgetful, SeriesCounter } from './series.ts'
import { UrlLabels } from './url-labels.ts'

/** Options of `createMetrics`. */
export interface MetricsOptions {
  readonly commonLabels: Readonly<Record<(typeof commonLabelNames)[number], string>>
  readonly maxUrls: number
  readonly version: string
  readonly observed: Observed
}

/** `apply` counts an event. `render` returns the exposition text, made at most once in 250 ms for all callers. */
export interface Metrics {
  readonly contentType: string
  apply(event: Event): void
  render(): Promise<string>
}

/** Creates a registry from the table of definitions. prom-client's global registry is not used. */
export function createMetrics({ commonLabels, maxUrls, version, observed }: MetricsOptions): Metrics {
  const registry = new Registry()
  const counters = new Map<string, SeriesCounter>()
  const readCounters = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, WeightedHistogram>()
  const common = new Set<string>()

  for (const definition of metricDefinitions) {
    const { name, help, kind } = definition
    if (definition.common) common.add(name)
    const labelNames = definition.common ? [...commonLabelNames, ...definition.labels] : [...definition.labels]
    const options = { name, help, labelNames, registers: [registry] }
    if (kind === 'counter') counters.set(name, new SeriesCounter(new Counter(options)))
    else if (kind === 'readCounter') readCounters.set(name, new Counter(options))
    else if (kind === 'gauge') gauges.set(name, new Gauge(options))
    else histograms.set(name, registerHistogram(registry, definition))
  }
  collectDefaults(registry)

  const labelsOf = (name: string, own: Labels): Labels => (common.has(name) ? { ...commonLabels, ...own } : own)
  const count: Count<'counter'> = (name, own, by) => counters.get(name)?.inc(labelsOf(name, own), by)
  const observe: Observe = (name, own, key, seconds, weight) =>
    histograms.get(name)?.observe(key, labelsOf(name, own), seconds, weight)
  count('kafka_producer_websocket_messages_timeout_total', {}, 0)
  const buildInfo: NameOf<'gauge'> = 'tributary_build_info'
  gauges.get(buildInfo)?.set({ version, node: process.versions.node }, 1)
  // The value never changes, therefore a scrape does not set the gauge.
  gauges.delete(buildInfo)

  const pending = { received: new Pending(), requested: new Pending() }
  const series: readonly Forgetful[] = [...counters.values(), ...histograms.values()]
  const forget: Counting['forget'] = (label, value) => {
    if (label === 'url') pending.received.forget(value)
    if (label === 'topic') pending.requested.forget(value)
    for (const one of series) one.forget(label, value)
  }
  const counting: Counting = { count, observe, forget, urls: new UrlLabels(maxUrls), pending }
  let rendered: { at: number; text: Promise<string> } | undefined
  return {
    contentType: registry.contentType,
    apply: (event) => countEvent(event, counting),
    render() {
      const now = performance.now()
      if (!rendered || now - rendered.at > 250) {
        pending.received.take((url, by) => count('kafka_producer_websocket_messages_received_total', { url }, by))
        pending.requested.take((topic, by) => count('kafka_producer_requests_total', { topic }, by))
        fillGauges(gauges, readCounters, observed)
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

/** Default metrics with a list of all sockets at each scrape. */
const COSTLY = ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources', 'process_open_fds']

/** Adds prom-client's default metrics, without the costly ones and without gauges whose names end in `_total`, which promtool rejects. */
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

/** Undefined without /proc. Reading the directory opens one descriptor, which is subtracted. */
async function openDescriptors(): Promise<number | undefined> {
  const open = await readdir('/proc/self/fd').catch(() => undefined)
  return open && open.length - 1
}
